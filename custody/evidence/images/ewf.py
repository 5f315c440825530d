"""The structure of an EWF image (E01, and SMART's s01): segments, sections, geometry, stored hashes, bad sectors.

libewf reads such images too, but its binding puts segments in order without a word, reads damaged chunks as zeros and
doesn't tell, and can't say which sectors the acquisition couldn't read. So what is damaged is found here.

    file    = signature (8) 0x01 number (2, little endian) 0x0000, sections
    section = type (16) offset of the next one (8) size (8) zeros (40) Adler-32 of these 72 bytes (4), content

Source: the documentation of the Expert Witness Compression Format in libyal/libewf.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from custody.evidence.images.findings import Fault

SIGNATURE: Final = b"EVF\x09\x0d\x0a\xff\x00"
SECTIONS_MOST: Final = 1_000_000
"""Sections of one segment; a table covers 500 MiB at least, so no true image comes near."""
CHUNK_BYTES_MOST: Final = 64 << 20
ERRORS_MOST: Final = 1_000_000
_HEAD: Final = struct.Struct("<16sQQ40xI")
_FILE_HEAD: Final = 13


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its content is ``size`` bytes at ``start``."""

    kind: bytes
    start: int
    size: int

    @property
    def end(self) -> int:
        """Offset behind its last byte."""
        return self.start + self.size


@dataclass(frozen=True, slots=True)
class Segment:
    """One file of an image: ``place`` among the files given, the ``number`` in it, and its sections in order."""

    place: int
    fd: int
    size: int
    number: int
    sections: tuple[Section, ...]
    is_last: bool
    has_end: bool

    def of(self, kind: bytes) -> Iterator[Section]:
        """Yield its sections of one kind."""
        return (section for section in self.sections if section.kind == kind)


@dataclass(frozen=True, slots=True)
class Geometry:
    """What the image says of its medium; SMART's tables have no checksum behind their entries, but chunks."""

    chunks: int
    sectors_per_chunk: int
    sector_size: int
    sectors: int
    is_smart: bool = False

    @property
    def chunk_size(self) -> int:
        """Bytes of the medium in one chunk; the last may have fewer."""
        return self.sectors_per_chunk * self.sector_size

    @property
    def size(self) -> int:
        """Bytes of the medium."""
        return self.sectors * self.sector_size


@dataclass(slots=True)
class Structure:
    """What was found in the segments of an image; ``segments`` in order of their numbers.

    ``missing`` are runs of numbers, first and length; ``unreadable`` runs of sectors.
    """

    segments: tuple[Segment, ...] = ()
    missing: tuple[tuple[int, int], ...] = ()
    geometry: Geometry | None = None
    stored: dict[str, str] = field(default_factory=dict)
    unreadable: list[tuple[int, int]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def blame(self, damage: str, text: str) -> None:
        """Add a fault, once."""
        fault = Fault(damage, text)  # type: ignore[arg-type]
        if fault not in self.faults:
            self.faults.append(fault)


def read_structure(fds: Sequence[int]) -> Structure:
    """Return the structure of the image whose segments are open as ``fds``, in the order of their names.

    Raises:
        OSError: a segment can't be read.
    """
    found = Structure()
    segments = [segment for place, fd in enumerate(fds) if (segment := _read_segment(place, fd, found)) is not None]
    _check_numbers(segments, found)
    found.segments = tuple(sorted(segments, key=lambda segment: segment.number))
    for segment in found.segments:
        _read_contents(segment, found)
    if found.geometry is None and found.segments:
        found.blame("container-structure", "no section says how large the medium is")
    return found


def read_exactly(fd: int, size: int, start: int) -> bytes:
    """Return up to ``size`` bytes at ``start``; fewer only at the end of the file.

    Raises:
        OSError: the file can't be read.
    """
    pieces = []
    while size > 0 and (piece := os.pread(fd, size, start)):
        pieces.append(piece)
        start += len(piece)
        size -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _read_segment(place: int, fd: int, found: Structure) -> Segment | None:
    size = os.fstat(fd).st_size
    head = read_exactly(fd, _FILE_HEAD, 0)
    if len(head) < _FILE_HEAD or not head.startswith(SIGNATURE):
        found.blame("container-structure", f"file {place + 1} of the set is no segment of an image")
        return None
    (number,) = struct.unpack_from("<H", head, 9)
    sections: list[Section] = []
    kind, position = b"", _FILE_HEAD
    while kind not in {b"next", b"done"}:
        raw = read_exactly(fd, _HEAD.size, position)
        if len(raw) < _HEAD.size or len(sections) >= SECTIONS_MOST:
            found.blame("truncated", f"segment {number} ends at byte {size:,} without a last section")
            break
        name, after, length, checksum = _HEAD.unpack(raw)
        kind = name.rstrip(b"\0")
        if zlib.adler32(raw[:72]) != checksum:
            found.blame("container-structure", f"segment {number}: the section at byte {position:,} is damaged")
            break
        start = position + _HEAD.size
        end = after if after > position else position + max(length, _HEAD.size)
        if end > size:
            found.blame("truncated", f"segment {number} ends at byte {size:,}, expected {end:,}")
        sections.append(Section(kind, start, max(min(end, size) - start, 0)))
        if end <= position + _HEAD.size - 1 or end > size:
            break
        position = end
    is_closed = kind in {b"next", b"done"}
    return Segment(place, fd, size, number, tuple(sections), kind == b"done", is_closed)


def _check_numbers(segments: Sequence[Segment], found: Structure) -> None:
    numbers = [segment.number for segment in segments]
    if not numbers:
        return
    if numbers != sorted(numbers):
        found.blame("segment-order", f"in order of their names the segments are numbered {_listed(numbers)}")
    if len(set(numbers)) != len(numbers):
        found.blame("segment-order", f"segments are numbered alike: {_listed(numbers)}")
    last = max(segments, key=lambda segment: segment.number)
    ends = [0, *sorted(set(numbers))]
    missing = [(one + 1, two - one - 1) for one, two in pairwise(ends) if two - one > 1]
    if last.has_end and not last.is_last:
        # The last one at hand says that another follows.
        missing.append((last.number + 1, 1))
    early = [segment.number for segment in segments if segment.is_last and segment is not last]
    if early:
        found.blame("segment-order", f"segment {early[0]} says that it is the last, but {last.number} follows")
    found.missing = tuple(missing)
    if missing:
        listed = ", ".join(
            str(first) if count == 1 else f"{first} to {first + count - 1}" for first, count in missing[:16]
        )
        found.blame("segment-missing", f"{listed} of {max(last.number, sum(missing[-1]) - 1)}")


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:16])) + (", ..." if len(numbers) > 16 else "")


def _read_contents(segment: Segment, found: Structure) -> None:
    for section in segment.sections:
        match section.kind:
            case b"volume" | b"disk" if found.geometry is None:
                _read_volume(segment, section, found)
            case b"digest":
                raw = _checked(segment, section, 80, found)
                _store(found, "md5", raw[:16])
                _store(found, "sha1", raw[16:36])
            case b"hash":
                _store(found, "md5", _checked(segment, section, 36, found)[:16])
            case b"error2":
                _read_errors(segment, section, found)
            case _:
                pass


def _store(found: Structure, algorithm: str, raw: bytes) -> None:
    if not raw.strip(b"\0"):
        return
    known = found.stored.setdefault(algorithm, raw.hex())
    if known != raw.hex():
        found.blame("container-structure", f"it holds two different {algorithm} digests")


def _checked(segment: Segment, section: Section, size: int, found: Structure) -> bytes:
    """Return a content of ``size`` bytes without its checksum at the end; nothing if that doesn't hold."""
    raw = read_exactly(segment.fd, min(size, section.size), section.start)
    if len(raw) == size and zlib.adler32(raw[:-4]) == int.from_bytes(raw[-4:], "little"):
        return raw[:-4]
    name = section.kind.decode("ascii", "backslashreplace")
    found.blame("container-checksum", f"segment {segment.number}: the checksum of its section {name} doesn't hold")
    return b""


def _read_volume(segment: Segment, section: Section, found: Structure) -> None:
    is_smart = section.size < 1052
    raw = _checked(segment, section, 94 if is_smart else 1052, found)
    if not raw:
        return
    chunks, sectors_per_chunk, sector_size = struct.unpack_from("<III", raw, 4)
    (sectors,) = struct.unpack_from("<I" if is_smart else "<Q", raw, 16)
    geometry = Geometry(chunks, sectors_per_chunk, sector_size, sectors, is_smart)
    if not 0 < geometry.chunk_size <= CHUNK_BYTES_MOST:
        found.blame("container-structure", f"it declares chunks of {geometry.chunk_size:,} bytes")
        return
    if -(-geometry.sectors // sectors_per_chunk) != chunks:
        found.blame("container-structure", f"it declares {sectors:,} sectors, but {chunks:,} chunks")
    found.geometry = geometry


def _read_errors(segment: Segment, section: Section, found: Structure) -> None:
    """Read the sectors that the acquisition couldn't: number of entries, 512 bytes, checksum, then the entries."""
    head = _checked(segment, Section(section.kind, section.start, min(section.size, 520)), 520, found)
    if not head:
        return
    (number,) = struct.unpack_from("<I", head)
    start = section.start + 520
    if number > min(ERRORS_MOST, max(section.end - start, 0) // 8):
        found.blame("container-structure", f"it declares {number:,} unreadable places, more than it holds")
        return
    raw = read_exactly(segment.fd, number * 8, start)
    found.unreadable.extend((first, count) for first, count in struct.iter_unpack("<II", raw) if count)
