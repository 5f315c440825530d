"""Map files of GNU ddrescue: which bytes of the medium were rescued, and which were not.

    # Mapfile. Created by GNU ddrescue version 1.27
    # current_pos  current_status  current_pass
    0x00120000     ?               1
    #      pos        size  status
    0x00000000  0x00117000  +
    0x00117000  0x00000200  -

The blocks are in order, without gaps. ``+`` is rescued; ``-`` a bad sector, ``/`` and ``*`` places that weren't read to
the end, ``?`` places that weren't tried.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from custody.evidence.hashlists.model import Collected, Entry, ListFault, ParsedList
from schemas import limits

MARK: Final = re.compile(rb"\A# (Mapfile|Rescue Logfile)\.", re.IGNORECASE)
_STATUS: Final = re.compile(rb"\A\s*(0x[0-9a-fA-F]{1,16}|\d{1,19})\s+[?*/\-F G+](?:\s+\d+)?\s*\Z")
_BLOCK: Final = re.compile(rb"\A\s*(0x[0-9a-fA-F]{1,16}|\d{1,19})\s+(0x[0-9a-fA-F]{1,16}|\d{1,19})\s+([?*/+\-])\s*\Z")


def parse_ddrescue(lines: Sequence[bytes]) -> ParsedList:
    """Return what a map says; blocks with a gap or an overlap between them are a fault: nothing follows from them."""
    found = Collected()
    position: int | None = None
    has_status = False
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.lstrip().startswith(b"#"):
            continue
        block = _BLOCK.match(line)
        if block is None:
            if has_status or not _STATUS.match(line):
                found.unknown.append(number)
            has_status = True
            continue
        start, size = _number(block[1]), _number(block[2])
        if start + size > limits.MAX_SAFE_INTEGER:
            # Of a medium whose end it didn't know, the last block reaches to the end of all numbers.
            found.unknown.append(number)
            position = None
            continue
        if position is not None and start != position:
            text = f"line {number}: expected the next block at byte {position:,}, found it at {start:,}"
            found.faults.append(ListFault("hash-list.map", text))
        position = start + size
        if block[3] != b"+" and size:
            found.bad.append((start, size))
    if has_status:
        found.entries.append(Entry(0, None, size=position))
    return found.done("ddrescue")


def _number(raw: bytes) -> int:
    return int(raw, 16) if raw[:2] == b"0x" else int(raw)
