"""The next free exhibit number of a case, in the pattern that its numbers follow."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from custody.ledger.numbers import fold_number

FIRST = "EX-1"
"""The number of the first exhibit where there is no pattern to follow."""
_PATTERN = re.compile(r"(?P<prefix>.*?)(?P<digits>[0-9]+)\Z", re.ASCII | re.DOTALL)


@dataclass(slots=True)
class _Series:
    """Numbers that share all but their last digits."""

    count: int = 0
    highest: int = 0
    width: int = 1


def next_numbers(taken: Iterable[str], count: int) -> tuple[str, ...]:
    """Return ``count`` free numbers that go on from those ``taken``: EX-9 is followed by EX-10, EX-009 by EX-010.

    Of several patterns the most used one is followed, of two equally used ones that with the higher number.
    """
    known = list(taken)
    used = {fold_number(number) for number in known}
    prefix, series = _leading_series(known)
    found: list[str] = []
    number = series.highest
    while len(found) < count:
        number += 1
        candidate = f"{prefix}{number:0{series.width}d}"
        if fold_number(candidate) not in used:
            found.append(candidate)
    return tuple(found)


def _leading_series(known: Iterable[str]) -> tuple[str, _Series]:
    every: dict[str, _Series] = {}
    for number in known:
        match = _PATTERN.match(number)
        if match is None:
            continue
        series = every.setdefault(match["prefix"], _Series())
        series.count += 1
        series.highest = max(series.highest, int(match["digits"]))
        if match["digits"].startswith("0"):
            series.width = max(series.width, len(match["digits"]))
    if not every:
        return FIRST[:-1], _Series()
    prefix = max(every, key=lambda item: (every[item].count, every[item].highest, item))
    return prefix, every[prefix]
