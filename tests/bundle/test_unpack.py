"""Unpacking: evidence under its own names, nowhere else, whole or not at all."""

import csv
import io
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from custody.bundle.fresh_tree import FreshTree, fresh_tree, sweep_trees
from custody.bundle.name_list import guard_cell
from custody.bundle.room import Needed
from custody.bundle.unpack import NAMES, SYMLINKS, Named, Unpacked, unpack
from custody.cli.soft_end import soft_end
from schemas.content import Digests, FileRecord
from schemas.errors import RefusedError, StorageError, UsageError, VerificationError
from schemas.types import Private

FOLDER = ("2026-0417", "EX-1")
PRIVATE = Private(commitment="c" * 64)
KILLED = """
import os, sys
from pathlib import Path
from custody.bundle.fresh_tree import fresh_tree
with fresh_tree(Path(sys.argv[1])) as tree:
    tree.create(("a",)).close()
    os._exit(0)
"""


def _digest(raw: bytes) -> str:
    return sha256(raw).hexdigest()


def _file(path: bytes | None, raw: bytes, *, folder: tuple[str, ...] = FOLDER) -> Named:
    record = FileRecord(digests=Digests(sha256=_digest(raw)), path=PRIVATE, size=len(raw), type="file")
    return Named(folder=folder, record=record, path=path)


def _link(path: bytes | None, target: bytes | None) -> Named:
    return Named(
        folder=FOLDER, record=FileRecord(path=PRIVATE, target=PRIVATE, type="symlink"), path=path, target=target
    )


def _store(*contents: bytes) -> Callable[[str], BinaryIO | None]:
    known = {_digest(raw): raw for raw in contents}
    return lambda digest: io.BytesIO(known[digest]) if digest in known else None


def _tree(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def _rows(root: Path) -> list[list[str]]:
    with (root / NAMES).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))[1:]


def test_files_come_back_under_their_own_names(tmp_path: Path) -> None:
    """The expert works with the names that the suspect gave."""
    items = [_file("bilder/grün.jpg".encode(), b"one"), _file(b"notes.txt", b"two")]
    done = unpack(items, open_content=_store(b"one", b"two"), target=tmp_path / "out")
    assert done == Unpacked(files=2, bytes=6, absent=0)
    found = _tree(tmp_path / "out")
    listed = found.pop(NAMES)
    assert found == {"2026-0417/EX-1/bilder/grün.jpg": b"one", "2026-0417/EX-1/notes.txt": b"two"}
    assert listed.startswith(b"\xef\xbb\xbforiginal name,written name,sha256,size,kind")
    assert _rows(tmp_path / "out")[1] == [
        *("2026-0417/EX-1/notes.txt", "2026-0417/EX-1/notes.txt", _digest(b"two"), "3", "file", "", "")
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_withheld_name_becomes_the_digest(tmp_path: Path) -> None:
    """What the recipient may not know, the folder doesn't tell, and two equal files are still two."""
    items = [_file(None, b"one"), _file(None, b"one"), _link(None, None)]
    unpack(items, open_content=_store(b"one"), target=tmp_path / "out")
    name = f"2026-0417/EX-1/{_digest(b'one')}"
    assert set(_tree(tmp_path / "out")) == {name, f"{name} (2)", NAMES, SYMLINKS}
    assert {row[0] for row in _rows(tmp_path / "out")} == {"(withheld)"}
    assert (tmp_path / "out" / SYMLINKS).read_bytes() == b"(withheld)  ->  (withheld)\n"


@pytest.mark.parametrize(
    "path",
    [
        b"../../x",
        b"/etc/x",
        b"a/../../x",
        b"..",
        b".",
        b"",
        b"a//x",
        b"x\x00y",
        b"..\\..\\x",
        b"C:\\x",
        b"./x",
        b"a/..",
    ],
)
def test_no_name_leads_out_of_the_folder(tmp_path: Path, path: bytes) -> None:
    """A name in the evidence is the suspect's, also when he knew our program."""
    home = tmp_path / "deep" / "er"
    home.mkdir(parents=True)
    unpack([_file(path, b"x")], open_content=_store(b"x"), target=home / "out")
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != NAMES]
    assert len(written) == 1
    assert written[0].is_relative_to(home / "out" / "2026-0417" / "EX-1")
    assert written[0].read_bytes() == b"x"


def test_no_folder_name_leads_out_either(tmp_path: Path) -> None:
    """Case and exhibit numbers are free text too."""
    unpack([_file(b"x", b"x", folder=("../..", "/etc"))], open_content=_store(b"x"), target=tmp_path / "out")
    assert set(_tree(tmp_path)) == {"out/..%2F%2E%2E/%2Fetc/x", f"out/{NAMES}"}


def test_a_link_is_described_and_never_made(tmp_path: Path) -> None:
    """A link would lead the next program, or the next file, out of the folder."""
    items = [_link(b"a", b"/etc"), _file(b"a/passwd", b"x"), _link(b"b\nc", b"../\xff")]
    unpack(items, open_content=_store(b"x"), target=tmp_path / "out")
    assert not any(path.is_symlink() for path in (tmp_path / "out").rglob("*"))
    assert (tmp_path / "out" / SYMLINKS).read_text("utf-8") == (
        "2026-0417/EX-1/a  ->  /etc\n2026-0417/EX-1/b%0Ac  ->  ../%FF\n"
    )
    assert _rows(tmp_path / "out")[0][4:] == ["symlink, not made", "", "/etc"]


def test_directories_and_unreadable_files_are_not_forgotten(tmp_path: Path) -> None:
    """An empty folder and a file that could not be read are facts about the evidence."""
    empty = Named(
        folder=FOLDER, record=FileRecord(path=PRIVATE, type="directory", modified="2026-01-02T03:04:05Z"), path=b"e"
    )
    hidden = Named(folder=FOLDER, record=FileRecord(path=PRIVATE, type="directory"), path=None)
    broken = Named(folder=FOLDER, record=FileRecord(path=PRIVATE, error=PRIVATE, type="file"), path=b"b")
    closed = Named(folder=FOLDER, record=FileRecord(path=PRIVATE, error=PRIVATE, type="directory"), path=b"c")
    done = unpack([empty, hidden, broken, closed], open_content=_store(), target=tmp_path / "out")
    assert done == Unpacked(files=0, bytes=0, absent=0)
    assert [path.name for path in (tmp_path / "out" / "2026-0417" / "EX-1").iterdir()] == ["e"]
    assert [(row[0], row[4], row[5]) for row in _rows(tmp_path / "out")] == [
        ("2026-0417/EX-1/b", "file, unreadable when registered", ""),
        ("2026-0417/EX-1/c", "directory, unreadable when registered", ""),
        ("2026-0417/EX-1/e", "directory", "2026-01-02T03:04:05Z"),
        ("(withheld)", "directory", ""),
    ]


def test_a_file_not_at_hand_is_listed_as_such(tmp_path: Path) -> None:
    """Detached evidence may come on its own disk; its absence must not look like its content."""
    done = unpack([_file(b"x", b"x"), _file(b"y", b"y")], open_content=_store(b"y"), target=tmp_path / "out")
    assert done == Unpacked(files=1, bytes=1, absent=1)
    assert set(_tree(tmp_path / "out")) == {"2026-0417/EX-1/y", NAMES}
    assert _rows(tmp_path / "out")[0][1:5] == ["", _digest(b"x"), "1", "file, not at hand"]


@pytest.mark.parametrize("wrong", [b"", b"longer", b"other"])
def test_other_bytes_than_recorded_stop_everything(tmp_path: Path, wrong: bytes) -> None:
    """Nobody shall examine a folder in which one file is not the evidence."""
    items = [_file(b"a", b"good"), _file(b"b", b"right")]
    contents = {_digest(b"good"): b"good", _digest(b"right"): wrong}
    with pytest.raises(VerificationError) as caught:
        unpack(items, open_content=lambda digest: io.BytesIO(contents[digest]), target=tmp_path / "out")
    assert caught.value.code == "unpack.content"
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    """Half of the evidence looks like all of it."""
    raw = bytes(1 << 20)
    (tmp_path / "there").mkdir()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for target in (tmp_path / "absent", tmp_path / "there"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, hard))
        try:
            with pytest.raises(StorageError) as caught:
                unpack([_file(b"a", raw)], open_content=_store(raw), target=target)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert caught.value.code == "storage.full"
    assert [path.name for path in tmp_path.rglob("*")] == ["there"]


def test_what_the_disk_has_no_room_for_is_refused_before_it_is_written(tmp_path: Path) -> None:
    """A small bundle names one file in a million records: a reader's disk isn't filled to find out how much that is."""
    items = [_file(b"f%06d" % number, b"x" * 1000) for number in range(3)]
    huge = replace(
        items[0], record=FileRecord(digests=items[0].record.digests, path=PRIVATE, size=1 << 60, type="file")
    )
    told: list[Needed] = []
    with pytest.raises(RefusedError, match="expected room on the disk") as caught:
        unpack([huge], open_content=_store(b"x" * 1000), target=tmp_path / "out", confirm=told.append)
    assert (caught.value.code, list(tmp_path.iterdir())) == ("unpack.room", [])
    unpack([huge], open_content=_store(), target=tmp_path / "absent", confirm=told.append)
    unpack(items, open_content=_store(b"x" * 1000), target=tmp_path / "out", confirm=told.append)
    assert [(item.files, item.bytes, item.once) for item in told] == [(1, 1 << 60, 1 << 60), (0, 0, 0), (3, 3000, 1000)]


@pytest.mark.parametrize("can_clone", [True, False])
def test_content_of_many_names_is_read_once_where_the_disk_shares_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can_clone: bool
) -> None:
    """Shared blocks take no room, and unlike a hard link no file changes with another one."""

    def clone(source: int, target: int) -> bool:
        return can_clone and os.sendfile(target, source, 0, 1 << 20) >= 0

    monkeypatch.setattr("custody.evidence.disk.clone", clone)
    store, opened = _store(b"one", b"two"), list[str]()

    def opening(digest: str) -> BinaryIO | None:
        opened.append(digest)
        return store(digest)

    items = [_file(b"a", b"one"), _file(b"b", b"two"), _file(b"c", b"one"), _file(None, b"one")]
    done = unpack(items, open_content=opening, target=tmp_path / "out")
    assert done == Unpacked(files=4, bytes=12, absent=0)
    assert len(opened) == (2 if can_clone else 4)
    found = [raw for name, raw in sorted(_tree(tmp_path / "out").items()) if name != NAMES]
    assert sorted(found) == [b"one", b"one", b"one", b"two"]
    assert {path.stat().st_nlink for path in (tmp_path / "out").rglob("*") if path.is_file()} == {1}


def test_a_request_to_end_leaves_nothing_behind(tmp_path: Path) -> None:
    """A machine that shuts down sends SIGTERM, and gigabytes of evidence in clear must not stay under a hidden name."""

    def end(_: str) -> BinaryIO | None:
        os.kill(os.getpid(), signal.SIGTERM)
        return None

    with pytest.raises(KeyboardInterrupt), soft_end():
        unpack([_file(b"a", b"x")], open_content=end, target=tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("is_there", [False, True])
def test_what_a_killed_process_left_goes_with_the_next(tmp_path: Path, is_there: bool) -> None:
    """Nobody looks for a hidden folder; what somebody is still writing stays."""
    target = tmp_path / "out"
    if is_there:
        target.mkdir()
    subprocess.run([sys.executable, "-c", KILLED, target], check=True, timeout=60)
    assert [path.name for path in tmp_path.rglob("a")] == ["a"]
    with fresh_tree(target) as live:
        live.create(("b",)).close()
        sweep_trees(target)
    assert set(_tree(target)) == {"b"}
    assert {path.name for path in tmp_path.rglob("*")} == {"out", "b"}


@pytest.mark.parametrize("name", ["", "mark"])
def test_a_folder_of_somebody_else_is_left_whatever_its_name(tmp_path: Path, name: str) -> None:
    """Another program, or a copy of what was being unpacked, may be called like ours: it is not ours to delete."""
    with fresh_tree(tmp_path / "out") as tree:
        tree.create(("a",)).close()
        copy = tmp_path / ".unpacking-copy.custody-part"
        shutil.copytree(tree.root.parent if name else tree.root, copy)
    before = _tree(copy)
    sweep_trees(tmp_path / "in")
    unpack([_file(b"a", b"x")], open_content=_store(b"x"), target=tmp_path / "in")
    assert _tree(copy) == before != {}


def test_a_source_that_breaks_off_leaves_nothing_behind(tmp_path: Path) -> None:
    """The stick was pulled out."""

    class Broken(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(StorageError) as caught:
        unpack([_file(b"a", b"x")], open_content=lambda _: cast(BinaryIO, Broken()), target=tmp_path / "out")
    assert caught.value.code == "storage.io"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("is_there", [False, True])
def test_names_that_the_disk_will_not_keep_are_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_there: bool
) -> None:
    """An error after the last step is an error: what was reported as failed must not be there."""

    def fail(_: Path) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("custody.bundle.fresh_tree.sync_directory", fail)
    if is_there:
        (tmp_path / "out").mkdir()
    with pytest.raises(StorageError):
        unpack([_file(b"a", b"x")], open_content=_store(b"x"), target=tmp_path / "out")
    assert [path.name for path in tmp_path.rglob("*")] == ["out"] * is_there


def test_an_empty_directory_is_filled(tmp_path: Path) -> None:
    """A mount point can't be replaced, only filled."""
    (tmp_path / "out").mkdir()
    unpack([_file(b"a", b"x")], open_content=_store(b"x"), target=tmp_path / "out")
    assert set(_tree(tmp_path)) == {"out/2026-0417/EX-1/a", f"out/{NAMES}"}


def test_what_is_there_is_never_touched(tmp_path: Path) -> None:
    """Evidence never mixes with other files, and never replaces any."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    (tmp_path / "file").touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "empty")
    for name in ("full", "file", "link", "no/such/parent"):
        with pytest.raises(UsageError):
            unpack([_file(b"a", b"x")], open_content=_store(b"x"), target=tmp_path / name)
    assert {path.name for path in tmp_path.rglob("*")} == {"full", "x", "file", "empty", "link"}


def test_a_directory_that_fills_meanwhile_is_left_as_found(tmp_path: Path) -> None:
    """Two programs that unpack to one place must not both believe that they succeeded."""
    (tmp_path / "out").mkdir()

    def overtaken() -> None:
        with fresh_tree(tmp_path / "out") as tree:
            tree.create(("a",)).close()
            tree.create(("b", "c")).close()
            (tmp_path / "out" / "b").write_bytes(b"theirs")

    with pytest.raises(UsageError):
        overtaken()
    assert _tree(tmp_path / "out") == {"b": b"theirs"}


def test_a_link_planted_while_unpacking_is_not_followed(tmp_path: Path) -> None:
    """Somebody else on the machine must not be able to lead evidence, or its overwriting, elsewhere."""
    (tmp_path / "root").mkdir()
    (tmp_path / "away").mkdir()
    with FreshTree(tmp_path / "root") as tree:
        tree.create(("a", "x")).close()
        tree.create(("top",)).close()
        os.rename(tmp_path / "root" / "a", tmp_path / "root" / "was-a")
        os.symlink(tmp_path / "away", tmp_path / "root" / "a")
        os.symlink(tmp_path / "away" / "new", tmp_path / "root" / "y")
        for parts in (("a", "y"), ("y",), ("top",)):
            with pytest.raises(StorageError):
                tree.create(parts)
    assert list((tmp_path / "away").iterdir()) == []


def test_files_are_for_their_owner_only_and_never_run(tmp_path: Path) -> None:
    """Seized malware is unpacked as data."""
    unpack([_file(b"setup.exe", b"x")], open_content=_store(b"x"), target=tmp_path / "out")
    path = tmp_path / "out" / "2026-0417" / "EX-1" / "setup.exe"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "'=1", "＝1", "=cmd|' /C calc'!A0"])
def test_no_cell_of_the_list_is_a_formula(tmp_path: Path, cell: str) -> None:
    """The list is opened in a spreadsheet, on a machine of the court."""
    assert guard_cell(cell) == "'" + cell
    items = [_file(cell.encode(), b"x", folder=()), _link(b"l", cell.encode())]
    unpack(items, open_content=_store(b"x"), target=tmp_path / "out")
    for row in _rows(tmp_path / "out"):
        assert not any(value.startswith(("=", "+", "-", "@", "＝", "\t", "\r")) for value in row)


def test_the_order_of_records_does_not_matter(tmp_path: Path) -> None:
    """Two experts must speak of the same names."""
    items = [_file(b"b/A", b"1"), _file(b"b/a", b"2"), _file(b"B/a", b"3"), _file(None, b"4"), _file(b"b", b"5")]
    store = _store(b"1", b"2", b"3", b"4", b"5")
    unpack(items, open_content=store, target=tmp_path / "one")
    unpack(items[::-1], open_content=store, target=tmp_path / "two")
    assert _tree(tmp_path / "one") == _tree(tmp_path / "two")
    assert len(_tree(tmp_path / "one")) == 6
