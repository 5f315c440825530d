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
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import islice, pairwise
from string import ascii_lowercase
from typing import Final

SEGMENTS_MOST: Final = 16_384
"""Segments of one image: EWF names end at ``ZZZ``, after some 14,000."""
Listed = dict[bytes, dict[bytes, list[bytes]]]
"""Of each folder that was listed, its files: what follows the last dot, by what stands before it."""
_DIGITS_MOST: Final = 5
_EWF: Final = re.compile(rb"([eEsSlL]x?)(?:\d\d|[a-zA-Z]{2})")
_NUMBER: Final = re.compile(rb"\d{2,5}")
_LETTERS: Final = re.compile(rb"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class SegmentNames:
    """The segments of a set, in order, as absolute raw paths; ``missing`` are runs of numbers, the first being 1: which
    is the first of each, and how many they are.
    """

    paths: tuple[bytes, ...]
    missing: tuple[tuple[int, int], ...] = ()


def find_segments(path: bytes, listed: Listed | None = None) -> SegmentNames:
    """Return the set to which the file at the absolute raw ``path`` belongs; of no known naming it is one by itself.

    ``listed`` keeps the names of folders from one call to the next, as there may be thousands of such files in one.

    Raises:
        OSError: its directory can't be listed.
    """
    folder, name = os.path.split(path)
    stem, dot, ending = name.rpartition(b".")
    number_of = _numbering(ending) if dot else None
    given = number_of(ending) if number_of is not None else None
    if number_of is None or given is None:
        return SegmentNames((path,))
    listed = {} if listed is None else listed
    if folder not in listed:
        listed[folder] = _list(folder)
    there = {number: other for other in listed[folder].get(stem, ()) if (number := number_of(other)) is not None}
    start = 0 if 0 in there else 1
    numbers = [number for number in _in_reach(there, start, given) if number - start < SEGMENTS_MOST]
    paths = tuple(os.path.join(folder, stem + b"." + there[number]) for number in numbers)
    return SegmentNames(paths, _gaps([number - start + 1 for number in numbers]))


def _list(folder: bytes) -> dict[bytes, list[bytes]]:
    found: dict[bytes, list[bytes]] = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            stem, dot, ending = entry.name.rpartition(b".")
            if dot and entry.is_file(follow_symlinks=False):
                found.setdefault(stem, []).append(ending)
    return found


def _in_reach(there: Iterable[int], start: int, given: int) -> Iterator[int]:
    """Yield the numbers in order, up to the first run of ``_GAP`` missing ones after the given file."""
    last = start - 1
    for number in sorted(there):
        if number > max(given, last + _GAP) + 1:
            return
        yield number
        last = number


def _gaps(places: Sequence[int]) -> tuple[tuple[int, int], ...]:
    return tuple((before + 1, place - before - 1) for before, place in pairwise((0, *places)) if place > before + 1)


_GAP: Final = 64
"""So many segments may be missing in a row before the search for later ones ends."""
_Numbering = Callable[[bytes], int | None]
"""Gives the number that the ending of a name stands for, if it is one of this kind."""


def _numbering(ending: bytes) -> _Numbering | None:
    """Return how the endings of a set are numbered, told from one of them."""
    if ewf := _EWF.fullmatch(ending):
        return _places_of(ewf[1]).get
    if _NUMBER.fullmatch(ending):
        return partial(_as_number, len(ending))
    return partial(_as_letters, len(ending)) if _LETTERS.fullmatch(ending) else None


@cache
def _places_of(mark: bytes) -> dict[bytes, int]:
    endings = list(islice(_ewf_endings(mark), SEGMENTS_MOST))
    return {ending: number for number, ending in reversed(list(enumerate(endings, start=1)))}


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


def _as_number(width: int, ending: bytes) -> int | None:
    """Return the number written with at least so many digits, after ``.99`` of two comes ``.100``."""
    is_number = ending.isdigit() and len(ending) <= _DIGITS_MOST
    return int(ending) if is_number and len(ending) == max(width, len(b"%d" % int(ending))) else None


def _as_letters(width: int, ending: bytes) -> int | None:
    """Return the place of ``aa``, ``ab`` ... among those of so many letters, from 1."""
    if len(ending) != width or not _LETTERS.fullmatch(ending):
        return None
    place = 0
    for letter in ending:
        place = place * len(ascii_lowercase) + letter - ord("a")
    return place + 1
