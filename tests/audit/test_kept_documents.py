"""Documents that entries name, in an audit: hashed again where they lie here, told of where they don't."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

import pytest

from custody.audit.evidence_files import FilesWanted, Places
from custody.audit.record import AuditReport
from custody.evidence.locations import Locations
from custody.evidence.manifest import Manifests
from custody.evidence.store import EvidenceStore
from custody.report.audit_document import AuditBasis, make_audit_document
from custody.storage.ledger_store import SqliteStore
from schemas.report import Severity
from tests.audit.conftest import CASE
from tests.audit.tampering import Outcome, audit
from tests.world import World, settled

PHOTOS = (b"the door", b"the room")
DIGESTS = tuple(sha256(photo).hexdigest() for photo in PHOTOS)
SEALED = 7


@pytest.fixture
def kept(tmp_path: Path) -> EvidenceStore:
    """The store of documents, with two photos."""
    store = EvidenceStore(tmp_path / "documents")
    with store.begin() as batch:
        for photo in PHOTOS:
            store.add_bytes(photo, batch=batch)
        batch.commit()
    return store


def told(kept: EvidenceStore, *, photos: Sequence[str] = DIGESTS, ordered: str = "") -> Outcome:
    """Return what an audit says of a ledger whose entry 7 seals an exhibit, with photos; one may be erased by order."""
    folder = kept.base.parent / "ledger"
    folder.mkdir()
    with SqliteStore.create(folder) as store:
        world = settled(World(store))
        world.register(CASE, "EX-1", actor="examiner-1")
        shown = {"photos": list(photos)} if photos else {}
        world.act("exhibit.sealed", CASE, "EX-1", {**shown, "seal": {"number": "7"}}, actor="examiner-1")
        if ordered:
            order = {"authority": "court", "commitments": [], "files": [ordered], "order": "order 9"}
            about = world.about(CASE, "EX-1")
            world.annotate("disclosure.erased", about, order, actor="examiner-1", registrar="registrar-1")
    base = kept.base.parent
    places = Places(
        EvidenceStore(base / "evidence"), Manifests(base / "manifests"), Locations(base / "locations"), kept
    )
    return audit(folder, files=FilesWanted(places=places))


def row(report: AuditReport) -> str:
    """Return what the page for people says of documents."""
    return dict(make_audit_document(report, AuditBasis(home="l")).basis)["documents"]


def test_documents_that_are_whole_pass(kept: EvidenceStore) -> None:
    """What was compared is said, and it is true."""
    outcome = told(kept)
    assert (outcome.verdict, outcome.codes() & {"audit.document", "audit.document-absent"}) == ("PASSED", set())
    assert row(outcome.audited.report) == "2 of 2 documents as the entries name them, 16 bytes"


def _other_bytes(path: Path) -> None:
    path.chmod(0o600)
    path.write_bytes(b"evil")


def _a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _a_link(path: Path) -> None:
    path.rename(path.with_name("other"))
    path.symlink_to("other")


@pytest.mark.parametrize("change", [_other_bytes, _a_pipe, _a_link])
def test_another_one_in_its_place_is_found(kept: EvidenceStore, change: Callable[[Path], None]) -> None:
    """A swapped warrant must not wait for the day on which it is to leave."""
    change(kept.path(DIGESTS[0]))
    outcome = told(kept)
    assert outcome.failures() == {("audit.document", f"entry {SEALED}")}
    assert row(outcome.audited.report) == "1 of 2 documents as the entries name them, 8 bytes"


def test_one_that_is_gone_is_told_and_fails_nothing(kept: EvidenceStore) -> None:
    """It may never have been here: a document can be named by its digest alone."""
    kept.path(DIGESTS[1]).unlink()
    outcome = told(kept)
    assert outcome.verdict == "PASSED"
    (found,) = [item for item in outcome.findings if item.code == "audit.document-absent"]
    assert found.severity is Severity.NOTE
    assert DIGESTS[1] in found.text
    assert row(outcome.audited.report) == "1 of 1 document as the entries name it, 8 bytes; 1 is not here"


def test_one_that_was_destroyed_by_order_is_not_missed(kept: EvidenceStore) -> None:
    """The order stands in the ledger, and says which."""
    kept.path(DIGESTS[1]).unlink()
    outcome = told(kept, ordered=DIGESTS[1])
    assert "audit.document-absent" not in outcome.codes()
    assert row(outcome.audited.report) == "1 of 1 document as the entries name it, 8 bytes; 1 erased by order"


def test_one_that_several_entries_name_is_read_once(kept: EvidenceStore) -> None:
    """It is told at the entry that named it first."""
    outcome = told(kept, photos=(DIGESTS[0],))
    assert row(outcome.audited.report) == "1 of 1 document as the entries name it, 8 bytes"


def test_without_documents_nothing_is_said(kept: EvidenceStore) -> None:
    """A row about nothing is noise."""
    outcome = told(kept, photos=())
    assert "documents" not in dict(make_audit_document(outcome.audited.report, AuditBasis(home="l")).basis)
