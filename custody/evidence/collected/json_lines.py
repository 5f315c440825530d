"""JSON lines: one object a line, as providers and log collectors write them."""

from __future__ import annotations

from datetime import UTC
from typing import Any, BinaryIO

import msgspec

from custody.evidence.collected.columns import fold, key_of_time
from custody.evidence.collected.lines import BYTE_ORDER_MARK, lines_of
from custody.evidence.collected.tally import Tally
from custody.evidence.collected.times import read_time

_SUFFIXES = (b".jsonl", b".ndjson")


def is_json_lines(head: bytes, name: bytes) -> bool:
    """Tell whether the first line is an object, and the next one begins like one, or the name says so."""
    first, _, rest = head.removeprefix(BYTE_ORDER_MARK).lstrip().partition(b"\n")
    if not first.startswith(b"{") or _object(first) is None:
        return False
    return rest.lstrip().startswith(b"{") or name.lower().endswith(_SUFFIXES)


def read_json_lines(stream: BinaryIO, tally: Tally) -> None:
    """Count objects; a line that is none, or is too long, is not understood."""
    for line in lines_of(stream):
        if line is not None and not line.strip():
            continue
        found = None if line is None else _object(line)
        if found is None:
            tally.unread += 1
            continue
        key = key_of_time(found)
        when = None if key is None else read_time(found[key])
        if when is not None and when.tzinfo is None and key is not None and fold(key).endswith("utc"):
            when = when.replace(tzinfo=UTC)
        tally.add(when)


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        found = msgspec.json.decode(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
