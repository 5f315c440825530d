"""What else a file under the name of an image may be: by a mark of another format at its ends, or as readable text.

VHDL is called .vhd, saved games .s01, photos .raw, and archives are cut into .001 and .002. Sources of the marks: the
formats' own specifications; those of fewer than three bytes are left out but for programs, as noise would bear them.
"""

from __future__ import annotations

import re
from typing import Final

_FIRST: Final = (
    b"7z\xbc\xaf\x27\x1c", b"ADSEGMENTEDFILE\0", b"AFF10", b"BZh", b"FORM", b"FUJIFILM", b"GIF8", b"ID3", b"II*\0",
    b"IIRO", b"IIU\0", b"MM\0*", b"MSCF", b"MSWIM\0", b"MZ", b"OggS", b"PK\x03\x04", b"PK\x07\x08", b"RIFF",
    b"Rar!\x1a\x07", b"SQLite format 3\0", b"SCVM", b"bplist0", b"fLaC", b"tick", b"wOFF", b"{\\rtf", b"!BDN",
    b"\x1a\x45\xdf\xa3", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"\x3a\xff\x26\xed", b"\x7fELF", b"\x89PNG\r\n\x1a\n",
    b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xfd7zXZ\0", b"\xff\xd8\xff",
)  # fmt: skip
_AT: Final = ((4, b"ftyp"), (64, b"\x7f\x10\xda\xbe"), (257, b"ustar"))
"""MPEG-4, VirtualBox disks, tar."""
_UDIF: Final = b"koly\0\0\0\x04"
"""Disk images of macOS that are no raw medium end with a block of 512 bytes that begins so."""
_CONTROLS: Final = re.compile(rb"[\x00-\x06\x0e-\x19\x1c-\x1f\x7f]")
_ASCII: Final = re.compile(rb"[\t\n\r\x20-\x7e]")
_WIDE: Final = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_ASCII_LEAST: Final = 0.7


def has_other_mark(first: bytes, last: bytes) -> bool:
    """Tell whether the ends of a file bear the mark of a format that is no image which is read here."""
    if first.startswith((*_FIRST, b"%PDF-")) or any(first[at:].startswith(mark) for at, mark in _AT):
        return True
    return len(last) >= 512 and last[-512:].startswith(_UDIF)


def is_readable_text(first: bytes, last: bytes) -> bool:
    """Tell whether both ends of a file are text: UTF-8 or UTF-16, or mostly ASCII in a code page of old."""
    return bool(first) and all(_is_text(end, first[:2]) for end in (first, last))


def _is_text(end: bytes, mark: bytes) -> bool:
    if mark in _WIDE:
        # Either end may begin or stop amid a character.
        text = end[: len(end) & ~1].decode(_WIDE[mark], "replace")
        end = text.encode("utf-8", "replace")
    if _CONTROLS.search(end):
        return False
    try:
        return bool(end[4:-4].decode("utf-8") or True)
    except UnicodeDecodeError:
        return len(_ASCII.findall(end)) >= _ASCII_LEAST * len(end)
