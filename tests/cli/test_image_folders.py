"""Folders as they are seized, at the prompt: what in them is an image, and what the whole is called then."""

from hashlib import sha256

import pytest

from custody.cli.exits import Exit
from custody.verify.gate.contents import images_of
from schemas.details.exhibit import ExhibitRegistered
from schemas.details.image import Medium
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
