"""What a kill leaves at the border: a parcel can be written again, and nothing is forgotten or left behind."""

from __future__ import annotations

import fcntl
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from custody.bundle import build
from custody.bundle.container import open_container
from custody.bundle.whole_file import SUFFIX, whole_file
from custody.cli.exits import Exit
from custody.cli.files import write_file
from custody.cli.ledger_access import LedgerAccess
from custody.storage.incoming import incoming_folder, sweep_incoming
from schemas.details.record import BundleExported
from schemas.errors import UsageError
from schemas.private import parse_disclosure
from tests.cli.machine import CASE, Machine
from tests.cli.script import Stage


class PowerCutError(BaseException):
    """Stands for the end of the process: nothing of the program catches it."""


@pytest.fixture
def machine(stage: Stage) -> Machine:
    """A ledger with an exhibit that may go to police-b."""
    made = Machine(stage)
    made.do("key new off-1")
    made.do("agent enrol off-1.enrol --role authority --as reg-1")
    made.do("agent enrol ministry --kind organisation --country FR --member off-1 --as reg-1")
    made.do("agent enrol police-b --kind organisation --country DE --ledger b.example/y --as reg-1")
    (stage.folder / "disk.dd").write_bytes(b"bytes of a disk")
    made.register(stage.folder / "disk.dd", '--description "a secret place"')
    made.do("consent record EX-1 --authority ministry --recipient police-b --purpose trial --as off-1")
    return made


DISPATCH = 'dispatch EX-1 --original --to police-b --purpose trial --not-sealed "a file" -o parcel.zip --as exam-07'


def cut(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> str:
    """Dispatch, and end the process between the record and the file; return the transfer."""

    def end(*_: object) -> None:
        raise PowerCutError

    with monkeypatch.context() as patch:
        patch.setattr(build, "_write_records", end)
        with pytest.raises(PowerCutError):
            machine.stage.custody(DISPATCH)
    assert not (machine.stage.folder / "parcel.zip").exists()
    exported = machine.entries()[-1].event.details
    assert isinstance(exported, BundleExported)
    return str(exported.transfer)


def test_a_parcel_that_a_crash_swallowed_is_written_again(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is on record as sent can be sent, without a second dispatch."""
    transfer = cut(machine, monkeypatch)
    dispatches = [entry for entry in machine.entries() if entry.event.type == "transfer.dispatched"]
    done = machine.json(f"transfer again {transfer} -o parcel.zip --as exam-07")
    assert done["exhibits"] == [f"{CASE}/EX-1"]
    assert [entry for entry in machine.entries() if entry.event.type == "transfer.dispatched"] == dispatches
    machine.do("trust export -o a.trust.json")
    assert "PASSED" in machine.do("verify parcel.zip --trust a.trust.json").stdout


def test_what_was_withheld_by_hand_is_withheld_again(machine: Machine) -> None:
    """Who looks for a lost file doesn't think of what he kept back the first time."""
    machine.do(f"{DISPATCH} --withhold exhibit.registered:/details/description")
    (transfer,) = [row["transfer"] for row in machine.json("transfer list")["transfers"]]
    machine.do(f"transfer again {transfer} -o again.zip --as exam-07")
    for name in ("parcel.zip", "again.zip"):
        with open_container(machine.stage.folder / name) as container:
            shown = json.loads(container.read("data/disclosures.json", maximum=1 << 20))["disclosures"]
        values = [parse_disclosure(text).value for text in shown]
        assert ("a file" in values, "a secret place" in values) == (True, False)


def test_nothing_is_written_again_that_is_not_on_its_way(machine: Machine) -> None:
    """After a recall there is no parcel; and a number nobody gave is none."""
    machine.do(DISPATCH)
    (transfer,) = [row["transfer"] for row in machine.json("transfer list")["transfers"]]
    machine.do("recall EX-1 --reason late --as exam-07")
    for number in (transfer, "ab" * 16):
        machine.fail(f"transfer again {number} -o again.zip --as exam-07", Exit.USAGE, "transfer.not-on-its-way")


def test_a_consent_that_ended_stops_the_second_file_too(machine: Machine) -> None:
    """A lost parcel is no way round the gate."""
    machine.do(DISPATCH)
    (transfer,) = [row["transfer"] for row in machine.json("transfer list")["transfers"]]
    (consent,) = [entry.event.hash for entry in machine.entries() if entry.event.type == "consent.recorded"]
    machine.do(f"consent revoke {consent} --reason over --as off-1")
    ran = machine.stage.custody(f"transfer again {transfer} -o again.zip --as exam-07")
    assert ran.exit is Exit.REFUSED, ran
    assert not (machine.stage.folder / "again.zip").exists()


def test_an_erasure_names_who_got_it_with_an_export_that_a_crash_ended(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once the ledger says that it was exported, nobody may say that nobody had it."""
    cut(machine, monkeypatch)
    ran = machine.do("erase EX-1 --field description --order O --authority A --as exam-07 --registrar reg-1")
    assert "received before by police-b" in ran.stdout


def test_an_erasure_names_nobody_for_an_export_that_was_refused(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A note of what never left would accuse somebody of having it."""

    def end(*_: object, **__: object) -> None:
        raise PowerCutError

    with monkeypatch.context() as patch:
        patch.setattr(LedgerAccess, "append", end)
        with pytest.raises(PowerCutError):
            machine.stage.custody(DISPATCH)
    ran = machine.do("erase EX-1 --field description --order O --authority A --as exam-07 --registrar reg-1")
    assert "received before" not in ran.stdout


def test_an_erasure_clears_what_a_killed_command_left(machine: Machine) -> None:
    """Files on their way into the store are evidence in clear."""
    left = machine.home / ".incoming-left"
    left.mkdir()
    (left / "copy").write_bytes(b"bytes of a disk")
    machine.do("erase EX-1 --files --order O --authority A --as exam-07 --registrar reg-1")
    assert not left.exists()


def test_a_text_in_a_folder_that_somebody_works_on_is_found(machine: Machine) -> None:
    """It can't be cleared under his hands, so the erasure says that something is left."""
    values = [path for path in machine.home.iterdir() if path.name.startswith("disclosures")]
    with incoming_folder(machine.home) as folder:
        for path in values:
            (folder / path.name).write_bytes(path.read_bytes())
        order = "erase EX-1 --field description --order O --authority A --as exam-07 --registrar reg-1"
        machine.fail(order, Exit.REFUSED, "erase.traces")
    machine.do("erase --finish")


def test_the_next_one_sweeps_what_is_left_over_and_nothing_else(tmp_path: Path) -> None:
    """A folder is left over when its process is gone, and not a moment before."""
    (tmp_path / ".incoming-old").mkdir()
    (tmp_path / ".incoming-old" / "file").write_bytes(b"x")
    with incoming_folder(tmp_path) as first:
        assert not (tmp_path / ".incoming-old").exists()
        (first / "mine").write_bytes(b"x")
        with incoming_folder(tmp_path):
            assert (first / "mine").exists()
        assert sweep_incoming(tmp_path) == 0
    assert list(tmp_path.iterdir()) == []


def test_what_was_half_written_goes_with_the_next_file(tmp_path: Path) -> None:
    """Whatever it was to become, unless somebody still writes it; what other programs left is none of ours."""
    left, other = tmp_path / ".p.zip.9-0.custody-part", tmp_path / ".q.html.9-0.custody-part"
    running, foreign = tmp_path / ".p.zip.8-0.custody-part", tmp_path / ".film.part"
    for path in (left, other, running, foreign):
        path.write_bytes(b"half")
    lock = os.open(running, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        write_file(tmp_path / "p.json", b"whole", force=False)
    finally:
        os.close(lock)
    assert {path.name for path in tmp_path.iterdir()} == {running.name, foreign.name, "p.json"}
    with whole_file(tmp_path / "p.zip") as file:
        file.write(b"whole")
    assert {path.name for path in tmp_path.iterdir()} == {foreign.name, "p.json", "p.zip"}


def test_what_is_being_written_is_not_left_over(tmp_path: Path) -> None:
    """Two write into one folder at once, even the same name; each file comes out whole."""
    with whole_file(tmp_path / "p.zip") as first:
        first.write(b"first")
        write_file(tmp_path / "p.zip", b"second", force=True)
        write_file(tmp_path / "q.zip", b"third", force=False)
        (tmp_path / "p.zip").unlink()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"p.zip": b"first", "q.zip": b"third"}


def test_a_killed_writer_s_file_goes(tmp_path: Path) -> None:
    """The system drops the lock of a process that is killed."""
    code = (
        "import os, sys, pathlib; from custody.bundle.whole_file import whole_file\n"
        "with whole_file(pathlib.Path(sys.argv[1]) / 'p.zip') as file: os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert done.returncode == -9
    assert [path.suffix for path in tmp_path.iterdir()] == [SUFFIX]
    write_file(tmp_path / "r.json", b"{}", force=False)
    assert [path.name for path in tmp_path.iterdir()] == ["r.json"]


def test_only_a_file_is_overwritten(tmp_path: Path) -> None:
    """A folder, a pipe or a device that somebody names by mistake stays, with --force too."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "folder"):
        with pytest.raises(UsageError) as caught:
            write_file(tmp_path / name, b"x", force=True)
        assert caught.value.code == "usage.exists"
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_a_long_name_can_be_written(tmp_path: Path) -> None:
    """The temporary name is no longer than the disk takes, where the name itself fits."""
    name = "ü" * 125
    write_file(tmp_path / name, b"x", force=False)
    assert [path.name for path in tmp_path.iterdir()] == [name]
