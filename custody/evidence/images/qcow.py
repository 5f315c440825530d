r"""A QCOW 2 or 3 image: libqcow reads what is stored plainly, compressed clusters are unpacked here.

libqcow 20260703 gives wrong bytes for some compressed clusters and doesn't tell, so a digest of them would be none of
the medium. What else it doesn't know (another compression, data in a file beside it, entries of 16 bytes) is refused.

    header  = "QFI\xfb" version (4) ... cluster bits (4, at 20) size (8) ... entries of L1 (4, at 36) its place (8) ...
    L1, L2  = entries of 8 bytes, big-endian; bit 62 of one in L2 marks a compressed cluster

Source: docs/interop/qcow2 of QEMU.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import Any, Final

from custody.evidence.images.libraries import READ_BYTES, NotReadable, Opened

_CLUSTER_BITS: Final = range(9, 22)
_PLACE: Final = 0x00FF_FFFF_FFFF_FE00
_COMPRESSED: Final = 0x40
_PLAIN: Final = bytes(value for value in range(256) if not value & _COMPRESSED)
"""First bytes of entries in L2 that mark no compressed cluster."""
_CRYPT_METHOD: Final = 32
"""Where a header says how the image is encrypted: four bytes, zero for not."""
_KNOWN_FEATURES: Final = 0b1011
"""Marked dirty, marked corrupt, and that a byte names the compression."""


class Qcow(Opened):
    """A medium in a QCOW image."""

    def __init__(self, handle: Any, file: Any) -> None:
        """Take an image that the library has opened.

        Raises:
            OSError: its header contradicts itself.
        """
        super().__init__(handle, size=handle.get_media_size())
        self._fd = file.fileno()
        (bits,) = struct.unpack(">I", os.pread(self._fd, 4, 20))
        if bits not in _CLUSTER_BITS:
            raise OSError(f"it declares clusters of 2^{bits} bytes")
        self._bits = bits
        self._count, self._place = struct.unpack(">IQ", os.pread(self._fd, 12, 36))

    def pieces(self) -> Iterator[bytes]:
        """See `Opened`."""
        cluster = 1 << self._bits
        reach = cluster * (cluster // 8)
        for number in range(-(-self.size // reach)):
            start = number * reach
            end = min(start + reach, self.size)
            table = self._table(number)
            if not table[::8].translate(None, _PLAIN):
                yield from self._plain(start, end)
                continue
            for place in range(-(-(end - start) // cluster)):
                here = start + place * cluster
                until = min(here + cluster, end)
                (entry,) = struct.unpack_from(">Q", table, place * 8)
                if entry >> 56 & _COMPRESSED:
                    yield self._unpack(entry, here)[: until - here]
                else:
                    yield from self._plain(here, until)

    def _table(self, number: int) -> bytes:
        """Return one table of L2; nothing where no cluster of it is stored."""
        raw = os.pread(self._fd, 8, self._place + number * 8) if number < self._count else b""
        place = int.from_bytes(raw, "big") & _PLACE
        if not place:
            return b""
        table = os.pread(self._fd, 1 << self._bits, place)
        if len(table) < 1 << self._bits:
            raise OSError(f"table {number} of its clusters lies behind its end")
        return table

    def _plain(self, start: int, end: int) -> Iterator[bytes]:
        while start < end:
            piece = self.read_at(start, min(READ_BYTES, end - start))
            if not piece:
                raise OSError(f"the medium ends at byte {start:,}, expected {end:,}")
            start += len(piece)
            yield piece

    def _unpack(self, entry: int, here: int) -> bytes:
        bits = 62 - (self._bits - 8)
        place = entry & ((1 << bits) - 1)
        sectors = entry >> bits & ((1 << (self._bits - 8)) - 1)
        raw = os.pread(self._fd, (sectors + 1) * 512 - place % 512, place)
        try:
            cluster = zlib.decompressobj(-15).decompress(raw, 1 << self._bits)
        except zlib.error:
            cluster = b""
        if len(cluster) != 1 << self._bits:
            raise OSError(f"the compressed cluster at byte {here:,} of the medium can't be unpacked")
        return cluster


def open_qcow(module: Any, files: Sequence[Any]) -> Qcow:
    """Open a QCOW image.

    Raises:
        OSError, RuntimeError: the library can't.
        NotReadable: it is encrypted, only holds what differs from another image, or uses what the library doesn't know.
    """
    head = os.pread(files[0].fileno(), 112, 0).ljust(112, b"\0")
    # The library reads what is encrypted as if it were the medium.
    if any(head[_CRYPT_METHOD : _CRYPT_METHOD + 4]):
        raise NotReadable("encrypted", "it is encrypted")
    version, features = int.from_bytes(head[4:8], "big"), int.from_bytes(head[72:80], "big")
    if version == 1 or (version > 2 and (features & ~_KNOWN_FEATURES or (features & 0b1000 and head[104]))):
        raise NotReadable("unsupported", "it uses what the library doesn't know")
    handle = module.file()
    handle.open_file_object(files[0])
    if handle.get_backing_filename():
        raise NotReadable("needs-parent", "it only holds what differs from another image")
    return Qcow(handle, files[0])
