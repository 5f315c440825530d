"""Looking for many rows at once: one statement for a few hundred, instead of one for each."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final, TypeVar

from custody.ledger.store import INDEX_HINT, Tally
from custody.ledger.tiles import HASH_BYTES
from custody.storage import statements
from custody.storage.records import read_record
from custody.storage.stored_view import Known
from custody.verify.rules.view import Exhibit
from schemas import canonical
from schemas.errors import StorageError
from schemas.event import ParsedEvent
from schemas.subject import Subject, subject_key

T = TypeVar("T")

_SIZES: Final = (1, 16, 256)
"""Values that one statement looks for: few sizes, so that all of them stay prepared."""


def rows_among(
    connection: sqlite3.Connection,
    table: str,
    column: str,
    values: Sequence[str | bytes],
    columns: tuple[str, ...],
    **fixed: str,
) -> Iterator[tuple[Any, ...]]:
    """Yield ``columns`` of the rows whose ``column`` is one of ``values``, and whose columns equal ``fixed``."""
    for part in _parts(values):
        statement = _among(table, column, len(part), columns, tuple(fixed))
        yield from connection.execute(statement, (*fixed.values(), *part))


@cache
def _among(table: str, column: str, count: int, columns: tuple[str, ...], by: tuple[str, ...]) -> str:
    """Select ``columns`` where ``by`` equal the first parameters and ``column`` is one of ``count`` more."""
    wanted = [f"{_name(table, name)} = ?" for name in by]
    wanted.append(f"{_name(table, column)} IN {_marks(count)}")
    return f'SELECT {", ".join(_name(table, name) for name in columns)} FROM "{table}" WHERE {" AND ".join(wanted)}'


@cache
def _tallies_among(count: int) -> str:
    """Select how far the subjects with one of ``count`` keys have come."""
    return statements.TALLIES_AMONG.replace("(?)", _marks(count))


def _marks(count: int) -> str:
    return f"({','.join('?' * count)})"


def _name(table: str, column: str) -> str:
    """Name a column with its table: SQLite would take a wrong bare name in quotes for a text."""
    return f'"{table}"."{column}"'


@cache
def exhibits_by(*columns: str) -> str:
    """Select the records of exhibits whose ``columns`` equal the parameters, in order of case and number."""
    wanted = " AND ".join(f"{_name('exhibit', name)} = ?" for name in columns) or "true"
    return f'SELECT exhibit.record FROM exhibit WHERE {wanted} ORDER BY exhibit."case", exhibit.number'


def _parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield values in parts of few sizes, filled up with one that is looked for anyway."""
    most = _SIZES[-1]
    for start in range(0, len(values), most):
        part = values[start : start + most]
        size = next(size for size in _SIZES if size >= len(part))
        yield [*part, *[part[0]] * (size - len(part))]


def indexes_among(connection: sqlite3.Connection, table: str, column: str, hashes: Sequence[str]) -> dict[str, int]:
    """Return the entry of each hash (hex) that stands in ``column``."""
    values = [bytes.fromhex(item) for item in hashes]
    rows = rows_among(connection, table, column, values, (column, "entry_index"))
    return {value.hex(): index for value, index in rows}


def expect(connection: sqlite3.Connection, known: Known, events: Sequence[ParsedEvent]) -> None:
    """Read the exhibits that events act on, and how far their subjects have come, unless they are known."""
    by_case: dict[str, dict[str, None]] = {}
    for event in events:
        case, number = event.event.case, event.event.exhibit
        if isinstance(case, str) and isinstance(number, str) and (Exhibit, case, number) not in known.records:
            by_case.setdefault(case, {})[number] = None
    for case, numbers in by_case.items():
        known.records.update(((Exhibit, case, number), None) for number in numbers)
        columns = ("number", "record")
        for number, text in rows_among(connection, "exhibit", "number", tuple(numbers), columns, case=case):
            known.records[Exhibit, case, number] = read_record(Exhibit, text)
        keys = [key for number in numbers if (key := subject_key(("exhibit", case, number))) not in known.tallies]
        known.tallies.update(dict.fromkeys(keys))
        for part in _parts(keys):
            for row in connection.execute(_tallies_among(len(part)), part):
                known.tallies[row[0]] = read_tally(row)


def read_tally(row: tuple[Any, ...]) -> Tally:
    """Return how far a subject has come, of key, subject, and its newest position and frontier."""
    key, subject, position, frontier = row
    return tally_of(key, canonical.decode(subject.encode("utf-8"), tuple[str, ...], maximum=4096), position, frontier)


def tally_of(key: bytes, subject: Subject, position: int, frontier: bytes) -> Tally:
    """Return how far a subject has come by its newest row.

    Raises:
        StorageError: ``ledger.unreadable`` where the row can't be of that place.
    """
    if len(frontier) != (position + 1).bit_count() * HASH_BYTES:
        text = f"expected the full subtrees of {position + 1} entries, found {len(frontier)} bytes"
        raise StorageError("ledger.unreadable", text, hint=INDEX_HINT)
    return Tally(key, subject, position + 1, frontier)


def as_bytes(value: object) -> bytes:
    """Return the bytes of a column. That a table takes nothing else there is asked when a row is written; a damaged one
    may say that they are a number or a text.

    Raises:
        StorageError: ``ledger.unreadable``.
    """
    if not isinstance(value, bytes):
        text = f"expected bytes in a row of the ledger, found {type(value).__name__}"
        raise StorageError("ledger.unreadable", text, hint=INDEX_HINT)
    return value
