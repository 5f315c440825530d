"""What a record is held against beside its own document: what the ledger said before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from custody.verify.rules.view import View
from schemas.event import ParsedEvent
from schemas.private import Disclosure
from schemas.types import Private, Unset

Find = Callable[[str], Disclosure | None]
"""Finds a private value by its commitment, as far as it is shown."""

RESTING: Final = frozenset(
    {
        *("consent.conditions-met", "consent.recorded", "request.answer-received", "request.closed"),
        *("request.completed", "request.extended", "request.received", "request.withdrawn"),
        *("transfer.accepted", "transfer.dispatched", "transfer.receipt", "transfer.returned"),
    }
)
"""Types of event that may rest on what another ledger signed, or on the words of a consent."""


@dataclass(frozen=True, slots=True)
class Past:
    """A ledger's ``origin``, its state, the origin of an agent's own ledger and his country as they were on record
    then, and its events by hash, as far as they are at hand; ``begun_by`` tells by which of them a request was drafted
    or received. ``value_of`` finds by commitment what its private values are, as far as they are shown.

    ``sent`` and ``lineages`` keep what was found on the way back through it, so that each act is walked over once.
    """

    origin: str
    view: View
    ledger_of: Callable[[str], str | None]
    country_of: Callable[[str], str | None]
    event_of: Callable[[str], ParsedEvent | None]
    begun_by: Callable[[str], ParsedEvent | None]
    value_of: Find = lambda _: None
    sent: dict[str, ParsedEvent | None] = field(default_factory=dict)
    """By event hash of an act: the last dispatch up to it."""
    lineages: dict[tuple[str, frozenset[tuple[str, str]]], dict[str, bool]] = field(default_factory=dict)
    """By a ledger and names of exhibits there: whether an exhibit, by its registration, is or came of one of them."""


def have_same_text(one: Private | Unset, other: Private | Unset, find_one: Find, find_other: Find) -> bool | None:
    """Tell whether two conditions have one text, or neither has any: what a condition asks stands there. Nothing where
    a text isn't shown.
    """
    if not isinstance(one, Private) or not isinstance(other, Private):
        return one is other
    here, there = find_one(one.commitment), find_other(other.commitment)
    return None if here is None or there is None else bool(here.value == there.value)
