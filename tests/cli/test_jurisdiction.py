"""Offences in the words of each law, and claims that compete: recorded, listed, never decided by the program."""

import pytest

from custody.cli.exits import Exit
from schemas.details.law import OffenceMapped
from tests.cli.machine import CASE, Machine
from tests.cli.script import Stage


@pytest.fixture
def machine(stage: Stage) -> Machine:
    made = Machine(stage)
    (stage.folder / "disk.img").write_bytes(b"bytes of a disk")
    made.register("disk.img", "--kind image")
    return made


def test_an_act_has_a_name_in_each_law_and_one_common_code(machine: Machine) -> None:
    """Row C14: what one country calls theft another calls acquisition of data; both stand there."""
    machine.do("agent enrol ministry-1 --kind organisation --country FR --as reg-1")
    machine.json(
        'offence map EX-1 --offence "CN:art. 264" --offence "FR:art. 311-1:0502" --common theft-virtual'
        " --needed yes --met not-stated --stated-by ministry-1 --as exam-07"
    )
    details = machine.entries()[-1].event.details
    assert isinstance(details, OffenceMapped)
    assert [(item.country, item.iccs) for item in details.offences] == [("CN", "0502"), ("FR", "0502")]
    assert details.dual_criminality.needed == "yes"  # type: ignore[union-attr]
    machine.json(f'offence map --of-case {CASE} --offence "FR:art. 1" --as exam-07')


def test_a_mapping_has_one_subject_and_a_known_code(machine: Machine) -> None:
    """A slip must not map the wrong thing."""
    machine.fail('offence map --offence "FR:x" --as exam-07', Exit.USAGE, "usage.subject")
    machine.fail(f'offence map EX-1 --of-case {CASE} --offence "FR:x" --as exam-07', Exit.USAGE, "usage.subject")
    machine.fail('offence map EX-1 --offence "FR:x" --common gardening --as exam-07', Exit.USAGE, "usage.offence")
    machine.fail('offence map --of-request r-9 --offence "FR:x" --as exam-07', Exit.REFUSED, "rule.about-unknown")


def test_only_an_authority_on_record_says_whether_both_punish_it(machine: Machine) -> None:
    """Row C14: that it is punished in both countries is somebody's statement, and not a provider's or a viewer's."""
    machine.do("key new prov-1")
    machine.do("agent enrol prov-1.enrol --role provider --as reg-1")
    machine.do("agent enrol ministry-1 --kind organisation --country CN --as reg-1")
    size = len(machine.entries())
    mapped = 'offence map EX-1 --offence "FR:x" --needed yes --met yes'
    for by in ("", "--stated-by prov-1", "--stated-by reg-1", "--stated-by nobody-7"):
        machine.fail(f"{mapped} {by} --as exam-07", Exit.USAGE, "usage.dual-criminality")
    draft = "request draft r-1 --kind mla --to ministry-1 --field facts=x --dual-criminality yes:yes"
    machine.fail(f"{draft} --dual-by prov-1 --as exam-07", Exit.USAGE, "usage.dual-criminality")
    assert len(machine.entries()) == size
    machine.do('offence map EX-1 --offence "FR:x" --needed yes --as exam-07')


def test_nobody_agrees_with_himself(machine: Machine) -> None:
    """Row C22b: an agreement is one of two countries at least, names one, and rests on a paper or on a word."""
    claim = f"jurisdiction claim {CASE} --basis victim --authority A --as exam-07 --country"
    machine.do(f"{claim} CN")
    resolve = f"jurisdiction resolve {CASE} --claim claim-1 --as exam-07 --manner"
    machine.fail(f"{resolve} agreed --to FR", Exit.USAGE, "usage.claim")
    machine.do(f"{claim} FR")
    machine.fail(f"{resolve} agreed", Exit.USAGE, "usage.claim")
    machine.fail(f"{resolve} withdrawn --to FR", Exit.USAGE, "usage.claim")
    said = machine.do(f"{resolve} agreed --to US").stderr
    assert "note: that they agreed rests on whoever records it" in said
    assert "note: US claims nothing of 2026-0417 on record" in said


def test_codes_say_how_well_they_are_known(machine: Machine) -> None:
    """A number that nobody compared with the published list must not look like one that was."""
    told = machine.json("offence codes")
    assert {item["mark"] for item in told["offences"]} == {"S", "M"}
    text = machine.do("offence codes extortion").stdout
    assert "unconfirmed" in text
    assert machine.json("offence codes no-such-thing")["offences"] == []


def test_competing_claims_are_listed_and_not_chosen_between(machine: Machine) -> None:
    """Row C22b: victim here, server there; both claims are valid until they agree."""
    for country, basis in (("CN", "victim"), ("FR", "server")):
        machine.json(f"jurisdiction claim {CASE} --country {country} --basis {basis} --authority A --as exam-07")
    (case,) = machine.json("jurisdiction list")["cases"]
    assert case["competing"] is True
    assert [(item["claim"], item["country"], item["status"]) for item in case["claims"]] == [
        ("claim-1", "CN", "open"),
        ("claim-2", "FR", "open"),
    ]
    assert "several countries claim it" in machine.do(f"jurisdiction list {CASE}").stdout
    agreed = f"jurisdiction resolve {CASE} --claim claim-1 --claim claim-2 --manner agreed --to CN --as exam-07"
    machine.json(agreed)
    (case,) = machine.json("jurisdiction list")["cases"]
    assert case["competing"] is False
    assert {(item["status"], item["to"]) for item in case["claims"]} == {("agreed", "CN")}
    machine.fail(agreed, Exit.USAGE, "usage.claim")


def test_a_claim_that_is_not_there_cannot_be_resolved(machine: Machine) -> None:
    """An agreement about a claim that nobody made would hide the one that was."""
    machine.fail(f"jurisdiction resolve {CASE} --claim c-9 --manner declined --as exam-07", Exit.USAGE, "usage.claim")
    machine.fail("jurisdiction list 2099-1", Exit.USAGE, "usage.case")
    claim = f"jurisdiction claim {CASE} --country CN --basis loss --authority A --claim c-1 --as exam-07"
    machine.json(claim)
    machine.fail(claim, Exit.USAGE, "usage.claim")
    assert machine.json("jurisdiction list 2026-0417")["cases"][0]["claims"][0]["claim"] == "c-1"
