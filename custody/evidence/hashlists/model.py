"""What stands in a list of digests, whatever its form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from schemas.details.image import ListKind
from schemas.errors import UsageError

BY_LENGTH: Final = {
    32: ("md5",),
    40: ("sha1",),
    56: (),
    64: ("sha256", "blake3"),
    96: (),
    128: ("sha512",),
}
"""Digests by their number of hex digits, where a list doesn't name them; of 56 and 96 digits nothing is computed.

A value of 64 digits is the file's if it is its SHA-256 or its BLAKE3: two functions, and nothing in a list tells which.
"""
LIST_BYTES: Final = 256 << 20
"""A longer list is read by no tool of a court; a million files take 150 MiB."""


class HashListError(UsageError):
    """A list that can't be used at all."""


@dataclass(frozen=True, slots=True)
class Value:
    """A digest in lower-case hex, and which functions may have made it; none that is computed here: empty."""

    algorithms: tuple[str, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What a line says of one file, by its raw ``name``, or of the medium where that is None."""

    line: int
    name: bytes | None
    values: tuple[Value, ...] = ()
    size: int | None = None


@dataclass(frozen=True, slots=True)
class ListFault:
    """Something that is wrong with a list itself: a code, and in words what was found."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class ParsedList:
    """A list: its entries, the numbers of lines that weren't understood, what is wrong with it.

    ``bad`` are ranges of bytes, start and length, that an acquisition couldn't read; ``unchecked`` counts values of
    parts of the medium, which nothing here is compared with.
    """

    kind: ListKind
    entries: tuple[Entry, ...]
    unknown: tuple[int, ...] = ()
    faults: tuple[ListFault, ...] = ()
    bad: tuple[tuple[int, int], ...] = ()
    unchecked: int = 0


@dataclass(slots=True)
class Collected:
    """A list under way."""

    entries: list[Entry] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)
    faults: list[ListFault] = field(default_factory=list)
    bad: list[tuple[int, int]] = field(default_factory=list)
    unchecked: int = 0

    def done(self, kind: ListKind) -> ParsedList:
        """Return it."""
        faults = tuple(self.faults)
        return ParsedList(kind, tuple(self.entries), tuple(self.unknown), faults, tuple(self.bad), self.unchecked)


def value_of(digest: bytes, *, algorithm: str | None = None) -> Value | None:
    """Return the value of hex digits; nothing where they are no digest, or not as long as ``algorithm`` makes them."""
    text = digest.decode("ascii", "replace").lower()
    if not text or set(text) - set("0123456789abcdef") or len(text) not in BY_LENGTH:
        return None
    if algorithm is None:
        return Value(BY_LENGTH[len(text)], text)
    known = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128, "sha3_256": 64, "blake3": 64, "sm3": 64}
    if algorithm not in known:
        return Value((), text)
    return Value((algorithm,), text) if len(text) == known[algorithm] else None
