"""Who becomes the holder of a thing decides whether it crosses a border: his party, whoever's hand took it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from custody.verify.fold.fold import Fold
from custody.verify.verify import Trusted
from schemas.entry import parse_entry
from schemas.errors import RefusedError
from schemas.report import Findings, Severity, Verdict
from tests.border import CASE, FILES, NONCE, Side, codes, read, register, trust
from tests.verify.test_gate import around

__all__ = ["around"]

LAB: dict[str, Any] = {"kind": "organisation", "ledger": "b.example/main", "members": ["courier"]}
FOREIGN = {
    "case": "x", "exhibit": "x", "head": "ab" * 32, "ledger": "b.example/main", "manifest": "cd" * 32,
    "root": "ef" * 32, "size": 5,
}  # fmt: skip


def side(folder: Path, gate: str = "v2") -> Side:
    """A country with EX-1, a courier at home, and an examiner and a registrar who sit abroad."""
    found = Side(folder / "a", "a", peers={"b": "XB"}, gate=gate)
    register(found)
    found.world.enrol("courier", ("custodian",), country="XA")
    found.world.enrol("b-examiner", ("examiner",), country="XB")
    found.world.enrol("b-registrar", ("registrar",), country="XB")
    return found


def code_of(act: Callable[[], object]) -> str:
    """Return with which code an act is refused, or none."""
    try:
        act()
    except RefusedError as error:
        return error.code
    return "none"


def hand(side: Side, **details: Any) -> Callable[[], object]:
    """Return the act that hands EX-1 to the courier, for the lab."""
    offices = {"to": "courier", "on_behalf_of": {"courier": "b-lab"}}
    given = {"purpose": "lab", **details}
    return lambda: side.world.act("custody.handed-over", CASE, "EX-1", given, actor="examiner-1", **offices)


@pytest.mark.parametrize(
    ("lab", "details", "code"),
    [
        (LAB, {}, "release.destination-unnamed"),
        (LAB, {"to_country": "XA"}, "release.recipient-unknown"),
        ({"kind": "unit", "members": ["courier"]}, {}, "release.destination-unnamed"),
        ({"kind": "unit", "members": ["courier"]}, {"to_country": "XA"}, "none"),
        ({"kind": "unit", "members": ["courier"], "country": "XA"}, {}, "none"),
        ({**LAB, "country": "XB"}, {"to_country": "XA"}, "release.consent-missing"),
    ],
)
def test_the_party_decides_where_a_thing_goes(
    tmp_path: Path, lab: dict[str, Any], details: dict[str, Any], code: str
) -> None:
    """A hand that is at home brings nothing home for whom it takes it; another ledger is not here."""
    a = side(tmp_path)
    a.world.enrol("b-lab", (), **lab)
    assert code_of(hand(a, **details)) == code


def test_another_ledger_is_not_here_though_the_act_says_so(tmp_path: Path) -> None:
    """Nor for whom an act only names."""
    a = side(tmp_path)
    a.world.enrol("b-lab", (), **LAB)
    details = {"place": "x", "to_agent": "b-lab", "to_country": "XA"}
    act = lambda: a.world.act("custody.moved", CASE, "EX-1", details, actor="examiner-1")  # noqa: E731
    assert code_of(act) == "release.recipient-unknown"


def test_version_1_takes_what_it_took(tmp_path: Path) -> None:
    """A stricter rule is one of a later version."""
    a = side(tmp_path, "v1")
    a.world.enrol("b-lab", (), **LAB)
    assert code_of(hand(a)) == "none"


@pytest.mark.parametrize(("gate", "code"), [("v2", "release.holder-abroad"), ("v1", "none")])
def test_nobody_abroad_takes_back(tmp_path: Path, gate: str, code: str) -> None:
    """Whoever takes back what left is its holder."""
    a = side(tmp_path, gate)
    a.world.append(a.world.sign(a.dispatch("EX-1", "ministry")))
    a.world.act("transfer.recalled", CASE, "EX-1", {"transfer": NONCE, "reason": "x"}, actor="b-registrar")
    back = {"from": "ministry", "transfer": "1e" * 16, "sent": NONCE, "document": "ab" * 32}
    act = lambda: a.world.act("transfer.returned", CASE, "EX-1", back, actor="b-registrar")  # noqa: E731
    assert code_of(act) == code


@pytest.mark.parametrize(
    ("agent", "gate", "change", "is_told"),
    [
        ("keeper", "v2", {"country": "XB"}, True),
        ("keeper", "v2", {"country": "XA"}, False),
        ("keeper", "v1", {"country": "XB"}, False),
        ("squad", "v2", {"country": "XB"}, True),
        ("squad", "v2", {"ledger": "b.example/main"}, True),
        ("empty", "v2", {"country": "XB"}, False),
    ],
)
def test_a_holder_who_turns_out_to_be_abroad_is_told(
    tmp_path: Path, agent: str, gate: str, change: dict[str, str], is_told: bool
) -> None:
    """Entering his country after he took a thing is as good as moving the border; of whom nothing can be held, not."""
    a = side(tmp_path, gate)
    a.world.enrol("squad", (), kind="unit", members=["courier"])
    a.world.enrol("empty", (), kind="organisation")
    a.world.enrol("keeper", ("custodian",))
    a.world.append(a.world.sign(a.world.event("agent.changed", {"agent": agent, **change}, actor="registrar-1")))
    findings = Findings()
    fold = Fold(findings, is_whole=True)
    for raw in a.world.entries():
        fold.add(parse_entry(raw))
    assert ("defect.agent-moved" in {item.code for item in findings.items}) is is_told


def change(a: Side, agent: str, **details: Any) -> Callable[[], object]:
    """Return the act that changes what is on record of an agent."""
    told = {"agent": agent, **details}
    return lambda: a.world.append(a.world.sign(a.world.event("agent.changed", told, actor="registrar-1")))


@pytest.mark.parametrize(
    ("agent", "gate", "details", "code"),
    [
        ("examiner-1", "v2", {"country": "XB"}, "release.holder-abroad"),
        ("examiner-1", "v2", {"ledger": "b.example/main"}, "release.holder-abroad"),
        ("examiner-1", "v2", {"organisation": "b-police"}, "release.holder-abroad"),
        ("examiner-1", "v2", {"country": "XA"}, "none"),
        ("examiner-1", "v1", {"country": "XB"}, "none"),
        ("courier", "v2", {"country": "XB"}, "none"),
        ("b-police", "v2", {"country": "XC"}, "none"),
    ],
)
def test_nobody_is_entered_as_abroad_while_he_holds_something(
    tmp_path: Path, agent: str, gate: str, details: dict[str, Any], code: str
) -> None:
    """Moving the holder over the border moves what he holds, and no consent is asked for."""
    assert code_of(change(side(tmp_path, gate), agent, **details)) == code


def test_a_unit_whose_members_are_gone_holds_what_it_held(tmp_path: Path) -> None:
    """Nobody can sign for it any more; the thing is where it is."""
    a = side(tmp_path)
    a.world.enrol("lab", (), kind="organisation", members=["courier"])
    offices = {"to": "courier", "on_behalf_of": {"courier": "lab"}}
    a.world.act(
        "custody.handed-over", CASE, "EX-1", {"purpose": "x", "to_country": "XA"}, actor="examiner-1", **offices
    )
    change(a, "lab", members_removed=["courier"])()
    assert code_of(change(a, "lab", country="XB", ledger="b.example/main")) == "release.holder-abroad"
    change(a, "lab", members_added=["courier"])()
    back = {"to": "examiner-1"}
    a.world.act(
        "custody.handed-over", CASE, "EX-1", {"purpose": "x", "to_country": "XA"}, actor="courier",
        on_behalf_of={"courier": "lab"}, **back,
    )  # fmt: skip
    assert code_of(change(a, "lab", country="XB")) == "none", "now it holds nothing"


@pytest.mark.parametrize(
    ("type", "details"),
    [
        ("custody.moved", {"place": "x"}),
        ("exhibit.released", {"reason": "x", "terms": "lent", "to": "the lab"}),
    ],
)
def test_who_has_it_for_the_holder_is_not_moved_either(tmp_path: Path, type: str, details: dict[str, Any]) -> None:
    """A laboratory that signs nothing has a thing all the same, as an act says, until another says otherwise."""
    a = side(tmp_path)
    a.world.enrol("lab", (), kind="organisation")
    given = {**details, "to_agent": "lab", "to_country": "XA"}
    a.world.act(type, CASE, "EX-1", given, actor="examiner-1")
    assert code_of(change(a, "lab", country="XB")) == "release.holder-abroad"
    back = "custody.moved" if type == "custody.moved" else "exhibit.returned"
    told = {"place": "y", "to_country": "XA"} if type == "custody.moved" else {}
    a.world.act(back, CASE, "EX-1", told, actor="examiner-1")
    assert code_of(change(a, "lab", country="XB")) == "none"


@pytest.mark.parametrize(("gate", "code"), [("v2", "release.consent-missing"), ("v1", "none")])
def test_a_unit_is_where_its_organisation_is(tmp_path: Path, gate: str, code: str) -> None:
    """A laboratory of b's police is abroad though nobody entered its country."""
    a = side(tmp_path, gate)
    enrolled = {"agent": "b-lab", "keys": (), "kind": "unit", "members": ["courier"], "name": "x", "roles": ()}
    told = {**enrolled, "organisation": "b-police"}
    a.world.append(a.world.sign(a.world.event("agent.enrolled", told, actor="registrar-1")))
    assert code_of(hand(a, to_country="XA")) == code


@pytest.mark.usefixtures("around")
@pytest.mark.parametrize(("gate", "is_told"), [("v2", True), ("v1", False)])
def test_a_lone_reader_sees_a_holder_who_moved(tmp_path: Path, gate: str, is_told: bool) -> None:
    """Around the writer it can be written; all that is on record of a holder is in each bundle of what he held."""
    a = side(tmp_path, gate)
    change(a, "examiner-1", country="XB")()
    found = read(a.build("b.zip", "EX-1", to="ministry").path, trust(a), a.world.at)
    assert ("release.holder-abroad" in codes(found)) is is_told


@pytest.mark.usefixtures("around")
def test_a_lone_reader_sees_a_unit_of_an_organisation_abroad(tmp_path: Path) -> None:
    """Its organisation is carried, or nobody could say where it is."""
    a = side(tmp_path)
    enrolled = {"agent": "b-lab", "keys": (), "kind": "unit", "members": ["courier"], "name": "x", "roles": ()}
    told = {**enrolled, "organisation": "b-police"}
    a.world.append(a.world.sign(a.world.event("agent.enrolled", told, actor="registrar-1")))
    hand(a, to_country="XA")()
    found = read(a.build("b.zip", "EX-1", to="ministry").path, trust(a), a.world.at)
    assert "release.consent-missing" in codes(found)


def test_a_former_holder_may_be_anywhere(tmp_path: Path) -> None:
    """Also where a bundle shows of an ancestor only that he held it: it ends before it was handed on."""
    a = side(tmp_path)
    parent = [{"case": CASE, "exhibit": "EX-1", "event": a.world.about(CASE, "EX-1").exhibit}]
    a.world.register(CASE, "EX-2", actor="courier", files={"x.txt": b"new"}, derived_from=parent)
    a.world.act("custody.handed-over", CASE, "EX-1", {"purpose": "x"}, actor="examiner-1", to="courier")
    change(a, "examiner-1", country="XB")()
    found = read(a.build("b.zip", "EX-2", to="ministry").path, trust(a), a.world.at)
    assert found.report.verdict is Verdict.PASSED


def judged(a: Side, *sides: Side) -> list[tuple[int, Severity, str]]:
    """Return what a reader who trusts some ledgers is told of countries, of a bundle that stays at home."""
    built = a.build(f"{len(sides)}.zip", "EX-1", to="ministry").path
    found = read(built, trust(a, *sides), a.world.at).report.findings
    return [(item.step, item.severity, item.subject) for item in found if item.code == "lawfulness.country"]


@pytest.mark.parametrize(("gate", "is_told"), [("v2", True), ("v1", False)])
def test_a_recipient_is_where_his_ledger_is_trusted_to_be(tmp_path: Path, gate: str, is_told: bool) -> None:
    """Entering a foreign ledger as one of this country lets what goes to it look as if it stayed; also afterwards."""
    a, b = side(tmp_path, gate), Side(tmp_path / "b", "b", peers={"a": "XA"}, gate=gate)
    a.world.enrol("b-lab", (), kind="organisation", country="XA", ledger="b.example/main")
    index = a.world.append(a.world.sign(a.dispatch("EX-1", "b-lab"))).index
    assert code_of(change(a, "b-lab", country="XB")) == ("release.holder-abroad" if is_told else "none")
    assert judged(a, b) == ([(11, Severity.FAILED, f"entry {index}")] if is_told else [])
    assert judged(a) == [], "who doesn't know that ledger has nothing to hold it against"


@pytest.mark.parametrize(("gate", "is_told"), [("v2", True), ("v1", False)])
def test_an_authority_is_where_its_ledger_is_trusted_to_be(tmp_path: Path, gate: str, is_told: bool) -> None:
    """A unit of our own that is said to keep another country's ledger consents for neither."""
    a, b = side(tmp_path, gate), Side(tmp_path / "b", "b", peers={"a": "XA"}, gate=gate)
    a.world.enrol("own", (), kind="unit", country="XA", ledger="b.example/main", members=["official-1"])
    event = a.consent("EX-1", "b-police", authority="own", manner="paper", documents=["ab" * 32], number="7")
    index = a.world.reader().event_indexes([event])[event]
    assert judged(a, b) == ([(11, Severity.FAILED, f"entry {index}")] if is_told else [])


@pytest.mark.parametrize(("gate", "code"), [("v2", "release.consent-missing"), ("v1", "none")])
def test_one_consent_stands_for_one_authority(tmp_path: Path, gate: str, code: str) -> None:
    """What is bound to another ledger goes on with its consent and with one of this country, which is another's."""
    a = side(tmp_path, gate)
    a.world.enrol("c-police", (), kind="organisation", country="XC")
    a.world.enrol("own", (), kind="unit", country="XA", ledger="b.example/main", members=["official-1"])
    a.world.append(a.world.sign(a.world.registration(
        CASE, "EX-7", actor="examiner-1", files=FILES, foreign=FOREIGN, obtained="foreign-assistance"
    )))  # fmt: skip
    a.consent("EX-7", "c-police", authority="own", manner="paper", documents=["ab" * 32], number="7")
    assert code_of(lambda: a.world.append(a.world.sign(a.dispatch("EX-7", "c-police")))) == code
    if gate == "v2":
        a.consent("EX-7", "c-police")
        a.world.append(a.world.sign(a.dispatch("EX-7", "c-police")))


@pytest.mark.parametrize(("gate", "code"), [("v2", "release.consent-missing"), ("v1", "none")])
def test_the_same_object_is_bound_as_the_other_is(tmp_path: Path, gate: str, code: str) -> None:
    """A thing registered once more doesn't lose what binds it."""
    a = side(tmp_path, gate)
    for number, told in (
        ("EX-7", {"foreign": FOREIGN, "obtained": "foreign-assistance"}),
        ("EX-8", {"same_object_as": [{"case": CASE, "exhibit": "EX-7"}]}),
    ):
        event = a.world.registration(CASE, number, actor="examiner-1", **told)
        a.world.append(a.world.sign(event))
    a.world.enrol("c-police", (), kind="organisation", country="XC")
    a.consent("EX-8", "c-police")
    assert code_of(lambda: a.world.append(a.world.sign(a.dispatch("EX-8", "c-police")))) == code


@pytest.mark.parametrize(("gate", "is_told"), [("v2", True), ("v1", False)])
def test_a_ledger_is_in_the_country_that_it_is_trusted_to_be_in(tmp_path: Path, gate: str, is_told: bool) -> None:
    """Who opens a ledger in the country to which he wants to send would need no consent for anything."""
    a = side(tmp_path, gate)
    built = a.build("p.zip", "EX-1", to="ministry").path
    believed = trust(a)
    assert believed.trust is not None
    elsewhere = replace(believed.trust, ledgers=tuple(replace(item, country="XB") for item in believed.trust.ledgers))
    found = read(built, Trusted(elsewhere, believed.sha256), a.world.at).report.findings
    told = [item.subject for item in found if item.code == "lawfulness.country"]
    assert ("entry 0" in told) is is_told


ACTS: list[tuple[str, dict[str, Any]]] = [
    ("custody.moved", {"place": "x", "to_agent": "b-lab", "to_country": "XA"}),
    ("custody.handed-over", {"purpose": "x", "to_country": "XA"}),
    ("custody.taken-over", {"reason": "absent", "to_country": "XA"}),
]


@pytest.mark.parametrize(("type", "details"), ACTS)
def test_who_holds_something_is_where_his_ledger_is_trusted_to_be(
    tmp_path: Path, type: str, details: dict[str, Any]
) -> None:
    """By whatever act: a thing that is handed to somebody abroad isn't here because the record says that he is."""
    a, b = side(tmp_path, "v2"), Side(tmp_path / "b", "b", peers={"a": "XA"}, gate="v2")
    a.world.enrol("b-lab", (), kind="organisation", country="XA", ledger="b.example/main", members=["courier"])
    offices: dict[str, Any] = {}
    if type == "custody.handed-over":
        offices = {"to": "courier", "on_behalf_of": {"courier": "b-lab"}}
    actor = "examiner-1"
    if type == "custody.taken-over":
        offices, actor = {"to": "courier", "on_behalf_of": {"courier": "b-lab"}}, "registrar-1"
    index = a.world.act(type, CASE, "EX-1", details, actor=actor, **offices).index
    assert judged(a, b) == [(11, Severity.FAILED, f"entry {index}")]


def test_a_reader_knows_where_his_own_ledger_is(tmp_path: Path) -> None:
    """Also one who believes no ledger but the sender's."""
    a = side(tmp_path, "v2")
    a.world.enrol("b-lab", (), kind="organisation", country="XA", ledger="b.example/main")
    index = a.world.append(a.world.sign(a.dispatch("EX-1", "b-lab"))).index
    built = a.build("p.zip", "EX-1", to="ministry").path
    found = read(built, trust(a, ledger="b.example/main", country="XB"), a.world.at).report.findings
    assert f"entry {index}" in [item.subject for item in found if item.code == "lawfulness.country"]


@pytest.mark.parametrize(("terms", "is_refused"), [("for-good", False), ("lent", True)])
def test_what_was_given_back_for_good_keeps_nobody_in_the_country(tmp_path: Path, terms: str, is_refused: bool) -> None:
    """An owner moves where he likes; who has it on loan doesn't take it with him."""
    a = side(tmp_path)
    a.world.enrol("owner", (), country="XA")
    given = {"authority": "x", "reason": "x", "terms": terms, "to": "x", "to_agent": "owner"}
    a.world.act("exhibit.released", CASE, "EX-1", given, actor="examiner-1")
    change = a.world.event("agent.changed", {"agent": "owner", "country": "XB"}, actor="registrar-1")
    assert (code_of(lambda: a.world.append(a.world.sign(change))) == "release.holder-abroad") is is_refused
