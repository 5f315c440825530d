"""Every name, once, in the order of raw path bytes, and never a step outside."""

import os
import resource
import socket
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custody.evidence.sources import find_sources
from custody.evidence.trail import HELD
from custody.evidence.walk import Node, walk
from schemas.errors import CustodyError, RefusedError, UsageError

# Bytes on both sides of "/" (0x2f), letters, and bytes that are no UTF-8.
NAMES = st.lists(
    st.sampled_from([b"a", b"b", b"!", b"-", b".", b"0", b"\x01", b"\xff", "中".encode()]), min_size=1
).map(b"".join)
PARTS = NAMES.filter(lambda name: name not in {b".", b".."} and len(name) < 40)
TREES = st.lists(st.lists(PARTS, min_size=1, max_size=4).map(b"/".join), max_size=25)


def _walk(*paths: Path) -> list[Node]:
    with closing(walk(find_sources(paths))) as nodes:
        return list(nodes)


def _paths(nodes: Sequence[Node]) -> list[bytes]:
    return [node.path for node in nodes]


def _grow(top: Path, tree: Sequence[bytes], empty: Sequence[bytes]) -> None:
    """Make files, and directories without any, as far as their paths allow each other."""
    raw = os.fsencode(top)
    for path in empty:
        try:
            os.makedirs(raw + b"/" + path, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            continue
    for path in tree:
        try:
            os.makedirs(os.path.dirname(raw + b"/" + path), exist_ok=True)
            os.close(os.open(raw + b"/" + path, os.O_CREAT | os.O_WRONLY))
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            continue


def _every_record(top: Path) -> set[bytes]:
    """List what a walk must find, with the standard library's own walk."""
    raw = os.fsencode(top)
    found = set()
    for folder, folders, files in os.walk(raw):
        inside = folder[len(raw) + 1 :]
        found |= {os.path.join(inside, name) for name in files}
        if not folders and not files and inside:
            found.add(inside)
    return found


@settings(max_examples=150, deadline=None)
@given(tree=TREES, empty=TREES)
def test_names_come_in_the_order_of_their_full_paths(tree: list[bytes], empty: list[bytes]) -> None:
    """Order directory by directory is another one, and a root over it could not be rebuilt by a stranger."""
    with TemporaryDirectory() as folder:
        top = Path(folder)
        _grow(top, tree, empty)
        assert _paths(_walk(top)) == sorted(_every_record(top))


@settings(max_examples=60, deadline=None)
@given(tree=TREES, empty=TREES)
def test_several_paths_come_in_the_order_of_one_directory(tree: list[bytes], empty: list[bytes]) -> None:
    """Naming every file of a folder means the same as naming the folder."""
    with TemporaryDirectory() as folder:
        top = Path(folder)
        _grow(top, tree, empty)
        children = list(top.iterdir())
        if len(children) > 1:
            assert _paths(_walk(*children)) == sorted(_every_record(top))


def test_the_slash_sorts_between_signs_and_letters(seized: Path) -> None:
    """The example of the specification: a-b, a.b and an empty a! come before a/b, and a0 after it."""
    for name in (b"a/b", b"a-b", b"a.b", b"a0"):
        (seized / os.fsdecode(name)).parent.mkdir(exist_ok=True)
        (seized / os.fsdecode(name)).touch()
    (seized / "a!").mkdir()
    (seized / "a" / "c").mkdir()
    assert _paths(_walk(seized)) == [b"a!", b"a-b", b"a.b", b"a/b", b"a/c", b"a0"]


def test_a_single_file_stands_under_its_own_name(seized: Path) -> None:
    """The folder in which it lay is not part of the exhibit."""
    (seized / "image.dd").touch()
    assert _paths(_walk(seized / "image.dd")) == [b"image.dd"]


def test_several_paths_stand_each_under_its_own_name(seized: Path) -> None:
    """Two folders with equal names inside must not run into one."""
    for path in ("x/one/a", "y/two/a", "z/three"):
        (seized / path).parent.mkdir(parents=True)
        (seized / path).touch()
    paths = (seized / "y/two", seized / "z/three", seized / "x/one")
    assert _paths(_walk(*paths)) == [b"one/a", b"three", b"two/a"]


def test_two_paths_of_one_name_are_refused(seized: Path) -> None:
    """One of them would hide the other."""
    for path in ("x/same", "y/same"):
        (seized / path).mkdir(parents=True)
    with pytest.raises(UsageError, match="same") as caught:
        _walk(seized / "x/same", seized / "y/same")
    assert caught.value.code == "evidence.duplicate"


def test_the_current_directory_can_be_named_by_a_dot(seized: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no name of its own in the path, but beside others it needs one."""
    (seized / "a").touch()
    (seized.parent / "other").touch()
    monkeypatch.chdir(seized)
    assert _paths(_walk(Path())) == [b"a"]
    assert _paths(_walk(Path(), Path("../other"))) == [b"other", b"seized/a"]


def test_an_empty_directory_has_no_names(seized: Path) -> None:
    """An exhibit may be empty, and then it has zero records."""
    assert _walk(seized) == []


def test_a_path_that_is_not_there_is_said_to_be_absent(seized: Path) -> None:
    """A mistyped path must not register an empty exhibit."""
    with pytest.raises(UsageError) as caught:
        _walk(seized / "nothing")
    assert caught.value.code == "evidence.absent"


def test_links_are_named_and_never_followed(seized: Path, tmp_path: Path) -> None:
    """A link may point at the examiner's own disk, or in a circle."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").touch()
    (seized / "out").symlink_to(tmp_path / "outside")
    (seized / "round").symlink_to(".")
    (seized / "dangling").symlink_to("nowhere")
    nodes = _walk(seized)
    assert [(node.path, node.kind) for node in nodes] == [
        (b"dangling", "symlink"),
        (b"out", "symlink"),
        (b"round", "symlink"),
    ]


def test_a_link_alone_is_no_exhibit(seized: Path) -> None:
    """Whoever names a link means what it points to, and has to say so."""
    (seized / "link").symlink_to("target")
    with pytest.raises(UsageError) as caught:
        _walk(seized / "link")
    assert caught.value.code == "evidence.symlink"
    assert "target" in caught.value.hint


@pytest.mark.parametrize("where", ["inside", "alone"])
def test_pipes_sockets_and_devices_are_refused(where: str, seized: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading a pipe waits for ever, and a device is no file."""
    os.mkfifo(seized / "pipe")
    monkeypatch.chdir(seized)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        with pytest.raises(RefusedError, match="pipe" if where == "alone" else "pipe, socket ") as caught:
            _walk(seized / "pipe" if where == "alone" else seized)
    assert caught.value.code == "evidence.special-file"


def test_a_directory_swapped_for_a_link_leads_nowhere(seized: Path, tmp_path: Path) -> None:
    """Whoever can write to the evidence while it is read must not bring files from elsewhere into it."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").touch()
    (seized / "a").touch()
    (seized / "b").mkdir()
    (seized / "b" / "inside").touch()
    with closing(walk(find_sources([seized]))) as nodes:
        assert next(nodes).path == b"a"
        (seized / "b").rename(tmp_path / "moved")
        (seized / "b").symlink_to(tmp_path / "outside")
        with pytest.raises(RefusedError) as caught:
            next(nodes)
    assert caught.value.code == "evidence.changed"


@pytest.mark.parametrize("deed", ["add", "remove"])
def test_names_that_come_or_go_are_noticed(deed: str, seized: Path) -> None:
    """A file that appears behind the walk would be in the folder and not in the record."""
    for name in ("a", "b"):
        (seized / name).touch()
    os.utime(seized, (0, 0))
    with closing(walk(find_sources([seized]))) as nodes:
        next(nodes)
        if deed == "add":
            (seized / "0").touch()
        else:
            (seized / "a").unlink()
        with pytest.raises(CustodyError) as caught:
            list(nodes)
    assert caught.value.code == "evidence.changed"


def test_deep_nesting_needs_few_open_files(seized: Path) -> None:
    """Evidence may be nested more deeply than a process may hold files open; every level has a name to come back to."""
    depth = 5 * HELD
    fd = os.open(seized, os.O_RDONLY)
    for _ in range(depth):
        for name in ("a", "c"):
            os.close(os.open(name, os.O_CREAT | os.O_WRONLY, dir_fd=fd))
        os.mkdir("b", dir_fd=fd)
        below = os.open("b", os.O_RDONLY, dir_fd=fd)
        os.close(fd)
        fd = below
    os.close(fd)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(int(name) for name in os.listdir("/dev/fd"))
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest + HELD + 20, hard))
    try:
        paths = _paths(_walk(seized))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    prefix = [b"b/" * level for level in range(depth)]
    assert paths == [*(p + b"a" for p in prefix), b"b/" * (depth - 1) + b"b", *(p + b"c" for p in reversed(prefix))]


def test_a_directory_moved_away_from_under_the_walk_is_noticed(seized: Path) -> None:
    """On the way up the walk opens directories again by name; they must be the same ones."""
    fd = os.open(seized, os.O_RDONLY)
    for _ in range(2 * HELD):
        os.mkdir("b", dir_fd=fd)
        below = os.open("b", os.O_RDONLY, dir_fd=fd)
        os.close(fd)
        fd = below
    os.close(fd)
    with closing(walk(find_sources([seized]))) as nodes:
        next(nodes)
        (seized / "b" / "b").rename(seized / "b" / "x")
        with pytest.raises(RefusedError) as caught:
            next(nodes)
    assert caught.value.code in {"evidence.changed", "evidence.vanished"}
