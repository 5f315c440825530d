"""Counting of periods by calendar: hours, days of 24 hours, days and months of a calendar in a zone, working days.

Ten days are not 240 hours everywhere: where the law counts days, the day of the event may not count, the last day ends
at midnight of the place, and a last day of rest may move to the next working day (`schemas.law.Counting`).
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from schemas.errors import RecordError, UsageError
from schemas.law import Counting, RestDays, Span
from schemas.text import parse_offset
from schemas.types import Unset

DAY: Final = timedelta(days=1)
_LAST: Final = datetime.max.replace(tzinfo=UTC, microsecond=0) - 2 * DAY


@dataclass(frozen=True, slots=True)
class Place:
    """Where days are counted: a zone, and the days of rest there, if any are known."""

    zone: tzinfo = UTC
    rest: RestDays | None = None

    def is_rest(self, day: date) -> bool:
        """Tell whether nobody works on ``day``."""
        if self.rest is None or day.isoformat() in (self.rest.worked or ()):
            return False
        return day.isoweekday() in self.rest.weekend or day.isoformat() in self.rest.holidays


def find_zone(name: str) -> tzinfo:
    """Return the zone that ``name`` means: ``UTC``, an offset such as ``+08:00``, or a zone of the IANA list.

    Raises:
        UsageError: ``deadline.zone``.
    """
    if name == "UTC":
        return UTC
    try:
        return timezone(parse_offset(name)) if name.startswith(("+", "-")) else ZoneInfo(name)
    except (ZoneInfoNotFoundError, RecordError, ValueError, OSError):
        text = f"expected a zone such as Asia/Shanghai or +08:00, found {name!r}"
        raise UsageError("deadline.zone", text, hint="this system may lack the zone list; an offset works") from None


def end_of(start: datetime, span: Span, counting: Counting, place: Place) -> datetime:
    """Return when ``span`` from ``start`` (aware) is over, in UTC; the far end of the calendar where it has none.

    A period that ends with a day ends as the next one begins, by the clocks of the place.
    """
    try:
        return min(_end_of(start, span, counting, place), _LAST)
    except (OverflowError, ValueError):
        return _LAST


def roll_on(end: datetime, counting: Counting, place: Place) -> datetime:
    """Return ``end`` (UTC), or where its day is one of rest and the rule says so, the end on the next working day."""
    if counting.rest_days == "keep":
        return end
    try:
        by_day = counting.ends == "end-of-day"
        # A period that ends with a day ends as the next one begins.
        local = (end - timedelta(seconds=1) if by_day else end).astimezone(place.zone)
        last = local.date()
        while place.is_rest(last):
            last += DAY
        if by_day:
            return _midnight_after(last, place)
        return datetime.combine(last, local.timetz().replace(fold=local.fold)).astimezone(UTC)
    except (OverflowError, ValueError):
        return end


def rest_note(
    span: Span | Unset, counting: Counting, place: Place, start: datetime, end: datetime, country: str
) -> str:
    """Return what is not known of the days of rest by which a period from ``start`` to ``end`` (aware) was counted;
    empty where they don't matter, or where holidays of each of its years are known.
    """
    by_working_days = isinstance(span, Span) and span.unit == "working-days"
    if not by_working_days and counting.rest_days == "keep":
        return ""
    if place.rest is None:
        return f"counted without days of rest: none of {country} are known, not even its weekend"
    known = {day[:4] for day in place.rest.holidays}
    last = (end - timedelta(seconds=1)).astimezone(place.zone)  # the last moment of the period, not the first after it
    years = range(start.astimezone(place.zone).year, last.year + 1)
    lacking = [str(year) for year in years if str(year) not in known]
    if not lacking:
        return ""
    return f"counted without the public holidays of {country} in {', '.join(lacking[:4])}: none are known"


def _end_of(start: datetime, span: Span, counting: Counting, place: Place) -> datetime:
    if span.unit == "hours":
        return start.astimezone(UTC) + timedelta(hours=span.length)
    if span.unit == "days":
        return start.astimezone(UTC) + span.length * DAY
    local = start.astimezone(place.zone)
    last = _last_day(local.date(), span, counting, place)
    if counting.rest_days == "next-working-day":
        while place.is_rest(last):
            last += DAY
    if counting.ends == "end-of-day":
        return _midnight_after(last, place)
    return datetime.combine(last, local.timetz().replace(fold=local.fold)).astimezone(UTC)


def _last_day(first: date, span: Span, counting: Counting, place: Place) -> date:
    match span.unit:
        case "months":
            last = _add_months(first, span.length)
            return last - DAY if counting.day_zero else last
        case "working-days":
            return _add_working_days(first - DAY if counting.day_zero else first, span.length, place)
        case _:
            return first + (span.length - 1 if counting.day_zero else span.length) * DAY


def _add_months(first: date, months: int) -> date:
    """The same day of a later month, or that month's last: 31 January and a month is the end of February."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))


def _add_working_days(first: date, count: int, place: Place) -> date:
    last = first
    while count:
        last += DAY
        count -= not place.is_rest(last)
    return last


def _midnight_after(day: date, place: Place) -> datetime:
    # Where clocks change at midnight the day begins at the first moment that there is: fold 0 of a gap is just that.
    return datetime.combine(day + DAY, time(), tzinfo=place.zone).astimezone(UTC)
