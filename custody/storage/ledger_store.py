"""A ledger on SQLite: `custody.ledger.store.LedgerStore` over two files."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from custody.storage import schema, statements
from custody.storage.database import PATIENCE, Database
from custody.storage.disclosures import Disclosures
from custody.storage.home_layout import DISCLOSURES_FILE, LEDGER_FILE
from custody.storage.reading import Reader
from custody.storage.stored_view import Known
from custody.storage.writing import Writer


class SqliteStore:
    """The database of one ledger. Close it when done; a process that dies without leaves nothing to repair."""

    def __init__(self, folder: Path, *, patience: float = PATIENCE) -> None:
        self.database = Database(folder / LEDGER_FILE, schema.LEDGER, patience=patience)
        self.disclosures = Disclosures(folder / DISCLOSURES_FILE, patience=patience)
        self._known = Known()
        self._has_added = False
        self._lock = threading.Lock()

    @classmethod
    def create(cls, folder: Path) -> SqliteStore:
        """Make the two files of an empty ledger in an existing folder.

        Raises:
            StorageError: ``ledger.exists``, ``ledger.full``, ``ledger.read-only``.
        """
        store = cls(folder)
        store.database.create()
        store.disclosures.database.create()
        return store

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """Open one moment of the ledger.

        Raises:
            StorageError: ``ledger.busy``, ``ledger.unreadable``.
        """
        with self.database.transaction(is_write=False) as connection:
            yield Reader(connection, Known())

    @contextmanager
    def write(self) -> Iterator[Writer]:
        """Take the ledger's only write lock; commit durably when left, roll back on any exception.

        Raises:
            StorageError: ``ledger.busy``, ``ledger.full``, ``ledger.read-only``, ``ledger.unreadable``.
        """
        with self._lock:
            known, self._known = self._known, Known()
        with self.database.transaction(is_write=True) as connection:
            if not self._has_added:
                for statement in statements.ADDED:
                    connection.execute(statement.replace("INDEX", "INDEX IF NOT EXISTS", 1))
            head = Reader(connection, known).head()
            if known.head != head:
                # Somebody else wrote since: what was read before then is no longer right.
                known = Known(head)
            writer = Writer(connection, known, head)
            yield writer
        # Committed. Before that, nobody may see what was about to be.
        writer.remember()
        with self._lock:
            self._known, self._has_added = known, True

    def close(self) -> None:
        """Close all connections."""
        self.database.close()
        self.disclosures.database.close()

    def __enter__(self) -> SqliteStore:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
