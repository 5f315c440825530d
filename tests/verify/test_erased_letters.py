"""An order that destroys a letter ends what rested on it, by whatever way something leaves afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from custody.verify.fold.fold import Fold
from schemas.entry import parse_entry
from schemas.report import Findings, Severity, Verdict
from tests.border import CASE, Side, read, register, trust

DIGEST = "ab" * 32
INVENTED = {
    "document": DIGEST, "event": "ab" * 32, "ledger": "b.example/main", "manifest": "cd" * 32, "request": "in-1",
    "root": "ef" * 32, "size": 9,
}  # fmt: skip
ABROAD = {"to_agent": "b-police", "to_country": "XB"}
GATES = (None, "v1", "v2")


def side(folder: Path, gate: str | None) -> Side:
    """A country with an exhibit, a consent of its own to b, and one by a letter that never was."""
    found = Side(folder / "a", "a", peers={"b": "XB"}, gate=gate)
    register(found)
    found.world.enrol("b-hand", ("custodian",))
    change = found.world.event("agent.changed", {"agent": "b-police", "members_added": ["b-hand"]}, actor="registrar-1")
    found.world.append(found.world.sign(change))
    found.consent("EX-1", "b-police", authority="ministry", manner="letter", origin=INVENTED)
    return found


def order(side: Side) -> None:
    """Let a court order the letter destroyed."""
    details = {"authority": "court", "commitments": [], "files": [DIGEST], "order": "7/26"}
    about = side.world.about(CASE, "EX-1")
    side.world.annotate("disclosure.erased", about, details, actor="examiner-1", registrar="registrar-1")


def give(side: Side, type: str, details: Mapping[str, Any], **offices: Any) -> None:
    """Let EX-1 go by an act, or by an access on record."""
    if type == "access.logged":
        side.world.annotate(type, side.world.about(CASE, "EX-1"), details, actor="system")
    else:
        side.world.act(type, CASE, "EX-1", details, actor="examiner-1", **offices)


def found(side: Side) -> tuple[Verdict, set[tuple[str, Severity]]]:
    """Return the verdict on a bundle that stays at home, and what it says of the letter."""
    verified = read(side.build("p.zip", "EX-1", to="ministry").path, trust(side), side.world.at)
    return verified.report.verdict, {
        (item.code, item.severity) for item in verified.report.findings if item.code.startswith("letter.")
    }


WAYS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("access.logged", {"action": "exported", "agent": "b-police"}, {}),
    ("custody.moved", {"place": "x", **ABROAD}, {}),
    (
        "custody.handed-over",
        {"purpose": "x", "to_country": "XB"},
        {"to": "b-hand", "on_behalf_of": {"b-hand": "b-police"}},
    ),
    ("exhibit.released", {"authority": "x", "reason": "x", "terms": "lent", "to": "x", **ABROAD}, {}),
    ("exhibit.disposed", {"authority": "x", "manner": "other", **ABROAD}, {"registrar": "registrar-1"}),
]


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize(("type", "details", "offices"), WAYS)
def test_nothing_leaves_under_a_letter_that_an_order_destroyed(
    tmp_path: Path, gate: str | None, type: str, details: dict[str, Any], offices: dict[str, Any]
) -> None:
    """An invented letter and the order that destroys it don't open the gate together, by hand or as a parcel."""
    a = side(tmp_path, gate)
    order(a)
    give(a, type, details, **offices)
    assert found(a) == (Verdict.INDETERMINATE, {("letter.absent", Severity.INDETERMINATE)})


@pytest.mark.parametrize(("type", "details", "offices"), WAYS)
def test_what_left_before_the_order_is_history(
    tmp_path: Path, type: str, details: dict[str, Any], offices: dict[str, Any]
) -> None:
    """A letter could be seen as long as it was there; since then that it said so rests on the word of who read it."""
    a = side(tmp_path, "v2")
    give(a, type, details, **offices)
    order(a)
    assert found(a) == (Verdict.PASSED, {("letter.erased", Severity.DEFECT)})


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize(("valid_until", "is_borne"), [(None, False), ("2026-11-21T00:00:01Z", True)])
def test_what_leaves_under_another_consent_rests_on_no_letter(
    tmp_path: Path, gate: str | None, valid_until: str | None, is_borne: bool
) -> None:
    """Who lost a letter may ask anew; one that has ended lets nothing go."""
    a = side(tmp_path, gate)
    order(a)
    paper: dict[str, Any] = {"documents": ["12" * 32], "manner": "paper", "number": "7"}
    a.consent("EX-1", "b-police", valid_until=valid_until, **paper)
    give(a, *WAYS[1][:2])
    expected = (Verdict.INDETERMINATE, "letter.absent") if is_borne else (Verdict.PASSED, "letter.erased")
    verdict, told = found(a)
    assert (verdict, {code for code, _ in told}) == (expected[0], {expected[1]})


def test_what_left_is_judged_by_where_its_recipient_was_then(tmp_path: Path) -> None:
    """Entering him as somebody of this country afterwards doesn't make a thing that went abroad stay here."""
    a = side(tmp_path, "v1")
    order(a)
    give(a, "custody.moved", {"place": "x", "to_agent": "b-police"})
    composed = a.world.event("agent.changed", {"agent": "b-police", "country": "XA"}, actor="registrar-1")
    a.world.append(a.world.sign(composed))
    assert found(a)[0] is Verdict.INDETERMINATE


def test_what_stays_here_rests_on_no_letter(tmp_path: Path) -> None:
    """An act within this country is no release."""
    a = side(tmp_path, "v2")
    order(a)
    give(a, "custody.moved", {"place": "x", "to_country": "XA"})
    assert found(a) == (Verdict.PASSED, {("letter.erased", Severity.NOTE)})


def test_an_audit_says_the_same(tmp_path: Path) -> None:
    """Whoever has the whole ledger folds the same entries."""
    a = side(tmp_path, "v2")
    order(a)
    give(a, *WAYS[1][:2])
    fold, last = Fold(Findings(), is_whole=True), None
    for raw in a.world.entries():
        entry = parse_entry(raw)
        fold.add(entry)
        last = entry.event if entry.event.type == "consent.recorded" else last
    assert last is not None
    assert fold.erased.order_on(last, fold.state) is None
