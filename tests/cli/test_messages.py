"""Each message says what is wrong, what was expected and what to do, in words of what was typed."""

import json
from typing import NoReturn

import click
import pytest

from custody.cli.acting import signing
from custody.cli.exits import Exit
from tests.cli.machine import CASE, Machine
from tests.cli.script import Stage

TYPED = [
    ("seal EX-1 --seal '' --as exam-07", "expected something for --seal, found nothing"),
    (
        "move --all --place P --as exam-07",
        "expected --all beside --case and without EXHIBIT or --list, found no --case",
    ),
    (f"move EX-1 --case {CASE} --all --place P --as exam-07", "without EXHIBIT or --list, found EXHIBIT"),
    ("move EX-1,EX-2 --place P --as exam-07", "hint: several are parted by blanks; custody list"),
    ("checkpoint --out", "hint: custody checkpoint --help"),
    ("checkpoint --out keys", "'-o' / '--out': expected a file, found the folder 'keys' [usage.command]"),
    ("unpack x.zip --to passphrase", "'--to': expected a folder, found the file 'passphrase' [usage.command]"),
    ("log --limit many", "'--limit': expected a whole number, found 'many' [usage.command]"),
    ("log --limit 0", "'--limit': expected a number in the range x>=1, found 0 [usage.command]"),
    ("show", "expected EXHIBIT, found none [usage.command]"),
    ("show EX-1 EX-2", "expected nothing more, found EX-2 [usage.command]"),
    ("show EX-1 --frob", "expected an option of this command, found --frob"),
    ("move EX-1 --to P", "this command, found --to; did you mean --to-agent or --to-country? [usage.command]"),
    ("move EX-1 --plase P", "this command, found --plase; did you mean --place? [usage.command]"),
    ("checkpoint --out", "expected a value behind --out, found none [usage.command]"),
    ("export-case EX-1", "expected --out, found none [usage.command]"),
    ("key revoke exam-07 --as reg-1", "expected --reason (compromised, ended, left, lost, superseded), found none"),
    ("erase EX-1 --order O", "expected ENTRY, --order and --authority, found no --authority [usage.erase]"),
    (f"link EX-1 --to-case {CASE} --as exam-07", "than that of 2026-0417/EX-1, found its own [usage.case]"),
    ("seal EX-1 --seal S --clock-offset 999999999999999999 --as exam-07", "of at most 10 years, found 99999999999999"),
    ("seal EX-1 --seal S --clock-offset -99999999999 --as exam-07", "of at most 10 years, found -99999999999 seconds"),
    ("seal EX-1 --seal S --at 0001-01-01T00:00+08:00 --as exam-07", "expected a time since 1970, found '0001-01-01T00"),
    ("seal EX-1 --seal S --at 1969-12-31 --as exam-07", "expected a time since 1970, found '1969-12-31' [usage.time]"),
    ("log --since 0001-01-01T00:00+08:00", "expected a time since 1970, found '0001-01-01T00"),
    ("log --until 9999-12-31", "expected a time before 9999, found '9999-12-31' [usage.time]"),
    ("show EX-1 --as-of 9999-12-31T23:00-08:00", "expected a time before 9999, found '9999-12-31T23"),
    ("seal EX-1 --seal S --keys nothere --as exam-07", "expected a folder of private keys at nothere, found none"),
    ("list --state sealed", "'--state': expected one of 'held', "),
    (f"register --list empty --case {CASE} --as exam-07", "description, obtained, found an empty list [items.header]"),
]


@pytest.fixture
def machine(stage: Stage) -> Machine:
    """Give a ledger with one exhibit."""
    machine = Machine(stage)
    machine.do(f"register --case {CASE} --exhibit EX-1 --kind phone --as exam-07")
    (stage.folder / "empty").touch()
    return machine


def test_what_was_typed_wrongly_is_told_in_its_words(machine: Machine) -> None:
    """Click's own words put what was found before what was expected, or name no command at all."""
    for line, told in TYPED:
        ran = machine.stage.custody(line)
        assert ran.exit is Exit.USAGE, ran
        assert told in ran.stderr, ran


def test_what_is_refused_is_refused_without_other_words(machine: Machine) -> None:
    """A warning above a refusal is taken for its reason."""
    ran = machine.fail("backup keys", Exit.REFUSED, "home.exists")
    assert ran.stderr.startswith("error: ")
    ran = machine.fail("seal EX-1 --seal S --at 2027-11-21 --as exam-07", Exit.REFUSED, "event.future")
    assert "hint: check the time that was given, and the clocks" in ran.stderr
    ran = machine.fail("agent enrol exam-07.enrol --role examiner --as reg-1", Exit.REFUSED, "rule.enrolment")
    assert "hint: custody agent list shows" in ran.stderr


@pytest.mark.parametrize("line", ["", "key", "trust"])
def test_a_command_that_is_missing_is_an_error_for_programs_too(stage: Stage, line: str) -> None:
    """A person gets the list of commands; a program one object, as ever."""
    assert "Commands" in stage.custody(line).stderr or not line
    for typed in (f"--json {line}", f"{line} --json"):
        ran = stage.custody(typed)
        assert ran.exit is Exit.USAGE
        error = json.loads(ran.stdout)["error"]
        assert error["code"] == "usage.command"
        assert error["text"].startswith("expected a command"), typed
        assert ran.stderr == ""


@pytest.mark.parametrize(
    ("error", "exit", "code"),
    [
        (KeyboardInterrupt(), Exit.INTERRUPTED, "run.interrupted"),
        (click.Abort(), Exit.INTERRUPTED, "run.interrupted"),
        (ValueError("a bug"), Exit.CRASH, "run.bug"),
    ],
    ids=["Ctrl-C", "at a prompt", "a bug"],
)
def test_a_run_that_was_cut_short_is_one_object_too(
    machine: Machine, error: BaseException, exit: Exit, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who reads stdout as JSON is not to trip over nothing."""

    def raising(*_: object, **__: object) -> NoReturn:
        raise error

    monkeypatch.setattr(signing, "confirm", raising)
    size = len(machine.entries())
    found = machine.json("seal EX-1 --seal S --as exam-07", exit)["error"]
    assert found["code"] == code
    assert ("nothing was recorded" in found["text"]) == isinstance(error, click.Abort)
    ran = machine.stage.custody("seal EX-1 --seal S --as exam-07")
    assert (ran.exit, ran.stdout) == (exit, "")
    assert len(machine.entries()) == size


def test_what_is_named_in_the_place_of_something_else_is_said(machine: Machine) -> None:
    """A case where an exhibit is asked for, a bundle where a checkpoint is, a name with blanks without quotes."""
    stage = machine.stage
    (stage.folder / "Photos of scene").mkdir()
    (stage.folder / "b.zip").write_bytes(b"PK\x03\x04" + bytes(60))
    lines = {
        f"show {CASE}": f"hint: it is a case: custody case show {CASE}",
        "audit --since b.zip": "found a zip file, such as a bundle or a letter",
        f"register Photos of scene --case {CASE} --exhibit next --as exam-07": "hint: quote a name with blanks: ",
    }
    for line, told in lines.items():
        assert told in stage.custody(line).stderr, line
