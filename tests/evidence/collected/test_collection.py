"""A collection is read a second time: what is said of its records is said of the bytes that were registered."""

import sqlite3
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from custody.evidence.collected.collection import Collection, read_collection
from custody.evidence.collected.tally import Stated
from custody.evidence.intake import Intake, take_in
from schemas.errors import RefusedError
from tests.evidence.conftest import Salts

LINE = b'{"time":"2026-01-01T00:00:00Z"}\n'
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def intake(seized: Path, spool: Path, salts: Salts) -> Callable[[], Intake]:
    """Give what takes the seized folder in."""
    return lambda: take_in([seized], salts=salts, spool=spool)


def _read(taken: Intake) -> Collection:
    return read_collection(taken, stated=Stated())


def _database(path: Path, *statements: str) -> None:
    with sqlite3.connect(path) as database:
        for statement in statements:
            database.execute(statement)
    database.close()


def test_files_of_one_format_are_counted_together(seized: Path, intake: Callable[[], Intake]) -> None:
    """A provider hands out a folder of many files; more than sixteen have their records in a list."""
    for number in range(20):
        (seized / f"{number}.jsonl").write_bytes(LINE * number)
    (seized / "sub").mkdir()
    (seized / "sub" / "new.log").write_bytes(b"<34>1 2026-01-02T00:00:00Z h a - - - x\n")
    (seized / "sub" / "other.bin").write_bytes(b"\0")
    (seized / "link").symlink_to("0.jsonl")
    found = _read(intake()).details()
    # An empty file is of no format.
    assert (found["uncounted"], [item["format"] for item in found["records"]]) == (2, ["json-lines", "syslog-5424"])
    assert (found["records"][0]["count"], found["records"][0]["files"]) == (sum(range(20)), 19)


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.write_bytes(LINE * 3),
        lambda path: path.write_bytes(LINE.replace(b"6", b"5", 1) * 2),
        lambda path: path.unlink(),
        lambda path: (path.parent / "more").touch(),
        lambda path: (path.unlink(), path.symlink_to("/dev/null")),
    ],
    ids=["grown", "rewritten", "gone", "joined", "replaced"],
)
def test_what_changes_after_it_was_taken_in_is_refused(
    change: Callable[[Path], object], seized: Path, intake: Callable[[], Intake]
) -> None:
    """Else the record would say something of other bytes than those that it names."""
    path = seized / "a.jsonl"
    path.write_bytes(LINE * 2)
    taken = intake()
    change(path)
    with pytest.raises(RefusedError, match="evidence") as caught:
        _read(taken)
    assert caught.value.code in {"evidence.changed", "evidence.vanished"}


def test_messages_of_a_database_are_counted_where_the_table_is_known(
    seized: Path, intake: Callable[[], Intake]
) -> None:
    """Phones keep chats in SQLite; nothing is written, not even beside the file."""
    _database(
        seized / "msgstore.db",
        "CREATE TABLE message (_id INTEGER PRIMARY KEY, chat_row_id INTEGER, key_id TEXT, timestamp INTEGER)",
        "INSERT INTO message VALUES (1, 1, 'a', 1767225600000), (2, 1, 'b', 1795263780999), (3, 1, 'c', 0)",
    )
    before = sorted(path.name for path in seized.iterdir())
    (records,) = _read(intake()).details()["records"]
    assert (records["format"], records["count"], records["undated"]) == ("sqlite-messages", 3, 1)
    assert (records["first_at"], records["last_at"]) == ("2026-01-01T00:00:00Z", "2026-11-21T12:23:00Z")
    assert sorted(path.name for path in seized.iterdir()) == before


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE TABLE t (a)"],
        ["CREATE TABLE t (chat_row_id, key_id, timestamp)", "CREATE VIEW message AS SELECT * FROM t"],
        ["CREATE TABLE message (chat_row_id, key_id, timestamp AS (abs(chat_row_id)))"],
        ["CREATE VIRTUAL TABLE message USING fts5(chat_row_id, key_id, timestamp)"],
    ],
    ids=["unknown", "view", "computed", "virtual"],
)
def test_a_database_that_could_run_something_is_left_alone(
    statements: list[str], seized: Path, intake: Callable[[], Intake]
) -> None:
    """A view or a virtual table is a program of whoever made the file."""
    _database(seized / "x.db", *statements)
    assert _read(intake()).details() == {"records": None, "uncounted": 1}


@pytest.mark.parametrize("place", [0, 30, 100, 4096, 5000])
def test_a_damaged_database_is_not_counted_or_counted_without_a_crash(
    place: int, seized: Path, intake: Callable[[], Intake]
) -> None:
    """Evidence is often damaged, and sometimes made to harm who reads it."""
    path = seized / "msgstore.db"
    rows = ", ".join(f"({n}, 1, 'a', 1767225600000)" for n in range(1, 500))
    table = "CREATE TABLE message (_id INTEGER PRIMARY KEY, chat_row_id INTEGER, key_id TEXT, timestamp INTEGER)"
    _database(path, table, f"INSERT INTO message VALUES {rows}")
    raw = bytearray(path.read_bytes())
    raw[place : place + 64] = b"\xff" * 64
    path.write_bytes(raw)
    found = _read(intake()).details()
    assert found["uncounted"] == 1 or found["records"]


def test_parts_of_a_web_capture_are_told_by_their_bytes(seized: Path, intake: Callable[[], Intake]) -> None:
    """With two images nobody can tell which shows the full page."""
    (seized / "page").write_bytes(b"\xef\xbb\xbf <!-- saved --> <!DOCTYPE html><html>")
    (seized / "one").write_bytes(PNG)
    (seized / "two").write_bytes(b"\xff\xd8\xff\xe0")
    found = _read(intake())
    assert (len(found.pages), len(found.images), found.uncounted) == (1, 2, 0)


@pytest.mark.parametrize("code", ["utf-16-le", "utf-16-be"])
def test_what_windows_exports_is_read_as_well(code: str, seized: Path, intake: Callable[[], Intake]) -> None:
    """Spreadsheets save 'Unicode text' as UTF-16 with a mark; signs beyond the basic plane lie across every cut."""
    rows = "".join(f"2026-01-01T00:00:00Z,\U0001f600{'x' * (n % 7)}\r\n" for n in range(5000))
    (seized / "a.csv").write_bytes(("\ufefftime,text\r\n" + rows).encode(code))
    (seized / "bad.csv").write_bytes(("\ufefftime,text\r\n2026-01-01T00:00:00Z,y\r\n").encode(code) + b"\xd8")
    (records,) = _read(intake()).details()["records"]
    assert (records["format"], records["files"], records["first_at"]) == ("csv", 2, "2026-01-01T00:00:00Z")
    assert (records["count"], records["undated"]) == (5001, None)


def test_memory_does_not_grow_with_the_file(seized: Path, intake: Callable[[], Intake]) -> None:
    """A year of a provider's logs may have a hundred gigabytes."""
    line = LINE.replace(b"}", b',"x":"' + b"y" * 100_000 + b'"}')
    (seized / "a.jsonl").write_bytes(line * 300)
    taken = intake()
    tracemalloc.start()
    try:
        _read(taken)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()
