"""The formats that are read: how each is told by its first bytes (CSV also by its name), and how it is counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Final

from custody.evidence.collected.access_log import is_access_log, read_access_log
from custody.evidence.collected.delimited import is_delimited, read_delimited
from custody.evidence.collected.json_lines import is_json_lines, read_json_lines
from custody.evidence.collected.mail import is_mbox, is_message, read_mbox, read_message
from custody.evidence.collected.syslog import (
    is_syslog_3164,
    is_syslog_5424,
    is_syslog_iso,
    read_syslog_3164,
    read_syslog_5424,
    read_syslog_iso,
)
from custody.evidence.collected.tally import Tally
from custody.evidence.collected.telegram import is_telegram, read_telegram
from custody.evidence.collected.whatsapp import is_whatsapp, read_whatsapp
from schemas.details.source import RecordFormat

HEAD_BYTES: Final = 65_536
"""How much of a file is looked at to tell its format."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format: ``is_it`` gets the first bytes and the raw name, ``read`` the stream and where to count."""

    name: RecordFormat
    is_it: Callable[[bytes, bytes], bool]
    read: Callable[[BinaryIO, Tally], None]


FORMATS: Final = (
    Format("telegram-json", is_telegram, read_telegram),
    Format("json-lines", is_json_lines, read_json_lines),
    Format("syslog-5424", is_syslog_5424, read_syslog_5424),
    Format("syslog-3164", is_syslog_3164, read_syslog_3164),
    Format("syslog-iso", is_syslog_iso, read_syslog_iso),
    Format("access-log", is_access_log, read_access_log),
    Format("whatsapp-text", is_whatsapp, read_whatsapp),
    Format("mbox", is_mbox, read_mbox),
    Format("eml", is_message, read_message),
    Format("csv", is_delimited, read_delimited),
)
"""The most telling first. A SQLite database is no stream, and is counted apart."""


def format_of(head: bytes, name: bytes) -> Format | None:
    """Return the format of a file by its first bytes and its raw name; nothing for one that is not read here."""
    return next((item for item in FORMATS if item.is_it(head, name)), None)
