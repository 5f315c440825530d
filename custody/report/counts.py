"""Numbers with the word for what is counted."""

from __future__ import annotations


def counted(number: int, one: str, many: str) -> str:
    """Return ``1 file`` or ``1,000 files``."""
    return f"{number:,} {one if number == 1 else many}"


def count_bytes(number: int) -> str:
    """Return ``1 byte`` or ``1,474,560 bytes``."""
    return counted(number, "byte", "bytes")
