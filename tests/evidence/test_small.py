"""Small files of a batch: whole or not there, and what the disk says of them is heard before they count."""

import errno
import os
from hashlib import sha256
from pathlib import Path

import pytest

from custody.evidence import small
from custody.evidence.store import EvidenceStore
from schemas.errors import StorageError

RAW = b"evidence"
NAME = sha256(RAW).hexdigest()


def test_half_of_a_file_is_never_taken_for_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same bytes may come again when there is room: what was cut short must not stand in their place."""
    store = EvidenceStore(tmp_path / "store")
    write = os.write

    def full(fd: int, raw: memoryview) -> int:
        if len(raw) < len(RAW):
            raise OSError(errno.ENOSPC, "no room")
        return write(fd, raw[:3])

    with store.begin() as batch:
        with monkeypatch.context() as patched:
            patched.setattr(os, "write", full)
            with pytest.raises(StorageError) as caught:
                batch.add(NAME, RAW)
        assert caught.value.code == "store.full"
        assert batch.find(NAME) is None
        batch.add(NAME, RAW)
        batch.commit()
    assert store.get(NAME).read_bytes() == RAW


def test_an_error_of_the_disk_while_files_come_stops_the_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk tells of lost bytes once: what it said early must not be forgotten when the batch is committed."""
    store = EvidenceStore(tmp_path / "store")

    def broken(fd: int) -> None:
        raise OSError(errno.EIO, "lost")

    monkeypatch.setattr(small, "_EARLY", 1)
    monkeypatch.setattr(small, "sync_early", broken)
    with store.begin() as batch:
        batch.add(NAME, RAW)
        with pytest.raises(StorageError) as caught:
            batch.commit()
    assert caught.value.code == "store.failed"
    assert not store.has(NAME)


def test_files_reach_the_store_whichever_of_them_the_disk_took_early(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That some were synced on the way changes nothing of what is there in the end."""
    monkeypatch.setattr(small, "_EARLY", 20)
    store, contents = EvidenceStore(tmp_path / "store"), [b"%d" % number * 9 for number in range(50)]
    with store.begin() as batch:
        for raw in (*contents, contents[0]):
            batch.add(sha256(raw).hexdigest(), raw)
        batch.commit()
    assert [store.get(sha256(raw).hexdigest()).read_bytes() for raw in contents] == contents
