"""In words: what was counted in logs, chats and mail, and whether a web capture has what a court wants."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from custody.report.counts import counted
from custody.report.safe_text import show
from custody.report.words import format_utc
from schemas.details.exhibit import ExhibitRegistered
from schemas.details.source import Records, Source, missing_of
from schemas.types import UNSET, is_set

FORMATS: Final = {
    "access-log": "the access log of a web server",
    "csv": "CSV",
    "eml": "messages of mail (eml)",
    "json-lines": "JSON lines",
    "mbox": "mailboxes (mbox)",
    "sqlite-messages": "a message database (SQLite)",
    "syslog-3164": "syslog (RFC 3164)",
    "syslog-5424": "syslog (RFC 5424)",
    "syslog-iso": "syslog with ISO times",
    "telegram-json": "Telegram's JSON export",
    "whatsapp-text": "WhatsApp's text export",
}
"""The formats that are read, for people."""
BELOW: Final = "BELOW THE COURT MINIMUM"


def source_lines(details: ExhibitRegistered) -> Iterator[tuple[str, str]]:
    """Yield label and words of what was found in the records of an exhibit; nothing for one that has none."""
    source = details.source
    if details.kind == "web-capture" or (isinstance(source, Source) and is_set(source.capture)):
        missing = missing_of(source.capture if isinstance(source, Source) else UNSET)
        told = (
            f"{BELOW}: without {', '.join(missing)}" if missing else "URL, source, full-page image and time are there"
        )
        yield "web capture", told
    if not isinstance(source, Source):
        return
    for records in source.records or ():
        yield "records found", _records(records, source)
    if isinstance(source.uncounted, int):
        yield "not counted", counted(source.uncounted, "file of another format", "files of other formats")


def _records(records: Records, source: Source) -> str:
    parts = [f"{counted(records.count, 'record', 'records')} in {FORMATS[records.format]}"]
    if records.files != 1:
        parts[0] += f", {records.files:,} files"
    if isinstance(records.first_at, str) and isinstance(records.last_at, str):
        parts[0] += f", from {format_utc(records.first_at)} to {format_utc(records.last_at)}"
    if isinstance(records.assumed, int):
        zone = show(str(source.time_zone)) if is_set(source.time_zone) else "stated"
        year = ", in the year of the period" if records.format == "syslog-3164" else ""
        times = counted(records.assumed, "time has no zone and is", "times have no zone and are")
        parts.append(f"{times} read as {zone}{year}, as those who signed stated")
    if isinstance(records.undated, int):
        parts.append(
            f"{counted(records.undated, 'record has', 'records have')} no time that is clear; none was guessed"
        )
    if isinstance(records.unread, int):
        parts.append(f"{counted(records.unread, 'line was', 'lines were')} not understood, and kept")
    return "; ".join(parts)
