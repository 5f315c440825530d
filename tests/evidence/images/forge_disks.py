"""Writers of the smallest virtual disks that hold a given medium: qcow2, a fixed VHD, a VMDK with a flat extent.

Sources: docs/interop/qcow2.txt of QEMU, the Virtual Hard Disk Image Format Specification, libyal/libvmdk documentation.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

_CLUSTER = 1 << 16


def write_qcow2(path: Path, medium: bytes, *, size: int | None = None, backing: bytes = b"", crypt: int = 0) -> Path:
    """Write a version 2 image; clusters of zeros are left out. ``size`` is what the header declares."""
    declared = len(medium) if size is None else size
    clusters = [medium[start : start + _CLUSTER] for start in range(0, len(medium), _CLUSTER)]
    data_at = 4 * _CLUSTER
    entries, stored = [], bytearray()
    for cluster in clusters:
        if cluster.strip(b"\0"):
            entries.append((1 << 63) | (data_at + len(stored)))
            stored += cluster.ljust(_CLUSTER, b"\0")
        else:
            entries.append(0)
    name_at = 80 if backing else 0
    tables = max(-(-declared // (_CLUSTER * (_CLUSTER // 8))), 1)
    head = struct.pack(
        ">IIQIIQIIQQIIQ",
        0x514649FB, 2, name_at, len(backing), 16, declared, crypt, tables, _CLUSTER, 3 * _CLUSTER, 1, 0, 0,
    )  # fmt: skip
    head = head.ljust(80, b"\0") + backing
    level1 = struct.pack(">Q", (1 << 63) | 2 * _CLUSTER)
    level2 = b"".join(struct.pack(">Q", entry) for entry in entries)
    parts = (head, level1, level2, b"\0")
    path.write_bytes(b"".join(part.ljust(_CLUSTER, b"\0") for part in parts) + bytes(stored))
    return path


def write_compressed_qcow2(path: Path, medium: bytes, *, bits: int = 16, features: int = 0) -> Path:
    """Write a version 3 image of compressed clusters, one right behind the other; every third is stored plainly."""
    cluster = 1 << bits
    shift = 62 - (bits - 8)
    plain_at = 4 * cluster
    pieces = [medium[start : start + cluster].ljust(cluster, b"\0") for start in range(0, len(medium), cluster)]
    plain = b"".join(pieces[::3])
    entries, stored = [], bytearray()
    for place, piece in enumerate(pieces):
        if place % 3 == 0:
            entries.append((1 << 63) | (plain_at + place // 3 * cluster))
            continue
        deflate = zlib.compressobj(9, zlib.DEFLATED, -12)
        packed = deflate.compress(piece) + deflate.flush()
        at = plain_at + len(plain) + len(stored)
        sectors = (at % 512 + len(packed) - 1) // 512
        entries.append((1 << 62) | (sectors << shift) | at)
        stored += packed
    head = struct.pack(
        ">IIQIIQIIQQIIQQQQII",
        0x514649FB, 3, 0, 0, bits, len(medium), 0, 1, cluster, 3 * cluster, 1, 0, 0, features, 0, 0, 4, 104,
    )  # fmt: skip
    level1 = struct.pack(">Q", (1 << 63) | 2 * cluster)
    level2 = b"".join(struct.pack(">Q", entry) for entry in entries)
    parts = (head, level1, level2, b"\0")
    path.write_bytes(b"".join(part.ljust(cluster, b"\0") for part in parts) + plain + bytes(stored) + bytes(512))
    return path


def write_vhd(path: Path, medium: bytes) -> Path:
    """Write a fixed disk: the medium, and a footer of 512 bytes."""
    cylinders = max(len(medium) // 512 // (4 * 17), 1)
    footer = struct.pack(
        ">8sIIQI4sI4sQQHBBI",
        b"conectix", 2, 0x00010000, 0xFFFFFFFFFFFFFFFF, 0, b"cust", 0x00010000, b"Wi2k",
        len(medium), len(medium), cylinders, 4, 17, 2,
    )  # fmt: skip
    rest = b"U" * 16 + bytes(428)
    raw = footer + bytes(4) + rest
    checksum = ~sum(raw) & 0xFFFFFFFF
    path.write_bytes(medium + footer + struct.pack(">I", checksum) + rest)
    return path


def write_vmdk(path: Path, medium: bytes, *, extent: str | None = None) -> Path:
    """Write a descriptor, and beside it a flat extent; ``extent`` is the name that the descriptor gives it."""
    flat = path.with_name(f"{path.stem}-flat.vmdk")
    flat.write_bytes(medium)
    name = flat.name if extent is None else extent
    text = (
        '# Disk DescriptorFile\nversion=1\nCID=0badcafe\nparentCID=ffffffff\ncreateType="monolithicFlat"\n\n'
        f'# Extent description\nRW {len(medium) // 512} FLAT "{name}" 0\n\n'
        '# The Disk Data Base\n#DDB\n\nddb.virtualHWVersion = "4"\nddb.geometry.cylinders = "1"\n'
        'ddb.geometry.heads = "16"\nddb.geometry.sectors = "63"\nddb.adapterType = "ide"\n'
    )
    path.write_text(text)
    return path
