"""Two people at the border at once, each at a terminal of his own: one of two acts that exclude each other is done."""

from __future__ import annotations

import os

import pytest

from custody.cli.exits import Exit
from tests.cli.machine import CASE, Machine
from tests.cli.script import Stage

SEND = f"dispatch {CASE}/EX-1 --original --to police-b --purpose trial --not-sealed x --as exam-07"


@pytest.fixture
def machine(stage: Stage) -> Machine:
    """A ledger with an exhibit that may go to police-b, which has a ledger of its own in the folder b."""
    there = stage.folder / "b"
    made = Machine(stage)
    made.do("init b --origin b.example/y --authority B --country DE --registrar reg-9")
    for line in (
        "agent enrol police-a --kind organisation --country FR --ledger a.example/x --as reg-9",
        "case open D --authority B --legal-basis B --as reg-9",
    ):
        made.do(f"{line} --home {there}")
    stage.patch.delenv("CUSTODY_TRUST")
    made.do("trust export -o a.trust.json")
    made.do(f"trust export -o b.trust.json --home {there}")
    made.do("trust add a.trust.json --yes")
    made.do("trust add b.trust.json --yes")
    made.do("key new off-1")
    made.do("agent enrol off-1.enrol --role authority --as reg-1")
    made.do("agent enrol ministry --kind organisation --country FR --member off-1 --as reg-1")
    made.do("agent enrol police-b --kind organisation --country DE --ledger b.example/y --as reg-1")
    (stage.folder / "disk.dd").write_bytes(b"bytes of a disk")
    made.register(stage.folder / "disk.dd")
    made.do("consent record EX-1 --authority ministry --recipient police-b --purpose trial --as off-1")
    return made


def at_once(stage: Stage, *lines: str) -> list[tuple[int, str]]:
    """Run commands in processes of their own, and return how each ended, and what it said to the person."""
    children = []
    for place, line in enumerate(lines):
        told = stage.folder / f"terminal-{place}"
        child = os.fork()
        if child == 0:
            exit = Exit.CRASH
            try:
                # Two machines never draw the same numbers.
                for _ in range(1000 * (place + 1)):
                    next(stage._numbers)
                ran = stage.custody(line)
                told.write_text(ran.stderr + ran.stdout)
                exit = ran.exit
            finally:
                os._exit(exit)
        children.append((child, told))
    return [(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), told.read_text()) for child, told in children]


def test_one_exhibit_leaves_once(machine: Machine) -> None:
    """Dispatched twice at once it is on its way once; the other parcel was never written."""
    ended = at_once(machine.stage, f"{SEND} -o one.zip", f"{SEND} -o two.zip")
    assert sorted(code for code, _ in ended) == [Exit.DONE, Exit.REFUSED], ended
    assert any("[rule.link]" in text or "[rule.state]" in text for code, text in ended if code == Exit.REFUSED)
    assert len(list(machine.stage.folder.glob("*.zip"))) == 1
    assert len(machine.json("transfer list")["transfers"]) == 1
    assert not list(machine.stage.folder.glob(".*part"))


def test_one_parcel_is_taken_in_once(machine: Machine) -> None:
    """Two at the receiver's open the same parcel: one exhibit, one receipt."""
    machine.do(f"{SEND} -o p.zip")
    home = machine.stage.folder / "b"
    lines = [f"receive p.zip --case D --number EX-1=F-{n} --receipt {n}.json --as reg-9 --home {home}" for n in (1, 2)]
    ended = at_once(machine.stage, *lines)
    assert sorted(code for code, _ in ended) == [Exit.DONE, Exit.REFUSED], ended
    assert len(machine.json(f"list --home {home}")["exhibits"]) == 1
    assert len(list(machine.stage.folder.glob("?.json"))) == 1
    assert not list(home.glob(".incoming-*"))


def test_recalled_while_it_is_accepted_it_has_one_holder_here(machine: Machine) -> None:
    """Neither side knows of the other: both are done, and the receipt that comes then changes nothing."""
    machine.do(f"{SEND} -o p.zip")
    home = machine.stage.folder / "b"
    ended = at_once(
        machine.stage,
        f"recall {CASE}/EX-1 --reason late --as exam-07",
        f"receive p.zip --case D --receipt r.json --as reg-9 --home {home}",
    )
    assert [code for code, _ in ended] == [Exit.DONE, Exit.DONE], ended
    machine.fail("receipt import r.json --as exam-07", Exit.REFUSED, "receipt.contested")
    assert machine.json("audit")["verdict"] == "PASSED"


def test_one_receipt_is_imported_once(machine: Machine) -> None:
    """Custody moves once, and the other hears that it is known."""
    machine.do(f"{SEND} -o p.zip")
    machine.do(f"receive p.zip --case D --receipt r.json --as reg-9 --home {machine.stage.folder / 'b'}")
    ended = at_once(machine.stage, *["receipt import r.json --as exam-07"] * 2)
    assert sorted(code for code, _ in ended) == [Exit.DONE, Exit.REFUSED], ended
    entries = [entry.event.type for entry in machine.entries()]
    assert entries.count("transfer.receipt") == 1
