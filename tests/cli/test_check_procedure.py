"""Procedure at the prompt: what is missing by law, where it stands, how it is cured; and profiles of one's own."""

from pathlib import Path

import pytest

from custody.cli.exits import Exit
from custody.transfer.law_files import shipped_profile
from schemas import canonical
from tests.cli.machine import CASE, Machine
from tests.cli.script import Stage


@pytest.fixture
def machine(stage: Stage) -> Machine:
    made = Machine(stage)
    (stage.folder / "disk.img").write_bytes(b"bytes of a disk")
    made.register("disk.img", "--kind image")
    return made


def test_what_is_missing_is_told_with_source_and_cure(machine: Machine) -> None:
    """France is under the profile of the EU, whose checks are those of the standards."""
    told = machine.json("check-procedure EX-1")
    assert told["profile"] == "eu"
    assert "procedure.reproducible" in {item["code"] for item in told["findings"]}
    ran = machine.do("check-procedure EX-1")
    assert "cure: the tool, its version and arguments" in ran.stdout
    assert "source: ACPO Good Practice Guide v5 principle 3 (row R4)" in " ".join(ran.stdout.split())
    assert "is no sign of tampering" in ran.stdout


def test_another_profile_asks_for_more(machine: Machine) -> None:
    """A case that goes to China is looked at as a court there would, before it leaves."""
    told = machine.json(f"check-procedure --case {CASE} --all --profile cn")
    codes = [item["code"] for item in told["findings"]]
    assert {"procedure.two-investigators", "procedure.holder-or-witness"} <= set(codes)
    assert codes.count("procedure.integrity") == 5
    assert all(item["row"] for item in told["findings"])


def test_check_exits_6_where_something_is_missing(machine: Machine) -> None:
    """A job can watch it, and a verdict's code is never used for it."""
    machine.json("check-procedure EX-1 --check", Exit.ATTENTION)


def test_a_profile_with_an_unknown_rule_is_refused(machine: Machine, stage: Stage) -> None:
    """Exit 2: the file is none of ours, and nothing was judged by it."""
    plain = canonical.decode_plain(canonical.encode(shipped_profile("generic")), maximum=1 << 20)
    plain["checks"].append({"rule": "zeal", "source": {"mark": "T", "row": "R1", "text": "x"}})
    path = Path(stage.folder / "mine.json")
    path.write_bytes(canonical.encode(plain))
    for command in ("check-procedure EX-1", "audit"):
        machine.fail(f"{command} --profile {path}", Exit.USAGE, "profile.rule")
    machine.fail("check-procedure EX-1 --profile nowhere", Exit.USAGE, "profile.absent")
    machine.fail("check-procedure EX-1 --profile none", Exit.USAGE, "usage.profile")


def test_audit_looks_at_procedure_and_still_passes(machine: Machine) -> None:
    """Step 12 stands beside the verdict."""
    told = machine.json("audit")
    assert "procedure.reproducible" in {item["code"] for item in told["findings"]}
    assert told["verdict"] == "PASSED"
    told = machine.json("audit --profile none")
    assert not [item for item in told["findings"] if item["code"].startswith("procedure.")]


def test_verify_looks_at_procedure_by_the_ledger_s_country(machine: Machine, stage: Stage) -> None:
    """A reader abroad sees what the sender's own law wanted; the verdict is the same with and without."""
    stage.patch.delenv("CUSTODY_TRUST")
    machine.do("agent enrol court-1 --kind organisation --country FR --as reg-1")
    machine.do("bundle EX-1 --to court-1 -o b.zip --as exam-07")
    told = machine.json("verify b.zip", Exit.INDETERMINATE)
    assert "procedure.reproducible" in {item["code"] for item in told["findings"]}
    bare = machine.json("verify b.zip --profile none", Exit.INDETERMINATE)
    assert not [item for item in bare["findings"] if item["code"].startswith("procedure.")]
    assert bare["steps"] == told["steps"]
    strict = machine.json("verify b.zip --profile cn", Exit.INDETERMINATE)
    assert [item["code"] for item in strict["findings"]].count("procedure.integrity") == 5


def test_an_explanation_stands_beside_what_is_missing(machine: Machine) -> None:
    """It is still missing, and the exit is the same: whether it is cured is for the court."""
    before = machine.json("check-procedure EX-1 --check", Exit.ATTENTION)
    entry = next(item["subject"] for item in before["findings"] if item["code"] == "procedure.reproducible")
    machine.do(
        f"explain {entry.split()[1]} --statement 'the maker of the tool is unknown' --cures reproducible --as exam-07"
    )
    told = machine.json("check-procedure EX-1 --check", Exit.ATTENTION)
    (found,) = [item for item in told["findings"] if item["code"] == "procedure.reproducible"]
    assert len(found["explained"]) == 1
    assert told["defects"] == before["defects"]
    assert not any(item["explained"] for item in told["findings"] if item["code"] != "procedure.reproducible")
    ran = machine.do("check-procedure EX-1")
    assert f"explained in entry {found['explained'][0]}; whether that is enough is for the court" in ran.stdout
    (audited,) = [item for item in machine.json("audit")["findings"] if item["code"] == "procedure.reproducible"]
    assert audited["text"].endswith(f"; explained in entry {found['explained'][0]}")
