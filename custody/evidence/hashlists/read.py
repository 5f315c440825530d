"""Which tool wrote a list, and what stands in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from custody.evidence.hashlists.ddrescue import MARK as DDRESCUE_MARK
from custody.evidence.hashlists.ddrescue import parse_ddrescue
from custody.evidence.hashlists.hashdeep import MARK as HASHDEEP_MARK
from custody.evidence.hashlists.hashdeep import parse_hashdeep
from custody.evidence.hashlists.lines import split_lines
from custody.evidence.hashlists.logs import (
    DC3DD_MARK,
    DCFLDD_MARK,
    FTK_MARK,
    GUYMAGER_MARK,
    parse_dc3dd,
    parse_dcfldd,
    parse_ftk,
    parse_guymager,
)
from custody.evidence.hashlists.model import Entry, HashListError, ListFault, ParsedList
from custody.evidence.hashlists.sums import is_sums, parse_sums
from custody.evidence.wording import shown

_HEAD_LINES = 40
"""Lines in which the tool must have named itself."""


def read_hash_list(raw: bytes) -> ParsedList:
    """Return the values of a list.

    Raises:
        HashListError: ``hash-list.format`` for a list of no known tool, ``hash-list.empty`` for one without any value,
            ``hash-list.header``, ``hash-list.size``, ``hash-list.encoding``.
    """
    lines, faults = split_lines(raw)
    parsed = _parse(lines)
    if not parsed.entries and not parsed.faults:
        raise HashListError("hash-list.empty", "expected digests in the list, found none")
    return replace(parsed, faults=(*faults, *parsed.faults, *_conflicts(parsed.entries)))


def _parse(lines: Sequence[bytes]) -> ParsedList:
    head = lines[:_HEAD_LINES]
    if lines and lines[0].strip() == HASHDEEP_MARK:
        return parse_hashdeep(lines)
    if any(DDRESCUE_MARK.match(line) for line in head):
        return parse_ddrescue(lines)
    if any(GUYMAGER_MARK.search(line) for line in head):
        return parse_guymager(lines)
    if any(DC3DD_MARK.match(line) for line in head):
        return parse_dc3dd(lines)
    if any(is_sums(line) for line in lines):
        return parse_sums(lines)
    if any(FTK_MARK.search(line) for line in head):
        return parse_ftk(lines)
    if any(DCFLDD_MARK.match(line) for line in lines):
        return parse_dcfldd(lines)
    raise HashListError(
        "hash-list.format",
        "expected a list of sha256sum, md5deep or hashdeep, or a log of Guymager, FTK Imager, dc3dd, dcfldd, ddrescue",
        hint="attach other papers with --document",
    )


def _conflicts(entries: Sequence[Entry]) -> Iterator[ListFault]:
    """Yield a fault for each name, and for the medium, of which the list says two different things."""
    said: dict[tuple[bytes | None, tuple[str, ...]], tuple[str, int]] = {}
    for entry in entries:
        for value in entry.values:
            known, line = said.setdefault((entry.name, value.algorithms), (value.digest, entry.line))
            if known != value.digest:
                what = "the medium" if entry.name is None else shown(entry.name)
                text = f"line {entry.line} says another digest of {what} than line {line}"
                yield ListFault("hash-list.duplicate", text)
