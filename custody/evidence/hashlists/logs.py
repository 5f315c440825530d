"""Logs of acquisitions: Guymager, FTK Imager, dc3dd and dcfldd. They speak of the medium, and some of files too.

Only lines with a digest, a size or a count of bad sectors are taken in; every other line is prose for a reader. A line
that begins like one of ours and goes on otherwise is not understood, and counted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from custody.evidence.hashlists.model import Collected, Entry, ListFault, ParsedList, value_of
from schemas import limits

GUYMAGER_MARK: Final = re.compile(rb"GUYMAGER ACQUISITION INFO FILE", re.IGNORECASE)
FTK_MARK: Final = re.compile(rb"Created By AccessData|FTK.{0,4} ?Imager|Created By Exterro", re.IGNORECASE)
DC3DD_MARK: Final = re.compile(rb"\A\s*dc3dd \d", re.IGNORECASE)
DCFLDD_MARK: Final = re.compile(rb"\A\s*Total \((md5|sha1|sha256|sha384|sha512)\): ", re.IGNORECASE)

_GUYMAGER: Final = re.compile(rb"\A\s*(MD5|SHA-?1|SHA-?256) hash(?: verified (?:source|image))?\s*:", re.I)
_GUYMAGER_SIZE: Final = re.compile(
    rb"\A\s*(?:Linux device size|Device size|Image size)\s*:\s*(\d{1,15})\b", re.IGNORECASE
)
_FILE: Final = re.compile(rb"\A\s*([0-9a-fA-F]{32})  (\S.*)\Z")
_FTK: Final = re.compile(rb"\A\s*(MD5|SHA-?1|SHA-?256) checksum:", re.I)
_COMPARED: Final = frozenset({b"verified", b"mismatch"})
_FTK_SECTORS: Final = re.compile(rb"\A\s*Sector count:\s*([\d,.]+)\s*\Z", re.IGNORECASE)
_FTK_SECTOR: Final = re.compile(rb"\A\s*Bytes per Sector:\s*([\d,.]+)\s*\Z", re.IGNORECASE)
_DC3DD: Final = re.compile(rb"\A\s*(?:\[ok\]\s+)?([0-9a-fA-F]+) \((md5|sha1|sha256|sha512)\)\s*\Z", re.IGNORECASE)
_DC3DD_PART: Final = re.compile(rb"\A\s*[0-9a-fA-F]+ \((md5|sha1|sha256|sha512)\),? sectors \d", re.IGNORECASE)
_DCFLDD: Final = re.compile(rb"\A\s*Total \(([a-z0-9]+)\): ([0-9a-fA-F]*)\s*\Z", re.IGNORECASE)
_DCFLDD_PART: Final = re.compile(rb"\A\s*\d+\s*-\s*\d+: [0-9a-fA-F]+\s*\Z")
_NONE: Final = frozenset({b"", b"--", b"-", b"n/a"})


def parse_guymager(lines: Sequence[bytes]) -> ParsedList:
    """Return what a Guymager ``.info`` file says; ``--`` stands there for what wasn't computed."""
    found = Collected()
    for number, line in enumerate(lines, start=1):
        digest, size, file = _GUYMAGER.match(line), _GUYMAGER_SIZE.match(line), _FILE.match(line)
        if digest is not None:
            _add_medium(found, number, digest[1], line[digest.end() :].strip())
        elif size is not None:
            found.entries.append(Entry(number, None, size=int(size[1])))
        elif file is not None:
            value = value_of(file[1])
            found.entries.append(Entry(number, file[2], () if value is None else (value,)))
    return found.done("guymager")


def parse_ftk(lines: Sequence[bytes]) -> ParsedList:
    """Return what the text file of FTK Imager says."""
    found = Collected()
    sectors = sector = 0
    for number, line in enumerate(lines, start=1):
        digest, count, size = _FTK.match(line), _FTK_SECTORS.match(line), _FTK_SECTOR.match(line)
        if digest is not None:
            _add_medium(found, number, digest[1], _without_result(line[digest.end() :]))
        elif count is not None:
            sectors = _number(count[1])
        elif size is not None:
            sector = _number(size[1])
    if 0 < sectors * sector <= limits.MAX_SAFE_INTEGER:
        found.entries.append(Entry(0, None, size=sectors * sector))
    return found.done("ftk-imager")


def parse_dc3dd(lines: Sequence[bytes]) -> ParsedList:
    """Return what a log of dc3dd says; digests of parts (``hashwindow``) are counted and not compared."""
    found = Collected()
    for number, line in enumerate(lines, start=1):
        digest = _DC3DD.match(line)
        if digest is not None:
            _add_medium(found, number, digest[2], digest[1])
        elif _DC3DD_PART.match(line):
            found.unchecked += 1
    return found.done("dc3dd")


def parse_dcfldd(lines: Sequence[bytes]) -> ParsedList:
    """Return what a hash log of dcfldd says; digests of parts are counted and not compared."""
    found = Collected()
    for number, line in enumerate(lines, start=1):
        digest = _DCFLDD.match(line)
        if digest is not None:
            _add_medium(found, number, digest[1], digest[2])
        elif _DCFLDD_PART.match(line):
            found.unchecked += 1
        elif line.strip():
            found.unknown.append(number)
    return found.done("dcfldd")


def _add_medium(found: Collected, number: int, algorithm: bytes, digest: bytes) -> None:
    if digest.lower() in _NONE:
        return
    name = algorithm.decode("ascii").lower().replace("-", "")
    value = value_of(digest, algorithm=name)
    if value is None:
        text = f"line {number}: expected a digest of {name}, found {digest[:80].decode('utf-8', 'backslashreplace')!r}"
        found.faults.append(ListFault("hash-list.length", text))
        found.unknown.append(number)
        return
    found.entries.append(Entry(number, None, (value,)))


def _without_result(raw: bytes) -> bytes:
    """Return a value without the word after it that says how a comparison ended."""
    value, _, word = raw.rpartition(b":")
    return (value if word.strip().lower() in _COMPARED else raw).strip()


def _number(raw: bytes) -> int:
    """Return a number that is grouped by commas or points, as its writer's country does."""
    digits = raw.replace(b",", b"").replace(b".", b"")
    return int(digits) if len(digits) <= 19 and digits else 0
