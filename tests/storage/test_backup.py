"""A backup is one moment of a ledger in use; a restore continues the ledger or refuses, and never forks it."""

import os
import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from custody.ledger.append import append
from custody.storage.backup import back_up
from custody.storage.home import Home, create_home, open_home
from custody.storage.restore import restore
from custody.verify.fold.fold import commitments_in
from schemas.errors import CustodyError, StorageError
from tests.storage.soundness import check_sound
from tests.world import ORIGIN, World, settled

CASE = "2026-0417"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A settled world whose ledger lies in a home, ``ledger``, with a document in it."""
    made = World()
    with create_home(tmp_path / "ledger", origin=ORIGIN, random=made.random) as home:
        made.store, (made.log_signer,) = home.store, home.log_signers()
        settled(made)
        (home.documents / "ab").mkdir()
        (home.documents / "ab" / ("ab" * 32)).write_bytes(b"warrant")
        (home.evidence / ".staging").mkdir()
        (home.drafts / "waiting.json").write_bytes(b"{}")
    made.store = None
    return made


def open_in(world: World, folder: Path) -> Home:
    """Open a home, and let the world append to it."""
    home = open_home(folder, random=world.random)
    world.store = home.store
    return home


def refusal(world: World, source: Path, newest: bytes) -> str:
    """Return the code with which a restore is refused; nothing is left of it."""
    target = source.parent / "restored"
    with pytest.raises(CustodyError) as caught:
        restore(source, target, newest=newest, random=world.random)
    assert not target.exists()
    assert not any(name.startswith(".restored") for name in os.listdir(source.parent))
    return caught.value.code


def test_a_backup_restores_to_the_same_ledger(world: World, tmp_path: Path) -> None:
    """The disk died; the work did not."""
    with open_in(world, tmp_path / "ledger") as home:
        world.register(CASE, "EX-1", actor="examiner-1", place="room 4")
        made = back_up(home, tmp_path / "backup", random=world.random, with_keys=True, with_evidence=True)
        entries = world.entries()
    restored = restore(tmp_path / "backup", tmp_path / "restored", newest=made.checkpoint, random=world.random)
    assert (restored.size, restored.has_keys) == (len(entries), True)
    with open_in(world, tmp_path / "restored") as home:
        assert world.entries() == entries
        kept = home.store.disclosures.get([item.commitment for item in world.disclosed])
        assert len(kept) == len(world.disclosed)
        assert (home.documents / "ab" / ("ab" * 32)).read_bytes() == b"warrant"
        assert os.listdir(home.drafts) == ["waiting.json"]
        assert not (home.evidence / ".staging").exists()
        world.register(CASE, "EX-2", actor="examiner-1")
        check_sound(home.store, tmp_path / "restored")


def test_a_backup_holds_no_keys_unless_asked(world: World, tmp_path: Path) -> None:
    """Whoever finds the disk must not sign as the ledger; with the keys brought along it goes on."""
    with open_in(world, tmp_path / "ledger") as home:
        made = back_up(home, tmp_path / "backup", random=world.random)
    assert os.listdir(tmp_path / "backup" / "keys") == []
    bare = restore(tmp_path / "backup", tmp_path / "bare", newest=made.checkpoint, random=world.random)
    assert not bare.has_keys
    keys = tmp_path / "ledger" / "keys"
    full = restore(tmp_path / "backup", tmp_path / "full", newest=made.checkpoint, random=world.random, keys=keys)
    assert full.has_keys
    with open_in(world, tmp_path / "full") as home:
        append(
            home.store, [world.sign(world.registration(CASE, "EX-1", actor="examiner-1"))], at=world.at,
            log_signers=home.log_signers(),
        )  # fmt: skip


def test_a_backup_is_made_while_others_append(world: World, tmp_path: Path) -> None:
    """The ledger of an agency is never idle."""
    stop = threading.Event()
    with open_in(world, tmp_path / "ledger") as home:

        def work() -> None:
            number = 0
            while not stop.is_set():
                world.register(CASE, f"EX-{number}", actor="examiner-1", place=f"room {number}")
                number += 1

        thread = threading.Thread(target=work)
        thread.start()
        made = [back_up(home, tmp_path / f"backup-{n}", random=os.urandom) for n in range(5)]
        stop.set()
        thread.join()
        for backup in made:
            with open_home(backup.path, random=world.random) as copy:
                entries = check_sound(copy.store, backup.path, signatures=False)
                assert len(entries) == backup.size
                known = {item.commitment for item in world.disclosed}
                wanted = [c for entry in entries for c in _commitments(entry.event.raw) if c in known]
                assert len(copy.store.disclosures.get(wanted)) == len(wanted)
    assert len({backup.size for backup in made}) > 1


def _commitments(raw: bytes) -> list[str]:
    return [item.decode() for item in commitments_in(raw)]


def test_an_older_backup_is_refused(world: World, tmp_path: Path) -> None:
    """The next entry would take a place that is taken: a fork that nobody ordered."""
    with open_in(world, tmp_path / "ledger") as home:
        back_up(home, tmp_path / "backup", random=world.random, with_keys=True)
        world.register(CASE, "EX-1", actor="examiner-1")
        newest = world.checkpoint()
    assert refusal(world, tmp_path / "backup", newest) == "restore.older"


def test_a_backup_newer_than_the_checkpoint_is_taken(world: World, tmp_path: Path) -> None:
    """It must contain what anybody holds, and may contain more."""
    with open_in(world, tmp_path / "ledger") as home:
        held = world.checkpoint()
        world.register(CASE, "EX-1", actor="examiner-1")
        back_up(home, tmp_path / "backup", random=world.random)
    restored = restore(tmp_path / "backup", tmp_path / "restored", newest=held, random=world.random)
    assert restored.size == restored.newest.size + 1


def test_a_forked_backup_is_refused(world: World, tmp_path: Path) -> None:
    """Two ledgers of one name: both are kept, neither goes on in silence."""
    shutil.copytree(tmp_path / "ledger", tmp_path / "branch")
    with open_in(world, tmp_path / "ledger"):
        world.register(CASE, "EX-1", actor="examiner-1")
        newest = world.checkpoint()
    with open_in(world, tmp_path / "branch") as home:
        world.register(CASE, "EX-other", actor="examiner-1")
        back_up(home, tmp_path / "backup", random=world.random)
    assert refusal(world, tmp_path / "backup", newest) == "restore.forked"


def test_a_checkpoint_of_nobody_is_refused(world: World, tmp_path: Path) -> None:
    """An older checkpoint under a forged signature would let an older backup pass."""
    with open_in(world, tmp_path / "ledger") as home:
        made = back_up(home, tmp_path / "backup", random=world.random)
    head, _, tail = made.checkpoint.rpartition(b" ")
    forged = head + b" " + tail.replace(tail[8:12], b"AAAA")
    assert refusal(world, tmp_path / "backup", forged) == "note.signature"
    assert refusal(world, tmp_path / "backup", made.checkpoint.replace(b"police", b"polite")) == "restore.origin"
    assert refusal(world, tmp_path / "backup", b"not a note") == "note.malformed"


def test_a_damaged_backup_is_refused(world: World, tmp_path: Path) -> None:
    """A restore is no time to find out later."""
    with open_in(world, tmp_path / "ledger") as home:
        made = back_up(home, tmp_path / "backup", random=world.random)
    path = tmp_path / "backup" / "ledger.db"
    raw = path.read_bytes()
    with open_home(tmp_path / "ledger", random=world.random) as home, home.store.read() as reader:
        entry = reader.entry(3)
    # A page that was split may hold the old copy too.
    piece = entry[-400:-300]
    path.write_bytes(raw.replace(piece, piece[::-1]))
    assert refusal(world, tmp_path / "backup", made.checkpoint) == "restore.damaged"
    path.write_bytes(raw[: len(raw) // 2])
    assert refusal(world, tmp_path / "backup", made.checkpoint) == "ledger.unreadable"


def test_a_backup_never_overwrites(world: World, tmp_path: Path) -> None:
    """Yesterday's backup may be the good one."""
    with open_in(world, tmp_path / "ledger") as home:
        back_up(home, tmp_path / "backup", random=world.random)
        with pytest.raises(CustodyError) as caught:
            back_up(home, tmp_path / "backup", random=world.random)
    assert caught.value.code == "home.exists"


def test_a_home_on_a_disc_is_copied_as_it_is_read(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside it nothing can be written, so it must not be opened as if it could: a sound ledger would look damaged."""
    source, real, opened = tmp_path / "ledger", os.statvfs, list[str]()
    connect: Any = sqlite3.connect

    def statvfs(path: Path) -> os.statvfs_result:
        fields = list(real(path))
        fields[8] |= os.ST_RDONLY if Path(path) == source else 0
        return os.statvfs_result(fields)

    def watched(named: str, *given: Any, **more: Any) -> Any:
        opened.append(str(named))
        return connect(named, *given, **more)

    monkeypatch.setattr(os, "statvfs", statvfs)
    monkeypatch.setattr(sqlite3, "connect", watched)
    with open_home(source, random=world.random) as home:
        made = back_up(home, tmp_path / "copy", random=world.random)
    assert made.size > 0
    ours = [item for item in opened if source.as_uri() in item]
    assert ours
    assert [item for item in ours if not item.endswith("?mode=ro&immutable=1")] == []


def test_what_is_wrong_with_the_source_is_said_of_it(world: World, tmp_path: Path) -> None:
    """Who reads that his copy can't be opened looks for the fault at the wrong place."""
    (tmp_path / "ledger" / "ledger.db").write_bytes(b"no database" * 500)
    with open_home(tmp_path / "ledger", random=world.random) as home, pytest.raises(CustodyError) as caught:
        back_up(home, tmp_path / "copy", random=world.random)
    assert caught.value.code == "ledger.unreadable"
    assert f"{tmp_path / 'ledger' / 'ledger.db'}" in caught.value.text


@pytest.mark.parametrize("name", ["documents", "evidence", "ledger.db", "disclosures.db", "custody.json"])
@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_what_is_no_plain_part_of_a_backup_is_not_restored(world: World, tmp_path: Path, name: str, kind: str) -> None:
    """A link would bring other files of this machine into the ledger's home; a pipe would be waited for."""
    with open_in(world, tmp_path / "ledger") as home:
        made = back_up(home, tmp_path / "backup", random=world.random)
    part = tmp_path / "backup" / name
    part.rename(tmp_path / "moved")
    if kind == "link":
        part.symlink_to(tmp_path / "moved")
    else:
        os.mkfifo(part)
    with pytest.raises(StorageError) as caught:
        restore(tmp_path / "backup", tmp_path / "back", newest=made.checkpoint, random=world.random)
    assert caught.value.code in {"restore.damaged", "home.absent"}
    assert not (tmp_path / "back").exists()


@pytest.mark.parametrize("name", ["ledger.db", "disclosures.db"])
def test_what_a_backup_lacks_is_said_to_be_missing(world: World, tmp_path: Path, name: str) -> None:
    """Who reads of links looks for one, where a copy was cut off."""
    with open_in(world, tmp_path / "ledger") as home:
        made = back_up(home, tmp_path / "backup", random=world.random)
    (tmp_path / "backup" / name).unlink()
    with pytest.raises(StorageError, match=f"{name}, found none") as caught:
        restore(tmp_path / "backup", tmp_path / "back", newest=made.checkpoint, random=world.random)
    assert caught.value.code == "restore.damaged"


@pytest.mark.parametrize("name", ["ledger.db", "disclosures.db"])
def test_a_home_that_somebody_writes_to_is_no_backup(world: World, tmp_path: Path, name: str) -> None:
    """What was restored from a ledger in use would be a second one of its name, and fork with the next entry."""
    with open_in(world, tmp_path / "ledger") as home:
        made = back_up(home, tmp_path / "backup", random=world.random)

    def write(count: int) -> bytes:
        with closing(sqlite3.connect(tmp_path / "backup" / name)) as connection, connection:
            connection.execute("CREATE TABLE IF NOT EXISTS another (number INTEGER)")
        return world.random(count)

    with pytest.raises(StorageError, match="written to since") as caught:
        restore(tmp_path / "backup", tmp_path / "back", newest=made.checkpoint, random=write)
    assert caught.value.code == "ledger.busy"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup", "ledger"]
    restore(tmp_path / "backup", tmp_path / "back", newest=made.checkpoint, random=world.random)
