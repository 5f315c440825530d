"""All digests of a file in one pass, in constant memory.

SHA-256 and BLAKE3 always, others by choice, and BLAKE3 of each piece of a large file (`schemas.pieces`), side by side
on the cores at hand (`custody.evidence.conveyor`). A file that fits into one buffer is hashed without a thread, because
waking one would cost more than it saves.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from io import FileIO
from types import TracebackType
from typing import Any, Self

import msgspec
from blake3 import blake3

from custody.evidence.algorithms import Running, start
from custody.evidence.conveyor import BUFFER_BYTES, Consumer, Conveyor, Fill
from custody.evidence.piece_digests import PieceDigests
from schemas.content import Digests, Extent

__all__ = ["BUFFER_BYTES", "Each", "FileDigests", "Hasher", "digest_bytes"]

Each = Callable[[memoryview], None]


class FileDigests(msgspec.Struct, frozen=True, gc=False):
    """Digests (lower-case hex) of ``size`` bytes.

    ``others`` are the digests by choice, as name and value. ``pieces`` are the digests of the pieces of a file larger
    than one, 32 bytes each, where they were asked for. ``unread`` are the ranges that the medium didn't give and that
    count as zeros.
    """

    sha256: str
    blake3: str
    size: int
    others: tuple[tuple[str, str], ...] = ()
    pieces: bytes = b""
    unread: tuple[Extent, ...] = ()

    def get(self, name: str) -> str | None:
        """Return a digest by its name; nothing where it was not computed."""
        match name:
            case "sha256":
                return self.sha256
            case "blake3":
                return self.blake3
            case _:
                return dict(self.others).get(name)

    @property
    def record(self) -> Digests:
        """The form in which a file record holds them."""
        if not self.others:
            return Digests(blake3=self.blake3, sha256=self.sha256)
        return Digests(blake3=self.blake3, sha256=self.sha256, **dict(self.others))


class Hasher:
    """Buffers and threads that are used for one file after the other; close it, or use it in a ``with``."""

    def __init__(self) -> None:
        self._conveyor = Conveyor()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop the threads."""
        self._conveyor.close()

    def read_start(self, fd: int, *, size: int = BUFFER_BYTES) -> memoryview:
        """Return the first ``size`` bytes of an open file, fewer where it ends before; they hold until the next call.

        Raises:
            OSError: the file can't be read.
        """
        view = self._conveyor.buffer[:size]
        filled = 0
        while filled < len(view):
            count = os.readv(fd, [view[filled:] if filled else view])
            if not count:
                break
            filled += count
        return view[:filled]

    def digest(self, fd: int, *, each: Each | None = None, names: Sequence[str] = ()) -> FileDigests:
        """Return digests and number of the bytes from where ``fd`` stands to the end, with those by choice ``names``.

        ``each`` gets every chunk in order, in this thread, and must be done with it when it returns.

        Raises:
            OSError: the file can't be read.
        """
        announce_reading(fd)
        return self.digest_stream(_fill_from(fd), each=each, names=names)

    def digest_stream(
        self,
        fill: Fill,
        *,
        each: Each | None = None,
        names: Sequence[str] = (),
        pieces: PieceDigests | None = None,
        copy: Consumer | None = None,
    ) -> FileDigests:
        """Return the digests of what ``fill`` gives; ``copy`` gets every chunk in order too, in a thread of its own.

        A digest of ``names`` for which there is no library is left out.

        Raises:
            OSError: whatever ``fill`` and ``copy`` raise.
        """
        slow, fast = sha256(), blake3()
        others = {name: running for name in names if (running := start(name)) is not None}
        consumers: list[Consumer] = [*_updates(others), slow.update, fast.update]
        consumers += [pieces.update] if pieces is not None else []
        consumers += [copy] if copy is not None else []
        size = self._conveyor.run(fill, consumers, each=each)
        return FileDigests(
            sha256=slow.hexdigest(),
            blake3=fast.hexdigest(),
            size=size,
            others=_finished(others),
            pieces=pieces.finish() if pieces is not None else b"",
        )


def digest_bytes(raw: bytes | bytearray | memoryview, *, names: Sequence[str] = ()) -> FileDigests:
    """Return the digests of bytes in memory."""
    if not names:
        return FileDigests(sha256=sha256(raw).hexdigest(), blake3=blake3(raw).hexdigest(), size=len(raw))
    others = {name: running for name in names if (running := start(name)) is not None}
    for update in _updates(others):
        update(raw)
    return FileDigests(sha256(raw).hexdigest(), blake3(raw).hexdigest(), len(raw), _finished(others))


def announce_reading(fd: int) -> None:
    """Double the kernel's read-ahead where the system can be told; a pipe has none, and nothing depends on it."""
    if hasattr(os, "posix_fadvise"):
        with suppress(OSError):
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_SEQUENTIAL)


def _updates(others: Mapping[str, Running]) -> list[Callable[[Any], Any]]:
    return [running.update for running in others.values()]


def _finished(others: Mapping[str, Running]) -> tuple[tuple[str, str], ...]:
    return tuple((name, running.hexdigest()) for name, running in others.items())


def _fill_from(fd: int) -> Fill:
    """Give the bytes from where ``fd`` stands: as many as fit, unless the file ends."""
    file = FileIO(fd, closefd=False)

    def fill(view: memoryview) -> memoryview:
        filled = 0
        while filled < len(view):
            count = file.readinto(view[filled:] if filled else view)
            if not count:
                break
            filled += count
        return view[:filled]

    return fill
