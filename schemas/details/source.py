"""The ``source`` of an exhibit: where a collection of records came from, and what was found in it.

Logs of a provider, chats, message databases, mail and web captures are registered as they are, byte by byte. This
record is the catalogue beside them. What a person states (type, provider, account, period, zone) and what the
registering program counted by itself (`Records`) stand in fields apart.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from schemas import text
from schemas.types import UNSET, Count, Hash, Private, Record, Time, Token, Unset, is_set

SourceType = Literal[
    "access-log", "call-records", "chat", "content", "database", "email", "location", "log", "other", "subscriber",
    "traffic", "transactions", "web-capture",
]  # fmt: skip
Channel = Literal["account-download", "api", "browser", "device", "other", "portal", "provider"]
RecordFormat = Literal[
    "access-log", "csv", "eml", "json-lines", "mbox", "sqlite-messages", "syslog-3164", "syslog-5424", "syslog-iso",
    "telegram-json", "whatsapp-text",
]  # fmt: skip
ZONE_PATTERN = r"^([+-]([01][0-9]|2[0-3]):[0-5][0-9]|[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,3})\Z"
TimeZone = Annotated[
    str, Meta(pattern=ZONE_PATTERN, max_length=64, description="an offset such as +08:00, or a zone of the IANA list")
]


class Records(Record, frozen=True, kw_only=True):
    """What the registering program found in the files of one format.

    ``count`` records in ``files`` files, the first and the last by their own times. ``assumed`` of them have a time
    without a zone (or without a year), which was read as the source's ``time_zone`` and period say; the time of
    ``undated`` is absent or unclear, and was not guessed. ``unread`` lines belong to no record that was understood.
    """

    assumed: Count | Unset = UNSET
    count: Count
    files: Count
    first_at: Time | Unset = UNSET
    format: RecordFormat
    last_at: Time | Unset = UNSET
    undated: Count | Unset = UNSET
    unread: Count | Unset = UNSET

    def __post_init__(self) -> None:
        """Check times and counts; ValueError becomes ``record.malformed``."""
        _check_span("first_at isn't after last_at", self.first_at, self.last_at)
        if is_set(self.first_at) != is_set(self.last_at):
            raise ValueError("first_at and last_at stand together")


class Capture(Record, frozen=True, kw_only=True):
    """A page of the web as it was captured (Berkeley Protocol paragraphs 153 to 155; law row R6).

    ``html`` and ``image`` are the SHA-256 of two files of the exhibit: the source of the page, and the image of the
    full page.
    """

    captured_at: Time | Unset = UNSET
    html: Hash | Unset = UNSET
    image: Hash | Unset = UNSET
    url: Private | Unset = UNSET

    def __post_init__(self) -> None:
        """Check the time; ValueError becomes ``record.malformed``."""
        text.check_times(self.captured_at)


class Source(Record, frozen=True, kw_only=True):
    """Where records came from: of what type, from whom, for which account and period, on which request.

    ``uncounted`` files are of a format that the registering program does not read.
    """

    account: Private | Unset = UNSET
    capture: Capture | Unset = UNSET
    channel: Channel | Unset = UNSET
    period_from: Time | Unset = UNSET
    period_to: Time | Unset = UNSET
    provider: Private | Unset = UNSET
    records: Annotated[tuple[Records, ...], Meta(min_length=1, max_length=16)] | Unset = UNSET
    request: Token | Unset = UNSET
    time_zone: TimeZone | Unset = UNSET
    type: SourceType
    uncounted: Count | Unset = UNSET

    def __post_init__(self) -> None:
        """Check times and order; ValueError becomes ``record.malformed``."""
        _check_span("period_from isn't after period_to", self.period_from, self.period_to)
        formats = [item.format for item in self.records] if isinstance(self.records, tuple) else []
        if formats != sorted(set(formats)):
            raise ValueError("records stand in order of format, each once")


CAPTURE_PARTS = {
    "url": "its URL",
    "html": "the source of the page",
    "image": "an image of the full page",
    "captured_at": "the time of capture",
}
"""What a court wants to see of a web capture at the least (law row R6), by field, in words."""


def missing_of(capture: Capture | Unset) -> tuple[str, ...]:
    """Return in words what a web capture lacks of the court minimum; nothing where it has all four parts."""
    return tuple(words for name, words in CAPTURE_PARTS.items() if not is_set(getattr(capture, name, UNSET)))


def _check_span(rule: str, *times: object) -> None:
    """Raise ValueError unless the times that are set exist and stand in order."""
    text.check_times(*times)
    told = [str(value) for value in times if is_set(value)]
    if told != sorted(told):
        raise ValueError(rule)
