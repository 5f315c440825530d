"""Every byte of a bundle's zip that is not content, as a function of (name, size, CRC) of its members.

    [local header, name, extra?, content] ...  [central header, name, extra?] ...  [64-bit end, locator]?  end

A zip has room for secrets and for disputes: comments, gaps, times, attributes, two directories that disagree. So this
one has a single form (docs/spec/bundle.md; field names from the .ZIP File Format Specification 6.3.10): stored,
contiguous from byte 0, no flags, no comment, no time (date 1980-01-01 is 0x0021), and the only extra field is 0x0001
where a number needs 64 bits. The reader builds these bytes anew and compares.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

LOCAL: Final = struct.Struct("<4s5H3I2H")
CENTRAL: Final = struct.Struct("<4s6H3I5H2I")
END: Final = struct.Struct("<4s4H2IH")
END64: Final = struct.Struct("<4sQ2H2I4Q")
LOCATOR: Final = struct.Struct("<4sIQI")

LOCAL_SIGNATURE: Final = b"PK\x03\x04"
CENTRAL_SIGNATURE: Final = b"PK\x01\x02"
END_SIGNATURE: Final = b"PK\x05\x06"
END64_SIGNATURE: Final = b"PK\x06\x06"
LOCATOR_SIGNATURE: Final = b"PK\x06\x07"

FULL16: Final = 0xFFFF
"""Largest value of a 16-bit field: it stands there when the true value is in the 64-bit end record."""
FULL32: Final = 0xFFFFFFFF
"""Largest value of a 32-bit field: it stands there when the true value has moved to the 64-bit extra."""
EXTRA_BYTES: Final = 28
"""Longest extra field of a central header: id, length, and three 64-bit numbers."""

_VERSION = 20
_VERSION64 = 45
_DATE = 0x0021
_EXTRA_ID = 0x0001


@dataclass(frozen=True, slots=True)
class Member:
    """One member: ``size`` in bytes, CRC-32 of its content, and the ``offset`` of its local header in the container."""

    name: str
    size: int
    crc: int
    offset: int

    @property
    def content(self) -> int:
        """Offset of the first byte of content."""
        return self.offset + local_size(self.name, self.size)

    @property
    def end(self) -> int:
        """Offset of the first byte after the content."""
        return self.content + self.size


def local_size(name: str, size: int) -> int:
    """Return the bytes that the local header of a member takes, name and extra included."""
    return LOCAL.size + len(name) + (20 if size >= FULL32 else 0)


def format_local(member: Member) -> bytes:
    """Return the local header of ``member`` (specification 4.3.7); the CRC stands here, never behind the content."""
    name, size = member.name.encode("ascii"), member.size
    extra = _extra(size, size) if size >= FULL32 else b""
    short, version = min(size, FULL32), _VERSION64 if extra else _VERSION
    fixed = LOCAL.pack(LOCAL_SIGNATURE, version, 0, 0, 0, _DATE, member.crc, short, short, len(name), len(extra))
    return fixed + name + extra


def format_central(member: Member) -> bytes:
    """Return the central header of ``member`` (specification 4.3.12); what needs 64 bits moves to the extra."""
    name, size, offset = member.name.encode("ascii"), member.size, member.offset
    wide = (size, size) if size >= FULL32 else ()
    extra = _extra(*wide, *((offset,) if offset >= FULL32 else ()))
    short, version = min(size, FULL32), _VERSION64 if extra else _VERSION
    fixed = CENTRAL.pack(
        CENTRAL_SIGNATURE,
        _VERSION,
        version,
        0,
        0,
        0,
        _DATE,
        member.crc,
        short,
        short,
        len(name),
        len(extra),
        0,
        0,
        0,
        0,
        min(offset, FULL32),
    )
    return fixed + name + extra


def format_end(*, count: int, size: int, offset: int) -> bytes:
    """Return what follows a central directory of ``count`` headers in ``size`` bytes that begins at ``offset``.

    The 64-bit record (4.3.14) and its locator (4.3.15) stand exactly where one of the three numbers fills its field.
    """
    end = END.pack(
        END_SIGNATURE, 0, 0, min(count, FULL16), min(count, FULL16), min(size, FULL32), min(offset, FULL32), 0
    )
    if not is_wide(count=count, size=size, offset=offset):
        return end
    # The record says how many of its bytes follow the field that says so: all but the first twelve.
    record = END64.pack(END64_SIGNATURE, END64.size - 12, _VERSION, _VERSION64, 0, 0, count, count, size, offset)
    return record + LOCATOR.pack(LOCATOR_SIGNATURE, 0, offset + size, 1) + end


def is_wide(*, count: int, size: int, offset: int) -> bool:
    """Tell whether the end of a zip needs the 64-bit record, or says that it is there."""
    return count >= FULL16 or size >= FULL32 or offset >= FULL32


def _extra(*values: int) -> bytes:
    """The 64-bit extra field (4.5.3), or nothing where no value moved."""
    if not values:
        return b""
    return struct.pack(f"<2H{len(values)}Q", _EXTRA_ID, 8 * len(values), *values)
