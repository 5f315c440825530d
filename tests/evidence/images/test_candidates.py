"""Which files of a folder as it was seized are images: what their bytes say counts more than what they are called."""

import os
from hashlib import shake_128
from pathlib import Path

import pytest

from custody.evidence.images.candidates import look_for_images
from custody.evidence.images.prepare import ImageFiles
from custody.evidence.sources import find_sources
from tests.evidence.images.forge_ewf import Shape, forge

SECTORS = 4096
NOISE = shake_128(b"noise").digest(SECTORS)
VHDL = b"-- 8 bit counter\nlibrary ieee;\nuse ieee.std_logic_1164.all;\n\nentity counter is\nend counter;\n"
LATIN = "-- Z\xe4hler\nlibrary ieee;\n".encode("latin-1")
OTHER = {
    "counter.vhd": VHDL,
    "zaehler.vhd": LATIN,
    "utf16.vhd": VHDL.decode().encode("utf-16"),
    "monkey.s01": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + NOISE,
    "SLOT.S01": b"\0\1\0\0level 3" + bytes(300) + NOISE[:60],
    "Show.S01": b"\x1aE\xdf\xa3" + NOISE,
    "chapter.e01": b"Once upon a time\n",
    "chapter.e02": b"Once upon a time\n",
    "disk.vmdk": b"RIFF\x24\x10\x00\x00WAVEfmt " + NOISE,
    "a.qcow": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + NOISE,
    "b.vhdx": b"PK\x03\x04" + NOISE,
    "c.Ex01": b"SQLite format 3\0" + NOISE,
}
"""Files that bear the name of an image, and whose bytes say that they are something else."""
DAMAGED = {
    "zeros.E01": bytes(SECTORS),
    "noise.E01": NOISE,
    "noise.s01": NOISE,
    "zeros.s01": bytes(SECTORS),
    "headless.s01": bytes(8) + forge(bytes(SECTORS)).segments[0][8:],
    "zeros.vhd": bytes(SECTORS),
    "noise.vhdx": NOISE,
    "headless.E01": bytes(8) + forge(bytes(SECTORS)).segments[0][8:],
    "disk.Ex01": b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
    "annex.qcow2": b"/annex/objects/SHA256E-s4469--0123.qcow2\n",
    "empty.E01": b"",
}
"""Images that lost their bytes."""
PARTS = {
    "archive.7z": b"7z\xbc\xaf\x27\x1c",
    "backup.zip": b"PK\x03\x04",
    "film.rar": b"Rar!\x1a\x07",
    "logs.gz": b"\x1f\x8b\x08\0",
    "notes.txt": b"line of text ".ljust(1024),
}
"""What people cut into pieces beside disks, by its first bytes."""


def _images(path: Path, *more: Path, called: bool = False) -> tuple[ImageFiles, ...]:
    return look_for_images(find_sources([path, *more]), is_called_image=called)


def _described(images: tuple[ImageFiles, ...]) -> list[tuple[str, str, list[str]]]:
    return [
        (image.container, os.fsdecode(os.path.basename(image.paths[0])), [fault.damage for fault in image.faults])
        for image in images
    ]


def _write(folder: Path, files: dict[str, bytes]) -> Path:
    for name, raw in files.items():
        (folder / name).write_bytes(raw)
    return folder


@pytest.mark.parametrize("name", OTHER)
def test_a_name_alone_makes_no_damaged_image(name: str, tmp_path: Path) -> None:
    """VHDL is called .vhd, saved games .s01, and nobody can be asked to accept damage of what is whole."""
    assert _images(_write(tmp_path, {name: OTHER[name]})) == ()


@pytest.mark.parametrize("name", DAMAGED)
def test_an_image_that_lost_its_bytes_is_told_in_a_folder_too(name: str, tmp_path: Path) -> None:
    """Zeros, noise and pointers say nothing else, so the name counts."""
    (found,) = _images(_write(tmp_path, {name: DAMAGED[name], "notes.txt": b"n"}))
    assert found.faults


@pytest.mark.parametrize("name", OTHER)
def test_a_file_that_is_given_is_no_damaged_image_where_its_bytes_say_what_it_is(name: str, tmp_path: Path) -> None:
    """A file of a project is an exhibit as well as its folder, and a list of names may be called .E01."""
    assert _images(_write(tmp_path, {name: OTHER[name]}) / name) == ()


@pytest.mark.parametrize("name", DAMAGED)
def test_a_file_that_is_given_and_lost_its_bytes_is_a_damaged_image(name: str, tmp_path: Path) -> None:
    """A header that was written over says nothing else."""
    (found,) = _images(_write(tmp_path, {name: DAMAGED[name]}) / name)
    assert found.faults


def test_a_first_segment_that_was_written_over_with_text_is_seen_by_the_next_one(tmp_path: Path) -> None:
    """It would go in as a text, and the rest of the disk would stay behind."""
    first, second, *_ = forge(bytes(1 << 20), Shape(segments=3)).write(tmp_path, "disk")
    first.write_bytes(b"Once upon a time\n")
    for path in (first, second):
        (found,) = _images(path)
        assert (found.container, len(found.paths)) == ("ewf-e01", 3)
        assert found.faults


def test_files_that_are_numbered_from_nought_are_a_disk_where_they_begin_as_one(tmp_path: Path) -> None:
    """Two blocks of a cache are no disk, and the second one is nothing that somebody gave."""
    sector = bytes(510) + b"\x55\xaa"
    _write(tmp_path, {"cache.000": NOISE, "cache.001": NOISE, "disk.000": sector + NOISE[512:], "disk.001": NOISE})
    for name in ("cache.000", "cache.001"):
        assert _images(tmp_path / name) == ()
        assert len(_images(tmp_path / name, called=True)) == 1
    for path in (tmp_path, tmp_path / "disk.000", tmp_path / "disk.001"):
        assert _described(_images(path)) == [("split-raw", "disk.000", [])]


@pytest.mark.parametrize("ending", ["001", "aa", "aaa"])
def test_a_first_piece_alone_is_a_disk_where_it_begins_as_one(tmp_path: Path, ending: str) -> None:
    """Without a second piece a number is an ending like any other: the record of a game, a counter, a version."""
    _write(tmp_path, {f"cache.{ending}": NOISE, f"disk.{ending}": bytes(510) + b"\x55\xaa" + NOISE[512:]})
    assert _images(tmp_path / f"cache.{ending}") == ()
    assert len(_images(tmp_path / f"cache.{ending}", called=True)) == 1
    assert _described(_images(tmp_path)) == [("split-raw", f"disk.{ending}", [])]
    for second in {"001": ("002",), "aa": ("ab",), "aaa": ("aab",)}[ending]:
        _write(tmp_path, {f"cache.{second}": NOISE})
        assert len(_images(tmp_path / f"cache.{ending}")) == 1


@pytest.mark.parametrize("name", OTHER)
def test_what_is_called_an_image_is_damaged_whatever_its_bytes_say(name: str, tmp_path: Path) -> None:
    """The page of an error, saved in place of the disk, is readable text."""
    _write(tmp_path, {name: OTHER[name]})
    for path in (tmp_path, tmp_path / name):
        (found,) = _images(path, called=True)
        assert found.faults


@pytest.mark.parametrize("stem", PARTS)
def test_pieces_of_an_archive_are_no_pieces_of_a_disk(stem: str, tmp_path: Path) -> None:
    """Whole sectors and one length have those of a split archive too; what is inside is no medium."""
    first = PARTS[stem] + NOISE[len(PARTS[stem]) :]
    if stem == "notes.txt":
        first = PARTS[stem] * 4
    _write(tmp_path, {f"{stem}.001": first, f"{stem}.002": NOISE, f"{stem}.003": NOISE[:700]})
    _write(tmp_path, {f"{stem}.aa": first, f"{stem}.ab": NOISE})
    assert _images(tmp_path) == ()
    assert (
        _images(tmp_path / f"{stem}.001") == _images(tmp_path / f"{stem}.002") == _images(tmp_path / f"{stem}.aa") == ()
    )


def test_photos_beside_an_image_are_no_raw_images(tmp_path: Path) -> None:
    """Cameras write .raw, applications .img; beside a disk they are still what their bytes say."""
    forge(bytes(SECTORS)).write(tmp_path, "disk")
    _write(tmp_path, {"a.raw": b"II*\0\x10\0\0\0CR" + NOISE, "b.img": b"\x89PNG\r\n\x1a\n" + NOISE, "c.img": b"text\n"})
    _write(tmp_path, {"usb.dd": bytes(510) + b"\x55\xaa" + bytes(512)})
    assert [image.container for image in _images(tmp_path)] == ["ewf-e01", "raw"]


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("app.dmg", NOISE + b"koly\0\0\0\x04\0\0\x02\0".ljust(512, b"\0")),
        ("disk.vdi", b"<<< Oracle VM VirtualBox Disk Image >>>\n".ljust(64, b"\0") + b"\x7f\x10\xda\xbe" + NOISE),
        ("phone.zip", b"PK\x03\x04" + NOISE),
        ("case.ad1", b"ADSEGMENTEDFILE\0" + NOISE),
        ("disk.dd.gz", b"\x1f\x8b\x08\0" + NOISE),
    ],
)
def test_a_container_that_nobody_here_reads_is_no_raw_medium(name: str, raw: bytes, tmp_path: Path) -> None:
    """Its digest would be recorded as that of a disk."""
    _write(tmp_path, {name: raw})
    assert _images(tmp_path / name) == _images(tmp_path / name, called=True) == ()


@pytest.mark.parametrize(
    "extents",
    [("disk-flat.vmdk",), ("disk-s001.vmdk", "disk-s002.vmdk")],
)
def test_the_folder_of_a_virtual_machine_holds_one_disk(extents: tuple[str, ...], tmp_path: Path) -> None:
    """Extents come before their descriptor by name; alone those of flat disks look damaged."""
    text = b"# Disk DescriptorFile\nversion=1\n\n" + b"".join(b'RW 8 FLAT "%b" 0\n' % name.encode() for name in extents)
    _write(tmp_path, {"disk.vmdk": text, "disk.nvram": NOISE, "disk.vmx": b"x = 1\n"})
    for name in extents:
        (tmp_path / name).write_bytes((b"KDMV" if "s0" in name else b"\0\0\0\0") + bytes(SECTORS - 4))
    assert _described(_images(tmp_path)) == [("vmdk", "disk.vmdk", [])]
    assert _described(_images(*sorted(tmp_path.glob("*.vmdk")))) == [("vmdk", "disk.vmdk", [])]


def test_thousands_of_names_like_segments_are_listed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbered logs, chapters and saves lie in one folder by the thousand; to list it for each takes minutes."""
    _write(tmp_path, {f"{number}.{number % 90 + 10}": b"line\n" for number in range(80)})
    _write(tmp_path, {f"chapter{number}.e{number % 90 + 10}": b"line\n" for number in range(80)})
    calls: list[object] = []
    scandir = os.scandir

    def counted(path: bytes) -> object:
        calls.append(path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", counted)
    assert _images(tmp_path) == ()
    assert len(calls) <= 2
