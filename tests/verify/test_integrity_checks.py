"""Step 12: the five checks by which a court looks at integrity, and what the record says to each (law row C6)."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.entry import parse_entry
from schemas.report import Severity
from tests.verify.test_procedure import CASE, DOCUMENT, EXHIBIT, look, world
from tests.world import World

__all__ = ["world"]

SEALED = ("exhibit.sealed", {"seal": "S-1"})
OPENED = ("exhibit.unsealed", {"intact": True, "reason": "examination", "seal": "S-1"})
BROKEN = (
    "exhibit.incident", {"description": "torn", "discovered_at": "2026-11-21T08:00:00Z", "kind": "seal-broken"}
)  # fmt: skip


def test_five_checks_of_integrity_are_five_lines(world: World) -> None:
    """Row C6: exactly five, found or missing, in the order of the law."""
    world.register(CASE, EXHIBIT, actor="examiner-1", files={"a": b"a"})
    lines = [item for item in look(world) if item.rule == "integrity"]
    assert [item.what.partition(":")[0] for item in lines] == [
        "seal state", "collection process", "check value", "comparison with a backup copy", "access after freezing",
    ]  # fmt: skip
    assert [item.severity for item in lines] == [
        Severity.NOTE, Severity.DEFECT, Severity.DEFECT, Severity.DEFECT, Severity.NOTE,
    ]  # fmt: skip


def test_the_story_fills_the_five_lines(world: World) -> None:
    """A comparison, a copy and an access that are on record are found there."""
    world.register(CASE, EXHIBIT, actor="examiner-1", files={"a": b"a"}, documents=(DOCUMENT,))
    world.act("exhibit.copied", CASE, EXHIBIT, {"copy": "evidentiary", "purpose": "p"}, actor="examiner-1")
    root = parse_entry(world.entries()[-2]).event.details.content.root  # type: ignore[attr-defined]
    checked = {"bytes": 1, "checked": 1, "matching": 1, "root": root}
    world.annotate("exhibit.checked", world.about(CASE, EXHIBIT), checked, actor="examiner-1")
    lines = [item for item in look(world) if item.rule == "integrity"]
    assert all(item.severity is Severity.NOTE for item in lines)
    assert lines[4].what == f"access after freezing: 1 on record: entry {len(world.entries()) - 2}"


@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        ((), "never sealed on record"),
        ((SEALED,), "sealed now"),
        ((SEALED, OPENED), "sealed, and opened since"),
        ((SEALED, BROKEN), "a seal was found broken, as the record says"),
        ((SEALED, (OPENED[0], {**OPENED[1], "intact": False})), "a seal was found broken, as the record says"),
        ((SEALED, BROKEN, SEALED, OPENED), "a seal was found broken, as the record says"),
    ],
)
def test_the_state_of_a_seal_is_its_whole_story(world: World, acts: Any, expected: str) -> None:
    """Row C6: what is sealed anew, and opened as it should be, was broken all the same."""
    world.register(CASE, EXHIBIT, actor="examiner-1")
    for type, details in acts:
        world.act(type, CASE, EXHIBIT, details, actor="examiner-1")
    line = next(item for item in look(world) if item.rule == "integrity")
    assert line.what == f"seal state: {expected}"


def test_many_accesses_are_counted_and_the_first_named(world: World) -> None:
    """A line of a report must not grow with a ledger."""
    world.register(CASE, EXHIBIT, actor="examiner-1", files={"a": b"a"})
    first = len(world.entries())
    for _ in range(10):
        world.act("exhibit.examined", CASE, EXHIBIT, {"purpose": "p"}, actor="examiner-1")
    listed = ", ".join(str(first + number) for number in range(8))
    lines = [item for item in look(world) if item.rule == "integrity"]
    assert lines[4].what == f"access after freezing: 10 on record: entries {listed} and 2 more"


def test_a_difference_on_record_is_told_and_not_hidden(world: World) -> None:
    """A comparison that failed is a line too; what it means is for step 9."""
    world.register(CASE, EXHIBIT, actor="examiner-1", files={"a": b"a"})
    root = parse_entry(world.entries()[-1]).event.details.content.root  # type: ignore[attr-defined]
    checked = {"bytes": 1, "checked": 1, "matching": 0, "root": root}
    world.annotate("exhibit.checked", world.about(CASE, EXHIBIT), checked, actor="examiner-1")
    assert any("comparisons on record: 1, of which 1 differed" in item.what for item in look(world))
