"""The store: each file whole under its digest or not there, whatever happens in between."""

import fcntl
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from custody.evidence import disk
from custody.evidence.hashing import BUFFER_BYTES, Hasher
from custody.evidence.store import EvidenceStore
from schemas.errors import RecordError, StorageError, UsageError, VerificationError
from tests.architecture.tree import ROOT

RAW = b"evidence"
DIGEST = sha256(RAW).hexdigest()


def _put(store: EvidenceStore, raw: bytes) -> str:
    with store.begin() as batch:
        digests = store.add_bytes(raw, batch=batch)
        batch.commit()
    return digests.sha256


def _files(store: EvidenceStore) -> list[str]:
    return sorted(str(path.relative_to(store.base)) for path in store.base.rglob("*") if path.is_file())


def test_a_stored_file_lies_under_its_digest_and_cannot_be_written(store: EvidenceStore) -> None:
    """Anybody can check the store with the usual tools, and nobody changes it by accident."""
    assert _put(store, RAW) == DIGEST
    assert _files(store) == [f"{DIGEST[:2]}/{DIGEST}"]
    assert store.get(DIGEST).read_bytes() == RAW
    assert stat.S_IMODE(store.get(DIGEST).stat().st_mode) & ~0o440 == 0


def test_nothing_is_stored_without_commit(store: EvidenceStore, tmp_path: Path, hasher: Hasher) -> None:
    """An examiner who doesn't sign leaves no copy behind."""
    (tmp_path / "large").write_bytes(bytes(BUFFER_BYTES + 1))
    with store.begin() as batch:
        store.add_bytes(RAW, batch=batch)
        store.add_file(tmp_path / "large", batch=batch, hasher=hasher)
    assert _files(store) == []
    assert not store.has(DIGEST)


def test_the_same_bytes_are_kept_once(store: EvidenceStore) -> None:
    """Two exhibits may hold one file; the second time it isn't written."""
    _put(store, RAW)
    first = store.get(DIGEST).stat().st_ino
    with store.begin() as batch:
        for _ in range(3):
            store.add_bytes(RAW, batch=batch)
        batch.commit()
    assert store.get(DIGEST).stat().st_ino == first


def test_a_cut_file_is_replaced_by_a_whole_one(store: EvidenceStore) -> None:
    """After damage, registering the same file again heals the store instead of pointing at the ruin."""
    _put(store, RAW)
    store.get(DIGEST).chmod(0o600)
    os.truncate(store.get(DIGEST), 1)
    _put(store, RAW)
    assert store.get(DIGEST).read_bytes() == RAW


def test_absent_files_and_wrong_digests_are_told_apart(store: EvidenceStore) -> None:
    """A digest from outside is never made into a path unread."""
    with pytest.raises(StorageError) as caught:
        store.get(DIGEST)
    assert caught.value.code == "store.absent"
    for wrong in ("../../etc/passwd", DIGEST.upper(), DIGEST[:-1]):
        with pytest.raises(RecordError):
            store.get(wrong)


def test_a_check_reads_every_byte(store: EvidenceStore, hasher: Hasher) -> None:
    """One flipped bit is found, and the error names both digests."""
    _put(store, RAW)
    assert store.check(DIGEST, hasher=hasher).size == len(RAW)
    store.get(DIGEST).chmod(0o600)
    store.get(DIGEST).write_bytes(b"Evidence")
    with pytest.raises(VerificationError, match=f"{DIGEST}.*{sha256(b'Evidence').hexdigest()}") as caught:
        store.check(DIGEST, hasher=hasher)
    assert caught.value.code == "store.damaged"


def test_a_document_is_stored_from_a_file(store: EvidenceStore, tmp_path: Path, hasher: Hasher) -> None:
    """A warrant goes the same way as evidence."""
    (tmp_path / "warrant.pdf").write_bytes(RAW)
    with store.begin() as batch:
        digests = store.add_file(tmp_path / "warrant.pdf", batch=batch, hasher=hasher)
        batch.commit()
    assert (digests.sha256, digests.size) == (DIGEST, len(RAW))
    assert store.get(DIGEST).read_bytes() == RAW


@pytest.mark.parametrize("what", ["absent", "folder"])
def test_a_document_that_is_no_file_is_refused(what: str, store: EvidenceStore, tmp_path: Path, hasher: Hasher) -> None:
    """The message names the path that was typed."""
    (tmp_path / "folder").mkdir()
    with store.begin() as batch, pytest.raises(UsageError, match=what):
        store.add_file(tmp_path / what, batch=batch, hasher=hasher)


def test_holes_stay_holes(store: EvidenceStore, tmp_path: Path, hasher: Hasher) -> None:
    """An image of an empty disk must not fill the store; its length and digest are those of the whole."""
    size = 32 * BUFFER_BYTES + 1
    (tmp_path / "image").touch()
    os.truncate(tmp_path / "image", size)
    with store.begin() as batch:
        digests = store.add_file(tmp_path / "image", batch=batch, hasher=hasher)
        batch.commit()
    found = store.get(digests.sha256).stat()
    assert (digests.size, found.st_size) == (size, size)
    assert found.st_blocks * 512 < 2 * BUFFER_BYTES
    assert store.check(digests.sha256, hasher=hasher) == digests


def test_systems_without_syncfs_store_the_same(store: EvidenceStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where files are synced one by one, they arrive as well."""
    monkeypatch.setattr(disk, "_libc", lambda: None)
    _put(store, RAW)
    assert _files(store) == [f"{DIGEST[:2]}/{DIGEST}"]


CRASH = """
import os, sys
from pathlib import Path
from custody.evidence.hashing import Hasher
from custody.evidence.store import EvidenceStore
store = EvidenceStore(Path(sys.argv[1]))
batch = store.begin()
store.add_file(Path(sys.argv[2]), batch=batch, hasher=Hasher())
print("staged", flush=True)
sys.stdin.read()
"""


def _start(code: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _is_spread(directory: Path) -> bool:
    """Read the flag as chattr(1) has it; no disk but some of Linux has it."""
    flags = bytearray(8)
    fd = os.open(directory, os.O_RDONLY)
    try:
        fcntl.ioctl(fd, 0x80086601, flags)
    except OSError:
        return False
    finally:
        os.close(fd)
    return bool(int.from_bytes(flags[:4], sys.byteorder) & 0x00020000)


def test_batches_lie_apart_where_the_disk_can_do_so(store: EvidenceStore, tmp_path: Path) -> None:
    """New files stay cheap after many were deleted; what can't lay out directories so is no error."""
    marked = os.open(tmp_path, os.O_RDONLY)
    disk.spread_directories(marked)
    os.close(marked)
    _put(store, RAW)
    _put(store, RAW * 2)
    assert _is_spread(store.base / ".staging") == _is_spread(tmp_path)
    for fd in os.pipe():
        disk.spread_directories(fd)
        os.close(fd)


def test_left_overs_of_a_crash_are_removed_and_live_batches_are_not(store: EvidenceStore, tmp_path: Path) -> None:
    """Two examiners may register at once, and one of them may lose power."""
    (tmp_path / "file").write_bytes(RAW)
    with _start(CRASH, str(store.base), str(tmp_path / "file")) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "staged\n"
        with store.begin():
            assert any(DIGEST in name for name in _files(store))
        other.kill()
        other.wait()
    assert any(DIGEST in name for name in _files(store))
    with store.begin():
        assert not any(DIGEST in name for name in _files(store))
    assert _files(store) == []


FULL = """
import os, resource, sys
from itertools import count
from pathlib import Path
from custody.evidence.intake import take_in
from custody.evidence.store import EvidenceStore
from schemas.errors import StorageError
source, home, limit = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
numbers = count()
store = EvidenceStore(home / "files")
try:
    with store.begin() as batch:
        take_in([source], salts=lambda: next(numbers).to_bytes(16, "big"), spool=home / "manifests", batch=batch)
        batch.commit()
except StorageError as error:
    print(error.code)
left = [str(path) for path in home.rglob("*") if path.is_file()]
print(len(left))
"""


@pytest.mark.parametrize(
    ("files", "size", "limit"),
    [(1, 3 * BUFFER_BYTES, 2 * BUFFER_BYTES), (3, 50_000, 40_000), (100, 1, 4096)],
    ids=["large file", "small files", "manifest"],
)
def test_a_full_disk_leaves_nothing_behind(files: int, size: int, limit: int, seized: Path, tmp_path: Path) -> None:
    """A limit on the length of files stands for the end of the disk: the system call that fails is the same."""
    for number in range(files):
        (seized / f"{number:03}").write_bytes(os.urandom(size))
    with _start(FULL, str(seized), str(tmp_path / "home"), str(limit)) as run:
        assert run.communicate()[0].split() == ["store.full", "0"]
        assert run.returncode == 0


def _a_link(path: Path) -> None:
    elsewhere = path.with_name("elsewhere")
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


def _a_linked_folder(path: Path) -> None:
    elsewhere = path.parent.with_name("elsewhere")
    path.parent.rename(elsewhere)
    path.parent.symlink_to(elsewhere)


def _a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("put", [_a_link, _a_linked_folder, _a_pipe, _a_folder])
def test_only_a_file_of_its_own_is_in_the_store(
    store: EvidenceStore, put: Callable[[Path], None], hasher: Hasher
) -> None:
    """A link shows what anybody may change elsewhere, and of a pipe a reader would wait for ever."""
    path = store.path(_put(store, RAW))
    put(path)
    assert not store.has(DIGEST)
    assert not store.has(DIGEST, size=path.lstat().st_size)
    with pytest.raises(StorageError) as caught:
        store.get(DIGEST)
    assert caught.value.code == "store.absent"
    with pytest.raises(VerificationError) as refused:
        store.check(DIGEST, hasher=hasher)
    assert refused.value.code == "store.damaged"


@pytest.mark.parametrize("put", [_a_link, _a_pipe])
def test_what_took_a_file_s_place_gives_way_to_the_file(store: EvidenceStore, put: Callable[[Path], None]) -> None:
    """Registering the same file again heals the store."""
    put(store.path(_put(store, RAW)))
    _put(store, RAW)
    assert store.has(DIGEST)
    assert store.get(DIGEST).read_bytes() == RAW


def test_nothing_is_stored_by_way_of_a_link(store: EvidenceStore) -> None:
    """What lies behind it is on another disk, which no backup of the store copies."""
    _a_linked_folder(store.path(_put(store, RAW)))
    with pytest.raises(StorageError) as refused:
        _put(store, RAW)
    assert refused.value.code == "store.failed"
    assert "found a link" in refused.value.text
