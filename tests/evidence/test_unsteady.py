"""Evidence that doesn't hold still, can't be read, or isn't what it was: refused, and nothing stays behind."""

import os
import resource
from collections.abc import Callable
from pathlib import Path

import pytest

from custody.evidence.hashing import BUFFER_BYTES
from custody.evidence.intake import LISTED, Progress, take_in
from custody.evidence.store import EvidenceStore
from custody.evidence.survey import survey
from schemas.errors import RefusedError, StorageError
from schemas.types import UNSET, Private
from tests.evidence.conftest import Salts, unprivileged

SIZES = pytest.mark.parametrize("size", [5, 3 * BUFFER_BYTES], ids=["small", "large"])


def _once(deed: Callable[[], object]) -> Callable[[Progress], None]:
    """Do ``deed`` at the first sign of progress, which is in the middle of reading the first file."""
    deeds = [deed]

    def act(progress: Progress) -> None:
        if deeds:
            deeds.pop()()

    return act


def _append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def _overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"X")
    os.utime(path, (1, 1))


def _truncate(path: Path) -> None:
    os.truncate(path, 1)


def _names(store: EvidenceStore) -> list[str]:
    return sorted(str(path.relative_to(store.base)) for path in store.base.rglob("*"))


@SIZES
@pytest.mark.parametrize("deed", [_append, _overwrite, _truncate])
def test_a_file_that_changes_while_it_is_read_is_refused(
    size: int, deed: Callable[[Path], None], seized: Path, salts: Salts, spool: Path, store: EvidenceStore
) -> None:
    """Half of the old bytes and half of the new ones were never a file."""
    path = seized / "log"
    path.write_bytes(bytes(size))
    with store.begin() as batch, pytest.raises(RefusedError, match="log") as caught:
        take_in([path], salts=salts, spool=spool, batch=batch, progress=_once(lambda: deed(path)))
    assert caught.value.code == "evidence.changed"
    assert _names(store) == [".staging"]


@SIZES
def test_a_file_that_vanishes_while_it_is_read_is_refused(size: int, seized: Path, salts: Salts, spool: Path) -> None:
    """Whoever deletes it at that moment should be asked why."""
    path = seized / "log"
    path.write_bytes(bytes(size))
    with pytest.raises(RefusedError, match="log") as caught:
        take_in([path], salts=salts, spool=spool, progress=_once(path.unlink))
    assert caught.value.code == "evidence.vanished"


def test_a_file_that_vanishes_before_its_turn_is_refused(seized: Path, salts: Salts, spool: Path) -> None:
    """It was listed, so it was there."""
    for name in ("a", "b"):
        (seized / name).touch()
    with pytest.raises(RefusedError, match="b") as caught:
        take_in([seized], salts=salts, spool=spool, progress=_once((seized / "b").unlink))
    assert caught.value.code == "evidence.vanished"


@pytest.mark.parametrize("put", ["link", "pipe", "directory"])
def test_a_file_swapped_for_something_else_is_refused(put: str, seized: Path, salts: Salts, spool: Path) -> None:
    """A link would lead outside, a pipe would wait for ever."""
    for name in ("a", "b"):
        (seized / name).touch()

    def swap() -> None:
        (seized / "b").unlink()
        match put:
            case "link":
                (seized / "b").symlink_to("/etc/hostname")
            case "pipe":
                os.mkfifo(seized / "b")
            case _:
                (seized / "b").mkdir()

    with pytest.raises(RefusedError) as caught:
        take_in([seized], salts=salts, spool=spool, progress=_once(swap))
    assert caught.value.code == "evidence.changed"


def test_no_manifest_stays_behind_a_refusal(seized: Path, salts: Salts, spool: Path) -> None:
    """A half manifest holds names in clear."""
    for number in range(50):
        (seized / f"{number:02}").touch()

    def vanish(progress: Progress) -> None:
        if progress.files == 30:
            (seized / "40").unlink(missing_ok=True)

    with pytest.raises(RefusedError):
        take_in([seized], salts=salts, spool=spool, progress=vanish)
    assert list(spool.iterdir()) == []


def _closed(folder: Path, count: int) -> Path:
    """Make files that their reader may not open, a folder likewise, and one that is open."""
    top = folder / "seized"
    top.mkdir()
    for number in range(count):
        (top / f"{number:02}").touch(mode=0o000)
    (top / "folder").mkdir(mode=0o000)
    (top / "open").write_bytes(b"open")
    top.chmod(0o755)
    return top


def test_files_that_cannot_be_read_are_refused_with_a_list(public: Path, salts: Salts) -> None:
    """The examiner decides; until then nothing is registered."""
    top = _closed(public, 3)
    expected = r"00 \(EACCES: permission denied\), 01.*02.*folder"
    with unprivileged(), pytest.raises(RefusedError, match=expected) as caught:
        take_in([top], salts=salts, spool=public / "home")
    assert caught.value.code == "evidence.unreadable"
    assert "--accept-unreadable" in caught.value.hint


def test_the_list_of_unreadable_files_ends(public: Path, salts: Salts) -> None:
    """A million names help nobody."""
    top = _closed(public, 3 * LISTED)
    with unprivileged(), pytest.raises(RefusedError, match=f"found {LISTED} and perhaps more") as caught:
        take_in([top], salts=salts, spool=public / "home")
    assert f" {LISTED:02} (" not in caught.value.text


def test_accepted_unreadable_files_are_recorded_with_the_reason(public: Path, salts: Salts) -> None:
    """One unreadable file doesn't block a seizure, and the record says what is missing and why."""
    top = _closed(public, 1)
    with unprivileged():
        intake = take_in([top], salts=salts, spool=public / "home", accept_unreadable=True)
    assert intake.unreadable == 2
    assert isinstance(intake.content.files, tuple)
    file, folder, readable = intake.content.files
    assert (file.type, file.digests, folder.type, readable.size) == ("file", UNSET, "directory", 4)
    values = {disclosure.commitment: disclosure.value for disclosure in intake.disclosures}
    assert [values[record.error.commitment] for record in (file, folder) if isinstance(record.error, Private)] == [
        "EACCES: permission denied",
        "EACCES: permission denied",
    ]
    assert values[folder.path.commitment] == "folder"


def test_an_exhibit_that_cannot_be_opened_at_all_is_refused(public: Path, salts: Salts) -> None:
    """A registration without a single record of it would say nothing."""
    top = public / "seized"
    top.mkdir(mode=0o000)
    with unprivileged(), pytest.raises(RefusedError) as caught:
        take_in([top], salts=salts, spool=public / "home", accept_unreadable=True)
    assert caught.value.code == "evidence.unreadable"


def test_a_survey_finds_unreadable_files_beforehand(public: Path) -> None:
    """Before an hour of hashing, not after it."""
    top = _closed(public, 2)
    with unprivileged():
        found = survey([top])
    assert (found.size, found.count, found.unreadable) == (4, 4, 3)
    assert found.first_unreadable == (b"00", b"01", b"folder")


def test_a_shortage_of_this_machine_is_not_written_into_a_record(seized: Path, salts: Salts, spool: Path) -> None:
    """Too many open files say nothing about the evidence, also where unreadable files are accepted."""
    (seized / "a").mkdir()
    (seized / "a" / "b").touch()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)

    def starve(progress: Progress) -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))

    (seized / "0").touch()
    try:
        with pytest.raises(StorageError) as caught:
            take_in([seized], salts=salts, spool=spool, accept_unreadable=True, progress=starve)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert caught.value.code == "evidence.resources"


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="no files of the kernel's own here")
def test_a_file_that_only_claims_to_be_empty_is_refused(salts: Salts, spool: Path) -> None:
    """Files below /proc have no length; recorded as empty they would be lost without a word."""
    with pytest.raises(RefusedError, match="its 0 bytes became 1") as caught:
        take_in([Path("/proc/version")], salts=salts, spool=spool)
    assert caught.value.code == "evidence.changed"
