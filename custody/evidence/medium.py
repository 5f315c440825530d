"""Where bytes of evidence come from: a file or a device, with its holes, its bad sectors and its own pace.

A hole of a sparse file is never read: zeros stand for it. A sector that the device won't give is asked for again
in smaller and smaller reads, so that only what is really lost is lost; with leave to go on, zeros stand for it as well,
and its place is noted. The device is read once, in order, and never faster than it gives.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from typing import Final, Protocol

from custody.evidence.conveyor import BUFFER_BYTES
from schemas.content import Extent
from schemas.pieces import joined

ZEROS: Final = memoryview(bytes(BUFFER_BYTES))
"""A chunk of zeros; by its identity a copy knows that it needn't be written."""
_STEPS: Final = (1 << 16, 1 << 12, 1 << 9)
"""Sizes of the smaller reads, down to the smallest sector that disks have."""
_LOST: Final = frozenset({errno.EIO, errno.EILSEQ, errno.EBADMSG, errno.EREMOTEIO, getattr(errno, "ENODATA", -1)})
"""How systems say that a medium doesn't give what it should hold."""


class Medium(Protocol):
    """Bytes at places; reading any of them may fail."""

    @property
    def size(self) -> int:
        """Number of bytes; 0 where a device is gone."""

    def read_into(self, view: memoryview, offset: int) -> int:
        """Read bytes from ``offset`` into ``view`` and return how many, none at the end.

        Raises:
            OSError: they can't be read.
        """

    def next_data(self, offset: int) -> int:
        """Return the first place from ``offset`` on that is not in a hole; the size where there is none."""


class FileMedium:
    """An open regular file or block device."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._is_device = stat.S_ISBLK(os.fstat(fd).st_mode)

    @property
    def size(self) -> int:
        """Number of bytes: of a device, as it says itself."""
        return os.lseek(self._fd, 0, os.SEEK_END) if self._is_device else os.fstat(self._fd).st_size

    def read_into(self, view: memoryview, offset: int) -> int:
        """See `Medium`."""
        return os.preadv(self._fd, [view], offset)

    def next_data(self, offset: int) -> int:
        """See `Medium`; a system that knows nothing of holes has none."""
        if self._is_device or not hasattr(os, "SEEK_DATA"):
            return offset
        try:
            return os.lseek(self._fd, offset, os.SEEK_DATA)
        except OSError as error:
            return self.size if error.errno == errno.ENXIO else offset


OpenMedium = Callable[[int], Medium]
"""Makes a medium of a descriptor."""


class ReadFaultError(OSError):
    """A medium that doesn't give its bytes at ``offset``."""

    def __init__(self, error: OSError, offset: int) -> None:
        super().__init__(error.errno, error.strerror)
        self.offset = offset


class MediumReader:
    """Gives the bytes of a medium in order, from ``start`` on; `unread` is what zeros stand for. Mutable: a position.

    ``size`` is how much is read, whatever the medium becomes meanwhile. With ``salvage`` bad sectors are passed over.
    """

    def __init__(self, medium: Medium, *, size: int, start: int = 0, salvage: bool = False) -> None:
        self._medium = medium
        self._size = size
        self._at = start
        self._data = -1
        self._salvage = salvage
        self._unread: list[Extent] = []

    @property
    def unread(self) -> tuple[Extent, ...]:
        """Ranges that could not be read so far, in order."""
        return tuple(joined(self._unread))

    def lost_from(self, place: int, end: int) -> tuple[Extent, ...]:
        """Return what could not be read, from the ``place``-th range on, as far as it lies before byte ``end``."""
        return tuple(item for item in self._unread[place:] if item.offset < end)

    def fill(self, view: memoryview) -> memoryview:
        """Return the next bytes, in ``view`` or as a part of `ZEROS`; none at the end, also where that comes early.

        Raises:
            OSError: the medium can't be read, as `ReadFaultError` at a bad sector.
        """
        wanted = min(len(view), self._size - self._at)
        if wanted <= 0:
            return view[:0]
        if self._is_hole(wanted):
            self._at += wanted
            return ZEROS[:wanted]
        count = self._read(view[:wanted])
        self._at += count
        return view[:count]

    def _is_hole(self, wanted: int) -> bool:
        if self._data < self._at:
            self._data = self._medium.next_data(self._at)
        return self._data >= self._at + wanted

    def _read(self, view: memoryview) -> int:
        """Fill ``view`` unless the medium ends: a network file system may give less than was asked for."""
        done = 0
        while done < len(view):
            try:
                count = self._medium.read_into(view[done:], self._at + done)
            except OSError as error:
                if error.errno not in _LOST:
                    raise
                self._read_in_steps(view[done:], self._at + done, _STEPS)
                return len(view)
            if not count:
                break
            done += count
        return done

    def _read_in_steps(self, view: memoryview, offset: int, steps: tuple[int, ...]) -> None:
        """Read what can be read, in reads that end where those of the step's size do."""
        step, done = steps[0], 0
        while done < len(view):
            here = offset + done
            part = view[done : done + step - here % step]
            try:
                if self._medium.read_into(part, here) != len(part):
                    raise OSError(errno.EIO, os.strerror(errno.EIO))
            except OSError as error:
                if error.errno not in _LOST:
                    raise
                if len(steps) > 1:
                    self._read_in_steps(part, here, steps[1:])
                else:
                    self._lose(part, here, error)
            done += len(part)

    def _lose(self, part: memoryview, offset: int, error: OSError) -> None:
        if not self._salvage:
            raise ReadFaultError(error, offset)
        if self._medium.size < offset + len(part):
            # Not a bad sector: somebody pulled the plug, and zeros to the end would be no evidence.
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        part[:] = ZEROS[: len(part)]
        self._unread.append(Extent(offset=offset, size=len(part)))
