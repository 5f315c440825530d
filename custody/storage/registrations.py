"""Finding registrations by what their bytes hold, without reading each as an event."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Iterator

from custody.storage import statements


def find_registrations(
    connection: sqlite3.Connection, *, after: int = -1, holding: tuple[bytes, ...]
) -> Iterator[bytes]:
    """Yield the entries beyond number ``after`` that register an exhibit, accepted ones too, and whose bytes hold one
    of ``holding``.
    """
    for (raw,) in connection.execute(statements.REGISTRATIONS, (after,)):
        if any(part in raw for part in holding):
            yield raw


def alignments(needle: bytes) -> tuple[bytes, bytes, bytes]:
    """Return what stands in base64 text for ``needle`` wherever it is: it begins at one of three places of a group.

    An entry holds its event as base64, so one search through the bytes spares decoding those that can't fit.
    """

    def at(offset: int) -> bytes:
        encoded = base64.b64encode(bytes(offset) + needle)
        # Characters at the ends hold bits of neighbours: 6 bits a character, 8 a byte.
        return encoded[-(-offset * 8 // 6) : (offset + len(needle)) * 8 // 6]

    return at(0), at(1), at(2)
