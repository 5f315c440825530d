"""The rows of a ledger's database as they lie there, damaged or not: an audit believes none of them.

Nothing here raises for a damaged page: what can't be read is left out, and the caller is told which entry it was.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any, Final

from custody.ledger.rows import EntryRow
from custody.storage import statements
from custody.storage.database import DAMAGE
from custody.storage.schema import FOUND, Differences, Schema

Row = tuple[Any, ...]

_ENTRY_COLUMNS: Final = ", ".join(f'"{name}"' for name in EntryRow._fields)
ENTRY_RANGE: Final = "WHERE entry_index >= ? AND entry_index < ? ORDER BY entry_index"
_ENTRIES: Final = f'SELECT {_ENTRY_COLUMNS} FROM "entry" {ENTRY_RANGE}'
_CACHE: Final = -4096
"""4 MiB, as SQLite spells it."""
_FETCH: Final = 4096
LOST: Final = 100_000
"""Entries that may be missing and are still looked for one by one."""


class Unreadable(Exception):
    """A table that ends in a damaged page; only this package sees it."""


class TableRows:
    """One moment of a ledger's database. Use it inside its transaction only."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @contextmanager
    def small_cache(self) -> Iterator[None]:
        """Keep few pages while everything is read once, from one end to the other: the memory is needed elsewhere.

        Raises:
            Unreadable: as `size`.
        """
        before = int(self._first("PRAGMA cache_size"))
        self._connection.execute(f"PRAGMA cache_size={_CACHE}")
        try:
            yield
        finally:
            self._connection.execute(f"PRAGMA cache_size={before:d}")

    def size(self) -> int:
        """Return the number of the newest entry row, plus one; what stands beyond a hole that no loss explains is
        for `least_and_newest`.

        Raises:
            Unreadable: where the database doesn't say.
        """
        _, newest = self.least_and_newest()
        try:
            row = self._connection.execute('SELECT count(*) FROM "entry"').fetchone()
        except DAMAGE:
            return newest + 1
        return min(newest + 1, int(row[0]) + LOST)

    def entries(self, first: int, last: int) -> tuple[list[Row], list[int]]:
        """Return the entry rows from ``first`` up to, but without, ``last``, and the indexes that can't be read."""
        return self._range(_ENTRIES, first, last)

    def tile(self, level: int, number: int) -> bytes:
        """Return a stored tile as it is, or nothing where it can't be read."""
        try:
            row = self._connection.execute(statements.TILE, (level, number)).fetchone()
        except DAMAGE:
            return b""
        return row[0] if row is not None and isinstance(row[0], bytes) else b""

    def least_and_newest(self) -> tuple[int, int]:
        """Return the least and the greatest number of an entry row, 0 and -1 where there is none.

        Raises:
            Unreadable: as `size`.
        """
        least = self._first('SELECT coalesce(min(entry_index), 0) FROM "entry"')
        newest = self._first('SELECT coalesce(max(entry_index), -1) FROM "entry"')
        if not isinstance(least, int) or not isinstance(newest, int):
            raise Unreadable("the table entry: expected numbers of entries, found something else")
        return least, newest

    def scan(self, table: str, *columns: str, by: str) -> Iterator[Row]:
        """Yield the ``columns`` of all rows of a table in the order of ``by``, the names of columns.

        Raises:
            Unreadable: at a damaged page.
        """
        return chain.from_iterable(self.batches(table, *columns, by=by))

    def batches(self, table: str, *columns: str, by: str) -> Iterator[list[Row]]:
        """Yield the rows of `scan` in lists, for who looks at a whole list at once.

        Raises:
            Unreadable: at a damaged page.
        """
        names = ", ".join(f'"{name}"' for name in columns)
        try:
            cursor = self._connection.execute(f'SELECT {names} FROM "{table}" ORDER BY {by}')
            while rows := cursor.fetchmany(_FETCH):
                yield rows
        except DAMAGE as error:
            raise Unreadable(f"the table {table}: {error}") from None

    def greatest(self, table: str, column: str) -> int:
        """Return the greatest number in a column, -1 where there is none.

        Raises:
            Unreadable: as `size`.
        """
        found = self._first(f'SELECT coalesce(max("{column}"), -1) FROM "{table}"')
        return found if isinstance(found, int) else -1

    def tables(self) -> dict[str, tuple[str, ...]]:
        """Return the tables, which no view is, with the names of their columns.

        Raises:
            Unreadable: as `size`.
        """
        statement = "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'"
        found: dict[str, tuple[str, ...]] = {}
        try:
            for table, column in self._connection.execute(f"{statement} ORDER BY t.name, c.cid"):
                found[table] = (*found.get(table, ()), column)
        except DAMAGE as error:
            raise Unreadable(str(error)) from None
        return found

    def damages(self) -> tuple[str, ...]:
        """Return what SQLite itself finds wrong with the file, its hidden indexes above all, at most 20 things.

        Raises:
            Unreadable: as `size`.
        """
        try:
            found = self._connection.execute("PRAGMA integrity_check(20)").fetchall()
        except DAMAGE as error:
            raise Unreadable(str(error)) from None
        return tuple(str(text) for (text,) in found if text != "ok")

    def differences(self, schema: Schema) -> Differences:
        """Return in what the file differs from a new one; an index that the next entry makes is not missed.

        Raises:
            Unreadable: as `size`.
        """
        try:
            return schema.differences(str(sql) for (sql,) in self._connection.execute(FOUND))
        except DAMAGE as error:
            raise Unreadable(str(error)) from None

    def _range(self, statement: str, first: int, last: int) -> tuple[list[Row], list[int]]:
        try:
            return self._connection.execute(statement, (first, last)).fetchall(), []
        except DAMAGE:
            rows: list[Row] = []
            damaged = []
        for index in range(first, last):
            try:
                rows += self._connection.execute(statement, (index, index + 1)).fetchall()
            except DAMAGE:
                damaged.append(index)
        return rows, damaged

    def _first(self, statement: str) -> Any:
        try:
            return self._connection.execute(statement).fetchone()[0]
        except DAMAGE as error:
            raise Unreadable(str(error)) from None
