"""Numbers that people would mix up: the ledger refuses them, and an audit looks whether it always did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from custody.ledger.numbers import fold_number
from custody.verify.fold.state import State
from schemas.report import Findings, Severity

STEP: Final = 12


def check_numbers(state: State, findings: Findings) -> None:
    """Compare all case numbers with each other, the exhibit numbers of each case, and the full names of exhibits: a
    slash may stand in both numbers.

    What looks alike depends on a version of Unicode, so it's a defect, and never decides a verdict.

    Findings: ``defect.confusable``.
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


def _check_full(state: State, findings: Findings) -> None:
    known: dict[str, str] = {}
    for exhibit in state.exhibits.values():
        if "/" not in exhibit.case and "/" not in exhibit.number:
            continue
        full = f"{exhibit.case}/{exhibit.number}"
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
