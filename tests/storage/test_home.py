"""A ledger's home: made whole or not at all, found from below, opened only if it is one."""

import os
import shutil
from pathlib import Path

import pytest

from custody.ledger.append import append
from custody.ledger.compose import Anchor
from custody.ledger.log_key import log_verifier_key
from custody.storage import home_layout
from custody.storage.folders import fresh_folder
from custody.storage.home import Home, create_home, find_home, is_home, open_home
from keys.private.signer import Signer
from keys.verifier_key import format_verifier_key
from schemas.errors import CustodyError, StorageError
from tests.architecture.tree import run_python
from tests.storage.soundness import check_sound
from tests.world import ORIGIN, World, settled


def new_home(folder: Path) -> World:
    """Make a home with a settled ledger in it, and return the world, which has no store any more."""
    world = World()
    with create_home(folder, origin=ORIGIN, random=world.random) as home:
        world.store, (world.log_signer,) = home.store, home.log_signers()
        settled(world)
    return world


def test_a_new_home_opens_and_goes_on(tmp_path: Path) -> None:
    """Closed in the evening, opened in the morning."""
    folder = tmp_path / "deep" / "ledger"
    world = new_home(folder)
    assert is_home(folder)
    assert sorted(os.listdir(folder)) == sorted(
        [home_layout.HOME_FILE, home_layout.LEDGER_FILE, home_layout.DISCLOSURES_FILE, *home_layout.FOLDERS]
    )
    with open_home(folder, random=world.random) as home:
        assert home.origin == ORIGIN
        world.store, world.log_signer = home.store, home.log_signers()[0]
        world.register("2026-0417", "EX-1", actor="examiner-1")
        assert home.system_signer().agent == "system"
        check_sound(home.store, folder)


def test_a_home_that_failed_to_begin_leaves_nothing(tmp_path: Path) -> None:
    """Half a ledger would be taken for a whole one."""
    begin = create_home(tmp_path / "ledger", origin=ORIGIN, random=World().random)
    with pytest.raises(RuntimeError, match="no second registrar"), begin:
        raise RuntimeError("no second registrar")
    assert os.listdir(tmp_path) == []


def test_a_home_is_never_made_over_something(tmp_path: Path) -> None:
    """`custody init` in the wrong folder touches nothing."""
    (tmp_path / "notes.txt").write_text("mine")
    for folder in (tmp_path, tmp_path / "notes.txt"):
        with pytest.raises(StorageError) as caught, create_home(folder, origin=ORIGIN, random=World().random):
            pass
        assert caught.value.code == "home.exists"
    assert os.listdir(tmp_path) == ["notes.txt"]
    (tmp_path / "empty").mkdir()
    new_home(tmp_path / "empty")


def test_a_home_is_found_from_below(tmp_path: Path) -> None:
    """As git finds its repository."""
    new_home(tmp_path / "ledger")
    below = tmp_path / "ledger" / "drafts" / "more"
    below.mkdir()
    assert find_home(below) == tmp_path / "ledger"
    assert find_home(tmp_path) is None


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "home.absent"),
        (b"{}", "record.malformed"),
        (b'{"format":3,"origin":"a.b/c","schema":"custody-home/v1"}', "home.newer"),
        (b'{"format":1,"origin":"a.b/c","schema":"custody-home/v1"}', "home.older"),
        (b'{"format":2,"origin":"a.b/c","schema":"custody-home/v1"}\n', "record.not-canonical"),
    ],
)
def test_only_a_home_is_opened(tmp_path: Path, content: bytes | None, code: str) -> None:
    """A folder of a newer release is left alone."""
    new_home(tmp_path / "ledger")
    path = tmp_path / "ledger" / home_layout.HOME_FILE
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CustodyError) as caught:
        open_home(tmp_path / "ledger", random=World().random)
    assert caught.value.code == code


def test_a_home_without_its_database_says_so(tmp_path: Path) -> None:
    """A fresh ledger in the place of a lost one would be a fork."""
    new_home(tmp_path / "ledger")
    (tmp_path / "ledger" / home_layout.LEDGER_FILE).unlink()
    with pytest.raises(StorageError, match=r"ledger\.db") as caught:
        open_home(tmp_path / "ledger", random=World().random)
    assert caught.value.code == "home.unreadable"


def test_nobody_else_looks_into_a_home(tmp_path: Path) -> None:
    """It holds names, and the log's key."""
    new_home(tmp_path / "ledger")
    assert (tmp_path / "ledger").stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "ledger" / "keys").iterdir())


def test_a_declared_log_key_takes_over(tmp_path: Path) -> None:
    """Keys are renewed without a gap: the new one signs from the entry that declares it, the old one till its end."""
    world = new_home(tmp_path / "ledger")
    with open_home(tmp_path / "ledger", random=world.random) as home:
        world.store = home.store
        fresh = home.new_log_key()
        assert len(home.log_signers()) == 2
        _append(world, home, "ledger.key-added", {"key": _line(fresh)})
        assert _signatures(home) == 2
        _append(world, home, "ledger.key-revoked", {"key": world.log_key, "reason": "superseded"})
        assert _signatures(home) == 2
        _append(world, home, "case.closed", {"outcome": "other"})
        assert _signatures(home) == 1


def _line(signer: Signer) -> str:
    return format_verifier_key(log_verifier_key(ORIGIN, signer))


def _append(world: World, home: Home, type: str, details: dict[str, object]) -> None:
    is_case = type.startswith("case")
    composed = world.event(
        type, details, actor="registrar-1", registrar=None if is_case else "registrar-2",
        anchor=Anchor(case="2026-0417") if is_case else None,
    )  # fmt: skip
    append(home.store, [world.sign(composed)], at=world.tick(), log_signers=home.log_signers())


def _signatures(home: Home) -> int:
    with home.store.read() as reader:
        return reader.checkpoint().count("\u2014 ".encode())


def test_recognising_a_home_loads_no_database(tmp_path: Path) -> None:
    """Every command asks whether it stands in a home, also `custody verify`, which must start at once."""
    code = "import sys; from custody.storage.home import is_home; print(is_home(__import__('pathlib').Path())); "
    done = run_python("-c", code + "print({'sqlmodel', 'sqlite3'} & set(sys.modules))", cwd=tmp_path)
    assert done.stdout.split() == ["False", "set()"]


def test_what_a_killed_process_left_of_a_folder_goes_and_nothing_else(tmp_path: Path) -> None:
    """A backup that was killed may hold all evidence; one that is being made, here or elsewhere, goes on."""
    killed = "with fresh_folder(Path('old'), random=os.urandom) as old:\n (old / 'file').touch()\n os._exit(0)"
    imported = "import os\nfrom pathlib import Path\nfrom custody.storage.folders import fresh_folder\n"
    run_python("-c", imported + killed, cwd=tmp_path)
    (left,) = tmp_path.iterdir()
    foreign, copied = tmp_path / ".old.0.part", tmp_path / ".copy.0.custody-part"
    shutil.copytree(left, copied)
    foreign.mkdir()
    (foreign / "file").write_bytes(b"evidence")
    with fresh_folder(tmp_path / "first", random=os.urandom) as first:
        (first / "file").write_bytes(b"x")
        with fresh_folder(tmp_path / "second", random=os.urandom) as second:
            (second / "file").write_bytes(b"x")
    assert {path.name for path in tmp_path.iterdir()} == {foreign.name, copied.name, "first", "second"}
