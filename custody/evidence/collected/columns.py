"""Which column or key holds the time of a record: by its name alone, and none where several could be meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from custody.evidence.collected.times import read_time

NAMES: Final = (
    "timestamp", "eventtime", "eventtimestamp", "datetime", "dateandtime", "datetimestamp", "time", "createdat",
    "createdtime", "creationtime", "occurredat", "loggedat", "logtime", "logintime", "starttime", "sentat", "ts",
    "date",
)  # fmt: skip
"""Names of times, in small letters and without signs, the most telling first."""
_LONGEST: Final = 200


def fold(name: str) -> str:
    """Return a column's name in small letters and digits alone: ``Timestamp (UTC)`` is ``timestamputc``."""
    return _fold(name[:_LONGEST])


@lru_cache(maxsize=1024)
def _fold(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def key_of_time(keys: Iterable[str]) -> str | None:
    """Return the key of a JSON object that holds its time: the first of `NAMES` that is there."""
    folded = {fold(key).removesuffix("utc"): key for key in reversed(list(keys))}
    return next((folded[name] for name in NAMES if name in folded), None)


@dataclass(frozen=True, slots=True)
class TimeColumns:
    """Where a row's time stands: in one column, or in a day and a clock apart; nowhere where it isn't clear."""

    places: tuple[int, ...]
    is_utc: bool

    def read(self, cells: Sequence[str]) -> datetime | None:
        """Return the time of a row: naive where neither the cell nor the column's name has a zone."""
        if not self.places:
            return None
        found = read_time(" ".join(cells[place].strip() for place in self.places))
        return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None and self.is_utc else found


def columns_of_time(header: Sequence[str]) -> TimeColumns:
    """Return where the rows below ``header`` have their time: in the one column whose name says so."""
    folded = [fold(name) for name in header]
    found = [place for place, name in enumerate(folded) if name.removesuffix("utc") in NAMES]
    names = [folded[place].removesuffix("utc") for place in found]
    if sorted(names) == ["date", "time"]:
        found.sort(key=lambda place: folded[place])
    elif len(found) != 1:
        return TimeColumns((), is_utc=False)
    return TimeColumns(tuple(found), is_utc=any(folded[place].endswith("utc") for place in found))
