"""Message databases in SQLite, as they lie on phones: opened so that nothing is written, and nothing in them can run.

A database is hostile input: the file is opened unchanging and read-only, without beside-lying journals, with an
authorizer that allows reading the one table that is known, and with an end to the work.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from custody.evidence.collected.tally import Tally

MAGIC: Final = b"SQLite format 3\0"
_1970 = datetime(1970, 1, 1, tzinfo=UTC)
_2001 = datetime(2001, 1, 1, tzinfo=UTC)
_STEPS: Final = 1_000_000
_TURNS: Final = 5_000
"""Times that a million steps of SQLite's machine may pass: some minutes, enough for a hundred million rows."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of messages that is known: columns that tell it, the one of its time, from when and in which unit."""

    name: str
    columns: frozenset[str]
    time: str
    since: datetime
    per_second: int


TABLES: Final = (
    Table("message", frozenset({"chat_row_id", "key_id", "timestamp"}), "timestamp", _1970, 10**3),
    Table("messages", frozenset({"key_remote_jid", "key_id", "timestamp"}), "timestamp", _1970, 10**3),
    Table("ZWAMESSAGE", frozenset({"Z_PK", "ZCHATSESSION", "ZMESSAGEDATE"}), "ZMESSAGEDATE", _2001, 1),
    Table("message", frozenset({"guid", "handle_id", "date"}), "date", _2001, 10**9),
    Table("sms", frozenset({"thread_id", "address", "date"}), "date", _1970, 10**3),
)
"""WhatsApp on Android (new, old) and iOS, iMessage since iOS 11, SMS on Android. All of them keep UTC."""


def is_sqlite(head: bytes, _: bytes) -> bool:
    """Tell whether the file begins as every SQLite database does."""
    return head.startswith(MAGIC)


def count_messages(fd: int, tally: Tally) -> bool:
    """Count the messages of the database open at ``fd``, and tell whether a table of them is known."""
    try:
        uri = f"file:/dev/fd/{fd}?mode=ro&immutable=1"
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as database:
            database.execute("PRAGMA trusted_schema = OFF")
            database.execute("PRAGMA cell_size_check = ON")
            table = next(_known(database), None)
            if table is None:
                return False
            _count(database, table, tally)
    except (sqlite3.Error, ValueError, OverflowError):
        # A damaged database is evidence all the same; what was counted before is not to be relied on.
        return False
    return True


def _known(database: sqlite3.Connection) -> Iterator[Table]:
    for table in TABLES:
        found = database.execute("SELECT type, sql FROM sqlite_master WHERE name = ?", (table.name,)).fetchall()
        if len(found) != 1 or found[0][0] != "table" or not str(found[0][1]).upper().startswith("CREATE TABLE"):
            continue
        # table_info leaves out what is computed, so no expression of the file's own is ever run.
        columns = {row[1] for row in database.execute(f'PRAGMA table_info("{table.name}")')}
        if table.columns <= columns:
            yield table


def _count(database: sqlite3.Connection, table: Table, tally: Tally) -> None:
    turns = 0

    def is_over() -> int:
        nonlocal turns
        turns += 1
        return int(turns > _TURNS)

    def allow(action: int, name: str | None, other: str | None, *_: Any) -> int:
        is_read = action == sqlite3.SQLITE_READ and name == table.name
        is_ours = action == sqlite3.SQLITE_FUNCTION and other in {"count", "min", "max", "typeof"}
        return sqlite3.SQLITE_OK if is_read or is_ours or action == sqlite3.SQLITE_SELECT else sqlite3.SQLITE_DENY

    database.set_authorizer(allow)
    database.set_progress_handler(is_over, _STEPS)
    dated = f"typeof(\"{table.time}\") IN ('integer', 'real') AND \"{table.time}\" > 0"
    # Names of tables and columns come from our own list above, so nothing of the file stands in the statements.
    (count,) = database.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()
    dated_count, first, last = database.execute(
        f'SELECT count(*), min("{table.time}"), max("{table.time}") FROM "{table.name}" WHERE {dated}'
    ).fetchone()
    tally.count += count
    tally.undated += count - dated_count
    if dated_count:
        tally.first, tally.last = (_moment(value, table) for value in (first, last))


def _moment(value: float, table: Table) -> datetime:
    return (table.since + timedelta(seconds=value // table.per_second)).replace(microsecond=0)
