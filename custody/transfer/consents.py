"""Which consents let an exhibit go now, asked of the gate itself: what it would refuse, nobody is told to rely on."""

from __future__ import annotations

from collections.abc import Iterator

from custody.verify.gate.faults import Way, fault_of, is_granted
from custody.verify.rules.view import Agent, Consent, Exhibit, View
from schemas.types import is_set


def consents_in_force(
    view: View, exhibit: Exhibit, to: str, *, at: str, request: str | None = None
) -> tuple[Consent, ...]:
    """Return each authority's newest consent to an exhibit going to ``to`` that holds at a time, the newest first;
    where it goes on a ``request``, or on none (an empty text), those that let it go so.
    """
    recipient = view.agent(to)
    if recipient is None:
        return ()
    found: dict[str, Consent] = {}
    for item in view.consents(exhibit.registration, to):
        authority = view.agent(item.authority)
        is_bound = authority is not None and authority.ledger in exhibit.bound_to
        if item.authority in found:
            continue
        if fault_of(view, item, Way(recipient, [at, at], request=request), exhibit, is_bound=is_bound) is None:
            found[item.authority] = item
    return tuple(found.values())


def why_not(view: View, consent: Consent, exhibit: Exhibit, *, at: str) -> str:
    """Return in words why a consent doesn't let one of its exhibits leave at a time; nothing where it does."""
    fault = fault_of(view, consent, Way(_recipient(view, consent), [at, at]), exhibit)
    return ", ".join(_needed(view, consent, exhibit, at=at)) if fault is None else fault[2]


def needed_beside(view: View, consent: Consent, *, at: str) -> tuple[str, ...]:
    """Return in words whose consents its exhibits need besides, and don't have at a time: that of this country, and of
    each ledger that let them come here; its own is there, whatever of it is yet to be met. Where it rests on a request
    of a third country, no other consent helps.
    """
    exhibits = filter(None, map(view.registered, consent.exhibits))
    return tuple(dict.fromkeys(text for exhibit in exhibits for text in _needed(view, consent, exhibit, at=at)))


def _needed(view: View, consent: Consent, exhibit: Exhibit, *, at: str) -> Iterator[str]:
    recipient, ledger = _recipient(view, consent), view.ledger()
    assert ledger is not None, "a consent stands in an open ledger"
    yield from _foreign_request(view, consent, recipient, ledger.country)
    request = view.request(consent.request or "")
    if request is not None and not is_granted(view, request, exhibit, Way(recipient, [at, at])):
        yield f"{exhibit.name} isn't in the part of {request.id} that was granted"
        return
    found = (consent, *consents_in_force(view, exhibit, recipient.id, at=at))
    competent = [agent for item in found if (agent := view.agent(item.authority)) and agent.kind != "person"]
    if recipient.country != ledger.country and all(item.country != ledger.country for item in competent):
        yield f"the consent of an authority of {ledger.country} is needed beside it"
    for origin in exhibit.bound_to:
        if recipient.ledger != origin and all(item.ledger != origin for item in competent):
            yield f"the consent of {origin} is needed beside it"


def _recipient(view: View, consent: Consent) -> Agent:
    recipient = view.agent(consent.recipient)
    assert recipient is not None, "a consent names an enrolled recipient"
    return recipient


def _foreign_request(view: View, consent: Consent, recipient: Agent, country: str) -> Iterator[str]:
    """Yield why what rests on a request can't go abroad: the request is told there, and it is another country's."""
    request = None if consent.request is None or is_set(consent.is_by_letter) else view.request(consent.request)
    if request is None or request.peer == recipient.id or recipient.country == country:
        return
    peer = view.agent(request.peer)
    if peer is None or peer.country is None or peer.country != recipient.country:
        yield f"it rests on {request.id}, a request of {request.peer}, which is told to nobody of another country"
