"""A batch of files on their way into the store: all of them arrive, durably, or none.

    <base>/.staging/<batch>/<sha256>      complete, waiting for `Batch.commit`
    <base>/.staging/<batch>/incoming      being written; its digest isn't known yet
    <base>/.staging/<batch>.lock          held while the batch lives; a batch without a held lock is left over

Crash order: the bytes of every file reach the disk before any gets its name in the store, and the names reach the
disk before `commit` returns. So a name in the store always stands for all its bytes, and an entry that is appended
after `commit` names nothing that a power failure could take away.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from custody.evidence.disk import as_storage_error, clone, disk_errors, sync_children
from custody.evidence.hashing import FileDigests
from custody.evidence.small import CREATE, STORED_MODE, SmallFiles
from custody.evidence.sparse import write_sparse

_INCOMING = "incoming"


class Shelf(Protocol):
    """The store as a batch sees it."""

    @property
    def base(self) -> Path:
        """The directory below which everything lies."""

    def has(self, sha256: str, *, size: int) -> bool:
        """Tell whether a file of this digest and size is in the store."""

    def place(self, sha256: str, *, staged: str, staging_fd: int) -> None:
        """Move a staged file to its name in the store."""

    def sync(self) -> None:
        """Return when all names and bytes of the store are on disk."""


class Batch:
    """Files that become part of the store together. Use it in a ``with``: without `commit`, nothing stays."""

    def __init__(self, shelf: Shelf, *, staging: str, close: Callable[[], None]) -> None:
        self._shelf = shelf
        self._folder = Path(staging)
        self._fd = os.open(staging, os.O_RDONLY)
        self._small = SmallFiles(self._fd)
        self._close = close
        self._adopted: dict[str, Path] = {}

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Remove what was not committed."""
        self._small.close()
        os.close(self._fd)
        self._close()

    @property
    def base(self) -> Path:
        """The directory of the store for which this is."""
        return self._shelf.base

    def add(self, sha256: str, raw: bytes | memoryview) -> None:
        """Stage bytes whose digest is known; an error of earlier ones may be raised here.

        Raises:
            StorageError: ``store.full`` or ``store.failed``.
        """
        if not self._shelf.has(sha256, size=len(raw)):
            self._small.add(sha256, raw)

    def receive(self, source_fd: int) -> Copy:
        """Return a copy to be filled with the bytes of ``source_fd``, one at a time; use it in a ``with``.

        Raises:
            StorageError: ``store.full`` or ``store.failed``.
        """
        with disk_errors("opening a file in the store"):
            fd = os.open(_INCOMING, CREATE, STORED_MODE, dir_fd=self._fd)
        copy = Copy(fd, keep=self._keep, drop=self._drop)
        copy.start(source_fd)
        return copy

    def adopt(self, path: Path, *, sha256: str) -> None:
        """Take a finished file of the store's own disk with `commit`; until then it stays where it is."""
        self._adopted[sha256] = path

    def find(self, sha256: str) -> Path | None:
        """Return where the bytes of a staged file lie until `commit`; nothing where they aren't staged.

        Raises:
            StorageError: ``store.full`` or ``store.failed``, of files on their way.
        """
        self._small.flush()
        path = self._adopted.get(sha256, self._folder / sha256)
        return path if path.is_file() else None

    def commit(self) -> None:
        """Make every staged file part of the store, durably; the batch is empty afterwards.

        Raises:
            StorageError: ``store.full`` or ``store.failed``; none, some or all files then are in the store, each whole.
        """
        self._small.flush()
        with disk_errors("moving evidence into the store"):
            for sha256, path in self._adopted.items():
                os.rename(path, sha256, dst_dir_fd=self._fd)
            self._adopted.clear()
            sync_children(self._fd)
            # A directory that is changed while it is listed may skip names, so list until nothing is left.
            while names := _some_names(self._fd):
                for name in names:
                    self._shelf.place(name, staged=name, staging_fd=self._fd)
            self._shelf.sync()

    def _keep(self, digests: FileDigests) -> None:
        # A file of that name may be in the store already, and damaged since: these bytes were hashed a moment ago.
        os.rename(_INCOMING, digests.sha256, src_dir_fd=self._fd, dst_dir_fd=self._fd)

    def _drop(self) -> None:
        _remove(_INCOMING, self._fd)


class Copy:
    """One large file on its way; ``reads_from`` is the descriptor whose bytes are to be hashed and handed to `write`.

    Where the file system shares blocks, that is the finished clone itself and `write` does nothing.
    """

    def __init__(self, fd: int, *, keep: Callable[[FileDigests], None], drop: Callable[[], None]) -> None:
        self._fd = fd
        self._keep = keep
        self._drop = drop
        self._kept = False
        self._size = 0
        self.reads_from = -1

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the file, and remove it unless it was kept."""
        self.close()

    def close(self) -> None:
        """Close the file, and remove it unless it was kept."""
        os.close(self._fd)
        if not self._kept:
            self._drop()

    def start(self, source_fd: int) -> None:
        """Share the blocks of ``source_fd`` if the file system can; what fails here removes the file.

        Raises:
            StorageError: ``store.full`` or ``store.failed``.
        """
        try:
            self.reads_from = self._fd if clone(source_fd, self._fd) else source_fd
        except OSError as error:
            self.close()
            raise as_storage_error(error, "copying evidence into the store") from None

    @property
    def is_clone(self) -> bool:
        """Whether the file system made the copy at once, sharing the blocks."""
        return self.reads_from == self._fd

    def write(self, piece: memoryview) -> None:
        """Append a piece; zeros become a hole, so that an image of holes stays small.

        Raises:
            StorageError: ``store.full`` or ``store.failed``.
        """
        if self.is_clone:
            return
        with disk_errors("copying evidence into the store"):
            write_sparse(self._fd, piece, offset=self._size)
            self._size += len(piece)

    def keep(self, digests: FileDigests) -> None:
        """Stage the file under the digest of all bytes written.

        Raises:
            StorageError: ``store.full`` or ``store.failed``.
        """
        with disk_errors("copying evidence into the store"):
            os.ftruncate(self._fd, digests.size)
            self._keep(digests)
        self._kept = True


def _some_names(fd: int) -> list[str]:
    """Return up to ten thousand names: all names of a very large batch would not be constant memory."""
    with os.scandir(fd) as entries:
        return [entry.name for entry in islice(entries, 10_000)]


def _remove(name: str, dir_fd: int) -> None:
    try:
        os.unlink(name, dir_fd=dir_fd)
    except FileNotFoundError:
        return
