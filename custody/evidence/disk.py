"""What the store asks of the operating system beyond plain reading and writing."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import FileIO
from pathlib import Path
from typing import Final

from custody.evidence.wording import reason_of
from schemas.errors import StorageError

_FICLONE = 0x40049409
"""Linux ``ioctl`` that makes one file share all blocks of another until either is written (ioctl_ficlone(2))."""
_GET_FLAGS, _SET_FLAGS = 0x80086601, 0x40086602
_TOP_DIRECTORY = 0x00020000
"""Linux ``ioctl`` for a file's flags, and the flag of a directory whose directories are unrelated (chattr(1))."""
READ_FLAGS = os.O_RDONLY
"""Flags to open a file that may be a link or a pipe by now: the one is not followed, the other not waited for."""
for _name in ("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"):
    READ_FLAGS |= getattr(os, _name, 0)
NO_FILE: Final = frozenset({errno.ELOOP, errno.EMLINK, errno.ENXIO})
"""What a system says then of a link or a socket."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def as_storage_error(error: OSError, doing: str) -> StorageError:
    """Return the error of this project for a system error of the disk on which the store lies."""
    if error.errno in _FULL:
        text = f"expected room on the disk for {doing}: {reason_of(error)}"
        return StorageError("store.full", text, hint="nothing was registered; make room or name another disk")
    return StorageError("store.failed", f"expected the disk to work when {doing}: {reason_of(error)}")


@contextmanager
def disk_errors(doing: str) -> Iterator[None]:
    """Turn a system's error into one of this project, as `as_storage_error` does.

    Raises:
        StorageError: ``store.full`` or ``store.failed``.
    """
    try:
        yield
    except OSError as error:
        raise as_storage_error(error, doing) from None


def open_kept(path: Path) -> FileIO:
    """Open a file that this program keeps. What is no file of its own, such as a link or a pipe, is not there.

    Raises:
        FileNotFoundError: nothing is there, or no file.
        OSError: it can't be opened.
    """
    try:
        fd = os.open(path, READ_FLAGS)
    except OSError as error:
        if error.errno in NO_FILE:
            raise FileNotFoundError(errno.ENOENT, "no file") from None
        raise
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise FileNotFoundError(errno.ENOENT, "no file")
    return os.fdopen(fd, "rb", buffering=0)


def clone(source_fd: int, target_fd: int) -> bool:
    """Make the empty file ``target_fd`` share the blocks of ``source_fd``; tell whether the file system did so.

    Raises:
        OSError: the disk is full or broken.
    """
    try:
        fcntl.ioctl(target_fd, _FICLONE, source_fd)
    except OSError as error:
        if error.errno in _FULL or error.errno == errno.EIO:
            raise
        return False
    return True


def spread_directories(fd: int) -> None:
    """Ask for directories that are made in the directory ``fd`` to lie apart from each other, where the disk can do so.

    A file gets its inode near its directory's, and ext4 passes over each inode there that was freed within the last
    minutes: after many files were deleted, that makes a new one cost ten times as much.
    """
    # The kernel speaks of an int, the number of the call of a long.
    flags = bytearray(8)
    try:
        fcntl.ioctl(fd, _GET_FLAGS, flags)
        found = int.from_bytes(flags[:4], sys.byteorder)
        if not found & _TOP_DIRECTORY:
            flags[:4] = (found | _TOP_DIRECTORY).to_bytes(4, sys.byteorder)
            fcntl.ioctl(fd, _SET_FLAGS, flags)
    except OSError:
        return  # another file system, which does not know what was asked for


def sync_children(fd: int) -> None:
    """Return when the files in the directory ``fd``, or the names in the directories in it, are on disk.

    Linux can do so for a whole file system at once (syncfs(2)), which for ten thousand small files takes less than a
    hundredth of the time of one call each; elsewhere each file is synced.

    Raises:
        OSError: the disk is full or broken.
    """
    libc = _libc()
    if libc is not None:
        if libc.syncfs(fd) != 0:
            raise OSError(ctypes.get_errno(), "syncfs")
        return
    for name in os.listdir(fd):
        inner = os.open(name, os.O_RDONLY, dir_fd=fd)
        try:
            os.fsync(inner)
        finally:
            os.close(inner)
    os.fsync(fd)


def sync_early(fd: int) -> None:
    """Have the disk take what was written so far, where one call does that for the whole file system of ``fd``.

    Raises:
        OSError: the disk is full or broken; nobody is told so again by a later call with ``fd``.
    """
    if _libc() is not None:
        sync_children(fd)


def sync_directory(path: Path) -> None:
    """Return when the names in a directory are on disk.

    Raises:
        OSError: the disk is full or broken.
    """
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


@cache
def _libc() -> ctypes.CDLL | None:
    libc = ctypes.CDLL(None, use_errno=True)
    return libc if hasattr(libc, "syncfs") else None
