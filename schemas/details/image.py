"""Details of forensic images and of the hash lists that came with evidence: parts of ``exhibit.registered``.

An image is a container (one file or several, whose digests stand in the content) around a medium, the disk that was
copied. Both are recorded, as one can be damaged without the other (libyal/libewf#203): a container whose
checksums don't hold may still hold every sector, and a whole container may hold another medium than it says.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from schemas import limits
from schemas.content import DigestHex, Digests
from schemas.details.ledger import check_sorted
from schemas.types import UNSET, Count, Hash, Private, Record, Unset

Container = Literal[
    "aff4", "ewf-e01", "ewf-ex01", "ewf-l01", "ewf-s01", "qcow2", "raw", "split-raw", "vhd", "vhdx", "vmdk"
]
Damage = Literal[
    "container-checksum", "container-structure", "medium-short", "pointer-file", "segment-missing", "segment-order",
    "stored-hash", "truncated", "zero-bytes",
]  # fmt: skip
NotRead = Literal[
    "damaged", "encrypted", "library-absent", "library-failed", "needs-parent", "not-asked", "too-large", "unsupported"
]
Compression = Literal["bzip2", "deflate", "none", "other"]
Algorithm = Literal["md5", "sha1", "sha256", "sha512"]
ListFault = Literal["duplicate", "length", "line-ends", "map"]
ListKind = Literal["dc3dd", "dcfldd", "ddrescue", "ftk-imager", "guymager", "hashdeep", "md5deep", "sums"]

Version = Annotated[str, Meta(pattern=r"^[0-9A-Za-z.+-]{1,32}\Z")]


class Span(Record, frozen=True, kw_only=True):
    """``length`` sectors or bytes from ``start`` on."""

    length: Annotated[int, Meta(ge=1, le=limits.MAX_SAFE_INTEGER)]
    start: Count


class Spans(Record, frozen=True, kw_only=True):
    """Places on a medium, in order: the number of all, their summed length, and the first of them.

    All of them are a ``document`` too where they are more: one canonical JSON line for each.
    """

    count: Annotated[int, Meta(ge=1, le=limits.MAX_SAFE_INTEGER)]
    document: Hash | Unset = UNSET
    first: Annotated[tuple[Span, ...], Meta(min_length=1, max_length=limits.SPANS_IN_EVENT)]
    total: Count


class ImageHeader(Record, frozen=True, kw_only=True):
    """What the image says of itself, as it is written there: case data, people and times that nobody vouches for."""

    acquired: Private | Unset = UNSET
    case_number: Private | Unset = UNSET
    description: Private | Unset = UNSET
    device_model: Private | Unset = UNSET
    device_serial: Private | Unset = UNSET
    evidence_number: Private | Unset = UNSET
    examiner: Private | Unset = UNSET
    notes: Private | Unset = UNSET
    operating_system: Private | Unset = UNSET
    other: Private | Unset = UNSET
    software: Private | Unset = UNSET
    system_date: Private | Unset = UNSET


class Medium(Record, frozen=True, kw_only=True):
    """The disk inside an image, read from its first to its last byte; ``sector_size`` in bytes where it is known."""

    digests: Digests
    sector_size: Annotated[int, Meta(ge=1, le=1 << 20)] | Unset = UNSET
    size: Count


class StoredHash(Record, frozen=True, kw_only=True):
    """A digest of the medium that stands in the image; ``match`` unless the medium wasn't read."""

    algorithm: Algorithm
    match: bool | Unset = UNSET
    value: DigestHex


class Segments(Record, frozen=True, kw_only=True):
    """The files of an image: ``order`` holds their SHA-256 in the order of the medium.

    Of many, always of more than 32, ``document`` is their list instead. ``missing`` are numbers of segments
    that aren't there, the first of 1; the end of a set can be missing unnoticed only where its format marks no end.
    """

    count: Annotated[int, Meta(ge=1, le=limits.MAX_SAFE_INTEGER)]
    document: Hash | Unset = UNSET
    missing: Spans | Unset = UNSET
    order: Annotated[tuple[Hash, ...], Meta(min_length=1, max_length=limits.SPANS_IN_EVENT)] | Unset = UNSET


class Reader(Record, frozen=True, kw_only=True):
    """What read the container or its medium."""

    name: Literal["custody", "libewf", "libqcow", "libvhdi", "libvmdk"]
    version: Version


class Image(Record, frozen=True, kw_only=True):
    """A forensic image; ``medium`` exactly where it was read to its end, else ``not_read`` says why it wasn't.

    ``damaged`` are bytes of the medium that the container's own checksums give up; ``unreadable`` are sectors that the
    acquisition couldn't read. ``damage`` is sorted.
    """

    compression: Compression | Unset = UNSET
    container: Container
    damage: Annotated[tuple[Damage, ...], Meta(min_length=1, max_length=16)] | Unset = UNSET
    damaged: Spans | Unset = UNSET
    header: ImageHeader | Unset = UNSET
    medium: Medium | Unset = UNSET
    not_read: NotRead | Unset = UNSET
    readers: Annotated[tuple[Reader, ...], Meta(min_length=1, max_length=4)] | Unset = UNSET
    segments: Segments
    stored: Annotated[tuple[StoredHash, ...], Meta(min_length=1, max_length=8)] | Unset = UNSET
    unreadable: Spans | Unset = UNSET

    def __post_init__(self) -> None:
        """Tie the medium to why it isn't there; ValueError becomes ``record.malformed``."""
        if (self.medium is UNSET) == (self.not_read is UNSET):
            raise ValueError("either medium or not_read stands")
        check_sorted("damage", self.damage)
        stored = self.stored if isinstance(self.stored, tuple) else ()
        for item in stored:
            found = getattr(self.medium.digests, item.algorithm) if isinstance(self.medium, Medium) else UNSET
            if item.match != (UNSET if found is UNSET else found == item.value):
                raise ValueError("match says whether a stored hash is that of the medium, and stands where it is known")
        damage = self.damage if isinstance(self.damage, tuple) else ()
        if any(item.match is False for item in stored) != ("stored-hash" in damage):
            raise ValueError("damage names a stored hash exactly where one doesn't match")


class ListDifference(Record, frozen=True, kw_only=True):
    """A value of a list that isn't what was read: ``file`` by its SHA-256, or the medium where it is left out.

    ``found`` is left out for a file that the exhibit doesn't hold; its name stands in the list alone.
    """

    expected: DigestHex | Unset = UNSET
    expected_size: Count | Unset = UNSET
    file: Hash | Unset = UNSET
    found: DigestHex | Unset = UNSET
    found_size: Count | Unset = UNSET


class HashList(Record, frozen=True, kw_only=True):
    """A list of digests, or the log of an acquisition, held against what was read; ``document`` is its SHA-256.

    Counts are of its values (one digest or size of one file or of the medium), of names that the exhibit doesn't hold
    (``absent``), of files that it doesn't name (``unlisted``) and of lines that this program doesn't understand.
    ``faults``, sorted, are of the list itself.
    """

    absent: Count
    differences: Annotated[tuple[ListDifference, ...], Meta(min_length=1, max_length=32)] | Unset = UNSET
    differing: Count
    document: Hash
    faults: Annotated[tuple[ListFault, ...], Meta(min_length=1, max_length=8)] | Unset = UNSET
    kind: ListKind
    matching: Count
    unchecked: Count
    unknown_lines: Count
    unlisted: Count

    def __post_init__(self) -> None:
        """Check the order of faults; ValueError becomes ``record.malformed``."""
        check_sorted("faults", self.faults)
