"""Lists of hashdeep: a header that names the columns, and lines of values with the name last.

    %%%% HASHDEEP-1.0
    %%%% size,md5,sha256,filename
    ## Invoked from: /evidence
    622,6f4a8a...,2f1cf7...,/evidence/a.hsh

A name may hold commas; nothing is quoted. Source: FILEFORMAT in jessek/hashdeep.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from custody.evidence.hashlists.model import Collected, Entry, HashListError, ListFault, ParsedList, Value, value_of

MARK: Final = b"%%%% HASHDEEP-1.0"
_COLUMNS: Final = {b"md5": "md5", b"sha1": "sha1", b"sha256": "sha256", b"tiger": "tiger", b"whirlpool": "whirlpool"}
_DIGITS: Final = {"tiger": 48, "whirlpool": 128}


def parse_hashdeep(lines: Sequence[bytes]) -> ParsedList:
    """Return the list.

    Raises:
        HashListError: ``hash-list.header``.
    """
    columns = _columns(lines)
    found = Collected()
    for number, line in enumerate(lines[2:], start=3):
        if not line.strip() or line.startswith((b"##", b"%%%%")):
            continue
        cells = line.split(b",", len(columns) - 1)
        if len(cells) != len(columns) or not cells[0].isdigit() or len(cells[0]) > 15:
            found.unknown.append(number)
            continue
        values = [_value(found, number, name, cell) for name, cell in zip(columns[1:-1], cells[1:-1], strict=True)]
        if None in values:
            found.unknown.append(number)
            continue
        kept = tuple(value for value in values if value is not None)
        found.entries.append(Entry(number, cells[-1], kept, int(cells[0])))
    return found.done("hashdeep")


def _columns(lines: Sequence[bytes]) -> list[bytes]:
    header = lines[1] if len(lines) > 1 else b""
    columns = header.removeprefix(b"%%%% ").split(b",")
    known = columns[0] == b"size" and columns[-1] == b"filename" and set(columns[1:-1]) <= _COLUMNS.keys()
    if not header.startswith(b"%%%% ") or not known or len(set(columns)) != len(columns) or len(columns) < 3:
        text = "expected '%%%% size,<digests>,filename' in the second line"
        raise HashListError("hash-list.header", f"{text}, found {header[:80]!r}")
    return columns


def _value(found: Collected, number: int, name: bytes, cell: bytes) -> Value | None:
    algorithm = _COLUMNS[name]
    if algorithm in _DIGITS:
        is_right = len(cell) == _DIGITS[algorithm]
        value = Value((), cell.decode("ascii", "replace").lower()) if is_right else None
    else:
        value = value_of(cell, algorithm=algorithm)
    if value is None:
        text = f"line {number}: expected a digest of {algorithm}, found {len(cell)} characters that are none"
        found.faults.append(ListFault("hash-list.length", text))
    return value
