"""Stored evidence hashed again: all of it, or a sample that can be drawn again."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.audit.evidence_files import FilesWanted, Places, Registered, Sample, check_lists
from custody.evidence.locations import Locations
from custody.evidence.manifest import Manifests
from custody.evidence.members import Member
from custody.evidence.piece_lists import PieceLists
from custody.evidence.store import EvidenceStore
from custody.storage.ledger_store import SqliteStore
from schemas.content import Content, Digests, FileRecord
from schemas.pieces import commit_to
from schemas.report import Findings, Severity
from schemas.types import Private
from tests.audit.conftest import CASE, REGISTERED, Ledger
from tests.audit.tampering import audit

_RECORD = FileRecord(path=Private(commitment="ab" * 32), type="directory")


@pytest.fixture
def places(ledger: Ledger, tmp_path: Path) -> Places:
    """A store with the files of the ledger's exhibit."""
    store = EvidenceStore(tmp_path / "evidence")
    with store.begin() as batch:
        for content in ledger.world.contents.values():
            store.add_bytes(content, batch=batch)
        batch.commit()
    return Places(store, Manifests(tmp_path / "manifests"), Locations(tmp_path / "locations"))


def test_evidence_that_is_whole_passes(ledger: Ledger, places: Places) -> None:
    """Two files were registered, and two are found."""
    report = audit(ledger.folder, files=FilesWanted(places=places)).audited.report
    assert report.verdict.value == "PASSED"
    assert (report.files.files, report.files.matching) == (2, 2)  # type: ignore[union-attr]


def test_a_damaged_file_is_found_at_the_entry_that_registered_it(ledger: Ledger, places: Places) -> None:
    """One bit in an image of a terabyte is enough."""
    path = places.store.path(sha256(b"hello").hexdigest())
    path.chmod(0o600)
    path.write_bytes(b"hellp")
    outcome = audit(ledger.folder, files=FilesWanted(places=places))
    assert outcome.failures() == {("audit.file", f"entry {REGISTERED}")}


def test_a_missing_file_is_found(ledger: Ledger, places: Places) -> None:
    """Evidence that is gone is no evidence."""
    places.store.path(sha256(b"world").hexdigest()).unlink()
    outcome = audit(ledger.folder, files=FilesWanted(places=places))
    assert outcome.failures() == {("audit.file-missing", f"entry {REGISTERED}")}


def test_evidence_that_was_given_away_need_not_be_there(ledger: Ledger, places: Places) -> None:
    """Who returned a copy or destroyed it by order must not fail every audit from then on."""
    world = ledger.world
    with SqliteStore(ledger.folder) as store:
        was, world.store = world.store, store
        details = {"reason": "not needed", "terms": "for-good", "to": "owner"}
        world.act("exhibit.unsealed", CASE, "EX-1", _UNSEALED, actor="custodian-1")
        world.act("exhibit.released", CASE, "EX-1", details, actor="custodian-1")
        world.store = was
    places.store.path(sha256(b"world").hexdigest()).unlink()
    outcome = audit(ledger.folder, files=FilesWanted(places=places))
    assert outcome.verdict == "PASSED"
    assert {item.severity for item in outcome.findings if item.code == "audit.file-missing"} == {Severity.NOTE}


_UNSEALED = {"intact": True, "reason": "return", "seal": {"number": "7"}}


def members(count: int) -> Iterator[Member]:
    """Yield so many records; which, a sample doesn't ask."""
    for number in range(count):
        yield Member(record=_RECORD, path=str(number).encode(), target=None)


@given(st.integers(1, 400), st.fractions(Fraction(1, 100), 100), st.text(max_size=8))
def test_a_sample_has_its_share_and_is_drawn_alike_by_one_seed(count: int, percent: Fraction, seed: str) -> None:
    """Somebody else must be able to draw the same files, and nobody to draw none."""
    drawn = [
        [member.path for member in Sample(count=count, percent=percent, seed=seed).draw(members(count))] for _ in "ab"
    ]
    assert drawn[0] == drawn[1]
    wanted = max(Fraction(1), count * percent / 100)
    assert abs(len(drawn[0]) - wanted) < 1
    assert len(drawn[0]) >= 1


def test_another_seed_draws_other_files() -> None:
    """Who could foresee the sample would damage the others."""
    drawn = {
        tuple(member.path for member in Sample(count=100, percent=Fraction(5), seed=str(seed)).draw(members(100)))
        for seed in range(40)
    }
    assert len(drawn) > 10


def test_a_damaged_list_of_pieces_is_found(tmp_path: Path) -> None:
    """If its file were damaged, the list would say where, and be wrong; a bundle with it is FAILED where it arrives."""
    digests = bytes(range(64))
    lists = PieceLists(tmp_path)
    lists.put(digests)
    known = Digests(blake3="ab" * 32, sha256="ab" * 32)
    record = FileRecord(
        digests=known, path=Private(commitment="ab" * 32), pieces=commit_to(digests), size=1, type="file"
    )
    one = Registered(3, "cd" * 32, f"{CASE}/EX-1", Content(bytes=0, count=0, root="ef" * 32))
    for damaged, found in ((False, []), (True, ["content.pieces"])):
        if damaged:
            lists.path(commit_to(digests).root).write_bytes(b"junk\n")
        findings = Findings()
        members = [Member(record=record, path=b"a", target=None)] * 2
        assert list(check_lists(members, lists, one, findings)) == members
        assert [item.code for item in findings.items] == found
