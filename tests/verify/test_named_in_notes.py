"""Whom a note of the program names is on record: else no bundle could prove what the ledger says of him."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.errors import RuleViolation
from tests.world import World, settled

CASE = "2026-0417"
REFUSED = {"breaches": ("release.consent-missing",), "tried": "bundle"}


@pytest.mark.parametrize(
    ("type", "details"),
    [
        ("access.logged", {"action": "viewed", "agent": "nobody-9"}),
        ("release.refused", {**REFUSED, "to": "nobody-9", "tried_by": "examiner-1"}),
        ("release.refused", {**REFUSED, "to": "viewer-1", "tried_by": "nobody-9"}),
    ],
    ids=["who-looked", "to-whom", "who-tried"],
)
def test_a_note_names_nobody_who_is_not_on_record(type: str, details: dict[str, Any]) -> None:
    """Nobody's entries could be proven whole of somebody who has none, so no bundle of the exhibit could ever pass."""
    world = settled(World(seed="notes"))
    world.register(CASE, "EX-1", actor="examiner-1")
    with pytest.raises(RuleViolation, match=r"rule\.unknown-agent"):
        world.annotate(type, world.about(CASE, "EX-1"), details, actor="system")
    known = {name: "examiner-2" if value == "nobody-9" else value for name, value in details.items()}
    assert world.annotate(type, world.about(CASE, "EX-1"), known, actor="system").index == len(world.entries()) - 1
