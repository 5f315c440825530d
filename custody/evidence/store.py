"""Evidence and documents by content: one file per SHA-256, whatever it was called.

    <base>/ab/ab12...      the bytes whose SHA-256 is ab12..., mode 0440; ab is a folder of its own too
    <base>/.staging/       batches under way (see `custody.evidence.staging`)

Two exhibits with the same file share it. A file is never changed and never half there. What has such a name and is no
file of its own (a link, a pipe) is not in the store: its bytes lie elsewhere, or nowhere.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from io import FileIO
from pathlib import Path
from typing import Final

from custody.evidence.disk import disk_errors, open_kept, spread_directories, sync_children
from custody.evidence.hashing import FileDigests, Hasher, digest_bytes
from custody.evidence.staging import Batch
from custody.evidence.wording import reason_of, shown
from schemas import text
from schemas.errors import StorageError, UsageError, VerificationError

STAGING: Final = ".staging"
"""The folder below a store in which batches are under way."""


class EvidenceStore:
    """A directory of files by digest; it is made when the first batch is opened."""

    def __init__(self, base: Path) -> None:
        self._base = base

    @property
    def base(self) -> Path:
        """The directory below which everything lies."""
        return self._base

    def path(self, sha256: str) -> Path:
        """Return where a file of this digest lies or would lie.

        Raises:
            RecordError: ``text.hex`` unless ``sha256`` is 64 lower-case hex digits.
        """
        text.parse_hex(sha256, size=32)
        return self._base / sha256[:2] / sha256

    def get(self, sha256: str) -> Path:
        """Return where the file of this digest lies; its bytes are not looked at.

        Raises:
            StorageError: ``store.absent``.
        """
        path = self.path(sha256)
        if not self.has(sha256):
            raise _absent(sha256)
        return path

    def open(self, sha256: str) -> FileIO:
        """Open the file of this digest; its bytes are not looked at.

        Raises:
            StorageError: ``store.absent``.
            VerificationError: ``store.damaged`` where a link, a pipe or a folder has its name.
            OSError: it can't be opened.
        """
        path = self.path(sha256)
        try:
            if path.parent.is_symlink():
                raise FileNotFoundError(errno.ENOENT, "no file")
            return open_kept(path)
        except FileNotFoundError:
            if not os.path.lexists(path):
                raise _absent(sha256) from None
            found = "found a link, a pipe or a folder in its place"
            text = f"expected a stored file of SHA-256 {sha256}, {found}"
            raise VerificationError("store.damaged", text) from None

    def has(self, sha256: str, *, size: int | None = None) -> bool:
        """Tell whether a file of this digest, and of ``size`` bytes if given, is in the store."""
        path = f"{self._base}/{sha256[:2]}/{sha256}"
        # Nearly always it isn't, and to be told so by an exception takes twice as long.
        if not os.access(path, os.F_OK, follow_symlinks=False):
            return False
        try:
            found = os.stat(path, follow_symlinks=False)
        except FileNotFoundError:
            return False
        is_there = stat.S_ISREG(found.st_mode) and (size is None or found.st_size == size)
        return is_there and not os.path.islink(f"{self._base}/{sha256[:2]}")

    def check(self, sha256: str, *, hasher: Hasher) -> FileDigests:
        """Return the digests of a stored file after reading all of it.

        Raises:
            StorageError: ``store.absent``, or ``store.failed`` where the disk can't read it.
            VerificationError: ``store.damaged`` where its bytes are not those that were stored; as `open`.
        """
        with disk_errors(f"reading {sha256} from the store"), self.open(sha256) as file:
            digests = hasher.digest(file.fileno())
        if digests.sha256 != sha256:
            found = f"found {digests.sha256} in {digests.size} bytes"
            raise VerificationError("store.damaged", f"expected a stored file of SHA-256 {sha256}, {found}")
        return digests

    def begin(self) -> Batch:
        """Open a batch; what crashed batches left over is removed first.

        Raises:
            StorageError: ``store.full`` or ``store.failed``.
        """
        with disk_errors("opening the store"):
            staging, lock = self._open_staging()

        def close() -> None:
            _remove_staging(staging)
            os.close(lock)

        return Batch(self, staging=staging, close=close)

    def add_file(self, path: Path, *, batch: Batch, hasher: Hasher) -> FileDigests:
        """Stage one file of the user's own, such as a warrant, and return its digests; links are followed.

        Raises:
            UsageError: ``store.source`` for a file that can't be read, or isn't one.
            StorageError: ``store.full`` or ``store.failed``.
        """
        try:
            if not path.is_file():
                raise FileNotFoundError(errno.ENOENT, "no file")
            with path.open("rb", buffering=0) as file, batch.receive(file.fileno()) as copy:
                digests = hasher.digest(copy.reads_from, each=copy.write)
                copy.keep(digests)
        except OSError as error:
            where = f"{shown(os.fsencode(path))}: {reason_of(error)}"
            raise UsageError("store.source", f"expected a file that can be read at {where}") from None
        return digests

    def add_bytes(self, raw: bytes, *, batch: Batch) -> FileDigests:
        """Stage bytes of our own, such as a list of differences, and return their digests.

        Raises:
            StorageError: ``store.full`` or ``store.failed``.
        """
        digests = digest_bytes(raw)
        batch.add(digests.sha256, raw)
        return digests

    def sweep(self, *, remove: Callable[[Path], object]) -> None:
        """Remove by ``remove`` what crashed batches left over.

        Raises:
            StorageError: ``store.failed``, and as ``remove`` does.
        """
        top = self._base / STAGING
        with disk_errors("clearing the store"):
            if top.is_dir():
                with _locked(top):
                    _remove_left_over(top, remove)

    def place(self, sha256: str, *, staged: str, staging_fd: int) -> None:
        """Move a staged file to its name; only `Batch.commit` calls this.

        Raises:
            StorageError: ``store.failed`` where a link would lead it elsewhere.
            OSError: the disk is full or broken.
        """
        target = f"{self._base}/{sha256[:2]}"
        if os.path.islink(target):
            hint = "put the folder back that it leads to; the folder of the whole store may be a link"
            raise StorageError("store.failed", f"expected a folder at {target}, found a link", hint=hint)
        try:
            os.rename(staged, f"{target}/{sha256}", src_dir_fd=staging_fd)
        except FileNotFoundError:
            os.makedirs(target, mode=0o700, exist_ok=True)
            os.rename(staged, f"{target}/{sha256}", src_dir_fd=staging_fd)

    def sync(self) -> None:
        """Return when all of the store is on disk.

        Raises:
            OSError: the disk is full or broken.
        """
        fd = os.open(self._base, os.O_RDONLY)
        try:
            sync_children(fd)
        finally:
            os.close(fd)

    def _open_staging(self) -> tuple[str, int]:
        """Make a directory for a batch and hold its lock."""
        top = self._base / STAGING
        top.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(top) as outer:
            spread_directories(outer)
            _remove_left_over(top, partial(shutil.rmtree, ignore_errors=True))
            staging = tempfile.mkdtemp(dir=top)
            lock = os.open(f"{staging}.lock", os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            fcntl.flock(lock, fcntl.LOCK_EX)
        return staging, lock


def _absent(sha256: str) -> StorageError:
    return StorageError("store.absent", f"expected a file {sha256} in the store, found none")


@contextmanager
def _locked(top: Path) -> Iterator[int]:
    """Yield a descriptor of the directory, locked: else a process could take a batch whose own lock isn't held yet
    for a left-over.
    """
    outer = os.open(top, os.O_RDONLY)
    try:
        fcntl.flock(outer, fcntl.LOCK_EX)
        yield outer
    finally:
        os.close(outer)


def _remove_left_over(top: Path, remove: Callable[[Path], object]) -> None:
    """Remove every batch whose process is gone: the system drops the locks of a process that ends."""
    for directory in top.iterdir():
        if directory.suffix == ".lock":
            continue
        lock = os.open(f"{directory}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            remove(directory)
            Path(f"{directory}.lock").unlink(missing_ok=True)
        finally:
            os.close(lock)


def _remove_staging(staging: str) -> None:
    shutil.rmtree(staging, ignore_errors=True)
    Path(f"{staging}.lock").unlink(missing_ok=True)
