"""Where the private values of an event stand: the place that each disclosure must name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from schemas.event import ParsedEvent

_FILE_RECORDS: Final = "/details/content/files"


def places_of(parsed: ParsedEvent) -> dict[str, str]:
    """Return the JSON Pointer of each commitment in an event, by commitment.

    Pointers start at the event; within a file record at the record, as in a manifest (docs/spec/content.md).
    """
    return {commitment: pointer for pointer, commitment in _walk(msgspec.json.decode(parsed.raw), "")}


def _walk(value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    """Yield (pointer, commitment); keys of records need no escape in a pointer (RFC 6901 section 3)."""
    if isinstance(value, dict):
        commitment = value.get("commitment")
        if len(value) == 1 and isinstance(commitment, str):
            yield pointer, commitment
            return
        for key, item in value.items():
            yield from _walk(item, f"{pointer}/{key}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            # A file record reads the same in an event and in a manifest, so its pointers start at the record.
            yield from _walk(item, "" if pointer == _FILE_RECORDS else f"{pointer}/{number}")
