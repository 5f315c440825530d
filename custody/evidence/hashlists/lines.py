"""From the bytes of a list to its lines: byte order marks, UTF-16, and line ends of either system, but not of both."""

from __future__ import annotations

import codecs
from collections.abc import Sequence

from custody.evidence.hashlists.model import LIST_BYTES, HashListError, ListFault


def split_lines(raw: bytes) -> tuple[Sequence[bytes], tuple[ListFault, ...]]:
    """Return the lines of a list without their ends, in UTF-8 where it was in UTF-16; and what is wrong with the ends.

    Raises:
        HashListError: ``hash-list.size``, ``hash-list.encoding``.
    """
    if len(raw) > LIST_BYTES:
        raise HashListError("hash-list.size", f"expected a list of at most {LIST_BYTES:,} bytes, found {len(raw):,}")
    text = _decode(raw)
    if b"\0" in text:
        raise HashListError("hash-list.encoding", "expected a list of text lines, found bytes that are zero")
    lines = text.split(b"\n")
    if not lines[-1]:
        lines.pop()
    with_cr = sum(line.endswith(b"\r") for line in lines)
    faults: tuple[ListFault, ...] = ()
    if 0 < with_cr < len(lines) and any(line and not line.endswith(b"\r") for line in lines[:-1]):
        found = f"expected one kind of line end, found CR LF after {with_cr:,} of {len(lines):,} lines"
        faults = (ListFault("hash-list.line-ends", found),)
    return [line[:-1] if line.endswith(b"\r") else line for line in lines], faults


def _decode(raw: bytes) -> bytes:
    if raw.startswith(codecs.BOM_UTF8):
        return raw[len(codecs.BOM_UTF8) :]
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if raw.startswith(mark):
            try:
                return raw[len(mark) :].decode(encoding).encode("utf-8")
            except UnicodeError:
                raise HashListError("hash-list.encoding", "expected UTF-16, as its first bytes say") from None
    return raw
