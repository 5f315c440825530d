"""By when whoever holds an asset is to be told that its freeze was lifted (law row C18).

The law of the ledger's own country says so, where one is known: no request to another country is needed for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from custody.transfer.clock import rest_note
from custody.transfer.deadlines import Clock, place_of, run_clock
from custody.transfer.law_files import deadlines
from custody.transfer.ledger_law import profile_for
from schemas.event import ParsedEvent
from schemas.law import RestDays
from schemas.types import UNSET, is_set

FREEZE: Final = "freeze"
"""What a profile says that such a deadline runs on."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A clock that a lifted freeze started; ``note`` where its end rests on days of rest that are not known."""

    clock: Clock
    note: str = ""


def notices_of(
    changed: ParsedEvent, *, at: datetime, country: str, rest_days: Iterable[RestDays] = ()
) -> tuple[Notice, ...]:
    """Return the clocks that a change of a freeze started by ``at`` (aware) in a ledger of ``country``, the first to
    end at the top. A change that was read in another ledger, whose matter it is, starts none. ``rest_days`` stand in
    for what is shipped for the same countries.

    Raises:
        UsageError: ``deadline.zone``.
    """
    if is_set(getattr(changed.details, "origin", UNSET)):
        return ()
    profile, law = profile_for(country), deadlines()
    keys = {applied.deadline for applied in profile.deadlines if applied.kind == FREEZE}
    zone = str(profile.zone) if is_set(profile.zone) else "UTC"
    known = {item.country: item for item in (*law.rest_days, *rest_days)}.values()
    found = []
    for rule in law.deadlines:
        place = place_of(rule, zone=zone, rest_days=known, country=country)
        clock = run_clock(rule, [changed], at, place) if rule.key in keys else None
        if clock is not None:
            note = rest_note(rule.span, rule.counting, place, clock.started_at, clock.due, country)
            found.append(Notice(clock, note))
    return tuple(sorted(found, key=lambda item: (item.clock.due, item.clock.rule.key)))
