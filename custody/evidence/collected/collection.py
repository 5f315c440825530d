"""A collection that was just taken in, read a second time: which records are in it, from when to when.

The files are read where they lie and hashed on the way, and every digest is compared with the record that was made of
the file: what is said of the records is said of the bytes that are registered, or the registration is refused.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from io import BufferedReader, RawIOBase
from typing import Any, Final

from custody.evidence.collected.formats import HEAD_BYTES, Format, format_of
from custody.evidence.collected.lines import Utf8, is_utf16
from custody.evidence.collected.sqlite import count_messages, is_sqlite
from custody.evidence.collected.tally import Stated, Tally
from custody.evidence.collected.web import is_html, is_image
from custody.evidence.intake import Intake
from custody.evidence.manifest import read_manifest
from custody.evidence.reading import open_node
from custody.evidence.refusals import changed
from custody.evidence.walk import Node, walk
from schemas.content import Digests, FileRecord
from schemas.details.source import RecordFormat

_PIECE: Final = 1 << 20
_KEPT: Final = 2
"""Pages and images that are remembered: with more than one, nobody can tell which is the capture."""


@dataclass(slots=True)
class Collection:
    """What was found. Mutable while it is read.

    ``tallies`` by format; ``uncounted`` files are of no format that is read here; ``pages`` and ``images`` are the
    SHA-256 of the first ones, two at the most.
    """

    tallies: dict[RecordFormat, Tally] = field(default_factory=dict)
    uncounted: int = 0
    pages: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)

    def details(self) -> dict[str, Any]:
        """Return the fields ``records`` and ``uncounted`` of `schemas.details.source.Source`."""
        records = [{"format": name, **tally.details()} for name, tally in sorted(self.tallies.items())]
        return {"records": records or None, "uncounted": self.uncounted or None}


def read_collection(intake: Intake, *, stated: Stated, tick: Callable[[int], None] = lambda _: None) -> Collection:
    """Return what is in the files that were just taken in, read again where they lie.

    ``tick`` gets the number of bytes of every piece read. Memory does not grow with the files.

    Raises:
        RefusedError: ``evidence.changed`` or ``evidence.vanished`` where a file is not the one that was taken in.
        RecordError, VerificationError, StorageError: as `walk` and `read_manifest`.
    """
    found = Collection()
    with closing(walk(intake.sources)) as nodes:
        for node, record in _paired(nodes, records_of(intake)):
            # The record of a device is that of the bytes which were read from it.
            if node.kind != record.type and (node.kind, record.type) != ("device", "file"):
                raise changed(node.path, f"it was a {record.type} and became a {node.kind}")
            if node.kind == "file" and isinstance(record.digests, Digests):
                _read_file(found, node, record.digests.sha256, stated=stated, tick=tick)
            elif record.type == "file":
                found.uncounted += 1
    return found


def records_of(intake: Intake) -> Iterator[FileRecord]:
    """Yield the records of what was taken in, in order, from the event or from the list of files."""
    if isinstance(intake.content.files, tuple):
        yield from intake.content.files
    elif intake.spool is not None:
        yield from (line.record for line in read_manifest(intake.spool, content=intake.content))


def _paired(nodes: Iterator[Node], records: Iterable[FileRecord]) -> Iterator[tuple[Node, FileRecord]]:
    path = b""
    try:
        for node, record in zip(nodes, records, strict=True):
            path = node.path
            yield node, record
    except ValueError:
        raise changed(path, "names came or went beside it") from None


def _read_file(found: Collection, node: Node, digest: str, *, stated: Stated, tick: Callable[[int], None]) -> None:
    try:
        fd = open_node(node)
        try:
            is_read = _read_open(found, fd, os.path.basename(node.path), digest, Stream(fd, tick), stated)
        finally:
            os.close(fd)
    except OSError:
        raise changed(node.path, "it could not be read a second time") from None
    if not is_read:
        raise changed(node.path, "its bytes became others")


def _read_open(found: Collection, fd: int, name: bytes, digest: str, stream: Stream, stated: Stated) -> bool:
    """Count an open file, and tell whether its bytes have the digest; of what isn't read nothing is said."""
    head = os.pread(fd, HEAD_BYTES, 0)
    wide = is_utf16(head)
    told = head.decode("utf-16", "replace").encode("utf-8", "replace") if wide else head
    kind = format_of(told, name)
    if is_html(head, name) or is_image(head, name):
        kept = found.pages if is_html(head, name) else found.images
        if len(kept) < _KEPT:
            kept.append(digest)
        return stream.rest() == digest
    if is_sqlite(head, name):
        return _read_database(found, fd, stream) == digest
    if kind is None:
        found.uncounted += 1
        return True
    return _read_stream(found, kind, stream, stated, is_wide=wide) == digest


def _read_stream(found: Collection, kind: Format, stream: Stream, stated: Stated, *, is_wide: bool) -> str:
    tally = Tally(stated, files=1)
    with BufferedReader(stream, _PIECE) as buffered:
        kind.read(BufferedReader(Utf8(buffered), _PIECE) if is_wide else buffered, tally)
        digest = stream.rest()
    found.tallies.setdefault(kind.name, Tally(stated)).merge(tally)
    return digest


def _read_database(found: Collection, fd: int, stream: Stream) -> str:
    tally = Tally(Stated(), files=1)
    if count_messages(fd, tally):
        found.tallies.setdefault("sqlite-messages", Tally(Stated())).merge(tally)
    else:
        found.uncounted += 1
    return stream.rest()


class Stream(RawIOBase):
    """The bytes of an open file from its start, hashed as they are read; the descriptor stays the caller's."""

    def __init__(self, fd: int, tick: Callable[[int], None]) -> None:
        super().__init__()
        self._fd = fd
        self._tick = tick
        self._place = 0
        self._digest = sha256()

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer with what comes next.

        Raises:
            OSError: the file can't be read.
        """
        piece = os.pread(self._fd, len(buffer), self._place)
        buffer[: len(piece)] = piece
        self._place += len(piece)
        self._digest.update(piece)
        self._tick(len(piece))
        return len(piece)

    def rest(self) -> str:
        """Read to the end, and return the SHA-256 of all.

        Raises:
            OSError: the file can't be read.
        """
        buffer = memoryview(bytearray(_PIECE))
        while self.readinto(buffer):
            pass
        return self._digest.hexdigest()
