"""Bytes that can be read anywhere: a file on the disk, or a stretch of one (a bundle within a bundle)."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from custody.bundle.disk import disk_error, open_regular
from schemas.errors import StorageError

_AHEAD = 1 << 16


class Region(Protocol):
    """``size`` bytes that don't change while they are read."""

    @property
    def size(self) -> int:
        """Number of bytes."""
        ...

    def read_at(self, offset: int, length: int) -> bytes:
        """Return exactly ``length`` bytes from ``offset``, all of which lie within ``size``.

        Raises:
            StorageError: ``storage.io``, or ``storage.changed`` where the bytes are no longer there.
        """
        ...


class FileRegion:
    """A regular file, opened for reading; any number of threads may read at once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = open_regular(path)
        self.size = os.fstat(self._descriptor).st_size
        # Windows has no pread: there, seek and read form one step under a lock.
        self._lock = None if hasattr(os, "pread") else threading.Lock()

    def read_at(self, offset: int, length: int) -> bytes:
        """See `Region.read_at`."""
        chunks, left = [], length
        while left:
            try:
                chunk = self._read_some(offset + length - left, left)
            except OSError as error:
                raise disk_error(error, f"reading {self.path}") from error
            if not chunk:
                raise StorageError(
                    "storage.changed", f"expected {self.path} to stay as it is, found it cut while reading"
                )
            chunks.append(chunk)
            left -= len(chunk)
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def _read_some(self, offset: int, length: int) -> bytes:
        if self._lock is None:
            return os.pread(self._descriptor, length, offset)
        with self._lock:
            os.lseek(self._descriptor, offset, os.SEEK_SET)
            return os.read(self._descriptor, length)


@dataclass(frozen=True, slots=True)
class Held:
    """Bytes in memory."""

    raw: bytes

    @property
    def size(self) -> int:
        """Number of bytes."""
        return len(self.raw)

    def read_at(self, offset: int, length: int) -> bytes:
        """See `Region.read_at`."""
        return self.raw[offset : offset + length]


@dataclass(frozen=True, slots=True)
class Stretch:
    """``size`` bytes of another region, from ``start``."""

    region: Region
    start: int
    size: int

    def read_at(self, offset: int, length: int) -> bytes:
        """See `Region.read_at`."""
        assert 0 <= offset <= offset + length <= self.size, "a stretch is read within its bounds"
        return self.region.read_at(self.start + offset, length)


class AheadReader:
    """Small reads of a region in ascending order, at the cost of a few large ones."""

    def __init__(self, region: Region) -> None:
        self._region = region
        self._start = 0
        self._window = b""

    def read_at(self, offset: int, length: int) -> bytes:
        """Return up to ``length`` bytes from ``offset``; fewer only where the region ends."""
        begin = offset - self._start
        if begin < 0 or begin + length > len(self._window):
            ahead = max(0, min(max(_AHEAD, length), self._region.size - offset))
            self._start, self._window, begin = offset, self._region.read_at(offset, ahead), 0
        return self._window[begin : begin + length]
