"""Times as logs and chats write them. What can be read in more than one way is not read at all.

A function returns an aware time, a naive one where no zone is written beside it, or nothing. Whoever registers may
state a zone for the naive ones; that it was assumed is then counted.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Final

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""As RFC 3164 and RFC 5322 write them."""
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d{1,9})?)?\s?(Z|z|UTC|GMT|[+-]\d\d:?\d\d)?", re.ASCII
)
_DIGITS = re.compile(r"(\d{10}|\d{13}|\d{16}|\d{19})|\d{10}\.\d{1,9}", re.ASCII)
_MAIL_ZONE = re.compile(r"([+-]\d{4}|GMT|UTC?|[ECMP][SD]T)$", re.ASCII)
_MAIL_CLOCK = re.compile(r"\d\d?:\d\d(:\d\d)?$", re.ASCII)
_LONGEST: Final = 100
_MOST_DIGITS: Final = 19
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_time(value: object) -> datetime | None:
    """Return the time that a cell or a JSON value holds: ISO 8601 with day and hour, or an epoch number."""
    if isinstance(value, str):
        return read_iso(value) or (_read_digits(value.strip()) if len(value) <= _LONGEST else None)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return read_epoch(value)
    return None


def read_iso(text: str) -> datetime | None:
    """Return the time that ISO 8601 or RFC 3339 spells; ``UTC`` and ``GMT`` may stand for Z, a space for T."""
    found = _ISO.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if found is None:
        return None
    *parts, zone = found.groups()
    try:
        naive = datetime(*(int(part or 0) for part in parts))  # type: ignore[arg-type]  # noqa: DTZ001
        return naive if zone is None else naive.replace(tzinfo=_read_zone(zone))
    except ValueError:
        return None


def _read_zone(text: str) -> timezone:
    if text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def _read_digits(text: str) -> datetime | None:
    if not _DIGITS.fullmatch(text):
        return None
    return read_epoch(float(text) if "." in text else int(text))


def read_epoch(value: float) -> datetime | None:
    """Return the time of a number since 1970: of 10 digits seconds, 13 milliseconds, 16 and 19 micro- and nanoseconds.

    Ten digits are the years 2001 to 2286; a number of another length is not taken for a time.
    """
    # This is false for what is not a number, too; and an integer of a thousand digits is compared, not converted.
    if not 0 <= value < 10**_MOST_DIGITS:
        return None
    divisor = {10: 1, 13: 10**3, 16: 10**6, _MOST_DIGITS: 10**9}.get(len(str(int(value))))
    if divisor is None:
        return None
    return _EPOCH + timedelta(seconds=int(value) // divisor)


def read_mail_date(text: str) -> datetime | None:
    """Return the time of a ``Date`` field (RFC 5322 section 3.3); of zones with letters only those that it defines."""
    clean = re.sub(r"\([^()]*\)", "", text[:_LONGEST]).strip()
    zone = _MAIL_ZONE.search(clean)
    if zone is None and not _MAIL_CLOCK.search(clean):
        return None
    try:
        found = parsedate_to_datetime(clean)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    # -0000 says that the time is UTC and nothing of where it was written.
    return found if found.tzinfo is not None or zone is None else found.replace(tzinfo=UTC)
