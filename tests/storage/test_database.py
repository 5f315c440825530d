"""The database refuses what an append-only ledger must refuse, and says clearly why it can't be used."""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from custody.ledger.store import LedgerReader
from custody.storage import copying
from custody.storage.ledger_store import SqliteStore
from custody.storage.triggers import TRIGGERS
from schemas.errors import StorageError
from tests.storage.soundness import check_sound
from tests.world import World

CASE = "2026-0417"
FROZEN = ("entry", "commitment", "subject", "subject_entry", "checkpoint")


@pytest.fixture
def connection(world: World, folder: Path) -> Iterator[sqlite3.Connection]:
    """A connection as any tool would open it, to a ledger with more than one full tile."""
    batch = [world.sign(world.registration(CASE, f"EX-{number}", actor="examiner-1")) for number in range(300)]
    world.append_all(batch)
    with closing(sqlite3.connect(folder / "ledger.db", isolation_level=None)) as opened:
        yield opened


@pytest.mark.parametrize("table", FROZEN)
@pytest.mark.parametrize("statement", ["UPDATE {0} SET rowid = rowid", "DELETE FROM {0}", "UPDATE {0} SET {1} = {1}"])
def test_rows_of_the_past_are_never_changed(connection: sqlite3.Connection, table: str, statement: str) -> None:
    """A tool, a migration or a hand at the wrong prompt must not rewrite history."""
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    is_clustered = (
        "WITHOUT ROWID" in connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
    )
    if is_clustered and "rowid" in statement:
        statement = "UPDATE {0} SET {1} = {1} WHERE true"
    with pytest.raises(sqlite3.IntegrityError, match="never"):
        connection.execute(statement.format(table, columns[0]))


@pytest.mark.parametrize("table", ["agent", "case", "exhibit", "ledger", "signing_key", "tile"])
def test_rows_that_grow_are_never_deleted(connection: sqlite3.Connection, table: str) -> None:
    """A state that is gone would let a number be used again."""
    with pytest.raises(sqlite3.IntegrityError, match="never deleted"):
        connection.execute(f'DELETE FROM "{table}"')


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT OR REPLACE INTO entry SELECT * FROM entry WHERE entry_index = 3",
        "INSERT INTO entry SELECT entry_index + 1000, leaf, x'00', type, \"case\", exhibit, sequence, actor,"
        " occurred_at, recorded_at, relies_on, affirms, signers, raw FROM entry WHERE entry_index = 3",
        "UPDATE tile SET hashes = zeroblob(8192) WHERE level = 0",
        "UPDATE tile SET hashes = substr(hashes, 1, 32) WHERE level = 0",
        "UPDATE tile SET number = number + 1",
        "UPDATE subject_entry SET position = position + 1",
        "UPDATE subject SET subject = '[\"ledger\"]'",
    ],
)
def test_no_way_round_the_triggers_by_mistake(connection: sqlite3.Connection, statement: str) -> None:
    """Replacing is deleting under another name, and an entry apart from the chain is none."""
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement)


def test_tables_are_strict(connection: sqlite3.Connection) -> None:
    """SQLite would else keep a text where a number belongs, and give it back later."""
    sql = [row[0] for row in connection.execute("SELECT sql FROM sqlite_master WHERE type = 'table'")]
    assert sql
    assert all("STRICT" in statement for statement in sql)
    triggers = connection.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'").fetchone()[0]
    assert triggers == len(TRIGGERS)


def test_every_commit_is_synced(world: World) -> None:
    """What was acknowledged survives a loss of power."""
    with world.store.read() as reader:
        assert reader.connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert reader.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert reader.connection.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_a_busy_ledger_waits_and_then_says_so(world: World, folder: Path) -> None:
    """Who is told nothing starts a second program, and a third."""
    with SqliteStore(folder, patience=0.05) as impatient:
        other = World(impatient)
        other.new_key("examiner-1")
        with world.store.write(), pytest.raises(StorageError, match="held by another process") as caught:
            other.register(CASE, "EX-1", actor="examiner-1")
        assert caught.value.code == "ledger.busy"
        assert caught.value.hint
    world.register(CASE, "EX-1", actor="examiner-1")
    check_sound(world.store, folder)


def test_who_waits_gets_the_lock(world: World, folder: Path) -> None:
    """The second desk is served when the first one is done."""
    done: list[int] = []

    def append() -> None:
        done.append(world.register(CASE, "EX-1", actor="examiner-1").index)

    with world.store.write():
        thread = threading.Thread(target=append)
        thread.start()
        thread.join(0.2)
        assert not done
    thread.join(10)
    assert len(done) == 1
    check_sound(world.store, folder)


def test_readers_see_one_moment(world: World) -> None:
    """A bundle made while others append is of one size."""
    with world.store.read() as reader:
        size = reader.head().size
        world.register(CASE, "EX-1", actor="examiner-1")
        assert reader.head().size == size
        assert reader.view().exhibit(CASE, "EX-1") is None
        assert len(list(reader.entries(0, size))) == size
    assert world.exhibit(CASE, "EX-1") is not None


def test_what_another_process_wrote_is_seen(world: World, folder: Path) -> None:
    """What is kept in memory is right only while the ledger's end is the one it was read at."""
    world.register(CASE, "EX-1", actor="examiner-1")
    with SqliteStore(folder) as second:
        other = World(second, seed="other")
        other.log_signer, other.at, other.signers = world.log_signer, world.at, world.signers
        other.act("custody.handed-over", CASE, "EX-1", {"purpose": "p"}, actor="examiner-1", to="custodian-1")
        world.at = other.at
        world.act("exhibit.sealed", CASE, "EX-1", {"seal": "A"}, actor="custodian-1")
        other.at = world.at
        other.act("exhibit.unsealed", CASE, "EX-1", {"seal": "A", "intact": True, "reason": "r"}, actor="custodian-1")
    check_sound(world.store, folder)


def test_a_file_that_is_no_database_is_named(folder: Path) -> None:
    """The path in the message is what the operator looks for in his backups."""
    for name in ("ledger.db", "disclosures.db"):
        (folder / name).write_bytes(b"this is not a database, it only has its name" * 100)
    with SqliteStore(folder) as store, pytest.raises(StorageError, match=r"ledger\.db") as caught, store.read() as read:
        read.head()
    assert caught.value.code == "ledger.unreadable"


def test_a_ledger_that_is_not_there_is_not_made(folder: Path) -> None:
    """An empty ledger in the place of a lost one would look like a fresh start."""
    with SqliteStore(folder) as store, pytest.raises(StorageError) as caught, store.read():
        pass
    assert caught.value.code == "ledger.unreadable"
    assert os.listdir(folder) == []


def test_a_ledger_is_never_made_twice(world: World, folder: Path) -> None:
    """`init` in the wrong folder must not touch what is there."""
    with pytest.raises(StorageError) as caught:
        SqliteStore.create(folder)
    assert caught.value.code == "ledger.exists"
    check_sound(world.store, folder)


@pytest.mark.parametrize("count", [1, 255, 256, 257, 513])
def test_tiles_are_there_at_every_size(world: World, folder: Path, count: int) -> None:
    """The newest tile stands in the entries' rows until it is full; nobody who asks notices."""
    done = len(world.entries())
    while done < count:
        step = min(200, count - done)
        batch = [world.sign(world.registration(CASE, f"EX-{done + n}", actor="examiner-1")) for n in range(step)]
        world.append_all(batch)
        done += step
    check_sound(world.store, folder, signatures=False)


def test_what_is_not_there_is_said(world: World) -> None:
    """An entry left out of a proof by mistake would look like a fraud."""
    with world.store.read() as reader:
        size = reader.head().size
        for ask in (lambda: reader.entry(size), lambda: list(reader.entries(0, size + 1)), lambda: reader.leaves([-1])):
            with pytest.raises(StorageError) as caught:
                ask()
            assert caught.value.code == "ledger.no-entry"
        with pytest.raises(StorageError) as caught:
            reader.checkpoint(size + 1)
        assert caught.value.code == "ledger.no-checkpoint"


def test_exhibits_are_found_by_what_people_know(world: World) -> None:
    """The number alone, the case, or who has it."""
    world.open_case("other")
    for case, number in ((CASE, "EX-2"), (CASE, "EX-1"), ("other", "EX-1")):
        world.register(case, number, actor="examiner-1")
    world.act("custody.handed-over", CASE, "EX-1", {"purpose": "p"}, actor="examiner-1", to="custodian-1")
    with world.store.read() as reader:
        names = [[(item.case, item.number) for item in found] for found in (
            reader.exhibits(), reader.exhibits(number="EX-1"), reader.exhibits(case=CASE),
            reader.exhibits(holder="custodian-1"), reader.exhibits(case="other", number="EX-2"),
        )]  # fmt: skip
    assert names == [
        [(CASE, "EX-1"), (CASE, "EX-2"), ("other", "EX-1")], [(CASE, "EX-1"), ("other", "EX-1")],
        [(CASE, "EX-1"), (CASE, "EX-2")], [(CASE, "EX-1")], [],
    ]  # fmt: skip


def _protect(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let file systems look as a disc does: nothing can be written through them."""
    real = os.statvfs

    def statvfs(path: Path) -> os.statvfs_result:
        fields = list(real(path))
        fields[8] |= os.ST_RDONLY
        return os.statvfs_result(fields)

    monkeypatch.setattr(os, "statvfs", statvfs)


def test_a_ledger_on_a_disc_is_read_without_a_file_beside_it(
    world: World, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An auditor is given a write-protected copy: a sound ledger must not look damaged there."""
    size = world.append(world.sign(world.registration(CASE, "EX-1", actor="examiner-1"))).size
    world.store.close()
    before = sorted(folder.rglob("*"))
    _protect(monkeypatch)
    with SqliteStore(folder) as store, store.read() as reader:
        assert reader.head().size == size
        assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("fails", [False, True], ids=["read-to-its-end", "found-odd"])
def test_a_folder_that_is_written_from_elsewhere_is_read_again(
    world: World, folder: Path, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    """One container may read what another writes; half of each state would make a sound ledger look forged."""
    world.append(world.sign(world.registration(CASE, "EX-1", actor="examiner-1")))
    world.store.close()
    with monkeypatch.context() as patch, SqliteStore(folder) as store:

        def read_while_it_is_written() -> None:
            _protect(patch)
            with store.read() as reader:
                assert reader.head().size > 0
                patch.undo()
                world.append(world.sign(world.registration(CASE, "EX-2", actor="examiner-1")))
                world.store.close()  # which folds the log into the file
                _protect(patch)
                if fails:
                    raise ValueError("what the reader makes of it")

        with pytest.raises(StorageError, match=r"ledger\.busy"):
            read_while_it_is_written()
        with store.read() as reader:
            assert len(reader.exhibits()) == 2, "who reads again reads what is there now"


def test_a_copy_of_what_is_written_from_elsewhere_is_made_again(
    world: World, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup that holds half of each state would be found out on the day on which it is needed."""
    world.append(world.sign(world.registration(CASE, "EX-1", actor="examiner-1")))
    world.store.close()
    real = copying._open_source
    with monkeypatch.context() as patch:

        def opened(source: Path, mode: str) -> sqlite3.Connection:
            origin = real(source, mode)
            patch.undo()
            world.append(world.sign(world.registration(CASE, "EX-2", actor="examiner-1")))
            world.store.close()
            return origin

        _protect(patch)
        patch.setattr(copying, "_open_source", opened)
        with pytest.raises(StorageError, match=r"ledger\.busy"):
            copying.copy_database(folder / "ledger.db", tmp_path / "copy.db")
    copying.copy_database(folder / "ledger.db", tmp_path / "again.db")


def test_nothing_is_recorded_on_a_disc(world: World, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What can't be kept must not be acknowledged."""
    world.store.close()
    _protect(monkeypatch)
    with (
        SqliteStore(folder) as store,
        pytest.raises(StorageError) as caught,
        store.database.transaction(is_write=True) as connection,
    ):
        connection.execute("UPDATE ledger SET rowid = rowid")
    assert caught.value.code == "ledger.read-only"


def test_a_folder_that_is_closed_to_this_account_is_no_damage(
    world: World, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who may only look can't make the log beside the database; restoring a backup would be the wrong advice."""
    world.store.close()
    (folder / "ledger.db-wal").mkdir()
    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK)
    with SqliteStore(folder) as store, pytest.raises(StorageError) as caught, store.read():
        pass
    assert caught.value.code == "ledger.read-only"
    assert "copy" in caught.value.hint


def _remake(path: Path, statement: str) -> None:
    """Run a statement on a table that takes anything, as a damaged page leaves one behind."""
    with closing(sqlite3.connect(path, isolation_level=None)) as opened:
        for name in [row[0] for row in opened.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]:
            opened.execute(f'DROP TRIGGER "{name}"')
        opened.execute("PRAGMA writable_schema = ON")
        for name, sql in opened.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall():
            changed = sql.removesuffix("STRICT").rstrip(", ")
            opened.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (changed, name))
        opened.execute("PRAGMA schema_version = 4711")
    with closing(sqlite3.connect(path, isolation_level=None)) as opened:
        assert opened.execute(statement).rowcount


@pytest.mark.parametrize(
    ("statement", "read"),
    [
        ("UPDATE entry SET leaf = 'text' WHERE entry_index = 305", lambda reader: reader.tiles().get(0, 1, 40)),
        ("UPDATE entry SET leaf = 7 WHERE entry_index = 3", lambda reader: reader.leaves([3])),
        ("UPDATE entry SET raw = 999999999999 WHERE entry_index = 3", lambda reader: reader.entry(3)),
        ("UPDATE entry SET raw = 7 WHERE entry_index = 3", lambda reader: list(reader.entries(2, 5))),
        ("UPDATE checkpoint SET note = 'text'", lambda reader: reader.checkpoint()),
        ("UPDATE tile SET hashes = 'text'", lambda reader: reader.tiles().get(0, 0, 256)),
    ],
)
def test_a_column_of_another_kind_is_damage(
    connection: sqlite3.Connection, folder: Path, statement: str, read: Callable[[LedgerReader], object]
) -> None:
    """SQLite asks for the kind of a value when it is written; one bit of a row's head changes it afterwards."""
    connection.close()
    _remake(folder / "ledger.db", statement)
    with SqliteStore(folder) as store, pytest.raises(StorageError) as caught, store.read() as reader:
        read(reader)
    assert caught.value.code == "ledger.unreadable"
