"""Are the rows beside the bytes what the bytes say? All of them are recomputed and compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from custody.audit.table_rows import Row, TableRows
from custody.ledger.rows import EntryRow
from custody.ledger.tiles import HASH_BYTES, TILE_WIDTH
from custody.storage.records import record_row
from custody.storage.schema import Schema
from custody.verify.rules.view import Agent, Case, Consent, Exhibit, Key, Ledger, Request, StateRecord, Transfer
from schemas.report import Findings, Severity

STEP: Final = 0
_STATES: Final[Mapping[type[Any], tuple[str, tuple[str, ...]]]] = {
    Agent: ("agent", ("id", "kind", "has_left", "record")),
    Case: ("case", ("number", "folded", "is_open", "record")),
    Consent: ("consent", ("id", "record")),
    Exhibit: (
        "exhibit", ("case", "number", "folded", "registration", "holder", "status", "sealed", "record")
    ),
    Key: ("signing_key", ("id", "agent", "disputing", "record")),
    Ledger: ("ledger", ("number", "origin", "record")),
    Request: ("request", ("id", "status", "record")),
    Transfer: ("transfer", ("id", "record")),
}  # fmt: skip
_KEYS: Final = {"exhibit": 2}
"""How many columns are a table's primary key, where it isn't one."""


def compare_schema(rows: TableRows, schema: Schema, findings: Findings) -> bool:
    """Compare tables and triggers with those of a new file, and tell whether its tables are those that are read.

    Findings: ``audit.schema``, ``audit.foreign`` (failed), ``audit.guards`` (defect).

    Raises:
        Unreadable: as `TableRows.size`.
    """
    found = rows.differences(schema)
    for text in found.tables:
        _add(findings, "audit.schema", "database", f"expected the table as made: {text}")
    for text in found.foreign:
        _add(findings, "audit.foreign", "database", f"expected nothing that runs by itself but our triggers: {text}")
    for text in found.others:
        words = f"expected the triggers and indexes as made, found a difference in: {text}"
        findings.add(STEP, Severity.DEFECT, "audit.guards", "database", words)
    return not found.tables


def compare_entries(found: Sequence[Row], expected: Sequence[EntryRow], findings: Findings) -> None:
    """Compare the rows of ``entry`` with those recomputed; an entry without an expected row failed before.

    Findings: ``audit.column``.
    """
    # Two lists that are equal, which is nearly always so, are compared by C alone.
    if found == expected:
        return
    stored = {row[0]: row for row in found}
    for row in expected:
        there = stored.get(row.entry_index)
        if there is not None and there != row:
            for name, wanted, value in zip(EntryRow._fields, row, there, strict=True):
                if wanted != value:
                    text = f"expected {_shown(wanted)} in column {name}, found {_shown(value)}"
                    _add(findings, "audit.column", f"entry {row.entry_index}", text)


def compare_commitments(rows: TableRows, expected: Mapping[bytes, int], findings: Findings) -> None:
    """Compare the table of commitments.

    Findings: ``audit.commitment-row``.
    """
    count = 0
    for found in rows.batches("commitment", "commitment", "entry_index", by="commitment"):
        wanted = [expected.get(commitment) for commitment, _ in found]
        count += len(found) - wanted.count(None)
        if wanted == [index for _, index in found]:
            continue
        for known, (commitment, index) in zip(wanted, found, strict=True):
            if known != index:
                text = f"expected commitment {_shown(commitment)} in {_entry(known)}, found it in {_entry(index)}"
                _add(findings, "audit.commitment-row", _entry(index if known is None else known), text)
    if count == len(expected):
        return
    stored = {commitment for (commitment,) in rows.scan("commitment", "commitment", by="commitment")}
    for commitment, index in expected.items():
        if commitment not in stored:
            text = f"expected a row of commitment {commitment.hex()}, found none"
            _add(findings, "audit.commitment-row", _entry(index), text)


def compare_tiles(rows: TableRows, tiles: Mapping[tuple[int, int], bytes], findings: Findings) -> None:
    """Compare the stored tiles byte for byte.

    Findings: ``audit.tile``.
    """
    missing = set(tiles)
    for level, number, found in rows.scan("tile", "level", "number", "hashes", by="level, number"):
        missing.discard((level, number))
        expected = tiles.get((level, number), b"")
        if found != expected:
            place = number * TILE_WIDTH + _first_difference(expected, found) // HASH_BYTES
            subject = f"entry {place}" if level == 0 else f"tile {level}/{number}"
            text = f"expected {len(expected)} bytes in tile {level}/{number}, found {len(found)}, or others at {place}"
            _add(findings, "audit.tile", subject, text)
    for level, number in sorted(missing):
        subject = f"entry {number * TILE_WIDTH}" if level == 0 else f"tile {level}/{number}"
        _add(findings, "audit.tile", subject, f"expected tile {level}/{number}, found none")


def compare_states(rows: TableRows, states: Iterable[StateRecord], findings: Findings) -> None:
    """Compare the state rows: agents, keys, cases, exhibits, and the ledger's own.

    Findings: ``audit.state-row``.
    """
    expected: dict[str, dict[Row, Row]] = {table: {} for table, _ in _STATES.values()}
    for record in states:
        table = _STATES[type(record)][0]
        row = record_row(record)[1]
        expected[table][row[: _KEYS.get(table, 1)]] = row
    for table, columns in _STATES.values():
        for key, text in _differing(rows, table, columns, expected[table]):
            _add(findings, "audit.state-row", f"{table} {'/'.join(map(str, key))}", text)


def check_numbering(rows: TableRows, findings: Findings) -> None:
    """Look for rows of entries before entry 0, or beyond a great hole, which no replay would come to.

    Findings: ``audit.stray-row``.
    """
    least, newest = rows.least_and_newest()
    if least < 0:
        _add(findings, "audit.stray-row", _entry(least), f"expected no entry before entry 0, found {least}")
    if newest >= rows.size():
        text = f"expected the entries to follow each other, found entry {newest} beyond too large a hole"
        _add(findings, "audit.stray-row", _entry(newest), text)


def check_soundness(rows: TableRows, findings: Findings) -> None:
    """Ask SQLite about what no query shows: a search goes by hidden indexes, and a wrong one finds nothing.

    Findings: ``audit.damaged``.
    """
    for text in rows.damages():
        _add(findings, "audit.damaged", "database", f"expected a sound database, found: {text}")


def _differing(
    rows: TableRows, table: str, columns: tuple[str, ...], expected: dict[Row, Row]
) -> Iterator[tuple[Row, str]]:
    count = _KEYS.get(table, 1)
    for found in rows.scan(table, *columns, by=", ".join(f'"{name}"' for name in columns[:count])):
        wanted = expected.pop(found[:count], None)
        if wanted is None:
            yield found[:count], f"expected no such {table}, found one"
        elif wanted != found:
            names = [name for name, one, other in zip(columns, wanted, found, strict=True) if one != other]
            yield found[:count], f"expected what the entries give in {' and '.join(names)}, found something else"
    for key in expected:
        yield key, f"expected this {table}, found none"


def _first_difference(expected: bytes, found: bytes) -> int:
    pairs = zip(expected, found, strict=False)
    return next((place for place, (one, other) in enumerate(pairs) if one != other), min(len(expected), len(found)))


def _entry(index: object) -> str:
    return "no entry" if index is None else f"entry {index}"


def _shown(value: object) -> str:
    return value.hex()[:64] if isinstance(value, bytes) else repr(value)[:80]


def _add(findings: Findings, code: str, subject: str, text: str) -> None:
    findings.add(STEP, Severity.FAILED, code, subject, text)
