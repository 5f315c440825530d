"""Block devices as exhibits, and files whose medium doesn't give all of them."""

import errno
import os
import stat
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from custody.evidence.check import check_in_place
from custody.evidence.conveyor import BUFFER_BYTES
from custody.evidence.intake import Intake, take_in
from custody.evidence.locations import Locations
from custody.evidence.medium import FileMedium
from custody.evidence.members import members_of_event
from custody.evidence.store import EvidenceStore
from custody.evidence.survey import survey
from schemas.content import Digests, Extent, FileRecord
from schemas.errors import RefusedError
from schemas.types import UNSET, Private
from tests.evidence.conftest import Salts

SIZE = 3 * BUFFER_BYTES + 512


def _record(intake: Intake) -> FileRecord:
    assert isinstance(intake.content.files, tuple)
    return intake.content.files[0]


def _sha256(intake: Intake) -> str:
    digests = _record(intake).digests
    assert isinstance(digests, Digests)
    return digests.sha256


class Scratched(FileMedium):
    """A disk with bad sectors at 512 and at the beginning of the second MiB, of 1,024 bytes."""

    bad = ((512, 1024), (BUFFER_BYTES, BUFFER_BYTES + 1024))

    def read_into(self, view: memoryview, offset: int) -> int:
        """Refuse what touches a bad sector."""
        if any(offset < last and first < offset + len(view) for first, last in self.bad):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return super().read_into(view, offset)


class Dead(FileMedium):
    """A disk that gives nothing at all."""

    def read_into(self, view: memoryview, offset: int) -> int:
        """Refuse."""
        raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_bad_sectors_are_refused_first_and_named(seized: Path, salts: Salts, spool: Path) -> None:
    """Whether zeros may stand for evidence is for a person to say."""
    (seized / "disk").write_bytes(os.urandom(SIZE))
    with pytest.raises(RefusedError, match="EIO: input/output error at byte 512") as caught:
        take_in([seized], salts=salts, spool=spool, open_medium=Scratched)
    assert caught.value.code == "evidence.unreadable"


def test_accepted_bad_sectors_are_zeros_in_copy_and_digest(
    seized: Path, salts: Salts, spool: Path, store: EvidenceStore
) -> None:
    """What is recorded is what is kept, and the places of what is lost are known."""
    raw = bytearray(os.urandom(SIZE))
    (seized / "disk").write_bytes(raw)
    with store.begin() as batch:
        intake = take_in([seized], salts=salts, spool=spool, batch=batch, accept_unreadable=True, open_medium=Scratched)
        batch.commit()
    for first, last in Scratched.bad:
        raw[first:last] = bytes(last - first)
    assert _sha256(intake) == sha256(raw).hexdigest()
    assert store.get(_sha256(intake)).read_bytes() == raw
    lost = (Extent(offset=512, size=512), Extent(offset=BUFFER_BYTES, size=1024))
    assert intake.unread == ((_sha256(intake), lost),)
    assert intake.unreadable == 0


def test_a_medium_that_gives_nothing_is_a_file_without_content(seized: Path, salts: Salts, spool: Path) -> None:
    """A digest over nothing but zeros would look like evidence."""
    (seized / "disk").write_bytes(os.urandom(SIZE))
    intake = take_in([seized], salts=salts, spool=spool, accept_unreadable=True, open_medium=Dead)
    assert _record(intake).digests == UNSET
    assert isinstance(_record(intake).error, Private)
    assert (intake.unreadable, intake.unread) == (1, ())


@pytest.fixture
def device(tmp_path: Path) -> Iterator[Path]:
    """A loop device over a file of random bytes, where this user may make one."""
    path = tmp_path / "backing"
    path.write_bytes(os.urandom(SIZE))
    try:
        made = subprocess.run(["losetup", "-f", "--show", "-r", path], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no loop devices here")
    name = Path(made.stdout.strip())
    assert stat.S_ISBLK(name.stat().st_mode)
    yield name
    subprocess.run(["losetup", "-d", name], check=True)


def test_a_device_is_one_file(device: Path, tmp_path: Path, salts: Salts, spool: Path, store: EvidenceStore) -> None:
    """What stands on the disk is the exhibit, byte for byte."""
    with store.begin() as batch:
        intake = take_in([device], salts=salts, spool=spool, batch=batch)
        batch.commit()
    record = _record(intake)
    assert (record.type, record.size, record.modified) == ("file", SIZE, UNSET)
    assert _sha256(intake) == sha256((tmp_path / "backing").read_bytes()).hexdigest()
    assert store.get(_sha256(intake)).stat().st_size == SIZE
    assert (survey([device]).size, survey([device]).unreadable) == (SIZE, 0)


def test_a_device_that_stays_in_place_is_found_and_checked_again(
    device: Path, tmp_path: Path, salts: Salts, spool: Path
) -> None:
    """A server's disk may have to stay where it is."""
    intake = take_in([device], salts=salts, spool=spool)
    locations = Locations(tmp_path / "locations")
    locations.record("0" * 64, intake.sources)
    sources = locations.find("0" * 64)
    assert sources == intake.sources
    known = {disclosure.commitment: disclosure for disclosure in intake.disclosures}
    result = check_in_place(members_of_event(intake.content, known), sources=sources or ())
    assert (result.is_unaltered, result.matching) == (True, 1)


def test_a_device_among_files_is_refused(device: Path, seized: Path, salts: Salts, spool: Path) -> None:
    """A device node on a seized disk points into this machine, and not into the seized one."""
    os.mknod(seized / "sda", stat.S_IFBLK | 0o600, device.stat().st_rdev)
    with pytest.raises(RefusedError, match="sda") as caught:
        take_in([seized], salts=salts, spool=spool)
    assert caught.value.code == "evidence.special-file"


def test_an_endless_device_is_refused(salts: Salts, spool: Path) -> None:
    """Character devices have no end."""
    with pytest.raises(RefusedError) as caught:
        take_in([Path("/dev/zero")], salts=salts, spool=spool)
    assert caught.value.code == "evidence.special-file"
