"""Copying what lies in a home, while it is in use: databases by SQLite itself, folders file by file."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from custody.storage.database import (
    ALONE,
    DAMAGE,
    FROZEN,
    PATIENCE,
    check_still,
    has_no_room,
    mode_of,
    stamp_of,
    storage_error,
)
from keys.private.disk import sync_folder
from schemas.errors import StorageError


def copy_database(source: Path, target: Path, *, as_found: bool = False) -> None:
    """Copy an SQLite file as it is at one moment, with what is still in its log; others go on reading and writing.

    Raises:
        StorageError: ``ledger.busy``, ``ledger.full``, ``ledger.unreadable`` where the copy isn't sound, unless it is
            made ``as_found``.
    """
    mode = mode_of(source)
    stamp = stamp_of(source) if mode == FROZEN else None
    try:
        origin = _open_source(source, mode)
    except DAMAGE as error:
        raise storage_error(error, source) from error
    try:
        with closing(origin), closing(sqlite3.connect(target, timeout=PATIENCE, isolation_level=None)) as copy:
            copy.execute("PRAGMA synchronous=FULL")
            origin.backup(copy)
            (verdict,) = ("ok",) if as_found else copy.execute("PRAGMA quick_check(1)").fetchone()
    except DAMAGE as error:
        check_still(source, stamp)
        raise storage_error(error, target) from error
    check_still(source, stamp)
    target.chmod(0o600)
    if verdict != "ok":
        raise StorageError("ledger.unreadable", f"expected a sound copy of {source}, found: {verdict}")


def _open_source(source: Path, mode: str) -> sqlite3.Connection:
    """Return a connection through which a sound file can be read, on a full disk too."""
    uri = f"{source.absolute().as_uri()}?mode={mode}"
    for alone in ((), (ALONE,)):
        origin = sqlite3.connect(uri, uri=True, timeout=PATIENCE)
        try:
            for pragma in alone:
                origin.execute(pragma)
            origin.execute("SELECT count(*) FROM sqlite_master").fetchone()
            return origin
        except DAMAGE as error:
            origin.close()
            if alone or not has_no_room(error):
                raise
    raise AssertionError("the second try returns or raises")


def copy_folder(source: Path, target: Path) -> None:
    """Copy the files of a folder, durably and with their modes, into a new one.

    Names that begin with a dot are work under way and stay behind; so does a file that goes away meanwhile, such as a
    draft that somebody completes. Links are not followed and not copied: nothing of ours is one.

    Raises:
        StorageError: ``backup.failed``.
    """
    try:
        target.mkdir(mode=0o700)
        if source.is_dir():
            _copy_names(source, target, sorted(entry.name for entry in source.iterdir()))
        sync_folder(target)
    except OSError as error:
        raise StorageError("backup.failed", f"expected to copy {source}, found: {error.strerror}") from None


def _copy_names(source: Path, target: Path, names: Iterable[str]) -> None:
    for name in names:
        path = source / name
        if name.startswith(".") or path.is_symlink():
            continue
        if path.is_dir():
            copy_folder(path, target / name)
        elif path.is_file():
            _copy_file(path, target / name)


def _copy_file(source: Path, target: Path) -> None:
    try:
        shutil.copy2(source, target, follow_symlinks=False)
    except FileNotFoundError:
        if source.exists():
            raise
        return
    descriptor = os.open(target, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
