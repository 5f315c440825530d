"""What a verifier wants to know of a file's bytes: size, SHA-256, and BLAKE3 where its library is at hand.

SHA-256 is the slower of the two and gets a thread of its own for large files: both libraries let go of the
interpreter's lock, so reading, CRC and BLAKE3 cost next to nothing beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any, Final

from custody.verify.source import FoundFile

PIECE: Final = 1 << 20
"""Bytes read at a time."""
_LARGE: Final = 4 * PIECE

Read = Callable[[int], bytes]
"""Gives up to so many bytes, and none at the end."""


def measure(read: Read, *, size: int, is_evidence: bool) -> FoundFile:
    """Return size and digests of what ``read`` gives; about ``size`` bytes are expected.

    Evidence is measured with BLAKE3 too, as file records name both. Whatever ``read`` raises passes through.
    """
    fast = _make_blake3() if is_evidence else None
    if size < _LARGE:
        return _measure_small(read, fast)
    return _measure_large(read, fast)


def _measure_small(read: Read, fast: Any) -> FoundFile:
    slow, total = sha256(), 0
    while piece := read(PIECE):
        slow.update(piece)
        total += len(piece)
        if fast is not None:
            fast.update(piece)
    return _found(slow, fast, total)


def _measure_large(read: Read, fast: Any) -> FoundFile:
    from concurrent.futures import Future, ThreadPoolExecutor

    slow, total = sha256(), 0
    pending: Future[None] | None = None
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="sha256") as worker:
        while piece := read(PIECE):
            if pending is not None:
                pending.result()
            pending = worker.submit(slow.update, piece)
            total += len(piece)
            if fast is not None:
                fast.update(piece)
        if pending is not None:
            pending.result()
    return _found(slow, fast, total)


def _found(slow: Any, fast: Any, total: int) -> FoundFile:
    digests = {} if fast is None else {"blake3": fast.hexdigest()}
    return FoundFile(sha256=slow.hexdigest(), size=total, digests=digests)


def _make_blake3() -> Any:
    """SHA-256 is what counts; without the other library, the other digest is not checked."""
    try:
        from blake3 import blake3
    except ImportError:
        return None
    return blake3()
