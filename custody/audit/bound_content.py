"""Files from abroad that were registered anew without saying so: only a whole ledger can tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from custody.ledger.bound_content import Firsts
from custody.verify.state import State
from custody.verify.view import Exhibit
from schemas.report import Findings, Severity

STEP: Final = 11


def check_contents(state: State, findings: Findings) -> None:
    """Compare the files of exhibits that nobody abroad has a say in with those of exhibits that are bound.

    Findings: ``release.bound-content`` (defect; a note where an exhibit holds some of the files only, among others).
    """
    if not any(exhibit.bound_to for exhibit in state.exhibits.values()):
        return
    bound = {digest for exhibit, digests in _held(state) if exhibit.bound_to for digest in digests}
    firsts = Firsts()
    for exhibit, digests in _held(state):
        for digest in digests & bound:
            firsts.add(digest, exhibit)
    for exhibit, digests in _held(state):
        place = state.event(exhibit.registration)
        if exhibit.bound_to or place is None or place.type == "transfer.accepted":
            continue
        taken = firsts.taken_by(digests)
        if taken is not None:
            names = ", ".join(f"{item.case}/{item.number}" for item in taken.bound)
            text = f"holds files of {names}, which came under a condition of {', '.join(taken.origins)}"
            severity = Severity.DEFECT if taken.is_whole else Severity.NOTE
            findings.add(STEP, severity, "release.bound-content", f"entry {place.index}", text)


def _held(state: State) -> Iterator[tuple[Exhibit, frozenset[str]]]:
    """Yield each exhibit that has files in clear, with their digests, in ledger order."""
    for registration, digests in state.files():
        exhibit = state.registered(registration)
        if exhibit is not None:
            yield exhibit, digests
