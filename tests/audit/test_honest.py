"""What an audit says of a ledger that nobody touched."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from custody.ledger import signature_cores
from custody.storage.ledger_store import SqliteStore
from schemas.report import Verdict
from schemas.text import format_base64
from schemas.trust import LogKey, SeenCheckpoint, Trust, TrustedLedger
from tests.audit.conftest import CASE, MANY, SEALED, SIZE, Ledger
from tests.audit.tampering import audit, held
from tests.world import ORIGIN


def trust_in(ledger: Ledger, *sizes: int, genesis: str | None = None) -> Trust:
    """Return a trust file that believes the ledger and has seen it at ``sizes``."""
    report = audit(ledger.folder).audited.report
    seen = tuple(
        SeenCheckpoint(note=format_base64(ledger.notes[size]), root=held(ledger.notes[size]).root.hex(), size=size)
        for size in sorted(sizes)
    )
    known = TrustedLedger(
        authority="police of Example",
        country="XA",
        genesis=genesis or str(report.ledger.genesis),  # type: ignore[union-attr]
        log_keys=(LogKey(first=0, key=ledger.world.log_key),),
        origin=ORIGIN,
        seen=seen,
    )
    return Trust(ledgers=(known,), schema="custody-trust/v1")


def test_an_honest_ledger_passes_without_a_finding_but_that_nothing_was_held(ledger: Ledger) -> None:
    """A false alarm would teach people to ignore alarms."""
    outcome = audit(ledger.folder)
    assert outcome.verdict == "PASSED"
    assert outcome.codes() == {"audit.no-anchor"}
    assert outcome.audited.report.ledger.size == SIZE  # type: ignore[union-attr]


def test_a_ledger_of_several_tiles_passes(large: Ledger) -> None:
    """Tiles are stored once they are full, so a short ledger has none."""
    outcome = audit(large.folder)
    assert (outcome.verdict, outcome.codes()) == ("PASSED", {"audit.no-anchor"})
    assert outcome.audited.report.signatures > MANY


def test_every_signature_is_checked_and_only_new_ones_since_a_held_checkpoint(ledger: Ledger) -> None:
    """An auditor who comes every year need not check ten years of signatures again, and must know that he did not."""
    whole, new = audit(ledger.folder), audit(ledger.folder, since=held(ledger.notes[12]))
    assert (whole.verdict, new.verdict) == ("PASSED", "PASSED")
    # Since then: one act of one signer, and one checkpoint.
    assert new.audited.report.signatures == 2
    assert new.audited.report.since == 12
    # 13 entries, of which two have two signers, and a checkpoint for each.
    assert whole.audited.report.signatures == 13 + 2 + 13


def test_what_a_trust_file_has_seen_is_compared(ledger: Ledger) -> None:
    """The trust file holds what the auditor accepted before."""
    outcome = audit(ledger.folder, trust=trust_in(ledger, 8, 12))
    assert (outcome.verdict, outcome.codes()) == ("PASSED", set())
    assert outcome.audited.report.held == (8, 12)


def test_a_trust_file_that_has_seen_no_state_vouches_for_no_past(ledger: Ledger) -> None:
    """It names entry 0 and the keys; with those very keys, all that came after could be written anew."""
    outcome = audit(ledger.folder, trust=trust_in(ledger))
    assert (outcome.verdict, outcome.codes()) == ("PASSED", {"audit.no-anchor"})
    assert outcome.audited.report.held == ()


def test_a_trust_file_that_does_not_know_the_ledger_leaves_it_undecided(ledger: Ledger) -> None:
    """Nothing is trusted by default."""
    outcome = audit(ledger.folder, trust=Trust(ledgers=(), schema="custody-trust/v1"))
    assert outcome.verdict == "INDETERMINATE"
    assert "checkpoint.unknown-origin" in outcome.codes()


def test_another_genesis_than_the_believed_one_fails(ledger: Ledger) -> None:
    """A ledger of the same name is not the same ledger."""
    outcome = audit(ledger.folder, trust=trust_in(ledger, genesis="ab" * 32))
    assert outcome.failures() == {("checkpoint.genesis", "entry 0")}


def test_an_empty_ledger_is_no_ledger(tmp_path: Path) -> None:
    """A file from which all entries are gone must not pass for one without faults."""
    with SqliteStore.create(tmp_path):
        pass
    outcome = audit(tmp_path)
    assert outcome.verdict == "FAILED"
    assert ("audit.empty", "entry 0") in outcome.failures()


def test_workers_find_what_one_core_finds(large: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many cores a machine has must not change a verdict."""
    monkeypatch.setattr(signature_cores, "_WORTH_IT", 1)
    monkeypatch.setattr(signature_cores, "BATCH", 64)
    assert audit(large.folder, cores=2).audited.report == audit(large.folder, cores=1).audited.report


def test_custody_at_a_date_goes_by_when_things_happened(ledger: Ledger) -> None:
    """'Who had it that night?' is asked with what is known today."""
    before = datetime(2026, 11, 21, 8, 7, 0, tzinfo=UTC)
    report = audit(ledger.folder, as_of=before).audited.report
    (found,) = report.custody  # type: ignore[misc]
    assert (found.case, found.exhibit, found.entry) == (CASE, "EX-1", SEALED)
    assert (found.holder, found.sealed, found.recorded_later) == ("examiner-1", True, False)
    assert report.verdict is Verdict.PASSED


def test_custody_at_a_date_marks_what_was_recorded_later(ledger: Ledger) -> None:
    """What is known today may not have been known then."""
    with SqliteStore(ledger.folder) as store:
        world = ledger.world
        composed = world.custody_act(
            "custody.moved", CASE, "EX-1", {"place": "cellar"}, actor="custodian-1", occurred_at=world.at
        )
        was, world.store = world.store, store
        until = world.at
        world.tick(3600)
        world.append(world.sign(composed))
        world.store = was
    (found,) = audit(ledger.folder, as_of=until).audited.report.custody  # type: ignore[misc]
    assert (found.entry, found.recorded_later) == (SIZE, True)


def test_no_exhibit_stands_before_it_was_registered(ledger: Ledger) -> None:
    """An exhibit that did not exist had no holder."""
    assert audit(ledger.folder, as_of=datetime(2026, 11, 21, 7, 0, 0, tzinfo=UTC)).audited.report.custody == ()
