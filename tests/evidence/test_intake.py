"""What is taken in: records, roots, private values, and copies."""

import os
import tracemalloc
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from custody.evidence.hashing import BUFFER_BYTES
from custody.evidence.intake import Intake, Progress, take_in
from custody.evidence.manifest import read_manifest
from custody.evidence.store import EvidenceStore
from schemas import limits, merkle
from schemas.content import Digests, FileRecord, content_of, path_bytes
from schemas.errors import UsageError
from schemas.private import Disclosure, parse_disclosure
from schemas.types import UNSET, Private
from tests.evidence.conftest import Salts

CHINESE, ARABIC, BROKEN = "證據.txt", "دليل.txt", b"br\xffken"


def _lookup(intake: Intake) -> dict[str, Disclosure]:
    return {disclosure.commitment: disclosure for disclosure in intake.disclosures}


def _value(private: object, known: dict[str, Disclosure]) -> Any:
    assert isinstance(private, Private)
    return known[private.commitment].value


def _records(intake: Intake) -> tuple[FileRecord, ...]:
    assert isinstance(intake.content.files, tuple)
    return intake.content.files


def test_a_single_file_is_one_record_with_its_digests(seized: Path, salts: Salts, spool: Path) -> None:
    """An expert reads the SHA-256 of the file in the bytes that were signed."""
    path = seized / "image.dd"
    path.write_bytes(b"bytes")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    intake = take_in([path], salts=salts, spool=spool)
    (record,) = _records(intake)
    assert isinstance(record.digests, Digests)
    assert record.digests.sha256 == sha256(b"bytes").hexdigest()
    assert (record.size, record.modified, record.type) == (5, "2023-11-14T22:13:20Z", "file")
    assert _value(record.path, _lookup(intake)) == "image.dd"
    assert (intake.content.bytes, intake.content.count) == (5, 1)
    assert intake.spool is None


def test_pointers_start_at_the_record(seized: Path, salts: Salts, spool: Path) -> None:
    """A disclosure at another place would not open its commitment, whether its record stands in an event or a list."""
    (seized / "a").touch()
    (seized / "b").symlink_to("a")
    intake = take_in([seized], salts=salts, spool=spool)
    assert [disclosure.path for disclosure in intake.disclosures] == ["/path", "/path", "/target"]


@pytest.mark.parametrize("count", [1, limits.CONTENT_IN_EVENT, limits.CONTENT_IN_EVENT + 1, 100])
def test_the_root_is_that_of_the_records(count: int, seized: Path, salts: Salts, spool: Path) -> None:
    """One root for one file and for a million: the manifest changes where records stand, not what they are."""
    for number in range(count):
        (seized / f"{number:03}").write_bytes(bytes(number))
    intake = take_in([seized], salts=salts, spool=spool)
    if count <= limits.CONTENT_IN_EVENT:
        records = _records(intake)
        assert intake.spool is None
    else:
        assert intake.content.files is UNSET
        assert intake.disclosures == ()
        assert intake.spool is not None
        records = tuple(line.record for line in read_manifest(intake.spool, content=intake.content))
    again = content_of(records)
    assert (again.root, again.bytes, again.count) == (intake.content.root, intake.content.bytes, count)


def test_a_manifest_holds_the_disclosures_of_its_records(seized: Path, salts: Salts, spool: Path) -> None:
    """Their pointers start at the record, so that one line can be shown alone."""
    names = [f"{number:03}" for number in range(20)]
    for name in names:
        (seized / name).symlink_to(f"to-{name}")
    intake = take_in([seized], salts=salts, spool=spool)
    assert intake.spool is not None
    found = []
    for line in read_manifest(intake.spool, content=intake.content):
        assert isinstance(line.disclosures, tuple)
        known = {item.path: item for item in map(parse_disclosure, line.disclosures)}
        assert known.keys() == {"/path", "/target"}
        assert known["/path"].private == line.record.path
        assert known["/target"].private == line.record.target
        found.append((known["/path"].value, known["/target"].value))
    assert found == [(name, f"to-{name}") for name in names]


def test_no_salt_is_used_twice(seized: Path, spool: Path) -> None:
    """Two values under one salt could be compared with each other by whoever may see neither."""
    for number in range(30):
        (seized / str(number)).symlink_to("same")
    given: list[bytes] = []

    def salts() -> bytes:
        given.append(len(given).to_bytes(16, "big"))
        return given[-1]

    take_in([seized], salts=salts, spool=spool)
    assert len(given) == 60


def test_an_empty_directory_is_an_exhibit_without_records(seized: Path, salts: Salts, spool: Path) -> None:
    """Its root is that of the empty tree, SHA-256 of nothing (RFC 6962 section 2.1)."""
    content = take_in([seized], salts=salts, spool=spool).content
    assert (content.bytes, content.count, content.files) == (0, 0, UNSET)
    assert content.root == merkle.EMPTY_ROOT.hex()


def test_empty_files_and_directories_are_records(seized: Path, salts: Salts, spool: Path) -> None:
    """That a folder was there and empty can matter, and an empty file isn't an absent one."""
    (seized / "empty").touch()
    (seized / "folder").mkdir()
    file, folder = _records(take_in([seized], salts=salts, spool=spool))
    assert (file.type, file.size) == ("file", 0)
    assert (folder.type, folder.size, folder.digests) == ("directory", UNSET, UNSET)


def test_names_in_any_script_and_broken_ones_survive(seized: Path, salts: Salts, spool: Path) -> None:
    """A name is evidence: it comes back byte for byte, whether or not it is UTF-8."""
    raw = os.fsencode(seized)
    names = sorted([os.fsencode(CHINESE), os.fsencode(ARABIC), BROKEN])
    for name in names:
        os.close(os.open(raw + b"/" + name, os.O_CREAT | os.O_WRONLY))
    os.symlink(BROKEN, raw + b"/\xffend")
    intake = take_in([seized], salts=salts, spool=spool)
    known, records = _lookup(intake), _records(intake)
    assert [path_bytes(_value(record.path, known)) for record in records] == [*names, b"\xffend"]
    assert path_bytes(_value(records[-1].target, known)) == BROKEN
    assert _value(records[names.index(BROKEN)].path, known) == {"base64": "YnL/a2Vu"}


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(-1, UNSET), (0, "1970-01-01T00:00:00Z"), (1, "1970-01-01T00:00:01Z")],
)
def test_a_time_before_1970_is_left_out(
    seconds: int, expected: object, seized: Path, salts: Salts, spool: Path
) -> None:
    """A broken clock of a seized device must not block its registration."""
    (seized / "a").touch()
    os.utime(seized / "a", (seconds, seconds))
    (record,) = _records(take_in([seized], salts=salts, spool=spool))
    assert record.modified == expected


def test_the_store_gets_the_bytes_that_were_hashed(
    seized: Path, salts: Salts, spool: Path, store: EvidenceStore
) -> None:
    """Small and large files take different ways into it."""
    contents = {"small": b"small", "empty": b"", "large": os.urandom(2 * BUFFER_BYTES + 3), "twin": b"small"}
    for name, raw in contents.items():
        (seized / name).write_bytes(raw)
    with store.begin() as batch:
        intake = take_in([seized], salts=salts, spool=spool, batch=batch)
        batch.commit()
    for record, name in zip(_records(intake), sorted(contents), strict=True):
        assert isinstance(record.digests, Digests)
        assert store.get(record.digests.sha256).read_bytes() == contents[name]


def test_what_is_left_in_place_is_not_copied(seized: Path, salts: Salts, spool: Path) -> None:
    """Without a batch nothing is written, and the intake says where the evidence lies."""
    (seized / "a").write_bytes(b"a")
    intake = take_in([seized / "a"], salts=salts, spool=spool)
    assert not spool.exists()
    assert [(source.prefix, source.path) for source in intake.sources] == [(b"a", os.fsencode(seized / "a"))]


def test_the_ledger_itself_is_no_evidence(tmp_path: Path, salts: Salts, store: EvidenceStore, spool: Path) -> None:
    """An intake of the folder that holds the store would read what it writes, for ever."""
    (tmp_path / "a").touch()
    with store.begin() as batch, pytest.raises(UsageError) as caught:
        take_in([tmp_path], salts=salts, spool=spool, batch=batch)
    assert caught.value.code == "evidence.holds-ledger"


def test_progress_counts_files_and_bytes(seized: Path, salts: Salts, spool: Path) -> None:
    """Somebody who waits an hour wants to know for how much longer."""
    (seized / "a").write_bytes(bytes(2 * BUFFER_BYTES))
    (seized / "b").write_bytes(b"123")
    seen: list[Progress] = []
    take_in([seized], salts=salts, spool=spool, progress=seen.append)
    assert seen[-1] == Progress(files=2, read=2 * BUFFER_BYTES + 3, path=b"b")
    assert [step.read for step in seen] == sorted(step.read for step in seen)
    assert seen[0] == Progress(files=0, read=BUFFER_BYTES, path=b"a")


def test_a_manifest_costs_no_memory(seized: Path, salts: Salts, spool: Path) -> None:
    """A million files must not need a million records in memory: three thousand stay below a tenth of their size."""
    for number in range(3000):
        (seized / f"{number:0100}").touch()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        intake = take_in([seized], salts=salts, spool=spool)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert intake.spool is not None
    assert after - before < intake.spool.stat().st_size / 10
