"""Interrupted readings go on where they were, read nothing twice, and never mix two states of a source."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from custody.evidence.conveyor import BUFFER_BYTES
from custody.evidence.hashing import Hasher
from custody.evidence.intake import Intake, Progress, take_in
from custody.evidence.medium import FileMedium
from custody.evidence.partial import Partials
from custody.evidence.sources import find_sources
from custody.evidence.store import EvidenceStore
from schemas.content import Digests
from schemas.errors import RefusedError
from schemas.limits import PIECE_BYTES
from tests.evidence.conftest import Salts

SIZE = 5 * PIECE_BYTES + 9
HALFWAY = 3 * PIECE_BYTES + 2 * BUFFER_BYTES

Reading = Callable[..., Intake]


class Unplugged(BaseException):
    """What ends a process in the middle; nothing catches it."""


class Counting(FileMedium):
    """A source that counts what is read of it."""

    count = 0

    def read_into(self, view: memoryview, offset: int) -> int:
        """Count."""
        read = super().read_into(view, offset)
        type(self).count += read
        return read


@pytest.fixture
def disk(seized: Path) -> Path:
    """A disk without a hole: each buffer differs from every other."""
    path = seized / "disk.dd"
    with path.open("wb") as file:
        for number in range(SIZE // BUFFER_BYTES):
            file.write(number.to_bytes(4, "big") * (BUFFER_BYTES // 4))
        file.write(b"the end!!")
    return path


@pytest.fixture
def reading(disk: Path, store: EvidenceStore, salts: Salts, spool: Path) -> Reading:
    """Return what reads the disk, up to byte ``until``, and stores it as a registration would."""
    Counting.count = 0

    def read(
        *, resume: bool | None = None, until: int | None = None, in_place: bool = False, disk: Path = disk
    ) -> Intake:
        def stop(progress: Progress) -> None:
            if until is not None and progress.read >= until:
                raise Unplugged

        with Partials(store.base / ".partial", resume=resume) as partials, store.begin() as batch:
            intake = take_in(
                [disk],
                salts=salts,
                spool=spool,
                batch=None if in_place else batch,
                partials=partials,
                open_medium=Counting,
                progress=stop,
            )
            batch.commit()
            partials.forget()
        return intake

    return read


def _check_stored(intake: Intake, store: EvidenceStore, hasher: Hasher) -> None:
    """The copy is what the record says, byte for byte; `EvidenceStore.check` raises if not."""
    assert store.check(_sha256(intake), hasher=hasher).size == SIZE


def _sha256(intake: Intake) -> str:
    assert isinstance(intake.content.files, tuple)
    assert isinstance(intake.content.files[0].digests, Digests)
    return intake.content.files[0].digests.sha256


def _interrupt(reading: Reading, **how: object) -> None:
    with pytest.raises(Unplugged):
        reading(until=HALFWAY, **how)


def _partial(store: EvidenceStore) -> Path:
    (folder,) = (store.base / ".partial").iterdir()
    return folder


@pytest.mark.parametrize("in_place", [False, True])
def test_an_interrupted_reading_ends_as_one_that_was_not(
    in_place: bool, reading: Reading, store: EvidenceStore, hasher: Hasher
) -> None:
    """The record must not tell how often the cable was pulled."""
    _interrupt(reading, in_place=in_place)
    _interrupt(reading, resume=True, in_place=in_place)
    resumed = reading(resume=True, in_place=in_place)
    if not in_place:
        _check_stored(resumed, store, hasher)
    assert list((store.base / ".partial").iterdir()) == []
    again = reading(in_place=in_place)
    assert _sha256(resumed) == _sha256(again)
    assert resumed.pieces == again.pieces


def test_what_our_copy_holds_is_not_read_from_the_source_again(
    reading: Reading, store: EvidenceStore, hasher: Hasher
) -> None:
    """A failing disk may give its bytes once only."""
    _interrupt(reading)
    read_before, Counting.count = Counting.count, 0
    intake = reading(resume=True)
    assert Counting.count <= SIZE - 2 * PIECE_BYTES
    assert read_before + Counting.count < SIZE + 2 * PIECE_BYTES
    _check_stored(intake, store, hasher)


def test_in_place_all_is_read_a_second_time(reading: Reading) -> None:
    """The digest of the whole needs every byte, and no copy holds them."""
    _interrupt(reading, in_place=True)
    Counting.count = 0
    reading(resume=True, in_place=True)
    assert Counting.count == SIZE


def test_nobody_goes_on_or_begins_anew_unasked(reading: Reading, disk: Path, store: EvidenceStore) -> None:
    """The one throws hours away, the other may be wrong about what the source is."""
    _interrupt(reading)
    with pytest.raises(RefusedError, match="found one of") as caught:
        reading()
    assert caught.value.code == "evidence.interrupted"
    with Partials(store.base / ".partial") as partials:
        (found,) = partials.interrupted(find_sources([disk]))
        assert partials.interrupted(find_sources([disk.parent])) == (found,)
        assert partials.interrupted(find_sources([store.base])) == ()
    assert found.mark.size == SIZE
    assert 2 <= len(found.digests) <= 3
    Counting.count = 0
    reading(resume=False)
    assert Counting.count == SIZE
    assert list((store.base / ".partial").iterdir()) == []


@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize("deed", ["grown", "written"])
def test_a_source_that_changed_meanwhile_is_refused(deed: str, in_place: bool, reading: Reading, disk: Path) -> None:
    """Half of Monday's disk and half of Tuesday's were never a disk."""
    _interrupt(reading, in_place=in_place)
    with disk.open("r+b") as file:
        file.seek(0, os.SEEK_END if deed == "grown" else os.SEEK_SET)
        file.write(b"more")
    os.utime(disk, (1, 1))
    with pytest.raises(RefusedError) as caught:
        reading(resume=True, in_place=in_place)
    assert caught.value.code == "evidence.changed"
    assert "--no-resume" in caught.value.hint


def test_bytes_that_changed_under_the_same_time_are_found_in_place(reading: Reading, disk: Path) -> None:
    """A time of change can be set by hand; the digests of the pieces can't."""
    _interrupt(reading, in_place=True)
    times = os.stat(disk)
    with disk.open("r+b") as file:
        file.seek(PIECE_BYTES + 5)
        file.write(b"X")
    os.utime(disk, ns=(times.st_atime_ns, times.st_mtime_ns))
    with pytest.raises(RefusedError, match=f"from {PIECE_BYTES} on") as caught:
        reading(resume=True, in_place=True)
    assert caught.value.code == "evidence.changed"


@pytest.mark.parametrize("keep", [0, 1, PIECE_BYTES, 2 * PIECE_BYTES - 1])
def test_a_copy_that_a_power_failure_cut_is_read_on_from_there(
    keep: int, reading: Reading, store: EvidenceStore, hasher: Hasher
) -> None:
    """The journal may be on disk where the bytes are not."""
    _interrupt(reading)
    os.truncate(_partial(store) / "copy", keep)
    intake = reading(resume=True)
    _check_stored(intake, store, hasher)
    assert _sha256(intake) == _sha256(reading())


def test_a_spoilt_copy_is_not_believed(reading: Reading, store: EvidenceStore, hasher: Hasher) -> None:
    """What is taken over is hashed and compared first."""
    _interrupt(reading)
    with (_partial(store) / "copy").open("r+b") as file:
        file.seek(PIECE_BYTES + 3)
        file.write(b"?")
    intake = reading(resume=True)
    _check_stored(intake, store, hasher)
    assert _sha256(intake) == _sha256(reading())


@pytest.mark.parametrize("cut", [0, 10, 200, 230])
def test_a_journal_cut_anywhere_is_no_obstacle(
    cut: int, reading: Reading, store: EvidenceStore, hasher: Hasher
) -> None:
    """It is written while the machine may stop."""
    _interrupt(reading)
    path = _partial(store) / "journal"
    path.write_bytes(path.read_bytes()[:cut])
    intake = reading(resume=True)
    _check_stored(intake, store, hasher)
    assert _sha256(intake) == _sha256(reading())


def test_two_processes_never_write_one_copy(reading: Reading, store: EvidenceStore) -> None:
    """Two examiners may think of the same disk."""

    def meanwhile(progress: Progress) -> None:
        if progress.read > 2 * PIECE_BYTES:
            with pytest.raises(RefusedError) as caught:
                reading(resume=True)
            assert caught.value.code == "evidence.busy"
            raise Unplugged

    _interrupt(reading)
    with pytest.raises(Unplugged), Partials(store.base / ".partial", resume=True) as partials, store.begin() as batch:
        take_in(
            [store.base.parent.parent / "seized" / "disk.dd"],
            salts=lambda: os.urandom(16),
            spool=store.base.parent / "manifests",
            batch=batch,
            partials=partials,
            progress=meanwhile,
        )
    assert _sha256(reading(resume=True)) == _sha256(reading())


def test_what_hardly_began_is_not_kept(reading: Reading, store: EvidenceStore) -> None:
    """There is nothing to go on from, and nobody is to be asked about it."""
    with pytest.raises(Unplugged):
        reading(until=BUFFER_BYTES)
    assert list((store.base / ".partial").iterdir()) == []


def test_the_file_is_known_by_its_path(reading: Reading, disk: Path, store: EvidenceStore) -> None:
    """Another disk at the same place of the desk is another disk."""
    _interrupt(reading)
    other = disk.with_name("other.dd")
    shutil.copy(disk, other)
    assert _sha256(reading(disk=other)) == _sha256(reading(resume=True))


@pytest.mark.parametrize("deed", ["append", "truncate", "unlink"])
def test_a_source_that_does_not_hold_still_leaves_nothing_to_go_on_from(
    deed: str, disk: Path, store: EvidenceStore, salts: Salts, spool: Path
) -> None:
    """What was read of it is a mixture, and must not be taken up again."""

    def append() -> None:
        with disk.open("ab") as file:
            file.write(b"more")

    deeds: dict[str, Callable[[], object]] = {
        "append": append,
        "truncate": lambda: os.truncate(disk, HALFWAY + 1),
        "unlink": disk.unlink,
    }

    def act(progress: Progress) -> None:
        if progress.read >= HALFWAY and deeds:
            deeds.pop(deed)()
            deeds.clear()

    with Partials(store.base / ".partial") as partials, store.begin() as batch, pytest.raises(RefusedError) as caught:
        take_in([disk], salts=salts, spool=spool, batch=batch, partials=partials, progress=act)
    assert caught.value.code == ("evidence.vanished" if deed == "unlink" else "evidence.changed")
    assert list((store.base / ".partial").iterdir()) == []
