"""Damage in an image is found, named and located; nothing of it crashes the reader."""

import random
import zlib
from hashlib import md5, sha256
from pathlib import Path

import pytest

from tests.evidence.images.conftest import Read
from tests.evidence.images.forge_disks import write_qcow2
from tests.evidence.images.forge_ewf import CHUNK_BYTES, SIGNATURE, Shape, forge


def _damages(found: object) -> list[str]:
    return sorted({fault.damage for fault in found.faults})  # type: ignore[attr-defined]


@pytest.mark.parametrize("is_compressed", [True, False])
@pytest.mark.parametrize("chunk", [0, 3, 4, 10])
def test_a_damaged_chunk_is_located(chunk: int, is_compressed: bool, medium: bytes, tmp_path: Path, read: Read) -> None:
    """Libewf hands out zeros for it without a word: a court would never hear that part of the disk is lost."""
    found = read(forge(medium, Shape(compress=is_compressed)).damage(chunk).write(tmp_path))
    start = chunk * CHUNK_BYTES
    length = min(CHUNK_BYTES, len(medium) - start)
    assert found.damaged == ((start, length),)
    assert _damages(found) == (["container-checksum", "stored-hash"])
    zeroed = medium[:start] + bytes(length) + medium[start + length :]
    assert found.digests["sha256"] == sha256(zeroed).hexdigest()


def test_neighbours_are_one_place(medium: bytes, tmp_path: Path, read: Read) -> None:
    """A scratch of a gigabyte is one place, not thirty thousand."""
    found = read(forge(medium).damage(1).damage(2).damage(9).write(tmp_path))
    assert found.damaged == ((CHUNK_BYTES, 2 * CHUNK_BYTES), (9 * CHUNK_BYTES, CHUNK_BYTES))


def test_a_wrong_stored_hash_is_told_from_a_damaged_container(medium: bytes, tmp_path: Path, read: Read) -> None:
    """Whether the copy is broken or another disk was copied are different questions for a court."""
    found = read(forge(medium, Shape(md5_stored=b"\x01" * 16)).write(tmp_path))
    assert _damages(found) == ["stored-hash"]
    assert "all checksums of its chunks hold" in found.faults[0].text
    assert (found.damaged, found.stored["md5"]) == ((), "01" * 16)
    assert found.digests["md5"] == md5(medium).hexdigest()


def test_damage_outside_of_the_media_data_leaves_the_medium_whole(medium: bytes, tmp_path: Path, read: Read) -> None:
    """The MD5 of the medium matches though the container is damaged: both are said (libewf#203)."""
    whole = forge(medium)
    raw = bytearray(whole.segments[0])
    table = raw.index(b"table\0")
    raw[table + 76 + 24] ^= 1
    path = tmp_path / "disk.E01"
    path.write_bytes(raw)
    found = read([path])
    assert _damages(found) == ["container-checksum"]
    assert found.digests["sha256"] == sha256(medium).hexdigest()


@pytest.mark.parametrize(("lost", "missing"), [(0, (1, 1)), (1, (2, 1)), (2, (3, 1))])
def test_a_missing_segment_is_named(
    lost: int, missing: tuple[int, int], medium: bytes, tmp_path: Path, read: Read
) -> None:
    """Of the last one nothing but its predecessor's last section tells."""
    paths = forge(medium, Shape(segments=3)).write(tmp_path)
    found = read([path for place, path in enumerate(paths) if place != lost])
    assert (found.not_read, found.missing) == ("damaged", (missing,))
    assert "segment-missing" in _damages(found)


def test_segments_out_of_order_are_named_and_read_in_order(medium: bytes, tmp_path: Path, read: Read) -> None:
    """Somebody renamed them; the numbers inside say what belongs where."""
    one, two, three = forge(medium, Shape(segments=3)).write(tmp_path)
    found = read([two, one, three])
    assert (_damages(found), found.order) == (["segment-order"], (1, 0, 2))
    assert found.digests["sha256"] == sha256(medium).hexdigest()


def test_segments_of_two_images_don_t_pass_as_one(medium: bytes, tmp_path: Path, read: Read) -> None:
    """Segments numbered alike, or of another disk, must not end in a plausible digest without a word."""
    one, two = forge(medium, Shape(segments=2)).write(tmp_path, "a")
    other = forge(medium[::-1][: len(medium)], Shape(segments=2)).write(tmp_path, "b")
    assert "segment-order" in _damages(read([one, two, other[1]]))
    assert "stored-hash" in _damages(read([one, other[1]]))


LIES = {
    "more sectors": Shape(sectors_declared=1 << 40),
    "more of both": Shape(sectors_declared=1 << 40, chunks_declared=1 << 31),
    "fewer sectors": Shape(sectors_declared=64),
    "no sectors": Shape(sectors_declared=0, chunks_declared=0),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_header_that_lies_is_damage(lie: str, medium: bytes, tmp_path: Path, read: Read) -> None:
    """Half a pebibyte in 130 KiB: neither believed nor read for a year."""
    found = read(forge(medium, LIES[lie]).write(tmp_path))
    assert _damages(found)
    assert found.digests.get("sha256") != sha256(medium).hexdigest()


def test_a_table_that_points_nowhere_is_damage(medium: bytes, tmp_path: Path, read: Read) -> None:
    """Offsets of 2^64 and checksums to match: nothing is read there, and nothing crashes."""
    raw = bytearray(forge(medium).segments[0])
    for kind in (b"table\0", b"table2\0"):
        start = raw.index(kind) + 76
        raw[start + 8 : start + 16] = b"\xff" * 8
        raw[start + 20 : start + 24] = zlib.adler32(bytes(raw[start : start + 20])).to_bytes(4, "little")
    path = tmp_path / "disk.E01"
    path.write_bytes(raw)
    found = read([path])
    assert _damages(found)
    assert found.digests.get("sha256") != sha256(medium).hexdigest()


def test_a_compression_bomb_is_a_damaged_chunk(medium: bytes, tmp_path: Path, read: Read) -> None:
    """A chunk that unpacks to a gigabyte costs no more than one that unpacks to 32 KiB."""
    bomb = zlib.compress(bytes(64 << 20), 9)
    whole = forge(medium)
    segment, offset, size = whole.chunks[0]
    raw = whole.segments[segment]
    assert len(bomb) > size or size > 32000
    path = tmp_path / "disk.E01"
    path.write_bytes(raw[:offset] + bomb[:size].ljust(size, b"\0") + raw[offset + size :])
    found = read([path])
    assert found.damaged[0][0] == 0


@pytest.mark.parametrize("keep", [0, 5, 13, 40, 89, 300, 2000, 60_000, -200, -77, -1])
def test_a_truncated_image_is_damage(keep: int, medium: bytes, tmp_path: Path, read: Read) -> None:
    """A copy that ran out of disk is the commonest damage of all."""
    path = tmp_path / "disk.E01"
    path.write_bytes(forge(medium).segments[0][:keep])
    found = read([path])
    # Where only the last section's descriptor is cut, the medium itself is whole.
    assert _damages(found)
    assert found.digests == {} or keep > -77


def test_random_damage_never_passes_for_a_whole_image(medium: bytes, tmp_path: Path, read: Read) -> None:
    """Every byte that matters is covered by a checksum or by the stored hashes; no byte may crash the reader."""
    source = random.Random(11)
    whole = forge(medium[: 3 * CHUNK_BYTES]).segments[0]
    right = sha256(medium[: 3 * CHUNK_BYTES]).hexdigest()
    for number in range(12):
        raw = bytearray(whole)
        for _ in range(1 + number * 3):
            raw[source.randrange(13, len(raw))] = source.randrange(256)
        path = tmp_path / f"{number}.E01"
        path.write_bytes(raw)
        found = read([path])
        assert found.digests.get("sha256") == right or _damages(found), number


@pytest.mark.parametrize(
    "raw",
    [SIGNATURE + b"\xff" * 4000, SIGNATURE + bytes(4000), SIGNATURE + b"\x01\x01\x00\x00\x00" + b"A" * 9000, b"EVF"],
)
def test_nonsense_is_damage(raw: bytes, tmp_path: Path, read: Read) -> None:
    """The signature of an image, and nothing of one behind it."""
    path = tmp_path / "disk.E01"
    path.write_bytes(raw)
    found = read([path])
    assert found.digests == {}
    assert _damages(found)


def test_a_virtual_disk_of_a_pebibyte_is_not_read(medium: bytes, tmp_path: Path, read: Read) -> None:
    """Two clusters and a header of 16 TiB would keep the machine busy for a day with zeros."""
    found = read([write_qcow2(tmp_path / "a.qcow2", medium, size=1 << 50)], "qcow2")
    assert found.not_read in {"too-large", "library-failed", "damaged"}


def test_a_virtual_disk_that_is_nothing_but_holes_is_not_read(tmp_path: Path, read: Read) -> None:
    """Two tebibytes of zeros in a few kilobytes are no damage, and no use reading either."""
    found = read([write_qcow2(tmp_path / "a.qcow2", b"", size=1 << 41)], "qcow2")
    assert (found.not_read, found.digests) in [("too-large", {}), ("library-failed", {})]


def test_a_truncated_virtual_disk_is_damage(medium: bytes, tmp_path: Path, read: Read) -> None:
    """Its library fails, and that is said."""
    path = write_qcow2(tmp_path / "a.qcow2", medium)
    path.write_bytes(path.read_bytes()[:70_000])
    found = read([path], "qcow2")
    assert found.digests == {}
    assert _damages(found)
