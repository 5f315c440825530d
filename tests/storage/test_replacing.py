"""A database gets other content as a whole or not at all, whoever has it open, and never over what somebody wrote."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from custody.storage import statements
from custody.storage.copying import copy_database
from custody.storage.database import Database
from custody.storage.replacing import Watch, keep_log, new_database, replace_content
from custody.storage.schema import DISCLOSURES
from schemas.errors import StorageError

MANY = 3000


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A database with one row, and what nobody of us made."""
    path = tmp_path / "old.db"
    Database(path, DISCLOSURES).create()
    put(path, "old", 1)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE VIEW stranger AS SELECT 1")
    return path


@pytest.fixture
def new(tmp_path: Path, old: Path) -> Path:
    """What is to be in it."""
    path = tmp_path / "new.db"
    with Watch(old) as watch, new_database(path, DISCLOSURES, page_size=watch.page_size) as connection:
        rows = [(number.to_bytes(32, "big"), f"new {number}" * 20) for number in range(MANY)]
        connection.executemany(statements.PUT_DISCLOSURE, rows)
    return path


def put(path: Path, text: str, number: int) -> None:
    """Write a row as somebody else does."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0.2)) as connection:
        connection.execute(statements.PUT_DISCLOSURE, (number.to_bytes(32, "big"), text))


def counted(connection: sqlite3.Connection) -> int:
    """Return how many rows are seen."""
    return int(connection.execute("SELECT count(*) FROM disclosure").fetchone()[0])


def content(path: Path) -> tuple[int, bool, str]:
    """Return how many rows there are, whether the stranger is, and what SQLite says of the file."""
    with closing(sqlite3.connect(path)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema")]
        return counted(connection), "stranger" in names, connection.execute("PRAGMA integrity_check").fetchone()[0]


def test_all_of_it_is_replaced(old: Path, new: Path) -> None:
    """What a hand put into the file is gone, and writing goes on as in a new one."""
    with Watch(old) as watch:
        replace_content(old, new, watch)
    assert content(old) == (MANY, False, "ok")
    with closing(sqlite3.connect(old)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    put(old, "after", MANY + 1)
    assert content(old)[0] == MANY + 1


def test_a_reader_keeps_his_moment_and_an_open_writer_writes_into_the_new(old: Path, new: Path) -> None:
    """A file of another name would take in what he writes, and nobody would ever read it."""
    with closing(sqlite3.connect(old, isolation_level=None)) as reader, closing(sqlite3.connect(old)) as writer:
        counted(writer)
        reader.execute("BEGIN")
        assert counted(reader) == 1
        with Watch(old) as watch:
            replace_content(old, new, watch)
        assert counted(reader) == 1
        reader.execute("COMMIT")
        writer.execute(statements.PUT_DISCLOSURE, (b"\xff" * 32, "open"))
        writer.commit()
    assert content(old) == (MANY + 1, False, "ok")


def test_what_was_written_meanwhile_is_not_lost(old: Path, new: Path) -> None:
    """Between the reading and the lock somebody may have recorded something."""
    with Watch(old) as watch:
        put(old, "meanwhile", 2)
        with pytest.raises(StorageError, match="written to since") as caught:
            replace_content(old, new, watch)
    assert caught.value.code == "ledger.busy"
    assert content(old) == (2, True, "ok")


def test_who_writes_is_waited_for_and_no_longer_than_said(old: Path, new: Path) -> None:
    """A lock that is never let go is told."""
    with Watch(old) as watch, closing(sqlite3.connect(old, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match="held by another process") as caught:
            replace_content(old, new, watch, patience=0.1)
    assert caught.value.code == "ledger.busy"
    assert content(old) == (1, True, "ok")


def test_a_disk_that_is_full_halfway_leaves_it_as_it_was(old: Path, new: Path) -> None:
    """Half a database is none."""
    child = os.fork()
    if child == 0:
        import resource

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        code = 1
        try:
            with Watch(old) as watch:
                replace_content(old, new, watch)
        except StorageError as error:
            code = 0 if error.code == "ledger.full" else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert content(old) == (1, True, "ok")


def test_a_process_that_is_killed_at_any_moment_leaves_the_old_or_the_new(old: Path, new: Path, tmp_path: Path) -> None:
    """A machine loses its power when it likes."""
    found, before = set(), old.read_bytes()
    for trial in range(40):
        path = tmp_path / f"killed-{trial}.db"
        path.write_bytes(before)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            with Watch(path) as watch:
                os.write(writing, b".")
                replace_content(path, new, watch)
            os._exit(0)
        os.read(reading, 1)
        time.sleep(trial * 0.0008)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reading)
        os.close(writing)
        found.add(content(path))
    assert found <= {(1, True, "ok"), (MANY, False, "ok")}
    assert (1, True, "ok") in found


def test_damage_that_no_message_can_spell_is_told_as_damage(old: Path) -> None:
    """SQLite repeats in its messages what it found, and Python can't read all of that."""
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    old.write_bytes(old.read_bytes().replace(b"CREATE TABLE export", b"CREATE T\xc9BLE export"))
    copy = partial(copy_database, old, old.with_name("copy.db"))
    for look in (partial(keep_log, old), copy, partial(copy, as_found=True)):
        with pytest.raises(StorageError) as caught:
            look()
        assert caught.value.code == "ledger.unreadable"
