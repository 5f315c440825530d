"""Small files become part of a batch: made one by one, and taken by the disk many at a time.

Making a file costs the kernel more than hashing 16 KiB. A second thread that makes them gains nothing: it and the first
take the interpreter's lock from each other at every call. Waiting for the disk needs no lock, so that is what a second
thread does, while the first reads and hashes what comes next.
"""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from custody.evidence.disk import as_storage_error, disk_errors, sync_early

STORED_MODE = 0o440
"""Readable for owner and group, writable for nobody: a stored file never changes."""
CREATE = os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
_EARLY: Final = 32 << 20
"""Bytes after which the disk is asked to take them: then little is left to wait for in the end."""


class SmallFiles:
    """Files in the directory ``dir_fd``, whole but not yet durable. Mutable: belongs to one batch."""

    def __init__(self, dir_fd: int) -> None:
        self._dir_fd = dir_fd
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._syncing: Future[None] | None = None
        self._size = 0

    def add(self, name: str, raw: bytes | memoryview) -> None:
        """Make one file; what the disk says of earlier ones may be raised here.

        Raises:
            StorageError: ``store.full`` or ``store.failed``.
        """
        try:
            write_new(name, raw, dir_fd=self._dir_fd)
        except FileExistsError:
            # The same bytes came twice.
            return
        except OSError as error:
            raise as_storage_error(error, f"{len(raw)} bytes of evidence") from None
        self._size += len(raw)
        if self._size >= _EARLY and (self._syncing is None or self._syncing.done()):
            self.flush()
            self._syncing, self._size = self._worker.submit(sync_early, self._dir_fd), 0

    def flush(self) -> None:
        """Return when nothing is under way. The caller syncs what the disk wasn't asked for yet.

        Raises:
            StorageError: ``store.full`` or ``store.failed``.
        """
        syncing, self._syncing = self._syncing, None
        with disk_errors("writing evidence"):
            if syncing is not None:
                syncing.result()

    def close(self) -> None:
        """Stop the thread."""
        self._worker.shutdown()


def write_new(name: str, raw: bytes | memoryview, *, dir_fd: int) -> None:
    """Make a file of these bytes.

    Raises:
        OSError: there is one of that name, or the disk is full or broken.
    """
    fd = os.open(name, CREATE, STORED_MODE, dir_fd=dir_fd)
    try:
        write_all(fd, raw)
    except BaseException:
        # Half of it under this name would be taken for all of it where the same bytes come again.
        os.unlink(name, dir_fd=dir_fd)
        raise
    finally:
        os.close(fd)


def write_all(fd: int, raw: bytes | memoryview) -> None:
    """Write every byte; one call may take fewer.

    Raises:
        OSError: the disk is full or broken.
    """
    left = memoryview(raw)
    while len(left):
        left = left[os.write(fd, left) :]
