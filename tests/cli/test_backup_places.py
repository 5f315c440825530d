"""Where a backup goes, and what happens where the home itself can't be written: slips are refused, copies are made."""

import errno
import os
from pathlib import Path

import pytest

from custody.cli.exits import Exit
from custody.storage.folders import fresh_folder
from custody.storage.home import open_home
from schemas.errors import StorageError
from tests.cli.machine import Machine
from tests.cli.script import Stage


@pytest.fixture
def machine(stage: Stage) -> Machine:
    """A ledger."""
    return Machine(stage)


def test_a_backup_within_the_home_is_refused(machine: Machine) -> None:
    """It dies with the disk and the folder that it is to save, and the next one copies it too."""
    for dest in ("l/backup", "l", "l/evidence/x", "l/../l/backup"):
        machine.fail(f"backup {dest}", Exit.USAGE, "backup.in-home")
    assert not (machine.home / "backup").exists()


def test_a_restore_into_a_home_or_out_of_the_one_in_use_is_refused(machine: Machine) -> None:
    """Two homes of one ledger fork it; and one within another is found by commands that mean the other."""
    machine.do("backup b --checkpoint cp")
    for dest in ("l/back", "l/evidence/back", "b/back", "b/../b/back"):
        machine.fail(f"restore b {dest} --newest cp", Exit.USAGE, "backup.in-home")
    machine.fail("restore l back --newest cp", Exit.USAGE, "restore.in-use")
    machine.do("restore b back --newest cp")


def test_a_folder_that_is_not_there_is_a_slip(machine: Machine) -> None:
    """A stick that is not plugged in: the copy would land on the very disk that it is to outlive."""
    machine.fail("backup stick/2026-11-21", Exit.USAGE, "usage.file")
    assert not (machine.stage.folder / "stick").exists()
    (machine.stage.folder / "stick").mkdir()
    ran = machine.do("backup stick/2026-11-21")
    assert "warning: it lies on the disk of the ledger" in ran.stderr
    again = machine.fail("backup stick/2026-11-21", Exit.REFUSED, "home.exists")
    assert "expected nothing or an empty folder at stick/2026-11-21, found something in it" in again.stderr
    assert "a new folder for each" in again.stderr


def test_a_taken_name_for_the_checkpoint_is_found_first(machine: Machine) -> None:
    """A backup of an hour must not end in a refusal."""
    (machine.stage.folder / "cp").write_text("x")
    machine.fail("backup b --checkpoint cp", Exit.USAGE, "usage.exists")
    assert not (machine.stage.folder / "b").exists()


def test_what_is_said_to_be_gone_and_lies_there_is_told(machine: Machine) -> None:
    """An order to erase would not list it any more."""
    machine.do("backup b")
    ran = machine.do("backup b --gone")
    assert "warning: something is still at b" in ran.stderr


def test_a_name_that_is_no_utf8_is_noted_and_found_again(machine: Machine) -> None:
    """A stick from elsewhere: the copy is made, and an order to erase must list it."""
    name = os.fsdecode(b"caf\xe9")
    assert "not noted" not in machine.do(f"backup {name}").stderr
    (machine.stage.folder / name).rename(machine.stage.folder / "away")
    assert "is gone" in machine.do(f"backup {name} --gone").stdout


def test_a_home_on_a_disc_is_backed_up_and_what_is_not_noted_is_said(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy is sound; that an order to erase won't know of it must be said."""
    real = os.statvfs

    def statvfs(path: Path) -> os.statvfs_result:
        fields = list(real(path))
        fields[8] |= os.ST_RDONLY if Path(path) == machine.home else 0
        return os.statvfs_result(fields)

    monkeypatch.setattr(os, "statvfs", statvfs)
    ran = machine.do("backup b")
    assert "entries copied to b" in ran.stdout
    assert "warning: it is not noted here" in ran.stderr
    assert machine.json("backup c")["is_noted"] is False
    monkeypatch.undo()
    with open_home(machine.stage.folder / "b", random=bytes) as copy, copy.store.read() as reader:
        assert reader.head().size > 0


def test_a_full_disk_is_told_with_what_to_do(tmp_path: Path) -> None:
    """'No space left' after an hour, without a word of what became of it, is asked about at night."""
    with pytest.raises(StorageError) as caught, fresh_folder(tmp_path / "b", random=bytes):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert caught.value.text.endswith("b, found no space left on device")
    assert caught.value.hint.startswith("nothing was made; free some space")
    assert list(tmp_path.iterdir()) == []
