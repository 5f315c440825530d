"""Other content for a database that others may have open, in one transaction of SQLite's own.

No file is ever put in place of another by its name. Whoever waits for the lock of the old one would get it, and write
where nobody reads any more: entries that were acknowledged would be lost, and the log beside a file goes by its name as
well (https://sqlite.org/howtocorrupt.html, 4.1). So the pages of a new file are copied over those of the old, under the
old one's write lock: readers keep the moment they are in, and a crash or a full disk leaves all of it as it was.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Final

from custody.storage.database import DAMAGE, PATIENCE, storage_error
from custody.storage.schema import Schema
from schemas.errors import StorageError

_PAGES: Final = 2
"""Pages that are copied at a time, fewer than any database of ours has: what is asked under the lock is asked before
the last of them.
"""
_WAITING: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


class Watch:
    """Tells whether anybody wrote to a database since this was made. Close it when done.

    Raises:
        StorageError: as the database does.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._connection = _connect(path)
            self.page_size = int(self._ask("page_size"))
            self._version = self._ask("data_version")
        except DAMAGE as error:
            raise storage_error(error, path) from error

    def has_seen(self) -> bool:
        """Tell whether somebody did.

        Raises:
            StorageError: as the database does.
        """
        try:
            return self._ask("data_version") != self._version
        except DAMAGE as error:
            raise storage_error(error, self._path) from error

    def check(self) -> None:
        """Raise where somebody did.

        Raises:
            StorageError: ``ledger.busy``; others as the database does.
        """
        if self.has_seen():
            raise _busy(f"expected {self._path} as it was read, found it written to since")

    def _ask(self, pragma: str) -> int:
        (value,) = self._connection.execute(f"PRAGMA {pragma}").fetchone()
        return int(value)

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._connection.close()


def keep_log(path: Path) -> None:
    """Have a database keep its log beside it, as it was made: without, who replaces its content locks readers out.

    Raises:
        StorageError: as the database does.
    """
    try:
        with closing(_connect(path)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
    except DAMAGE as error:
        raise storage_error(error, path) from error


@contextmanager
def new_database(path: Path, schema: Schema, *, page_size: int) -> Iterator[sqlite3.Connection]:
    """Make a database of ``schema``, to be filled and then to become the content of another that has pages of
    ``page_size`` bytes. Nothing of it is durable before.

    Raises:
        StorageError: ``ledger.full``, ``ledger.refused``; others as the disk does.
    """
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            for pragma in (f"page_size={page_size:d}", "journal_mode=OFF", "synchronous=OFF"):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute("BEGIN")
            for statement in schema.made_by():
                connection.execute(statement)
            yield connection
            connection.execute("COMMIT")
            # It stands in the file itself, and goes where its pages go.
            connection.execute("PRAGMA journal_mode=WAL")
    except sqlite3.Error as error:
        raise storage_error(error, path) from error


def replace_content(path: Path, new: Path, watch: Watch, *, patience: float = PATIENCE) -> None:
    """Give the database at ``path`` the content of ``new``, all or nothing, unless ``watch`` saw somebody write to it.

    Raises:
        StorageError: ``ledger.busy`` where somebody did, or held the lock for ``patience`` seconds; ``ledger.full``.
    """
    has_looked = False

    def look(status: int, remaining: int, total: int) -> None:
        nonlocal has_looked
        if status in _WAITING:
            raise _busy(f"expected the lock on {path} free, found it held by another process")
        if not has_looked:
            # From the first page on the lock is ours: who hasn't written by now doesn't before this is over.
            assert remaining, "a database has more pages than are copied at once"
            watch.check()
            has_looked = True

    try:
        with closing(_connect(path, patience)) as target, closing(_connect(new)) as source:
            target.execute("PRAGMA synchronous=FULL")
            source.backup(target, pages=_PAGES, progress=look)
            # It is there. The log is emptied where nobody reads from it just now, or else by who closes it last.
            with suppress(sqlite3.Error):
                target.execute("PRAGMA busy_timeout=0")
                target.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except DAMAGE as error:
        raise storage_error(error, path) from error


def _connect(path: Path, patience: float = PATIENCE) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(uri, uri=True, timeout=patience, isolation_level=None)


def _busy(text: str) -> StorageError:
    return StorageError("ledger.busy", text, hint="somebody else is writing; nothing was changed, try again")
