"""Whose consent it is."""

from __future__ import annotations

from pathlib import Path

from custody.cli.exits import Exit
from tests.cli.machine import CASE, Machine
from tests.cli.script import Stage


def test_a_person_is_no_authority_that_the_gate_would_look_at(stage: Stage) -> None:
    """Said at once, and not when the evidence is to leave."""
    machine = Machine(stage)
    Path("x.txt").write_text("x")
    for line in (
        "key new auth-1",
        "agent enrol auth-1.enrol --role authority --as reg-1",
        "agent enrol third --kind organisation --country IT --as reg-1",
        f"register x.txt --case {CASE} --exhibit EX-1 --as exam-07",
    ):
        machine.do(line)
    size = len(machine.entries())
    record = f"consent record {CASE}/EX-1 --recipient third --purpose p --as auth-1 --authority"
    ran = machine.fail(f"{record} auth-1", Exit.USAGE, "consent.authority")
    assert "--kind organisation" in ran.stderr
    assert len(machine.entries()) == size
    machine.do("agent enrol ministry --kind organisation --country FR --member auth-1 --as reg-1")
    machine.do(f"{record} ministry")


def test_nobody_who_was_enrolled_here_consents_for_an_authority_abroad(stage: Stage) -> None:
    """It writes a letter, or signs a paper that is recorded as one; said before anybody types a passphrase."""
    machine = Machine(stage)
    Path("x.txt").write_text("x")
    Path("decision.txt").write_text("yes")
    for line in (
        "key new auth-1",
        "agent enrol auth-1.enrol --role authority --as reg-1",
        "agent enrol third --kind organisation --country IT --as reg-1",
        "agent enrol justice-de --kind organisation --country DE --ledger b.example/y --member auth-1 --as reg-1",
        f"register x.txt --case {CASE} --exhibit EX-1 --as exam-07",
    ):
        machine.do(line)
    size = len(machine.entries())
    record = f"consent record {CASE}/EX-1 --authority justice-de --recipient third --purpose p --as auth-1"
    for more in ("", " --document decision.txt --by-key"):
        ran = machine.fail(record + more, Exit.REFUSED, "release.consent-key")
        assert "--letter FILE" in ran.stderr
    assert len(machine.entries()) == size
    machine.do(f"{record} --document decision.txt --number 7")
    assert "consent-key" not in machine.do("audit").stdout
