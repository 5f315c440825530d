"""Which of the files of an exhibit are an image, and what their names and ends say, before any of it is read."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from custody.evidence.images.findings import Fault
from custody.evidence.images.formats import (
    ALL_NAMES,
    Sample,
    begins_as_medium,
    container_of,
    has_mark,
    is_placeholder,
    is_pointer,
    sample,
)
from custody.evidence.images.sets import Listed, find_segments
from custody.evidence.wording import shown
from schemas.details.image import Container

IMAGE_KINDS: Final = frozenset({"drive", "image"})
"""Kinds of an exhibit that make its file an image even if nothing else says so."""
_EXTENT: Final = re.compile(
    rb'^[ \t]*(?:RW|RDONLY|NOACCESS)[ \t]+\d+[ \t]+[A-Z0-9]+[ \t]+"([^"\r\n]{1,255})"', re.MULTILINE
)
_DESCRIPTOR_BYTES: Final = 1 << 16
_SECTOR: Final = 512


@dataclass(frozen=True, slots=True)
class Guard:
    """What a file was before it was read: device, number, size, and times of change."""

    path: bytes
    stat: tuple[int, int, int, int, int]

    @classmethod
    def of(cls, path: bytes) -> Guard:
        """Take note of a file.

        Raises:
            OSError: it is gone.
        """
        found = os.stat(path)
        return cls(path, (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns))


@dataclass(frozen=True, slots=True)
class ImageFiles:
    """An image among the files of an exhibit: its files in order of their names, as absolute raw paths."""

    container: Container
    paths: tuple[bytes, ...]
    missing: tuple[tuple[int, int], ...]
    faults: tuple[Fault, ...]
    guards: tuple[Guard, ...]

    @property
    def is_readable(self) -> bool:
        """Tell whether anything of it is there to be read."""
        return not any(fault.damage in {"pointer-file", "zero-bytes"} for fault in self.faults)


def find_images(
    paths: Sequence[Path], *, is_image: bool, sure: frozenset[Container] = ALL_NAMES
) -> tuple[ImageFiles, ...]:
    """Return the images among the files of an exhibit, with the segments that lie beside a given one.

    ``is_image`` says that the exhibit is called one: its only file then is a raw image if it is no other. ``sure`` are
    those whose name counts even if the bytes say that they are something else. Directories, links, and files that
    can't be opened are left out.
    """
    found: list[ImageFiles] = []
    seen: set[bytes] = set()
    listed: Listed = {}
    for path in paths:
        raw = place_of(path)
        if raw in seen or not os.path.isfile(raw) or os.path.islink(raw):
            continue
        try:
            image = _find_image(raw, listed, is_image=is_image, sure=sure)
        except OSError:
            # The intake says what can't be read, and how it may be accepted.
            continue
        if image is not None:
            seen.update(image.paths)
            found.append(image)
    return without_extents(found)


def without_extents(images: Sequence[ImageFiles]) -> tuple[ImageFiles, ...]:
    """Return images without those that are an extent of another one, which comes before its descriptor by name."""
    extents = {path for image in images if image.container == "vmdk" for path in image.paths[1:]}
    return tuple(image for image in images if image.paths[0] not in extents)


def place_of(path: Path) -> bytes:
    """Return the absolute raw path of a file, its folder without links."""
    folder, name = os.path.split(os.fsencode(path))
    return os.path.join(os.path.realpath(folder or b"."), name)


def _find_image(path: bytes, listed: Listed, *, is_image: bool, sure: frozenset[Container]) -> ImageFiles | None:
    ends = sample(path)
    container = container_of(os.path.basename(path), ends, is_image=is_image, sure=sure)
    names = (
        find_segments(path, listed) if container in {None, "split-raw"} or str(container).startswith("ewf") else None
    )
    if container is None and names is not None and len(names.paths) > 1:
        # A later piece of a raw image says nothing of itself, nor does a first segment that was written over.
        other = names.paths[names.paths[0] == path]
        found = container_of(os.path.basename(other), sample(other), sure=sure)
        if found == "split-raw":
            container = found if other == names.paths[0] else None
        elif found is not None and found.startswith("ewf") and has_mark(found, sample(other)):
            container = found
    if container is None:
        return None
    files: tuple[bytes, ...] = (path,)
    missing: tuple[tuple[int, int], ...] = ()
    if names is not None:
        files, missing = names.paths, names.missing
    elif container == "vmdk":
        extents, missing = _extents_beside(path)
        files = (path, *extents)
    samples = [sample(file) for file in files]
    if container in {"raw", "split-raw"}:
        container = "split-raw" if len(files) > 1 or missing else container
        if container == "split-raw" and not is_image and not _looks_split(samples):
            return None
        is_doubtful = container == "split-raw" and (files[0].endswith(b".000") or (len(files) == 1 and not missing))
        if is_doubtful and not is_image and "split-raw" not in sure and not _begins_as_disk(samples):
            return None
    faults = tuple(_faults(container, files, samples, missing))
    return ImageFiles(container, files, missing, faults, tuple(Guard.of(file) for file in files))


def _begins_as_disk(samples: Sequence[Sample]) -> bool:
    """Tell whether numbered files begin as a disk does, or were meant to: logs and caches are numbered from 0 too, and
    many a file without a second one has a number in the place of an ending.
    """
    return begins_as_medium(samples[0]) or any(is_placeholder(found) for found in samples)


def _looks_split(samples: Sequence[Sample]) -> bool:
    """Tell whether numbered files can be pieces of one disk: whole sectors, all alike but a shorter last one."""
    sizes = [found.size for found in samples]
    if any(is_placeholder(found) for found in samples):
        return True
    return (
        all(size == sizes[0] for size in sizes[:-1])
        and sizes[-1] <= sizes[0]
        and not any(size % _SECTOR for size in sizes)
    )


def _faults(
    container: Container, files: Sequence[bytes], samples: Sequence[Sample], missing: Sequence[tuple[int, int]]
) -> list[Fault]:
    faults = []
    names = [shown(os.path.basename(file)) for file in files]
    for name, found in zip(names, samples, strict=True):
        if found.size == 0:
            faults.append(Fault("zero-bytes", f"{name} has no bytes"))
        elif is_pointer(found):
            faults.append(Fault("pointer-file", f"{name} of {found.size} bytes names a file that is kept elsewhere"))
        elif not has_mark(container, found) and not (container == "vmdk" and file_is_extent(files, names, name)):
            faults.append(Fault("container-structure", f"{name} doesn't begin as an image of this kind does"))
    if missing:
        runs = (str(first) if count == 1 else f"{first} to {first + count - 1}" for first, count in missing[:16])
        total = len(files) + sum(count for _, count in missing)
        faults.append(Fault("segment-missing", f"{', '.join(runs)} of {total} by their names"))
    if container == "split-raw":
        sizes = [found.size for found in samples]
        odd = [name for name, size in zip(names[1:-1], sizes[1:-1], strict=True) if size != sizes[0]]
        if odd or sizes[-1] > sizes[0]:
            name = (odd or names[-1:])[0]
            faults.append(Fault("segment-order", f"{name} isn't as large as {names[0]}, and only the last may be less"))
    return faults


def file_is_extent(files: Sequence[bytes], names: Sequence[str], name: str) -> bool:
    """Tell whether a file of a VMDK is an extent beside its descriptor; those of flat ones have no mark."""
    return len(files) > 1 and names.index(name) > 0


def _extents_beside(path: bytes) -> tuple[tuple[bytes, ...], tuple[tuple[int, int], ...]]:
    """Return the extents that a VMDK descriptor names, as far as they lie beside it, and the numbers of the others.

    The descriptor itself is number 1. A name that leads elsewhere is never followed: it may be any file here.
    """
    with open(path, "rb", buffering=0) as file:
        text = file.read(_DESCRIPTOR_BYTES)
    if not re.match(rb"\s*# Disk DescriptorFile", text, re.IGNORECASE):
        return (), ()
    folder = os.path.dirname(path)
    found, missing = [], []
    for number, name in enumerate(dict.fromkeys(_EXTENT.findall(text)), start=2):
        there = os.path.join(folder, name)
        if b"/" not in name and b"\\" not in name and os.path.isfile(there) and not os.path.islink(there):
            found.append(there)
        else:
            missing.append(number)
    return tuple(found), _runs(missing)


def _runs(numbers: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Return sorted numbers as runs, first and length."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and sum(runs[-1]) == number:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((number, 1))
    return tuple(runs)
