"""The write transaction of a ledger's database, as `custody.ledger.store.LedgerWriter` promises it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import chain

from custody.ledger.rows import EntryRows
from custody.ledger.store import Changes, Head, SubjectEntry
from custody.storage import statements
from custody.storage.reading import Reader
from custody.storage.records import record_row
from custody.storage.stored_view import Known
from custody.verify.fold.standing import Standings
from schemas.subject import encode_subject


class Writer(Reader):
    """A reader inside the one write transaction."""

    def __init__(self, connection: sqlite3.Connection, known: Known, head: Head) -> None:
        super().__init__(connection, known)
        self._changes: Changes | None = None
        self._new_subjects: set[bytes] = set()
        self._head = head

    def head(self) -> Head:
        """Return the end of the ledger, with what was put."""
        return self._head

    def standings(self) -> Standings:
        """Return what is known of who may sign; it goes where all that is known goes if the transaction fails."""
        return self._known.standings

    def put_entries(self, rows: Sequence[EntryRows], subjects: Sequence[SubjectEntry]) -> None:
        """Add entries after the newest one, with the subjects they belong to.

        Raises:
            StorageError: ``ledger.refused``, ``ledger.full``.
        """
        run = self.connection.executemany
        run(statements.INSERT_ENTRY, [row.entry for row in rows])
        # In the order of their trees, so that neighbours are written together.
        run(statements.INSERT_COMMITMENT, sorted(chain.from_iterable(row.commitments for row in rows)))
        run(statements.INSERT_SUBJECT_ENTRY, sorted(subjects))
        self._new_subjects.update(entry.key for entry in subjects if entry.position == 0)
        last = rows[-1].entry
        self._head = Head(last.entry_index + 1, last.leaf, last.recorded_at)

    def put_changes(self, changes: Changes) -> None:
        """Replace states, add new subjects and the checkpoint; once, at the end of the transaction.

        Raises:
            StorageError: ``ledger.refused``, ``ledger.full``.
        """
        by_statement: dict[str, list[tuple[object, ...]]] = {}
        for record in changes.states:
            statement, row = record_row(record)
            by_statement.setdefault(statement, []).append(row)
        for statement, rows in by_statement.items():
            self.connection.executemany(statement, rows)
        if self._new_subjects:
            named = sorted((tally.key, tally.subject) for tally in changes.tallies if tally.key in self._new_subjects)
            rows_of_subjects = [(key, encode_subject(subject).decode()) for key, subject in named]
            self.connection.executemany(statements.INSERT_SUBJECT, rows_of_subjects)
        self.connection.execute(statements.INSERT_CHECKPOINT, (changes.frontier.size, changes.note))
        self._changes = changes

    def remember(self) -> None:
        """Take what was just committed into what is kept in memory."""
        if self._changes is not None:
            self._known.take(self._changes, self._head)
