"""The files that make a bundle a BagIt 1.0 bag (RFC 8493), in one exact spelling each.

    bagit.txt                 BagIt-Version: 1.0
                              Tag-File-Character-Encoding: UTF-8
    bag-info.txt              Payload-Oxum: 5.1
    manifest-sha256.txt       2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824  data/files/2cf2...

RFC 8493 allows more (other line ends, tabs, encoded paths, further fields); a reader that accepts more would let two
byte strings mean one bag. Lines of a manifest stand in order of path bytes, each path once, each line ended by LF.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import msgspec

from schemas import limits, text
from schemas.errors import RecordError

DECLARATION: Final = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
"""All of ``bagit.txt`` (RFC 8493 section 2.1.1)."""

_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*)\Z", re.ASCII)
_INFO = re.compile(r"Payload-Oxum: ([0-9]{1,20})\.([0-9]{1,20})\n\Z", re.ASCII)


class Oxum(msgspec.Struct, frozen=True):
    """Payload-Oxum: sum of sizes in bytes, and number, of all payload files listed (RFC 8493 section 2.2.2)."""

    bytes: int
    count: int


def check_declaration(raw: bytes) -> None:
    """Raise unless ``raw`` is ``bagit.txt``.

    Raises:
        RecordError: ``bag.declaration``.
    """
    if raw != DECLARATION:
        raise RecordError("bag.declaration", f"expected BagIt 1.0 in UTF-8, found {raw[:80]!r}")


def format_bag_info(*, total_bytes: int, count: int) -> bytes:
    """Return ``bag-info.txt`` for ``count`` payload files of ``total_bytes`` bytes in all."""
    return b"Payload-Oxum: %d.%d\n" % (total_bytes, count)


def parse_bag_info(raw: bytes) -> Oxum:
    """Return what ``bag-info.txt`` says.

    Raises:
        RecordError: ``bag.info`` for anything but the one line, or ``text.decimal``.
    """
    found = _INFO.match(raw[:128].decode("latin-1"))
    if found is None or len(raw) > 128:
        raise RecordError("bag.info", f"expected 'Payload-Oxum: <bytes>.<count>' and LF, found {raw[:80]!r}")
    return Oxum(
        bytes=text.parse_decimal(found[1]),
        count=text.parse_decimal(found[2], maximum=limits.MEMBERS),
    )


def format_manifest(items: Iterable[tuple[str, str]]) -> bytes:
    """Return the manifest of (path, SHA-256) in any order.

    Raises:
        RecordError: as `parse_manifest`: what it would refuse is never written.
    """
    raw = "".join(f"{digest}  {path}\n" for path, digest in sorted(items)).encode("utf-8", "surrogatepass")
    parse_manifest(raw)
    return raw


def parse_manifest(raw: bytes) -> tuple[tuple[str, str], ...]:
    """Return (path, SHA-256 in hex) of each line of a payload or tag manifest, in order of path.

    Paths are safe ASCII: parts of letters, digits, ``.``, ``_``, ``-``, none of which begins with a dot.

    Raises:
        RecordError: ``bag.manifest`` for a line of another form, or one not ended by LF, ``bag.order`` for paths out
            of order, ``bag.twice`` for a path listed twice, ``bag.too-many`` above 2,000,000 lines.
    """
    if not raw:
        return ()
    lines = raw.decode("latin-1").split("\n")
    if lines.pop():
        raise RecordError("bag.manifest", "expected the last line to end in LF")
    if len(lines) > limits.MEMBERS:
        raise RecordError("bag.too-many", f"expected at most {limits.MEMBERS} lines, found {len(lines)}")
    items, previous = [], ""
    for number, line in enumerate(lines, start=1):
        found = _LINE.match(line) if len(line) < limits.MANIFEST_LINE else None
        if found is None:
            raise RecordError("bag.manifest", f"line {number}: expected '<sha256>  <path>', found {line[:160]!r}")
        digest, path = found.groups()
        if path <= previous:
            code, what = ("bag.twice", "each path once") if path == previous else ("bag.order", "paths in order")
            raise RecordError(code, f"line {number}: expected {what}, found {path[:120]!r} after {previous[:120]!r}")
        items.append((path, digest))
        previous = path
    return tuple(items)
