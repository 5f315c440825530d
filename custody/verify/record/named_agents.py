"""Which agents an entry calls for beside those who sign, and which request: without them nobody could say to what
country a thing went, nor whether what it rests on still stood.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from custody.verify.rules.view import View, is_strict
from schemas.details.consent import ConsentRecorded, ReleaseRefused
from schemas.details.custody import Moved
from schemas.details.exhibit import ExhibitDisposed, ExhibitRegistered, ExhibitReleased
from schemas.details.ledger import AgentChanged, AgentEnrolled
from schemas.details.record import AccessLogged, BundleExported
from schemas.details.request import AnswerReceived, RequestAnswered, RequestDrafted, RequestReceived
from schemas.details.transfer import TransferAccepted, TransferDispatched, TransferRefused, TransferReturned
from schemas.entry import ParsedEntry
from schemas.event import ParsedEvent
from schemas.types import Record

_FIELDS: Final[dict[str, tuple[type[Record], ...]]] = {
    "agent": (AccessLogged,),
    "authority": (ConsentRecorded,),
    "certified_by": (ExhibitRegistered,),
    "decided_by": (AnswerReceived, RequestAnswered),
    "forwarded_by": (RequestAnswered,),
    "from_": (AnswerReceived, RequestReceived, TransferAccepted, TransferRefused, TransferReturned),
    "recipient": (ConsentRecorded,),
    "to": (BundleExported, ReleaseRefused, RequestDrafted, TransferDispatched),
    "to_agent": (ExhibitDisposed, ExhibitReleased, Moved),
    "tried_by": (ReleaseRefused,),
}
"""Fields of details that name an agent on whom the lawfulness of the record rests (docs/spec/completeness.md)."""
_UNDER_V2: Final[dict[str, tuple[type[Record], ...]]] = {**_FIELDS, "organisation": (AgentChanged, AgentEnrolled)}
"""Under version 2 of the gate an agent may be where his organisation is."""


def agents_of(entry: ParsedEntry, view: View) -> set[str]:
    """Return the agents that sign or receive in an entry, the units for which they do, and those whom it names."""
    signers = entry.event.event.signers
    return {signer.agent for signer in signers} | {signer.party for signer in signers} | set(_named(entry, view))


def _named(entry: ParsedEntry, view: View) -> Iterator[str]:
    details = entry.event.details
    for name, kinds in (_UNDER_V2 if is_strict(view) else _FIELDS).items():
        agent = getattr(details, name) if type(details) in kinds else None
        if isinstance(agent, str):
            yield agent


def request_of(parsed: ParsedEvent, view: View, to: str | None) -> str | None:
    """Return the request on which an event rests that lets something go, or did: under version 2 of the gate a bundle
    for agent ``to`` carries it. What one country asked is told to no third one, so he is of its country, or of this.
    """
    details = parsed.details
    if not isinstance(details, ConsentRecorded | TransferDispatched | BundleExported) or not is_strict(view):
        return None
    goal = details.recipient if isinstance(details, ConsentRecorded) else details.to
    ledger, reader, other = view.ledger(), view.agent(to or ""), view.agent(goal or "")
    countries = {item.country for item in (ledger, other) if item is not None} - {None}
    is_his = to is None or goal == to or (reader is not None and reader.country in countries)
    return details.request or None if is_his else None
