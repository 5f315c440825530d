"""One moment of a ledger's database, as `custody.ledger.store.LedgerReader` promises it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from custody.ledger.numbers import fold_number
from custody.ledger.prove import TileNodes
from custody.ledger.rows import signing_from
from custody.ledger.store import EMPTY_HEAD, INDEX_HINT, Head, Tally
from custody.storage import statements
from custody.storage.lookup import as_bytes, exhibits_by, expect, indexes_among, read_tally, rows_among, tally_of
from custody.storage.records import read_record
from custody.storage.stored_tiles import StoredTiles
from custody.storage.stored_view import Known, StoredView
from custody.verify.fold.disputes import Signing
from custody.verify.rules.view import Agent, Case, Exhibit, Key
from schemas import limits
from schemas.errors import StorageError
from schemas.event import ParsedEvent
from schemas.merkle import Frontier
from schemas.subject import Subject, subject_key


class Reader:
    """One moment of the ledger. Use it inside its transaction only."""

    def __init__(self, connection: sqlite3.Connection, known: Known) -> None:
        self.connection = connection
        self._known = known
        self._tiles = StoredTiles(connection, known)

    def head(self) -> Head:
        """Return the end of the ledger.

        Raises:
            StorageError: ``ledger.unreadable`` where no ledger can have so many entries.
        """
        row = self.connection.execute(statements.HEAD).fetchone()
        if row is None:
            return EMPTY_HEAD
        if not 0 <= row[0] < limits.MAX_SAFE_INTEGER:
            text = f"expected an entry that a ledger can have, found entry {row[0]}"
            raise StorageError("ledger.unreadable", text, hint=INDEX_HINT)
        return Head(row[0] + 1, row[1], row[2])

    def entry(self, index: int) -> bytes:
        """Return the exact bytes of an entry.

        Raises:
            StorageError: ``ledger.no-entry``, ``ledger.unreadable``.
        """
        return as_bytes(self._one(statements.ENTRY, index))

    def entries(self, first: int, last: int) -> Iterator[bytes]:
        """Yield the bytes of the entries from ``first`` up to, but without, ``last``.

        Raises:
            StorageError: ``ledger.no-entry``, ``ledger.unreadable``.
        """
        expected = first
        for (raw,) in self.connection.execute(statements.ENTRIES, (first, last)):
            yield as_bytes(raw)
            expected += 1
        if expected < last:
            raise StorageError("ledger.no-entry", f"expected entries {first} to {last - 1}, found {expected - first}")

    def leaves(self, indexes: Sequence[int]) -> list[bytes]:
        """Return the leaf hashes of entries, in the order asked for.

        Raises:
            StorageError: ``ledger.no-entry``, ``ledger.unreadable``.
        """
        return [as_bytes(self._one(statements.LEAF, index)) for index in indexes]

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
        return as_bytes(row[0])

    def view(self) -> StoredView:
        """Return the state after the newest entry."""
        return StoredView(self.connection, self._known)

    def tally(self, subject: Subject) -> Tally | None:
        """Return how far a subject has come, or nothing."""
        key, tallies = subject_key(subject), self._known.tallies
        if key not in tallies:
            row = self.connection.execute(statements.TALLY, (key,)).fetchone()
            tallies[key] = None if row is None else tally_of(key, subject, *row)
        return tallies[key]

    def tallies(self) -> Iterator[Tally]:
        """Yield all subjects in order of their keys."""
        return map(read_tally, self.connection.execute(statements.TALLIES))

    def subject_entries(self, subject: Subject) -> tuple[int, ...]:
        """Return the indexes of all entries of a subject, in order."""
        rows = self.connection.execute(statements.SUBJECT_ENTRIES, (subject_key(subject),))
        return tuple(index for (index,) in rows)

    def event_indexes(self, hashes: Sequence[str]) -> Mapping[str, int]:
        """Return the entry of each event hash (hex) that the ledger holds."""
        return indexes_among(self.connection, "entry", "event_hash", hashes)

    def commitment_indexes(self, commitments: Sequence[str]) -> Mapping[str, int]:
        """Return the entry of each commitment (hex) that the ledger holds."""
        return indexes_among(self.connection, "commitment", "commitment", commitments)

    def numbers_like(self, folded: Sequence[str], *, case: str | None) -> tuple[str, ...]:
        """Return the exhibit numbers of ``case``, or without one the case numbers, that fold into one of ``folded``."""
        table, fixed = ("case", {}) if case is None else ("exhibit", {"case": case})
        return tuple(number for (number,) in rows_among(self.connection, table, "folded", folded, ("number",), **fixed))

    def expect(self, events: Sequence[ParsedEvent]) -> None:
        """Read at once what the rules will look at, where there are several events."""
        if len(events) > 1:
            expect(self.connection, self._known, events)

    def has_disputing_key(self) -> bool:
        """Tell whether the revocation of any key reaches back before itself."""
        if self._known.has_disputing_key is None:
            row = self.connection.execute(statements.DISPUTING, (1,)).fetchone()
            self._known.has_disputing_key = row is not None
        return self._known.has_disputing_key

    def signings(self, first: int = 0) -> Iterator[Signing]:
        """Yield what disputes need of every entry from ``first`` on, in order."""
        return map(signing_from, self.connection.execute(statements.SIGNINGS, (first,)))

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
        folded = None if number is None else fold_number(number)
        wanted = {"case": case, "folded": folded, "number": number, "holder": holder}
        chosen = {name: value for name, value in wanted.items() if value is not None}
        return self._records(Exhibit, exhibits_by(*chosen), *chosen.values())

    def bound_exhibits(self) -> tuple[Exhibit, ...]:
        """Return the exhibits that go on with the consent of another ledger only, in order of case and number."""
        return self._records(Exhibit, statements.BOUND_EXHIBITS)

    def _records(self, kind: Any, statement: str, *values: str) -> tuple[Any, ...]:
        return tuple(read_record(kind, text) for (text,) in self.connection.execute(statement, values))

    def _one(self, statement: str, index: int) -> Any:
        row = self.connection.execute(statement, (index,)).fetchone()
        if row is None:
            raise StorageError("ledger.no-entry", f"expected an entry {index}, found none")
        return row[0]


def _frontier(tiles: StoredTiles, size: int) -> Frontier:
    """Read the full subtrees, largest first, one for each bit of the size."""
    nodes, found, start = TileNodes(tiles, size), [], 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            found.append(nodes(level, start >> level))
            start += 1 << level
    return Frontier(size, found)
