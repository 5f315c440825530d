"""Disk images and many files: what needs 64 bits, in our form and as others read it."""

import os
import struct
import zipfile
import zlib
from hashlib import sha256
from pathlib import Path

import pytest

from custody.bundle.container import open_container
from custody.bundle.zip_layout import (
    FULL32,
    Member,
    format_central,
    format_end,
    format_local,
    local_size,
)
from custody.bundle.zip_write import write_container
from schemas import layout
from schemas.errors import VerificationError
from tests.bundle.making import contents

IMAGE = layout.FILES + "1" * 64
IMAGE_BYTES = 5 << 30


def _write_sparse(path: Path) -> dict[str, bytes]:
    """Write a bundle with a disk image of 5 GiB of which the disk keeps only the ends; return the small members."""
    small = {**contents(), layout.TAG_MANIFEST: b""}
    order = sorted((*small, IMAGE), key=layout.place_of)
    members: list[Member] = []
    with path.open("wb") as file:
        for name in order:
            size = IMAGE_BYTES if name == IMAGE else len(small[name])
            offset = members[-1].end if members else 0
            members.append(Member(name=name, size=size, crc=zlib.crc32(small.get(name, b"")), offset=offset))
            file.write(format_local(members[-1]))
            file.write(small.get(name, b""))
            file.seek(members[-1].end)
        directory = b"".join(map(format_central, members))
        file.write(directory + format_end(count=len(members), size=len(directory), offset=members[-1].end))
    return small


def test_a_member_above_four_gibibytes_is_read_by_us_and_by_others(tmp_path: Path) -> None:
    """One disk image is larger than a zip's first format can say, and everything behind it begins beyond that."""
    small = _write_sparse(tmp_path / "b.zip")
    with open_container(tmp_path / "b.zip") as box, zipfile.ZipFile(tmp_path / "b.zip") as other:
        assert box.members[IMAGE].size == IMAGE_BYTES == other.getinfo(IMAGE).file_size
        assert box.members[layout.PROOF].offset > FULL32
        for name, raw in small.items():
            assert box.read(name, maximum=1000) == raw == other.read(name)
            assert box.members[name].offset == other.getinfo(name).header_offset
        assert box.open(IMAGE).read(5) == bytes(5)
    stat = (tmp_path / "b.zip").stat()
    assert stat.st_blocks * 512 < 1 << 20, "the test costs no disk"


@pytest.mark.parametrize("mask", [0x01, 0x80])
def test_every_byte_of_a_wide_directory_is_compared(tmp_path: Path, mask: int) -> None:
    """The 64-bit fields are where one number stands in two places, and readers choose differently."""
    path = tmp_path / "b.zip"
    _write_sparse(path)
    size = path.stat().st_size
    with open_container(path) as box:
        places = {*range(box.members[layout.TAG_MANIFEST].end, size)}
        image = box.members[IMAGE]
        places |= {*range(image.offset, image.content)}
    with path.open("r+b", buffering=0) as file:
        for at in sorted(places):
            (byte,) = os.pread(file.fileno(), 1, at)
            os.pwrite(file.fileno(), bytes([byte ^ mask]), at)
            with pytest.raises(VerificationError):
                open_container(path)
            os.pwrite(file.fileno(), bytes([byte]), at)
    open_container(path).close()


@pytest.mark.parametrize(("size", "wide"), [(FULL32 - 1, False), (FULL32, True), (FULL32 + 1, True)])
def test_a_size_moves_to_the_extra_field_exactly_where_it_must(size: int, wide: bool) -> None:
    """Two writers must come to the same bytes at the border too."""
    member = Member(name="bagit.txt", size=size, crc=7, offset=0)
    extra = struct.pack("<HHQQ", 1, 16, size, size) if wide else b""
    local, central = format_local(member), format_central(member)
    assert local[30:] == central[46:] == b"bagit.txt" + extra
    assert local[18:26] == central[20:28] == struct.pack("<II", *[min(size, FULL32)] * 2)
    assert local[4] == central[6] == (45 if wide else 20)
    assert central[4] == 20
    assert len(local) == local_size("bagit.txt", size)


@pytest.mark.parametrize(("offset", "wide"), [(FULL32 - 1, False), (FULL32, True), (1 << 40, True)])
def test_an_offset_moves_to_the_extra_field_exactly_where_it_must(offset: int, wide: bool) -> None:
    """A small member behind a large one carries only its offset there; its local header stays short."""
    member = Member(name="bagit.txt", size=3, crc=7, offset=offset)
    assert format_central(member)[46:] == b"bagit.txt" + (struct.pack("<HHQ", 1, 8, offset) if wide else b"")
    assert format_central(member)[42:46] == struct.pack("<I", min(offset, FULL32))
    assert format_local(member)[30:] == b"bagit.txt"


@pytest.mark.parametrize(
    ("count", "size", "offset", "wide"),
    [
        (0xFFFE, FULL32 - 1, FULL32 - 1, False),
        (0xFFFF, 9, 9, True),
        (9, FULL32, 9, True),
        (9, 9, FULL32, True),
    ],
)
def test_the_wide_end_stands_exactly_where_it_must(count: int, size: int, offset: int, wide: bool) -> None:
    """The last 22 bytes keep every number that fits, so that the record before them is found only where it is."""
    end = format_end(count=count, size=size, offset=offset)
    short = struct.pack(
        "<4s4HIIH", b"PK\x05\x06", 0, 0, *[min(count, 0xFFFF)] * 2, min(size, FULL32), min(offset, FULL32), 0
    )
    record = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 20, 45, 0, 0, count, count, size, offset)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, offset + size, 1)
    assert end == (record + locator + short if wide else short)


def test_a_bundle_of_many_members_is_read_by_us_and_by_others(tmp_path: Path) -> None:
    """65,536 files are one chat export; the count no longer fits its field."""
    small = contents()
    files = {
        layout.FILES + sha256(b"%d" % number).hexdigest(): b"%d" % number for number in range(65_536 - len(small) - 1)
    }
    everything = dict(sorted({**small, **files}.items(), key=lambda item: layout.place_of(item[0])))
    with write_container(tmp_path / "b.zip") as writer:
        for name, raw in everything.items():
            writer.add(name, raw)
        writer.add_tag_manifest()
    with open_container(tmp_path / "b.zip") as box, zipfile.ZipFile(tmp_path / "b.zip") as other:
        assert len(box.members) == 65_536
        assert [*box.members] == other.namelist()
        last = max(files)
        assert box.read(last, maximum=9) == other.read(last) == files[last]
