"""Small files are written behind the reader's back, many at a time.

Making a file costs the kernel more than hashing 16 KiB, and neither needs the interpreter's lock. So a second thread
makes the files of one bundle while the first reads and hashes the next.
"""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor

from custody.evidence.disk import as_storage_error

STORED_MODE = 0o440
"""Readable for owner and group, writable for nobody: a stored file never changes."""
CREATE = os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
_BUNDLE_BYTES = 1 << 20
_BUNDLE_FILES = 64


class SmallFiles:
    """Files on their way into the directory ``dir_fd``. At most two bundles are in memory at a time."""

    def __init__(self, dir_fd: int) -> None:
        self._dir_fd = dir_fd
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._bundle: list[tuple[str, bytes]] = []
        self._size = 0
        self._writing: Future[None] | None = None

    def add(self, name: str, raw: bytes | memoryview) -> None:
        """Take one file; an error of an earlier one may be raised here.

        Raises:
            StorageError: ``store.full`` or ``store.failed``.
        """
        self._bundle.append((name, bytes(raw)))
        self._size += len(raw)
        if self._size >= _BUNDLE_BYTES or len(self._bundle) >= _BUNDLE_FILES:
            self._send()

    def flush(self) -> None:
        """Return when every file taken is written.

        Raises:
            StorageError: ``store.full`` or ``store.failed``.
        """
        self._send()
        self._wait()

    def close(self) -> None:
        """Stop the thread; what was not flushed is forgotten."""
        self._worker.shutdown()

    def _send(self) -> None:
        self._wait()
        self._writing = self._worker.submit(self._write, self._bundle)
        self._bundle, self._size = [], 0

    def _wait(self) -> None:
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.result()

    def _write(self, bundle: list[tuple[str, bytes]]) -> None:
        for name, raw in bundle:
            try:
                write_new(name, raw, dir_fd=self._dir_fd)
            except FileExistsError:
                # The same bytes came twice; the first are on their way.
                continue
            except OSError as error:
                raise as_storage_error(error, f"{len(raw)} bytes of evidence") from None


def write_new(name: str, raw: bytes, *, dir_fd: int) -> None:
    """Make a file of these bytes.

    Raises:
        OSError: there is one of that name, or the disk is full or broken.
    """
    fd = os.open(name, CREATE, STORED_MODE, dir_fd=dir_fd)
    try:
        write_all(fd, raw)
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
