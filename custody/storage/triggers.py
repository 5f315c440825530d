"""What the database itself refuses: an append-only ledger, whoever writes to the file.

Nobody is kept from editing a file that he owns; an audit finds that. The triggers stop mistakes: a tool, a migration,
a hand at the wrong prompt.
"""

from __future__ import annotations

from typing import Final

_FROZEN: Final = ("entry", "commitment", "subject", "subject_entry", "checkpoint")
_KEPT: Final = ("agent", "case", "consent", "exhibit", "ledger", "request", "signing_key", "tile", "transfer")


def _refuse(name: str, when: str, table: str, text: str, condition: str = "") -> str:
    guard = f" WHEN {condition}" if condition else ""
    return f"CREATE TRIGGER {name} BEFORE {when} ON \"{table}\"{guard} BEGIN SELECT RAISE(ABORT, '{text}'); END"


TRIGGERS: Final = (
    *(_refuse(f"{table}_stays", "UPDATE", table, f"a row of {table} is never changed") for table in _FROZEN),
    *(_refuse(f"{table}_is_kept", "DELETE", table, f"a row of {table} is never deleted") for table in _FROZEN + _KEPT),
    _refuse(
        "entry_follows",
        "INSERT",
        "entry",
        "an entry stands after the newest one",
        "NEW.entry_index <> (SELECT coalesce(max(entry_index) + 1, 0) FROM entry)",
    ),
    _refuse(
        "tile_grows",
        "UPDATE",
        "tile",
        "a tile is only ever extended",
        "NEW.level <> OLD.level OR NEW.number <> OLD.number OR length(NEW.hashes) <= length(OLD.hashes)"
        " OR substr(NEW.hashes, 1, length(OLD.hashes)) <> OLD.hashes",
    ),
)
"""The triggers of ``ledger.db``."""
