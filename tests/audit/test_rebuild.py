"""Rows are an index: what somebody did to them is undone from the entries, and nothing is ever done to an entry."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from custody.audit.rebuild import Rebuilding
from custody.audit.rebuild import rebuild as rebuild_home
from custody.storage.home import Home
from custody.storage.home_layout import DISCLOSURES_FILE, LEDGER_FILE, HomeRecord
from custody.storage.ledger_store import SqliteStore
from custody.storage.replacing import replace_content
from custody.storage.schema import DERIVED, RECORDS
from custody.storage.tables import DISCLOSURES, LEDGER
from custody.storage.triggers import TRIGGERS
from keys.note import NoteSignature, UnverifiedNote, format_note, parse_note
from schemas.errors import CustodyError, StorageError
from tests.audit.conftest import CASE, EXPORTED, MANY, NEWEST, SEALED, SIZE, Ledger
from tests.audit.rebuilding import KEPT, codes, dump, rebuild, records
from tests.audit.row_edits import COLUMNS, ROWS
from tests.audit.tampering import AT, audit, edited, flip, run
from tests.ledger.test_disputed_keys import add_key, revoke
from tests.world import ORIGIN, World, settled

EDITS = [
    *ROWS,
    ("UPDATE exhibit SET record = 'no record at all'", "audit.state-row"),
    ('DELETE FROM "case"', "audit.state-row"),
    ("DELETE FROM ledger", "audit.state-row"),
    ("ALTER TABLE exhibit DROP COLUMN sealed", "audit.schema"),
    ('ALTER TABLE entry DROP COLUMN "case"', "audit.schema"),
    ("CREATE TABLE notes (text TEXT)", "audit.schema"),
    ("DROP TABLE tile", "audit.schema"),
    ("DROP TABLE commitment", "audit.schema"),
    ("CREATE VIEW stranger AS SELECT 1", "audit.foreign"),
    ("CREATE TRIGGER x AFTER INSERT ON entry BEGIN DELETE FROM commitment; END", "audit.foreign"),
    ("UPDATE entry SET entry_index = 9223372036854775806 WHERE entry_index = 12", "audit.stray-row"),
    ("UPDATE entry SET entry_index = -entry_index WHERE entry_index = 7", "audit.stray-row"),
    (
        "INSERT INTO entry SELECT 2000000000, leaf, zeroblob(32), type, \"case\", exhibit, sequence, actor,"
        " occurred_at, recorded_at, relies_on, affirms, signers, raw FROM entry WHERE entry_index = 3",
        "audit.stray-row",
    ),
]  # fmt: skip


def tamper(folder: Path, *script: str) -> None:
    """Run statements on an unguarded database, and put back what guards there are tables for."""
    with closing(sqlite3.connect(folder / LEDGER_FILE, isolation_level=None)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        for statement in script:
            connection.execute(statement)
        for statement in TRIGGERS:
            with suppress(sqlite3.OperationalError):
                connection.execute(statement)


def check_whole(ledger: Ledger, before: tuple[list[bytes], list[bytes]]) -> None:
    """Assert that an audit passes with nothing to say of the database, and that all records are as they were."""
    outcome = audit(ledger.folder)
    assert (outcome.verdict, outcome.failures()) == ("PASSED", set())
    assert not {code for code in outcome.codes() if code.startswith("audit.")} - {"audit.no-anchor"}
    assert records(ledger.folder) == before


@pytest.mark.parametrize(("statement", "code"), EDITS)
def test_whatever_is_done_to_rows_is_undone(ledger: Ledger, statement: str, code: str) -> None:
    """They are an index; and what it said is kept, as it may tell who did it."""
    before = records(ledger.folder)
    tamper(ledger.folder, statement)
    script = dump(ledger.folder, LEDGER_FILE)
    assert audit(ledger.folder).verdict == "FAILED"
    done = rebuild(ledger.folder)
    assert code in codes(done)
    assert (done.size, done.files, done.kept) == (SIZE, (LEDGER_FILE,), ledger.folder / KEPT)
    check_whole(ledger, before)
    assert dump(ledger.folder / KEPT, LEDGER_FILE) == script


@pytest.mark.parametrize("column", COLUMNS)
def test_a_changed_column_of_an_entry_is_undone(ledger: Ledger, column: str) -> None:
    """Only its bytes are the record."""
    before = records(ledger.folder)
    run(ledger.folder, f'UPDATE "entry" SET "{column}" = ? WHERE entry_index = ?', COLUMNS[column], SEALED)
    assert [(item.code, item.subject) for item in rebuild(ledger.folder).differences] == [
        ("audit.column", f"entry {SEALED}")
    ]
    check_whole(ledger, before)


def test_a_wrong_tile_is_undone(large: Ledger) -> None:
    """Proofs are made from them."""
    before = records(large.folder)
    with edited(large.folder) as connection:
        (tile,) = connection.execute("SELECT hashes FROM tile WHERE level = 0 AND number = 0").fetchone()
        connection.execute("UPDATE tile SET hashes = ? WHERE level = 0", (flip(tile, 8 * 32 * 41),))
    assert codes(rebuild(large.folder)) == {"audit.tile"}
    check_whole(large, before)


def test_missing_triggers_are_put_back(ledger: Ledger) -> None:
    """They stop mistakes."""
    before = records(ledger.folder)
    with SqliteStore(ledger.folder) as store, store.database.transaction(is_write=True) as connection:
        connection.execute("DROP TRIGGER entry_stays")
    assert codes(rebuild(ledger.folder)) == {"audit.guards"}
    check_whole(ledger, before)


def test_a_damaged_page_of_an_index_is_undone(ledger: Ledger) -> None:
    """A disk forgets as well as a hand."""
    before = records(ledger.folder)
    with edited(ledger.folder) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'subject_entry'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        connection.execute("PRAGMA journal_mode=DELETE")
    with (ledger.folder / LEDGER_FILE).open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    assert audit(ledger.folder).verdict == "FAILED"
    assert codes(rebuild(ledger.folder)) == {"audit.database"}
    check_whole(ledger, before)


def test_where_nothing_differs_nothing_is_done(ledger: Ledger) -> None:
    """Nor is anything copied: private values least of all."""
    before = dump(ledger.folder, LEDGER_FILE), dump(ledger.folder, DISCLOSURES_FILE)
    done = rebuild(ledger.folder)
    assert (done.files, done.kept, done.differences, done.left_out) == ((), None, (), ())
    assert (dump(ledger.folder, LEDGER_FILE), dump(ledger.folder, DISCLOSURES_FILE)) == before


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        (f"UPDATE entry SET raw = CAST(replace(raw, 'entry', 'entrx') AS BLOB) WHERE entry_index = {SEALED}", ""),
        (f"UPDATE entry SET raw = x'00' WHERE entry_index = {SEALED}", ""),
        (
            f"UPDATE entry SET raw = (SELECT raw FROM entry WHERE entry_index = 3) WHERE entry_index = {SEALED}",
            "audit.missing",
        ),
        (f"DELETE FROM entry WHERE entry_index = {SEALED}", "audit.missing"),
        (f"DELETE FROM entry WHERE entry_index = {NEWEST}", "audit.truncated"),
        (f"DELETE FROM checkpoint WHERE size = {SIZE}", "audit.checkpoint-missing"),
        ("DELETE FROM entry", "audit.empty"),
        ("ALTER TABLE entry DROP COLUMN raw", "ledger.unreadable"),
        ("DROP TABLE checkpoint", "ledger.unreadable"),
    ],
)
def test_a_record_that_is_damaged_or_gone_is_never_mended(ledger: Ledger, statement: str, code: str) -> None:
    """What was signed can't be made again; and what was found is as it was."""
    tamper(ledger.folder, statement, "UPDATE exhibit SET holder = 'examiner-2'")
    before = dump(ledger.folder, LEDGER_FILE)
    with pytest.raises(CustodyError) as caught:
        rebuild(ledger.folder)
    assert caught.value.code == code if code else caught.value.code in codes_of(ledger)
    assert "restore a backup" in caught.value.hint
    assert dump(ledger.folder, LEDGER_FILE) == before


def codes_of(ledger: Ledger) -> set[str]:
    """Return what an audit says fails."""
    return {code for code, _ in audit(ledger.folder).failures()}


@pytest.mark.parametrize("bit", [8 * 300, 8 * 700 + 3, 8 * 1100 + 1])
def test_an_altered_byte_of_an_entry_is_refused_as_an_audit_says_it(ledger: Ledger, bit: int) -> None:
    """Whoever could have it mended could have a lie mended."""
    with edited(ledger.folder) as connection:
        (raw,) = connection.execute("SELECT raw FROM entry WHERE entry_index = ?", (SEALED,)).fetchone()
        connection.execute("UPDATE entry SET raw = ? WHERE entry_index = ?", (flip(raw, bit), SEALED))
    with pytest.raises(CustodyError) as caught:
        rebuild(ledger.folder)
    assert caught.value.code in codes_of(ledger)


def test_a_checkpoint_over_another_root_stays_where_it_is(ledger: Ledger) -> None:
    """A ledger can't unsay what it signed: it is the proof that entries were replaced."""
    note = parse_note(ledger.notes[8])
    text = note.text.replace(note.text.splitlines()[2], b"A" * 43 + b"=")
    line = NoteSignature(note.signatures[0].name, note.signatures[0].id, ledger.world.log_signer.sign(text))
    run(ledger.folder, "UPDATE checkpoint SET note = ? WHERE size = 8", format_note(UnverifiedNote(text, (line,))))
    with pytest.raises(CustodyError) as caught:
        rebuild(ledger.folder)
    assert caught.value.code == "audit.checkpoint-root"


@pytest.mark.parametrize("size", [8, EXPORTED + 1])
def test_a_checkpoint_that_nobody_signed_is_left_out_and_told(ledger: Ledger, size: int) -> None:
    """It binds nobody; one that ends with an export can't be made again, and the audit goes on saying so."""
    note = parse_note(ledger.notes[8])
    line = NoteSignature(note.signatures[0].name, note.signatures[0].id, flip(note.signatures[0].body, 300))
    raw = format_note(UnverifiedNote(note.text, (line,)))
    run(ledger.folder, "UPDATE checkpoint SET note = ? WHERE size = ?", raw, size)
    done = rebuild(ledger.folder)
    expected = {("note.signature", f"checkpoint {size}")}
    missing = set() if size == 8 else {("audit.checkpoint-missing", f"checkpoint {size}")}
    assert {(item.code, item.subject) for item in done.left_out} == expected | missing
    assert audit(ledger.folder).failures() == missing
    assert rebuild(ledger.folder).files == ()


@pytest.mark.parametrize("table", ["commitment", "subject_entry"])
def test_rows_about_entries_that_are_not_there_are_not_swept_away(ledger: Ledger, table: str) -> None:
    """They may be all that is left of entries that somebody cut off; who asked around may say that they are not."""
    values = "zeroblob(32), 99" if table == "commitment" else "zeroblob(32), 0, 99, zeroblob(32)"
    run(ledger.folder, f"INSERT INTO {table} VALUES ({values})")
    with pytest.raises(CustodyError, match="entry 99") as caught:
        rebuild(ledger.folder)
    assert caught.value.code == "audit.truncated"
    assert rebuild(ledger.folder, newest=ledger.notes[12]).files == (LEDGER_FILE,)
    assert audit(ledger.folder).verdict == "PASSED"


@pytest.mark.parametrize(
    ("level", "number", "width"), [(0, 1, 45), (0, 1, 256), (1, 0, 2), (1, 9, 1), (2, 0, 1), (2**62, 2**62, 1)]
)
def test_tiles_of_entries_that_are_not_there_are_not_swept_away(
    large: Ledger, level: int, number: int, width: int
) -> None:
    """A hash in one of them may be the last that is left of an entry."""
    run(large.folder, "INSERT OR REPLACE INTO tile VALUES (?, ?, zeroblob(?))", level, number, 32 * width)
    with pytest.raises(CustodyError, match=f"tile {level}/{number}") as caught:
        rebuild(large.folder)
    assert caught.value.code == "audit.truncated"
    done = rebuild(large.folder, newest=large.notes[MANY])
    assert (done.files, codes(done)) == ((LEDGER_FILE,), {"audit.tile"})
    assert audit(large.folder).verdict == "PASSED"


@pytest.mark.parametrize("values", ["1, -3, zeroblob(64)", "-1, 9, zeroblob(32)"])
def test_a_tile_that_tells_of_no_entry_stops_nothing(large: Ledger, values: str) -> None:
    """Nobody was ever told of an entry by it."""
    run(large.folder, f"INSERT INTO tile VALUES ({values})")
    assert "audit.tile" in codes(rebuild(large.folder))


def test_a_checkpoint_of_more_entries_stops_a_rebuild(ledger: Ledger) -> None:
    """Else a ledger that was cut would become one with itself."""
    with edited(ledger.folder) as connection:
        for statement in (
            f"DELETE FROM entry WHERE entry_index >= {NEWEST}",
            f"DELETE FROM checkpoint WHERE size > {NEWEST}",
            f"DELETE FROM commitment WHERE entry_index >= {NEWEST}",
            f"DELETE FROM subject_entry WHERE entry_index >= {NEWEST}",
        ):
            connection.execute(statement)
    with pytest.raises(CustodyError, match=f"at least {SIZE} entries") as caught:
        rebuild(ledger.folder, newest=ledger.notes[SIZE])
    assert caught.value.code == "audit.truncated"


def test_every_table_is_a_record_or_derived(ledger: Ledger) -> None:
    """Who adds a table decides whether a rebuild makes its rows, or carries them; both is tried below."""
    assert set(LEDGER.tables) | set(DISCLOSURES.tables) == RECORDS | DERIVED
    assert not RECORDS & DERIVED
    assert set(DISCLOSURES.tables) <= RECORDS


@pytest.mark.parametrize("table", sorted(DERIVED))
@pytest.mark.parametrize("whose", ["ledger", "large"])
def test_what_is_derived_is_made_from_nothing(request: pytest.FixtureRequest, whose: str, table: str) -> None:
    """A table whose rows can't be made again is none that may be thrown away."""
    folder = request.getfixturevalue(whose).folder
    before = dump(folder, LEDGER_FILE)
    with edited(folder) as connection:
        count = connection.execute(f'DELETE FROM "{table}"').rowcount
    assert rebuild(folder).files == ((LEDGER_FILE,) if count else ())
    assert dump(folder, LEDGER_FILE) == before


def test_what_is_in_dispute_is_on_record_and_has_rows(tmp_path: Path) -> None:
    """Such a ledger is no less damaged than another one; what an audit says of it stays."""
    with SqliteStore.create(tmp_path) as store:
        world = settled(World(store))
        last = len(world.entries()) - 1
        add_key(world)
        world.register(CASE, "EX-1", actor="examiner-1")
        revoke(world, world.signers["examiner-1"][0].key_id, last=last)
    before = audit(tmp_path)
    assert (before.verdict, "keys.disputed" in before.codes()) == ("INDETERMINATE", True)
    run(tmp_path, "UPDATE exhibit SET holder = 'examiner-2'")
    assert codes(rebuild(tmp_path)) == {"audit.state-row"}
    assert audit(tmp_path).findings == before.findings


def test_what_left_against_the_law_is_on_record_and_has_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It fails every audit for good; its exhibits must be found all the same."""
    monkeypatch.setattr("custody.ledger.appending.check_lawful", lambda *_: None)
    with SqliteStore.create(tmp_path) as store:
        world = settled(World(store), gate="v2")
        world.enrol("b-police", (), kind="organisation", country="XB", ledger="b.example/main")
        world.register(CASE, "EX-1", actor="examiner-1")
        moved = {"carrier": "courier", "place": "the lab of B", "to_agent": "b-police", "to_country": "XB"}
        world.act("custody.moved", CASE, "EX-1", moved, actor="examiner-1")
    before = audit(tmp_path)
    assert {code for code, _ in before.failures()} == {"release.consent-missing"}
    run(tmp_path, "UPDATE exhibit SET holder = 'examiner-2'")
    assert codes(rebuild(tmp_path)) == {"audit.state-row"}
    assert audit(tmp_path).findings == before.findings


def test_a_store_that_was_open_meanwhile_goes_on(tmp_path: Path) -> None:
    """A program that runs for days has the ledger open when somebody rebuilds it."""
    with SqliteStore.create(tmp_path) as store:
        world = settled(World(store))
        world.register(CASE, "EX-1", actor="examiner-1")
        with closing(sqlite3.connect(tmp_path / LEDGER_FILE)) as connection:
            connection.execute("UPDATE exhibit SET holder = 'examiner-2'")
            connection.commit()
        rebuild(tmp_path)
        with store.read() as reader:
            assert [item.holder for item in reader.exhibits()] == ["examiner-1"]
        world.act("exhibit.sealed", CASE, "EX-1", {"seal": {"number": "7"}}, actor="examiner-1")
    assert audit(tmp_path).verdict == "PASSED"


@pytest.mark.parametrize("file", [LEDGER_FILE, DISCLOSURES_FILE])
def test_a_database_is_not_looked_for_behind_a_link(ledger: Ledger, tmp_path: Path, file: str) -> None:
    """Private values of another ledger belong to no entry of this one, and would all be left out there."""
    run(ledger.folder, "UPDATE exhibit SET holder = 'examiner-2'")
    with edited(ledger.folder, DISCLOSURES_FILE) as connection:
        connection.execute("INSERT INTO disclosure VALUES (zeroblob(32), 'a stranger')")
    elsewhere = tmp_path / "elsewhere.db"
    (ledger.folder / file).rename(elsewhere)
    (ledger.folder / file).symlink_to(elsewhere)
    before = elsewhere.read_bytes()
    with pytest.raises(StorageError, match="found a link"):
        rebuild(ledger.folder)
    assert elsewhere.read_bytes() == before


def test_two_at_once_do_it_one_after_the_other(ledger: Ledger) -> None:
    """Who holds the lock is waited for, and told of where it takes too long."""
    run(ledger.folder, "UPDATE exhibit SET holder = 'examiner-2'")
    with closing(sqlite3.connect(ledger.folder / LEDGER_FILE, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError) as caught:
            rebuild(ledger.folder, patience=0.1)
    assert caught.value.code == "ledger.busy"
    assert rebuild(ledger.folder).files == (LEDGER_FILE,)


@pytest.mark.parametrize("file", [LEDGER_FILE, DISCLOSURES_FILE])
def test_what_was_there_is_kept_by_one_that_is_broken_off_too_late(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    """Ctrl-C while the disk syncs comes up when that is over: then the copy is all that is left of what was there."""
    if file == LEDGER_FILE:
        run(ledger.folder, "UPDATE exhibit SET holder = 'examiner-2'")
    else:
        with edited(ledger.folder, file) as connection:
            connection.execute("INSERT INTO disclosure VALUES (zeroblob(32), 'a stranger')")
    before = dump(ledger.folder, file)

    def interrupt(*args: Any) -> None:
        replace_content(*args)
        raise KeyboardInterrupt

    monkeypatch.setattr("custody.audit.rebuild.replace_content", interrupt)
    with (
        Home(ledger.folder, HomeRecord(format=2, origin=ORIGIN), SqliteStore(ledger.folder), random=bytes) as home,
        pytest.raises(KeyboardInterrupt),
    ):
        rebuild_home(home, Rebuilding(at=AT, random=bytes))
    assert dump(ledger.folder, file) != before
    assert dump(ledger.folder / KEPT, file) == before


def test_nothing_is_left_of_one_that_is_broken_off(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C at the worst moment: the copy is made, and the content about to be replaced."""
    run(ledger.folder, "UPDATE exhibit SET holder = 'examiner-2'")
    before = dump(ledger.folder, LEDGER_FILE)

    def interrupt(*_: Any, **__: Any) -> None:
        assert (ledger.folder / KEPT).is_dir()
        raise KeyboardInterrupt

    monkeypatch.setattr("custody.audit.rebuild.replace_content", interrupt)
    with pytest.raises(KeyboardInterrupt):
        rebuild(ledger.folder)
    assert dump(ledger.folder, LEDGER_FILE) == before
