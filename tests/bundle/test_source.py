"""A bundle on the disk as the verifier sees it, and the difference between a bad bundle and a bad disk."""

import os
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from blake3 import blake3

from custody.bundle.container import Container, read_container
from custody.bundle.measure import PIECE, measure
from custody.bundle.source import BundleSource, Folders, verify_bundle, verify_container
from custody.verify.record.source import FoundFile
from custody.verify.verify import Trusted
from schemas import layout, limits
from schemas.errors import StorageError, UsageError, VerificationError
from schemas.report import Severity, Verdict
from schemas.text import parse_time
from tests.bundle.making import EVIDENCE, EVIDENCE_NAME, Memory, small_bytes

AT = parse_time("2026-12-01T00:00:00Z")


@pytest.fixture(scope="module")
def small() -> bytes:
    """The bytes of a small container whose records are none."""
    return small_bytes()


class TiredDisk:
    """A region whose disk fails on content of some place."""

    def __init__(self, raw: bytes, fails_at: int) -> None:
        self._memory = Memory(raw)
        self.size = len(raw)
        self.fails_at = fails_at

    def read_at(self, offset: int, length: int) -> bytes:
        if offset <= self.fails_at < offset + length:
            raise StorageError("storage.io", "input/output error")
        return self._memory.read_at(offset, length)


@pytest.mark.parametrize("size", [0, 1, PIECE, 4 * PIECE - 1, 4 * PIECE, 5 * PIECE + 3])
def test_large_and_small_files_are_measured_alike(size: int) -> None:
    """Large ones are hashed by two threads, and no byte may be lost between them."""
    raw = bytes(range(251)) * (size // 251 + 1)
    raw = raw[:size]
    found = measure(BytesIO(raw).read, size=size, digests=["blake3"])
    assert (found.sha256, found.size) == (sha256(raw).hexdigest(), size)
    assert found.digests == {"blake3": blake3(raw).hexdigest()}


def test_only_evidence_is_measured_twice(small: bytes) -> None:
    """Nothing but file records names a second digest, so nothing else pays for it."""
    source = BundleSource(read_container(Memory(small)))
    assert source.measure(EVIDENCE_NAME).digests.keys() == {"blake3"}
    assert source.measure(layout.BAGIT).digests == {}
    assert source.measure(EVIDENCE_NAME).sha256 == sha256(EVIDENCE).hexdigest()


def test_the_source_reads_what_the_container_holds(small: bytes) -> None:
    """Names, bytes and lines come as they are, and no member above its cap."""
    source = BundleSource(read_container(Memory(small)))
    assert EVIDENCE_NAME in source.names()
    assert source.read(layout.README, 100) == b"how to check\n"
    assert list(source.lines(layout.README, 100)) == [b"how to check"]
    with pytest.raises(VerificationError, match="at most 5 bytes"):
        source.read(layout.README, 5)


def test_reading_is_reported_as_it_goes(small: bytes) -> None:
    """An hour of hashing without a sign would be taken for a crash."""
    counts: list[int] = []
    BundleSource(read_container(Memory(small)), on_bytes=counts.append).measure(EVIDENCE_NAME)
    assert sum(counts) == len(EVIDENCE)


@pytest.fixture
def tired(small: bytes) -> Iterator[Container]:
    """A container whose disk fails in the middle of the evidence, after it was opened."""
    disk = TiredDisk(small, -1)
    container = read_container(disk)
    disk.fails_at = small.index(EVIDENCE) + 3
    with container:
        yield container


def test_a_failing_disk_is_no_verdict_on_the_bundle(tired: Container) -> None:
    """Evidence must never be called forged because a reader's own memory stick is worn out."""
    with pytest.raises(StorageError, match="input/output"):
        verify_container(tired, trusted=Trusted(), at=AT)


def test_damaged_bytes_are_a_verdict_on_the_bundle(small: bytes) -> None:
    """The same place, but the disk reads it: then the bundle is what is wrong."""
    container = read_container(Memory(small.replace(EVIDENCE, EVIDENCE.swapcase())))
    report = verify_container(container, trusted=Trusted(), at=AT).report
    assert report.verdict is Verdict.FAILED
    assert "container.crc" in {item.code for item in report.findings if item.step == 0}


def test_what_is_no_container_fails_at_step_0_and_leaves_the_rest_open(tmp_path: Path) -> None:
    """Nothing can be said about the records of a file that holds none."""
    path = tmp_path / "bundle.zip"
    path.write_bytes(b"no zip at all")
    outcome = verify_bundle(path, trusted=Trusted(), at=AT)
    assert outcome.verified is None
    failed = {item.step for item in outcome.report.findings if item.severity is Severity.FAILED}
    assert failed == {0}


def test_an_absent_bundle_is_the_users_mistake(tmp_path: Path) -> None:
    """A typing error must never come out as 'the evidence does not verify'."""
    for path in (tmp_path / "nothing.zip", tmp_path):
        with pytest.raises(UsageError):
            verify_bundle(path, trusted=Trusted(), at=AT)


@pytest.mark.parametrize("below", ["", "files", "data/files", sha256(EVIDENCE).hexdigest()[:2]])
def test_files_given_apart_are_found_by_digest(tmp_path: Path, below: str) -> None:
    """As they lie in a folder, in an unpacked bundle, or in a ledger's own store."""
    digest = sha256(EVIDENCE).hexdigest()
    folder = tmp_path / below
    folder.mkdir(parents=True, exist_ok=True)
    (folder / digest).write_bytes(EVIDENCE)
    found = Folders([tmp_path]).find(digest)
    assert found is not None
    assert (found.sha256, found.size, found.digests) == (
        digest,
        len(EVIDENCE),
        {"blake3": blake3(EVIDENCE).hexdigest()},
    )
    opened = Folders([tmp_path]).open(digest)
    assert opened is not None
    with opened:
        assert opened.read() == EVIDENCE


def test_the_right_file_wins_over_a_wrong_one_of_the_same_name(tmp_path: Path) -> None:
    """A disk with a damaged copy must not hide the disk with the good one; alone, it is what was found."""
    digest = sha256(EVIDENCE).hexdigest()
    bad, good = tmp_path / "bad", tmp_path / "good"
    for folder, raw in ((bad, b"damaged"), (good, EVIDENCE)):
        folder.mkdir()
        (folder / digest).write_bytes(raw)
    both = Folders([bad, good])
    assert [found.sha256 for found in [both.find(digest)] if found] == [digest]
    with both.open(digest) or BytesIO() as stream:
        assert stream.read() == EVIDENCE
    alone = Folders([bad]).find(digest)
    assert alone is not None
    assert alone.sha256 == sha256(b"damaged").hexdigest()


def test_a_file_that_is_longer_than_it_may_be_is_not_read(tmp_path: Path) -> None:
    """A medium from the sender holds a sparse file of terabytes: that it isn't the file shows without reading it."""
    digest = sha256(EVIDENCE).hexdigest()
    bad, good = tmp_path / "bad", tmp_path / "good"
    for folder in (bad, good):
        folder.mkdir()
    (bad / digest).touch()
    os.truncate(bad / digest, 1 << 40)
    counts: list[int] = []
    alone = Folders([bad], on_bytes=counts.append).find(digest, size=len(EVIDENCE))
    assert (alone, counts) == (FoundFile("", 1 << 40), [])
    (good / digest).write_bytes(EVIDENCE)
    both = Folders([bad, good])
    assert [found.sha256 for found in [both.find(digest, size=len(EVIDENCE))] if found] == [digest]
    with both.measuring(()).open(digest) or BytesIO() as stream:
        assert stream.read() == EVIDENCE, "what was found is what is opened, without another look at the rest"


def test_a_wrong_file_of_two_is_not_read_to_open_the_other(tmp_path: Path) -> None:
    """Neither of two is the right one: the long one isn't read once more to find that out."""
    digest, counts = sha256(EVIDENCE).hexdigest(), list[int]()
    folders = [tmp_path / "long", tmp_path / "short"]
    for folder, size in zip(folders, (1 << 40, 3), strict=True):
        folder.mkdir()
        (folder / digest).touch()
        os.truncate(folder / digest, size)
    both = Folders(folders, on_bytes=counts.append)
    assert both.find(digest, size=len(EVIDENCE)) is not None
    assert both.measuring(()).open(digest) is None
    assert sum(counts) == 6


def test_a_folder_that_is_not_there_is_the_users_mistake(tmp_path: Path) -> None:
    """Otherwise every file would seem to be missing."""
    with pytest.raises(UsageError, match="expected a folder"):
        Folders([tmp_path / "nothing"])
    assert Folders([]).find("ab" * 32) is None
    assert Folders([tmp_path]).open("ab" * 32) is None


def test_a_line_above_its_cap_is_the_bundles_fault() -> None:
    """A line without an end must not fill the reader's memory."""
    raw = small_bytes({f"{layout.MANIFESTS}{'ab' * 32}.jsonl": b"x" * (limits.MANIFEST_LINE + 9)})
    source = BundleSource(read_container(Memory(raw)))
    with pytest.raises(VerificationError, match="expected LF"):
        list(source.lines(f"{layout.MANIFESTS}{'ab' * 32}.jsonl", limits.MANIFEST_LINE))
