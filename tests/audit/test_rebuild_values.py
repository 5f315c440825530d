"""Private values, and what was noted of them, follow from nothing: a rebuild carries what holds, and tells the rest."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from custody.storage.home_layout import DISCLOSURES_FILE
from custody.storage.ledger_store import SqliteStore
from schemas.errors import StorageError
from tests.audit.conftest import SEALED, Ledger
from tests.audit.rebuilding import KEPT, codes, dump, rebuild
from tests.audit.tampering import audit, edited


def test_what_was_noted_of_exports_and_backups_survives(ledger: Ledger) -> None:
    """Nothing says it a second time."""
    with edited(ledger.folder, DISCLOSURES_FILE) as connection:
        connection.execute("INSERT INTO recipient VALUES (zeroblob(32), 'court', '2026-11-21T07:00:00Z', 'e')")
        connection.execute("INSERT INTO export VALUES ('e', 'court', '2026-11-21T07:00:00Z', '{}')")
        connection.execute("INSERT INTO backup VALUES ('2026-11-21T07:00:00Z', '/b', 3, 0, NULL)")
    before = dump(ledger.folder, DISCLOSURES_FILE)
    with edited(ledger.folder, DISCLOSURES_FILE) as connection:
        connection.execute("CREATE VIEW stranger AS SELECT 1")
    done = rebuild(ledger.folder)
    assert (codes(done), done.files) == ({"audit.foreign"}, (DISCLOSURES_FILE,))
    noted = f"INSERT INTO \"backup\" VALUES('2027-01-01T00:00:00Z','{ledger.folder / KEPT}',13,0,NULL);"
    assert dump(ledger.folder, DISCLOSURES_FILE) == sorted([*before, noted])


def test_a_home_from_before_two_tables_gets_them(ledger: Ledger) -> None:
    """An earlier release noted neither exports nor backups."""
    with edited(ledger.folder, DISCLOSURES_FILE) as connection:
        connection.execute("DROP TABLE export")
        connection.execute("DROP TABLE backup")
    assert rebuild(ledger.folder).files == (DISCLOSURES_FILE,)
    assert audit(ledger.folder).verdict == "PASSED"


def test_values_that_no_entry_speaks_of_or_that_are_others_are_left_out_and_told(ledger: Ledger) -> None:
    """A name that was swapped in must not be told in court; what holds stays."""
    with edited(ledger.folder) as connection:
        (mine,) = connection.execute("SELECT commitment FROM commitment WHERE entry_index = ?", (SEALED,)).fetchone()
    with edited(ledger.folder, DISCLOSURES_FILE) as connection:
        whole = connection.execute("SELECT count(*) FROM disclosure").fetchone()[0]
        connection.execute("UPDATE disclosure SET text = 'somebody else' WHERE commitment = ?", (mine,))
        connection.execute("INSERT INTO disclosure VALUES (zeroblob(32), 'a stranger')")
        connection.execute("INSERT INTO disclosure VALUES (x'01', NULL)")
    done = rebuild(ledger.folder)
    assert {(item.code, item.subject) for item in done.left_out} == {
        ("disclosures.digest", f"entry {SEALED}"),
        ("disclosures.uncommitted", "disclosures"),
    }
    assert done.files == (DISCLOSURES_FILE,)
    with closing(sqlite3.connect(ledger.folder / DISCLOSURES_FILE)) as connection:
        texts = [text for (text,) in connection.execute("SELECT text FROM disclosure")]
    assert (len(texts), texts.count(None)) == (whole, 1)
    assert {"somebody else", "a stranger"}.isdisjoint(texts)
    assert audit(ledger.folder).verdict == "PASSED"
    assert [item.path for item in SqliteStore(ledger.folder).disclosures.sent.backups()] == [str(done.kept)]


def test_a_table_of_records_that_lacks_a_column_keeps_its_rows(ledger: Ledger) -> None:
    """What an earlier release didn't ask stays unsaid."""
    with edited(ledger.folder, DISCLOSURES_FILE) as connection:
        connection.execute("INSERT INTO backup VALUES ('2026-11-21T07:00:00Z', '/b', 3, 0, NULL)")
        connection.execute("ALTER TABLE backup DROP COLUMN gone_at")
    rebuild(ledger.folder)
    with SqliteStore(ledger.folder) as store:
        assert [item.path for item in store.disclosures.sent.backups()] == ["/b", str(ledger.folder / KEPT)]


@pytest.mark.parametrize("statement", ["DROP TABLE recipient", "ALTER TABLE disclosure RENAME TO hidden"])
def test_a_table_of_records_that_is_gone_is_not_made_empty(ledger: Ledger, statement: str) -> None:
    """An empty one would say that nobody received anything."""
    with edited(ledger.folder, DISCLOSURES_FILE) as connection:
        connection.execute(statement)
    with pytest.raises(StorageError) as caught:
        rebuild(ledger.folder)
    assert caught.value.code == "ledger.unreadable"
    assert not (ledger.folder / KEPT).exists()
