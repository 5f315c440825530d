"""Lists of piece digests: by them damage to a large file is told to a range of its bytes.

    af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262
    ...

A file larger than 16 MiB is cut into pieces of 16 MiB, the last one shorter. Its list has the BLAKE3 digest of each, in
order, one a line of 64 lower-case hex digits and LF. The file record commits to the list by ``pieces``: number and size
of the pieces, and the RFC 6962 root over the digests (32 bytes each). That the bytes are the registered ones is for the
SHA-256 of the whole to say; pieces say where they are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from schemas import limits, merkle
from schemas.content import Extent, Pieces
from schemas.errors import RecordError

DIGEST_BYTES: Final = 32
_LINE = re.compile(rb"[0-9a-f]{64}\Z")


def count_pieces(size: int) -> int:
    """Return into how many pieces a file of ``size`` bytes is cut; a file of one piece needs no list, so 0."""
    return -(-size // limits.PIECE_BYTES) if size > limits.PIECE_BYTES else 0


def commit_to(digests: bytes) -> Pieces:
    """Return what a file record says of its pieces, given their digests, 32 bytes each."""
    leaves = [merkle.hash_leaf(digest) for digest in split(digests)]
    return Pieces(count=len(leaves), root=merkle.root_of(leaves).hex(), size=limits.PIECE_BYTES)


def split(digests: bytes) -> Iterator[bytes]:
    """Yield digests that stand one after the other."""
    assert len(digests) % DIGEST_BYTES == 0, "digests have 32 bytes each"
    for start in range(0, len(digests), DIGEST_BYTES):
        yield digests[start : start + DIGEST_BYTES]


def format_list(digests: bytes) -> Iterator[bytes]:
    """Yield the lines of a list, each with its LF."""
    for digest in split(digests):
        yield digest.hex().encode("ascii") + b"\n"


def parse_list(lines: Iterable[bytes], *, pieces: Pieces) -> bytes:
    """Return the digests of a list whose lines come without LF, 32 bytes each; it is the one that ``pieces`` means.

    Raises:
        RecordError: ``pieces.line`` for a line that is no digest, ``pieces.root`` for another list.
    """
    digests = bytearray()
    for line in lines:
        if not _LINE.match(line):
            raise RecordError("pieces.line", f"expected lines of 64 lower-case hex digits, found {line[:80]!r}")
        digests += bytes.fromhex(line.decode("ascii"))
        if len(digests) > pieces.count * DIGEST_BYTES:
            break
    found = commit_to(bytes(digests))
    if (found.root, found.count) != (pieces.root, pieces.count):
        text = f"expected {pieces.count} pieces of root {pieces.root}, found {found.count} of root {found.root}"
        raise RecordError("pieces.root", text)
    return bytes(digests)


def damaged(expected: bytes, found: bytes, *, size: int) -> tuple[Extent, ...]:
    """Return where a file of ``size`` bytes differs, as whole pieces, neighbours joined; what is missing differs."""
    places = [place for place, digest in enumerate(split(expected)) if found[place * 32 : place * 32 + 32] != digest]
    return tuple(joined(_piece(place, size) for place in places))


def _piece(place: int, size: int) -> Extent:
    offset = place * limits.PIECE_BYTES
    return Extent(offset=offset, size=min(limits.PIECE_BYTES, size - offset))


def joined(extents: Iterable[Extent]) -> Iterator[Extent]:
    """Yield extents, which come in order, with neighbours made one."""
    last: Extent | None = None
    for extent in extents:
        if last is not None and last.offset + last.size == extent.offset:
            last = Extent(offset=last.offset, size=last.size + extent.size)
            continue
        if last is not None:
            yield last
        last = extent
    if last is not None:
        yield last


def describe(extents: Sequence[Extent]) -> str:
    """Return ranges in words, first and last byte of each: ``bytes 16777216-33554431``; the first ten of many."""
    shown = ", ".join(f"{item.offset}-{item.offset + item.size - 1}" for item in extents[:10])
    return f"bytes {shown}" + (f" and {len(extents) - 10} more ranges" if len(extents) > 10 else "")
