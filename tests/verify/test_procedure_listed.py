"""Step 12 of a bundle: what exhibits lack in the end is asked of those it was made for."""

from __future__ import annotations

import pytest

from custody.transfer.law_files import shipped_profile
from custody.verify.fold.state import State
from custody.verify.procedure.procedure import Procedure
from schemas.entry import parse_entry
from tests.verify.test_procedure import CASE, EXHIBIT, NOW, accepted, look, rules, seized, world
from tests.world import World

__all__ = ["world"]


def test_integrity_is_asked_of_the_exhibits_of_a_bundle_only(world: World) -> None:
    """An ancestor is carried in part: five lines about a part would mislead."""
    seized(world)
    world.register(CASE, "EX-2", actor="examiner-1")
    view: State = world.store.read().__enter__().view()
    procedure = Procedure(shipped_profile("cn"), view)
    for raw in world.entries():
        procedure.add(parse_entry(raw))
    procedure.finish(NOW, [(CASE, "EX-2")])
    assert {item.subject for item in procedure.found if item.rule == "integrity"} == {f"{CASE}/EX-2"}


@pytest.mark.parametrize(("listed", "is_told"), [("EX-2", False), (EXHIBIT, True)])
def test_terms_are_held_against_the_exhibits_of_a_bundle_only(world: World, listed: str, is_told: bool) -> None:
    """Of an ancestor a bundle doesn't carry how it went back: that a country broke the other's terms isn't known."""
    accepted(world, "return", "2027-01-15T00:00:00Z")
    world.register(CASE, "EX-2", actor="examiner-1")
    found = look(world, at="2027-02-01T00:00:00Z", listed=[(CASE, listed)])
    assert ("conditions-due" in rules(found)) is is_told
