"""Rebuilding a ledger that somebody tampered with."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from custody.audit.rebuild import Rebuilding, Rebuilt
from custody.audit.rebuild import rebuild as rebuild_home
from custody.storage.home import Home
from custody.storage.home_layout import HomeRecord
from custody.storage.ledger_store import SqliteStore
from tests.audit.tampering import AT
from tests.world import ORIGIN

KEPT = "before-rebuild-20270101T000000Z"


def rebuild(folder: Path, *, newest: bytes | None = None, patience: float = 30) -> Rebuilt:
    """Rebuild the ledger in ``folder``, and check that nothing under way is left there."""
    before = set(folder.iterdir())
    try:
        with Home(
            folder, HomeRecord(format=2, origin=ORIGIN), SqliteStore(folder, patience=patience), random=os.urandom
        ) as home:
            done = rebuild_home(home, Rebuilding(at=AT, random=os.urandom, newest=newest))
    except BaseException:
        assert {path for path in folder.iterdir() if path.suffix not in (".db-shm", ".db-wal")} <= before
        raise
    assert not list(folder.glob(".*/mark"))
    assert done.kept is None or {path.name for path in done.kept.iterdir()} == set(done.files)
    return done


def codes(done: Rebuilt) -> set[str]:
    """Return the codes of all that differed or was left out."""
    return {item.code for item in (*done.differences, *done.left_out)}


def records(folder: Path) -> tuple[list[bytes], list[bytes]]:
    """Return the bytes of all entries and checkpoints."""
    with SqliteStore(folder) as store, store.database.transaction(is_write=False, as_found=True) as connection:
        rows = connection.execute("SELECT raw FROM entry ORDER BY entry_index").fetchall()
        notes = connection.execute("SELECT note FROM checkpoint ORDER BY size").fetchall()
    return [raw for (raw,) in rows], [note for (note,) in notes]


def dump(folder: Path, file: str) -> list[str]:
    """Return all that a database holds."""
    with closing(sqlite3.connect(folder / file)) as connection:
        return sorted(connection.iterdump())
