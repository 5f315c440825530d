"""Times that bound a question to the ledger: --since, --until, --as-of. A day alone is taken as a whole."""

from __future__ import annotations

import re
from datetime import UTC, timedelta, tzinfo

from custody.cli.context import Context
from custody.cli.options import When, parse_moment
from schemas.errors import UsageError
from schemas.text import format_time

_DAY = re.compile(r"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}\s*")
WORDS = "2026-11-21T20:23:00Z, '2026-11-21 20:23' here, or a day"
"""What an option's help says of the form of such a time."""


def start_of(context: Context, typed: str | None, zone: tzinfo | None = None) -> str | None:
    """Return the first second that ``typed`` means, in UTC as records write it; nothing for nothing.

    A time without a zone is one of ``zone``, or of this machine.

    Raises:
        UsageError: ``usage.time``.
    """
    return None if typed is None else format_time(parse_moment(typed, zone or context.now().tzinfo).astimezone(UTC))


def end_of(context: Context, typed: str | None, zone: tzinfo | None = None) -> str | None:
    """Return the last second that ``typed`` means: of a day alone, the one before midnight; zones as in `start_of`.

    Raises:
        UsageError: ``usage.time``.
    """
    if typed is None:
        return None
    moment = parse_moment(typed, zone or context.now().tzinfo)
    if _DAY.fullmatch(typed):
        moment += timedelta(days=1) - timedelta(seconds=1)
    return format_time(moment.astimezone(UTC))


def told(context: Context, when: When, typed: str) -> str:
    """Return a time past that a person typed, in UTC as records hold it; --utc-offset and --clock-offset apply to it.

    Raises:
        UsageError: ``usage.time``, also for one that is more than a minute ahead.
    """
    now = context.now()
    moment = When(at=typed, utc_offset=when.utc_offset, clock_offset=when.clock_offset).moment(now)[0]
    if moment > now + timedelta(minutes=1):
        raise UsageError("usage.time", f"expected a time that has been, found {typed!r}", hint="YYYY-MM-DD HH:MM")
    return format_time(moment)
