"""The medium of an EWF image: libewf opens it, and its chunks are decoded here where their structure is plain.

libewf's binding decodes on one core, some 50 MB a second, and reads damaged chunks as zeros without a word. So it says
what the image holds, and samples of what is decoded here are compared with its own; where the structure isn't plain
(Ex01, segments numbered alike, another size than it says) or a sample differs, the medium is read through it alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.metadata import version
from typing import Any, Final

from custody.evidence.images.digesting import digest_pieces
from custody.evidence.images.ewf import Structure, read_structure
from custody.evidence.images.ewf_chunks import Chunks, Piece
from custody.evidence.images.findings import Fault
from custody.evidence.images.job import Found, Job
from custody.evidence.images.libraries import Ewf, import_library
from custody.evidence.images.outcome import Report, counter, first_line, size_problem, unread
from schemas.details.image import NotRead

_SAMPLES: Final = 16


def read_ewf(job: Job, *, report: Report) -> Found:
    """Return what is in an EWF image.

    Raises:
        OSError: its files can't be read.
    """
    with ExitStack() as stack:
        structure = Structure()
        if job.container != "ewf-ex01":
            fds = [stack.enter_context(open(path, "rb", buffering=0)).fileno() for path in job.paths]
            structure = read_structure(fds)
        return _Reading(job, structure, report).read()


class _Differs(Exception):
    """Our decoding and libewf's give different bytes, or can't be compared."""


class _Reading:
    """One image; `known` grows with what is found, whether or not its medium can be read in the end."""

    def __init__(self, job: Job, structure: Structure, report: Report) -> None:
        self._job = job
        self._structure = structure
        self._report = report
        self._known: dict[str, Any] = {
            "missing": structure.missing,
            "stored": structure.stored,
            "unreadable": tuple(structure.unreadable),
        }
        if structure.segments:
            self._known["order"] = tuple(segment.place for segment in structure.segments)

    def read(self) -> Found:
        module = import_library("libewf")
        if module is None:
            return self._unread("library-absent", "libewf is not installed")
        self._known["readers"] = {"libewf": str(module.get_version())}
        try:
            image = Ewf(module, [os.fsdecode(path) for path in self._job.paths])
            self._known |= {"header": image.header(), "compression": image.compression()}
            self._known["stored"] = {**image.stored(), **self._structure.stored}
        except (OSError, RuntimeError) as error:
            if self._structure.faults:
                return self._unread("damaged", first_line(error))
            self._structure.blame("container-structure", first_line(error))
            return self._unread("library-failed", first_line(error))
        problem = self._problem(image)
        if problem is not None:
            return self._unread(*problem)
        algorithms = tuple({*self._job.algorithms, *self._known["stored"]} - {"sha256"})
        try:
            digests, size = self._digest(image, algorithms)
        except OSError as error:
            return self._unread("damaged", first_line(error))
        if size != image.size:
            self._structure.blame("medium-short", f"{size:,} of {image.size:,} bytes are there")
            return self._unread("damaged", "not all of the medium is there")
        faults = (*self._structure.faults, *self._wrong_hashes(digests))
        order = {"order": tuple(range(len(self._job.paths))), **self._known}
        return Found(**order, size=size, sector_size=image.sector_size, digests=digests, faults=faults)

    def _unread(self, reason: NotRead, text: str) -> Found:
        return unread(self._job, reason, text, **self._known, faults=tuple(self._structure.faults))

    def _chunks(self) -> Chunks | None:
        geometry = self._structure.geometry
        return Chunks(self._structure, geometry) if geometry is not None else None

    def _problem(self, image: Ewf) -> tuple[NotRead, str] | None:
        """Return why the medium can't be read to its end; nothing where it can."""
        if self._structure.missing:
            return "damaged", "segments are missing"
        chunks = self._chunks()
        if chunks is None and self._structure.segments:
            return "damaged", "how large the medium is can't be told"
        if chunks is not None and (stored := chunks.count_stored()) < chunks.wanted:
            self._structure.blame("medium-short", f"{stored:,} of {chunks.wanted:,} chunks are there")
            return "damaged", "not all chunks of the medium are there"
        too_large = size_problem(image.size, self._job)
        return None if too_large is None else ("too-large", too_large)

    def _digest(self, image: Ewf, algorithms: tuple[str, ...]) -> tuple[dict[str, str], int]:
        """Return the digests and the size of the medium.

        Raises:
            OSError: libewf can't read it, and nothing else can.
        """
        chunks = self._chunks()
        try:
            if chunks is None or chunks.geometry.size != image.size:
                raise _Differs
            tick = counter(self._report, image.size)
            digests, size = digest_pieces(_compared(chunks, image), algorithms=algorithms, tick=tick)
        except _Differs:
            return digest_pieces(image.pieces(), algorithms=algorithms, tick=counter(self._report, image.size))
        if chunks.damaged:
            text = f"{len(chunks.damaged):,} of {chunks.wanted:,} chunks, the first at byte "
            self._structure.blame("container-checksum", text + f"{chunks.damaged[0] * chunks.geometry.chunk_size:,}")
        self._known["damaged"] = tuple(_spans(chunks))
        self._known["readers"]["custody"] = version("exhibit-ledger")
        return digests, size

    def _wrong_hashes(self, digests: dict[str, str]) -> Iterator[Fault]:
        why = "whether its container is damaged can't be told"
        if "custody" in self._known["readers"]:
            why = "its container is damaged" if self._known["damaged"] else "all checksums of its chunks hold"
        for name, value in sorted(self._known["stored"].items()):
            if name in digests and digests[name] != value:
                yield Fault(
                    "stored-hash", f"expected {name.upper()} {value} of the medium, found {digests[name]}; {why}"
                )


def _compared(chunks: Chunks, image: Ewf) -> Iterator[Piece]:
    """Yield the medium, and compare samples from all over it with what libewf makes of them.

    Raises:
        _Differs: they aren't the same.
        OSError: libewf can't read a sample.
    """
    step = max(chunks.geometry.size // _SAMPLES, 1)
    position = due = 0
    for piece in chunks.pieces():
        if position >= due:
            due += step
            part = piece[: chunks.geometry.chunk_size]
            # A damaged chunk is zeros here and there.
            if image.read_at(position, len(part)) != part:
                raise _Differs
        position += len(piece)
        yield piece


def _spans(chunks: Chunks) -> Iterator[tuple[int, int]]:
    """Yield the damaged bytes of the medium, start and length, neighbours together."""
    size = chunks.geometry.chunk_size
    start = length = 0
    for number in chunks.damaged:
        if length and number * size == start + length:
            length += size
            continue
        if length:
            yield start, length
        start, length = number * size, size
    if length:
        yield start, min(length, chunks.geometry.size - start)
