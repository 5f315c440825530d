"""What is known of a file that is being read, line by line, so that an interrupted reading can be taken up again.

    {"device":true,"modified":"0","path":"/dev/sdb","schema":"custody-reading/v1","size":1000204886016}
    af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262     one finished piece, in order
    unread 33554432 512                                                  what was not given of the next one

A line is cut short where the machine stopped; nothing rests on its being whole, as every piece that is taken over is
hashed again and compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal

from schemas import canonical, limits
from schemas.content import Extent, path_bytes, path_value
from schemas.errors import CustodyError
from schemas.types import Count, Record

SCHEMA: Final = "custody-reading/v1"
_DIGEST = re.compile(rb"[0-9a-f]{64}\Z")
_UNREAD = re.compile(rb"unread ([0-9]{1,16}) ([1-9][0-9]{0,15})\Z")


class _Header(Record, frozen=True, kw_only=True):
    """The first line."""

    SCHEMA: ClassVar[str] = SCHEMA

    device: bool
    modified: str
    path: Any
    schema: Literal["custody-reading/v1"]
    size: Count


@dataclass(frozen=True, slots=True)
class Mark:
    """By what a source is known again: absolute raw path, size in bytes, time of change in nanoseconds (0: device)."""

    path: bytes
    size: int
    modified_ns: int
    is_device: bool


@dataclass(frozen=True, slots=True)
class Journal:
    """What an earlier reading left: digests of the first pieces, and what could not be read of them."""

    mark: Mark
    digests: tuple[bytes, ...]
    unread: tuple[Extent, ...]


def format_header(mark: Mark) -> bytes:
    """Return the first line, with its LF."""
    header = _Header(
        device=mark.is_device,
        modified=str(mark.modified_ns),
        path=path_value(mark.path),
        schema=SCHEMA,
        size=mark.size,
    )
    return canonical.encode(header) + b"\n"


def format_piece(digest: bytes, unread: Iterable[Extent]) -> bytes:
    """Return the lines of one finished piece."""
    lines = [f"unread {item.offset} {item.size}\n" for item in unread]
    return "".join((*lines, digest.hex(), "\n")).encode("ascii")


def parse_journal(raw: bytes) -> Journal | None:
    """Return what a journal says up to the first line that says nothing; nothing where that is the first one."""
    header, _, rest = raw.partition(b"\n")
    try:
        found = canonical.decode(header, _Header, maximum=limits.MANIFEST_LINE)
        mark = Mark(path_bytes(found.path), found.size, int(found.modified), found.device)
    except (CustodyError, ValueError):
        return None
    digests: list[bytes] = []
    unread: list[Extent] = []
    waiting: list[Extent] = []
    for line in rest.split(b"\n")[:-1]:
        if _DIGEST.match(line):
            digests.append(bytes.fromhex(line.decode("ascii")))
            unread += waiting
            waiting = []
        elif lost := _UNREAD.match(line):
            waiting.append(Extent(offset=int(lost[1]), size=int(lost[2])))
        else:
            break
    return Journal(mark, tuple(digests), tuple(unread))
