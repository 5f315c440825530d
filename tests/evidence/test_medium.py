"""Bytes from media that have holes, bad sectors, and an end of their own."""

import errno
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pytest

from custody.evidence.conveyor import BUFFER_BYTES
from custody.evidence.medium import FileMedium, MediumReader, ReadFaultError


@dataclass
class Failing:
    """A disk that doesn't give some ranges of its bytes, however often it is asked."""

    raw: bytes
    bad: Sequence[tuple[int, int]]
    code: int = errno.EIO
    gone_at: int | None = None
    asked: list[tuple[int, int]] = field(default_factory=list)

    @property
    def size(self) -> int:
        """The size; none where the disk was pulled out."""
        return len(self.raw) if self.gone_at is None else 0

    def read_into(self, view: memoryview, offset: int) -> int:
        """Give what lies outside of the bad ranges."""
        end = min(offset + len(view), len(self.raw))
        self.asked.append((offset, end))
        if any(offset < last and first < end for first, last in self.bad):
            raise OSError(self.code, os.strerror(self.code))
        view[: end - offset] = self.raw[offset:end]
        return end - offset

    def next_data(self, offset: int) -> int:
        """Say that there are no holes."""
        return offset


def _read(reader: MediumReader) -> bytes:
    buffer = memoryview(bytearray(BUFFER_BYTES))
    found = bytearray()
    while len(chunk := reader.fill(buffer)):
        found += chunk
    return bytes(found)


RAW = os.urandom(3 * BUFFER_BYTES + 1000)


@pytest.mark.parametrize(
    "bad",
    [
        [(0, 1)],
        [(BUFFER_BYTES - 1, BUFFER_BYTES + 1)],
        [(512, 1024), (4096, 8192), (2 * BUFFER_BYTES, 2 * BUFFER_BYTES + 70_000)],
        [(len(RAW) - 1, len(RAW))],
    ],
    ids=["first byte", "across buffers", "several", "last byte"],
)
@pytest.mark.parametrize("code", [errno.EIO, errno.EILSEQ, errno.ENODATA])
def test_only_what_is_lost_is_lost(bad: list[tuple[int, int]], code: int) -> None:
    """Sectors around a bad one are read; zeros stand for the bad one alone, and its place is known."""
    reader = MediumReader(Failing(RAW, bad, code), size=len(RAW), salvage=True)
    found = _read(reader)
    expected = bytearray(RAW)
    for first, last in bad:
        first, last = first // 512 * 512, min(-(-last // 512) * 512, len(RAW))
        expected[first:last] = bytes(last - first)
    assert found == expected
    lost = [(item.offset, item.offset + item.size) for item in reader.unread]
    wanted = [(first // 512 * 512, min(-(-last // 512) * 512, len(RAW))) for first, last in bad]
    assert lost == wanted


def test_a_bad_sector_is_asked_for_few_times() -> None:
    """Every read of a bad sector can cost a failing disk seconds, and its head."""
    medium = Failing(RAW, [(5000, 5001)])
    _read(MediumReader(medium, size=len(RAW), salvage=True))
    assert sum(first <= 5000 < last for first, last in medium.asked) == 4


def test_a_bad_sector_is_named_by_its_place_without_leave_to_pass_over_it() -> None:
    """Whoever decides whether to go on wants to know where it is."""
    reader = MediumReader(Failing(RAW, [(BUFFER_BYTES + 5, BUFFER_BYTES + 6)]), size=len(RAW))
    with pytest.raises(ReadFaultError) as caught:
        _read(reader)
    assert caught.value.offset == BUFFER_BYTES


def test_a_disk_that_was_pulled_out_is_no_bad_sector() -> None:
    """Zeros up to the end of a terabyte would look like evidence."""
    reader = MediumReader(Failing(RAW, [(0, len(RAW))], gone_at=0), size=len(RAW), salvage=True)
    with pytest.raises(OSError, match="No such device"):
        _read(reader)


def test_other_errors_are_not_passed_over() -> None:
    """Missing rights or memory are no property of the medium."""
    reader = MediumReader(Failing(RAW, [(0, 1)], errno.EACCES), size=len(RAW), salvage=True)
    with pytest.raises(PermissionError):
        _read(reader)


class Counting(FileMedium):
    """A file that counts the bytes that are read of it."""

    count = 0

    def read_into(self, view: memoryview, offset: int) -> int:
        """Count."""
        read = super().read_into(view, offset)
        self.count += read
        return read


def test_holes_are_never_read(tmp_path: Path) -> None:
    """An image of a mostly empty disk takes the time of its data, and the digest of the whole."""
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        file.truncate(64 * BUFFER_BYTES)
        for offset in (3 * BUFFER_BYTES + 7, 40 * BUFFER_BYTES):
            file.seek(offset)
            file.write(b"data")
    fd = os.open(path, os.O_RDONLY)
    try:
        medium = Counting(fd)
        found = _read(MediumReader(medium, size=medium.size))
    finally:
        os.close(fd)
    assert sha256(found).digest() == sha256(path.read_bytes()).digest()
    assert medium.count <= 2 * BUFFER_BYTES


def test_a_medium_that_ends_early_gives_what_it_has() -> None:
    """The caller compares lengths; nothing is made up."""
    reader = MediumReader(Failing(RAW[:-500], []), size=len(RAW))
    assert _read(reader) == RAW[:-500]
