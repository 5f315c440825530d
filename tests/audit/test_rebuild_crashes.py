"""A rebuild that is killed, runs out of room, or has company leaves whole databases with every entry in them."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from custody.storage.home_layout import DISCLOSURES_FILE, LEDGER_FILE
from custody.storage.ledger_store import SqliteStore
from custody.storage.replacing import Watch, replace_content
from schemas.errors import StorageError
from tests.audit.conftest import Ledger
from tests.audit.rebuilding import KEPT, rebuild, records
from tests.audit.tampering import audit, run
from tests.storage.soundness import check_sound
from tests.storage.test_crashes import acknowledged, check_all_there, start
from tests.world import World, settled


def spoilt(ledger: Ledger) -> None:
    """Make both databases differ from what the entries give."""
    run(ledger.folder, "UPDATE \"case\" SET folded = 'another'")
    with closing(sqlite3.connect(ledger.folder / DISCLOSURES_FILE)) as connection:
        connection.execute("CREATE VIEW stranger AS SELECT 1")


def integrity(folder: Path, file: str) -> str:
    """Return what SQLite says of a database."""
    with closing(sqlite3.connect(folder / file)) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


def test_one_that_is_killed_at_any_moment_leaves_whole_databases(large: Ledger, tmp_path: Path) -> None:
    """And the next one finishes the work, and sweeps what was left."""
    before = records(large.folder)
    spoilt(large)
    found = set()
    for trial in range(24):
        folder = Path(shutil.copytree(large.folder, tmp_path / f"killed-{trial}"))
        child = os.fork()
        if child == 0:
            try:
                rebuild(folder)
            finally:
                os._exit(0)
        time.sleep(0.02 * trial)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        assert records(folder) == before
        assert {integrity(folder, file) for file in (LEDGER_FILE, DISCLOSURES_FILE)} == {"ok"}
        found.add(audit(folder).verdict)
        shutil.rmtree(next(folder.glob("before-rebuild-*"), folder / "none"), ignore_errors=True)
        rebuild(folder)
        assert audit(folder).verdict == "PASSED"
        # One that was killed before it was marked is nobody's, and empty.
        assert not list(folder.glob(".*/mark"))
        shutil.rmtree(folder)
    assert "FAILED" in found


@pytest.mark.parametrize("file", [DISCLOSURES_FILE, LEDGER_FILE])
@pytest.mark.parametrize("is_done", [False, True])
def test_no_copy_with_private_values_is_ever_without_its_note(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, file: str, is_done: bool
) -> None:
    """Killed just before and just after new content is in place: an order to erase goes by the notes."""
    spoilt(ledger)

    def die(path: Path, new: Path, watch: Watch) -> None:
        if path.name != file or is_done:
            replace_content(path, new, watch)
        if path.name == file:
            os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        monkeypatch.setattr("custody.audit.rebuild.replace_content", die)
        try:
            rebuild(ledger.folder)
        finally:
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    with (
        SqliteStore(ledger.folder) as store,
        store.disclosures.database.transaction(is_write=False, as_found=True) as it,
    ):
        tables = {name for (name,) in it.execute("SELECT name FROM sqlite_schema")}
        noted = {path for (path,) in it.execute("SELECT path FROM backup")} if "backup" in tables else set()
    there = {str(path.parent) for path in ledger.folder.glob(f"before-rebuild-*/{DISCLOSURES_FILE}")}
    assert there <= noted
    assert there or file == DISCLOSURES_FILE
    shutil.rmtree(ledger.folder / KEPT, ignore_errors=True)
    rebuild(ledger.folder)
    assert audit(ledger.folder).verdict == "PASSED"
    assert not list(ledger.folder.glob(".*"))


def test_one_that_finds_no_room_changes_nothing(large: Ledger) -> None:
    """Whatever it was about to write; there is room for less than half of it."""
    spoilt(large)
    before = records(large.folder)
    for room in (20_000, 60_000, 200_000, 300_000):
        child = os.fork()
        if child == 0:
            code = 1
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
            try:
                rebuild(large.folder)
            except StorageError as error:
                code = 0 if error.code in ("ledger.full", "backup.failed", "home.unwritable") else 2
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, room
        assert sorted(path.name for path in large.folder.iterdir() if "-rebuild-" in path.name) == []
        assert records(large.folder) == before
    assert len(rebuild(large.folder).files) == 2


def test_who_appends_meanwhile_loses_nothing(tmp_path: Path) -> None:
    """A ledger is in use all day; an entry that was acknowledged is there, and the index is that of all."""
    folder = tmp_path / "ledger"
    folder.mkdir()
    with SqliteStore.create(folder) as store:
        settled(World(store))
    process = start("append", str(folder), "desk", "40")
    count = 0
    while process.poll() is None:
        with closing(sqlite3.connect(folder / LEDGER_FILE, timeout=30)) as connection:
            connection.execute("UPDATE \"case\" SET folded = 'another'")
            connection.commit()
        try:
            count += len(rebuild(folder).files)
        except StorageError as error:
            if error.code != "ledger.busy":
                raise
        shutil.rmtree(next(folder.glob("before-rebuild-*"), folder / "none"), ignore_errors=True)
    receipts = acknowledged(process)
    rebuild(folder)
    with SqliteStore(folder) as store:
        check_all_there(check_sound(store, folder), receipts)
    assert (len(receipts), audit(folder).verdict) == (40, "PASSED")
    assert count > 1
