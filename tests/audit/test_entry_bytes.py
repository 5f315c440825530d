"""Entries in a table whose numbers may be anything: each is known by its own bytes."""

from __future__ import annotations

import pytest

from custody.ledger.rows import EntryRow
from schemas.errors import CustodyError
from tests.audit.conftest import Ledger
from tests.audit.rebuilding import codes, rebuild, records
from tests.audit.test_rebuild import check_whole, tamper

LOOSE = ("CREATE TABLE loose AS SELECT * FROM entry", "DROP TABLE entry", "ALTER TABLE loose RENAME TO entry")
"""Without its key, a table takes any number, and none."""


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET entry_index = 'x' WHERE entry_index = 5",
        "UPDATE entry SET entry_index = NULL WHERE entry_index = 5",
        "INSERT INTO entry (entry_index, raw) VALUES ('x', x'00')",
        "INSERT INTO entry (entry_index, raw) VALUES (NULL, x'00')",
    ],
)
def test_an_entry_is_found_by_its_bytes_where_its_number_is_none(ledger: Ledger, statement: str) -> None:
    """What a table without its key holds is no reason to crash, nor to say that an entry is gone."""
    before = records(ledger.folder)
    tamper(ledger.folder, *LOOSE, statement)
    assert codes(rebuild(ledger.folder)) == {"audit.schema", "audit.stray-row"}
    check_whole(ledger, before)


def test_a_table_without_numbers_of_rows_is_refused(ledger: Ledger) -> None:
    """There, an entry under a number that is none can't be found again."""
    columns = ", ".join(f'"{name}"' for name in EntryRow._fields[1:])
    make = f"CREATE TABLE loose (entry_index PRIMARY KEY, {columns}) WITHOUT ROWID"
    script = (make, "INSERT INTO loose SELECT * FROM entry", *LOOSE[1:])
    tamper(ledger.folder, *script, "UPDATE entry SET entry_index = 'x' WHERE entry_index = 5")
    with pytest.raises(CustodyError) as caught:
        rebuild(ledger.folder)
    assert caught.value.code == "ledger.unreadable"
