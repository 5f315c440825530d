"""What a database file is made of: its tables with their indexes, its triggers, and nothing that runs by itself beside.

A trigger or a view that isn't ours could swallow what is written or stand in for a table when it is read, and a home
may come from a stranger, out of a backup, or from a hand at the prompt of SQLite.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Final

from custody.storage import statements
from custody.storage.triggers import TRIGGERS

FOUND: Final = "SELECT CAST(sql AS TEXT) FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name"
"""The statements by which a file was made, as SQLite kept them, and as text, as it reads them itself."""
RECORDS: Final = frozenset({"backup", "checkpoint", "disclosure", "entry", "export", "recipient"})
"""The tables of what follows from nothing else; of an entry that is its bytes. No command makes a row of them again."""
DERIVED: Final = frozenset(
    {
        *("agent", "case", "commitment", "consent", "exhibit", "ledger", "request"),
        *("signing_key", "subject", "subject_entry", "tile", "transfer"),
    }
)
"""The tables whose rows all follow from the entries: an index, which is made anew where it is wrong."""
_SHOWN: Final = 80


@dataclass(frozen=True, slots=True)
class Differences:
    """The beginnings of the statements by which a file differs from a new one: tables; what runs by itself and isn't
    ours; and all else, such as a trigger of ours that is gone.
    """

    tables: tuple[str, ...]
    foreign: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True)
class Schema:
    """The statements that make one file; those ``added`` to them later may be missing."""

    tables: Mapping[str, tuple[str, ...]]
    triggers: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    def made_by(self) -> tuple[str, ...]:
        """Return the statements in an order in which they can be run."""
        return (*chain.from_iterable(self.tables.values()), *self.triggers)

    def foreign(self, found: Iterable[str]) -> tuple[str, ...]:
        """Return the beginnings of those of the statements ``found`` that run by themselves and aren't ours."""
        return tuple(text[:_SHOWN] for text in map(_words, found) if _runs(text) and text not in self._wanted)

    def differences(self, found: Iterable[str]) -> Differences:
        """Return in what a file made by the statements ``found`` differs from a new one."""
        there = set(map(_words, found))
        differing = sorted((self._wanted ^ there) - set(map(_words, self.added)))
        foreign = [text for text in differing if text in there and _runs(text)]
        tables = [text for text in differing if text.startswith("CREATE TABLE")]
        others = [text for text in differing if text not in tables and text not in foreign]
        return Differences(*(tuple(text[:_SHOWN] for text in texts) for texts in (tables, foreign, others)))

    @cached_property
    def _wanted(self) -> frozenset[str]:
        return frozenset(map(_words, self.made_by()))


def _runs(statement: str) -> bool:
    return not statement.startswith(("CREATE TABLE", "CREATE INDEX", "CREATE UNIQUE INDEX"))


def _words(statement: str) -> str:
    """Return a statement with single spaces: SQLite keeps it as it was given."""
    return " ".join(statement.split())


LEDGER: Final = Schema(statements.LEDGER_DDL, TRIGGERS, statements.ADDED)
DISCLOSURES: Final = Schema(statements.DISCLOSURES_DDL)
