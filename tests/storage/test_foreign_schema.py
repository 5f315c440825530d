"""What runs by itself in a database and isn't ours is neither written through, nor read, nor brought back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from custody.storage.backup import back_up
from custody.storage.home import open_home
from custody.storage.home_layout import DISCLOSURES_FILE, LEDGER_FILE
from custody.storage.ledger_store import SqliteStore
from custody.storage.restore import restore
from schemas.errors import StorageError
from tests.audit.tampering import audit
from tests.storage.test_home import new_home
from tests.world import World

CASE = "2026-0417"
SWALLOW = "CREATE TRIGGER x BEFORE INSERT ON disclosure BEGIN SELECT RAISE(IGNORE); END"
FORGET = "CREATE TRIGGER x AFTER INSERT ON entry BEGIN DELETE FROM commitment; END"


def run(folder: Path, file: str, *script: str) -> None:
    """Run statements on a database as a hand at its prompt would."""
    with closing(sqlite3.connect(folder / file, isolation_level=None)) as connection:
        for statement in script:
            connection.execute(statement)


def test_a_trigger_that_swallows_private_values_stops_the_writer(world: World, folder: Path) -> None:
    """Else the record would stand, and the words that it commits to would be nowhere."""
    before = len(world.entries())
    world.store.close()
    run(folder, DISCLOSURES_FILE, SWALLOW)
    with pytest.raises(StorageError, match="runs by itself") as caught:
        world.register(CASE, "EX-1", actor="examiner-1")
    assert caught.value.code == "ledger.unreadable"
    assert len(world.entries()) == before


@pytest.mark.parametrize("is_write", [True, False])
def test_a_trigger_that_is_not_ours_is_not_run(world: World, folder: Path, is_write: bool) -> None:
    """Nor is a trigger of ours that says something else now."""
    world.register(CASE, "EX-1", actor="examiner-1")
    run(folder, LEDGER_FILE, FORGET)
    with SqliteStore(folder) as store:
        opened = store.write() if is_write else store.read()
        with pytest.raises(StorageError, match="AFTER INSERT ON entry"), opened:
            pass


def test_a_trigger_that_stands_there_as_bytes_is_not_run(world: World, folder: Path) -> None:
    """SQLite reads its own table of statements as text, whatever a hand put into it."""
    world.register(CASE, "EX-1", actor="examiner-1")
    as_bytes = "UPDATE sqlite_schema SET sql = CAST(sql AS BLOB) WHERE name = 'x'"
    run(folder, LEDGER_FILE, FORGET, "PRAGMA writable_schema=ON", as_bytes)
    with SqliteStore(folder) as store, pytest.raises(StorageError, match="AFTER INSERT ON entry"), store.read():
        pass


def test_a_view_in_place_of_the_values_is_not_read(world: World, folder: Path) -> None:
    """Every value would be told as withheld."""
    world.register(CASE, "EX-1", actor="examiner-1")
    run(
        folder,
        DISCLOSURES_FILE,
        "ALTER TABLE disclosure RENAME TO hidden",
        "CREATE VIEW disclosure AS SELECT * FROM hidden LIMIT 0",
    )
    with SqliteStore(folder) as store, pytest.raises(StorageError, match="CREATE VIEW"):
        list(store.disclosures.all())
    outcome = audit(folder)
    assert {("audit.foreign", "database"), ("audit.schema", "database")} <= outcome.failures()


@pytest.mark.parametrize(("file", "trigger"), [(DISCLOSURES_FILE, SWALLOW), (LEDGER_FILE, FORGET)])
def test_an_audit_names_what_runs_by_itself(world: World, folder: Path, file: str, trigger: str) -> None:
    """And goes on: all else is looked at as well."""
    world.register(CASE, "EX-1", actor="examiner-1")
    run(folder, file, trigger)
    outcome = audit(folder)
    assert outcome.failures() == {("audit.foreign", "database")}
    assert outcome.audited.report.ledger


def test_a_backup_with_a_trigger_of_its_own_is_not_brought_back(tmp_path: Path) -> None:
    """It would run with the first entry of the restored ledger."""
    world = new_home(tmp_path / "ledger")
    with open_home(tmp_path / "ledger", random=world.random) as home:
        with home.store.read() as reader:
            newest = reader.checkpoint()
        back_up(home, tmp_path / "backup", random=world.random)
    run(tmp_path / "backup", LEDGER_FILE, FORGET)
    with pytest.raises(StorageError, match="runs by itself"):
        restore(tmp_path / "backup", tmp_path / "back", newest=newest, random=world.random)
    assert not (tmp_path / "back").exists()
