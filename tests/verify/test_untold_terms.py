"""What leaves by hand or as a print leaves under the conditions of a dispatch, and nobody abroad was told of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from custody.verify.fold.fold import Fold
from schemas.entry import parse_entry
from schemas.report import Findings
from tests.border import CASE, Side, codes, read, register, trust

UNTOLD = "release.terms-untold"
WANTED = [{"before": False, "code": "use-limited", "text": "only the fraud case 7"}]
GIVEN = {"authority": "x", "reason": "x", "terms": "for-good", "to": "x", "to_agent": "b-police"}
ACTS: list[tuple[str, dict[str, Any]]] = [
    ("custody.moved", {"place": "Room 4", "to_agent": "b-police"}),
    ("exhibit.released", GIVEN),
]


def opened(folder: Path, *consents: list[dict[str, Any]], gate: str = "v2") -> Side:
    """A country that consented to an exhibit going to b-police, on conditions or on none."""
    side = Side(folder / "a", "a", peers={"b": "XB"}, gate=gate)
    register(side)
    for conditions in consents:
        side.consent("EX-1", "b-police", conditions=conditions or None)
    return side


def found(side: Side) -> set[str]:
    """Return what a reader at home finds."""
    return codes(read(side.build("p.zip", "EX-1", to="ministry").path, trust(side), side.world.at))


@pytest.mark.parametrize(("type", "details"), ACTS)
def test_a_thing_that_leaves_by_hand_under_conditions_is_told(
    tmp_path: Path, type: str, details: dict[str, Any]
) -> None:
    """Only a dispatch puts conditions to whoever gets it; by another act they would be forgotten at the border."""
    side = opened(tmp_path, WANTED)
    side.world.act(type, CASE, "EX-1", details, actor="examiner-1")
    assert UNTOLD in found(side)


def test_so_is_what_leaves_as_a_print_or_a_proof(tmp_path: Path) -> None:
    """What is recorded as an access carries no terms either."""
    side = opened(tmp_path, WANTED)
    about = side.world.about(CASE, "EX-1")
    side.world.annotate("access.logged", about, {"action": "exported", "agent": "b-police"}, actor="system")
    assert UNTOLD in found(side)


@pytest.mark.parametrize(
    ("consents", "to", "gate"),
    [(([],), "b-police", "v2"), ((WANTED, []), "b-police", "v2"), ((WANTED,), "b-police", "v1")],
)
def test_what_goes_under_no_condition_is_not(
    tmp_path: Path, consents: tuple[list[dict[str, Any]], ...], to: str, gate: str
) -> None:
    """None was made, or one of two consents makes none; and earlier rules ask no more than they did."""
    side = opened(tmp_path, *consents, gate=gate)
    side.world.act("custody.moved", CASE, "EX-1", {"place": "Room 4", "to_agent": to}, actor="examiner-1")
    assert UNTOLD not in found(side)


def test_what_stays_needs_to_be_told_nothing(tmp_path: Path) -> None:
    """Conditions are for those abroad."""
    side = opened(tmp_path, WANTED)
    side.world.act("custody.moved", CASE, "EX-1", {"place": "Room 4", "to_country": "XA"}, actor="examiner-1")
    assert UNTOLD not in found(side)


def test_a_dispatch_and_a_bundle_tell_their_reader(tmp_path: Path) -> None:
    """The one repeats the conditions, the other carries the consent."""
    side = opened(tmp_path, WANTED)
    side.build("o.zip", "EX-1", to="b-police")
    act = side.dispatch("EX-1", "b-police", conditions=WANTED)
    path = side.build("p.zip", "EX-1", to="b-police", acts=[act], transfer="0f" * 16).path
    assert UNTOLD not in codes(read(path, trust(side), side.world.at))


def test_one_finding_tells_of_all_sides_of_an_exhibit(tmp_path: Path) -> None:
    """It may be bound to more ledgers than anybody wants to read, by each entry about it."""
    side = Side(tmp_path / "a", "a", peers={"b": "XB", "c": "XC"}, gate="v2")
    came = {"case": "x", "exhibit": "x", "head": "ab" * 32, "manifest": "cd" * 32, "root": "ef" * 32, "size": 5}
    foreign = {**came, "ledger": "b.example/main"}
    side.world.register(CASE, "EX-1", actor="examiner-1", foreign=foreign, obtained="foreign-assistance")
    side.consent("EX-1", "c-police", conditions=WANTED)
    paper = {"documents": ["cd" * 32], "manner": "paper", "number": "7"}
    side.consent("EX-1", "c-police", authority="b-police", conditions=WANTED, **paper)
    details = {"place": "Room 4", "to_agent": "c-police"}
    side.world.act("custody.moved", CASE, "EX-1", details, actor="examiner-1")
    fold = Fold(findings := Findings(), is_whole=True)
    for raw in side.world.entries():
        fold.add(parse_entry(raw))
    (told,) = [item.text for item in findings.items if item.code == UNTOLD]
    assert told.endswith("; and 1 more of the kind")
