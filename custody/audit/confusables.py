"""Numbers that people would mix up, which the ledger refuses, and agents: an audit looks whether there are any."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from custody.ledger.numbers import fold_agent, fold_number
from custody.verify.fold.state import State
from custody.verify.rules.view import Agent
from schemas.report import Findings, Severity

STEP: Final = 12


def check_numbers(state: State, findings: Findings) -> None:
    """Compare all case numbers with each other, the exhibit numbers of each case, and the full names of exhibits: a
    slash may stand in both numbers. So are the ids of agents, of which it is only noted.

    What looks alike depends on a version of Unicode, so it's a defect, and never decides a verdict.

    Findings: ``defect.confusable``, ``audit.agents-alike`` (note).
    """
    known: dict[tuple[str | None, str], str] = {}
    for inside, number, registration in _numbers(state):
        first = known.setdefault((inside, fold_number(number)), number)
        if first != number:
            place = state.event(registration)
            subject = f"case {number}" if inside is None else "exhibit" if place is None else f"entry {place.index}"
            text = f"expected a number that can't be mistaken for another, found {number!r} beside {first!r}"
            findings.add(STEP, Severity.DEFECT, "defect.confusable", subject, text)
    _check_full(state, findings)
    _check_agents(state, findings)


def _check_agents(state: State, findings: Findings) -> None:
    known: dict[str, str] = {}
    for agent in (record for record in state.records() if isinstance(record, Agent)):
        first = known.setdefault(fold_agent(agent.id), agent.id)
        if first != agent.id:
            text = f"expected agents that can't be mistaken for each other, found {agent.id} beside {first}"
            findings.add(STEP, Severity.NOTE, "audit.agents-alike", f"agent {agent.id}", text)


def _check_full(state: State, findings: Findings) -> None:
    known: dict[str, str] = {}
    for exhibit in state.exhibits.values():
        if "/" not in exhibit.case and "/" not in exhibit.number:
            continue
        full = exhibit.name
        place, case = state.event(exhibit.registration), known.setdefault(full, exhibit.case)
        if case != exhibit.case and place is not None:
            text = f"expected a number that names one exhibit with its case, found {full!r} in case {case!r} too"
            findings.add(STEP, Severity.DEFECT, "defect.confusable", f"entry {place.index}", text)


def _numbers(state: State) -> Iterator[tuple[str | None, str, str]]:
    """Yield the case that a number belongs to, the number, and of an exhibit the event that registered it."""
    for case in state.cases.values():
        yield None, case.number, ""
    for exhibit in state.exhibits.values():
        yield exhibit.case, exhibit.number, exhibit.registration
