"""The files of a foreign exhibit, laid out under their own raw names, to be read in like any other evidence.

Unlike what `custody unpack` gives to people, no name is changed: the records that follow say what the first ledger's
records said. So it happens in a folder of our own, which nobody else opens and which is gone when the command ends.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from custody.bundle.room import check_room, count_needed
from custody.bundle.unpack import CHUNK, Named, OpenContent
from schemas.content import check_path
from schemas.text import parse_time
from schemas.types import UNSET


@dataclass(frozen=True, slots=True)
class LaidOut:
    """How many records became names, and how many could not: files not at hand, or unreadable at the first ledger."""

    made: int
    absent: int


def lay_out(items: Sequence[Named], *, open_content: OpenContent, target: Path) -> LaidOut:
    """Write files, empty directories and links below ``target``, an empty folder; a withheld name becomes the digest.

    Links are made last: a name that leads through one can't be written any more then, and did not lead anywhere before.

    Raises:
        RefusedError: ``unpack.room`` where the disk has no room for all of it.
        RecordError: ``content.path``.
        OSError: the disk.
    """
    wanted = ((item.sha256, item.record.size) for item in items if item.sha256)
    sizes = ((digest, size) for digest, size in wanted if isinstance(size, int))
    check_room(count_needed(sizes, open_content=open_content, folder=target), can_clone=False)
    made = absent = 0
    links: list[tuple[bytes, bytes]] = []
    for item in items:
        name = item.path if item.path is not None else os.fsencode(item.sha256)
        if not name:
            absent += 1
            continue
        check_path(name)
        path = os.path.join(os.fsencode(target), name)
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        is_made = True
        if item.record.error is not UNSET:
            is_made = False
        elif item.record.type == "directory":
            os.makedirs(path, mode=0o700, exist_ok=True)
        elif item.record.type == "symlink":
            links.append((path, item.target or b""))
        else:
            is_made = _write(path, item, open_content)
        made, absent = made + is_made, absent + (not is_made)
    for path, points_to in links:
        os.symlink(points_to, path)
    return LaidOut(made, absent)


def _write(path: bytes, item: Named, open_content: OpenContent) -> bool:
    """Write one file, and tell whether its bytes were at hand."""
    content = open_content(item.sha256) if item.sha256 else None
    if content is None:
        return False
    with content, open(path, "wb") as file:
        shutil.copyfileobj(content, file, CHUNK)
    if isinstance(item.record.modified, str):
        seconds = parse_time(item.record.modified).timestamp()
        os.utime(path, (seconds, seconds))
    return True
