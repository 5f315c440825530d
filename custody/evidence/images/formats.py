"""Which kind of image a file is, by its first and last bytes, and by its name where the bytes can't tell.

Raw images have no mark, so there the name decides, unless the bytes say that they are something else. A pointer file
(git-annex, Git LFS) or an empty file under the name of an image is that image, damaged: what was meant to be there is
named and isn't.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Final, get_args

from custody.evidence.images.other_marks import has_other_mark, is_readable_text
from schemas.details.image import Container

ALL_NAMES: Final[frozenset[Container]] = frozenset(get_args(Container))
"""What somebody calls an image is one by its name, whatever its bytes say; but for raw ones, which have no mark."""
SAMPLE_BYTES: Final = 1024
_MAGIC: Final[tuple[tuple[bytes, Container], ...]] = (
    (b"EVF\x09\x0d\x0a\xff\x00", "ewf-e01"),
    (b"EVF2\x0d\x0a\x81\x00", "ewf-ex01"),
    (b"LVF\x09\x0d\x0a\xff\x00", "ewf-l01"),
    (b"QFI\xfb", "qcow2"),
    (b"KDMV", "vmdk"),
    (b"COWD", "vmdk"),
    (b"vhdxfile", "vhdx"),
    (b"conectix", "vhd"),
)
_DESCRIPTOR: Final = re.compile(rb"\A\s*# Disk DescriptorFile", re.IGNORECASE)
_NAMES: Final[tuple[tuple[re.Pattern[bytes], Container], ...]] = (
    # Not .EAA to .EZZ: .exe, .eml and .evt are such names. Later segments are found from the first, or by their mark.
    (re.compile(rb"\.e(0[1-9]|[1-9]\d)\Z", re.IGNORECASE), "ewf-e01"),
    (re.compile(rb"\.ex(0[1-9]|[1-9]\d)\Z", re.IGNORECASE), "ewf-ex01"),
    (re.compile(rb"\.s(0[1-9]|[1-9]\d)\Z", re.IGNORECASE), "ewf-s01"),
    (re.compile(rb"\.(qcow2?|qcow3)\Z", re.IGNORECASE), "qcow2"),
    (re.compile(rb"-flat\.vmdk\Z", re.IGNORECASE), "raw"),
    (re.compile(rb"\.vmdk\Z", re.IGNORECASE), "vmdk"),
    (re.compile(rb"\.vhd\Z", re.IGNORECASE), "vhd"),
    (re.compile(rb"\.vhdx\Z", re.IGNORECASE), "vhdx"),
    (re.compile(rb"\.aff4\Z", re.IGNORECASE), "aff4"),
    (re.compile(rb"\.(000|001|aa|aaa)\Z", re.IGNORECASE), "split-raw"),
    (re.compile(rb"\.(dd|raw|img|iso|dmg)\Z", re.IGNORECASE), "raw"),
)
_NOISE: Final = 192
"""So many different bytes are in every kilobyte of noise, or of what is compressed."""
_POINTERS: Final = (
    re.compile(rb"\Aversion https?://(git-lfs\.github\.com|hawser\.github\.com)/spec/"),
    re.compile(rb"\A(\.\./)*/?(\.git/)?annex/objects/\S+\s*\Z"),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """The first and the last `SAMPLE_BYTES` of a file, and its size."""

    first: bytes
    last: bytes
    size: int


def sample(path: bytes) -> Sample:
    """Read the two ends of a file.

    Raises:
        OSError: it can't be read.
    """
    with open(path, "rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        first = file.read(SAMPLE_BYTES)
        file.seek(max(size - SAMPLE_BYTES, 0))
        return Sample(first, file.read(SAMPLE_BYTES), size)


def container_of(
    name: bytes, found: Sample, *, is_image: bool = False, sure: frozenset[Container] = ALL_NAMES
) -> Container | None:
    """Return what kind of image a file is; nothing for none.

    ``is_image`` says that somebody called it one: a file without any mark then is a raw image. ``sure`` are those whose
    name counts even if the bytes say that they are something else.
    """
    for magic, kind in _MAGIC:
        if found.first.startswith(magic):
            return "ewf-s01" if kind == "ewf-e01" and named_container(name) == "ewf-s01" else kind
    if _DESCRIPTOR.match(found.first):
        return "vmdk"
    if len(found.last) >= 512 and found.last[-512:].startswith(b"conectix"):
        return "vhd"
    named = named_container(name)
    if named == "aff4" and (found.first.startswith(b"PK\x03\x04") or is_placeholder(found)):
        return named
    if named == "aff4" or (named not in sure and _says_otherwise(named, found)):
        named = None
    named = named or ("raw" if is_image else None)
    return None if named == "raw" and has_other_mark(found.first, found.last) else named


def _says_otherwise(named: Container | None, found: Sample) -> bool:
    """Tell whether a file says of itself that it is no image of its name; zeros, noise and pointers say nothing."""
    if is_placeholder(found):
        return False
    if has_other_mark(found.first, found.last) or is_readable_text(found.first, found.last):
        return True
    # Most files called .s01 are saved games, of as many formats as there are games.
    has_sections = found.first[13:].startswith(b"header")
    return named == "ewf-s01" and not (has_sections or len(set(found.first)) == 1 or len(set(found.first)) >= _NOISE)


def is_pointer(found: Sample) -> bool:
    """Tell whether a file only names where an image is kept: a pointer of Git LFS or git-annex."""
    return found.size < SAMPLE_BYTES and any(pattern.match(found.first) for pattern in _POINTERS)


def is_placeholder(found: Sample) -> bool:
    """Tell whether a file stands where an image was meant to be: it is empty, or a pointer."""
    return found.size == 0 or is_pointer(found)


def begins_as_medium(found: Sample) -> bool:
    """Tell whether a file begins as disks do: with a boot sector, a partition table, a file system that has its mark
    there, an encrypted volume of Linux, or a sector of zeros.
    """
    first = found.first
    is_marked = first.startswith((b"ER\x02\x00", b"LUKS\xba\xbe", b"XFSB")) or first[32:36] == b"NXSB"
    return is_marked or first[510:512] == b"\x55\xaa" or first[512:520] == b"EFI PART" or not any(first[:512])


def has_mark(container: Container, found: Sample) -> bool:
    """Tell whether the bytes of a file say themselves that they are of this kind; raw images say nothing."""
    if container in {"raw", "split-raw"}:
        return True
    if container == "aff4":
        return found.first.startswith(b"PK\x03\x04")
    return container_of(b"", found) in {container, "ewf-e01" if container == "ewf-s01" else container}


def named_container(name: bytes) -> Container | None:
    """Return what kind of image a name promises; nothing for none."""
    return next((kind for pattern, kind in _NAMES if pattern.search(name)), None)
