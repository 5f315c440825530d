"""WhatsApp's text export: one message a line, in the form of the phone's language, which the file does not name.

    21/11/2026, 20:23 - A: text              [21/11/2026, 20:23:45] A: text              11/21/26, 8:23 PM - A: text

Which of two numbers is the day is read from the whole file: one above 12 decides it for all lines. Where none does, or
lines contradict each other, the times stay unknown. None has a zone.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import BinaryIO, Final

from custody.evidence.collected.lines import BYTE_ORDER_MARK, texts_of
from custody.evidence.collected.tally import Tally

_DATE = r"(\d{{1,4}})([./-])(\d{{1,2}})\{}(\d{{1,4}}),? "
_CLOCK = "(\\d{1,2})[:.](\\d{2})(?:[:.](\\d{2}))?(?:[ \u202f]?([AaPp])\\.?[ \u202f]?[Mm]\\.?)?"
_LINE = re.compile(f"\u200e?(?:\\[{_DATE.format(2)}{_CLOCK}\\] |{_DATE.format(10)}{_CLOCK} - )", re.ASCII)
_LOOKED_AT: Final = 3


def is_whatsapp(head: bytes, _: bytes) -> bool:
    """Tell whether one of the first lines begins like a message."""
    lines = head.removeprefix(BYTE_ORDER_MARK).decode("utf-8", "replace").splitlines()[:_LOOKED_AT]
    return b"\0" not in head and any(_LINE.match(line) for line in lines)


def read_whatsapp(stream: BinaryIO, tally: Tally) -> None:
    """Count messages; a line that begins like none goes on with the message before it."""
    # Both orders are counted side by side, so that the file need not be read twice.
    orders = {is_day_first: Tally(tally.stated) for is_day_first in (True, False)}
    possible = {True: True, False: True}
    for line in texts_of(stream):
        found = None if line is None else _LINE.match(line)
        if found is not None:
            numbers = _numbers(found)
            for is_day_first, counted in orders.items():
                when = _time(numbers, is_day_first=is_day_first)
                possible[is_day_first] &= when is not None
                counted.add(when)
        elif line is None or (line.strip() and not orders[True].count):
            tally.unread += 1
    tally.merge(_decided(orders, [order for order, is_possible in possible.items() if is_possible]))


def _decided(orders: dict[bool, Tally], possible: list[bool]) -> Tally:
    """Return the count in the one order in which every date exists; else all stay undated, unless both say the same."""
    day_first, month_first = orders[True], orders[False]
    if len(possible) == 1:
        return orders[possible[0]]
    if possible and (day_first.first, day_first.last) == (month_first.first, month_first.last):
        return day_first
    return Tally(day_first.stated, count=day_first.count, undated=day_first.count)


def _numbers(found: re.Match[str]) -> tuple[str, ...]:
    """Return the three numbers of the date and the parts of the clock, of whichever of the two forms."""
    groups = found.groups()
    one, _, two, three, *clock = groups[:8] if groups[0] is not None else groups[8:]
    return (one, two, three, *(part or "" for part in clock))


def _time(numbers: tuple[str, ...], *, is_day_first: bool) -> datetime | None:
    one, two, three, hours, minutes, seconds, half = numbers
    if len(one) == 4:
        year, month, day = int(one), int(two), int(three)
    else:
        day, month = (int(one), int(two)) if is_day_first else (int(two), int(one))
        # WhatsApp is from 2009, so two digits are of this century.
        year = int(three) + (2000 if len(three) == 2 else 0)
    hour = int(hours)
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half in "Pp" else 0)
    try:
        return datetime(year, month, day, hour, int(minutes), int(seconds or 0))  # noqa: DTZ001 it has none
    except ValueError:
        return None
