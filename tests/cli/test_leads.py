"""Where an answer leads: another provider or country is on record, and a request that follows it names its cause."""

from __future__ import annotations

import pytest

from custody.cli.exits import Exit
from tests.cli.machine import Machine
from tests.cli.script import Stage

LEADS = "--leads-to 'NL:Example Hosting' --leads-to SE"


@pytest.fixture
def machine(stage: Stage) -> Machine:
    """A ledger with an authority that asks two others."""
    made = Machine(stage)
    stage.patch.delenv("CUSTODY_TRUST")
    made.do("key new auth-1")
    made.do("agent enrol auth-1.enrol --role authority --as reg-1")
    for agent, country in (("peer", "DE"), ("third", "NL")):
        made.do(f"agent enrol {agent} --kind organisation --country {country} --as reg-1")
    (stage.folder / "reply.pdf").write_bytes(b"reply")
    made.do("request draft req-1 --kind mla --to peer --field facts=x --as auth-1")
    made.do("request send req-1 --incomplete --paper --document reply.pdf --channel paper --as auth-1")
    return made


def answered(machine: Machine, leads: str = LEADS) -> None:
    line = f"request receive --paper reply.pdf --from peer --reference 7 --answers req-1 --outcome granted {leads}"
    machine.do(f"{line} --as auth-1")


def test_what_an_answer_leads_to_waits_for_a_request(machine: Machine) -> None:
    """Row B6: traffic data name another provider; until somebody asks there, the list says so."""
    answered(machine)
    line = machine.json("request list")["requests"][0]
    assert line["leads"] == [{"country": "NL", "followed_by": []}, {"country": "SE", "followed_by": []}]
    assert "the answer leads to NL: no request follows it yet" in machine.do("request show req-1").stdout
    machine.do("request draft req-2 --kind preservation --to third --follows req-1 --as auth-1")
    line = machine.json("request show req-1")["request"]
    assert [lead["followed_by"] for lead in line["leads"]] == [["req-2"], ["req-2"]]
    assert "followed by req-2" in machine.do("request list").stdout


def test_the_provider_is_private_and_told_in_the_story(machine: Machine, stage: Stage) -> None:
    """A name of a company is personal enough; the ledger holds its commitment."""
    answered(machine)
    assert "Example Hosting" in machine.do("request show req-1").stdout
    assert b"Example Hosting" not in machine.entries()[-1].event.raw
    assert b"NL" in machine.entries()[-1].event.raw


def test_a_request_follows_one_that_is_on_record(machine: Machine) -> None:
    """A cause that nobody can look up is none."""
    line = "request draft req-2 --kind mla --to third --follows req-9 --as auth-1"
    machine.fail(line, Exit.REFUSED, "rule.request-unknown")


@pytest.mark.parametrize("lead", [":", "Germany", "de:x", "D:x", "XX:x"])
def test_a_lead_that_names_nothing_is_refused(machine: Machine, lead: str) -> None:
    """Two capital letters, a provider, or both; nothing is recorded otherwise."""
    before = len(machine.entries())
    line = "request receive --paper reply.pdf --from peer --reference 7 --answers req-1 --outcome granted"
    machine.fail(f"{line} --leads-to '{lead}' --as auth-1", Exit.USAGE, "usage.lead")
    assert len(machine.entries()) == before


def test_a_provider_alone_is_a_lead(machine: Machine) -> None:
    """Where its data lie may be what nobody knows yet."""
    answered(machine, "--leads-to ':Example Hosting'")
    (lead,) = machine.json("request list")["requests"][0]["leads"]
    assert "country" not in lead
    assert "the answer leads to another provider" in machine.do("request show req-1").stdout
