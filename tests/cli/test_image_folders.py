"""Folders and files as they are seized, at the prompt: what is an image, and what is said of one that only seems so."""

from hashlib import sha256

import pytest

from custody.cli.exits import Exit
from custody.verify.gate.contents import images_of
from schemas.details.exhibit import ExhibitRegistered
from schemas.details.image import Image, Medium
from schemas.types import UNSET
from tests.cli.machine import CASE, Machine
from tests.cli.script import Stage
from tests.evidence.images.forge_disks import write_qcow2

MEDIUM = bytes(range(256)) * 128 * 5
LINE = f"--case {CASE} --exhibit next --as exam-07"


@pytest.fixture
def machine(stage: Stage) -> Machine:
    """Give a ledger that is ready for evidence."""
    return Machine(stage)


def _registered(machine: Machine) -> ExhibitRegistered:
    details = machine.entries()[-1].event.details
    assert isinstance(details, ExhibitRegistered)
    return details


def test_a_folder_with_some_raw_file_is_no_image(machine: Machine) -> None:
    """An empty x.img deep in an application's folder is nobody's disk."""
    folder = machine.stage.folder / "app"
    folder.mkdir()
    (folder / "x.img").touch()
    machine.register("app")
    assert (_registered(machine).kind, _registered(machine).image) == ("directory", UNSET)


def test_what_folders_commonly_hold_is_no_damaged_image(machine: Machine) -> None:
    """Programs, mails, event logs and VHDL are called like images, and a rotated log may be empty."""
    folder = machine.stage.folder / "usb"
    folder.mkdir()
    for name in ("setup.exe", "mail.eml", "System.evt"):
        (folder / name).write_bytes(b"MZ")
    (folder / "messages.001").touch()
    (folder / "counter.vhd").write_text("library ieee;\n")
    machine.register("usb")
    assert (_registered(machine).kind, _registered(machine).image) == ("directory", UNSET)


def test_a_folder_of_other_things_is_no_image_for_the_one_that_lies_in_it(machine: Machine) -> None:
    """The kind is what a court reads first, and a folder of films with one small disk in it is no disk."""
    folder = machine.stage.folder / "downloads"
    folder.mkdir()
    write_qcow2(folder / "disk.qcow2", MEDIUM)
    (folder / "film.mkv").write_bytes(b"\x1aE\xdf\xa3" + bytes(4 * len(MEDIUM)))
    machine.register("downloads")
    (image,) = images_of(_registered(machine))
    assert isinstance(image.medium, Medium)
    assert (_registered(machine).kind, image.medium.digests.sha256) == ("directory", sha256(MEDIUM).hexdigest())
    machine.register("downloads", "--kind image")
    assert _registered(machine).kind == "image"


@pytest.mark.parametrize(
    "raw", [bytes(4096), b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"]
)
def test_an_image_that_lost_its_bytes_is_refused_within_a_folder(raw: bytes, machine: Machine) -> None:
    """The folder of an acquisition is handed in whole, and its disk may never have been copied."""
    folder = machine.stage.folder / "case"
    folder.mkdir()
    (folder / "disk.E01").write_bytes(raw)
    (folder / "disk.txt").write_text("acquired")
    code = "image.pointer-file" if raw.strip(b"\0") else "image.container-structure"
    machine.fail(f"register case {LINE}", Exit.REFUSED, code)


@pytest.mark.parametrize(
    ("name", "raw", "more"),
    [
        ("list.E01", b"Once upon a time\n", ""),
        ("a.qcow2", b"{}\n", ""),
        ("backup.dd", b"\x1f\x8b\x08\0" + MEDIUM[4:], ""),
        ("program.dd", b"\x7fELF" + MEDIUM[4:], "--kind image"),
        ("case.ad1", b"ADSEGMENTEDFILE\0" + MEDIUM, "--kind image"),
    ],
)
def test_what_is_called_an_image_and_is_none_goes_in_with_a_note(
    machine: Machine, name: str, raw: bytes, more: str
) -> None:
    """Whoever believes that his disk was read, and it was not, learns it now and not in court."""
    (machine.stage.folder / name).write_bytes(raw)
    ran = machine.do(f"register {name} {LINE} {more}")
    assert f"note: {name}: no image that is read here" in ran.stderr
    assert not isinstance(_registered(machine).image, Image)
    (machine.stage.folder / "notes.txt").write_bytes(b"n")
    assert "note:" not in machine.do(f"register notes.txt {LINE.replace('EX-1', 'next')}").stderr


def test_a_piece_that_is_no_disk_leaves_the_others_behind_with_a_note(machine: Machine) -> None:
    """An archive in three pieces is one thing, and who names the first one may mean all."""
    for number in (1, 2, 3):
        (machine.stage.folder / f"a.7z.00{number}").write_bytes(b"7z\xbc\xaf\x27\x1c" + MEDIUM)
    ran = machine.do(f"register a.7z.001 {LINE}")
    assert "a.7z.001: 2 files beside it with the next numbers left out" in ran.stderr
