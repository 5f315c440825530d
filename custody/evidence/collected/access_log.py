"""Access logs of web servers in the common log format, with or without the combined format's further fields.

203.0.113.7 - user-77 [21/Nov/2026:20:23:00 +0800] "GET / HTTP/1.1" 200 512
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import BinaryIO

from custody.evidence.collected.lines import BYTE_ORDER_MARK, lines_of
from custody.evidence.collected.tally import Tally
from custody.evidence.collected.times import MONTHS

_LINE = re.compile(
    rb"\S{1,255} \S{1,255} .{1,255}? \[(\d\d)/("
    + "|".join(MONTHS).encode()
    + rb")/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)\] \""
)


def is_access_log(head: bytes, _: bytes) -> bool:
    """Tell whether the first line has a host, two names, a time in brackets, and a quoted request."""
    return _LINE.match(head.removeprefix(BYTE_ORDER_MARK).lstrip(b"\r\n").partition(b"\n")[0]) is not None


def read_access_log(stream: BinaryIO, tally: Tally) -> None:
    """Count requests; every time has its zone."""
    for line in lines_of(stream):
        found = None if line is None else _LINE.match(line)
        if found is not None:
            tally.add(_time(found))
        elif line is None or line.strip():
            tally.unread += 1


def _time(found: re.Match[bytes]) -> datetime | None:
    day, year, hour, minute, second, hours, minutes = (int(found[place]) for place in (1, 3, 4, 5, 6, 8, 9))
    month = MONTHS.index(found[2].decode("ascii")) + 1
    offset = timedelta(hours=hours, minutes=minutes) * (-1 if found[7] == b"-" else 1)
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=timezone(offset))
    except ValueError:
        return None
