"""A writer of small EWF-E01 images, so that every kind of damage can be planted where a test wants it.

The layout is that of EnCase 6: per segment a file header (13 bytes), then sections, each behind a descriptor of 76
bytes (type, offset of the next one, size, Adler-32). The first segment holds ``header`` and ``volume``; each holds
``sectors``, ``table`` and ``table2``; the last one ``error2``, ``digest``, ``hash`` and ``done``, the others ``next``.
Source: libyal/libewf, documentation of the Expert Witness Compression Format.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import md5, sha1
from pathlib import Path

SIGNATURE = b"EVF\x09\x0d\x0a\xff\x00"
SECTORS_PER_CHUNK = 64
CHUNK_BYTES = SECTORS_PER_CHUNK * 512
HEADER: Mapping[str, str] = {
    "c": "case-7", "n": "item-3", "a": "a thumb drive", "e": "examiner-1", "t": "found in the desk", "av": "7.1",
    "ov": "Linux", "m": "2026 11 21 9 30 0", "u": "2026 11 21 9 30 0", "p": "0",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How an image is written; what is not None replaces the true value by a lie."""

    segments: int = 1
    compress: bool = True
    is_smart: bool = False
    header: Mapping[str, str] = field(default_factory=lambda: HEADER)
    md5_stored: bytes | None = None
    sha1_stored: bytes | None = None
    has_sha1: bool = True
    has_hashes: bool = True
    sectors_declared: int | None = None
    chunks_declared: int | None = None
    errors: Sequence[tuple[int, int]] = ()


@dataclass(frozen=True, slots=True)
class Forged:
    """The bytes of each segment, and for each chunk the segment (from 0), offset in it, and number of bytes."""

    segments: tuple[bytes, ...]
    chunks: tuple[tuple[int, int, int], ...]

    def write(self, folder: Path, stem: str = "disk") -> tuple[Path, ...]:
        """Write the segments as ``<stem>.E01`` and so on."""
        paths = tuple(folder / f"{stem}.{extension(number)}" for number in range(1, len(self.segments) + 1))
        for path, raw in zip(paths, self.segments, strict=True):
            path.write_bytes(raw)
        return paths

    def damage(self, chunk: int, *, at: int = 10) -> Forged:
        """Return the image with one bit of a chunk turned, ``at`` bytes into it as it is stored."""
        segment, offset, size = self.chunks[chunk]
        raw = bytearray(self.segments[segment])
        raw[offset + at % size] ^= 0x10
        segments = [*self.segments]
        segments[segment] = bytes(raw)
        return Forged(tuple(segments), self.chunks)


def extension(number: int) -> str:
    """Return the ending of a segment file: ``E01`` to ``E99``, then ``EAA`` and so on."""
    if number <= 99:
        return f"E{number:02d}"
    first, rest = divmod(number - 100, 26 * 26)
    second, third = divmod(rest, 26)
    return f"{chr(ord('E') + first)}{chr(ord('A') + second)}{chr(ord('A') + third)}"


def forge(medium: bytes, shape: Shape = Shape()) -> Forged:
    """Return an image of ``medium``, whose size is a multiple of 512."""
    pieces = [medium[start : start + CHUNK_BYTES] for start in range(0, len(medium), CHUNK_BYTES)]
    segments: list[bytes] = []
    places: list[tuple[int, int, int]] = []
    for number in range(1, shape.segments + 1):
        mine = pieces[(number - 1) * len(pieces) // shape.segments : number * len(pieces) // shape.segments]
        writer = _Segment(number)
        volume = _volume(len(medium), len(pieces), shape)
        if number == 1:
            writer.add(b"header", zlib.compress(_header_text(shape.header)))
            writer.add(b"volume", volume)
        else:
            writer.add(b"data", volume)
        chunks = [_chunk(piece, compress=shape.compress) for piece in mine]
        # SMART's chunks stand in the table's own section, behind the entries.
        base = writer.size + 76 + (24 + 4 * len(mine) if shape.is_smart else 0)
        offsets, at = [], base
        for raw, is_compressed in chunks:
            offsets.append(at | (0x80000000 if is_compressed else 0))
            places.append((number - 1, at, len(raw)))
            at += len(raw)
        stored = b"".join(raw for raw, _ in chunks)
        if shape.is_smart:
            writer.add(b"table", _table(offsets)[:-4] + stored)
        else:
            writer.add(b"sectors", stored)
            writer.add(b"table", _table(offsets))
            writer.add(b"table2", _table(offsets))
        if number == shape.segments:
            _finish(writer, medium, shape)
        else:
            writer.end(b"next")
        segments.append(bytes(writer.raw))
    return Forged(tuple(segments), tuple(places))


def _finish(writer: _Segment, medium: bytes, shape: Shape) -> None:
    if shape.errors:
        head = struct.pack("<I512x", len(shape.errors))
        entries = b"".join(struct.pack("<II", first, count) for first, count in shape.errors)
        writer.add(b"error2", head + _adler(head) + entries + _adler(entries))
    if shape.has_hashes:
        md5_value = shape.md5_stored if shape.md5_stored is not None else md5(medium).digest()
        sha1_value = shape.sha1_stored if shape.sha1_stored is not None else sha1(medium).digest()
        if shape.has_sha1:
            digest = md5_value + sha1_value + bytes(40)
            writer.add(b"digest", digest + _adler(digest))
        stored = md5_value + bytes(16)
        writer.add(b"hash", stored + _adler(stored))
    writer.end(b"done")


class _Segment:
    def __init__(self, number: int) -> None:
        self.raw = bytearray(SIGNATURE + struct.pack("<BHH", 1, number, 0))

    @property
    def size(self) -> int:
        return len(self.raw)

    def add(self, kind: bytes, body: bytes) -> None:
        self.raw += _descriptor(kind, self.size + 76 + len(body), 76 + len(body)) + body

    def end(self, kind: bytes) -> None:
        self.raw += _descriptor(kind, self.size, 76)


def _descriptor(kind: bytes, after: int, size: int) -> bytes:
    head = struct.pack("<16sQQ40x", kind, after, size)
    return head + _adler(head)


def _adler(raw: bytes) -> bytes:
    return struct.pack("<I", zlib.adler32(raw))


def _header_text(values: Mapping[str, str]) -> bytes:
    names, texts = "\t".join(values), "\t".join(values.values())
    return f"1\r\nmain\r\n{names}\r\n{texts}\r\n\r\n".encode("ascii")


def _volume(size: int, chunks: int, shape: Shape) -> bytes:
    sectors = size // 512 if shape.sectors_declared is None else shape.sectors_declared
    count = chunks if shape.chunks_declared is None else shape.chunks_declared
    if shape.is_smart:
        body = struct.pack("<B3xIIII65x5s", 1, count, SECTORS_PER_CHUNK, 512, sectors, b"SMART")
        return body + _adler(body)
    level = 1 if shape.compress else 0
    head = struct.pack("<B3xIIIQ12xB3x12xB3xI4x16s", 1, count, SECTORS_PER_CHUNK, 512, sectors, 3, level, 64, b"G" * 16)
    body = head.ljust(1048, b"\0")
    return body + _adler(body)


def _chunk(piece: bytes, *, compress: bool) -> tuple[bytes, bool]:
    packed = zlib.compress(piece, 1)
    if compress and len(packed) < len(piece):
        return packed, True
    return piece + _adler(piece), False


def _table(offsets: Sequence[int]) -> bytes:
    head = struct.pack("<I4xQ4x", len(offsets), 0)
    entries = b"".join(struct.pack("<I", offset) for offset in offsets)
    return head + _adler(head) + entries + _adler(entries)
