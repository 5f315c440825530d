"""Who becomes the holder of a thing decides whether it crosses a border: his party, whoever's hand took it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from custody.verify.fold.fold import Fold
from custody.verify.verify import Trusted
from schemas.entry import parse_entry
from schemas.errors import RefusedError
from schemas.report import Findings, Severity
from tests.border import CASE, FILES, NONCE, Side, read, register, trust

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


@pytest.mark.parametrize(
    ("actor", "origin", "gate", "code"),
    [
        ("b-examiner", "derived", "v2", "release.holder-abroad"),
        ("b-examiner", "foreign", "v2", "release.holder-abroad"),
        ("b-examiner", "none", "v2", "none"),
        ("b-examiner", "derived", "v1", "none"),
        ("examiner-1", "derived", "v2", "none"),
    ],
)
def test_nobody_abroad_registers_what_came_from_here(
    tmp_path: Path, actor: str, origin: str, gate: str, code: str
) -> None:
    """A copy that somebody abroad holds from its first act on has crossed a border with no act that says so."""
    a = side(tmp_path, gate)
    parent = a.world.about(CASE, "EX-1").exhibit
    told: Mapping[str, dict[str, Any]] = {
        "derived": {"derived_from": [{"case": CASE, "exhibit": "EX-1", "event": parent}], "obtained": "derived"},
        "foreign": {"foreign": FOREIGN, "obtained": "foreign-assistance"}, "none": {},
    }  # fmt: skip
    event = a.world.registration(CASE, "EX-9", actor=actor, files=FILES, **told[origin])
    assert code_of(lambda: a.world.append(a.world.sign(event))) == code


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
        ("examiner-1", "v2", {"country": "XB"}, True),
        ("examiner-1", "v2", {"country": "XA"}, False),
        ("examiner-1", "v1", {"country": "XB"}, False),
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
    a.world.append(a.world.sign(a.world.event("agent.changed", {"agent": agent, **change}, actor="registrar-1")))
    findings = Findings()
    fold = Fold(findings, is_whole=True)
    for raw in a.world.entries():
        fold.add(parse_entry(raw))
    assert ("defect.agent-moved" in {item.code for item in findings.items}) is is_told


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
    change = a.world.event("agent.changed", {"agent": "b-lab", "country": "XB"}, actor="registrar-1")
    a.world.append(a.world.sign(change))
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
