"""Numbers with the word for what is counted, and lists of which only the beginning is told."""

from __future__ import annotations

from collections.abc import Sequence


def counted(number: int, one: str, many: str) -> str:
    """Return ``1 file`` or ``1,000 files``."""
    return f"{number:,} {one if number == 1 else many}"


def count_bytes(number: int) -> str:
    """Return ``1 byte`` or ``1,474,560 bytes``."""
    return counted(number, "byte", "bytes")


def listed(shown: Sequence[str], total: int, *, between: str = ", ") -> str:
    """Return ``a, b``, or ``a, b and 3 more`` where those shown aren't all of ``total``."""
    more = f" and {total - len(shown):,} more" if total > len(shown) else ""
    return between.join(shown) + more
