"""How an exhibit stood after each act: states of the one reducer, run once more over a bundle's entries, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from custody.report import marks
from custody.verify.fold.fold import Fold
from custody.verify.fold.state import State
from custody.verify.rules.view import Exhibit
from schemas.details.transfer import TransferDispatched, TransferLost
from schemas.entry import ParsedEntry
from schemas.report import Findings
from schemas.types import is_set

_WORDS: Final = {"in-transit": "in transit", "lent": "lent", "released": "released"}

States = Mapping[int, Mapping[tuple[str, str], Exhibit]]
"""By entry number: the exhibits that the entry moved, by case and number, as they stood after it."""


def states_of(entries: Mapping[int, ParsedEntry]) -> States:
    """Return how each exhibit stood after each entry that the rules took; only the exhibits of that entry."""
    fold = Fold(Findings(), is_whole=False)
    states: dict[int, dict[tuple[str, str], Exhibit]] = {}
    for index in sorted(entries):
        placed, _ = fold.add(entries[index])
        if placed.is_applied and is_set(entries[index].event.event.link):
            states[index] = _exhibits(fold.state, placed.subjects)
    return states


def _exhibits(state: State, subjects: Sequence[tuple[str, ...]]) -> dict[tuple[str, str], Exhibit]:
    names = [(subject[1], subject[2]) for subject in subjects if subject[0] == "exhibit"]
    return {name: exhibit for name in names if (exhibit := state.exhibit(*name)) is not None}


def describe_state(state: Exhibit | None) -> str:
    """Say how an exhibit stands, or nothing for an entry that doesn't move it."""
    if state is None:
        return ""
    return describe(state.holder, state.status, is_sealed=state.is_sealed)


def find_loss(entries: Iterable[ParsedEntry]) -> int | None:
    """Return the entry that reported an exhibit lost on the way that it was sent last, of its entries in order."""
    told = [entry for entry in entries if isinstance(entry.event.details, TransferDispatched | TransferLost)]
    return told[-1].entry.index if told and isinstance(told[-1].event.details, TransferLost) else None


def describe(holder: str, status: str, *, is_sealed: bool, lost: int | None = None) -> str:
    """Say how an exhibit stands, such as ``held by exam-11, sealed``; of what was sent, which entry tells its loss."""
    seal = "sealed" if is_sealed else "not sealed"
    match status:
        case "dispatched":
            told = "no receipt yet" if lost is None else f"and {marks.LOST} (entry {lost})"
            return f"sent to {holder}, {told}; {seal}"
        case "transferred":
            return f"with {holder}, who accepted it; {seal} when it left"
        case "disposed" | "voided":
            return f"{status}; last held by {holder}"
        case _:
            responsible = f"held by {holder}" if status == "held" else f"{_WORDS[status]}; {holder} is responsible"
            return f"{responsible}, {seal}"
