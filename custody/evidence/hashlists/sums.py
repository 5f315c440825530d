r"""Lists of one digest a line: md5sum to sha512sum, b3sum, md5deep to sha256deep, and the BSD form.

    2cf24d...  notes.txt             two spaces: read as text
    2cf24d... *notes.txt             a star: read as binary; the bytes are the same where we live
    \2cf24d...  a\nb.txt             a backslash in front: \\, \n and \r in the name are escapes
       622  2cf24d...  notes.txt     md5deep -z: the size in bytes first
    SHA256 (notes.txt) = 2cf24d...   --tag

What has no name, ``-``, or that of a device is the medium.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from custody.evidence.hashlists.model import BY_LENGTH, Collected, Entry, ListFault, ParsedList, value_of

_GNU: Final = re.compile(rb"\A(\\?)([0-9a-fA-F]{16,160})( [ *]|\t)(.+)\Z", re.DOTALL)
_SIZED: Final = re.compile(rb"\A\s*(\d{1,15})  ([0-9a-fA-F]{16,160})  (.+)\Z", re.DOTALL)
_TAGGED: Final = re.compile(rb"\A(\\?)([A-Za-z0-9/-]{2,16}) \((.+)\) = ([0-9a-fA-F]{16,160})\Z", re.DOTALL)
_ESCAPES: Final = {b"\\\\": b"\\", b"\\n": b"\n", b"\\r": b"\r"}
_TAGS: Final = {
    b"BLAKE3": "blake3", b"MD5": "md5", b"SHA1": "sha1", b"SHA256": "sha256", b"SHA3-256": "sha3_256",
    b"SHA512": "sha512", b"SM3": "sm3",
}  # fmt: skip


def is_sums(line: bytes) -> bool:
    """Tell whether a line is one of such a list."""
    return bool(_GNU.match(line) or _SIZED.match(line) or _TAGGED.match(line))


def parse_sums(lines: Sequence[bytes]) -> ParsedList:
    """Return the list; lines of no known form are counted, digests of no known length are a fault."""
    found = Collected()
    is_sized = False
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith(b"#"):
            continue
        sized, gnu, tagged = _SIZED.match(line), _GNU.match(line), _TAGGED.match(line)
        if sized is not None:
            is_sized = True
            _add(found, number, sized[3], sized[2], size=int(sized[1]))
        elif gnu is not None:
            _add(found, number, _unescape(gnu[4]) if gnu[1] else gnu[4], gnu[2])
        elif tagged is not None:
            name = _unescape(tagged[3]) if tagged[1] else tagged[3]
            algorithm = _TAGS.get(tagged[2].upper(), tagged[2].decode("ascii").lower())
            _add(found, number, name, tagged[4], algorithm=algorithm)
        else:
            found.unknown.append(number)
    return found.done("md5deep" if is_sized else "sums")


def _add(
    found: Collected, number: int, name: bytes, digest: bytes, *, size: int | None = None, algorithm: str | None = None
) -> None:
    value = value_of(digest, algorithm=algorithm)
    if value is None:
        lengths = ", ".join(map(str, BY_LENGTH))
        text = f"line {number}: expected a digest of {algorithm or lengths} hex digits, found {len(digest)} of them"
        found.faults.append(ListFault("hash-list.length", text))
        found.unknown.append(number)
        return
    # What has no name is the bytes that came through a pipe or from a device.
    is_medium = name == b"-" or name.startswith(b"/dev/")
    found.entries.append(Entry(number, None if is_medium else name, (value,), size))


def _unescape(name: bytes) -> bytes:
    return re.sub(rb"\\[\\nr]", lambda match: _ESCAPES[match[0]], name)
