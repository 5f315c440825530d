"""Strict readers of small texts: one spelling each, everything else raises.

Python's own readers are generous (``int(" 7")``, ``b64decode`` of foreign characters, ``bytes.fromhex`` with spaces),
and a generous reader lets two byte strings mean one thing. Every record goes through the readers below instead.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import msgspec

from schemas import limits
from schemas.errors import RecordError

HASH_PATTERN = r"^[0-9a-f]{64}\Z"
NONCE_PATTERN = r"^[0-9a-f]{32}\Z"
TIME_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z"
OFFSET_PATTERN = r"^(?!-00:00)[+-]([01][0-9]|2[0-3]):[0-5][0-9]\Z"
AGE_PATTERN = r"^age1[02-9ac-hj-np-z]{58}\Z"
AGENT_PATTERN = r"^[a-z0-9][a-z0-9._-]{0,63}\Z"
COUNTRY_PATTERN = r"^[A-Z]{2}\Z"
ORIGIN_PATTERN = r"^[a-z0-9.-]+(/[a-z0-9._-]+)*\Z"
KEY_ID_PATTERN = r"^[a-z0-9-]{1,32}:[0-9a-f]{32}\Z"
NUMBER_PATTERN = r"^[^\x00-\x1f\x7f-\x9f]+\Z"
TOKEN_PATTERN = r"^[a-z0-9][a-z0-9._-]{0,63}\Z"
ZERO_HASH = "0" * 64

_TO_URL = bytes.maketrans(b"+/", b"-_")
_BASE64 = msgspec.json.Decoder(bytes)
# By signs of padding: digits whose last two, or last four bits are zero.
_LAST_DIGITS = ("", "AEIMQUYcgkosw048", "AQgw")
_DECIMAL = re.compile(r"(0|[1-9][0-9]*)\Z", re.ASCII)
_TIME = re.compile(TIME_PATTERN, re.ASCII)
_HEX = re.compile(r"[0-9a-f]*\Z", re.ASCII)


def parse_decimal(text: str, *, maximum: int = limits.MAX_SAFE_INTEGER) -> int:
    """Return the non-negative integer that ``text`` spells without sign, space or leading zero.

    Raises:
        RecordError: ``text.decimal`` for any other spelling or a value above ``maximum``.
    """
    if len(text) > 20 or not _DECIMAL.match(text) or int(text) > maximum:
        raise RecordError("text.decimal", f"expected a decimal number up to {maximum}, found {text[:40]!r}")
    return int(text)


def parse_hex(text: str, *, size: int) -> bytes:
    """Return the ``size`` bytes that ``text`` spells in lower-case hex.

    Raises:
        RecordError: ``text.hex`` for another length, capitals, spaces or foreign characters.
    """
    if len(text) != 2 * size or not _HEX.match(text):
        raise RecordError("text.hex", f"expected {2 * size} lower-case hex digits, found {text[:80]!r}")
    return bytes.fromhex(text)


def parse_base64(text: str, *, size: int | None = None) -> bytes:
    """Return the bytes of standard padded base64 in its canonical spelling (RFC 4648 section 4).

    Raises:
        RecordError: ``text.base64`` for foreign characters, missing padding, non-zero tail bits or another ``size``.
    """
    try:
        # The same strictness as binascii's, at five times its speed: a replay reads all events so.
        raw: bytes = _BASE64.decode(f'"{text}"')
    except (msgspec.MsgspecError, UnicodeError):
        raise RecordError("text.base64", f"expected standard padded base64, found {text[:40]!r}") from None
    # The length leaves no room for an escape, and the digit before the padding none for bits that nobody uses.
    found = len(raw)
    padding = -found % 3
    if len(text) != (found + padding) // 3 * 4 or (padding and text[-1 - padding] not in _LAST_DIGITS[padding]):
        raise RecordError("text.base64", f"expected canonical base64, found {text[:40]!r}")
    if size is not None and found != size:
        raise RecordError("text.base64", f"expected {size} bytes in base64, found {found}")
    return raw


def format_base64(raw: bytes) -> str:
    """Return standard padded base64 (RFC 4648 section 4)."""
    return base64.b64encode(raw).decode("ascii")


def parse_base64url(text: str) -> bytes:
    """Return the bytes of unpadded base64url in its canonical spelling (RFC 4648 section 5).

    Raises:
        RecordError: ``text.base64url`` for any other spelling.
    """
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, UnicodeEncodeError):
        raise RecordError("text.base64url", f"expected unpadded base64url, found {text[:40]!r}") from None
    if format_base64url(raw) != text:
        raise RecordError("text.base64url", f"expected canonical unpadded base64url, found {text[:40]!r}")
    return raw


def format_base64url(raw: bytes) -> str:
    """Return unpadded base64url (RFC 4648 section 5)."""
    return binascii.b2a_base64(raw, newline=False).translate(_TO_URL, b"=").decode("ascii")


def parse_time(text: str) -> datetime:
    """Return the aware UTC time that ``YYYY-MM-DDTHH:MM:SSZ`` names, 1970 to 9999, whole seconds, no leap second.

    Raises:
        RecordError: ``text.time`` for any other form or a date that does not exist.
    """
    if not _TIME.match(text):
        raise RecordError("text.time", f"expected YYYY-MM-DDTHH:MM:SSZ, found {text[:40]!r}")
    try:
        value = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise RecordError("text.time", f"expected a time that exists, found {text!r}") from None
    # strptime takes second 60 and 61; the pattern of a real time does not.
    if value.year < 1970 or format_time(value) != text:
        raise RecordError("text.time", f"expected a time between 1970 and 9999, found {text!r}")
    return value


@lru_cache(maxsize=64)
def check_time(text: str) -> None:
    """Raise as `parse_time` does; faster, for the replay of a whole ledger, where times come again and again."""
    # Newer Pythons read 24:00:00 as the next day.
    if not _TIME.match(text) or text < "1970" or text[11:13] > "23":
        raise RecordError("text.time", f"expected YYYY-MM-DDTHH:MM:SSZ since 1970, found {text[:40]!r}")
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise RecordError("text.time", f"expected a time that exists, found {text!r}") from None


def check_digits(value: str, length: int) -> None:
    """Raise ValueError unless ``value`` is ``length`` lower-case hex digits; faster than its pattern."""
    if len(value) != length or binascii.unhexlify(value).hex() != value:
        raise ValueError(f"{length} lower-case hex digits")


@lru_cache(maxsize=256)
def check_form(pattern: str, value: str) -> None:
    """Raise ValueError unless ``value`` fits ``pattern``; what came before, as names and words do, costs a look-up."""
    if not re.search(pattern, value):
        raise ValueError(f"a text of the form {pattern}")


def check_times(*times: object) -> None:
    """Raise unless every one of ``times`` that is a text is a time of the calendar: what a record says of its fields.

    Raises:
        ValueError: which a decoder turns into ``record.malformed``.
    """
    try:
        for value in times:
            if isinstance(value, str):
                check_time(value)
    except RecordError as error:
        raise ValueError(error.text) from None


def format_time(value: datetime) -> str:
    """Return ``value`` as ``YYYY-MM-DDTHH:MM:SSZ`` in UTC, cut to whole seconds; ``value`` must be aware."""
    assert value.tzinfo is not None, "a time without a zone is a bug of the caller"
    utc = value.astimezone(UTC)
    return f"{utc.year:04d}-{utc.month:02d}-{utc.day:02d}T{utc.hour:02d}:{utc.minute:02d}:{utc.second:02d}Z"


def parse_offset(text: str) -> timedelta:
    """Return the offset that ``[+-]hh:mm`` names, ``-00:00`` excluded.

    Raises:
        RecordError: ``text.offset`` for any other spelling.
    """
    if not re.match(OFFSET_PATTERN, text, re.ASCII):
        raise RecordError("text.offset", f"expected [+-]hh:mm, found {text[:16]!r}")
    sign = -1 if text[0] == "-" else 1
    return sign * timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))


def check_number(text: str) -> None:
    """Raise unless ``text`` may be a case or exhibit number as a verifier sees it.

    Raises:
        RecordError: ``text.number`` unless 1 to 128 bytes of UTF-8 without control characters.
    """
    if not re.match(NUMBER_PATTERN, text) or len(text.encode("utf-8", "surrogatepass")) > limits.NUMBER_BYTES:
        raise RecordError("text.number", f"expected 1 to {limits.NUMBER_BYTES} bytes without control characters")
