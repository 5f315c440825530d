"""After an erasure no trace is left: every byte of every file of the home is searched, before and after."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from custody.cli.erasure import destroying
from custody.cli.exits import Exit
from custody.evidence import destroy
from custody.storage.home import open_home
from schemas.errors import StorageError
from schemas.limits import PIECE_BYTES
from schemas.private import make_disclosure
from tests.cli.machine import CASE, Machine
from tests.cli.script import Stage

NAME = "letters/Zacharias Quillfeather.txt"
SEIZED = "Zacharias Quillfeather"
PLACE = "Obsidian Lane 77"
LONG = "the long description of " + PLACE + " " + "x" * 6000
CONTENT = b"content that must go: " + PLACE.encode()
SIGNED = "--as exam-07 --registrar reg-1"
ORDER = f'--order "Order 12/26" --authority "District Court" {SIGNED}'


@pytest.fixture
def machine(stage: Stage) -> Machine:
    """Give a ledger that is ready for evidence, and evidence that names somebody."""
    made = Machine(stage)
    for number in range(20):
        path = stage.folder / "many" / f"{number:02d}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"file {number}")
    path = stage.folder / "many" / NAME
    path.parent.mkdir()
    path.write_bytes(CONTENT)
    shutil.copytree(stage.folder / "many" / "letters", stage.folder / "few")
    return made


def contents(home: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file of a home, and the disclosures in it as the plain text that they hide."""
    for path in sorted(home.rglob("*")):
        if not path.is_file():
            continue
        raw = path.read_bytes()
        yield path.relative_to(home).as_posix(), raw
        for word in set(filter(lambda item: len(item) > 30, raw.replace(b'"', b" ").replace(b"\0", b" ").split())):
            yield path.relative_to(home).as_posix(), plain(word)
        # In a database texts stand without anything between them and what comes before.
        start = -1
        while (start := raw.find(b"WyJ", start + 1)) >= 0:
            yield path.relative_to(home).as_posix(), plain(raw[start : start + 12_000])


def plain(word: bytes) -> bytes:
    """Return what base64url spells, as far as it does."""
    end = next((at for at, byte in enumerate(word) if not (chr(byte).isalnum() or byte in b"-_")), len(word))
    try:
        return urlsafe_b64decode(word[: end - end % 4])
    except ValueError:
        return b""


def traces(home: Path, *values: str | bytes) -> dict[str, set[str]]:
    """Return the files in which each value is found, in clear or in a disclosure; names' parts count too."""
    wanted = {str(value): value.encode() if isinstance(value, str) else value for value in values}
    found: dict[str, set[str]] = {name: set() for name in wanted}
    for path, raw in contents(home):
        for name, value in wanted.items():
            if value in raw:
                found[name].add(path)
    return {name: paths for name, paths in found.items() if paths}


def size_of(machine: Machine) -> int:
    """Return the number of entries."""
    return len(machine.entries())


def test_values_of_an_event_leave_no_trace(machine: Machine) -> None:
    """Short and long ones: a long value has pages of its own in the database."""
    registered = machine.register("few", f'--seized-from "{SEIZED}" --place "{PLACE}" --description "{LONG}"')
    entry = registered["entries"][0]["entry"]
    for number in range(30):
        # Neighbours come and go, so that pages are rearranged.
        machine.do(f'move {CASE}/EX-1 --place "Shelf {number}" --as exam-07') if number % 3 == 0 else None
    assert set(traces(machine.home, SEIZED, PLACE)) == {SEIZED, PLACE}
    machine.do(f"erase {entry} --everything {ORDER}")
    # The file's content and the store's name of it are another matter: only values were ordered.
    assert {path for paths in traces(machine.home, SEIZED, PLACE, LONG).values() for path in paths} <= {
        path.relative_to(machine.home).as_posix() for path in machine.evidence().values()
    }
    shown = machine.json(f"show {CASE}/EX-1")
    assert "erased by order" in json.dumps(shown)
    assert machine.do("audit").exit is Exit.DONE


def test_a_name_in_a_list_of_files_leaves_no_trace(machine: Machine) -> None:
    """Large exhibits keep their names beside the database; an order reaches them as well."""
    machine.register("many")
    assert set(traces(machine.home, SEIZED)) == {SEIZED}
    machine.do(f'erase {CASE}/EX-1 --name "{NAME}" {ORDER}')
    assert traces(machine.home, SEIZED) == {}
    lists = list((machine.home / "manifests").iterdir())
    assert [path.suffix for path in lists] == [".jsonl"]
    kept = machine.json(f"show {CASE}/EX-1 --files")["content"]["files"]
    assert (len(kept), sum("path" in item for item in kept)) == (21, 20)
    machine.do(f"check {CASE}/EX-1 --as exam-07")
    machine.do("audit --files")


def test_all_names_of_a_list_go_with_one_event(machine: Machine) -> None:
    """An order that covers a million names is one entry."""
    machine.register("many")
    before = size_of(machine)
    done = machine.json(f"erase {CASE}/EX-1 --names {ORDER}")
    assert (size_of(machine) - before, done["destroyed"]["names"]) == (1, 21)
    assert traces(machine.home, SEIZED, "07.txt") == {}
    machine.do("audit --files")


def test_stored_files_leave_no_trace(machine: Machine) -> None:
    """The bytes of the file go, and nothing else does."""
    machine.register("many")
    digest = sha256(CONTENT).hexdigest()
    assert digest in machine.evidence()
    assert traces(machine.home, CONTENT)
    done = machine.json(f"erase {CASE}/EX-1 --file {digest} {ORDER}")
    assert (done["destroyed"]["files"], done["destroyed"]["bytes"]) == (1, len(CONTENT))
    assert traces(machine.home, CONTENT) == {}
    assert len(machine.evidence()) == 20
    machine.do(f"check {CASE}/EX-1 --as exam-07")
    machine.do("audit --files")


def test_what_was_left_in_place_is_named_and_forgotten(machine: Machine) -> None:
    """The file is somebody's own; the note of where it lies names it, and goes."""
    path = machine.stage.folder / "many" / NAME
    machine.register(f'"{path}"', "--in-place")
    assert traces(machine.home, SEIZED)
    done = machine.json(f'erase {CASE}/EX-1 --name "{path.name}" {ORDER}')
    # The description was made of the name, which the order didn't say.
    assert done["destroyed"]["also"] == [f"entry {size_of(machine) - 2}, /details/description"]
    machine.do(f"erase {CASE}/EX-1 --field description {ORDER}")
    assert traces(machine.home, SEIZED) == {}
    assert len(done["destroyed"]["left"]) == 1
    assert path.read_bytes() == CONTENT


def test_what_a_refused_batch_left_goes_too(machine: Machine) -> None:
    """It belongs to no entry, so no order could ever name it."""
    registered = machine.register("few", f'--seized-from "{SEIZED}" --description letters')
    with open_home(machine.home, random=bytes) as home:
        home.store.disclosures.put([make_disclosure(salt=b"7" * 16, path="/details/place", value=f"with {SEIZED}")])
    machine.do(f"erase {registered['entries'][0]['entry']} --everything {ORDER}")
    assert traces(machine.home, SEIZED) == {}


def test_a_draft_that_waits_loses_the_value_too(machine: Machine) -> None:
    """A copy of a recorded act may still lie among the drafts."""
    registered = machine.register("few", f'--seized-from "{SEIZED}"')
    event = registered["entries"][0]["event"]
    machine.stage.patch.setenv("CUSTODY_KEYS", str(machine.stage.folder / "nobody"))
    (machine.stage.folder / "nobody").mkdir()
    keys = machine.stage.folder / "keys"
    for name in os.listdir(keys):
        if name.startswith("exam-07"):
            shutil.copy(keys / name, machine.stage.folder / "nobody" / name)
    machine.do(f'handover {CASE}/EX-1 --from exam-07 --to cust-02 --purpose "{PLACE}"')
    (draft,) = (machine.home / "drafts").iterdir()
    copy = draft.read_bytes()
    machine.stage.patch.setenv("CUSTODY_KEYS", str(keys))
    machine.do(f"sign {draft} --as cust-02")
    draft.write_bytes(copy)
    assert traces(machine.home, PLACE)
    entry = size_of(machine) - 1
    machine.do(f"erase {entry} --field purpose {ORDER}")
    assert {path.partition("/")[0] for paths in traces(machine.home, PLACE).values() for path in paths} <= {"evidence"}
    assert event


@pytest.mark.parametrize("at", ["destroy_file", "forget_names", "check_traces"])
def test_an_erasure_that_was_cut_off_is_finished_later(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    """The order is on record by then; what it names goes the next time."""
    machine.register("many", f'--seized-from "{SEIZED}"')

    def cut(*_: object, **__: object) -> None:
        raise StorageError("store.failed", "expected the disk to work")

    line = f'erase {CASE}/EX-1 --everything --file "{NAME}" {ORDER}'
    with monkeypatch.context() as patch:
        patch.setattr(destroying, at, cut)
        machine.fail(line, Exit.REFUSED, "store.failed")
    done = machine.json("erase --finish")
    assert done["orders"] == 1
    assert traces(machine.home, SEIZED, CONTENT) == {}
    machine.do("audit --files")


def test_a_trace_that_is_left_is_told(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Better a refusal than a court told that something is gone."""
    registered = machine.register("few", f'--seized-from "{SEIZED}"')
    entry = registered["entries"][0]["entry"]

    def keep(*_: object) -> None:
        shutil.copy(machine.home / "disclosures.db", machine.home / "disclosures.db.old")

    monkeypatch.setattr(destroying, "_clear_drafts", keep)
    machine.do("backup elsewhere")
    ran = machine.fail(f"erase {entry} --field seized_from {ORDER}", Exit.REFUSED, "erase.traces")
    assert "disclosures.db.old" in ran.stderr


@pytest.mark.parametrize("name", [".d.json.0011.custody-part", ".new-4194305-x", "spool-4194305-x.jsonl"])
def test_what_a_killed_command_left_goes_first(machine: Machine, name: str) -> None:
    """It was on its way to be a draft, a place or a list, and nobody would ever look at it again."""
    registered = machine.register("few", f'--seized-from "{SEIZED}"')
    with open_home(machine.home, random=bytes) as home:
        (value,) = (item for item in home.store.disclosures.all() if item.value == SEIZED)
        batch = home.evidence / ".staging" / "left"
        for folder in (home.drafts, machine.home / ".incoming-left", batch):
            folder.mkdir(exist_ok=True)
            (folder / name).write_text(value.text)
        left = [(folder / name).open("rb") for folder in (home.drafts, machine.home / ".incoming-left", batch)]
    machine.do(f"erase {registered['entries'][0]['entry']} --field seized_from {ORDER}")
    assert traces(machine.home, value.text) == {}
    for file in left:
        # Its blocks may be given to anybody, so what was in it is overwritten as well.
        with file:
            assert file.read() == bytes(len(value.text))


KILLED = """
import os, sys
from pathlib import Path
from custody.bundle.passing_folder import passing_folder
with passing_folder(Path(sys.argv[1])) as inside:
    (inside / "disclosures.db").write_text(sys.argv[2])
    os._exit(0)
"""


def test_what_a_killed_rebuild_left_goes_first(machine: Machine) -> None:
    """It was about to be the whole store of private values, in a folder that nobody sees."""
    registered = machine.register("few", f'--seized-from "{SEIZED}"')
    with open_home(machine.home, random=bytes) as home:
        (value,) = (item for item in home.store.disclosures.all() if item.value == SEIZED)
    left = machine.home / ".rebuild.0011.custody-part"
    subprocess.run([sys.executable, "-c", KILLED, left, value.text], check=True, timeout=60)
    with (left / "content" / "disclosures.db").open("rb") as file:
        machine.do(f"erase {registered['entries'][0]['entry']} --field seized_from {ORDER}")
        assert file.read() == bytes(len(value.text))
    assert traces(machine.home, value.text) == {}
    assert not left.exists()


def test_a_trace_is_told_until_it_is_gone(machine: Machine) -> None:
    """Else the second try would call done what the first one could not do, since it no longer knew what to look for."""
    registered = machine.register("few", f'--seized-from "{SEIZED}"')
    with open_home(machine.home, random=bytes) as home:
        (value,) = (item for item in home.store.disclosures.all() if item.value == SEIZED)
        left = home.drafts / "a colleague's copy.txt"
        left.parent.mkdir(exist_ok=True)
        left.write_text(f"copied: {value.text}")
    machine.fail(f"erase {registered['entries'][0]['entry']} --field seized_from {ORDER}", Exit.REFUSED, "erase.traces")
    ran = machine.fail("erase --finish", Exit.REFUSED, "erase.traces")
    assert left.name in ran.stderr
    left.unlink()
    machine.do("erase --finish")
    assert traces(machine.home, value.text) == {}


def test_an_interrupted_reading_of_a_file_that_goes_goes_too(machine: Machine) -> None:
    """A whole copy lies there where only the signature failed; of other files, and of zeros alone, none is lost."""

    def interrupt(path: Path) -> None:
        machine.stage.custody(f"register {path} --case {CASE} --exhibit next --as exam-07 --passphrase-file wrong")

    folder = machine.stage.folder
    (folder / "wrong").write_text("wrong")
    for name, first, then in (("image", 1, 2), ("other", 3, 4), ("empty", 0, 5)):
        (folder / name).mkdir()
        # A piece of zeros in the same place makes no two disks the same.
        pieces = (bytes([first]), bytes(1), bytes([then]))
        (folder / name / "disk.dd").write_bytes(b"".join(piece * PIECE_BYTES for piece in pieces))
        interrupt(folder / name / "disk.dd")
    (folder / "moved.dd").write_bytes((folder / "image" / "disk.dd").read_bytes())
    machine.register("moved.dd")
    kept = list((machine.home / "evidence" / ".partial").iterdir())
    assert len(kept) == 3
    result = machine.json(f"erase {CASE}/EX-1 --files {ORDER}")
    assert (result["destroyed"]["files"], result["destroyed"]["bytes"]) == (2, 6 * PIECE_BYTES)
    wanted = sha256((folder / "moved.dd").read_bytes()).digest()
    assert all(sha256(path.read_bytes()).digest() != wanted for path in machine.home.rglob("*") if path.is_file())
    assert sum(path.is_dir() for path in kept) == 2


def test_an_interrupted_reading_tells_no_name_that_goes(machine: Machine) -> None:
    """Its journal holds the path in clear; one of the same name and another size is somebody else's work."""
    folder = machine.stage.folder
    (folder / "wrong").write_text("wrong")
    for name, size in (("there", PIECE_BYTES + 1), ("elsewhere", PIECE_BYTES + 2)):
        (folder / name).mkdir()
        (folder / name / SEIZED).write_bytes(bytes([size % 9]) * size)
        line = f'register "{name}/{SEIZED}" --case {CASE} --exhibit next --as exam-07'
        machine.stage.custody(f"{line} --passphrase-file wrong")
    machine.do(f'register "there/{SEIZED}" --case {CASE} --exhibit next --as exam-07 --no-resume --in-place')
    shutil.copytree(folder / "there", folder / "again")
    machine.stage.custody(
        f'register "again/{SEIZED}" --case {CASE} --exhibit next --as exam-07 --passphrase-file wrong'
    )
    machine.do(f'erase {CASE}/EX-1 --name "{SEIZED}" {ORDER}')
    journals = [path.read_text() for path in (machine.home / "evidence" / ".partial").glob("*/journal")]
    assert len(journals) == 1
    assert "elsewhere" in journals[0]


def test_a_reading_under_way_of_a_file_that_goes_is_told(machine: Machine) -> None:
    """It can't be taken from under somebody's hands, and nor may it stay unsaid."""
    machine.register("few")
    folder = machine.home / "evidence" / ".partial" / ("0" * 32)
    folder.mkdir(parents=True)
    (folder / "copy").write_bytes(CONTENT)
    with (folder / "journal").open("wb") as journal:
        fcntl.flock(journal, fcntl.LOCK_EX)
        ran = machine.fail(f"erase {CASE}/EX-1 --files {ORDER}", Exit.REFUSED, "erase.traces")
    assert "evidence/.partial/0" in ran.stderr
    machine.do("erase --finish")
    assert not folder.exists()


def test_a_file_with_another_name_elsewhere_keeps_its_bytes_there(tmp_path: Path) -> None:
    """A hard link means that somebody else has the file; an order to us isn't one to him."""
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_bytes(CONTENT)
    os.link(first, second)
    assert destroy.destroy_file(first) == len(CONTENT)
    assert (first.exists(), second.read_bytes()) == (False, CONTENT)
    assert destroy.destroy_file(first) is None


def test_destroyed_bytes_are_overwritten(tmp_path: Path) -> None:
    """Somebody who has the file open sees nothing of it any more, and nor does who reads the disk."""
    path = tmp_path / "file"
    path.write_bytes(CONTENT)
    path.chmod(0o440)
    with path.open("rb") as reader:
        destroy.destroy_file(path)
        assert reader.read() == bytes(len(CONTENT))
