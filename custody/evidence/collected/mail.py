"""Mail: an mbox of messages, or one message (eml). Only the header is looked at, for its ``Date``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from custody.evidence.collected.lines import BYTE_ORDER_MARK, lines_of
from custody.evidence.collected.tally import Tally
from custody.evidence.collected.times import read_mail_date

_FIELD = re.compile(rb"([!-9;-~]{1,76}):")
_TELLING: Final = frozenset(
    {b"date", b"delivered-to", b"from", b"message-id", b"mime-version", b"received", b"return-path", b"subject", b"to"}
)
_HEADER_BYTES: Final = 1 << 20
"""A message's header is at most that long; what comes later is its body."""


def is_mbox(head: bytes, _: bytes) -> bool:
    """Tell whether the file begins with the line that separates messages in an mbox (RFC 4155)."""
    first, _, rest = head.partition(b"\n")
    return first.startswith(b"From ") and _FIELD.match(rest) is not None


def is_message(head: bytes, _: bytes) -> bool:
    """Tell whether the file begins with a header of which three fields are those of mail."""
    names = set()
    for line in head.removeprefix(BYTE_ORDER_MARK).splitlines()[:200]:
        found = _FIELD.match(line)
        if found is not None:
            names.add(found[1].lower())
        elif not line.startswith((b" ", b"\t")):
            break
    return len(names & _TELLING) >= 3


def read_mbox(stream: BinaryIO, tally: Tally) -> None:
    """Count messages: each begins with a line ``From `` after an empty line or at the start."""
    lines = lines_of(stream)
    is_after_gap = True
    for line in lines:
        if is_after_gap and line is not None and line.startswith(b"From "):
            _count_message(lines, tally)
            is_after_gap = True
        else:
            is_after_gap = line == b""


def read_message(stream: BinaryIO, tally: Tally) -> None:
    """Count the one message; what follows its header is left alone."""
    _count_message(lines_of(stream), tally)


def _count_message(lines: Iterator[bytes | None], tally: Tally) -> None:
    """Read one header up to the empty line after it, and count its message."""
    date: bytes | None = None
    times, size, is_date = 0, 0, False
    for line in lines:
        if line is None or not line:
            break
        size += len(line)
        if size > _HEADER_BYTES:
            break
        if line.startswith((b" ", b"\t")):
            date = date + b" " + line.strip() if is_date and date is not None and len(date) < 200 else date
            continue
        is_date = line[:5].lower() == b"date:"
        if is_date:
            date, times = line[5:].strip()[:200], times + 1
    # Two dates of one message contradict each other, or one of them was put in later.
    tally.add(read_mail_date(date.decode("ascii", "replace")) if date is not None and times == 1 else None)
