"""On a full disk a ledger is read, backed up and left as it was; only what would grow it is refused."""

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from custody.storage.copying import copy_database
from custody.storage.ledger_store import SqliteStore
from schemas.errors import StorageError
from tests.world import World

CASE = "2026-0417"


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file grow beyond 1,000 bytes: SQLite's index of its log wants 32 KiB, as it would on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_closed_ledger_is_read(world: World, folder: Path) -> None:
    """When the disk is full is when somebody has to look; nothing of what is read needs room."""
    size = world.register(CASE, "EX-1", actor="examiner-1").size
    world.store.close()
    before = sorted(folder.iterdir())
    with full_disk(), SqliteStore(folder) as store:
        with store.read() as reader, store.read() as another:
            assert (reader.head().size, another.head().size) == (size, size)
        with store.read() as reader:
            commitments = list(store.disclosures.commitments())
            assert reader.commitment_indexes(commitments).keys() == set(commitments)
        assert len(store.disclosures.get(commitments)) == len(commitments) > 0
    assert [path for path in before if not path.exists()] == []
    with SqliteStore(folder) as store, store.read() as reader:
        assert reader.head().size == size


def test_what_is_still_in_the_log_is_read_too(world: World, folder: Path) -> None:
    """A power cut leaves acknowledged entries in the log alone."""
    size = world.register(CASE, "EX-1", actor="examiner-1").size
    kept = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert any(path.name.endswith("-wal") and raw for path, raw in kept.items())
    world.store.close()
    for path, raw in kept.items():
        if not path.name.endswith("-shm"):
            path.write_bytes(raw)
    with full_disk(), SqliteStore(folder) as store, store.read() as reader:
        assert reader.head().size == size
    with SqliteStore(folder) as store, store.read() as reader:
        assert reader.head().size == size


def test_nothing_is_recorded_and_room_helps(world: World, folder: Path) -> None:
    """What can't be kept is refused as before, and once there is room the same process goes on."""
    size = world.register(CASE, "EX-1", actor="examiner-1").size
    world.store.close()
    with SqliteStore(folder) as store:
        with full_disk():
            with store.read() as reader:
                assert reader.head().size == size
            with pytest.raises(StorageError) as caught, store.write():
                pytest.fail("a full disk was written to")
            assert caught.value.code == "ledger.full"
        with store.write() as writer:
            assert writer.head().size == size


def test_a_writer_is_not_disturbed(world: World, folder: Path) -> None:
    """Who has the ledger open has the room that reading takes: others read beside him as ever."""
    size = world.register(CASE, "EX-1", actor="examiner-1").size
    with world.store.write(), full_disk(), SqliteStore(folder) as store, store.read() as reader:
        assert reader.head().size == size


def test_a_database_is_copied_from_it(
    world: World, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup to another disk is what one wants first."""
    size = world.register(CASE, "EX-1", actor="examiner-1").size
    world.store.close()
    connect: Any = sqlite3.connect

    def full_at_source(named: str, *given: Any, **more: Any) -> Any:
        if folder.as_uri() not in str(named):
            return connect(named, *given, **more)
        with full_disk():
            return connect(named, *given, factory=_Cramped, **more)

    monkeypatch.setattr(sqlite3, "connect", full_at_source)
    (tmp_path / "copy").mkdir()
    for name in ("ledger.db", "disclosures.db"):
        copy_database(folder / name, tmp_path / "copy" / name)
    monkeypatch.undo()
    with SqliteStore(tmp_path / "copy") as store, store.read() as reader:
        assert reader.head().size == size


class _Cramped(sqlite3.Connection):
    """A connection whose statements run on a full disk."""

    def execute(self, *given: Any) -> sqlite3.Cursor:
        with full_disk():
            return super().execute(*given)
