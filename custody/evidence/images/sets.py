"""Which files make up one image: the segments beside its first one, by their names.

    disk.E01 ... disk.E99 disk.EAA ... disk.EZZ disk.FAA ...    EWF; .Ex01, .s01, .L01 likewise
    disk.001 disk.002 ...   disk.000 disk.001 ...               split raw, by number
    disk.aa disk.ab ... disk.zz                                 split raw, as split(1) names them

Only names are looked at. A gap in the numbers is a missing segment; whether segments are missing at the end only their
bytes can tell, and only where the format marks its last one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count, islice
from typing import Final

SEGMENTS_MOST: Final = 16_384
"""Segments of one image: EWF names end at ``ZZZ``, after some 14,000."""
_EWF: Final = re.compile(rb"\.([eEsSlL]x?)(\d\d|[a-zA-Z]{2})\Z")
_NUMBER: Final = re.compile(rb"\.(\d{2,5})\Z")
_LETTERS: Final = re.compile(rb"\.([a-z]{2,3})\Z")


@dataclass(frozen=True, slots=True)
class SegmentNames:
    """The segments of a set, in order, as absolute raw paths; ``missing`` are numbers, the first segment's being 1."""

    paths: tuple[bytes, ...]
    missing: tuple[int, ...] = ()


def find_segments(path: bytes, listed: dict[bytes, frozenset[bytes]] | None = None) -> SegmentNames:
    """Return the set to which the file at the absolute raw ``path`` belongs; of no known naming it is one by itself.

    ``listed`` keeps the names of folders from one call to the next, as there may be thousands of such files in one.

    Raises:
        OSError: its directory can't be listed.
    """
    folder, name = os.path.split(path)
    parsed = _parse(name)
    if parsed is None:
        return SegmentNames((path,))
    number, start, name_of = parsed
    listed = {} if listed is None else listed
    if folder not in listed:
        with os.scandir(folder) as entries:
            listed[folder] = frozenset(entry.name for entry in entries if entry.is_file(follow_symlinks=False))
    there = listed[folder]
    if start == 1 and _NUMBER.search(name) and name_of(0) in there:
        start = 0
    wanted = number - start + 1
    found: list[tuple[int, bytes]] = []
    last = 0
    for place in range(1, SEGMENTS_MOST + 1):
        candidate = name_of(start + place - 1)
        if candidate is None:
            break
        if candidate in there:
            found.append((place, candidate))
            last = place
        elif place > max(wanted, last + _GAP):
            break
    missing = sorted(set(range(1, last)) - {place for place, _ in found})
    return SegmentNames(tuple(os.path.join(folder, candidate) for _, candidate in found), tuple(missing))


_GAP: Final = 64
"""So many segments may be missing in a row before the search for later ones ends."""
_Naming = tuple[int, int, Callable[[int], bytes | None]]


def _parse(name: bytes) -> _Naming | None:
    """Return the number of a segment, the number of the first one, and how names follow from numbers."""
    for parse in (_parse_ewf, _parse_number, _parse_letters):
        found = parse(name)
        if found is not None:
            return found
    return None


def _parse_ewf(name: bytes) -> _Naming | None:
    match = _EWF.search(name)
    if match is None:
        return None
    stem, mark = name[: match.start()], match[1]
    endings = _endings_of(mark)
    places = _places_of(mark)
    ending = match[1] + match[2]
    if ending not in places:
        return None

    def name_of(number: int) -> bytes | None:
        return stem + b"." + endings[number - 1] if number <= len(endings) else None

    return places[ending] + 1, 1, name_of


@cache
def _endings_of(mark: bytes) -> tuple[bytes, ...]:
    return tuple(islice(_ewf_endings(mark), SEGMENTS_MOST))


@cache
def _places_of(mark: bytes) -> dict[bytes, int]:
    endings = _endings_of(mark)
    return {ending: place for place, ending in reversed(list(enumerate(endings)))}


def _ewf_endings(mark: bytes) -> Iterator[bytes]:
    """Yield ``E01`` to ``E99``, ``EAA`` to ``EZZ``, ``FAA`` to ``ZZZ``, in the case of ``mark``."""
    yield from (mark + b"%02d" % number for number in range(1, 100))
    first, tail = mark[:1], mark[1:]
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ" if mark[-1:].isupper() or tail else b"abcdefghijklmnopqrstuvwxyz"
    initials = alphabet if first.isupper() == alphabet.isupper() else alphabet.swapcase()
    for initial in initials[initials.index(first) :]:
        for second in alphabet:
            for third in alphabet:
                yield bytes([initial]) + tail + bytes([second, third])


def _parse_number(name: bytes) -> _Naming | None:
    match = _NUMBER.search(name)
    if match is None:
        return None
    stem, width = name[: match.start()], len(match[1])
    number = int(match[1])

    def name_of(value: int) -> bytes:
        return stem + b"." + b"%0*d" % (width, value)

    return number, 0 if number == 0 else 1, name_of


def _parse_letters(name: bytes) -> _Naming | None:
    match = _LETTERS.search(name)
    if match is None or not set(match[1][:-1]) <= set(b"abcdefghijklmnopqrstuvwxyz"):
        return None
    stem, width = name[: match.start()], len(match[1])

    def name_of(value: int) -> bytes | None:
        letters = []
        left = value - 1
        for _ in range(width):
            left, digit = divmod(left, 26)
            letters.append(97 + digit)
        return stem + b"." + bytes(reversed(letters)) if left == 0 else None

    number = next(value for value in count(1) if name_of(value) in {name, None})
    return number, 1, name_of
