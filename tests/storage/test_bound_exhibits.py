"""Finding the few exhibits that are bound to another ledger among all that a ledger has."""

from __future__ import annotations

from pathlib import Path

from custody.storage import statements
from custody.storage.ledger_store import SqliteStore
from tests.world import World, settled

CASE = "2026-0417"
ABROAD = {
    "case": "C", "exhibit": "EX-7", "head": "ab" * 32, "ledger": "b.example/main", "manifest": "ab" * 32,
    "root": "ab" * 32, "size": 9,
}  # fmt: skip


def test_bound_exhibits_are_found_without_a_look_at_the_others(tmp_path: Path) -> None:
    """Every registration and every release asks: in a ledger of 200,000 exhibits a scan would take longer than both."""
    with SqliteStore.create(tmp_path) as store:
        world = settled(World(store))
        world.register(CASE, "EX-1", actor="examiner-1", foreign=ABROAD)
        world.register(CASE, '"bound_to":["', actor="examiner-1")
        world.register(CASE, "EX-2", actor="examiner-1")
        with store.read() as reader:
            assert [item.number for item in reader.bound_exhibits()] == ["EX-1"]
            plan = reader.connection.execute(f"EXPLAIN QUERY PLAN {statements.BOUND_EXHIBITS}").fetchall()
    assert [row[-1] for row in plan] == ["SCAN exhibit USING INDEX exhibit_bound"]
