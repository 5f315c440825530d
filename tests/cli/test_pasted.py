"""What is printed as a command works when it is pasted: quoted for the shell, and with the ledger that was typed."""

import re
import shlex
from pathlib import Path

import pytest

from custody.cli.exits import Exit
from custody.cli.settings import Settings
from custody.cli.typed_again import typed_again
from tests.cli.machine import CASE, Machine
from tests.cli.script import Stage

HARD = "Fall 7, it's 证据"


@pytest.fixture
def machine(stage: Stage) -> Machine:
    """A ledger in a folder with a hard name, which only --home names, with an exhibit whose number has a blank."""
    machine = Machine(stage)
    machine.do(f"register --case {CASE} --exhibit 'EX 1' --kind phone --as exam-07")
    machine.home.rename(stage.folder / HARD)
    stage.patch.delenv("CUSTODY_HOME")
    return machine


def _run(machine: Machine, line: str) -> str:
    """Run a line with the home typed before it, and return the command that it says comes next, to be pasted."""
    ran = machine.stage.custody(f"--home {shlex.quote(HARD)} {line}")
    (told,) = re.findall(r"(?:next|hint): custody (.*)$", ran.stdout + ran.stderr, re.MULTILINE)
    return str(told)


def test_what_goes_on_with_a_draft_can_be_pasted(machine: Machine) -> None:
    """The draft lies on a stick, under a name of the country."""
    stick = machine.stage.folder / "stick"
    stick.mkdir(mode=0o700)
    for path in (machine.stage.folder / "keys").glob("cust-02*"):
        path.rename(stick / path.name)
    draft = shlex.quote(f"{HARD}.draft")
    told = _run(machine, f"handover 'EX 1' --from exam-07 --to cust-02 --purpose P -o {draft}")
    assert _run(machine, f"submit {draft}") == told
    assert _run(machine, f"pending {draft}") == told
    machine.do(f"{told} --keys stick")


def test_what_status_says_is_next_can_be_pasted(machine: Machine) -> None:
    """Who is tired copies the line as it stands."""
    machine.do(f"--home {shlex.quote(HARD)} move 'EX 1' --place P --carrier C --to-country FR --as exam-07")
    machine.do(_run(machine, "status").replace("PLACE", "vault"))


@pytest.mark.parametrize(
    "line", [f"case open {CASE} --authority A --legal-basis B --as reg-1", "--keys keys show EX-9"]
)
def test_a_hint_that_is_a_command_finds_the_same_ledger(machine: Machine, line: str) -> None:
    """A hint that answers 'no ledger here' is none."""
    told = _run(machine, line)
    assert ("--keys keys" in told) == ("--keys" in line)
    assert machine.stage.custody(told.split(" shows")[0].split(";")[0]).exit is Exit.DONE


def test_a_command_of_two_words_finds_the_same_ledger(machine: Machine) -> None:
    """`trust export` is the one of its kind that reads a ledger."""
    told = _run(machine, "ledger key-add --as reg-1 --registrar reg-2")
    machine.do(told.split("  and")[0].replace("FILE", "a.json"))
    settings = Settings(home=Path("l"))
    assert typed_again(settings, "custody trust export -o F") == "custody --home l trust export -o F"
    for other in ("custody trust add F", "custody trust exports", "custody is with them", "custody checks nothing"):
        assert typed_again(settings, other) == other
