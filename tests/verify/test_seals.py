"""What was seen of a seal is held against the seal that was put on: the record must not call a broken one sealed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from custody.bundle.disclose import Choice
from custody.verify.evidence.seals import corrections_in, right_values
from custody.verify.verify import Verified
from schemas.entry import parse_entry
from schemas.errors import RuleViolation
from schemas.report import Severity, Verdict
from tests.border import CASE, NONCE, Side, codes, read, register, trust

SEALED: tuple[str, dict[str, Any]] = ("exhibit.sealed", {"seal": "S-1"})
OPENED: dict[str, Any] = {"intact": True, "reason": "examination", "seal": "S-1"}
BROKEN: dict[str, Any] = {"kind": "seal-broken", "description": "torn", "discovered_at": "2026-11-21T09:00:00Z"}


def seen(number: str, *, intact: bool = True) -> tuple[str, dict[str, Any]]:
    """Return a handover with what both sides saw."""
    return "custody.handed-over", {"purpose": "lab", "to_country": "XA", "seal": {"intact": intact, "seal": number}}


def told(
    folder: Path, *acts: tuple[str, dict[str, Any]], gate: str | None = "v2", hide: bool = False
) -> tuple[Verified, list[tuple[str, int]]]:
    """Return a bundle about EX-1 as read, and what is found of its seals, with how many acts after its registration."""
    a = Side(folder / "a", "a", peers={}, gate=gate)
    register(a)
    first, holder = len(a.world.entries()), "examiner-1"
    for type, details in acts:
        to = {"to": "registrar-1"} if type == "custody.handed-over" else {}
        a.world.act(type, CASE, "EX-1", details, actor=holder, **to)
        holder = to.get("to", holder)
    withhold = (("custody.handed-over", "/details/seal/seal"),) if hide else ()
    verified = read(
        a.build("p.zip", "EX-1", to="ministry", choice=Choice(withhold=withhold)).path, trust(a), a.world.at
    )
    found = [item for item in verified.report.findings if item.code.startswith("defect.seal-")]
    assert all(item.severity is Severity.DEFECT for item in found)
    assert all(item.step == 12 for item in found)
    assert verified.report.verdict is Verdict.PASSED
    return verified, [(item.code, int(item.subject.removeprefix("entry ")) - first + 1) for item in found]


@pytest.mark.parametrize("gate", [None, "v1", "v2"])
@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        ([SEALED, seen("S-1"), ("exhibit.unsealed", OPENED)], []),
        ([SEALED, seen("S-7")], [("defect.seal-other", 2)]),
        ([SEALED, seen("S-1", intact=False)], [("defect.seal-broken", 2)]),
        ([SEALED, seen("S-7", intact=False)], [("defect.seal-broken", 2), ("defect.seal-other", 2)]),
        ([SEALED, ("exhibit.unsealed", {**OPENED, "seal": "S-9"})], [("defect.seal-other", 2)]),
        ([SEALED, ("exhibit.unsealed", {**OPENED, "intact": False})], [("defect.seal-broken", 2)]),
        ([SEALED, seen("S-7"), ("exhibit.unsealed", {**OPENED, "seal": "S-9"})],
         [("defect.seal-other", 2), ("defect.seal-other", 3)]),
        ([SEALED, ("exhibit.unsealed", OPENED), ("exhibit.sealed", {"seal": "S-2"}), seen("S-2")], []),
        ([SEALED, ("exhibit.unsealed", OPENED), ("exhibit.sealed", {"seal": "S-2"}), seen("S-1")],
         [("defect.seal-other", 4)]),
        ([SEALED, ("exhibit.incident", BROKEN), seen("S-5")], []),
        ([seen("S-5")], []),
    ],
)  # fmt: skip
def test_a_seal_that_is_not_the_one_that_was_put_on_is_told(
    tmp_path: Path, gate: str | None, acts: list[tuple[str, dict[str, Any]]], expected: list[tuple[str, int]]
) -> None:
    """Whoever opened it on the way put on another, or left it broken; the record alone shows that to a court."""
    assert sorted(told(tmp_path, *acts, gate=gate)[1], key=lambda item: (item[1], item[0])) == expected


def test_a_long_number_is_told_in_part(tmp_path: Path) -> None:
    """Or a bundle of many handovers would make a report of any length, each with the whole of one long number."""
    long = ("exhibit.sealed", {"seal": "S" * 30_000})
    verified, _ = told(tmp_path, long, seen("S-7"))
    (text,) = [item.text for item in verified.report.findings if item.code == "defect.seal-other"]
    assert "S-7" in text
    assert len(text) < 500


def test_a_number_that_is_withheld_is_compared_with_none(tmp_path: Path) -> None:
    """It can't be; how many values are withheld is said anyhow."""
    assert told(tmp_path, SEALED, seen("S-7"), hide=True)[1] == []


@pytest.mark.parametrize(("gate", "is_sealed"), [("v2", False), ("v1", True)])
def test_what_was_seen_broken_is_not_called_sealed(tmp_path: Path, gate: str, is_sealed: bool) -> None:
    """An older ledger keeps its rules, and has the defect."""
    verified, _ = told(tmp_path, SEALED, seen("S-1", intact=False), gate=gate)
    assert verified.report.exhibits[0].sealed is is_sealed


def test_a_broken_seal_is_not_opened_again_but_a_new_one_is_put_on(tmp_path: Path) -> None:
    """As after an incident."""
    a = Side(tmp_path / "a", "a", peers={}, gate="v2")
    register(a)
    a.world.act(*SEALED[:1], CASE, "EX-1", SEALED[1], actor="examiner-1")
    type, details = seen("S-1", intact=False)
    a.world.act(type, CASE, "EX-1", details, actor="examiner-1", to="registrar-1")
    with pytest.raises(RuleViolation) as caught:
        a.world.act("exhibit.unsealed", CASE, "EX-1", OPENED, actor="registrar-1")
    assert caught.value.code == "rule.seal"
    a.world.act("exhibit.sealed", CASE, "EX-1", {"seal": "S-2"}, actor="registrar-1")


CORRECTED = [
    ("S-7", 0, "S-1", []),
    ("S-7", 1, "S-7", []),
    ("S-7", 1, "S-8", [("defect.seal-other", 2)]),
]


@pytest.mark.parametrize(("number", "which", "right", "expected"), CORRECTED)
def test_a_number_that_was_corrected_is_the_one_that_counts(
    tmp_path: Path, number: str, which: int, right: str, expected: list[tuple[str, int]]
) -> None:
    """Who mistyped it when it was put on, or when it was opened, says so in the record."""
    a = Side(tmp_path / "a", "a", peers={}, gate="v2")
    register(a)
    first = len(a.world.entries())
    a.world.act("exhibit.sealed", CASE, "EX-1", {"seal": number}, actor="examiner-1")
    a.world.act("exhibit.unsealed", CASE, "EX-1", OPENED, actor="examiner-1")
    about = a.world.about(CASE, "EX-1", event=parse_entry(a.world.entries()[first + which]).event.hash)
    a.world.annotate("record.corrected", about, {"field": "seal", "reason": "x", "value": right}, actor="examiner-1")
    verified = read(a.build("p.zip", "EX-1", to="ministry").path, trust(a), a.world.at)
    found = [item for item in verified.report.findings if item.code.startswith("defect.seal-")]
    assert [(item.code, int(item.subject.removeprefix("entry ")) - first + 1) for item in found] == expected


def test_the_newest_correction_counts_in_whatever_order_bundles_are_read(tmp_path: Path) -> None:
    """Two bundles of one ledger may lie within a third, the older one behind the newer."""
    a = Side(tmp_path / "a", "a", peers={}, gate="v2")
    register(a)
    a.world.act("exhibit.sealed", CASE, "EX-1", {"seal": "S-1"}, actor="examiner-1")
    sealed = parse_entry(a.world.entries()[-1]).event.hash
    about = a.world.about(CASE, "EX-1", event=sealed)
    for right in ("S-2", "S-3"):
        details = {"field": "seal", "reason": "x", "value": right}
        a.world.annotate("record.corrected", about, details, actor="examiner-1")
    entries = [parse_entry(raw) for raw in a.world.entries()]
    shown = {item.commitment: item for item in a.world.disclosed}
    told = list(corrections_in(entries, shown))
    for order in (told, list(reversed(told))):
        assert {key: value.value for key, value in right_values(order).items()} == {(sealed, "seal"): "S-3"}
    shown = {name: item for name, item in shown.items() if item.value != "S-3"}
    (kept,) = right_values(corrections_in(entries, shown)).values()
    assert kept.value == "S-2"


def test_what_was_corrected_of_something_else_is_no_number_of_a_seal(tmp_path: Path) -> None:
    """An act that puts a seal on has a time too; corrected, it would stand where the number is looked for."""
    a = Side(tmp_path / "a", "a", peers={}, gate="v2")
    register(a)
    a.world.act("exhibit.sealed", CASE, "EX-1", {"seal": "S-1"}, actor="examiner-1")
    about = a.world.about(CASE, "EX-1", event=parse_entry(a.world.entries()[-1]).event.hash)
    details = {"field": "occurred_at", "reason": "x", "value": "2026-11-21T09:00:00Z"}
    a.world.annotate("record.corrected", about, details, actor="examiner-1")
    shown = {item.commitment: item for item in a.world.disclosed}
    told = corrections_in(map(parse_entry, a.world.entries()), shown)
    assert all(field == "occurred_at" for _, field in right_values(told))


def test_it_leaves_under_the_seal_that_was_put_on(tmp_path: Path) -> None:
    """Else whoever had it last could put on another, and the record would call it sealed."""
    a = Side(tmp_path / "a", "a", peers={}, gate="v2")
    register(a)
    a.world.act("exhibit.sealed", CASE, "EX-1", {"seal": "S-1"}, actor="examiner-1")
    sent = a.dispatch("EX-1", "ministry", not_sealed=None, seal="S-7")
    index = a.world.append(a.world.sign(sent)).index
    verified = read(a.build("p.zip", "EX-1", to="ministry").path, trust(a), a.world.at)
    assert ("defect.seal-other", f"entry {index}") in [(item.code, item.subject) for item in verified.report.findings]


def sent_on(
    folder: Path, left: str | None, seen: dict[str, Any] | None, *, gate: str = "v2", opened: bool = False
) -> tuple[Side, Side, Verified]:
    """Send EX-1 from a to b under a seal, accept it as seen there, send it to c; return what c reads."""
    peers = {"a": {"b": "XB"}, "b": {"a": "XA", "c": "XC"}}
    a, b = (Side(folder / name, name, peers=peers[name], gate=gate) for name in "ab")
    register(a)
    a.world.act("exhibit.sealed", CASE, "EX-1", {"seal": "S-1"}, actor="examiner-1")
    a.consent("EX-1", "b-police", onward="allowed")
    road: dict[str, Any] = {"not_sealed": None if left else "x", "seal": left, "onward": "allowed"}
    path = a.build("1.zip", "EX-1", to="b-police", acts=[a.dispatch("EX-1", "b-police", **road)], transfer=NONCE).path
    b.accept(path, read(path, trust(a, b), a.world.at), "a-police", seal=seen)
    if opened:
        b.world.act("exhibit.unsealed", CASE, "EX-1", OPENED, actor="examiner-1")
    b.consent("EX-1", "c-police")
    onward = b.dispatch("EX-1", "c-police", not_sealed=None, seal=left, transfer="cc" * 16)
    last = b.build("2.zip", "EX-1", to="c-police", acts=[onward], transfer="cc" * 16).path
    return a, b, read(last, trust(a, b), b.world.at)


INTACT = {"intact": True, "seal": "S-1"}


@pytest.mark.parametrize(
    ("left", "seen", "opened", "expected"),
    [
        ("S-1", INTACT, False, set()),
        ("S-1", INTACT, True, {"defect.not-sealed"}),
        ("S-1", None, False, {"defect.not-sealed"}),
        ("S-1", {"intact": False, "seal": "S-1"}, False, {"defect.not-sealed", "defect.seal-broken"}),
        ("S-1", {"intact": True, "seal": "S-9"}, False, {"inherited.seal", "defect.seal-other"}),
        (None, {"intact": True, "seal": "S-9"}, False, set()),
    ],
)
def test_a_seal_is_followed_over_the_border(
    tmp_path: Path, left: str | None, seen: dict[str, Any] | None, opened: bool, expected: set[str]
) -> None:
    """The crossing is what seals are for: what came in under an intact one is sealed until it is opened, and another
    one than it left under is told.
    """
    *_, verified = sent_on(tmp_path, left, seen, opened=opened)
    assert verified.report.verdict is Verdict.PASSED
    found = [item for item in verified.report.findings if "seal" in item.code]
    assert {item.code for item in found} == expected
    assert {(item.step, item.severity) for item in found} <= {(12, Severity.DEFECT)}
    told = [item.text for item in found if item.code == "inherited.seal"]
    assert all("S-1" in text and "S-9" in text for text in told)


def test_what_came_in_sealed_is_opened_on_record(tmp_path: Path) -> None:
    """Or an examination would show a seal that nobody ever opened."""
    a, b = (Side(tmp_path / x, x, peers={y: f"X{y.upper()}"}, gate="v2") for x, y in ("ab", "ba"))
    register(a)
    a.consent("EX-1", "b-police")
    path = a.build("1.zip", "EX-1", to="b-police", acts=[a.dispatch("EX-1", "b-police")], transfer=NONCE).path
    b.accept(path, read(path, trust(a, b), a.world.at), "a-police", seal=INTACT)
    with pytest.raises(RuleViolation, match=r"rule\.seal"):
        b.world.act("exhibit.examined", CASE, "EX-1", {"purpose": "x"}, actor="examiner-1")
    b.world.act("exhibit.unsealed", CASE, "EX-1", OPENED, actor="examiner-1")


def test_an_older_ledger_knows_no_seal_that_it_did_not_put_on(tmp_path: Path) -> None:
    """It keeps its rules."""
    *_, verified = sent_on(tmp_path, "S-1", INTACT, gate="v1")
    assert "defect.not-sealed" in codes(verified)


def test_what_comes_home_under_a_seal_is_sealed(tmp_path: Path) -> None:
    """Whoever had it put one on; it is the one that is to be opened."""
    a, b = (Side(tmp_path / x, x, peers={y: f"X{y.upper()}"}, gate="v2") for x, y in ("ab", "ba"))
    register(a)
    a.consent("EX-1", "b-police")
    path = a.build("1.zip", "EX-1", to="b-police", acts=[a.dispatch("EX-1", "b-police")], transfer=NONCE).path
    b.accept(path, read(path, trust(a, b), a.world.at), "a-police")
    b.world.act("exhibit.sealed", CASE, "EX-1", {"seal": "B-1"}, actor="examiner-1")
    b.consent("EX-1", "a-police")
    back = b.dispatch("EX-1", "a-police", not_sealed=None, seal="B-1", transfer="cc" * 16)
    path = b.build("2.zip", "EX-1", to="a-police", acts=[back], transfer="cc" * 16).path
    a.take_back(path, read(path, trust(a, b), b.world.at), "b-police", seal={"intact": True, "seal": "B-2"})
    exhibit = a.world.exhibit(CASE, "EX-1")
    assert exhibit is not None
    assert exhibit.is_sealed
    assert "inherited.seal" in codes(read(a.build("3.zip", "EX-1", to="ministry").path, trust(a, b), b.world.at))
