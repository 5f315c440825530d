"""When data at a provider may be gone: the catalogue of retention, asked for one country and type (law row C23).

Pure. An answer that rests on an unconfirmed row says so; where no row is known, nothing is assumed to be kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from custody.transfer.clock import Place, end_of
from schemas.law import Counting, LawSource, Retention, RetentionRow, Span, cite
from schemas.types import is_set

_COUNTING = Counting(
    day_zero=True,
    ends="same-time",
    rest_days="keep",
    source=LawSource(mark="M", row="C23", text="the earliest moment, because nothing says how the period is counted"),
)


@dataclass(frozen=True, slots=True)
class RetentionWarning:
    """What is known of how long data stay: ``is_gone`` where the last moment at which they must still be there has
    passed, or where nothing says that they are kept at all.
    """

    is_gone: bool
    text: str


def last_safe_date(row: RetentionRow, data_from: datetime) -> datetime | None:
    """Return the moment (UTC) until which the oldest record, of ``data_from`` (aware), must be kept; nothing where the
    row names no least time.
    """
    if not isinstance(row.minimum, Span):
        return None
    return end_of(data_from.astimezone(UTC), row.minimum, _COUNTING, Place())


def warn_retention(
    catalogue: Retention,
    *,
    country: str,
    type: str,
    data_from: datetime,
    at: datetime,
) -> tuple[RetentionWarning, ...]:
    """Return what to say who asks at ``at`` for data that begin at ``data_from``; one answer at the least."""
    rows = [row for row in catalogue.rows if row.country == country and row.type == type]
    if not rows:
        text = f"no duty to keep data of the type {type!r} in {country} is known: ask for preservation at once"
        return (RetentionWarning(True, text),)
    return tuple(_warn(row, data_from, at) for row in rows)


def _warn(row: RetentionRow, data_from: datetime, at: datetime) -> RetentionWarning:
    safe, source = last_safe_date(row, data_from), cite(row.source)
    what = f"data of the type {row.type!r} in {row.country}"
    if safe is None:
        said = str(row.note) if is_set(row.note) else "no least time of keeping is known"
        return RetentionWarning(True, f"{what}: {said}; {source}")
    day, told = safe.date().isoformat(), f"{row.note}; {source}" if is_set(row.note) else source
    if at >= safe:
        return RetentionWarning(True, f"{what}: the oldest records may have been gone since {day}; {told}")
    days = (safe - at).days
    return RetentionWarning(False, f"{what}: kept until {day} at the least, {days} days from now; {told}")
