"""Somebody with the file in his hands changes entries: each attack is found, and the finding says where."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from random import Random

import pytest

from custody.audit import ledger_pass
from custody.audit.enclosed import Enclosed
from custody.audit.table_rows import Unreadable
from custody.storage.ledger_store import SqliteStore
from custody.verify.fold.fold import Placed
from schemas.entry import ParsedEntry
from schemas.merkle import hash_leaf
from tests.audit.conftest import CASE, EXPORTED, HANDED_OVER, NEWEST, SEALED, SIZE, Ledger, tell
from tests.audit.tampering import audit, edited, flip, held, run
from tests.world import World

_OF_ENTRY = ("commitment", "subject_entry")


def raw_of(folder: Path, index: int) -> bytes:
    """Return the bytes of an entry as they lie in the file."""
    connection = sqlite3.connect(folder / "ledger.db")
    (raw,) = connection.execute('SELECT raw FROM "entry" WHERE entry_index = ?', (index,)).fetchone()
    connection.close()
    return bytes(raw)


@pytest.mark.parametrize("index", range(SIZE))
@pytest.mark.parametrize("part", [0.001, 0.2, 0.5, 0.9, 0.999])
def test_one_bit_of_any_entry_is_found_at_that_entry(ledger: Ledger, index: int, part: float) -> None:
    """The bytes are the truth: not one bit of them may change unnoticed, whatever it means."""
    raw = raw_of(ledger.folder, index)
    run(ledger.folder, 'UPDATE "entry" SET raw = ? WHERE entry_index = ?', flip(raw, int(len(raw) * 8 * part)), index)
    outcome = audit(ledger.folder)
    assert outcome.verdict == "FAILED"
    assert f"entry {index}" in outcome.failed_subjects()


def test_a_changed_entry_with_fitting_columns_breaks_chain_and_signature(ledger: Ledger) -> None:
    """Who changes an entry can change its columns as well; what others signed he can't."""
    raw = raw_of(ledger.folder, SEALED).replace(b'"recorded_at":"2026', b'"recorded_at":"2025')
    statement = "UPDATE \"entry\" SET raw = ?, leaf = ?, recorded_at = replace(recorded_at, '2026', '2025')"
    run(ledger.folder, f"{statement} WHERE entry_index = {SEALED}", raw, hash_leaf(raw))
    failures = audit(ledger.folder).failures()
    assert ("entries.chain", f"entry {SEALED + 1}") in failures
    assert ("audit.checkpoint-root", f"checkpoint {SEALED + 1}") in failures


def test_a_forged_signature_is_told_of_where_the_audit_breaks_off_later(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read before the disk gave out was read, and who forged it is to hear of it."""
    raw = raw_of(ledger.folder, SEALED)
    place = raw.index(b'"sig":"') + len(b'"sig":"')
    forged = raw[:place] + (b"B" if raw[place : place + 1] == b"A" else b"A") + raw[place + 1 :]
    run(ledger.folder, 'UPDATE "entry" SET raw = ? WHERE entry_index = ?', forged, SEALED)

    def give_out(item: Enclosed, parsed: ParsedEntry, placed: Placed) -> None:
        if placed.index == NEWEST:
            raise Unreadable("a damaged page")

    monkeypatch.setattr(Enclosed, "add", give_out)
    failures = audit(ledger.folder).failures()
    assert ("audit.database", "database") in failures
    assert ("signature.invalid", f"entry {SEALED}") in failures


def test_the_newest_entry_deleted_leaves_its_checkpoint(ledger: Ledger) -> None:
    """Cutting the end off is the oldest trick: here even a clumsy cut shows by what is left."""
    with edited(ledger.folder) as connection:
        for table in (*_OF_ENTRY, "entry"):
            connection.execute(f'DELETE FROM "{table}" WHERE entry_index = ?', (NEWEST,))
    outcome = audit(ledger.folder)
    assert ("audit.truncated", f"entry {NEWEST}") in outcome.failures()


def test_the_newest_entry_deleted_with_all_its_traces_needs_a_held_checkpoint(ledger: Ledger, tmp_path: Path) -> None:
    """A perfect cut is an honest older ledger; only who remembers the newer one can tell."""
    folder = tmp_path / "older"
    folder.mkdir()
    with SqliteStore.create(folder) as store:
        tell(World(store))
    assert audit(folder).verdict == "PASSED"
    outcome = audit(folder, since=held(ledger.notes[SIZE]))
    assert outcome.failures() == {("audit.truncated", f"entry {NEWEST}")}


@pytest.mark.parametrize("chunk", [1, 2, 5, HANDED_OVER, HANDED_OVER + 1, 500])
def test_a_deleted_entry_in_the_middle_is_missed_where_it_was(
    ledger: Ledger, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gap is not closed by looking only at what is there, wherever the auditor draws breath."""
    monkeypatch.setattr(ledger_pass, "CHUNK", chunk)
    run(ledger.folder, 'DELETE FROM "entry" WHERE entry_index = ?', HANDED_OVER)
    outcome = audit(ledger.folder)
    assert ("audit.missing", f"entry {HANDED_OVER}") in outcome.failures()
    # The tree is whole all the same, since the next entry names the missing one.
    assert not any(code == "audit.checkpoint-root" for code, _ in outcome.failures())


def test_two_entries_swapped_are_both_found(ledger: Ledger) -> None:
    """Order is custody."""
    first, second = raw_of(ledger.folder, SEALED), raw_of(ledger.folder, HANDED_OVER)
    run(ledger.folder, 'UPDATE "entry" SET raw = ? WHERE entry_index = ?', second, SEALED)
    run(ledger.folder, 'UPDATE "entry" SET raw = ? WHERE entry_index = ?', first, HANDED_OVER)
    failures = audit(ledger.folder).failures()
    assert {("entries.index", f"entry {SEALED}"), ("entries.index", f"entry {HANDED_OVER}")} <= failures


def _rewritten(ledger: Ledger, folder: Path, *, until_size: int) -> None:
    """Write the ledger anew with its own keys: the same people, another story from the seal on."""
    folder.mkdir()
    with SqliteStore.create(folder) as store:
        world = World(store)
        world.init()
        for agent, role in (("examiner-1", "examiner"), ("examiner-2", "examiner"), ("custodian-1", "custodian")):
            world.enrol(agent, roles=(role,))
        world.enrol("viewer-1", roles=("viewer",))
        world.open_case(CASE)
        world.register(CASE, "EX-1", actor="examiner-1", files={"a.txt": b"hello", "b.txt": b"world"})
        while True:
            receipt = world.act("custody.moved", CASE, "EX-1", {"place": "cellar"}, actor="examiner-1")
            if receipt.size >= until_size:
                return


def test_a_ledger_rewritten_with_its_own_keys_is_found_through_a_held_checkpoint(
    ledger: Ledger, tmp_path: Path
) -> None:
    """The operator has all the keys of the ledger; what he hasn't is what others wrote down."""
    folder = tmp_path / "rewritten"
    _rewritten(ledger, folder, until_size=SIZE + 3)
    alone = audit(folder)
    assert (alone.verdict, alone.codes()) == ("PASSED", {"audit.no-anchor"})
    outcome = audit(folder, since=held(ledger.notes[SIZE]))
    assert outcome.failures() == {("audit.rewritten", f"entries 0 to {NEWEST}")}


def test_a_rewritten_ledger_of_the_same_size_is_a_fork(ledger: Ledger, tmp_path: Path) -> None:
    """Two roots of one size under one key are the proof of two pasts."""
    folder = tmp_path / "rewritten"
    _rewritten(ledger, folder, until_size=SIZE)
    outcome = audit(folder, since=held(ledger.notes[SIZE]))
    assert outcome.failures() == {("audit.fork", f"entries 0 to {NEWEST}")}


def test_a_deleted_export_takes_its_checkpoint_with_it_and_is_missed(ledger: Ledger) -> None:
    """The state that left with a bundle must stay provable."""
    run(ledger.folder, "DELETE FROM checkpoint WHERE size = ?", EXPORTED + 1)
    assert audit(ledger.folder).failures() == {("audit.checkpoint-missing", f"checkpoint {EXPORTED + 1}")}


def test_an_entry_without_its_second_signature_is_found(ledger: Ledger) -> None:
    """A handover stripped of the receiver's signature would pass as one man's word."""
    raw = raw_of(ledger.folder, HANDED_OVER)
    start = raw.rindex(b',{"keyid"')
    stripped = raw[:start] + raw[raw.index(b"]", start) :]
    run(ledger.folder, 'UPDATE "entry" SET raw = ? WHERE entry_index = ?', stripped, HANDED_OVER)
    assert ("signatures.missing", f"entry {HANDED_OVER}") in audit(ledger.folder).failures()


def test_an_unreadable_page_is_a_finding_and_no_crash(large: Ledger) -> None:
    """A disk that rots must not keep the auditor from saying so."""
    path = large.folder / "ledger.db"
    with edited(large.folder):
        pass  # folds the log into the file
    pages = bytearray(path.read_bytes())
    for page in range(20, len(pages) // 4096, 7):
        pages[page * 4096 : (page + 1) * 4096] = b"\xff" * 4096
    path.write_bytes(pages)
    assert audit(large.folder).verdict == "FAILED"


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00" + bytes(5000)])
def test_a_file_that_is_no_database_is_a_finding_and_no_crash(ledger: Ledger, content: bytes) -> None:
    """The worst damage gets the clearest verdict."""
    for name in ("ledger.db-wal", "ledger.db-shm"):
        (ledger.folder / name).unlink(missing_ok=True)
    (ledger.folder / "ledger.db").write_bytes(content)
    outcome = audit(ledger.folder)
    assert outcome.verdict == "FAILED"
    assert {code for code, _ in outcome.failures()} <= {"audit.database", "audit.schema", "audit.empty"}


def test_a_copy_is_as_good_as_the_ledger(ledger: Ledger, tmp_path: Path) -> None:
    """An auditor works on a copy on his own machine."""
    assert audit(Path(shutil.copytree(ledger.folder, tmp_path / "copy"))).verdict == "PASSED"


def test_a_changed_hidden_index_is_found(ledger: Ledger) -> None:
    """An event that a search doesn't find could be recorded twice."""
    with edited(ledger.folder) as connection:
        statement = 'SELECT event_hash FROM "entry" WHERE entry_index = ?'
        (event_hash,) = connection.execute(statement, (SEALED,)).fetchone()
    path = ledger.folder / "ledger.db"
    whole = path.read_bytes()
    codes = set()
    places = [place for place in range(len(whole)) if whole.startswith(event_hash, place)]
    for place in places:
        path.write_bytes(whole[:place] + flip(event_hash, 0) + whole[place + 32 :])
        outcome = audit(ledger.folder)
        assert outcome.verdict == "FAILED"
        codes |= outcome.codes()
    assert len(places) == 2
    assert {"audit.column", "audit.damaged"} <= codes


@pytest.mark.parametrize("seed", range(40))
def test_no_damage_makes_the_auditor_crash(ledger: Ledger, seed: int) -> None:
    """A traceback is no verdict, and an attacker chooses where the disk fails."""
    with edited(ledger.folder):
        pass  # folds the log into the file
    random, path = Random(seed), ledger.folder / "ledger.db"
    damaged = bytearray(path.read_bytes())
    for _ in range(random.choice([1, 3, 40])):
        place = random.randrange(len(damaged))
        damaged[place : place + 4] = random.randbytes(4)
    path.write_bytes(damaged[: random.choice([len(damaged), len(damaged), random.randrange(len(damaged))])])
    assert audit(ledger.folder).verdict in ("PASSED", "FAILED")
