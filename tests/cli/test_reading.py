"""Reading at the prompt: digests by choice, damage told to a range, interrupted registrations taken up again."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import NoReturn

import pytest

from custody.cli.exits import Exit
from custody.evidence import check, reading
from schemas.content import Content, Digests, Pieces
from schemas.details.exhibit import ExhibitChecked, ExhibitRegistered, Lost
from schemas.limits import PIECE_BYTES
from schemas.types import UNSET
from tests.cli.machine import CASE, Machine
from tests.cli.script import Stage
from tests.evidence.test_devices import Scratched, device

__all__ = ["device"]

SIZE = 2 * PIECE_BYTES + 4096
DAMAGE = f"damaged: bytes {PIECE_BYTES}-{2 * PIECE_BYTES - 1}"


@pytest.fixture
def machine(stage: Stage) -> Machine:
    """Give a ledger that is ready for evidence."""
    return Machine(stage)


@pytest.fixture
def image(machine: Machine) -> Path:
    """An image with bytes of its own in each piece, and holes between them."""
    path = machine.stage.folder / "image.dd"
    with path.open("wb") as file:
        for place in range(3):
            file.seek(place * PIECE_BYTES)
            file.write(os.urandom(4096))
    return path


def _details(machine: Machine) -> ExhibitRegistered:
    details = machine.entries()[-1].event.details
    assert isinstance(details, ExhibitRegistered)
    return details


def _digests(machine: Machine) -> Digests:
    content = _details(machine).content
    assert isinstance(content, Content)
    assert isinstance(content.files, tuple)
    assert isinstance(content.files[0].digests, Digests)
    return content.files[0].digests


def _flip(path: Path) -> None:
    path.chmod(0o600)
    with path.open("r+b") as file:
        file.seek(PIECE_BYTES + 100)
        before = file.read(1)
        file.seek(PIECE_BYTES + 100)
        file.write(bytes([before[0] ^ 1]))


def test_digests_are_chosen_by_name(machine: Machine) -> None:
    """The hash set of another case is in MD5, and that of the next in SHA3-256."""
    (machine.stage.folder / "a.txt").write_bytes(b"abc")
    machine.register("a.txt", "--digest md5 --digest sha3-256")
    found = _digests(machine)
    assert found.md5 == "900150983cd24fb0d6963f7d28e17f72"
    assert str(found.sha3_256).startswith("3a985da74fe225b2")
    assert machine.json(f"check --case {CASE} --all --as cust-02")["exhibits"][0]["unaltered"]
    machine.fail(
        f"register a.txt --case {CASE} --exhibit next --as exam-07 --digest crc32", Exit.USAGE, "usage.command"
    )


def test_a_ledger_in_china_has_sm3_unasked(stage: Stage) -> None:
    """GB/T 32905 is what the procedure there asks for."""
    machine = Machine(stage, country="CN")
    (stage.folder / "a.txt").write_bytes(b"abc")
    machine.register("a.txt")
    assert _digests(machine).sm3 == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_check_and_audit_say_which_bytes_are_damaged(machine: Machine, image: Path) -> None:
    """An expert looks at 16 MiB, and not at two terabytes."""
    machine.register("image.dd")
    _flip(machine.evidence()[_digests(machine).sha256])
    ran = machine.stage.custody(f"check --case {CASE} --all --as cust-02")
    assert (ran.exit, DAMAGE in ran.stdout) == (Exit.FAILED, True)
    details = machine.entries()[-1].event.details
    assert isinstance(details, ExhibitChecked)
    assert isinstance(details.mismatches, tuple)
    assert [(item.offset, item.size) for item in details.mismatches[0].damaged] == [(PIECE_BYTES, PIECE_BYTES)]  # type: ignore[union-attr]
    ran = machine.stage.custody("audit --files --json")
    assert (ran.exit, DAMAGE in ran.stdout) == (Exit.FAILED, True)


@pytest.mark.parametrize("size", [SIZE - 1, SIZE + 1])
def test_a_file_of_another_size_is_told_of_before_it_is_read(
    machine: Machine, image: Path, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who knows within a second that two terabytes aren't what they were needn't wait until tomorrow."""
    machine.register("image.dd")
    stored = machine.evidence()[_digests(machine).sha256]
    stored.chmod(0o600)
    os.truncate(stored, size)

    def interrupted(*_: object, **__: object) -> NoReturn:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(check, "read_open", interrupted)
        ran = machine.stage.custody(f"check --case {CASE} --all --as cust-02")
    assert ran.exit is Exit.INTERRUPTED
    assert f"warning: image.dd: expected {SIZE:,} bytes, found {size:,} bytes; it is not what was regi" in ran.stderr
    machine.stage.custody(f"check --case {CASE} --all --as cust-02")
    details = machine.entries()[-1].event.details
    assert isinstance(details, ExhibitChecked)
    assert isinstance(details.mismatches, tuple)
    assert details.mismatches[0].size == size


@pytest.mark.parametrize("way", ["inside", "apart"])
def test_verify_says_which_bytes_are_damaged(way: str, machine: Machine, image: Path) -> None:
    """The recipient asks for one piece again, and knows that the rest is good."""
    machine.stage.patch.delenv("CUSTODY_TRUST")
    machine.do("agent enrol court --kind organisation --country FR --as reg-1")
    machine.register("image.dd")
    sha256 = _digests(machine).sha256
    apart = " --detached" if way == "apart" else ""
    machine.do(f"bundle {CASE}/EX-1 --to court -o b.zip --as exam-07{apart}")
    folder = machine.stage.folder
    (folder / "given").mkdir()
    if way == "apart":
        given = folder / "given" / sha256
        given.write_bytes(image.read_bytes())
        _flip(given)
    else:
        raw = (folder / "b.zip").read_bytes()
        at = raw.index(image.read_bytes()[:64]) + PIECE_BYTES + 100
        (folder / "b.zip").write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
    ran = machine.stage.custody("verify b.zip --files given --json")
    assert (ran.exit, DAMAGE in ran.stdout) == (Exit.FAILED, True), ran.stdout


START = f"""
import signal, sys, time
from custody.cli.program import main
from custody.evidence.medium import FileMedium
real = FileMedium.read_into
def slowly(self, view, offset):
    # The last piece takes long enough for a busy machine to see that some pieces are done, and to stop it.
    time.sleep(2 if offset >= 3 * {PIECE_BYTES} else 0.01)
    return real(self, view, offset)
FileMedium.read_into = slowly
# Whoever starts the tests in the background of a script makes all that they start deaf to Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)
main(sys.argv[1:])
"""


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("manner", ["", "--in-place"])
def test_an_interrupted_registration_is_taken_up_again(by: signal.Signals, manner: str, machine: Machine) -> None:
    """A cable, a battery, an impatient superior: nothing is half registered, and no hour is lost."""
    (machine.stage.folder / "disk.dd").write_bytes(os.urandom(4 * PIECE_BYTES))
    line = f"register disk.dd --case {CASE} --exhibit next --as exam-07 {manner}".split()
    entries = len(machine.entries())
    with subprocess.Popen(
        [sys.executable, "-c", START, *line],
        cwd=machine.stage.folder,
        env=dict(os.environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        journals = machine.home / "evidence" / ".partial"
        for _ in range(600):
            time.sleep(0.02)
            if any(path.read_bytes().count(b"\n") > 1 for path in journals.glob("*/journal")):
                break
        process.send_signal(by)
        said = process.communicate()[1]
    assert process.returncode == (-9 if by is signal.SIGKILL else Exit.INTERRUPTED), said
    assert by is signal.SIGKILL or "--resume goes on" in said
    assert len(machine.entries()) == entries
    machine.fail(
        f"register disk.dd --case {CASE} --exhibit next --as exam-07 {manner}", Exit.REFUSED, "evidence.interrupted"
    )
    ran = machine.do(f"register disk.dd --case {CASE} --exhibit next --as exam-07 --resume {manner}")
    assert ("all is read a second time" if manner else "taken from our own copy") in ran.stderr
    checked = machine.json(f"check --case {CASE} --all --as cust-02")
    assert [item["unaltered"] for item in checked["exhibits"]] == [True]
    assert list(journals.iterdir()) == []


def test_nothing_to_resume_is_said(machine: Machine) -> None:
    """Whoever expects a second half must not wait for a whole without a word."""
    (machine.stage.folder / "a.txt").write_bytes(b"abc")
    ran = machine.do(f"register a.txt --case {CASE} --exhibit 1 --as exam-07 --resume")
    assert "nothing of it was interrupted" in ran.stderr


def test_a_wrong_passphrase_costs_no_second_reading(machine: Machine, image: Path) -> None:
    """The disk was read; only the signature failed."""
    (machine.stage.folder / "wrong").write_text("not it\n")
    (machine.stage.folder / "wrong").chmod(0o600)
    line = f"register image.dd --case {CASE} --exhibit 1 --as exam-07"
    ran = machine.fail(f"{line} --passphrase-file wrong", Exit.REFUSED, "key.wrong-passphrase")
    assert f"{SIZE:,} bytes that were read are kept" in ran.stderr
    assert "taken from our own copy" in machine.do(f"{line} --resume").stderr


def test_what_is_kept_of_a_reading_is_told_until_it_is_taken_up(machine: Machine, image: Path) -> None:
    """It is evidence in clear that no entry names, and it takes room."""
    (machine.stage.folder / "wrong").write_text("another one\n")
    line = f"register {image} --case {CASE} --exhibit next --as exam-07"
    machine.fail(f"{line} --passphrase-file wrong", Exit.REFUSED, "key.wrong-passphrase")
    (told,) = [it for it in machine.json("status")["attention"] if it["code"] == "evidence.interrupted"]
    assert told["subject"] == str(image)
    assert told["text"].startswith(f"was read up to {SIZE:,} of {SIZE:,} bytes")
    assert told["is_due"] is False
    assert told["next"].startswith(f"custody register {image} --resume")
    kept = image.rename(image.with_name("away.dd"))
    (folder,) = re.findall(r"if for good, delete (\S+)", machine.do("status").stdout)
    assert Path(folder).is_dir()
    kept.rename(image)
    assert "delete" not in machine.do("status").stdout
    machine.do(f"{line} --resume")
    assert "evidence.interrupted" not in machine.do("status").stdout


def test_bad_sectors_are_recorded_and_known_again(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is failing is evidence all the same; which bytes are missing stands in what was signed."""
    monkeypatch.setattr(reading.Manner, "__init__", _scratched)
    (machine.stage.folder / "disk.dd").write_bytes(os.urandom(1 << 21))
    line = f"register disk.dd --case {CASE} --exhibit 1 --as exam-07 --in-place"
    machine.fail(line, Exit.REFUSED, "evidence.unreadable")
    ran = machine.do(f"{line} --accept-unreadable")
    assert "1,536 bytes could not be read" in ran.stderr
    lost = _details(machine).lost
    assert isinstance(lost, Lost)
    assert isinstance(lost.ranges, tuple)
    assert (lost.bytes, [(item.offset, item.size) for item in lost.ranges]) == (1536, [(512, 512), (1 << 20, 1024)])
    checked = machine.json(f"check --case {CASE} --all --as cust-02")
    assert [item["unaltered"] for item in checked["exhibits"]] == [True]
    assert machine.stage.custody("audit --files").exit is Exit.DONE
    monkeypatch.setattr(Scratched, "bad", (*Scratched.bad, (4096, 4608)))
    checked = machine.json(f"check --case {CASE} --all --as cust-02", Exit.FAILED)
    assert checked["exhibits"][0]["differences"][0]["damaged"] == [{"offset": 4096, "size": 512}]


_init = reading.Manner.__init__


def _scratched(self: reading.Manner, **given: object) -> None:
    """Read everything from a medium with bad sectors."""
    _init(self, **{**given, "open_medium": Scratched})  # type: ignore[arg-type]


def test_a_list_of_pieces_is_committed_to(machine: Machine, image: Path) -> None:
    """The record names number and root of the pieces; the home keeps the list."""
    machine.register("image.dd")
    content = _details(machine).content
    assert isinstance(content, Content)
    assert isinstance(content.files, tuple)
    pieces = content.files[0].pieces
    assert isinstance(pieces, Pieces)
    assert (pieces.count, pieces.size) == (3, PIECE_BYTES)
    assert (machine.home / "manifests" / f"{pieces.root}.pieces").read_bytes().count(b"\n") == 3


def test_many_bad_sectors_are_a_document(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dying disk has thousands; the event names the list of them, and a later check knows them all."""
    monkeypatch.setattr(reading.Manner, "__init__", _scratched)
    monkeypatch.setattr(Scratched, "bad", tuple((place * 8192, place * 8192 + 512) for place in range(100)))
    (machine.stage.folder / "disk.dd").write_bytes(os.urandom(1 << 21))
    machine.do(f"register disk.dd --case {CASE} --exhibit 1 --as exam-07 --in-place --accept-unreadable")
    lost = _details(machine).lost
    assert isinstance(lost, Lost)
    assert (lost.bytes, lost.ranges) == (100 * 512, UNSET)
    assert machine.json(f"check --case {CASE} --all --as cust-02")["exhibits"][0]["unaltered"]
    assert machine.stage.custody("audit --files").exit is Exit.DONE


def test_a_device_is_a_drive_by_itself(machine: Machine, device: Path) -> None:
    """Whoever registers /dev/sdb means the disk, and what is on it."""
    machine.do(f"register {device} --case {CASE} --exhibit 1 --as exam-07")
    details = _details(machine)
    assert isinstance(details.content, Content)
    assert (details.kind, details.content.count, details.content.bytes) == ("drive", 1, device_size(device))
    assert machine.json(f"check --case {CASE} --all --as cust-02")["exhibits"][0]["unaltered"]


def device_size(path: Path) -> int:
    """Return what the device says of itself."""
    with path.open("rb") as file:
        return file.seek(0, os.SEEK_END)


@pytest.mark.parametrize("is_good", [True, False])
def test_one_file_of_many_is_proven_alone(is_good: bool, machine: Machine) -> None:
    """A party that may see one chat of a thousand gets that one, and its place in what was signed."""
    folder = machine.stage.folder
    machine.stage.patch.delenv("CUSTODY_TRUST")
    machine.do("agent enrol court --kind organisation --country FR --as reg-1")
    (folder / "ev").mkdir()
    for number in range(20):
        (folder / "ev" / f"{number:02}.txt").write_text(f"message {number}")
    machine.register("ev")
    withheld = "--withhold exhibit.registered:/path"
    machine.do(f"bundle {CASE}/EX-1 --to court -o b.zip --as exam-07 --detached {withheld}")
    (folder / "given").mkdir()
    name = sha256(b"message 7").hexdigest()
    (folder / "given" / name).write_bytes(b"message 7" if is_good else b"message 8")
    ran = machine.stage.custody("verify b.zip --files given --json")
    assert ran.exit is (Exit.INDETERMINATE if is_good else Exit.FAILED)
    findings = [item for item in json.loads(ran.stdout)["findings"] if item["step"] == 9]
    assert [item["code"] for item in findings if item["severity"] == "failed"] == (
        [] if is_good else ["content.mismatch"]
    )
    assert sum(item["code"] == "content.absent" for item in findings) == 19
    assert "07.txt" not in ran.stdout
