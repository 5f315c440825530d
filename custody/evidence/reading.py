"""One regular file, read once: hashed, copied into the store if there is one, and refused if it changes meanwhile."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass

from custody.evidence.hashing import BUFFER_BYTES, FileDigests, Hasher, digest_bytes
from custody.evidence.refusals import changed, check_resources, vanished
from custody.evidence.staging import Batch
from custody.evidence.walk import Node

_FLAGS = os.O_RDONLY
for _name in ("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"):
    _FLAGS |= getattr(os, _name, 0)

Tick = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: digests and size, and the time of change of the file in nanoseconds since 1970."""

    digests: FileDigests
    modified_ns: int


def open_node(node: Node) -> int:
    """Return a descriptor of the regular file ``node``, without following a link or waiting for a pipe.

    Raises:
        RefusedError: ``evidence.vanished``, or ``evidence.changed`` if it is no regular file any more.
        StorageError: ``evidence.resources``.
        OSError: the file can't be opened.
    """
    try:
        fd = os.open(node.name, _FLAGS, dir_fd=node.dir_fd)
    except OSError as error:
        check_resources(error)
        if error.errno in {errno.ENOENT, errno.ENOTDIR, errno.ESTALE}:
            raise vanished(node.path) from None
        if error.errno in {errno.ELOOP, errno.EMLINK, errno.ENXIO}:
            raise changed(node.path, "it ceased to be a regular file") from None
        raise
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise changed(node.path, "it ceased to be a regular file")
    return fd


def read_node(node: Node, *, hasher: Hasher, batch: Batch | None, tick: Tick) -> Reading:
    """Return digests of the regular file ``node``, whose bytes are then staged in ``batch`` if there is one.

    ``tick`` gets the number of bytes of every piece read.

    Raises:
        RefusedError: ``evidence.vanished`` or ``evidence.changed``.
        StorageError: ``evidence.resources``, or as `Batch` has it.
        OSError: the file can't be opened or read.
    """
    fd = open_node(node)
    try:
        before = os.fstat(fd)
        if before.st_size < BUFFER_BYTES:
            digests = _read_small(fd, node=node, before=before, hasher=hasher, batch=batch, tick=tick)
        else:
            digests = _read_large(fd, node=node, before=before, hasher=hasher, batch=batch, tick=tick)
    finally:
        os.close(fd)
    return Reading(digests=digests, modified_ns=before.st_mtime_ns)


def _read_small(
    fd: int, *, node: Node, before: os.stat_result, hasher: Hasher, batch: Batch | None, tick: Tick
) -> FileDigests:
    piece = hasher.read_start(fd)
    digests = digest_bytes(piece)
    tick(len(piece))
    _check_unchanged(fd, node=node, before=before, size=len(piece))
    if batch is not None:
        batch.add(digests.sha256, piece)
    return digests


def _read_large(
    fd: int, *, node: Node, before: os.stat_result, hasher: Hasher, batch: Batch | None, tick: Tick
) -> FileDigests:
    if batch is None:
        digests = hasher.digest(fd, each=lambda piece: tick(len(piece)))
        _check_unchanged(fd, node=node, before=before, size=digests.size)
        return digests
    with batch.receive(fd) as copy:

        def keep(piece: memoryview) -> None:
            copy.write(piece)
            tick(len(piece))

        # What is hashed is what will be kept: the clone where the file system made one, else the pieces written.
        digests = hasher.digest(copy.reads_from, each=keep)
        _check_unchanged(fd, node=node, before=before, size=digests.size)
        copy.keep(digests)
    return digests


def _check_unchanged(fd: int, *, node: Node, before: os.stat_result, size: int) -> None:
    """Compare the file with what it was when it was opened, and with the number of bytes that came."""
    after = os.fstat(fd)
    if after.st_nlink == 0:
        raise vanished(node.path)
    if size != before.st_size or after.st_size != before.st_size:
        raise changed(node.path, f"its {before.st_size} bytes became {max(size, after.st_size)}")
    if after.st_mtime_ns != before.st_mtime_ns:
        raise changed(node.path, "its time of change moved")
