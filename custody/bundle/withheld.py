"""What a recipient doesn't get, and why: told to him with the bundle, and kept in the exporter's own records."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import Literal

from custody.bundle.disclose import Choice
from custody.verify.evidence.places import places_of
from schemas.bundle import Withheld
from schemas.event import ParsedEvent
from schemas.types import UNSET, Unset

Reason = Literal["absent", "hand", "rule"]


@dataclass(frozen=True, slots=True)
class Kept:
    """A private value that stays here: where it stands, and why. ``absent``: this ledger doesn't hold it itself."""

    commitment: str
    event: str
    type: str
    pointer: str
    reason: Reason


def find_kept(events: Iterable[ParsedEvent], *, shown: Set[str], erased: Set[str], choice: Choice) -> tuple[Kept, ...]:
    """Return the values of ``events`` that are not ``shown``, in order of commitment; ``erased`` ones are no choice."""
    kept = [
        Kept(commitment, event.hash, event.type, pointer, choice.reason_in(event, pointer) or "absent")
        for event in events
        for commitment, pointer in places_of(event).items()
        if commitment not in shown and commitment not in erased
    ]
    return tuple(sorted(kept, key=lambda item: item.commitment))


def tell_withheld(kept: Iterable[Kept]) -> Withheld | Unset:
    """Return what the bundle says about values that it doesn't hold; nothing where it holds all."""
    by_reason: dict[str, list[str]] = {}
    for item in kept:
        by_reason.setdefault(item.reason, []).append(item.commitment)
    if not by_reason:
        return UNSET
    lists = {reason: tuple(sorted(set(found))) for reason, found in by_reason.items()}
    return Withheld(
        absent=lists.get("absent", UNSET), hand=lists.get("hand", UNSET), rule=lists.get("rule", UNSET)
    )  # fmt: skip
