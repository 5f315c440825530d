"""What was counted in the files of one format, and what was stated about their times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from schemas.text import format_time


@dataclass(frozen=True, slots=True)
class Stated:
    """What the registering person states: the zone of times without one, and the period, both ends aware."""

    zone: tzinfo | None = None
    period_from: datetime | None = None
    period_to: datetime | None = None

    def place(self, naive: datetime) -> datetime | None:
        """Return the time in the stated zone; nothing without one, or in the hour that a clock skipped or repeated."""
        if self.zone is None:
            return None
        early, late = naive.replace(tzinfo=self.zone, fold=0), naive.replace(tzinfo=self.zone, fold=1)
        return early if early.utcoffset() == late.utcoffset() else None

    def years(self) -> range:
        """Return the years of the stated period; none where it is open at an end."""
        if self.period_from is None or self.period_to is None:
            return range(0)
        return range(self.period_from.year, min(self.period_to.year, self.period_from.year + 100) + 1)

    def in_period(self, moment: datetime) -> bool:
        """Tell whether an aware time lies in the period."""
        assert self.period_from is not None, "years() gave none"
        assert self.period_to is not None, "years() gave none"
        return self.period_from <= moment <= self.period_to


@dataclass(slots=True)
class Tally:
    """Records of one format. Mutable on purpose: an accumulator of constant size."""

    stated: Stated
    files: int = 0
    count: int = 0
    assumed: int = 0
    undated: int = 0
    unread: int = 0
    first: datetime | None = None
    last: datetime | None = None

    def add(self, when: datetime | None, *, is_assumed: bool = False) -> None:
        """Count a record; a naive time is read in the stated zone, and one that can't be placed is left undated."""
        self.count += 1
        placed = when if when is None or when.tzinfo is not None else self.stated.place(when)
        moment = None if placed is None else _in_utc(placed)
        if moment is None:
            self.undated += 1
            return
        self.assumed += is_assumed or (when is not None and when.tzinfo is None)
        self.first = moment if self.first is None else min(self.first, moment)
        self.last = moment if self.last is None else max(self.last, moment)

    def merge(self, other: Tally) -> None:
        """Add what another one counted."""
        self.files += other.files
        self.count += other.count
        self.assumed += other.assumed
        self.undated += other.undated
        self.unread += other.unread
        ends = [end for end in (self.first, self.last, other.first, other.last) if end is not None]
        self.first, self.last = min(ends, default=None), max(ends, default=None)

    def details(self) -> dict[str, Any]:
        """Return the fields of `schemas.details.source.Records`, but for the format."""
        return {
            "assumed": self.assumed or None,
            "count": self.count,
            "files": self.files,
            "first_at": None if self.first is None else format_time(self.first),
            "last_at": None if self.last is None else format_time(self.last),
            "undated": self.undated or None,
            "unread": self.unread or None,
        }


def _in_utc(moment: datetime) -> datetime | None:
    """Return a time that a record can hold: from 1970 on, whole seconds."""
    try:
        utc = moment.astimezone(UTC).replace(microsecond=0)
    except OverflowError:
        return None
    return utc if utc.year >= 1970 else None
