"""The medium of an EWF image, chunk by chunk, decoded on all cores; damaged chunks come out as zeros and are named.

A chunk is stored as a zlib stream, or plain with its Adler-32 behind it; a table says where each begins. Decoding is
left to zlib-ng, or to zlib where that isn't installed, with a bound: a stream that unpacks to more than its chunk costs
no more than that.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

from custody.evidence.images.ewf import Geometry, Section, Segment, Structure, read_exactly

inflate: Any = zlib
with suppress(ImportError):
    # Twice as fast as the interpreter's own zlib, in what is most of the work.
    from zlib_ng import zlib_ng

    inflate = zlib_ng

BATCH_BYTES: Final = 1 << 20
_THREADS: Final = 2
_AHEAD: Final = 6
_COMPRESSED: Final = 0x8000_0000
_OFFSET: Final = 0x7FFF_FFFF
Piece = bytes | memoryview


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a chunk lies: its segment, ``start`` to ``end`` in it, whether it's compressed, and its bytes unpacked."""

    start: int
    end: int
    is_compressed: bool
    size: int


@dataclass(slots=True)
class Chunks:
    """The chunks of an image; `damaged` and `count` are complete once `pieces` has run to its end."""

    structure: Structure
    geometry: Geometry
    damaged: list[int] = field(default_factory=list)
    count: int = 0

    @property
    def wanted(self) -> int:
        """Number of chunks that make up the medium."""
        return -(-self.geometry.size // self.geometry.chunk_size)

    def count_stored(self) -> int:
        """Return how many chunks the tables of all segments name; nothing of them is read but their number.

        Raises:
            OSError: a segment can't be read.
        """
        return sum(_entries_of(segment, table) for segment in self.structure.segments for table in _tables(segment))

    def batches(self) -> Iterator[tuple[Segment, list[Stored]]]:
        """Yield runs of chunks of up to `BATCH_BYTES`, in the order of the medium.

        Raises:
            OSError: a segment can't be read.
        """
        per_batch = max(BATCH_BYTES // self.geometry.chunk_size, 1)
        for segment in self.structure.segments:
            starts = [section.start for section in segment.sections]
            for table in _tables(segment):
                entries, base = self._read_table(segment, table)
                for first in range(0, len(entries), per_batch):
                    batch = []
                    for place in range(first, min(first + per_batch, len(entries))):
                        if self.count == self.wanted:
                            break
                        after = entries[place + 1] if place + 1 < len(entries) else None
                        batch.append(self._place(segment, starts, entries[place], after, base))
                    if not batch:
                        return
                    yield segment, batch

    def pieces(self) -> Iterator[Piece]:
        """Yield the bytes of the medium in order.

        Raises:
            OSError: a segment can't be read.
        """
        with ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="chunks") as pool:
            waiting: deque[Future[tuple[list[Piece], list[int]]]] = deque()
            number = 0

            def take() -> Iterator[Piece]:
                nonlocal number
                pieces, damaged = waiting.popleft().result()
                self.damaged.extend(number + place for place in damaged)
                number += len(pieces)
                yield pieces[0] if len(pieces) == 1 else b"".join(pieces)

            try:
                for segment, batch in self.batches():
                    waiting.append(pool.submit(_decode, segment.fd, batch))
                    if len(waiting) >= _AHEAD:
                        yield from take()
                while waiting:
                    yield from take()
            finally:
                for future in waiting:
                    future.cancel()

    def _place(self, segment: Segment, starts: list[int], entry: int, after: int | None, base: int) -> Stored:
        # A table may point anywhere; behind the end of the segment there is nothing to unpack.
        start = min(base + (entry & _OFFSET), segment.size)
        holder = bisect_right(starts, start) - 1
        end = segment.sections[holder].end if holder >= 0 else start
        if after is not None and start < base + (after & _OFFSET) <= end:
            end = base + (after & _OFFSET)
        left = self.geometry.size - self.count * self.geometry.chunk_size
        self.count += 1
        return Stored(start, end, bool(entry & _COMPRESSED), min(left, self.geometry.chunk_size))

    def _read_table(self, segment: Segment, table: Section) -> tuple[array[int], int]:
        """Return the entries of a table and what they are counted from; its twin's where its checksum doesn't hold."""
        number = _entries_of(segment, table)
        raw = read_exactly(segment.fd, 24 + number * 4 + (0 if self.geometry.is_smart else 4), table.start)
        if not _holds(raw, number):
            name = f"segment {segment.number}: the checksum of its table at byte {table.start:,} doesn't hold"
            self.structure.blame("container-checksum", name)
            twin = next((item for item in segment.of(b"table2") if item.start >= table.end), None)
            other = read_exactly(segment.fd, len(raw), twin.start) if twin is not None else b""
            raw = other if other[:4] == raw[:4] and _holds(other, number) else raw
        entries = array("I", raw[24 : 24 + number * 4])
        if sys.byteorder == "big":
            entries.byteswap()
        return entries, int.from_bytes(raw[8:16], "little")


def _tables(segment: Segment) -> Iterator[Section]:
    return segment.of(b"table")


def _entries_of(segment: Segment, table: Section) -> int:
    """Return how many chunks a table names, as far as its section has room for them."""
    number = int.from_bytes(read_exactly(segment.fd, 4, table.start), "little")
    return max(min(number, (table.size - 24) // 4), 0)


def _holds(raw: bytes, number: int) -> bool:
    """Check the two checksums of a table; SMART writes none behind the entries."""
    if len(raw) < 24 or zlib.adler32(raw[:20]) != int.from_bytes(raw[20:24], "little"):
        return False
    entries, checksum = raw[24 : 24 + number * 4], raw[24 + number * 4 :]
    return len(checksum) < 4 or zlib.adler32(entries) == int.from_bytes(checksum, "little")


def _decode(fd: int, batch: list[Stored]) -> tuple[list[Piece], list[int]]:
    """Return the bytes of each chunk, and which of them are damaged."""
    first, last = batch[0].start, batch[-1].end
    together = memoryview(b"")
    if last - first < BATCH_BYTES * 4 and all(one.end == two.start for one, two in pairwise(batch)):
        together = memoryview(read_exactly(fd, last - first, first))
    pieces, damaged = [], []
    for place, chunk in enumerate(batch):
        # A stream of zlib is hardly ever longer than its chunk; what is, is no chunk.
        most = min(chunk.end - chunk.start, chunk.size + chunk.size // 8 + 1024)
        if together:
            raw = together[chunk.start - first : chunk.start - first + most]
        else:
            raw = memoryview(read_exactly(fd, most, chunk.start))
        piece = _unpack(raw, chunk)
        if piece is None:
            damaged.append(place)
        pieces.append(bytes(chunk.size) if piece is None else piece)
    return pieces, damaged


def _unpack(raw: memoryview, chunk: Stored) -> Piece | None:
    """Return the bytes of one chunk; nothing where its checksum doesn't hold."""
    if chunk.is_compressed:
        try:
            unpacker = inflate.decompressobj()
            # Asked for exactly its bytes, it fills one buffer and copies nothing.
            piece = unpacker.decompress(raw, chunk.size)
            # The checksum at the end of a stream is read with what comes after its last byte.
            if not unpacker.eof and unpacker.decompress(unpacker.unconsumed_tail, 1):
                return None
        except inflate.error:
            return None
        return piece if unpacker.eof and len(piece) == chunk.size else None
    piece, checksum = raw[: chunk.size], raw[chunk.size : chunk.size + 4]
    if len(checksum) < 4 or inflate.adler32(piece) != int.from_bytes(checksum, "little"):
        return None
    return piece
