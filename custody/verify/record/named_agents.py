"""Which agents an entry calls for beside those who sign, and which request: without them nobody could say to what
country a thing went, nor whether what it rests on still stood.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from custody.verify.rules.view import View
from schemas.details.consent import ConsentRecorded, ReleaseRefused
from schemas.details.custody import Moved
from schemas.details.exhibit import ExhibitDisposed, ExhibitRegistered, ExhibitReleased
from schemas.details.ledger import AgentChanged, AgentEnrolled
from schemas.details.record import AccessLogged, BundleExported
from schemas.details.request import AnswerReceived, RequestAnswered, RequestDrafted, RequestReceived
from schemas.details.transfer import TransferAccepted, TransferDispatched, TransferRefused, TransferReturned
from schemas.entry import ParsedEntry
from schemas.event import ParsedEvent
from schemas.types import Record, is_set

_FIELDS: Final[dict[type[Record], tuple[str, ...]]] = {
    AccessLogged: ("agent",),
    AnswerReceived: ("decided_by", "from_"),
    BundleExported: ("to",),
    ConsentRecorded: ("authority", "recipient"),
    ExhibitDisposed: ("to_agent",),
    ExhibitRegistered: ("certified_by",),
    ExhibitReleased: ("to_agent",),
    Moved: ("to_agent",),
    ReleaseRefused: ("to", "tried_by"),
    RequestAnswered: ("decided_by", "forwarded_by"),
    RequestDrafted: ("to",),
    RequestReceived: ("from_",),
    TransferAccepted: ("from_",),
    TransferDispatched: ("to",),
    TransferRefused: ("from_",),
    TransferReturned: ("from_",),
}
"""Fields of details that name an agent on whom the lawfulness of the record rests (docs/spec/completeness.md)."""
_BELONGING: Final = AgentChanged | AgentEnrolled
"""Under version 2 of the gate an agent may be where his organisation is."""


def agents_of(entry: ParsedEntry, view: View) -> set[str]:
    """Return the agents that sign or receive in an entry, the units for which they do, and those whom it names."""
    signers = entry.event.event.signers
    return {signer.agent for signer in signers} | {signer.party for signer in signers} | set(_named(entry, view))


def _named(entry: ParsedEntry, view: View) -> Iterator[str]:
    details, ledger = entry.event.details, view.ledger()
    is_strict = ledger is not None and ledger.is_strict
    for name in ("organisation",) if isinstance(details, _BELONGING) and is_strict else _FIELDS.get(type(details), ()):
        agent = getattr(details, name)
        if isinstance(agent, str):
            yield agent


def request_of(parsed: ParsedEvent, view: View, to: str | None) -> str | None:
    """Return the request on which an event rests that lets something go, or did: under version 2 of the gate a bundle
    for agent ``to`` carries it. What one country asked is told to no third one, so he is of its country, or of this.
    """
    ledger, reader = view.ledger(), None if to is None else view.agent(to)
    match parsed.details:
        case ConsentRecorded(recipient=goal, request=request):
            pass
        case TransferDispatched(to=goal, request=request) | BundleExported(to=goal, request=request):
            pass
        case _:
            return None
    if ledger is None or not ledger.is_strict or not is_set(request):
        return None
    other = view.agent(str(goal))
    countries = {ledger.country, None if other is None else other.country} - {None}
    is_his = to is None or goal == to or (reader is not None and reader.country in countries)
    return str(request) if is_his else None
