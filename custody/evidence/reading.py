"""One file or device, read once: hashed, copied into the store if there is one, and refused if it changes meanwhile."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from custody.evidence.conveyor import BUFFER_BYTES, Fill
from custody.evidence.disk import NO_FILE, READ_FLAGS
from custody.evidence.hashing import FileDigests, Hasher, announce_reading, digest_bytes
from custody.evidence.journal import Mark
from custody.evidence.medium import FileMedium, Medium, MediumReader, OpenMedium
from custody.evidence.partial import Partial, Partials
from custody.evidence.piece_digests import PieceDigests
from custody.evidence.refusals import changed, check_resources, vanished
from custody.evidence.sources import Source, path_of
from custody.evidence.staging import Batch
from custody.evidence.walk import Node
from schemas.errors import RefusedError
from schemas.limits import PIECE_BYTES
from schemas.pieces import joined

Tick = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How files are read: digests by choice, whether pieces are wanted of large ones, whether bad sectors are passed
    over, and what their bytes come from.
    """

    names: tuple[str, ...] = ()
    has_pieces: bool = True
    salvage: bool = False
    open_medium: OpenMedium = FileMedium


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where bytes go that are read: ``batch`` for the store; ``partials`` for what is large enough that an interruption
    must not cost all of it, known by its path below ``sources``.
    """

    batch: Batch | None = None
    partials: Partials | None = None
    sources: Sequence[Source] = ()


class Reading(msgspec.Struct, frozen=True):
    """What was read: digests and size, and the time of change in nanoseconds since 1970, which a device has not."""

    digests: FileDigests
    modified_ns: int | None


NOWHERE = Keeping()


def open_node(node: Node) -> int:
    """Return a descriptor of the file or device ``node``, without following a link or waiting for a pipe.

    Raises:
        RefusedError, StorageError, OSError: as `open_described`.
    """
    return open_described(node)[0]


def open_described(node: Node) -> tuple[int, os.stat_result]:
    """Return the same, and what the system says of it.

    Raises:
        RefusedError: ``evidence.vanished``, or ``evidence.changed`` if it is something else now.
        StorageError: ``evidence.resources``.
        OSError: the file can't be opened.
    """
    try:
        fd = os.open(node.name, READ_FLAGS, dir_fd=node.dir_fd)
    except OSError as error:
        check_resources(error)
        if error.errno in {errno.ENOENT, errno.ENOTDIR, errno.ESTALE}:
            raise vanished(node.path) from None
        if error.errno in NO_FILE:
            raise changed(node.path, "it ceased to be a regular file") from None
        raise
    found = os.fstat(fd)
    if not (stat.S_ISBLK(found.st_mode) if node.kind == "device" else stat.S_ISREG(found.st_mode)):
        os.close(fd)
        raise changed(node.path, "it ceased to be a regular file")
    return fd, found


def read_node(node: Node, *, hasher: Hasher, tick: Tick, manner: Manner, keeping: Keeping = NOWHERE) -> Reading:
    """Return digests of the file or device ``node``, whose bytes are then staged if they are to be kept.

    ``tick`` gets the number of bytes of every chunk read.

    Raises:
        RefusedError: ``evidence.vanished`` or ``evidence.changed``; as `Partials.open`.
        StorageError: ``evidence.resources``, or as `Batch` has it.
        OSError: the file can't be opened or read.
    """
    fd, before = open_described(node)
    try:
        one = _One(fd, before, node, hasher, tick, manner, keeping)
        return Reading(one.read(), None if node.kind == "device" else before.st_mtime_ns)
    finally:
        os.close(fd)


def read_open(fd: int, *, hasher: Hasher, tick: Tick, manner: Manner) -> FileDigests:
    """Return the digests of an open file of our own, all of it.

    Raises:
        OSError: the file can't be read.
    """
    medium = manner.open_medium(fd)
    return _digest(medium, MediumReader(medium, size=medium.size), hasher, tick, manner)


class _One:
    """One open file or device; ``before`` is what the system said of it first."""

    def __init__(
        self,
        fd: int,
        before: os.stat_result,
        node: Node,
        hasher: Hasher,
        tick: Tick,
        manner: Manner,
        keeping: Keeping,
    ) -> None:
        self._fd = fd
        self._node = node
        self._hasher = hasher
        self._tick = tick
        self._manner = manner
        self._keeping = keeping
        self._before = before
        # A small file is its own whole story; only of others anything but the plain bytes matters.
        self._size = before.st_size if node.kind == "file" else manner.open_medium(fd).size

    def read(self) -> FileDigests:
        if self._size < BUFFER_BYTES and self._node.kind == "file":
            try:
                return self._read_small()
            except OSError:
                if not self._manner.salvage:
                    raise
        if self._size > PIECE_BYTES and self._keeping.partials is not None:
            path = path_of(self._node.path, self._keeping.sources)
            assert path is not None, "every node was found below a source"
            return self._read_cloned() or self._read_resumable(self._keeping.partials, path)
        if self._keeping.batch is not None:
            return self._read_copied(self._keeping.batch)
        return self._check(self._digest(self._fd))

    def _read_cloned(self) -> FileDigests | None:
        """Read a clone, where the file system makes one: then there is nothing that could be interrupted."""
        if self._keeping.batch is None or self._node.kind == "device":
            return None
        with self._keeping.batch.receive(self._fd) as copy:
            if not copy.is_clone:
                return None
            digests = self._check(self._digest(copy.reads_from))
            copy.keep(digests)
        return digests

    def _read_small(self) -> FileDigests:
        # A file of the kernel's own says that it is empty and isn't: one byte of it is enough to refuse it.
        chunk = self._hasher.read_start(self._fd, size=self._size or 1)
        digests = digest_bytes(chunk, names=self._manner.names)
        self._tick(len(chunk))
        self._check(digests)
        if self._keeping.batch is not None:
            self._keeping.batch.add(digests.sha256, chunk)
        return digests

    def _read_copied(self, batch: Batch) -> FileDigests:
        with batch.receive(self._fd) as copy:
            # What is hashed is what will be kept: the clone where the file system made one, else the chunks written.
            digests = self._check(self._digest(copy.reads_from, copy=copy.write))
            copy.keep(digests)
        return digests

    def _read_resumable(self, partials: Partials, path: bytes) -> FileDigests:
        is_device = self._node.kind == "device"
        mark = Mark(path, self._size, 0 if is_device else self._before.st_mtime_ns, is_device)
        batch = self._keeping.batch
        partial = partials.open(mark, has_copy=batch is not None)
        try:
            digests = self._check(self._digest(self._fd, partial=partial))
        except RefusedError:
            partial.discard()
            raise
        partial.finish(digests)
        if batch is not None:
            batch.adopt(partial.copy, sha256=digests.sha256)
        return digests

    def _digest(
        self, fd: int, *, copy: Callable[[memoryview], None] | None = None, partial: Partial | None = None
    ) -> FileDigests:
        medium = self._manner.open_medium(fd)
        start = 0 if partial is None else partial.start
        announce_reading(fd)
        reader = MediumReader(medium, size=self._size, start=start, salvage=self._manner.salvage)
        return _digest(medium, reader, self._hasher, self._tick, self._manner, copy=copy, partial=partial)

    def _check(self, digests: FileDigests) -> FileDigests:
        """Compare the source with what it was when it was opened, and with the number of bytes that came."""
        node, before = self._node, self._before
        if digests.unread and sum(item.size for item in digests.unread) == digests.size:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        after = os.fstat(self._fd)
        if after.st_nlink == 0:
            raise vanished(node.path)
        size = self._manner.open_medium(self._fd).size if node.kind == "device" else after.st_size
        if digests.size != self._size or size != self._size:
            raise changed(node.path, f"its {self._size} bytes became {max(size, digests.size)}")
        if after.st_mtime_ns != before.st_mtime_ns and node.kind == "file":
            raise changed(node.path, "its time of change moved")
        return digests


def _digest(
    medium: Medium,
    reader: MediumReader,
    hasher: Hasher,
    tick: Tick,
    manner: Manner,
    *,
    copy: Callable[[memoryview], None] | None = None,
    partial: Partial | None = None,
) -> FileDigests:
    fill: Fill = reader.fill
    keep = None
    if partial is not None:
        keep = _Keep(partial, reader)
        fill, copy = keep.fill, keep.write
    has_pieces = manner.has_pieces and medium.size > PIECE_BYTES
    digests = hasher.digest_stream(
        fill,
        each=lambda chunk: tick(len(chunk)),
        names=manner.names,
        pieces=PieceDigests(keep.note if keep is not None else None) if has_pieces or keep is not None else None,
        copy=copy,
    )
    before = partial.unread if partial is not None else ()
    unread = tuple(joined((*before, *reader.unread)))
    return msgspec.structs.replace(digests, unread=unread) if unread else digests


class _Keep:
    """What joins a partial reading with the source: its copy is read first, and only the rest of the source."""

    def __init__(self, partial: Partial, reader: MediumReader) -> None:
        self._partial = partial
        self._reader = reader
        self._kept = partial.fill_start() if partial.start else None
        self._written = 0
        self._noted = 0

    def fill(self, view: memoryview) -> memoryview:
        if self._kept is not None:
            chunk = self._kept.fill(view)
            if len(chunk):
                return chunk
            self._kept = None
        return self._reader.fill(view)

    def write(self, chunk: memoryview) -> None:
        if self._written >= self._partial.start:
            self._partial.write(chunk)
        self._written += len(chunk)

    def note(self, place: int, digest: bytes) -> None:
        end = (place + 1) * PIECE_BYTES
        lost = self._reader.lost_from(self._noted, end)
        self._noted += len(lost)
        self._partial.note(place, digest, lost)
