"""One dispatch that is accepted and also registered: two exhibits would be one thing, and two hold it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from custody.ledger.compose import Anchor
from custody.storage.ledger_store import SqliteStore
from schemas.event import Link
from tests.audit.conftest import CASE
from tests.audit.tampering import audit
from tests.world import World, settled

FOREIGN: dict[str, Any] = {
    "case": "X", "exhibit": "X-1", "head": "ab" * 32, "ledger": "b.example/main", "manifest": "cd" * 32,
    "root": "ef" * 32, "size": 5,
}  # fmt: skip
ACCEPTED = {
    "accepted_at": "2026-11-21T08:30:00Z", "description": "from abroad", "foreign": FOREIGN, "from": "b-police",
    "kind": "phone", "nature": "object", "obtained": "foreign-assistance", "onward": "with-consent",
    "sent_at": "2026-11-21T08:00:00Z", "transfer": "0f" * 16,
}  # fmt: skip


def told(folder: Path, *lives: str, **other: Any) -> list[tuple[str, str]]:
    """Let something from abroad begin here once for each of ``lives``; return where an audit finds it twice."""
    with SqliteStore.create(folder) as store:
        world = settled(World(store), gate="v2")
        world.enrol("b-police", (), kind="organisation", country="XB", ledger="b.example/main")
        for place, life in enumerate(lives):
            number, foreign = f"EX-{place}", FOREIGN if not place else {**FOREIGN, **other}
            if life == "accepted":
                anchor = Anchor(case=CASE, exhibit=number, link=Link(sequence=0))
                composed = world.event("transfer.accepted", ACCEPTED, actor="examiner-1", anchor=anchor)
                world.append(world.sign(composed))
            else:
                world.register(CASE, number, actor="examiner-1", foreign=foreign, obtained="foreign-assistance")
    return [(item.subject, item.text) for item in audit(folder).findings if "accepted-and" in item.code]


@pytest.mark.parametrize("lives", [("accepted", "registered"), ("registered", "accepted")])
def test_one_dispatch_has_one_life_here(tmp_path: Path, lives: tuple[str, str]) -> None:
    """Whichever came first."""
    ((subject, text),) = told(tmp_path, *lives)
    assert subject.startswith("entry ")
    assert f"{CASE}/EX-1 is what stands here as {CASE}/EX-0" in text


@pytest.mark.parametrize(
    ("lives", "other"),
    [(("registered", "registered"), {}), (("accepted", "registered"), {"head": "aa" * 32}), (("accepted",), {})],
)
def test_other_arrivals_are_none_of_this(tmp_path: Path, lives: tuple[str, ...], other: dict[str, str]) -> None:
    """Files of one exhibit may be registered apart, and another act of it is another dispatch."""
    assert told(tmp_path, *lives, **other) == []
