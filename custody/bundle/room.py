"""What unpacking will write, counted before anything is written.

One file of a bundle may be named by a million records, so a small bundle unpacks to any size. Whoever unpacks is told
how much it is, and a disk isn't filled to its end to find that out.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from custody.bundle.disk import disk_errors
from schemas.errors import RefusedError

LARGE: Final = 10 * 2**30
"""Bytes above which unpacking is asked about."""

OpenContent = Callable[[str], BinaryIO | None]
"""Gives the bytes of a file by SHA-256, or None where they are not at hand; who asks closes the stream."""


@dataclass(frozen=True, slots=True)
class Needed:
    """``files`` of ``bytes`` together, what remains where each content is counted once, and what the disk has ``free``.

    ``repeated`` are the digests of content that more than one file has.
    """

    files: int
    bytes: int
    once: int
    free: int
    repeated: frozenset[str]


def count_needed(wanted: Iterable[tuple[str, int]], *, open_content: OpenContent, folder: Path) -> Needed:
    """Return what the files with these digests and sizes need on the disk of ``folder``; of much only what is at hand.

    Raises:
        VerificationError, StorageError: as ``open_content``; the disk.
    """
    with disk_errors(f"looking at {folder}"):
        free = shutil.disk_usage(folder).free
    counts = Counter(wanted)
    if _sum(counts) > min(free, LARGE):
        counts = Counter({item: count for item, count in counts.items() if _is_at_hand(item[0], open_content)})
    return Needed(
        files=counts.total(),
        bytes=_sum(counts),
        once=sum(size for _, size in counts),
        free=free,
        repeated=frozenset(digest for (digest, size), count in counts.items() if count > 1 and size),
    )


def check_room(needed: Needed, *, can_clone: bool) -> None:
    """Raise where the disk has less room than is needed; with ``can_clone`` content takes it once.

    Raises:
        RefusedError: ``unpack.room``.
    """
    wanted = needed.once if can_clone else needed.bytes
    if wanted > needed.free:
        text = f"expected room on the disk for {wanted:,} bytes in {needed.files:,} files, found {needed.free:,} free"
        more = f"; each content once is {needed.once:,} bytes" if needed.once < wanted else ""
        raise RefusedError("unpack.room", text + more, hint="name a folder on another disk; nothing was written")


def _sum(counts: Counter[tuple[str, int]]) -> int:
    return sum(size * count for (_, size), count in counts.items())


def _is_at_hand(digest: str, open_content: OpenContent) -> bool:
    stream = open_content(digest)
    if stream is not None:
        stream.close()
    return stream is not None
