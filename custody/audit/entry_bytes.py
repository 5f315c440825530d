"""The entries of a database whose columns may be wrong or missing: each under the number that its own bytes say."""

from __future__ import annotations

import sqlite3
from typing import Final

from custody.audit.columns import STEP
from custody.audit.table_rows import ENTRY_RANGE, LOST, Row, TableRows, Unreadable
from custody.ledger.rows import EntryRow
from schemas.report import Findings, Severity

_INDEX: Final = b'},"index":'
"""What stands in the canonical bytes of an entry before its number, and nowhere behind it."""
_DIGITS: Final = 16


class EntryBytes(TableRows):
    """As `TableRows`, for a replay. Whether an entry's bytes and its number hold, that replay says.

    Findings: ``audit.stray-row``.

    Raises:
        Unreadable: without entries, or without bytes of them.
    """

    def __init__(self, connection: sqlite3.Connection, findings: Findings) -> None:
        super().__init__(connection)
        known = self.tables().get("entry", ())
        if not {"entry_index", "raw"} <= set(known):
            raise Unreadable("the table entry: expected numbers and bytes of entries, found none")
        names = ", ".join(f'"{name}"' if name in known else "NULL" for name in EntryRow._fields)
        self._statement = f'SELECT {names} FROM "entry" {ENTRY_RANGE}'
        self._of_row = f'SELECT {names} FROM "entry" WHERE rowid >= ? AND rowid < ?'
        self._rows = self._find_rows(findings)

    def size(self) -> int:
        """Return how many entries there are, or the greatest number of one, plus one, where that isn't far off."""
        if self._rows is None:
            return super().size()
        return min(max(self._rows, default=-1) + 1, len(self._rows) + LOST)

    def entries(self, first: int, last: int) -> tuple[list[Row], list[int]]:
        """Return the rows of the entries from ``first`` up to, but without, ``last``, and those that can't be read."""
        if self._rows is None:
            return self._range(self._statement, first, last)
        rows, damaged = [], []
        for index in range(first, last):
            if (row := self._rows.get(index)) is not None:
                found, lost = self._range(self._of_row, row, row + 1)
                rows += [(index, *item[1:]) for item in found]
                damaged += [index] if lost else []
        return rows, damaged

    def _find_rows(self, findings: Findings) -> dict[int, int] | None:
        """Return in which row each entry stands; nothing where all are right, or where some can't be read."""
        places: dict[int, int] = {}
        wrong = []
        try:
            # In a table that isn't as made, the number of an entry may be anything; that of its row is SQLite's own.
            for number, row, raw in self.scan("entry", "entry_index", "rowid", "raw", by="entry_index"):
                if not isinstance(row, int):
                    # A table WITHOUT ROWID: SQLite takes the name of a column that isn't there for a text.
                    return None
                said = _said(raw)
                said = number if said is None else said
                if said != number or not isinstance(number, int) or number < 0:
                    wrong.append((number, said, row))
                else:
                    places.setdefault(number, row)
        except Unreadable:
            return None
        for number, said, row in wrong:
            # Of two of one number that which stands in its place is taken; the chain tells which of them is true.
            if isinstance(said, int):
                places.setdefault(said, row)
            wanted = "no such row" if said == number else f"entry {said} in its place"
            text = f"expected {wanted}, found one under the number {number}"
            findings.add(STEP, Severity.FAILED, "audit.stray-row", f"entry {number}", text)
        return places if wrong else None


def _said(raw: object) -> int | None:
    """Return the number that stands in the bytes of an entry, if they are one."""
    digits = raw.rpartition(_INDEX)[2][: _DIGITS + 1].partition(b",")[0] if isinstance(raw, bytes) else b""
    return int(digits) if digits.isdigit() and len(digits) <= _DIGITS else None
