"""BLAKE3 of each piece of a file, while it is read (`schemas.pieces`)."""

from __future__ import annotations

from collections.abc import Callable

from blake3 import blake3

from schemas import limits


class PieceDigests:
    """Digests of a file's pieces under way; ``each`` is told number and digest of every one that is complete."""

    def __init__(self, each: Callable[[int, bytes], None] | None = None) -> None:
        self._each = each
        self._digests = bytearray()
        self._running = blake3()
        self._left = limits.PIECE_BYTES
        self._size = 0

    def update(self, chunk: memoryview) -> None:
        """Take the next bytes."""
        self._size += len(chunk)
        while len(chunk) >= self._left:
            self._running.update(chunk[: self._left])
            chunk = chunk[self._left :]
            self._end()
        if len(chunk):
            self._running.update(chunk)
            self._left -= len(chunk)

    def finish(self) -> bytes:
        """Return all digests, the last one perhaps of a shorter piece; none where one piece is the whole file."""
        digests = self.every()
        return digests if self._size > limits.PIECE_BYTES else b""

    def every(self) -> bytes:
        """Return all digests, also where one piece is the whole file."""
        if self._left < limits.PIECE_BYTES:
            self._end()
        return bytes(self._digests)

    def _end(self) -> None:
        digest = self._running.digest()
        if self._each is not None:
            self._each(len(self._digests) // len(digest), digest)
        self._digests += digest
        self._running = blake3()
        self._left = limits.PIECE_BYTES
