"""Whoever belongs to an organisation abroad, and is on record at home, takes over without a consent: that is told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from custody.verify.fold.fold import Fold
from schemas.entry import parse_entry
from schemas.report import Finding, Findings
from tests.border import CASE, Side, codes, read, register, trust
from tests.world import World

APART, MOVED = "defect.agent-apart", "defect.agent-moved"


def side(folder: Path, gate: str = "v2") -> Side:
    """A country with EX-1, and an institute abroad."""
    made = Side(folder / "a", "a", peers={"b": "XB"}, gate=gate)
    register(made)
    made.world.enrol("inst", (), kind="organisation", country="XB")
    return made


def change(world: World, agent: str, **details: Any) -> None:
    """Record that something about an agent is different now."""
    world.append(world.sign(world.event("agent.changed", {"agent": agent, **details}, actor="registrar-1")))


def found(world: World) -> set[str]:
    """Return the codes that a replay of the whole ledger finds."""
    return {item.code for item in findings(world)}


def findings(world: World) -> Sequence[Finding]:
    """Return all that a replay of the whole ledger finds."""
    found = Findings()
    fold = Fold(found, is_whole=True)
    for raw in world.entries():
        fold.add(parse_entry(raw))
    return found.items


@pytest.mark.parametrize(
    ("expert", "is_told"),
    [
        ({"country": "XA", "organisation": "inst"}, True),
        ({"country": "XB", "organisation": "inst"}, False),
        ({"organisation": "inst"}, False),
        ({"country": "XA", "organisation": "ministry"}, False),
        ({"country": "XB", "organisation": "ministry"}, False),
    ],
)
def test_who_is_enrolled_at_home_for_an_organisation_abroad(
    tmp_path: Path, expert: dict[str, Any], is_told: bool
) -> None:
    """His own country decides whether a thing that he gets has left, and that one word may be a way round."""
    a = side(tmp_path)
    a.world.enrol("expert-1", **expert)
    assert (APART in found(a.world)) is is_told


def test_a_reader_of_what_he_got_is_told(tmp_path: Path) -> None:
    """His enrolment goes with everything that he signed."""
    a = side(tmp_path)
    a.world.enrol("expert-1", country="XA", organisation="inst")
    a.world.act("custody.handed-over", CASE, "EX-1", {"purpose": "x"}, actor="examiner-1", to="expert-1")
    assert APART in codes(read(a.build("p.zip", "EX-1", to="ministry").path, trust(a), a.world.at))


@pytest.mark.parametrize(("gate", "is_told"), [("v2", True), ("v1", False)])
def test_who_joins_an_organisation_abroad_afterwards(tmp_path: Path, gate: str, is_told: bool) -> None:
    """By a change of his own entry, or of theirs."""
    ways: list[dict[str, Any]] = [{"organisation": "inst"}, {"members_added": ["expert-1"]}]
    for number, details in enumerate(ways):
        (tmp_path / str(number)).mkdir()
        a = side(tmp_path / str(number), gate)
        a.world.enrol("expert-1", country="XA")
        assert APART not in found(a.world)
        change(a.world, "expert-1" if "organisation" in details else "inst", **details)
        assert (APART in found(a.world)) is is_told


def test_members_at_home_of_an_organisation_that_is_enrolled_abroad(tmp_path: Path) -> None:
    """Also where they were there first."""
    a = side(tmp_path)
    a.world.enrol("expert-1", country="XA")
    a.world.enrol("lab", (), kind="organisation", ledger="b.example/main", members=["expert-1"])
    assert APART in found(a.world)


@pytest.mark.parametrize(("gate", "is_told"), [("v2", True), ("v1", False)])
def test_members_at_home_of_an_organisation_that_moves(tmp_path: Path, gate: str, is_told: bool) -> None:
    """Once, when it moves: what else is said of it later tells nothing of them."""
    a = side(tmp_path, gate)
    a.world.enrol("expert-1", country="XA")
    a.world.enrol("expert-2", country="XB")
    a.world.enrol("lab", (), kind="organisation", country="XA", members=["expert-1", "expert-2"])
    change(a.world, "lab", country="XB")
    change(a.world, "lab", name="lab of b")
    told = [item.text for item in findings(a.world) if item.code == APART]
    assert told == ["lab, to which expert-1 belongs, is on record as abroad, and he is not"][: int(is_told)]


@pytest.mark.parametrize(("gate", "is_told"), [("v2", True), ("v1", False)])
def test_an_organisation_that_moves_takes_its_units_along(tmp_path: Path, gate: str, is_told: bool) -> None:
    """A unit without a country was said to be where its organisation is."""
    a = side(tmp_path, gate)
    a.world.enrol("office", (), kind="organisation")
    a.world.enrol("lab", (), kind="unit", organisation="office")
    change(a.world, "office", country="XB")
    assert (MOVED in found(a.world)) is is_told
