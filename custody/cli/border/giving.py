"""Things that leave by hand, and documents that leave on paper: refused before anybody signs, and that on record."""

from __future__ import annotations

from collections.abc import Sequence

from custody.cli.border.bound_content import binding, tell
from custody.cli.border.release_gate import Tried, refuse, tell_terms
from custody.cli.context import Context
from custody.ledger.admission import check_lawful, let_out
from custody.verify.gate.faults import Breach
from custody.verify.gate.release import check_release
from custody.verify.rules.view import Exhibit, View
from schemas.event import ParsedEvent
from schemas.text import format_time


def check_given(context: Context, events: Sequence[ParsedEvent], *, tried: Tried) -> None:
    """Raise where an event would let something out that may not leave.

    Raises:
        RefusedError: ``release.*``; on record where somebody on record was to have it.
        RuleViolation: as the reducer does, where one of the events breaks a rule as well.
    """
    now = format_time(context.now())
    with context.ledger().read() as reader:
        view = binding(context, reader)
        for event in events:
            receiver, _ = let_out(view, event)
            breaches = (*check_release(view, event, now), *context.ledger().letter_breaches(reader, view, event))
            if breaches:
                break
            tell_terms(context, view, event)
        else:
            return
        tell(context, view)
        exhibits = _meant(view, event, breaches)
    context.ledger().rehearse(events)
    if receiver is not None and exhibits:
        refuse(context, breaches, exhibits, to=receiver.id, tried=tried, by=event.event.actor)
    with context.ledger().read() as reader:
        check_lawful(binding(context, reader), event, now)


def _meant(view: View, event: ParsedEvent, breaches: Sequence[Breach]) -> tuple[Exhibit, ...]:
    """Return the exhibit of an act, or those that the breaches name."""
    names = [(str(event.event.case), str(event.event.exhibit))]
    names += [(case, number) for item in breaches for case, _, number in [item.exhibit.rpartition("/")]]
    found = {item.registration: item for name in names if (item := view.exhibit(*name)) is not None}
    return tuple(found.values())
