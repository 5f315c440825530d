"""The values of a list against what was read: files by their names, the medium by its digests."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from custody.evidence.hashlists.model import Entry, ParsedList

_WINDOWS: Final = re.compile(rb"\A(?:[A-Za-z]:)?\\|\\[^\\/]+\\")


@dataclass(frozen=True, slots=True)
class Known:
    """What was read of one file or of the medium: its digests by name, and its size in bytes."""

    digests: Mapping[str, str]
    size: int | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that isn't what was read; of the medium where ``file``, a SHA-256, is None."""

    line: int
    name: bytes | None
    file: str | None
    expected: str | None = None
    found: str | None = None
    expected_size: int | None = None
    found_size: int | None = None


@dataclass(slots=True)
class Comparison:
    """What came of it; ``absent`` are names of the list below its folder that the exhibit doesn't hold."""

    matching: int = 0
    unchecked: int = 0
    unlisted: int = 0
    absent: list[bytes] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)


def compare(parsed: ParsedList, *, files: Mapping[bytes, Known], medium: Known | None) -> Comparison:
    """Return how a list compares with ``files``, by their raw paths in the exhibit, and with a medium that was read."""
    result = Comparison(unchecked=parsed.unchecked)
    prefixes = _prefixes(parsed.entries, files)
    named: set[bytes] = set()
    for entry in parsed.entries:
        if entry.name is None:
            _compare_one(result, entry, medium, None)
            continue
        path = _path_of(entry.name, prefixes, files)
        if path is None:
            result.absent.append(entry.name)
            continue
        named.add(path)
        _compare_one(result, entry, files[path], files[path].digests.get("sha256"))
    # A log of the medium alone names no files, so none is missing from it.
    result.unlisted = len(files) - len(named) if any(entry.name is not None for entry in parsed.entries) else 0
    return result


def _compare_one(result: Comparison, entry: Entry, known: Known | None, file: str | None) -> None:
    if known is None:
        result.unchecked += len(entry.values) + (entry.size is not None)
        return
    for value in entry.values:
        found = [known.digests[name] for name in value.algorithms if name in known.digests]
        if not found:
            result.unchecked += 1
        elif value.digest in found:
            result.matching += 1
        else:
            difference = Difference(entry.line, entry.name, file, expected=value.digest, found=found[0])
            result.differences.append(difference)
    if entry.size is not None and known.size is not None:
        if entry.size == known.size:
            result.matching += 1
        else:
            result.differences.append(
                Difference(entry.line, entry.name, file, expected_size=entry.size, found_size=known.size)
            )


def _prefixes(entries: Sequence[Entry], files: Mapping[bytes, Known]) -> tuple[bytes, ...]:
    """Return the folders that the list's names begin with where the exhibit's begin: those that fit most names.

    A list is made from another folder than the exhibit, so its names are longer.
    """
    votes: Counter[bytes] = Counter()
    for entry in entries:
        if entry.name is not None:
            name = _plain(entry.name)
            for prefix in _splits(name):
                if name[len(prefix) :] in files:
                    votes[prefix] += 1
    most = max(votes.values(), default=0)
    return tuple(sorted(prefix for prefix, count in votes.items() if count == most))


def _splits(name: bytes) -> Iterator[bytes]:
    yield b""
    for place, byte in enumerate(name):
        if byte == 0x2F:
            yield name[: place + 1]


def _path_of(name: bytes, prefixes: Sequence[bytes], files: Mapping[bytes, Known]) -> bytes | None:
    plain = _plain(name)
    found = (plain[len(prefix) :] for prefix in prefixes if plain.startswith(prefix))
    return next((path for path in found if path in files), None)


def _plain(name: bytes) -> bytes:
    """Return a name with slashes between its parts and no ``./`` in front; Windows writes backslashes."""
    if _WINDOWS.search(name) and b"/" not in name:
        name = name.replace(b"\\", b"/")
    while name.startswith(b"./"):
        name = name[2:]
    return name
