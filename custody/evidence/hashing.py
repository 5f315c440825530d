"""SHA-256 and BLAKE3 of a file in one pass, in constant memory.

SHA-256 is what courts know and the slower of the two. So it gets a thread of its own, while the calling thread reads
ahead, computes BLAKE3 and hands each piece on to whoever copies it: both libraries let go of the interpreter's lock.
A file that fits into one buffer is hashed without the thread, because waking it would cost more than it saves.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from io import FileIO
from types import TracebackType
from typing import Self

from blake3 import blake3

BUFFER_BYTES = 1 << 20
"""One piece: large enough that a hand-over between threads costs nothing, small enough for the second-level cache."""
_BUFFERS = 3

Each = Callable[[memoryview], None]


@dataclass(frozen=True, slots=True)
class FileDigests:
    """Both digests (64 lower-case hex digits each) of ``size`` bytes."""

    sha256: str
    blake3: str
    size: int


class Hasher:
    """Buffers and a thread that are used for one file after the other; close it, or use it in a ``with``."""

    def __init__(self) -> None:
        self._buffers = tuple(bytearray(BUFFER_BYTES) for _ in range(_BUFFERS))
        self._views = tuple(memoryview(buffer) for buffer in self._buffers)
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sha256")

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop the thread."""
        self._worker.shutdown()

    def read_start(self, fd: int) -> memoryview:
        """Return the first bytes of an open file, at most `BUFFER_BYTES`; they hold until the next call.

        Raises:
            OSError: the file can't be read.
        """
        with FileIO(fd, closefd=False) as file:
            return self._fill(file, 0)

    def digest(self, fd: int, *, each: Each | None = None) -> FileDigests:
        """Return digests and number of the bytes from where ``fd`` stands to the end.

        ``each`` gets every piece in order, and must be done with it when it returns.

        Raises:
            OSError: the file can't be read.
        """
        _announce_reading(fd)
        with FileIO(fd, closefd=False) as file:
            first = self._fill(file, 0)
            if len(first) < BUFFER_BYTES:
                if each is not None and len(first):
                    each(first)
                return digest_bytes(first)
            return self._digest_stream(file, first, each)

    def _digest_stream(self, file: FileIO, piece: memoryview, each: Each | None) -> FileDigests:
        slow, fast, size, turn = sha256(), blake3(), 0, 0
        busy: list[Future[None] | None] = [None] * _BUFFERS
        try:
            while len(piece):
                busy[turn] = self._worker.submit(slow.update, piece)
                fast.update(piece)
                size += len(piece)
                if each is not None:
                    each(piece)
                turn = (turn + 1) % _BUFFERS
                _wait_for(busy[turn])
                piece = self._fill(file, turn)
        finally:
            # The buffers belong to the next file from here on, also after an error.
            for future in busy:
                _wait_for(future)
        return FileDigests(sha256=slow.hexdigest(), blake3=fast.hexdigest(), size=size)

    def _fill(self, file: FileIO, turn: int) -> memoryview:
        """Read until the buffer is full or the file ends: a network file system may give less than was asked for."""
        view, filled = self._views[turn], 0
        while filled < BUFFER_BYTES:
            count = file.readinto(view[filled:] if filled else view)
            if not count:
                break
            filled += count
        return view[:filled]


def digest_bytes(raw: bytes | bytearray | memoryview) -> FileDigests:
    """Return both digests of bytes in memory."""
    return FileDigests(sha256=sha256(raw).hexdigest(), blake3=blake3(raw).hexdigest(), size=len(raw))


def _wait_for(future: Future[None] | None) -> None:
    if future is not None:
        future.result()


def _announce_reading(fd: int) -> None:
    """Double the kernel's read-ahead where the system can be told; a pipe has none, and nothing depends on it."""
    if hasattr(os, "posix_fadvise"):
        with suppress(OSError):
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_SEQUENTIAL)
