"""One moment of a ledger's database, as `custody.ledger.store.LedgerReader` promises it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from custody.ledger.prove import TileNodes
from custody.ledger.rows import signings_from
from custody.ledger.store import EMPTY_HEAD, Head, Tally
from custody.ledger.tiles import cut_tile
from custody.storage import statements, tables
from custody.storage.records import read_record
from custody.storage.stored_view import Known, StoredView
from custody.verify.disputes import Signing
from custody.verify.state import Agent, Case, Exhibit, Key
from schemas import canonical
from schemas.errors import StorageError
from schemas.merkle import Frontier
from schemas.subject import Subject, subject_key

AT_ONCE: Final = 256
"""Values that one statement looks for; a constant keeps the statement prepared."""


class StoredTiles:
    """Tiles in the database; the widest form of each is kept."""

    __slots__ = ("_connection",)

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, level: int, number: int, width: int) -> bytes:
        """Return the first ``width`` hashes of a tile.

        Raises:
            StorageError: ``tiles.missing``.
        """
        row = self._connection.execute(statements.TILE, (level, number)).fetchone()
        return cut_tile(b"" if row is None else row[0], level=level, number=number, width=width)

    def put(self, level: int, number: int, hashes: bytes) -> None:
        """Keep a tile in place of its narrower form."""
        self._connection.execute(statements.PUT_TILE, (level, number, hashes))


class Reader:
    """One moment of the ledger. Use it inside its transaction only."""

    def __init__(self, connection: sqlite3.Connection, known: Known) -> None:
        self.connection = connection
        self._known = known
        self._tiles = StoredTiles(connection)

    def head(self) -> Head:
        """Return the end of the ledger."""
        row = self.connection.execute(statements.HEAD).fetchone()
        return EMPTY_HEAD if row is None else Head(row[0] + 1, row[1], row[2])

    def entry(self, index: int) -> bytes:
        """Return the exact bytes of an entry.

        Raises:
            StorageError: ``ledger.no-entry``.
        """
        return bytes(self._one(statements.ENTRY, index))

    def entries(self, first: int, last: int) -> Iterator[bytes]:
        """Yield the bytes of the entries from ``first`` up to, but without, ``last``.

        Raises:
            StorageError: ``ledger.no-entry``.
        """
        expected = first
        for (raw,) in self.connection.execute(statements.ENTRIES, (first, last)):
            yield raw
            expected += 1
        if expected < last:
            raise StorageError("ledger.no-entry", f"expected entries {first} to {last - 1}, found {expected - first}")

    def leaves(self, indexes: Sequence[int]) -> list[bytes]:
        """Return the leaf hashes of entries, in the order asked for.

        Raises:
            StorageError: ``ledger.no-entry``.
        """
        return [bytes(self._one(statements.LEAF, index)) for index in indexes]

    def tiles(self) -> StoredTiles:
        """Return the tiles of the tree."""
        return self._tiles

    def frontier(self) -> Frontier:
        """Return the full subtrees of the whole tree."""
        kept = self._known.frontier
        if kept is None:
            kept = self._known.frontier = _frontier(self._tiles, self.head().size)
        return Frontier.from_bytes(kept.size, kept.to_bytes())

    def checkpoint(self, size: int | None = None) -> bytes:
        """Return the signed note made at exactly ``size``, or the newest one.

        Raises:
            StorageError: ``ledger.no-checkpoint``.
        """
        if size is None:
            row = self.connection.execute(statements.NEWEST_CHECKPOINT).fetchone()
        else:
            row = self.connection.execute(statements.CHECKPOINT, (size,)).fetchone()
        if row is None:
            raise StorageError("ledger.no-checkpoint", f"expected a checkpoint of size {size or 'any'}, found none")
        return bytes(row[0])

    def view(self) -> StoredView:
        """Return the state after the newest entry."""
        return StoredView(self.connection, self._known)

    def tally(self, subject: Subject) -> Tally | None:
        """Return how far a subject has come, or nothing."""
        row = self.connection.execute(statements.TALLY, (subject_key(subject),)).fetchone()
        return None if row is None else _tally(row)

    def tallies(self) -> Iterator[Tally]:
        """Yield all subjects in order of their keys."""
        return map(_tally, self.connection.execute(statements.TALLIES))

    def subject_entries(self, subject: Subject) -> tuple[int, ...]:
        """Return the indexes of all entries of a subject, in order."""
        rows = self.connection.execute(statements.SUBJECT_ENTRIES, (subject_key(subject),))
        return tuple(index for (index,) in rows)

    def event_indexes(self, hashes: Sequence[str]) -> Mapping[str, int]:
        """Return the entry of each event hash (hex) that the ledger holds."""
        return self._indexes(tables.EntryTable, "event_hash", hashes)

    def commitment_indexes(self, commitments: Sequence[str]) -> Mapping[str, int]:
        """Return the entry of each commitment (hex) that the ledger holds."""
        return self._indexes(tables.CommitmentTable, "commitment", commitments)

    def numbers_like(self, folded: str, *, case: str | None) -> tuple[str, ...]:
        """Return the exhibit numbers of ``case``, or without one the case numbers, that `fold_number` makes equal."""
        if case is None:
            rows = self.connection.execute(statements.CASES_LIKE, (folded,))
        else:
            rows = self.connection.execute(statements.EXHIBITS_LIKE, (case, folded))
        return tuple(number for (number,) in rows)

    def has_disputing_key(self) -> bool:
        """Tell whether the revocation of any key reaches back before itself."""
        return self.connection.execute(statements.DISPUTING, (1,)).fetchone() is not None

    def signings(self, first: int = 0) -> Iterator[Signing]:
        """Yield what disputes need of every entry from ``first`` on, in order."""
        return iter(signings_from(self.connection.execute(statements.SIGNINGS, (first,))))

    def keys(self) -> Mapping[str, Key]:
        """Return all keys by id."""
        return {key.id: key for key in self._records(Key, statements.KEYS)}

    def agents(self) -> tuple[Agent, ...]:
        """Return all agents in order of id."""
        return self._records(Agent, statements.AGENTS)

    def cases(self) -> tuple[Case, ...]:
        """Return all cases in order of number."""
        return self._records(Case, statements.CASES)

    def exhibits(
        self, *, case: str | None = None, number: str | None = None, holder: str | None = None
    ) -> tuple[Exhibit, ...]:
        """Return the exhibits that fit all that is given, in order of case and number."""
        wanted = {"case": case, "number": number, "holder": holder}
        chosen = {name: value for name, value in wanted.items() if value is not None}
        return self._records(Exhibit, statements.exhibits_by(*chosen), *chosen.values())

    def _records(self, kind: Any, statement: str, *values: str) -> tuple[Any, ...]:
        return tuple(read_record(kind, text) for (text,) in self.connection.execute(statement, values))

    def _one(self, statement: str, index: int) -> Any:
        row = self.connection.execute(statement, (index,)).fetchone()
        if row is None:
            raise StorageError("ledger.no-entry", f"expected an entry {index}, found none")
        return row[0]

    def _indexes(self, kind: type[Any], column: str, hashes: Sequence[str]) -> dict[str, int]:
        """Look for many at once; the last statement is filled up with what it has, to be the same as the others."""
        found: dict[str, int] = {}
        count = 1 if len(hashes) == 1 else AT_ONCE if len(hashes) > 16 else 16
        for start in range(0, len(hashes), count):
            part = [bytes.fromhex(item) for item in hashes[start : start + count]]
            part += part[:1] * (count - len(part))
            rows = self.connection.execute(statements.indexes_of(kind, column, count), part)
            found.update((value.hex(), index) for value, index in rows)
        return found


def _tally(row: tuple[bytes, str, int, bytes]) -> Tally:
    key, subject, size, frontier = row
    parts = canonical.decode(subject.encode("utf-8"), tuple[str, ...], maximum=4096)
    return Tally(key, parts, size, frontier)


def _frontier(tiles: StoredTiles, size: int) -> Frontier:
    """Read the full subtrees, largest first, one for each bit of the size."""
    nodes, found, start = TileNodes(tiles, size), [], 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            found.append(nodes(level, start >> level))
            start += 1 << level
    return Frontier(size, found)
