"""Readings that were interrupted: what is kept of them, and how they go on.

    <base>/<digest of the source's path>/journal     see `custody.evidence.journal`; locked while it is written
    <base>/<digest of the source's path>/copy        the bytes so far, unless the source stays in place

Only files larger than one piece are kept. The source isn't read twice: pieces that the copy holds are hashed in it, and
compared with the journal. Without a copy all is read again, because the digest of the whole needs every byte; then the
journal shows that it is still the same.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from blake3 import blake3

from custody.evidence.disk import disk_errors
from custody.evidence.hashing import FileDigests
from custody.evidence.journal import Journal, Mark, format_header, format_piece, parse_journal
from custody.evidence.medium import FileMedium, MediumReader
from custody.evidence.refusals import changed
from custody.evidence.small import STORED_MODE
from custody.evidence.sources import Source
from custody.evidence.sparse import write_sparse
from custody.evidence.wording import shown
from schemas.content import Extent
from schemas.errors import RefusedError
from schemas.limits import PIECE_BYTES
from schemas.pieces import joined

KEPT: Final = ".partial"
"""The folder below a store in which readings are kept."""
_CREATE = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)


class Partials:
    """The interrupted readings of one store, and those of this run. Use it in a ``with``: what is finished is kept
    until `forget`, or nobody could go on where a signature failed.
    """

    def __init__(self, base: Path, *, resume: bool | None = None) -> None:
        """Go on with interrupted readings if ``resume``, begin them anew if it is False, refuse if it isn't said."""
        self._base = base
        self._resume = resume
        self._opened: list[Partial] = []

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Let go of every reading; one without a finished piece is removed."""
        for partial in self._opened:
            partial.close()

    def interrupted(self, sources: Sequence[Source]) -> tuple[Journal, ...]:
        """Return what was left of earlier readings at or below ``sources``."""
        if not self._base.is_dir():
            return ()
        found = (_read_journal(folder / "journal") for folder in sorted(self._base.iterdir()))
        return tuple(item for item in found if item is not None and _is_below(item.mark.path, sources))

    def open(self, mark: Mark, *, has_copy: bool) -> Partial:
        """Return the reading of the source ``mark``, new or taken up again.

        Raises:
            RefusedError: ``evidence.interrupted`` where somebody has to say whether to go on; ``evidence.busy`` where
                another process is reading it; ``evidence.changed`` where it isn't the source that was read.
            StorageError: ``store.full`` or ``store.failed``.
        """
        with disk_errors("keeping what is read"):
            partial = Partial(self._base / sha256(mark.path).hexdigest()[:32], mark, has_copy=has_copy)
        self._opened.append(partial)
        partial.begin(resume=self._resume)
        return partial

    @property
    def kept(self) -> int:
        """How many bytes of unfinished registrations can be gone on from."""
        return sum(partial.kept for partial in self._opened)

    def forget(self) -> None:
        """Remove what was kept of the readings of this run: they are recorded."""
        for partial in self._opened:
            partial.discard()


class Partial:
    """One reading under way; ``start`` is where the source is to be read from, ``unread`` what is known to be lost
    before that place.
    """

    def __init__(self, folder: Path, mark: Mark, *, has_copy: bool) -> None:
        self._folder = folder
        self._mark = mark
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._journal = os.open(folder / "journal", _CREATE, 0o600)
        self._copy = -1
        try:
            if has_copy:
                with suppress(FileNotFoundError):
                    # A finished copy is read-only already.
                    os.chmod(folder / "copy", 0o600, follow_symlinks=False)
                self._copy = os.open(folder / "copy", _CREATE, 0o600)
        except BaseException:
            os.close(self._journal)
            raise
        self._known: tuple[bytes, ...] = ()
        self._lost: tuple[Extent, ...] = ()
        self._is_kept = False
        self._noted = 0
        self._size = 0
        self.start = 0
        self.unread: tuple[Extent, ...] = ()

    @property
    def kept(self) -> int:
        """How many bytes of it are noted by now."""
        return min(self._noted * PIECE_BYTES, self._mark.size)

    @property
    def copy(self) -> Path:
        """Where the copy lies."""
        return self._folder / "copy"

    def begin(self, *, resume: bool | None) -> None:
        """Take over what an earlier reading left, or begin anew; see `Partials.open`."""
        try:
            fcntl.flock(self._journal, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._is_kept = True
            text = f"expected nobody else to read {shown(self._mark.path)}, found another registration that does"
            raise RefusedError("evidence.busy", text, hint="wait for it to end") from None
        found = parse_journal(_read_all(self._journal))
        if found is not None and found.digests and resume is not False:
            self._is_kept = True
            self._check(found, resume)
            self._known, self._lost = found.digests, found.unread
            self._take_over()
        with disk_errors("keeping what is read"):
            lines = [format_piece(digest, self._lost_in(place)) for place, digest in enumerate(self._known)]
            _write_anew(self._journal, b"".join((format_header(self._mark), *lines)))
            if self._copy >= 0:
                os.ftruncate(self._copy, self.start)
                self._size = self.start

    def fill_start(self) -> MediumReader:
        """Return what gives the bytes that the copy has, up to ``start``."""
        return MediumReader(FileMedium(self._copy), size=self.start)

    def write(self, chunk: memoryview) -> None:
        """Append a chunk to the copy, if there is one.

        Raises:
            StorageError: ``store.full`` or ``store.failed``.
        """
        if self._copy >= 0:
            with disk_errors("copying evidence into the store"):
                write_sparse(self._copy, chunk, offset=self._size)
                self._size += len(chunk)

    def note(self, place: int, digest: bytes, unread: Sequence[Extent]) -> None:
        """Note a finished piece, with what could not be read of it.

        Raises:
            RefusedError: ``evidence.changed`` where it isn't what was read before.
            StorageError: ``store.full`` or ``store.failed``.
        """
        self._noted = place + 1
        if place < len(self._known):
            if digest != self._known[place] and not self._lost_in(place) and not unread:
                first = place * PIECE_BYTES
                raise changed(self._mark.path, f"its bytes from {first} on aren't those read before the interruption")
            return
        with disk_errors("keeping what is read"):
            os.write(self._journal, format_piece(digest, unread))
        self._is_kept = True

    def finish(self, digests: FileDigests) -> None:
        """Give the copy its length and mode; it stays here until it is stored.

        Raises:
            StorageError: ``store.full`` or ``store.failed``.
        """
        if self._copy < 0:
            return
        with disk_errors("copying evidence into the store"):
            os.ftruncate(self._copy, digests.size)
            os.fchmod(self._copy, STORED_MODE)

    def close(self) -> None:
        """Let go of it; keep what is worth to go on from."""
        if self._journal >= 0:
            if not self._is_kept:
                self.discard()
                return
            self._release()

    def discard(self) -> None:
        """Remove all of it."""
        self._noted = 0
        shutil.rmtree(self._folder, ignore_errors=True)
        if self._journal >= 0:
            self._release()

    def _release(self) -> None:
        for fd in (self._journal, self._copy):
            if fd >= 0:
                os.close(fd)
        self._journal = self._copy = -1

    def _check(self, found: Journal, resume: bool | None) -> None:
        name = shown(self._mark.path)
        if resume is None:
            size = len(found.digests) * PIECE_BYTES
            text = f"expected no interrupted reading of {name}, found one of {min(size, self._mark.size)} bytes"
            hint = "--resume goes on from there; --no-resume begins anew"
            raise RefusedError("evidence.interrupted", text, hint=hint)
        if found.mark != self._mark:
            before = f"its {found.mark.size} bytes are {self._mark.size} now, or its time of change moved"
            text = f"expected {name} as it was when its reading was interrupted, but {before}"
            raise RefusedError("evidence.changed", text, hint="--no-resume begins anew")

    def _take_over(self) -> None:
        """Find how many whole pieces of the copy are those of the journal."""
        if self._copy < 0:
            return
        with disk_errors("reading what was kept"):
            size = os.fstat(self._copy).st_size
            for digest in self._known:
                length = min(PIECE_BYTES, self._mark.size - self.start)
                if self.start + length > size or _digest(self._copy, self.start, length) != digest:
                    break
                self.start += length
        self._known = self._known[: -(-self.start // PIECE_BYTES)]
        self.unread = tuple(joined(item for item in self._lost if item.offset < self.start))

    def _lost_in(self, place: int) -> list[Extent]:
        first = place * PIECE_BYTES
        return [item for item in self._lost if first <= item.offset < first + PIECE_BYTES]


def _digest(fd: int, offset: int, length: int) -> bytes:
    reader, running = MediumReader(FileMedium(fd), size=offset + length, start=offset), blake3()
    buffer = memoryview(bytearray(1 << 20))
    while len(chunk := reader.fill(buffer)):
        running.update(chunk)
    return running.digest()


def _read_all(fd: int) -> bytes:
    return os.pread(fd, os.fstat(fd).st_size, 0)


def _read_journal(path: Path) -> Journal | None:
    try:
        found = parse_journal(path.read_bytes())
    except OSError:
        return None
    return found if found is not None and found.digests else None


def _write_anew(fd: int, raw: bytes) -> None:
    os.ftruncate(fd, 0)
    os.lseek(fd, 0, os.SEEK_SET)
    os.write(fd, raw)


def _is_below(path: bytes, sources: Sequence[Source]) -> bool:
    for source in sources:
        below = source.path if source.path.endswith(b"/") else source.path + b"/"
        if path == source.path or (source.kind == "directory" and path.startswith(below)):
            return True
    return False
