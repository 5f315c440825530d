"""Registration from a list: all problems of all rows are told before anything is signed, and then all rows or none."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from custody.cli.exits import Exit
from custody.cli.intake import registered_before
from custody.storage import registrations
from tests.cli.machine import CASE, Machine
from tests.cli.script import Stage

HEADER = "exhibit,path,nature,kind,description,obtained,place,seal\n"


@pytest.fixture
def machine(stage: Stage) -> Machine:
    """Give a ledger that is ready for evidence, and a folder of it."""
    made = Machine(stage)
    folder = stage.folder / "seized"
    folder.mkdir()
    (folder / "phone.dd").write_text("bytes of a phone")
    (folder / "logs").mkdir()
    (folder / "logs" / "a.log").write_text("line")
    return made


def _list(machine: Machine, *rows: str) -> Path:
    path = machine.stage.folder / "seized" / "items.csv"
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows), "utf-8")
    return path


def test_a_list_is_one_transaction_with_one_passphrase(machine: Machine) -> None:
    """A house search yields forty exhibits; nobody types forty commands, and half a list is worse than none."""
    path = _list(
        machine,
        "EX-7,phone.dd,,image,Image of the phone,seizure,,",
        "EX-8,,object,phone,The phone itself,seizure,Room 5,S-0001",
        "next,logs,,log,Logs,production,,",
    )
    ran = machine.do(f'register --list {path} --case {CASE} --place "Room 4" --as exam-07')
    assert ran.stderr.count("To be signed by exam-07: 4 events") == 1
    assert ran.stderr.count("place: Room 4") == 2
    assert "place: Room 5" in ran.stderr
    assert [f"{entry.event.event.exhibit} {entry.event.type}" for entry in machine.entries()[-4:]] == [
        "EX-7 exhibit.registered",
        "EX-8 exhibit.registered",
        "EX-8 exhibit.sealed",
        "EX-9 exhibit.registered",
    ]


def test_every_problem_is_told_with_its_row(machine: Machine) -> None:
    """Who corrects a list wants to correct it once."""
    machine.json(f"register --case {CASE} --exhibit EX-1 --kind sim --as exam-07")
    path = _list(
        machine,
        "EX-1,phone.dd,,image,used already,seizure,,",
        "ex-1,logs,,log,confusable,seizure,,",
        "EX-2,absent.dd,,image,no such file,seizure,,",
        "EX-3,,,spaceship,no such kind,seizure,,",
        "EX-4,,object,phone,,seizure,,",
        "EX-5,../l/evidence,,directory,in the home,seizure,,",
    )
    size = len(machine.entries())
    ran = machine.fail(f"register --list {path} --case {CASE} --as exam-07", Exit.USAGE, "items.rows")
    assert [row for row in range(2, 8) if f"row {row}: " in ran.stderr] == [2, 3, 4, 5, 6]
    assert "'EX-1' used in case" in ran.stderr
    assert "found 'ex-1' beside 'EX-1'" in ran.stderr
    assert len(machine.entries()) == size
    assert machine.evidence() == {}
    good = _list(machine, "EX-5,../l/evidence,,directory,in the home,seizure,,")
    machine.fail(f"register --list {good} --case {CASE} --as exam-07", Exit.USAGE, "items.rows")


def test_two_numbers_of_one_list_can_not_be_mixed_up(machine: Machine) -> None:
    """On the telephone EX-1 and ex\u20101 are the same."""
    path = _list(machine, "EX-1,,object,phone,A,seizure,,", "ex\u20101,,object,phone,B,seizure,,")
    ran = machine.fail(f"register --list {path} --case {CASE} --as exam-07", Exit.USAGE, "items.rows")
    assert "row 3: " in ran.stderr


def test_the_list_that_registered_exhibits_serves_for_what_follows(machine: Machine) -> None:
    """The same forty exhibits are handed over in the evening."""
    path = _list(machine, "EX-1,,object,phone,A,seizure,,", "EX-2,,object,sim,B,seizure,,")
    machine.do(f"register --list {path} --case {CASE} --as exam-07")
    found = machine.json(f"handover --list {path} --case {CASE} --from exam-07 --to cust-02 --purpose keep")
    assert [entry["exhibit"] for entry in found["entries"]] == ["EX-1", "EX-2"]
    machine.fail(f"move EX-1 --list {path} --case {CASE} --place P --as cust-02", Exit.USAGE, "usage.exhibit-twice")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "usage.list"),
        (b"EX-1\nEX-1\n", "usage.list"),
        (b"EX-1\n\xff\n", "usage.list"),
        (b"exhibit,case\nEX-1,2026-9999\n", "usage.list"),
        (b'exhibit,case\n"EX-1,2026-0417\n', "usage.list"),
        (b"note\nEX-1\n", "usage.list"),
    ],
)
def test_a_list_with_errors_moves_nothing(text: bytes, code: str, machine: Machine) -> None:
    """A list is taken wholly or not at all."""
    machine.json(f"register --case {CASE} --exhibit EX-1 --kind sim --as exam-07")
    path = machine.stage.folder / "list.txt"
    path.write_bytes(text)
    size = len(machine.entries())
    machine.fail(f"move --list {path} --place P --as exam-07", Exit.USAGE, code)
    assert len(machine.entries()) == size


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\r\nexhibit;note;\r\nEX-1;a;\r\n;;\r\nEX-9;b;\r\n",
        ";;\r\nexhibit;note;\r\nEX-1;a;\r\n;;\r\nEX-9;b;\r\n",
        "Exhibit;Case\n\nEX-1;\n;\nEX-9;\n",
        '"sep=;"\nexhibit\nEX-1\n;;\nEX-9\n',
        "sep=;\n\nEX-1\n;;\nEX-9\n",
    ],
    ids=["sep", "empty first", "capitals", "one column", "no header"],
)
def test_a_list_of_a_spreadsheet_is_read_as_it_shows_it(text: str, machine: Machine) -> None:
    """Neither the line that names the separator nor an empty row is an exhibit; both count as rows of the file."""
    machine.json(f"register --case {CASE} --exhibit EX-1 --kind sim --as exam-07")
    path = machine.stage.folder / "list.csv"
    path.write_bytes(text.encode())
    ran = machine.fail(f"move --list {path} --case {CASE} --place P --as exam-07", Exit.USAGE, "usage.list")
    assert "line 5" in ran.stderr
    assert "EX-9" in ran.stderr
    path.write_bytes(text.replace("EX-9;b", ";").replace("EX-9", "").encode())
    machine.do(f"move --list {path} --case {CASE} --place P --as exam-07")


@pytest.mark.parametrize("count", [3, 40])
def test_a_list_looks_through_the_ledger_once_for_the_same_files(
    machine: Machine, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forty rows in a ledger of a million exhibits are no reason to look at each of these forty times."""
    rows, calls = [], []
    for number in range(count):
        (machine.stage.folder / "seized" / f"{number}.txt").write_text("x" * (number + 1))
        rows.append(f"next,{number}.txt,,file,a file,seizure,,")
    machine.do(f'register --list {_list(machine, *rows)} --case {CASE} --place "Room 4" --as exam-07')
    look = registrations.find_registrations

    def counted(*given: Any, **named: Any) -> Iterator[bytes]:
        calls.append(1)
        return look(*given, **named)

    monkeypatch.setattr(registered_before, "find_registrations", counted)
    ran = machine.do(f'register --list {_list(machine, *rows)} --case {CASE} --place "Room 4" --as exam-07')
    assert len(calls) == 1
    assert ran.stderr.count("registered already") == count
