"""Lines of syslog: RFC 5424, RFC 3164 (the old one, without year and zone), and the ISO form that new systems write.

<34>1 2026-11-21T20:23:00.003Z host app 1234 ID47 - text
<34>Nov 21 20:23:00 host app[1234]: text
2026-11-21T20:23:00.003124+08:00 host app[1234]: text
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import BinaryIO, Final

from custody.evidence.collected.lines import BYTE_ORDER_MARK, lines_of
from custody.evidence.collected.tally import Stated, Tally
from custody.evidence.collected.times import MONTHS, read_iso

_HIGHEST: Final = 191
_PRIORITY = rb"<(\d{1,3})>"
_STAMP = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)"
_NEW = re.compile(_PRIORITY + rb"1 (-|" + _STAMP + rb") \S{1,255} \S{1,48} \S{1,128} \S{1,32} (?:-|\[)")
_OLD = re.compile(rb"(?:" + _PRIORITY + rb")?(" + "|".join(MONTHS).encode() + rb") ([ \d]\d) (\d\d):(\d\d):(\d\d) \S+ ")
_ISO = re.compile(rb"(?:" + _PRIORITY + rb")?(" + _STAMP + rb") \S+ [^\s:\[]{1,128}(?:\[\d{1,10}\])?:")


def _first_line(head: bytes) -> bytes:
    return head.removeprefix(BYTE_ORDER_MARK).lstrip(b"\r\n").partition(b"\n")[0]


def is_syslog_5424(head: bytes, _: bytes) -> bool:
    """Tell whether the first line is one of RFC 5424."""
    return _NEW.match(_first_line(head)) is not None


def is_syslog_3164(head: bytes, _: bytes) -> bool:
    """Tell whether the first line is one of RFC 3164, with or without its priority."""
    return _OLD.match(_first_line(head)) is not None


def is_syslog_iso(head: bytes, _: bytes) -> bool:
    """Tell whether the first line has an RFC 3339 time, a host and a tag."""
    return _ISO.match(_first_line(head)) is not None


def read_syslog_5424(stream: BinaryIO, tally: Tally) -> None:
    """Count messages; the time ``-`` says that there is none."""
    _read(stream, tally, _NEW, lambda found, _: tally.add(read_iso(found[2].decode("ascii"))))


def read_syslog_iso(stream: BinaryIO, tally: Tally) -> None:
    """Count messages; every time has its zone."""
    _read(stream, tally, _ISO, lambda found, _: tally.add(read_iso(found[2].decode("ascii"))))


def read_syslog_3164(stream: BinaryIO, tally: Tally) -> None:
    """Count messages; year and zone are taken from what was stated, if only one year fits the period."""
    _read(stream, tally, _OLD, lambda found, stated: tally.add(_old_time(found, stated), is_assumed=True))


def _read(
    stream: BinaryIO, tally: Tally, form: re.Pattern[bytes], count: Callable[[re.Match[bytes], Stated], None]
) -> None:
    for line in lines_of(stream):
        found = None if line is None else form.match(line)
        if found is not None and int(found[1] or 0) <= _HIGHEST:
            count(found, tally.stated)
        elif line is None or line.strip():
            tally.unread += 1


def _old_time(found: re.Match[bytes], stated: Stated) -> datetime | None:
    """Return the one time of this day and hour that lies in the stated period; nothing where none or several do."""
    month = MONTHS.index(found[2].decode("ascii")) + 1
    day, hour, minute, second = (int(found[place]) for place in range(3, 7))
    fits = []
    for year in stated.years():
        try:
            naive = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 the stated zone follows
        except ValueError:
            continue
        placed = stated.place(naive)
        if placed is not None and stated.in_period(placed):
            fits.append(placed)
    return fits[0] if len(fits) == 1 else None
