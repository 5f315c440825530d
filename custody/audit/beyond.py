"""Rows that tell of entries beyond the newest one: they may be all that is left of a ledger that was cut."""

from __future__ import annotations

from typing import Final

from custody.audit.table_rows import TableRows, Unreadable
from custody.ledger.tiles import HASH_BYTES, TILE_HEIGHT, TILE_WIDTH
from schemas.errors import VerificationError

_CUT: Final = (
    "the newest entries may have been cut off: compare with every checkpoint that anybody holds, and restore a backup;"
    " or --newest CHECKPOINT, where none is newer than the entries"
)
_HIGHEST: Final = 7
"""The highest level of tiles that any ledger reaches: a hash there stands for 256 to the power of seven entries."""


def check_nothing_beyond(rows: TableRows, size: int) -> None:
    """Raise where a row tells of more than ``size`` entries. What can't be read tells nothing.

    Raises:
        VerificationError: ``audit.truncated``.
    """
    for table in ("commitment", "subject_entry"):
        try:
            greatest = rows.greatest(table, "entry_index")
        except Unreadable:
            continue
        if greatest >= size:
            raise _truncated(size, f"one about entry {greatest}")
    try:
        for level, number, hashes in rows.scan("tile", "level", "number", "hashes", by="level, number"):
            if _reach(level, number, hashes) > size:
                raise _truncated(size, f"tile {level}/{number} with {len(hashes) // HASH_BYTES} hashes")
    except Unreadable:
        return


def _reach(level: object, number: object, hashes: object) -> int:
    """Return how many entries a tile stands for the last of; 0 for what is none."""
    if not isinstance(level, int) or not isinstance(number, int) or not isinstance(hashes, bytes) or level < 0:
        return 0
    width = len(hashes) // HASH_BYTES
    return (number * TILE_WIDTH + width) << TILE_HEIGHT * min(level, _HIGHEST) if width else 0


def _truncated(size: int, found: str) -> VerificationError:
    text = f"expected rows about the {size} entries that are there, found {found}"
    return VerificationError("audit.truncated", text, hint=_CUT)
