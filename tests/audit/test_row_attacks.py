"""Somebody changes what stands beside the entries: columns, trees, checkpoints, subjects, states, private values."""

from __future__ import annotations

from typing import Any

import pytest

from custody.ledger.admission import Numbers, SeenRoots
from custody.ledger.rows import EntryRow
from custody.ledger.working import WorkingTallies
from custody.storage.ledger_store import SqliteStore
from keys.note import NoteSignature, UnverifiedNote, format_note, parse_note
from schemas.errors import StorageError
from schemas.event import Seen
from schemas.report import Severity
from schemas.subject import subject_key
from tests.audit.conftest import CASE, EXPORTED, LAST_EXPORT, NEWEST, SEALED, SIZE, Ledger
from tests.audit.row_edits import COLUMNS, ROWS
from tests.audit.tampering import DISCLOSURES_FILE, audit, edited, flip, held, run
from tests.world import World, settled


@pytest.mark.parametrize("column", COLUMNS)
def test_a_changed_column_is_found_at_its_entry_and_taints_nothing_else(ledger: Ledger, column: str) -> None:
    """Searches go by columns: a wrong one hides an act from everybody who doesn't read bytes."""
    run(ledger.folder, f'UPDATE "entry" SET "{column}" = ? WHERE entry_index = ?', COLUMNS[column], SEALED)
    outcome = audit(ledger.folder)
    assert outcome.failures() == {("audit.column", f"entry {SEALED}")}
    assert column in next(item.text for item in outcome.findings if item.code == "audit.column")


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        *ROWS,
        (f"DELETE FROM checkpoint WHERE size = {SIZE}", "audit.checkpoint-missing"),
        ("DROP TABLE tile", "audit.schema"),
    ],
)  # fmt: skip
def test_a_changed_row_is_found(ledger: Ledger, statement: str, code: str) -> None:
    """Every row follows from the entries, so none of them may differ."""
    with edited(ledger.folder) as connection:
        connection.execute(statement)
        if statement.startswith("DROP"):
            connection.execute("CREATE TABLE tile (level INTEGER, number INTEGER, hashes BLOB)")
    outcome = audit(ledger.folder)
    assert outcome.verdict == "FAILED"
    assert {found for found, _ in outcome.failures()} == {code}


def test_a_changed_tile_is_found_at_the_entry_whose_hash_it_is(large: Ledger) -> None:
    """Proofs are made from tiles: a wrong one makes proofs that hold for nobody."""
    with edited(large.folder) as connection:
        (tile,) = connection.execute("SELECT hashes FROM tile WHERE level = 0 AND number = 0").fetchone()
        connection.execute("UPDATE tile SET hashes = ? WHERE level = 0", (flip(tile, 8 * 32 * 41),))
    assert audit(large.folder).failures() == {("audit.tile", "entry 41")}


def test_a_checkpoint_over_another_root_is_found(ledger: Ledger) -> None:
    """A ledger can't unsay what it signed."""
    signed = ledger.world.log_signer
    note = parse_note(ledger.notes[8])
    text = note.text.replace(note.text.splitlines()[2], b"A" * 43 + b"=")
    line = NoteSignature(note.signatures[0].name, note.signatures[0].id, signed.sign(text))
    run(ledger.folder, "UPDATE checkpoint SET note = ? WHERE size = 8", format_note(UnverifiedNote(text, (line,))))
    assert audit(ledger.folder).failures() == {("audit.checkpoint-root", "checkpoint 8")}


def test_a_checkpoint_whose_signature_does_not_hold_is_found(ledger: Ledger) -> None:
    """What nobody signed binds nobody."""
    note = parse_note(ledger.notes[8])
    line = NoteSignature(note.signatures[0].name, note.signatures[0].id, flip(note.signatures[0].body, 300))
    raw = format_note(UnverifiedNote(note.text, (line,)))
    run(ledger.folder, "UPDATE checkpoint SET note = ? WHERE size = 8", raw)
    assert audit(ledger.folder).failures() == {("note.signature", "checkpoint 8")}


@pytest.mark.parametrize("change", [(b"8\n", b"8\n"), (b"\n8\n", b"\n9\n"), (b"\n8\n", b"\n99\n")])
def test_a_held_checkpoint_that_no_key_of_the_ledger_signed_decides_nothing(
    ledger: Ledger, change: tuple[bytes, bytes]
) -> None:
    """Either the paper or the ledger is not what it claims to be: a forged paper must not accuse an honest ledger."""
    note = parse_note(ledger.notes[8])
    line = NoteSignature(note.signatures[0].name, bytes(4), note.signatures[0].body)
    outcome = audit(ledger.folder, since=held(format_note(UnverifiedNote(note.text.replace(*change), (line,)))))
    assert outcome.verdict == "INDETERMINATE"
    assert "audit.since-signature" in outcome.codes()
    assert outcome.failures() == set()


def test_missing_guards_are_a_defect_and_no_forgery(ledger: Ledger) -> None:
    """Triggers stop mistakes; that they are gone proves nothing about the entries."""
    run_drop(ledger)
    outcome = audit(ledger.folder)
    assert outcome.verdict == "PASSED"
    assert [item.severity for item in outcome.findings if item.code == "audit.guards"] == [Severity.DEFECT]


def run_drop(ledger: Ledger) -> None:
    """Drop one trigger and leave it dropped."""
    with SqliteStore(ledger.folder) as store, store.database.transaction(is_write=True) as connection:
        connection.execute("DROP TRIGGER entry_stays")


def test_a_wrong_index_root_is_found_at_its_export(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator's own program could export a bundle with a forged account of what the ledger holds."""
    with SqliteStore.create(tmp_path) as store:
        world = settled(World(store))
        world.register(CASE, "EX-1", actor="examiner-1")
        world.export((CASE, "EX-1"), actor="examiner-1")
        monkeypatch.setattr(WorkingTallies, "index_root", lambda _: bytes(32))
        forged = world.export((CASE, "EX-1"), actor="examiner-1")
        monkeypatch.undo()
        world.export((CASE, "EX-1"), actor="examiner-1")
    assert audit(tmp_path).failures() == {("audit.index-root", f"entry {forged.index}")}


def test_a_signer_who_saw_another_ledger_is_heard(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What signers have seen makes each of them a cosigner; a forked ledger can't carry their later signatures."""
    with SqliteStore.create(tmp_path) as store:
        world = settled(World(store))
        monkeypatch.setattr(SeenRoots, "check", lambda *_: None)
        about = world.registration(CASE, "EX-1", actor="examiner-1").event
        composed = world.custody_act(
            "exhibit.registered",
            CASE,
            "EX-1",
            {"description": "phone", "kind": "phone", "nature": "object", "obtained": "seizure"},
            actor="examiner-1",
            link=about.event.link,  # type: ignore[arg-type]
            seen=Seen(root="ab" * 32, size=4),
        )
        receipt = world.append(world.sign(composed))
    assert audit(tmp_path).failures() == {("audit.seen", f"entry {receipt.index}")}


def test_numbers_that_look_alike_are_a_defect(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clerk reads a number out on the telephone; another program may have written what ours refuses."""
    with SqliteStore.create(tmp_path) as store:
        world = settled(World(store))
        monkeypatch.setattr(Numbers, "check", lambda *_: None)
        world.register(CASE, "EX-1", actor="examiner-1")
        world.open_case("2026\u20110417")
        confused = world.register(CASE, "ex-1", actor="examiner-1")
    outcome = audit(tmp_path)
    assert outcome.verdict == "PASSED"
    found = {item.subject for item in outcome.findings if item.code == "defect.confusable"}
    assert found == {"case 2026\u20110417", f"entry {confused.index}"}


def test_two_exhibits_of_one_full_name_are_a_defect(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """`2026/7/1` in every list and report would be exhibit 1 of case 2026/7, or exhibit 7/1 of case 2026."""
    with SqliteStore.create(tmp_path) as store:
        world = settled(World(store))
        monkeypatch.setattr(Numbers, "check", lambda *_: None)
        for case in ("2026", "2026/7"):
            world.open_case(case)
        world.register("2026", "7/1", actor="examiner-1")
        confused = world.register("2026/7", "1", actor="examiner-1")
    found = [item for item in audit(tmp_path).findings if item.code == "defect.confusable"]
    assert [(item.subject, item.severity) for item in found] == [(f"entry {confused.index}", Severity.DEFECT)]


def test_a_changed_private_value_is_found_at_its_entry(ledger: Ledger) -> None:
    """A name that was exchanged in the store must not be told in court."""
    with edited(ledger.folder, DISCLOSURES_FILE) as connection:
        rows = connection.execute("SELECT commitment, text FROM disclosure").fetchall()
    with edited(ledger.folder) as connection:
        (mine,) = connection.execute("SELECT commitment FROM commitment WHERE entry_index = ?", (SEALED,)).fetchone()
    other = next(text for commitment, text in rows if commitment != mine)
    run(ledger.folder, "UPDATE disclosure SET text = ? WHERE commitment = ?", other, mine, file=DISCLOSURES_FILE)
    assert audit(ledger.folder).failures() == {("disclosures.digest", f"entry {SEALED}")}


def test_a_value_erased_without_an_order_is_a_defect(ledger: Ledger) -> None:
    """The chain holds without the value, but somebody decided alone that nobody shall read it."""
    run(ledger.folder, "UPDATE disclosure SET text = NULL", file=DISCLOSURES_FILE)
    outcome = audit(ledger.folder)
    assert outcome.verdict == "PASSED"
    assert {item.severity for item in outcome.findings if item.code == "disclosures.gone"} == {Severity.DEFECT}


def test_a_value_that_was_never_handed_over_is_no_fault(ledger: Ledger) -> None:
    """A sender may keep his values to himself; how many are not here is told, as somebody may have taken them."""
    run(ledger.folder, "DELETE FROM disclosure", file=DISCLOSURES_FILE)
    outcome = audit(ledger.folder)
    assert outcome.verdict == "PASSED"
    assert outcome.codes() == {"audit.no-anchor", "disclosures.absent"}


@pytest.mark.parametrize("index", [2_000_000_000, 9_223_372_036_854_775_806])
def test_a_row_beyond_a_great_hole_is_found_without_looking_at_the_hole(ledger: Ledger, index: int) -> None:
    """One stray row must not keep an auditor busy for days."""
    columns = ", ".join(f'"{name}"' for name in EntryRow._fields if name not in ("entry_index", "event_hash"))
    copied = f'INSERT INTO "entry" (entry_index, event_hash, {columns}) SELECT ?, zeroblob(32), {columns} FROM "entry"'
    run(ledger.folder, f"{copied} WHERE entry_index = 3", index)
    outcome = audit(ledger.folder)
    assert {("audit.stray-row", f"entry {index}"), ("audit.missing", f"entry {SIZE}")} <= outcome.failures()


def test_a_number_that_no_entry_can_have_is_no_crash(ledger: Ledger) -> None:
    """Whoever asks for the end of the ledger is told that it can't be its end."""
    run(ledger.folder, 'UPDATE "entry" SET entry_index = 9223372036854775806 WHERE entry_index = ?', NEWEST)
    with SqliteStore(ledger.folder) as store, store.read() as reader, pytest.raises(StorageError) as caught:
        reader.head()
    assert caught.value.code == "ledger.unreadable"


def test_a_row_of_a_subject_at_another_place_is_no_crash(ledger: Ledger) -> None:
    """Rows that were taken out and numbered anew have the wrong full subtrees."""
    key = subject_key(("exhibit", CASE, "EX-1"))
    run(ledger.folder, "DELETE FROM subject_entry WHERE key = ? AND position < 2", key)
    run(ledger.folder, "UPDATE subject_entry SET position = position - 2 WHERE key = ?", key)
    run(ledger.folder, "DELETE FROM subject_entry WHERE key = ? AND position > 0", key)
    with SqliteStore(ledger.folder) as store, store.read() as reader, pytest.raises(StorageError) as caught:
        reader.tally(("exhibit", CASE, "EX-1"))
    assert caught.value.code == "ledger.unreadable"


def test_rows_of_two_exports_and_the_newest_entry_are_all_checked(ledger: Ledger) -> None:
    """Changes at the ends are found as well as in the middle."""
    for index in (0, EXPORTED, LAST_EXPORT, NEWEST):
        run(ledger.folder, "UPDATE \"entry\" SET actor = 'nobody' WHERE entry_index = ?", index)
    subjects = {f"entry {index}" for index in (0, EXPORTED, LAST_EXPORT, NEWEST)}
    assert audit(ledger.folder).failed_subjects() == subjects
