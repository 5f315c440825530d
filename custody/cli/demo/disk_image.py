"""A small disk image, made here: a FAT12 floppy of 1.44 MB with a few files, byte for byte the same on every machine.

Layout (Microsoft FAT specification): boot sector, two FATs of nine sectors, root directory of 14 sectors, clusters of
one sector from number 2 on. Enough for any tool that reads disk images to find the files.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

SECTOR = 512
SECTORS = 2880
FAT_SECTORS = 9
ROOT_SECTORS = 14
_END = 0xFFF
_DATE = (2026 - 1980) << 9 | 11 << 5 | 20

FILES: Mapping[str, bytes] = {
    "NOTES   TXT": b"transfer of 3.2 to the second wallet on Friday\r\n",
    "ACCOUNTSCSV": b"account,platform,opened\r\nuser-1,platform-1,2026-03-01\r\nuser-2,platform-1,2026-03-02\r\n",
    "CHAT    LOG": b"".join(b"2026-11-%02d 20:15 user-1: message %d\r\n" % (day, day) for day in range(1, 21)),
}
"""Names in the 8.3 form of the directory, without the dot."""


def make_disk_image() -> bytes:
    """Return the image of a floppy that holds `FILES`."""
    fat = [0xFF0, _END]
    root, data = b"", b""
    for name, content in FILES.items():
        first = len(fat)
        count = max(1, -(-len(content) // SECTOR))
        fat += [*range(first + 1, first + count), _END]
        data += content.ljust(count * SECTOR, b"\x00")
        root += struct.pack("<11sB10sHHHI", name.encode("ascii"), 0x20, b"", 0x6000, _DATE, first, len(content))
    table = _pack_fat(fat).ljust(FAT_SECTORS * SECTOR, b"\x00")
    image = _boot_sector() + table + table + root.ljust(ROOT_SECTORS * SECTOR, b"\x00") + data
    return image.ljust(SECTORS * SECTOR, b"\x00")


def _boot_sector() -> bytes:
    head = struct.pack(
        "<3s8sHBHBHHBHHHII", b"\xeb\x3c\x90", b"CUSTODY ", SECTOR, 1, 1, 2, 224, SECTORS, 0xF0, FAT_SECTORS, 18, 2, 0, 0
    )
    head += struct.pack("<BBBI11s8s", 0, 0, 0x29, 0x20261121, b"DEMO DISK  ", b"FAT12   ")
    return head.ljust(SECTOR - 2, b"\x00") + b"\x55\xaa"


def _pack_fat(entries: list[int]) -> bytes:
    """Pack twelve-bit entries two by two into three bytes."""
    padded = entries + [0] * (len(entries) % 2)
    packed = b""
    for first, second in zip(padded[::2], padded[1::2], strict=True):
        packed += (first | second << 12).to_bytes(3, "little")
    return packed


def make_logs() -> dict[str, bytes]:
    """Return a folder of a provider's logs: more files than an event holds, one of them with a Chinese name."""
    logs = {
        f"2026-11-{day:02d}/access.jsonl": b"".join(
            b'{"account":"user-%d","at":"2026-11-%02dT%02d:00:00Z","action":"login"}\n' % (hour % 3, day, hour)
            for hour in range(24)
        )
        for day in range(1, 21)
    }
    return {**logs, "账户说明.txt": "由平台提供\n".encode()}
