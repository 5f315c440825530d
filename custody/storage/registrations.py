"""Finding registrations by what their bytes hold, without reading each as an event."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Iterator
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql import Select

from custody.storage import tables
from custody.storage.declared import table_of

REGISTERING = ("exhibit.registered", "transfer.accepted")
"""The types that bring an exhibit in."""
_DIALECT = sqlite.dialect(paramstyle="qmark")
_entry = table_of(tables.EntryTable).c


def find_registrations(
    connection: sqlite3.Connection, *, after: int = -1, holding: tuple[bytes, ...]
) -> Iterator[bytes]:
    """Yield the entries beyond number ``after`` that register an exhibit, accepted ones too, and whose bytes hold one
    of ``holding``.
    """
    brings_in = or_(*(_entry.type == type for type in REGISTERING))
    statement = select(_entry.raw).where(_entry.entry_index > after, brings_in)
    for (raw,) in run_select(connection, statement.order_by(_entry.entry_index)):
        if any(part in raw for part in holding):
            yield raw


def alignments(needle: bytes) -> tuple[bytes, bytes, bytes]:
    """Return what stands in base64 text for ``needle`` wherever it is: it begins at one of three places of a group.

    An entry holds its event as base64, so one search through the bytes spares decoding those that can't fit.
    """

    def at(offset: int) -> bytes:
        encoded = base64.b64encode(bytes(offset) + needle)
        # Characters at the ends hold bits of neighbours: 6 bits a character, 8 a byte.
        return encoded[-(-offset * 8 // 6) : (offset + len(needle)) * 8 // 6]

    return at(0), at(1), at(2)


def run_select(connection: sqlite3.Connection, statement: Select[Any]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a statement; use it up inside the connection's transaction."""
    compiled = statement.compile(dialect=_DIALECT)
    values = [compiled.params[name] for name in compiled.positiontup or ()]
    # Not `yield from`: left half read, it would close the cursor of a connection that may be closed by then.
    for row in connection.execute(str(compiled), values):  # noqa: UP028
        yield row
