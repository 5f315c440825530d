"""What left this home, for its own records: exports with what was withheld from each and why, and backups.

It stands in the file of private values, because it names recipients and says what they saw; so an order to erase finds
all of it at one place. Homes of earlier releases get the two tables when something is first noted.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import ClassVar, Final, Literal

from custody.storage import statements
from custody.storage.database import Database
from schemas import canonical, limits, text
from schemas.types import UNSET, AgeKey, Hash, Number, Record, Time, Unset

_TABLES: Final = ("backup", "export")


class WithheldValue(Record, frozen=True, kw_only=True):
    """A private value that was not in an export: where it stands, and why it stayed."""

    commitment: Hash
    event: Hash
    field: str
    reason: Literal["absent", "hand", "rule"]
    type: str


class SentExhibit(Record, frozen=True, kw_only=True):
    """An exhibit of an export. ``root`` is that of its content; whether the names of its files were shown."""

    case: Number
    exhibit: Number
    root: str
    with_names: bool


class ExportRecord(Record, frozen=True, kw_only=True):
    """An export: to whom, when, what. Files of a detached one travelled apart; ``encrypted_to`` are age keys.

    ``absent`` are the digests of documents that would have gone along and were not here.
    """

    SCHEMA: ClassVar[str] = "custody-export-record/v1"

    detached: bool
    encrypted_to: tuple[AgeKey, ...]
    event: Hash
    exhibits: tuple[SentExhibit, ...]
    exported_at: Time
    recipient: str
    schema: Literal["custody-export-record/v1"] = "custody-export-record/v1"
    withheld: tuple[WithheldValue, ...]
    absent: tuple[Hash, ...] | Unset = UNSET


@dataclass(frozen=True, slots=True)
class BackupRecord:
    """A backup of this home: when and where it was made, of how many entries, and whether with evidence.

    ``gone_at`` is when somebody said that it doesn't exist any more.
    """

    made_at: datetime
    path: str
    size: int
    has_evidence: bool
    gone_at: datetime | None = None


class Sent:
    """The exports and backups of one home."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note_export(self, record: ExportRecord) -> None:
        """Keep an export durably; the same event twice is one.

        Raises:
            StorageError: ``ledger.busy``, ``ledger.full``.
        """
        row = (record.event, record.recipient, record.exported_at, canonical.encode(record).decode("utf-8"))
        with self._database.transaction(is_write=True) as connection:
            _make_tables(connection)
            connection.execute(statements.PUT_EXPORT, row)

    def exports(self) -> tuple[ExportRecord, ...]:
        """Return all exports in order of time.

        Raises:
            StorageError: as the database does.
        """
        with self._database.transaction(is_write=False) as connection:
            rows = connection.execute(statements.EXPORTS).fetchall() if _has_tables(connection) else []
        maximum = limits.JSON_BYTES
        return tuple(canonical.decode(record.encode(), ExportRecord, maximum=maximum) for (record,) in rows)

    def note_backup(self, record: BackupRecord) -> None:
        """Keep durably that a backup was made, or is gone.

        Raises:
            StorageError: ``ledger.busy``, ``ledger.full``.
        """
        gone = None if record.gone_at is None else text.format_time(record.gone_at)
        row = (text.format_time(record.made_at), record.path, record.size, int(record.has_evidence), gone)
        with self._database.transaction(is_write=True) as connection:
            _make_tables(connection)
            connection.execute(statements.PUT_BACKUP, row)

    def backups(self) -> tuple[BackupRecord, ...]:
        """Return all backups in order of time, also those that are gone.

        Raises:
            StorageError: as the database does.
        """
        with self._database.transaction(is_write=False) as connection:
            rows = connection.execute(statements.BACKUPS).fetchall() if _has_tables(connection) else []
        return tuple(
            BackupRecord(
                made_at=text.parse_time(made),
                path=path,
                size=size,
                has_evidence=bool(evidence),
                gone_at=None if gone is None else text.parse_time(gone),
            )
            for made, path, size, evidence, gone in rows
        )


def _has_tables(connection: sqlite3.Connection) -> bool:
    rows = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    return set(_TABLES) <= {name for (name,) in rows}


def _make_tables(connection: sqlite3.Connection) -> None:
    if not _has_tables(connection):
        for statement in chain.from_iterable(statements.DISCLOSURES_DDL[name] for name in _TABLES):
            connection.execute(statement)
