"""Step 0, first half: is every byte of a zip that is not content the one that a writer of ours would have put there?

    1. the end of the zip, from the last 22 bytes (98 where it needs 64 bits), says where the directory is
    2. the directory names each member, its size and CRC; the place of each follows from the sizes before it
    3. directory, end and every local header are built anew from those names, sizes and CRCs, and compared

What fails is looked at once more, leniently, only to say why: cut, lengthened, packed by another tool, or no zip.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from custody.bundle import zip_layout as zip_
from custody.bundle.region import AheadReader, Region, Stretch
from custody.bundle.zip_layout import Member
from schemas import layout, limits
from schemas.errors import VerificationError

_ENTRY_BYTES = zip_.CENTRAL.size + layout.NAME_BYTES + zip_.EXTRA_BYTES
_COMMENT_BYTES = 0xFFFF
_WALK_BYTES = 64 << 20
_HINT = "it was damaged, or packed again by another program: ask the sender for the original file"


class _NotOursError(Exception):
    """The bytes differ from what a writer of ours would have put there; the text says where."""


@dataclass(frozen=True, slots=True)
class _Directory:
    count: int
    size: int
    offset: int


def check_zip(region: Region) -> tuple[Member, ...]:
    """Return the members of a zip that is byte for byte of the one form; names are not looked at yet.

    Raises:
        VerificationError: ``container.not-a-zip``, ``container.truncated``, ``container.trailing-bytes``,
            ``container.repacked`` (a zip, but not packed by us or damaged where it isn't content),
            ``container.malformed``, or ``container.too-many`` above 2,000,000 members.
        StorageError: as `Region.read_at`.
    """
    try:
        return _read_members(region)
    except _NotOursError as error:
        raise _diagnose(region, str(error)) from None


def has_zip(region: Region) -> bool:
    """Tell whether bytes can ever have been a bundle: a damaged one still begins or ends as a zip does.

    Raises:
        StorageError: as `Region.read_at`.
    """
    return region.read_at(0, min(2, region.size)) == zip_.LOCAL_SIGNATURE[:2] or _find_end(region) is not None


def _read_members(region: Region) -> tuple[Member, ...]:
    place = _read_end(region)
    if place.count > limits.MEMBERS:
        raise VerificationError("container.too-many", f"expected at most {limits.MEMBERS} members, found {place.count}")
    # Before anything is read into memory: a directory is no larger than its names can make it.
    if place.size > place.count * _ENTRY_BYTES:
        raise _NotOursError("the size of the directory")
    members = _read_directory(region.read_at(place.offset, place.size), place)
    ahead = AheadReader(region)
    for member in members:
        header = zip_.format_local(member)
        if ahead.read_at(member.offset, len(header)) != header:
            raise _NotOursError(f"the header of {member.name[:120]!r}")
    return members


def _read_end(region: Region) -> _Directory:
    """Find the directory, and check the end against what it would be if it told the truth."""
    size = region.size
    if size < zip_.END.size:
        raise _NotOursError("the end")
    found = zip_.END.unpack(region.read_at(size - zip_.END.size, zip_.END.size))
    place = _Directory(count=found[4], size=found[5], offset=found[6])
    if zip_.is_wide(count=place.count, size=place.size, offset=place.offset):
        wide = zip_.END.size + zip_.LOCATOR.size + zip_.END64.size
        if size < wide:
            raise _NotOursError("the 64-bit end")
        found = zip_.END64.unpack(region.read_at(size - wide, zip_.END64.size))
        place = _Directory(count=found[7], size=found[8], offset=found[9])
    end = zip_.format_end(count=place.count, size=place.size, offset=place.offset) if _fits(place) else b""
    start = place.offset + place.size
    if not end or start + len(end) != size or region.read_at(start, len(end)) != end:
        raise _NotOursError("the end")
    return place


def _fits(place: _Directory) -> bool:
    """Numbers that the 64-bit locator can still point behind."""
    return place.offset + place.size < 1 << 63


def _read_directory(raw: bytes, place: _Directory) -> tuple[Member, ...]:
    members: list[Member] = []
    at = offset = 0
    for _ in range(place.count):
        member = _read_central(raw, at, offset)
        header = zip_.format_central(member)
        if raw[at : at + len(header)] != header:
            raise _NotOursError(f"the directory at {member.name[:120]!r}")
        members.append(member)
        at += len(header)
        offset = member.end
        if offset > place.offset:
            raise _NotOursError(f"the place of {member.name[:120]!r}")
    if at != len(raw) or offset != place.offset:
        raise _NotOursError("the length of the directory")
    return tuple(members)


def _read_central(raw: bytes, at: int, offset: int) -> Member:
    """Take name, size and CRC from a central header; all else is compared afterwards."""
    try:
        fields = zip_.CENTRAL.unpack_from(raw, at)
        crc, size, length = fields[7], fields[9], fields[10]
        start = at + zip_.CENTRAL.size
        if size == zip_.FULL32:
            (size,) = struct.unpack_from("<Q", raw, start + length + 4)
        name = raw[start : start + length].decode("ascii")
    except (struct.error, UnicodeDecodeError):
        raise _NotOursError("the directory") from None
    return Member(name=name, size=size, crc=crc, offset=offset)


def _diagnose(region: Region, where: str) -> VerificationError:
    """Say what became of the file; nothing here can make it acceptable."""
    end = _find_end(region)
    if end is not None and end + zip_.END.size < region.size and _is_ours(Stretch(region, 0, end + zip_.END.size)):
        surplus = region.size - end - zip_.END.size
        return VerificationError(
            "container.trailing-bytes", f"expected the end of the bundle, found {surplus} bytes behind it", hint=_HINT
        )
    if end is not None and _is_some_zip(region, end):
        return VerificationError(
            "container.repacked", f"expected the bytes of a bundle, found another zip: {where} differs", hint=_HINT
        )
    if region.size < 4 or region.read_at(0, 4) != zip_.LOCAL_SIGNATURE:
        return VerificationError("container.not-a-zip", "expected a bundle, found no zip at all", hint=_HINT)
    if end is None or end + zip_.END.size != region.size:
        return VerificationError(
            "container.truncated", "expected a whole bundle, found the beginning of one", hint=_HINT
        )
    return VerificationError("container.malformed", f"expected the bytes of a bundle: {where} differs", hint=_HINT)


def _find_end(region: Region) -> int | None:
    """Return the offset of the last end record that could be one: a comment may follow it."""
    start = max(0, region.size - zip_.END.size - _COMMENT_BYTES)
    tail = region.read_at(start, region.size - start)
    found = tail.rfind(zip_.END_SIGNATURE, 0, max(0, len(tail) - zip_.END.size + len(zip_.END_SIGNATURE)))
    return None if found < 0 else start + found


def _is_ours(region: Region) -> bool:
    try:
        _read_members(region)
    except (_NotOursError, VerificationError):
        return False
    return True


def _is_some_zip(region: Region, end: int) -> bool:
    """Tell whether a directory of whole headers lies before the end record, as any zip program would want."""
    count, size = zip_.END.unpack(region.read_at(end, zip_.END.size))[4:6]
    stop = end
    wide = end - zip_.LOCATOR.size - zip_.END64.size
    if wide >= 0 and region.read_at(wide, 4) == zip_.END64_SIGNATURE:
        stop = wide
        count, size = zip_.END64.unpack(region.read_at(wide, zip_.END64.size))[7:9]
    if size > min(stop, _WALK_BYTES):
        return False
    raw, at, seen = region.read_at(stop - size, size), 0, 0
    while raw[at : at + 4] == zip_.CENTRAL_SIGNATURE and at + zip_.CENTRAL.size <= size:
        fields = zip_.CENTRAL.unpack_from(raw, at)
        at, seen = at + zip_.CENTRAL.size + sum(fields[10:13]), seen + 1
    return (at, seen) == (size, count)
