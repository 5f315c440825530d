"""What a disk does to us, in our words, and opening what is safe to open."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemas.errors import StorageError, UsageError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_DENIED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
# Only opening a FIFO waits for another program; the flag ends that and means nothing for a regular file.
_READ_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def disk_error(error: OSError, what: str) -> StorageError:
    """Return the error of ours for ``error``, which happened while doing ``what``."""
    reason = (error.strerror or type(error).__name__).lower()
    if error.errno in _FULL:
        return StorageError("storage.full", f"{what}: {reason}", hint="free some space, or write to another disk")
    if error.errno in _DENIED:
        return StorageError("storage.denied", f"{what}: {reason}", hint="ask who may read and write there")
    return StorageError("storage.io", f"{what}: {reason}")


@contextmanager
def disk_errors(what: str) -> Iterator[None]:
    """Turn an operating system's error into one of ours.

    Raises:
        StorageError: ``storage.full`` where space or a quota ran out, ``storage.denied``, else ``storage.io``.
    """
    try:
        yield
    except OSError as error:
        raise disk_error(error, what) from error


def open_regular(path: Path) -> int:
    """Return a descriptor for reading the regular file at ``path``.

    Raises:
        UsageError: ``bundle.absent`` where nothing is there, ``bundle.not-a-file`` for a directory, device or pipe.
        StorageError: ``storage.io`` where it can't be opened.
    """
    try:
        descriptor = os.open(path, _READ_FLAGS)
    except FileNotFoundError:
        raise UsageError("bundle.absent", f"expected a file at {path}, found none") from None
    except IsADirectoryError:
        raise _directory(path) from None
    except OSError as error:
        raise disk_error(error, f"opening {path}") from error
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        if stat.S_ISDIR(mode):
            raise _directory(path)
        raise UsageError("bundle.not-a-file", f"expected a file at {path}, found something else")
    return descriptor


def _directory(path: Path) -> UsageError:
    hint = "a bundle is checked as the zip that it came as, not unpacked"
    return UsageError("bundle.not-a-file", f"expected a file at {path}, found a directory", hint=hint)


def sync_directory(path: Path) -> None:
    """Make names in a directory last through a power cut, where the system can (Windows can't open a directory)."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network and FUSE file systems know no fsync of a directory; the file itself is already safe.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)
