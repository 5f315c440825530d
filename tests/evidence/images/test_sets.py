"""Which files are an image, and which of them belong together."""

import os
from pathlib import Path

import pytest

from custody.evidence.images.prepare import ImageFiles, find_images
from custody.evidence.images.sets import Listed, find_segments
from tests.evidence.images.forge_ewf import Shape, extension, forge

POINTERS = {
    "lfs": b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
    "annex": b"/annex/objects/SHA256E-s4469--0123.E01\n",
    "annex link": b"../.git/annex/objects/aa/bb/SHA256E-s4469--0123.E01/SHA256E-s4469--0123.E01",
}


def _touch(folder: Path, *names: str, size: int = 512) -> None:
    for name in names:
        (folder / name).write_bytes(b"\x11" * size)


def _find(path: Path, *, is_image: bool = False) -> ImageFiles:
    (image,) = find_images([path], is_image=is_image)
    return image


def _names(image: ImageFiles) -> list[str]:
    return [os.path.basename(os.fsdecode(path)) for path in image.paths]


@pytest.mark.parametrize(
    ("names", "given"),
    [
        (("d.001", "d.002", "d.003"), "d.001"),
        (("d.000", "d.001"), "d.000"),
        (("d.aa", "d.ab", "d.ac"), "d.aa"),
        (("d.aa", "d.ab", "d.ac"), "d.ab"),
    ],
)
def test_a_set_is_found_from_one_of_its_files(names: tuple[str, ...], given: str, tmp_path: Path) -> None:
    """People give the first file, as their tools want it."""
    _touch(tmp_path, *names, "e.001", "d.txt", "d.0001")
    assert _names(_find(tmp_path / given)) == list(names)


def test_a_hundred_segments_and_more_are_in_order(tmp_path: Path) -> None:
    """After E99 comes EAA: order of bytes would be wrong, and so would order of numbers."""
    names = [f"d.{extension(number)}" for number in range(1, 131)]
    for name in names:
        (tmp_path / name).touch()
    found = find_segments(os.fsencode(tmp_path / "d.E01"))
    assert [os.path.basename(os.fsdecode(path)) for path in found.paths] == names
    assert found.missing == ()


@pytest.mark.parametrize(
    ("given", "there", "missing"),
    [
        ("d.002", ("d.001", "d.002", "d.004"), ((3, 1),)),
        ("d.99", ("d.98", "d.99", "d.100"), ((1, 97),)),
        ("d.000", ("d.000", "d.003"), ((2, 2),)),
        ("d.001", ("d.001", "d.066"), ((2, 64),)),
        ("d.E99", ("d.E98", "d.E99", "d.EAA", "d.EAC"), ((1, 97), (101, 1))),
        ("d.aaz", ("d.aaz", "d.aba"), ((1, 25),)),
        ("d.txt", ("d.txt", "d.txv"), ((1, 19 * 676 + 23 * 26 + 19), (19 * 676 + 23 * 26 + 21, 1))),
        (".a.05", (".a.05", ".a.06"), ((1, 4),)),
    ],
)
def test_a_set_is_found_by_the_numbers_in_its_names(
    given: str, there: tuple[str, ...], missing: tuple[tuple[int, int], ...], tmp_path: Path
) -> None:
    """What has another stem, another width or is far away is another file, whatever its number."""
    _touch(tmp_path, *there, "e.003", "d.0101", "d.00002", "d", "d.E1", "d.aeaa")
    found = find_segments(os.fsencode(tmp_path / given))
    assert [os.path.basename(os.fsdecode(path)) for path in found.paths] == list(there)
    assert found.missing == missing


def test_every_file_of_a_set_finds_it(tmp_path: Path) -> None:
    """A folder of notes costs no more than its names: three letters stand for one of 17,576 places."""
    names = [f"d.{extension(number)}" for number in range(1, 200)] + [f"f{number}.txt" for number in range(2000)]
    for name in names:
        (tmp_path / name).touch()
    listed = Listed()
    found = [find_segments(os.fsencode(tmp_path / name), listed).paths for name in names]
    assert {len(paths) for paths in found[:199]} == {199}
    assert [os.fsdecode(path) for (path,) in found[199:]] == [str(tmp_path / name) for name in names[199:]]


def test_a_gap_in_the_names_is_missing(tmp_path: Path) -> None:
    """Two of five files were never copied."""
    _touch(tmp_path, "d.001", "d.003", "d.005")
    image = _find(tmp_path / "d.001")
    assert image.missing == ((2, 1), (4, 1))
    assert [fault.damage for fault in image.faults] == ["segment-missing"]


def test_a_smaller_file_in_the_middle_is_out_of_order(tmp_path: Path) -> None:
    """Pieces of a raw image have no numbers inside; only the last may be smaller."""
    _touch(tmp_path, "d.001", "d.003", size=1024)
    _touch(tmp_path, "d.002", size=512)
    assert [fault.damage for fault in _find(tmp_path / "d.001", is_image=True).faults] == ["segment-order"]


def test_numbered_files_that_are_no_disk_are_left_alone(tmp_path: Path) -> None:
    """Rotated logs are numbered too; nobody asked for the others to be taken in."""
    _touch(tmp_path, "messages.001", size=700)
    _touch(tmp_path, "messages.002", size=300)
    assert find_images([tmp_path / "messages.001"], is_image=False) == ()


@pytest.mark.parametrize("name", POINTERS)
def test_a_pointer_file_is_no_image(name: str, tmp_path: Path) -> None:
    """A checkout without its large files looks like a set of images; registering it would lose the evidence."""
    path = tmp_path / "disk.E01"
    path.write_bytes(POINTERS[name])
    image = _find(path)
    assert ([fault.damage for fault in image.faults], image.is_readable) == (["pointer-file"], False)


@pytest.mark.parametrize("name", ["disk.E01", "disk.dd", "disk.001", "disk.qcow2", "disk.aff4", "disk.vmdk"])
def test_an_empty_image_is_damage(name: str, tmp_path: Path) -> None:
    """The commonest result of a full target disk."""
    (tmp_path / name).touch()
    assert [fault.damage for fault in _find(tmp_path / name).faults] == ["zero-bytes"]


def test_bytes_count_more_than_names(tmp_path: Path) -> None:
    """A renamed image is one, and a text that is called one is a damaged one."""
    (tmp_path / "holiday.jpg").write_bytes(forge(bytes(4096)).segments[0])
    assert _find(tmp_path / "holiday.jpg").container == "ewf-e01"
    (tmp_path / "disk.E01").write_text("nothing of the kind")
    assert [fault.damage for fault in _find(tmp_path / "disk.E01").faults] == ["container-structure"]


@pytest.mark.parametrize("name", ["setup.exe", "mail.eml", "System.evt", "logo.EPS", "tool.ExAB"])
def test_two_letters_after_an_e_are_a_later_segment_by_their_bytes_alone(name: str, tmp_path: Path) -> None:
    """.EAA to .EZZ follow .E99, and programs, mails and event logs are called so too."""
    _touch(tmp_path, name, size=700)
    assert find_images([tmp_path / name], is_image=False) == ()
    (tmp_path / "d.EAA").write_bytes(forge(bytes(4096)).segments[0])
    assert _find(tmp_path / "d.EAA").container == "ewf-e01"


def test_a_file_without_a_mark_is_an_image_if_somebody_says_so(tmp_path: Path) -> None:
    """--kind image makes it one; nothing else does."""
    _touch(tmp_path, "evidence")
    assert find_images([tmp_path / "evidence"], is_image=False) == ()
    assert _find(tmp_path / "evidence", is_image=True).container == "raw"


def test_two_images_are_two(tmp_path: Path) -> None:
    """They are told apart, and each comes with its own segments."""
    forge(bytes(70_000 // 512 * 512), Shape(segments=2)).write(tmp_path, "a")
    forge(bytes(4096)).write(tmp_path, "b")
    found = find_images([tmp_path / "a.E01", tmp_path / "a.E02", tmp_path / "b.E01"], is_image=False)
    assert [_names(image) for image in found] == [["a.E01", "a.E02"], ["b.E01"]]


def test_a_descriptor_of_empty_lines_costs_no_more_than_its_length(tmp_path: Path) -> None:
    """A folder may hold thousands of such files, and all are looked at before anything is read."""
    text = b"# Disk DescriptorFile" + b"\n" * 65_000 + b'  RW 8 FLAT "disk-flat.vmdk" 0\n'
    paths = []
    for number in range(30):
        paths.append(tmp_path / f"{number}.vmdk")
        paths[-1].write_bytes(text)
    _touch(tmp_path, "disk-flat.vmdk")
    assert [len(image.paths) for image in find_images(paths, is_image=False)] == [2] * 30
