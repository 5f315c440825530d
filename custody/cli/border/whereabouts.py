"""Where the evidence of an exhibit lies on this machine, and the names of its files. Nothing is read or hashed here."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from custody.cli.showing.holdings import Holdings
from custody.evidence.members import Member
from custody.report.counts import count_bytes
from custody.report.safe_text import show, show_path
from custody.report.words import WITHHELD
from custody.verify.evidence.erasures import Erasures
from schemas.content import Content, Digests, FileRecord
from schemas.errors import CustodyError
from schemas.private import Disclosure
from schemas.types import UNSET

LOOKED_AT: Final = 10_000
"""Files up to which each is looked for in the store; of more, only a check says whether all are there."""
LISTED: Final = 16
"""Files that are listed unless all are asked for: as many as stand in a registration itself."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """``kind`` is store, in-place, or none for an object; ``text`` says in words where the evidence lies.

    ``members`` are its first files, or all; ``present`` how many of ``files`` the store has, where each was looked for.
    """

    kind: Literal["in-place", "none", "store"]
    text: str
    members: tuple[Member, ...] = ()
    files: int | None = None
    present: int | None = None


def whereabouts_of(
    holdings: Holdings,
    content: Content | None,
    registration: str,
    disclosed: Mapping[str, Disclosure],
    *,
    all_files: bool,
    erasures: Erasures | None = None,
) -> Whereabouts:
    """Return where the files of an exhibit lie; ``registration`` is the event hash of its registration.

    A list or location that is damaged or gone is said in words: the story must still be told.
    """
    if content is None:
        return Whereabouts("none", "a physical object; no files belong to it")
    try:
        sources = holdings.locations.find(registration)
        found = _look(holdings, content, disclosed, all_files=all_files, in_store=sources is None)
        erased = _erased(holdings, content, registration, erasures) if found.files is not None else 0
    except CustodyError as error:
        return Whereabouts("store", f"unknown: {show(error.text)} [{error.code}]")
    if sources is not None:
        places = "; ".join(_source(item.path) for item in sources)
        return Whereabouts("in-place", f"left in place: {places}", found.members)
    again = "" if found.files == 0 else "custody check reads them again"
    text = f"in this ledger's own store; {_count(found, erased)}{again}".removesuffix("; ")
    return Whereabouts("store", text, found.members, found.files, found.present)


@dataclass(frozen=True, slots=True)
class _Looked:
    members: tuple[Member, ...]
    files: int | None
    present: int | None


def _look(
    holdings: Holdings, content: Content, disclosed: Mapping[str, Disclosure], *, all_files: bool, in_store: bool
) -> _Looked:
    """Return the members to list, and how many files the store has; no more of a long list is read than is asked."""
    counts = in_store and content.count <= LOOKED_AT
    listed: list[Member] = []
    files = present = 0
    for place, member in enumerate(holdings.members(content, disclosed)):
        if all_files or place < LISTED:
            listed.append(member)
        elif not counts:
            break
        digests = member.record.digests
        if counts and isinstance(digests, Digests):
            files += 1
            present += holdings.evidence.has(digests.sha256, size=_size(member.record))
    return _Looked(tuple(listed), files if counts else None, present if counts else None)


def _size(record: FileRecord) -> int | None:
    return record.size if isinstance(record.size, int) else None


def _source(path: bytes) -> str:
    return f"{show_path(path)} ({'there' if os.path.lexists(path) else 'NOT there now'})"


def _erased(holdings: Holdings, content: Content, registration: str, erasures: Erasures | None) -> int:
    """Return how many files are gone by order; a file that is there all the same is not among them."""
    if erasures is None or not erasures.speaks_of_files:
        return 0
    return sum(
        erasures.record(registration, content, member.record) is not None
        and isinstance(member.record.digests, Digests)
        and not holdings.evidence.has(member.record.digests.sha256)
        for member in holdings.members(content, {})
    )


def _count(found: _Looked, erased: int) -> str:
    if found.files is None or found.present is None:
        return ""
    if not found.files:
        return "no file belongs to it; "
    if found.present == found.files:
        return f"all {found.files:,} files are there; " if found.files > 1 else "the file is there; "
    gone = f", {erased:,} erased by order" if erased else ""
    if found.present + erased == found.files:
        return f"{found.present:,} of {found.files:,} files are there{gone}; "
    return f"only {found.present:,} of {found.files:,} are there{gone}, the others are MISSING; "


def member_lines(members: tuple[Member, ...], content: Content) -> Iterator[str]:
    """Yield the names of files with size and SHA-256, and how many are not listed."""
    for member in members:
        record = member.record
        name = WITHHELD if member.path is None else show_path(member.path)
        target = "" if member.target is None else f" -> {show_path(member.target)}"
        yield f"  {name}{target}: {_what(member)}"
        if isinstance(record.digests, Digests):
            yield f"    SHA-256 {record.digests.sha256}"
    if len(members) < content.count:
        yield f"  and {content.count - len(members):,} more; --files lists all"


def _what(member: Member) -> str:
    record = member.record
    if record.error is not UNSET:
        return "could not be read when registered" + (f" ({show(member.error)})" if member.error else "")
    match record.type:
        case "directory":
            return "an empty folder"
        case "symlink":
            return "a link to another name"
        case _:
            return count_bytes(record.size) if isinstance(record.size, int) else ""
