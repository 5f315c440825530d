"""Which requests the entries about exhibits name: a production answers one, a dispatch goes out under one, and what
arrives was asked for in one of ours.
"""

from __future__ import annotations

from collections.abc import Iterable

from custody.ledger.entries import entries_about
from custody.ledger.store import LedgerReader
from custody.transfer.arrivals import Arrival
from custody.verify.gate.correspondence import letter_of
from custody.verify.rules.view import View
from custody.verify.verify import Verified
from schemas.details.source import Source
from schemas.errors import UsageError


def requests_of(reader: LedgerReader, exhibits: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return the ids of the requests on record that the entries about ``exhibits`` name, in order."""
    found: set[str] = set()
    for case, number in exhibits:
        for entry in entries_about(reader, ("exhibit", case, number)):
            details = entry.event.details
            source = getattr(details, "source", None)
            for named in (getattr(details, "request", None), source.request if isinstance(source, Source) else None):
                if isinstance(named, str):
                    found.add(named)
    return tuple(sorted(request for request in found if reader.view().request(request) is not None))


def asked_for(view: View, verified: Verified, arrival: Arrival, named: str | None) -> str | None:
    """Return the request of this ledger on which an exhibit of a verified bundle was sent: as the sender's record of
    the request names it, or as it is ``named`` by a person, who knows it from paper; nothing where neither does.

    Raises:
        UsageError: ``request.unknown`` for one that is named and isn't on record as made to that ledger,
            ``request.other`` where the sender's record names another.
    """
    began = verified.correspondence.begun.get(str(arrival.sent.request))
    letter, ledger = None if began is None else letter_of(began), view.ledger()
    told = None
    if letter is not None and ledger is not None and letter.ledger == ledger.origin:
        told = letter.request if _is_ours(view, letter.request, arrival.foreign.ledger) else None
    if named is None or named == told:
        return told
    if told is not None:
        text = f"expected the request on which {arrival.name} was sent, {told}, found {named}"
        raise UsageError("request.other", text, hint="leave --request out: the sender's letter says which it is")
    if not _is_ours(view, named, arrival.foreign.ledger):
        text = f"expected a request of this ledger to one of {arrival.foreign.ledger}, found none called {named}"
        raise UsageError("request.unknown", text, hint="custody request list shows those that are on record")
    return named


def _is_ours(view: View, request: str, ledger: str) -> bool:
    known = view.request(request)
    peer = None if known is None else view.agent(known.peer)
    return known is not None and known.direction == "outgoing" and peer is not None and peer.ledger == ledger
