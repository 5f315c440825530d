"""Ledgers that somebody tampered with: whoever owns the file can drop the triggers and write what he likes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from custody.audit.audit import Audited
from custody.audit.audit import audit as replay
from custody.audit.held import Held, parse_held
from custody.audit.wanted import Wanted
from custody.storage.home_layout import DISCLOSURES_FILE, LEDGER_FILE
from custody.storage.ledger_store import SqliteStore
from custody.storage.triggers import TRIGGERS
from schemas.report import Finding, Severity
from tests.world import ORIGIN

AT = datetime(2027, 1, 1, tzinfo=UTC)


@contextmanager
def edited(folder: Path, file: str = LEDGER_FILE) -> Iterator[sqlite3.Connection]:
    """Give out the database without its guards, and put them back."""
    with closing(sqlite3.connect(folder / file, isolation_level=None)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")]
        for name in names:
            connection.execute(f'DROP TRIGGER "{name}"')
        yield connection
        for statement in TRIGGERS if names else ():
            connection.execute(statement)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def run(folder: Path, statement: str, *values: Any, file: str = LEDGER_FILE) -> None:
    """Run one statement on an unguarded database; it must change something."""
    with edited(folder, file) as connection:
        assert connection.execute(statement, values).rowcount > 0, "a test must tamper with something"


def flip(raw: bytes, bit: int) -> bytes:
    """Return ``raw`` with one bit turned over, counted from the first."""
    place, mask = bit // 8 % len(raw), 1 << bit % 8
    return raw[:place] + bytes([raw[place] ^ mask]) + raw[place + 1 :]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an audit said."""

    audited: Audited

    @property
    def verdict(self) -> str:
        """The verdict as a word."""
        return self.audited.report.verdict.value

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings."""
        return self.audited.report.findings

    def failures(self) -> set[tuple[str, str]]:
        """Return code and subject of what failed."""
        return {(item.code, item.subject) for item in self.findings if item.severity is Severity.FAILED}

    def codes(self) -> set[str]:
        """Return the codes of all findings."""
        return {item.code for item in self.findings}

    def failed_subjects(self) -> set[str]:
        """Return what failed."""
        return {subject for _, subject in self.failures()}


def audit(folder: Path, *, origin: str = ORIGIN, **wanted: Any) -> Outcome:
    """Audit the ledger in ``folder``."""
    with SqliteStore(folder) as store:
        return Outcome(replay(store, origin=origin, at=AT, wanted=Wanted(**wanted)))


def held(note: bytes) -> Held:
    """Return a checkpoint as an auditor holds it."""
    return parse_held(note, origin=ORIGIN, source="last year")


__all__ = ["AT", "DISCLOSURES_FILE", "Outcome", "audit", "edited", "flip", "held", "run"]
