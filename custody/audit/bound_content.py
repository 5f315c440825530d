"""Files from abroad that were registered anew without saying so: only a whole ledger can tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from custody.ledger.bound_content import NO_LISTS, FileLists, Firsts
from custody.verify.fold.state import State
from custody.verify.rules.view import Exhibit
from schemas.report import Findings, Severity

STEP: Final = 11


def check_contents(state: State, findings: Findings, lists: FileLists = NO_LISTS) -> None:
    """Compare the files of exhibits with those of others that more ledgers bind.

    Findings: ``release.bound-content`` (defect; a note where an exhibit holds some of the files only, among others).
    """
    if not any(exhibit.bound_to for exhibit in state.exhibits.values()):
        return
    bound = {digest for exhibit, digests in held_files(state, lists) if exhibit.bound_to for digest in digests}
    firsts = Firsts()
    common: list[tuple[Exhibit, frozenset[str], int]] = []
    for exhibit, digests in held_files(state, lists):
        alike = digests & bound
        for digest in alike:
            firsts.add(digest, exhibit)
        if alike:
            common.append((exhibit, alike, len(digests)))
    for exhibit, alike, count in common:
        place = state.event(exhibit.registration)
        taken = (
            None
            if place is None or place.type == "transfer.accepted"
            else firsts.taken_by(alike, count, exhibit.bound_to)
        )
        if place is not None and taken is not None:
            names = ", ".join(item.name for item in taken.bound)
            text = f"holds files of {names}, which came under a condition of {', '.join(taken.origins)}"
            severity = Severity.DEFECT if taken.is_whole else Severity.NOTE
            findings.add(STEP, severity, "release.bound-content", f"entry {place.index}", text)


def held_files(state: State, lists: FileLists) -> Iterator[tuple[Exhibit, frozenset[str]]]:
    """Yield each exhibit with files, with their digests, in ledger order; those of a list too, where it is at hand."""
    for registration, (root, *digests) in state.files():
        exhibit = state.registered(registration)
        if exhibit is not None:
            # Who has up to 16 files has no list.
            yield exhibit, frozenset((*digests, *lists.digests(root)))
