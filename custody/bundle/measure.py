"""What a verifier wants to know of a file's bytes: size, SHA-256, the digests that its record names, and its pieces.

Evidence is measured on all cores at hand (`custody.evidence.conveyor`). A digest without its library is left out: what
decides is SHA-256.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from custody.evidence.algorithms import Running, is_at_hand, start
from custody.verify.record.source import FoundFile
from schemas.limits import PIECE_BYTES

if TYPE_CHECKING:
    from custody.evidence.piece_digests import PieceDigests

PIECE: Final = 1 << 20
"""Bytes read at a time."""
_LARGE: Final = 4 * PIECE

Read = Callable[[int], bytes]
"""Gives up to so many bytes, and none at the end."""


def measure(read: Read, *, size: int, digests: Sequence[str] | None) -> FoundFile:
    """Return size and digests of what ``read`` gives; about ``size`` bytes are expected.

    ``digests`` are those of evidence beside SHA-256; for what is no evidence None. Of evidence larger than one piece
    the pieces are measured too. Whatever ``read`` raises passes through.
    """
    others = {name: running for name in digests or () if (running := start(name)) is not None}
    if size < _LARGE:
        return _measure_small(read, others)
    return _measure_large(read, others, _pieces() if digests is not None and size > PIECE_BYTES else None)


def measure_pieces(read: Read) -> bytes:
    """Return the digests of the pieces of what ``read`` gives, 32 bytes each; nothing where BLAKE3 is not at hand."""
    pieces = _pieces()
    while pieces is not None and (chunk := read(PIECE)):
        pieces.update(memoryview(chunk))
    return b"" if pieces is None else pieces.every()


def _measure_small(read: Read, others: dict[str, Running]) -> FoundFile:
    slow, total = sha256(), 0
    while chunk := read(PIECE):
        slow.update(chunk)
        total += len(chunk)
        for running in others.values():
            running.update(chunk)
    return _found(slow, others, total)


def _measure_large(read: Read, others: dict[str, Running], pieces: PieceDigests | None) -> FoundFile:
    from custody.evidence.conveyor import Conveyor

    slow = sha256()
    consumers = [*(running.update for running in others.values()), slow.update]
    consumers += [] if pieces is None else [pieces.update]
    conveyor = Conveyor()
    try:
        total = conveyor.run(lambda view: memoryview(read(len(view))), consumers)
    finally:
        conveyor.close()
    found = _found(slow, others, total)
    return found if pieces is None else FoundFile(found.sha256, found.size, found.digests, pieces.finish())


def _found(slow: Running, others: dict[str, Running], total: int) -> FoundFile:
    digests = {name: running.hexdigest() for name, running in others.items()}
    return FoundFile(sha256=slow.hexdigest(), size=total, digests=digests)


def _pieces() -> PieceDigests | None:
    if not is_at_hand("blake3"):
        return None
    from custody.evidence.piece_digests import PieceDigests

    return PieceDigests()
