"""Connections to an SQLite file: how durable, how patient, and what its errors mean.

Write-ahead log with ``synchronous=FULL``: a commit returns when the log is on the disk, so what was acknowledged
survives a loss of power. Readers never wait for the writer. ``BEGIN IMMEDIATE`` takes the only write lock at once; who
waits for it longer than allowed is told so.

On a medium that cannot be written through, such as a disc, there is no room for the log beside the file, and the file
alone is read. That it is read-only here doesn't say that nobody writes to it: a folder may be given to one container
for reading and to another for writing. So whoever reads there looks afterwards whether the file is still the one that
he began with, and is told to read again where it isn't. On a full disk there is no room for the index of the log either
(32 KiB); whoever reads there keeps it in memory, and the file to himself (https://sqlite.org/wal.html#noshm).
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from custody.ledger.store import INDEX_HINT
from custody.storage.schema import FOUND, Schema
from schemas.errors import StorageError

PATIENCE: Final = 30.0
"""Seconds that a writer waits for the others."""

_PRAGMAS: Final = (
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    # A replacing insert then runs into the triggers that refuse deletion.
    "PRAGMA recursive_triggers=ON",
    # What lies in a stranger's file must not run as code of ours.
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA cache_size=-65536",
    # Pages (of 4 KiB) after which the log is folded in: seldom enough not to slow down single entries.
    "PRAGMA wal_autocheckpoint=4000",
    "PRAGMA temp_store=MEMORY",
)
FROZEN: Final = "ro&immutable=1"
"""How SQLite opens a file beside which it can write nothing."""
Stamp = tuple[int, int]
ALONE: Final = "PRAGMA locking_mode=EXCLUSIVE"
"""Said before the first access, it keeps the index of the log in memory, and everybody else out."""
DAMAGE: Final = (sqlite3.Error, UnicodeDecodeError)
"""What SQLite raises; the second where Python can't read its message, into which a damaged file can put anything."""
_NO_ROOM: Final = frozenset(
    {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_SHMMAP, sqlite3.SQLITE_IOERR_SHMOPEN}
)
_CODES: Final = {
    sqlite3.SQLITE_BUSY: ("ledger.busy", "the lock on {path} free, found it held by another process"),
    sqlite3.SQLITE_LOCKED: ("ledger.busy", "the lock on {path} free, found it held by another connection"),
    sqlite3.SQLITE_FULL: ("ledger.full", "room for {path}, found the disk full"),
    sqlite3.SQLITE_IOERR: ("ledger.full", "the disk to take {path}, found it refuse"),
    sqlite3.SQLITE_READONLY: ("ledger.read-only", "{path} writable, found it read-only"),
    sqlite3.SQLITE_PERM: ("ledger.read-only", "{path} accessible, found it forbidden"),
    sqlite3.SQLITE_CANTOPEN: ("ledger.unreadable", "to open {path}, could not"),
    sqlite3.SQLITE_NOTADB: ("ledger.unreadable", "a database in {path}, found something else"),
    sqlite3.SQLITE_CORRUPT: ("ledger.unreadable", "a sound database in {path}, found it damaged"),
    sqlite3.SQLITE_CONSTRAINT: ("ledger.refused", "rows that {path} takes, found some that its own rules refuse"),
}
_HINTS: Final = {
    "ledger.busy": "somebody else is writing; nothing was lost, try again",
    "ledger.full": "make room and try again; nothing was written",
    "ledger.read-only": "nothing was written; to look at it, copy the whole home to a folder that you may write",
    "ledger.unreadable": "custody rebuild makes the index anew where the entries are whole; else restore a backup",
}


@dataclass(slots=True)
class _Open:
    """An open connection. ``stamp`` stands where its file is read without any lock, and is what that was like then;
    ``is_checked`` says that nothing but ours runs by itself in it.
    """

    connection: sqlite3.Connection
    stamp: Stamp | None
    is_checked: bool = False


class Database:
    """An SQLite file and its idle connections. May be shared by threads; each transaction has its own connection."""

    def __init__(self, path: Path, schema: Schema, *, secure_delete: bool = False, patience: float = PATIENCE) -> None:
        self.path = path
        self._schema = schema
        self._pragmas = (*_PRAGMAS, f"PRAGMA secure_delete={'ON' if secure_delete else 'OFF'}")
        self._patience = patience
        self._idle: list[_Open] = []
        self._alone: sqlite3.Connection | None = None
        self._sharing = 0
        self._lock = threading.Lock()

    def create(self) -> None:
        """Make the file with its tables.

        Raises:
            StorageError: ``ledger.exists``; others as `transaction`.
        """
        if self.path.exists():
            raise StorageError("ledger.exists", f"expected no file {self.path}, found one")
        with self.errors():
            connection = self._connect("rwc")
            try:
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("BEGIN IMMEDIATE")
                for statement in self._schema.made_by():
                    connection.execute(statement)
                connection.execute("COMMIT")
            finally:
                connection.close()

    @contextmanager
    def transaction(self, *, is_write: bool, as_found: bool = False) -> Iterator[sqlite3.Connection]:
        """Hold one moment of the file, or its only write lock; commit when left, roll back on any exception.

        Nothing in it that runs by itself is trusted, unless it is looked at ``as_found``, by an audit; that commits
        nothing.

        Raises:
            StorageError: ``ledger.busy``, ``ledger.full``, ``ledger.read-only``, ``ledger.unreadable``,
                ``ledger.refused``.
        """
        with self.errors():
            taken = None if self._alone is not None and not is_write else self._take(is_write)
            if taken is None:
                with self._reading_alone() as alone:
                    if not as_found:
                        self._check_made(alone)
                    yield alone
                return
            connection = taken.connection
            try:
                connection.execute("BEGIN IMMEDIATE" if is_write else "BEGIN")
                if not as_found and not taken.is_checked:
                    self._check_made(connection)
                    taken.is_checked = True
                yield connection
                # Who looks at what may be damaged writes nothing, and damage that he met would fail the commit.
                connection.execute("ROLLBACK" if as_found else "COMMIT")
                check_still(self.path, taken.stamp)
            except BaseException:
                # After some errors SQLite has rolled back by itself. A connection that failed isn't used again.
                try:
                    if connection.in_transaction:
                        connection.rollback()
                finally:
                    connection.close()
                # What a changed file made of the body says nothing about the ledger.
                check_still(self.path, taken.stamp)
                raise
            with self._lock:
                self._idle.append(taken)

    def close(self) -> None:
        """Close the idle connections; the last one to close folds the log into the file."""
        with self._lock:
            idle, self._idle = self._idle, []
        for item in idle:
            item.connection.close()

    def _check_made(self, connection: sqlite3.Connection) -> None:
        """Refuse a file with a trigger or a view that isn't ours: it could swallow what is written, or be read for it.

        Raises:
            StorageError: ``ledger.unreadable``.
        """
        foreign = self._schema.foreign(sql for (sql,) in connection.execute(FOUND))
        if foreign:
            text = f"expected nothing in {self.path} that runs by itself but our own triggers, found: {foreign[0]}"
            raise StorageError("ledger.unreadable", text, hint=INDEX_HINT)

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Say in our own words what SQLite says.

        Raises:
            StorageError: as `transaction`.
        """
        try:
            yield
        except DAMAGE as error:
            raise storage_error(error, self.path) from error

    @contextmanager
    def _reading_alone(self) -> Iterator[sqlite3.Connection]:
        """Hold the file against everybody, where there is room for nothing; who reads within shares the connection."""
        with self._lock:
            self._alone = self._alone or self._connect("rw", alone=True)
            self._sharing += 1
        try:
            yield self._alone
        finally:
            with self._lock:
                self._sharing -= 1
                if not self._sharing:
                    self._alone.close()
                    self._alone = None

    def _take(self, is_write: bool) -> _Open | None:
        """Return a connection; nothing where there is no room for one, and reading is all that is wanted."""
        with self._lock:
            while self._idle:
                taken = self._idle.pop()
                if taken.stamp in {None, stamp_of(self.path)}:
                    return taken
                taken.connection.close()
        try:
            mode = mode_of(self.path)
            stamp = stamp_of(self.path) if mode == FROZEN else None
            return _Open(self._connect(mode), stamp)
        except sqlite3.Error as error:
            if is_write or not has_no_room(error):
                raise
            return None

    def _connect(self, mode: str, *, alone: bool = False) -> sqlite3.Connection:
        uri = f"{self.path.absolute().as_uri()}?mode={mode}"
        connection = sqlite3.connect(
            uri, uri=True, timeout=self._patience, isolation_level=None, cached_statements=256, check_same_thread=False
        )
        try:
            for pragma in (*((ALONE,) if alone else ()), *self._pragmas):
                connection.execute(pragma)
            if mode != "rwc":
                # What is wrong with the file or its disk is found here, and not within the body of a transaction.
                connection.execute("PRAGMA schema_version").fetchone()
        except BaseException:
            connection.close()
            raise
        return connection


def has_no_room(error: Exception) -> bool:
    """Tell whether a full disk is why a file could not be opened for reading."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) in _NO_ROOM


def mode_of(path: Path) -> str:
    """Return how SQLite is to open a file that is there: `FROZEN` where it lies on what is read-only here, and holds
    all of its commits by itself.

    A folder that is only forbidden to this account is another matter: its owner may be writing.
    """
    if not hasattr(os, "statvfs") or not path.exists():
        return "rw"
    log = path.with_name(f"{path.name}-wal")
    is_folded = not log.exists() or log.stat().st_size == 0
    is_frozen = is_folded and bool(os.statvfs(path.parent).f_flag & os.ST_RDONLY)
    return FROZEN if is_frozen else "rw"


def stamp_of(path: Path) -> Stamp:
    """Return what changes whenever somebody writes to a file: its size and the time of that, in nanoseconds."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_size, found.st_mtime_ns


def check_still(path: Path, stamp: Stamp | None) -> None:
    """Raise unless a file that is read without any lock is the one that it was; without a ``stamp`` it is locked.

    Raises:
        StorageError: ``ledger.busy``.
    """
    if stamp is not None and stamp != stamp_of(path):
        text = f"expected {path} to stay as it was while it was read, found it written to from elsewhere"
        raise StorageError("ledger.busy", text, hint=_HINTS["ledger.busy"])


def storage_error(error: Exception, path: Path) -> StorageError:
    """Return what an error of SQLite, one of `DAMAGE`, means for ``path``."""
    if isinstance(error, UnicodeDecodeError):
        text = f"expected a sound database in {path}, found it damaged"
        return StorageError("ledger.unreadable", text, hint=_HINTS["ledger.unreadable"])
    number = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    code, text = _CODES.get(number & 0xFF, ("ledger.unreadable", "{path} usable, found it is not"))
    if number & 0xFF == sqlite3.SQLITE_CANTOPEN and _is_forbidden(path):
        # The file may be sound: this account can't read it, or can't make the log beside it.
        code, text = "ledger.read-only", "{path} and its folder writable, found them closed to this account"
    return StorageError(code, f"expected {text.format(path=path)}: {error}", hint=_HINTS.get(code, ""))


def _is_forbidden(path: Path) -> bool:
    return path.exists() and not (os.access(path, os.R_OK) and os.access(path.parent, os.W_OK))
