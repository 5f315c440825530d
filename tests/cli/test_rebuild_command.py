"""`custody rebuild`: where commands stop because rows say something else than entries, they work again after it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from custody.cli.exits import Exit
from custody.storage.home_layout import DISCLOSURES_FILE, LEDGER_FILE
from schemas.subject import subject_key
from tests.cli.machine import Machine
from tests.cli.script import Stage

NAME = "EX-1"
COMMANDS = (f"show {NAME}", "status", "list", f"bundle {NAME} --to court-01 --as exam-07 -o out.zip", "audit")
ENDED = subject_key(("agent", "exam-11")).hex()

REVOKED = '"revoked_at":'


@pytest.fixture
def machine(stage: Stage) -> Machine:
    """A ledger with an exhibit, a draft that waits, a document, and an agent whose key was ended."""
    machine = Machine(stage)
    (stage.folder / "few").write_bytes(b"few")
    machine.register("few", "--description letters --place vault")
    machine.do("agent enrol court-01 --kind organisation --country FR --as reg-1")
    machine.do("key revoke exam-11 --reason superseded --as reg-1")
    machine.do(f"seal {NAME} --seal 7 --as exam-07")
    return machine


def tamper(machine: Machine, file: str, *script: str) -> None:
    """Run statements as a hand at the prompt of SQLite would, and leave the guards gone."""
    with closing(sqlite3.connect(machine.home / file, isolation_level=None)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        for statement in script:
            connection.execute(statement)


@pytest.mark.parametrize(
    ("file", "statement"),
    [
        (LEDGER_FILE, "UPDATE exhibit SET record = replace(record, 'exam-07', 'exam-11')"),
        (LEDGER_FILE, "UPDATE exhibit SET record = '{}'"),
        (LEDGER_FILE, "DELETE FROM exhibit"),
        (LEDGER_FILE, 'UPDATE signing_key SET record = replace(record, \'"revoked_at":\', \'"revoked_at":null,"x":\')'),
        (LEDGER_FILE, "UPDATE signing_key SET record = '{'"),
        (LEDGER_FILE, f"DELETE FROM subject_entry WHERE key = x'{ENDED}' AND position > 0"),
        (LEDGER_FILE, "UPDATE subject_entry SET frontier = x'00'"),
        (LEDGER_FILE, "UPDATE ledger SET record = replace(record, '\"FR\"', '\"DE\"')"),
        (LEDGER_FILE, "DELETE FROM ledger"),
        (LEDGER_FILE, "UPDATE entry SET leaf = zeroblob(32) WHERE entry_index = 3"),
        (LEDGER_FILE, "UPDATE entry SET event_hash = randomblob(32)"),
        (LEDGER_FILE, "DELETE FROM commitment"),
        (LEDGER_FILE, "ALTER TABLE exhibit DROP COLUMN sealed"),
        (LEDGER_FILE, "CREATE TRIGGER x AFTER INSERT ON entry BEGIN DELETE FROM commitment; END"),
        (LEDGER_FILE, "CREATE VIEW stranger AS SELECT 1"),
        (DISCLOSURES_FILE, "CREATE TRIGGER x BEFORE INSERT ON disclosure BEGIN SELECT RAISE(IGNORE); END"),
        (DISCLOSURES_FILE, "UPDATE disclosure SET text = (SELECT min(text) FROM disclosure)"),
    ],
)
def test_what_stopped_works_again(machine: Machine, file: str, statement: str) -> None:
    """Once, only a backup helped; whoever is stopped is told what helps now."""
    tamper(machine, file, statement)
    assert machine.stage.custody("audit").exit is Exit.FAILED
    ran = [machine.stage.custody(line) for line in COMMANDS[:3]]
    assert all("custody rebuild" in item.stderr for item in ran if item.exit is Exit.REFUSED), ran
    done = machine.json("rebuild")
    assert done["files"] == [file]
    for line in COMMANDS:
        machine.do(line)
    assert machine.json("rebuild")["files"] == []


def test_what_is_told_and_kept(machine: Machine) -> None:
    """Rows were changed by somebody, and what they said may show by whom."""
    tamper(machine, LEDGER_FILE, "UPDATE exhibit SET holder = 'exam-11'")
    assert "What to do" in (audited := machine.stage.custody("audit").stdout)
    assert "custody rebuild" in audited
    ran = machine.do("rebuild")
    assert "exhibit 2026-0417/EX-1: expected what the entries give in holder" in ran.stdout
    assert "[audit.state-row]" in ran.stdout
    kept = next(machine.home.glob("before-rebuild-*"))
    with closing(sqlite3.connect(kept / LEDGER_FILE)) as connection:
        assert connection.execute("SELECT holder FROM exhibit").fetchall() == [("exam-11",)]
    assert "the index is what they give: nothing was changed" in machine.do("rebuild").stdout


def test_a_copy_with_private_values_is_a_backup_that_an_order_to_erase_names(machine: Machine) -> None:
    """A rebuild must not bring a name out of reach of the orders of a court."""
    tamper(machine, DISCLOSURES_FILE, "CREATE VIEW stranger AS SELECT 1")
    kept = machine.json("rebuild")["kept"]
    line = 'erase EX-1 --everything --order "Order 1" --authority Court --as exam-07 --registrar reg-1'
    assert [(item["path"], item["is_there"]) for item in machine.json(line)["backups"]] == [(kept, True)]
    (kept_file,) = Path(kept).iterdir()
    kept_file.unlink()
    Path(kept).rmdir()
    machine.do(f"backup --gone {kept}")
    assert machine.json("erase --finish")["destroyed"]["values"] == 0


def test_a_noted_copy_that_is_not_there_is_listed_as_such(machine: Machine) -> None:
    """A rebuild that was killed may leave a note without its copy; and somebody may have moved a copy elsewhere."""
    tamper(machine, DISCLOSURES_FILE, "CREATE VIEW stranger AS SELECT 1")
    Path(machine.json("rebuild")["kept"]).rename(machine.stage.folder / "elsewhere")
    ran = machine.do('erase EX-1 --everything --order "Order 1" --authority Court --as exam-07 --registrar reg-1')
    assert ", which is not there now" in ran.stdout
    assert "custody backup --gone DEST" in ran.stdout


def test_the_checkpoint_of_an_export_is_signed_again_where_the_keys_are(machine: Machine) -> None:
    """It is the same to the byte: a key gives one signature for one text, and the newest one speaks for it already."""
    made = machine.json("bundle EX-1 --to court-01 -o b.zip --as exam-07")
    size = len(machine.entries())
    machine.do("incident EX-1 --kind damaged --description d --as exam-07")
    before = machine.do(f"checkpoint --size {size}").stdout
    tamper(machine, LEDGER_FILE, f"DELETE FROM checkpoint WHERE size = {size}")
    assert machine.stage.custody("audit").exit is Exit.FAILED
    keys = machine.home / "keys"
    keys.rename(machine.stage.folder / "away")
    keys.mkdir(mode=0o700)
    assert [item["code"] for item in machine.json("rebuild")["left_out"]] == ["audit.checkpoint-missing"], made
    keys.rmdir()
    (machine.stage.folder / "away").rename(keys)
    machine.stage.now += timedelta(seconds=1)
    ran = machine.do("rebuild")
    assert "signed again" in ran.stdout
    assert machine.do(f"checkpoint --size {size}").stdout == before
    machine.do("audit")


def test_everything_else_in_the_home_stays_as_it_is(machine: Machine) -> None:
    """Drafts, documents, keys and evidence are no index."""
    for path in (machine.stage.folder / "keys").glob("cust-02*"):
        path.unlink()
    machine.do("handover EX-1 --from exam-07 --to cust-02 --purpose keeping")
    machine.do("backup copy")
    before = files(machine.home)
    assert any(path.startswith("drafts/") for path in before)
    tamper(machine, LEDGER_FILE, "DELETE FROM exhibit")
    tamper(machine, DISCLOSURES_FILE, "CREATE VIEW stranger AS SELECT 1")
    machine.do("rebuild")
    assert files(machine.home) == before
    assert len(machine.json("pending")["drafts"]) == 1


def files(home: Path) -> dict[str, bytes]:
    """Return the files of a home beside its databases."""
    found = (path for path in home.rglob("*") if path.is_file() and ".db" not in path.name)
    return {path.relative_to(home).as_posix(): path.read_bytes() for path in found}


def test_an_entry_that_was_changed_is_refused_as_an_audit_says(machine: Machine) -> None:
    """No record is ever mended; the verdict has the exit code of one."""
    tamper(machine, LEDGER_FILE, "UPDATE entry SET raw = x'00' WHERE entry_index = 5")
    ran = machine.stage.custody("rebuild")
    assert ran.exit is Exit.FAILED
    assert "entry 5: " in ran.stderr
    assert "hint: no record is ever mended" in ran.stderr
    assert not list(machine.home.glob("before-rebuild-*"))


def test_newest_is_a_checkpoint_that_the_entries_contain(machine: Machine) -> None:
    """Rows about entries that are gone may be all that tells of them."""
    machine.do("checkpoint -o held")
    tamper(machine, LEDGER_FILE, "INSERT INTO commitment VALUES (zeroblob(32), 99)")
    machine.fail("rebuild", Exit.FAILED, "audit.truncated")
    (machine.stage.folder / "none").write_text("no checkpoint")
    machine.fail("rebuild --newest none", Exit.USAGE, "note.malformed")
    machine.do("rebuild --newest held")
    machine.do("audit --since held")
