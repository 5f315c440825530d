"""What entries tell of requests, found once: many records may rest on one letter, and its entries are many too."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from custody.verify.rules.view import View
from schemas.details.consent import ConditionsMet, ConsentRecorded
from schemas.details.letter import LetterOrigin
from schemas.details.request import AnswerReceived, RequestAnswered, RequestBody
from schemas.entry import ParsedEntry
from schemas.event import ParsedEvent


def letter_of(parsed: ParsedEvent) -> LetterOrigin | None:
    """Return where a record was read, if that was in a letter."""
    found = getattr(parsed.details, "origin", None)
    return found if isinstance(found, LetterOrigin) else None


def opens_gate(parsed: ParsedEvent) -> bool:
    """Tell whether a record that rests on a letter opens the gate: a consent, or a condition that is met."""
    return isinstance(parsed.details, (ConsentRecorded, ConditionsMet))


class Correspondence(msgspec.Struct, frozen=True):
    """By request: the event by which it was drafted or received, and the event hash of its newest answer that the rules
    took and that refuses no rest of what was granted; by request and the ledger that answered it, what it is called
    there, as letters said that were read.
    """

    begun: Mapping[str, ParsedEvent]
    answered: Mapping[str, str]
    called: Mapping[tuple[str, str], frozenset[str]]


def correspondence_of(entries: Mapping[int, ParsedEntry], view: View) -> Correspondence:
    """Return what carried ``entries`` tell of requests; ``view`` knows which of their events stand."""
    begun: dict[str, ParsedEvent] = {}
    answered: dict[str, str] = {}
    called: dict[tuple[str, str], set[str]] = {}
    for _, entry in sorted(entries.items()):
        match entry.event.details:
            case RequestBody(request=request):
                begun.setdefault(request, entry.event)
            case RequestAnswered(request=request, outcome=outcome) if view.event(entry.event.hash) is not None:
                known = view.request(request)
                if outcome != "refused" or known is None or not known.parts:  # of the rest
                    answered[request] = entry.event.hash
            case AnswerReceived(request=request, origin=LetterOrigin() as origin):
                called.setdefault((request, origin.ledger), set()).add(origin.request)
            case _:
                pass
    return Correspondence(begun, answered, {key: frozenset(names) for key, names in called.items()})
