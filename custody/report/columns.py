"""Columns of the same width in every run, whatever script the text is in."""

from __future__ import annotations

import unicodedata


def width_of(text: str) -> int:
    """Return how many cells of a terminal a text takes that is safe to show (Unicode TR 11): 2 for wide characters."""
    if text.isascii():
        return len(text)
    return sum(_cells(char) for char in text)


def pad(text: str, width: int) -> str:
    """Return ``text`` with spaces up to ``width`` cells; a longer one stays whole, because a name is never cut."""
    return text + " " * (width - width_of(text))


def cut(text: str, width: int) -> str:
    """Return ``text``, or what fits of it into ``width`` cells with ``...`` behind."""
    if width_of(text) <= width:
        return text
    taken, used = "", 0
    for char in text:
        used += _cells(char)
        if used > width - 3:
            break
        taken += char
    return f"{taken}..."


def _cells(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
