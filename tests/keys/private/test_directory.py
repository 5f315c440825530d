"""Where keys lie: closed to others, whole or not there, never overwritten."""

import os
from pathlib import Path

import pytest

import keys.private.directory
import keys.private.disk
from keys.private.directory import KeyDirectory, StoredKey, UnusableKey
from keys.private.key_file import format_key_file
from schemas.errors import SigningKeyError
from tests.keys.private.secrets import CHEAP, counting, signer

PASS = b"open"


@pytest.fixture
def folder(tmp_path: Path) -> KeyDirectory:
    """A key directory that doesn't exist yet."""
    return KeyDirectory(tmp_path / "config" / "keys", counting())


def _code(folder: KeyDirectory, agent: str = "examiner-1", **more: str) -> str:
    with pytest.raises(SigningKeyError) as caught:
        folder.load(agent, passphrase=PASS, **more)
    return caught.value.code


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_created_key_is_loaded_again(folder: KeyDirectory) -> None:
    """The one thing that a key directory is for."""
    made = folder.create("examiner-1", passphrase=PASS, cost=CHEAP)
    loaded = folder.load("examiner-1", passphrase=PASS)
    assert loaded.reveal_seed() == made.reveal_seed()
    assert folder.load("examiner-1", passphrase=PASS, key=made.key_id).key_id == made.key_id


def test_keys_are_closed_to_others_whatever_the_umask(folder: KeyDirectory) -> None:
    """A shared machine in a laboratory often has a generous umask."""
    before = os.umask(0)
    try:
        folder.create("examiner-1", passphrase=PASS, cost=CHEAP)
    finally:
        os.umask(before)
    (path,) = folder.path.iterdir()
    assert (_mode(path), _mode(folder.path)) == (0o600, 0o700)


def test_a_listing_needs_no_passphrase_and_hides_no_trouble(folder: KeyDirectory) -> None:
    """An owner sees what he has, and which of it he can't use any more."""
    made = folder.create("examiner-1", passphrase=PASS, cost=CHEAP)
    folder.add(signer(5, "log"), passphrase=None)
    (folder.path / "examiner-2.00000000.key").write_bytes(b"{}")
    (folder.path / "examiner-2.00000000.key").chmod(0o600)
    (folder.path / "notes.txt").write_text("not a key")
    first, second, third = folder.list_keys()
    assert isinstance(first, StoredKey)
    assert (first.agent, first.key_id, first.public_key) == ("examiner-1", made.key_id, made.public_key)
    assert first.has_passphrase
    assert isinstance(second, UnusableKey)
    assert second.error.code == "key.damaged"
    assert isinstance(third, StoredKey)
    assert not third.has_passphrase


def test_a_folder_that_is_not_there_holds_no_keys(folder: KeyDirectory) -> None:
    """The first command of a new user must say what to do."""
    assert folder.list_keys() == ()
    with pytest.raises(SigningKeyError) as caught:
        folder.find("examiner-1")
    assert caught.value.code == "key.absent"
    assert caught.value.hint.startswith("--keys FOLDER where it lies elsewhere; custody key new examiner-1 makes one")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o660, 0o644, 0o777])
@pytest.mark.parametrize("passphrase", [PASS, None])
def test_a_key_that_others_can_reach_is_refused(folder: KeyDirectory, mode: int, passphrase: bytes | None) -> None:
    """It may have been copied already; the owner has to know before he goes on using it."""
    folder.create("examiner-1", passphrase=passphrase, cost=CHEAP)
    (path,) = folder.path.iterdir()
    path.chmod(mode)
    with pytest.raises(SigningKeyError) as caught:
        folder.load("examiner-1", passphrase=passphrase)
    assert caught.value.code == "key.too-open"
    assert caught.value.hint.startswith(f"chmod 600 {path}")
    assert [entry.name for entry in folder.path.iterdir()] == [path.name]


def test_a_stick_without_modes_takes_encrypted_keys_only(folder: KeyDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sticks carry FAT: everybody can read them, so the passphrase is all there is."""
    folder.create("examiner-1", passphrase=PASS, cost=CHEAP)
    folder.create("log", passphrase=None)
    for path in folder.path.iterdir():
        path.chmod(0o755)
    monkeypatch.setattr(keys.private.directory, "has_modes", lambda *_, **__: False)
    folder.load("examiner-1", passphrase=PASS)
    assert _code(folder, "log") == "key.too-open"


def test_a_folder_that_keeps_modes_is_known_by_trying(tmp_path: Path) -> None:
    """The probe leaves nothing behind, and where it can't be made the stricter answer is given."""
    assert keys.private.disk.has_modes(tmp_path, random=counting())
    assert list(tmp_path.iterdir()) == []
    assert keys.private.disk.has_modes(tmp_path / "nowhere", random=counting())


def test_two_keys_of_one_agent_live_side_by_side_until_one_retires(folder: KeyDirectory) -> None:
    """Between the new key's making and its enrolment both are needed, and no guess is made which."""
    old = folder.create("examiner-1", passphrase=PASS, cost=CHEAP)
    new = folder.create("examiner-1", passphrase=PASS, cost=CHEAP)
    assert _code(folder) == "key.ambiguous"
    assert folder.load("examiner-1", passphrase=PASS, key=old.key_id).key_id == old.key_id
    (stored,) = [key for key in folder.find("examiner-1") if key.key_id == old.key_id]
    retired = folder.retire(stored)
    assert folder.load("examiner-1", passphrase=PASS).key_id == new.key_id
    assert retired.suffix == ".retired"
    assert _mode(retired) == 0o600
    with pytest.raises(SigningKeyError, match=r"key\.exists"):
        folder.retire(stored)


def test_a_damaged_key_beside_a_good_one_blocks_nobody(folder: KeyDirectory) -> None:
    """An examiner at a scene needs the key that works."""
    made = folder.create("examiner-1", passphrase=PASS, cost=CHEAP)
    broken = folder.path / "examiner-1.00000000.key"
    broken.write_bytes(b"")
    broken.chmod(0o600)
    assert folder.load("examiner-1", passphrase=PASS).key_id == made.key_id


def test_a_damaged_key_alone_is_named(folder: KeyDirectory) -> None:
    """'No key' would send its owner to make a new one."""
    folder.create("examiner-1", passphrase=PASS, cost=CHEAP)
    (path,) = folder.path.iterdir()
    path.write_bytes(path.read_bytes()[:-1])
    assert _code(folder) == "key.damaged"


def test_an_agent_gets_the_keys_of_exactly_his_name(folder: KeyDirectory) -> None:
    """Ids hold dots; the file's content says whose key it is, not the name somebody gave the file."""
    folder.create("exam", passphrase=PASS, cost=CHEAP)
    folder.create("exam.deadbeef", passphrase=PASS, cost=CHEAP)
    assert folder.load("exam", passphrase=PASS).agent == "exam"
    assert folder.load("exam.deadbeef", passphrase=PASS).agent == "exam.deadbeef"
    (path,) = [key.path for key in folder.find("exam")]
    path.rename(folder.path / "other.12345678.key")
    assert _code(folder, "other") == "key.absent"
    assert _code(folder, "exam", key=signer(9).key_id) == "key.absent"
    assert _code(folder, "exam.deadbeef", key=signer(9).key_id) == "key.absent"


@pytest.mark.parametrize("has_links", [True, False])
def test_nothing_is_ever_overwritten(folder: KeyDirectory, monkeypatch: pytest.MonkeyPatch, has_links: bool) -> None:
    """A key that is gone takes its signatures' future with it."""
    if not has_links:
        monkeypatch.setattr(os, "link", _refuse_link)
    path = folder.add(signer(1), passphrase=PASS, cost=CHEAP)
    before = path.read_bytes()
    with pytest.raises(SigningKeyError, match=r"key\.exists"):
        folder.add(signer(1), passphrase=b"other", cost=CHEAP)
    assert path.read_bytes() == before
    assert [entry.name for entry in folder.path.iterdir()] == [path.name]
    assert _mode(path) == 0o600


def _refuse_link(*_: object, **__: object) -> None:
    raise PermissionError(1, "Operation not permitted")


@pytest.mark.parametrize("call", ["fsync", "link"])
def test_a_write_that_fails_leaves_nothing(folder: KeyDirectory, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    """Half a key would be found later as a damaged one."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    folder.path.mkdir(parents=True)
    monkeypatch.setattr(os, call, fail)
    with pytest.raises(SigningKeyError, match="No space left on device") as caught:
        folder.create("examiner-1", passphrase=PASS, cost=CHEAP)
    assert caught.value.code == "key.write"
    assert list(folder.path.iterdir()) == []


def test_a_pipe_in_the_place_of_a_key_does_not_hang(folder: KeyDirectory) -> None:
    """Whoever can write to the folder could otherwise stop its owner from working."""
    folder.path.mkdir(parents=True)
    os.mkfifo(folder.path / "examiner-1.00000000.key", 0o600)
    assert _code(folder) == "key.read"


def test_a_huge_file_is_not_read_whole(folder: KeyDirectory) -> None:
    """A key file has some 600 bytes."""
    folder.path.mkdir(parents=True)
    path = folder.path / "examiner-1.00000000.key"
    with path.open("wb") as file:
        file.truncate(2**40)
    path.chmod(0o600)
    assert _code(folder) == "key.damaged"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """Such as a file of that name."""
    (tmp_path / "keys").write_text("")
    with pytest.raises(SigningKeyError) as caught:
        KeyDirectory(tmp_path / "keys", counting()).create("examiner-1", passphrase=PASS, cost=CHEAP)
    assert caught.value.code == "key.folder"


def test_a_missing_file_is_absent(tmp_path: Path) -> None:
    """Reading says so itself, for a file that goes between listing and loading."""
    with pytest.raises(SigningKeyError, match=r"key\.absent"):
        keys.private.disk.read_secret(tmp_path / "gone", maximum=10)


def test_a_key_of_the_old_owner_opens_after_a_backup_is_put_back(folder: KeyDirectory) -> None:
    """A key file is all there is to back up."""
    raw = format_key_file(signer(3), passphrase=PASS, random=counting(), cost=CHEAP)
    folder.path.mkdir(parents=True)
    path = folder.path / "examiner-1.aaaaaaaa.key"
    path.write_bytes(raw)
    path.chmod(0o600)
    assert folder.load("examiner-1", passphrase=PASS).key_id == signer(3).key_id
