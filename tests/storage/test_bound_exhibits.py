"""Finding the few exhibits that are bound to another ledger among all that a ledger has."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from custody.storage import statements
from custody.storage.ledger_store import SqliteStore
from tests.audit.tampering import audit
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


def _run(folder: Path, *statements: str) -> None:
    with closing(sqlite3.connect(folder / "ledger.db")) as connection:
        for statement in statements:
            connection.execute(statement)


def _indexes(store: SqliteStore) -> list[str]:
    with store.read() as reader:
        found = reader.connection.execute("SELECT name FROM sqlite_schema WHERE name = 'exhibit_bound'")
        return [str(name) for (name,) in found]


def test_a_home_that_had_no_such_index_gets_it_with_the_next_entry(tmp_path: Path) -> None:
    """Homes of this format were made before there was one: they find the same, slowly, and an audit misses nothing."""
    with SqliteStore.create(tmp_path) as store:
        world = settled(World(store))
        world.register(CASE, "EX-1", actor="examiner-1", foreign=ABROAD)
    _run(tmp_path, "DROP INDEX exhibit_bound")
    assert audit(tmp_path).verdict == "PASSED"
    assert not [item for item in audit(tmp_path).audited.report.findings if item.code == "audit.guards"]
    with SqliteStore(tmp_path) as store:
        world.store = store
        with store.read() as reader:
            assert [item.number for item in reader.bound_exhibits()] == ["EX-1"]
        with pytest.raises(RuntimeError, match="cut"), store.write():
            raise RuntimeError("cut off")
        assert _indexes(store) == []
        world.register(CASE, "EX-2", actor="examiner-1", foreign={**ABROAD, "exhibit": "EX-8"})
        assert _indexes(store) == ["exhibit_bound"]
        with store.read() as reader:
            assert [item.number for item in reader.bound_exhibits()] == ["EX-1", "EX-2"]
    report = audit(tmp_path).audited.report
    assert not [item for item in report.findings if item.code in ("audit.guards", "audit.damaged")]


def test_an_index_of_another_making_is_told_and_stays(tmp_path: Path) -> None:
    """Only what is missing is made: a name that is taken by something else is for somebody to look at."""
    with SqliteStore.create(tmp_path) as store:
        world = settled(World(store))
    _run(tmp_path, "DROP INDEX exhibit_bound", "CREATE INDEX exhibit_bound ON exhibit (holder)")
    with SqliteStore(tmp_path) as store:
        world.store = store
        world.register(CASE, "EX-1", actor="examiner-1")
    assert "audit.guards" in {item.code for item in audit(tmp_path).audited.report.findings}
