"""Finding entries by what the index beside them says: case, exhibit, agent, type, time of recording.

Entry numbers come one by one, so who wants ten of 200,000 waits for ten. What a subject has is looked up by its key;
only an agent's signatures and rare types are looked for along the table, which SQLite does without handing rows out.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql import Select

from custody.storage import tables
from custody.storage.declared import table_of
from custody.storage.reading import Reader
from custody.verify.rules.view import Exhibit
from schemas.subject import subject_key

_DIALECT = sqlite.dialect(paramstyle="qmark")
_entry = table_of(tables.EntryTable).c
_subject_entry = table_of(tables.SubjectEntryTable).c


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What entries are looked for: those that fit all that is given.

    ``case``: about the case itself or about an exhibit registered in it. ``agent``: signed by him or for him, or about
    him. ``since`` and ``until``, as records write times, both included, go by when entries were recorded.
    """

    case: str | None = None
    exhibit: Exhibit | None = None
    agent: str | None = None
    types: frozenset[str] = frozenset()
    since: str | None = None
    until: str | None = None
    is_reversed: bool = False


def find_entries(reader: Reader, search: Search) -> Iterator[int]:
    """Yield the numbers of the entries that fit, in order; use it up inside the reader's transaction."""
    first, last = _span(reader, search)
    statement = select(_entry.entry_index).where(_entry.entry_index >= first, _entry.entry_index < last)
    if search.case is not None or search.exhibit is not None:
        statement = statement.where(_entry.entry_index.in_(_among(_of_subjects(reader, search))))
    if search.agent is not None:
        statement = statement.where(_entry.entry_index.in_(_of_agent(search.agent)))
    if search.types:
        statement = statement.where(_entry.type.in_(_among(sorted(search.types))))
    column: ColumnElement[int] = _entry.entry_index
    ordered = statement.order_by(column.desc() if search.is_reversed else column)
    return (index for (index,) in _run_select(reader.connection, ordered))


def _span(reader: Reader, search: Search) -> tuple[int, int]:
    """Return the first entry, and the one after the last, that were recorded in the time asked for.

    Append lets no entry be recorded before the one that it follows, so halving finds them; an audit says where
    somebody else wrote entries of which that doesn't hold.
    """
    size = reader.head().size
    first = 0 if search.since is None else _place(reader, size, search.since, is_after=False)
    last = size if search.until is None else _place(reader, size, search.until, is_after=True)
    return first, last


def _place(reader: Reader, size: int, time: str, *, is_after: bool) -> int:
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        statement = select(_entry.recorded_at).where(_entry.entry_index == middle)
        (recorded_at,) = next(_run_select(reader.connection, statement))
        if recorded_at < time or (is_after and recorded_at == time):
            low = middle + 1
        else:
            high = middle
    return low


def _of_subjects(reader: Reader, search: Search) -> list[int]:
    """Return the entries of the exhibit, or of the case with all its exhibits; both given: those of both."""
    found: set[int] | None = None
    if search.case is not None:
        found = set(reader.subject_entries(("case", search.case)))
        for exhibit in reader.exhibits(case=search.case):
            found.update(reader.subject_entries(("exhibit", exhibit.case, exhibit.number)))
    if search.exhibit is not None:
        mine = set(reader.subject_entries(("exhibit", search.exhibit.case, search.exhibit.number)))
        found = mine if found is None else found & mine
    return sorted(found or ())


def _of_agent(agent: str) -> Any:
    # Canonical JSON, in which no agent id needs an escape, spells who signed and for whom in one way.
    named = (f'"agent":"{agent}"', f'"on_behalf_of":"{agent}"')
    signed = select(_entry.entry_index).where(or_(*(func.instr(_entry.signers, name) > 0 for name in named)))
    return signed.union(select(_subject_entry.entry_index).where(_subject_entry.key == subject_key(("agent", agent))))


def _among(values: list[int] | list[str]) -> Select[Any]:
    """Return a list of any length as rows; so many parameters would not fit into a statement."""
    rows = func.json_each(json.dumps(values)).table_valued("value")
    return select(rows.c.value)


def _run_select(connection: sqlite3.Connection, statement: Select[Any]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a statement; use it up inside the connection's transaction."""
    compiled = statement.compile(dialect=_DIALECT)
    values = [compiled.params[name] for name in compiled.positiontup or ()]
    # Not `yield from`: left half read, it would close the cursor of a connection that may be closed by then.
    for row in connection.execute(str(compiled), values):  # noqa: UP028
        yield row
