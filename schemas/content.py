"""What an exhibit consists of: file records, their order, and the content root.

    {"digests":{"blake3":"<hex>","sha256":"<hex>"},"path":{"commitment":"<hex>"},"size":5,"type":"file"}

The root is the RFC 6962 root over the canonical records in order of raw path bytes: one file of a million can be
proven alone, and an expert finds the plain SHA-256 of a file in the signed bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from msgspec import Meta

from schemas import canonical, limits, merkle, text
from schemas.errors import RecordError
from schemas.types import UNSET, Count, Hash, Private, Record, Time, Unset

_NO_PATH = re.compile(rb"(?:\A|/)\.{0,2}(?:/|\Z)|\x00")
"""An empty, ``.`` or ``..`` part, or a byte that ends names."""

DigestHex = Annotated[str, Meta(pattern=r"^[0-9a-f]{32,128}\Z")]


class Digests(Record, frozen=True, kw_only=True):
    """Digests of one file's bytes, lower-case hex; SHA-256 is mandatory."""

    blake3: Hash | Unset = UNSET
    md5: DigestHex | Unset = UNSET
    sha1: DigestHex | Unset = UNSET
    sha256: Hash
    sha3_256: Hash | Unset = UNSET
    sha512: DigestHex | Unset = UNSET
    sm3: Hash | Unset = UNSET


class Pieces(Record, frozen=True, kw_only=True):
    """A list of digests of pieces of ``size`` bytes, committed to by its RFC 6962 root (`schemas.pieces`)."""

    count: Count
    root: Hash
    size: Annotated[int, Meta(ge=1, le=limits.MAX_SAFE_INTEGER)]


class Extent(Record, frozen=True, kw_only=True):
    """A range of a file's bytes: ``size`` of them from ``offset``."""

    offset: Count
    size: Annotated[int, Meta(ge=1, le=limits.MAX_SAFE_INTEGER)]


class FileRecord(Record, frozen=True, kw_only=True):
    """One name below the root of an exhibit: a file, a symbolic link, or an empty directory.

    ``digests`` and ``size`` (bytes) stand exactly for files that could be read; ``error`` for those that could not;
    ``target`` exactly for symbolic links.
    """

    digests: Digests | Unset = UNSET
    error: Private | Unset = UNSET
    modified: Time | Unset = UNSET
    path: Private
    pieces: Pieces | Unset = UNSET
    size: Count | Unset = UNSET
    target: Private | Unset = UNSET
    type: Literal["directory", "file", "symlink"]

    def __post_init__(self) -> None:
        """Tie the optional fields to the type.

        Raises:
            ValueError: which a decoder turns into ``record.malformed``.
        """
        # Made once for each file of an exhibit, so that comparing beats calling.
        readable = self.type == "file" and self.error is UNSET
        if (self.digests is not UNSET) != readable or (self.size is not UNSET) != readable:
            raise ValueError("digests and size stand exactly for files without error")
        if (self.target is not UNSET) != (self.type == "symlink"):
            raise ValueError("target stands exactly for symlinks")
        if self.pieces is not UNSET and not readable:
            raise ValueError("pieces stand only for files that were read")
        if self.modified is not UNSET:
            text.check_times(self.modified)


class Content(Record, frozen=True, kw_only=True):
    """The whole of an exhibit's data: total bytes, number of records, root, and up to 16 records themselves."""

    bytes: Count
    count: Count
    files: Annotated[tuple[FileRecord, ...], Meta(min_length=1, max_length=limits.CONTENT_IN_EVENT)] | Unset = UNSET
    root: Hash


class ManifestLine(Record, frozen=True, kw_only=True):
    """One line of ``data/manifests/<root>.jsonl``: a record and what this recipient may see of it."""

    disclosures: Annotated[tuple[str, ...], Meta(min_length=1, max_length=3)] | Unset = UNSET
    record: FileRecord


def content_of(records: Iterable[FileRecord]) -> Content:
    """Return the content of ``records``, which are already in order of raw path bytes."""
    leaves = merkle.Frontier()
    total = 0
    first: list[FileRecord] = []
    for record in records:
        leaves.append(merkle.hash_leaf(canonical.encode(record)))
        total += record.size if isinstance(record.size, int) else 0
        if len(first) <= limits.CONTENT_IN_EVENT:
            first.append(record)
    inside = tuple(first) if 1 <= len(first) <= limits.CONTENT_IN_EVENT else UNSET
    return Content(bytes=total, count=leaves.size, files=inside, root=leaves.root().hex())


def path_bytes(value: Any) -> bytes:
    """Return the raw bytes of a disclosed path or target: a string's UTF-8, or ``{"base64": ...}`` where it is not.

    Raises:
        RecordError: ``content.path`` for any other value, or base64 of what is valid UTF-8 (two spellings of one name).
    """
    match value:
        case str():
            return value.encode("utf-8")
        case {"base64": str(encoded)} if len(value) == 1:
            raw = text.parse_base64(encoded)
            try:
                raw.decode("utf-8")
            except UnicodeDecodeError:
                return raw
    raise RecordError("content.path", "expected a path as text, or as base64 where it is not UTF-8")


def path_value(raw: bytes) -> str | dict[str, str]:
    """Return the value under which a raw path stands in its disclosure: the inverse of `path_bytes`."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": text.format_base64(raw)}


def check_path(raw: bytes) -> None:
    """Raise unless ``raw`` is a relative path with ``/`` between parts and no empty, ``.`` or ``..`` part.

    Raises:
        RecordError: ``content.path``.
    """
    if len(raw) > limits.PATH_BYTES or _NO_PATH.search(raw):
        raise RecordError("content.path", f"expected a relative path without empty, . or .. part, found {raw[:80]!r}")
