"""Where a thing goes: what the commands fill in for daily work at home, and what somebody has to type."""

from __future__ import annotations

from pathlib import Path

import pytest

from custody.cli.exits import Exit
from tests.cli.machine import CASE, Machine
from tests.cli.script import Stage


@pytest.fixture
def machine(stage: Stage) -> Machine:
    """EX-1 may go to a laboratory in Italy."""
    made = Machine(stage)
    Path("x.txt").write_text("x")
    for line in (
        "key new auth-1",
        "agent enrol auth-1.enrol --role authority --as reg-1",
        "agent enrol ministry --kind organisation --country FR --member auth-1 --as reg-1",
        "agent enrol lab --kind organisation --country IT --as reg-1",
        f"register x.txt --case {CASE} --exhibit EX-1 --as exam-07",
        f"consent record {CASE}/EX-1 --authority ministry --recipient lab --purpose p --as auth-1",
    ):
        made.do(line)
    return made


def country(machine: Machine) -> str | None:
    """Return the country that the newest entry says."""
    return getattr(machine.entries()[-1].event.details, "to_country", None)


def test_daily_work_at_home_needs_no_further_word(machine: Machine) -> None:
    """What is filled in is shown before anybody signs."""
    for line in (
        f"move {CASE}/EX-1 --place Vault --as exam-07",
        f"handover {CASE}/EX-1 --from exam-07 --to cust-02 --purpose keeping",
        f"takeover {CASE}/EX-1 --to exam-11 --reason absent --as reg-1",
        f"dispose {CASE}/EX-1 --manner archived --authority a --as exam-11 --registrar reg-1",
    ):
        assert "to country: FR" in machine.do(line).stderr
        assert country(machine) == "FR"
    assert "PASSED" in machine.do("audit").stdout


def test_nobody_is_made_to_sign_that_a_thing_abroad_is_at_home(machine: Machine) -> None:
    """Until it is said where it is; after that the rule is the rule again."""
    machine.do(f"move {CASE}/EX-1 --place Lab --to-agent lab --as exam-07")
    for line in (
        f"move {CASE}/EX-1 --place 'shelf 7' --as exam-07",
        f"handover {CASE}/EX-1 --from exam-07 --to cust-02 --purpose keeping",
        f"takeover {CASE}/EX-1 --to exam-11 --reason absent --as reg-1",
        f"dispose {CASE}/EX-1 --manner archived --authority a --as exam-07 --registrar reg-1",
    ):
        machine.fail(line, Exit.REFUSED, "release.destination-unnamed")
    machine.do(f"move {CASE}/EX-1 --place Vault --to-country FR --as exam-07")
    machine.do(f"handover {CASE}/EX-1 --from exam-07 --to cust-02 --purpose keeping")
    assert country(machine) == "FR"


def test_what_was_lent_abroad_and_came_back_is_at_home(machine: Machine) -> None:
    """Its return is on record."""
    machine.do(f"release {CASE}/EX-1 --to Lab --terms lent --reason r --to-agent lab --as exam-07")
    machine.do(f"return {CASE}/EX-1 --condition good --as exam-07")
    machine.do(f"move {CASE}/EX-1 --place Vault --as exam-07")
    assert country(machine) == "FR"


@pytest.mark.parametrize("manner", ["forfeited", "other", "returned-to-owner"])
def test_the_end_of_a_thing_that_goes_on_somewhere_is_typed(machine: Machine, manner: str) -> None:
    """It leaves the house for good, so somebody says where to."""
    line = f"dispose {CASE}/EX-1 --manner {manner} --authority a --as exam-07 --registrar reg-1"
    ran = machine.fail(line, Exit.REFUSED, "release.destination-unnamed")
    assert "--to-country CC" in ran.stderr
    machine.do(f"{line} --to-country FR")


def test_a_unit_is_where_somebody_says_whoever_signs_for_it(machine: Machine) -> None:
    """Its member's country is his own; nobody abroad registers a copy of what is here."""
    machine.do("agent change cust-02 --country FR --as reg-1")
    machine.do("agent enrol vault --kind unit --member cust-02 --as reg-1")
    ran = machine.do(f"handover {CASE}/EX-1 --from exam-07 --to cust-02 --to-unit vault --purpose keeping")
    assert "to country: FR" in ran.stderr
    assert country(machine) == "FR"
    machine.do("agent change exam-11 --country IT --as reg-1")
    act = len(machine.entries()) - 2
    line = f"register x.txt --case {CASE} --exhibit EX-9 --derived-from EX-1@{act} --kind derived --as exam-11"
    machine.fail(line, Exit.REFUSED, "release.holder-abroad")
