"""All rows beside the entries, as a replay gives them: compared with those of a database, or written into a new one."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from custody.audit import columns
from custody.audit.replay import Replayed
from custody.audit.table_rows import TableRows
from custody.ledger.rows import EntryRow
from custody.storage import statements
from custody.storage.records import record_row
from schemas.report import Findings, Severity


def compare_derived(rows: TableRows, replayed: Replayed, findings: Findings) -> None:
    """Compare tiles, commitments, states and subjects, and ask SQLite for hidden damage.

    Findings: ``audit.tile``, ``audit.commitment-row``, ``audit.state-row``, ``audit.damaged``, ``audit.subject-row``.

    Raises:
        Unreadable: at a damaged page.
    """
    columns.compare_tiles(rows, replayed.tree.tiles.kept(), findings)
    columns.compare_commitments(rows, replayed.fold.commitments, findings)
    columns.compare_states(rows, replayed.fold.state.records(), findings)
    columns.check_soundness(rows, findings)
    for difference in replayed.subjects.differences(rows):
        subject = f"entry {difference.index}" if difference.index >= 0 else f"subject {difference.subject}"
        text = f"{difference.subject}: {difference.text}"
        findings.add(8, Severity.FAILED, "audit.subject-row", subject, text)


class DerivedRows:
    """Writes a ledger into a new database, within one transaction of the caller's. Use it for one replay."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def put_entries(self, rows: Sequence[EntryRow]) -> None:
        """Add entries after those that were added before."""
        self._connection.executemany(statements.INSERT_ENTRY, rows)

    def finish(self, replayed: Replayed, notes: Mapping[int, bytes]) -> None:
        """Add all else that follows from the entries, and the checkpoints that were signed, by size."""
        run = self._connection.executemany
        # In the order of their trees, so that each page is written once.
        tiles = sorted(replayed.tree.tiles.kept().items())
        run(statements.PUT_TILE, ((level, number, hashes) for (level, number), hashes in tiles))
        run(statements.INSERT_COMMITMENT, sorted(replayed.fold.commitments.items()))
        run(statements.INSERT_SUBJECT, replayed.subjects.names())
        run(statements.INSERT_SUBJECT_ENTRY, replayed.subjects.places())
        for record in replayed.fold.state.records():
            self._connection.execute(*record_row(record))
        run(statements.INSERT_CHECKPOINT, sorted(notes.items()))
