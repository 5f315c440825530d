"""The consent gate: what leaves for another country needs a consent that covers it (law rows C10 to C12, C15, C17).

One pure function answers for the ledger's writer, who refuses, and for verifier and auditor, who report at step 11.
A release is an event: an export about exhibits, a dispatch, an access on record by which something was exported, or an
act by which somebody of another country receives a thing.
It happened at some time between `occurred_at` and `recorded_at`, so a consent must be in force at both.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from custody.verify.state import Agent, Consent, Exhibit, Ledger, View
from schemas.details.record import AccessLogged, BundleExported
from schemas.details.transfer import TransferDispatched
from schemas.event import ParsedEvent
from schemas.types import is_set


class Breach(msgspec.Struct, frozen=True):
    """Why a release is not lawful by what the ledger shows: stable ``code``, text, and the exhibit it is about."""

    code: str
    text: str
    exhibit: str = ""


def recipient_of(parsed: ParsedEvent) -> str | None:
    """Return the agent to whom an event lets something out, or nothing where it is no release or names nobody."""
    match parsed.details:
        case BundleExported(to=to) | TransferDispatched(to=to):
            return str(to) if is_set(to) else None
        case AccessLogged(action="exported", agent=agent):
            return str(agent) if is_set(agent) else None
        case _:
            return None


def check_release(view: View, parsed: ParsedEvent, recorded_at: str) -> tuple[Breach, ...]:
    """Return what speaks against a release, ``view`` being the state before it; nothing for any other event.

    An export that names no recipient on record is not looked at here: the writer wants one, the verifier says so.
    """
    ledger = view.ledger()
    to = recipient_of(parsed) or _receiver_abroad(view, parsed, ledger)
    if to is None:
        return ()
    recipient = view.agent(to)
    exhibits = tuple(_released(view, parsed))
    if not exhibits or ledger is None:
        return ()
    if recipient is None or recipient.country is None:
        return (Breach("release.recipient-unknown", f"expected a recipient with a country on record, found {to}"),)
    times = sorted((parsed.event.occurred_at, recorded_at))
    found: list[Breach] = []
    for exhibit in exhibits:
        if recipient.country != ledger.country:
            found += _own_consent(view, exhibit, recipient, ledger.country, times)
        for authority in exhibit.bound_to:
            if authority != recipient.id:
                found += _consent_of(view, exhibit, recipient, frozenset({authority}), times, authority)
    return tuple(found)


def _receiver_abroad(view: View, parsed: ParsedEvent, ledger: Ledger | None) -> str | None:
    """Return who of another country receives a thing from hand to hand, or nothing: that is no way round."""
    if ledger is None or not is_set(parsed.event.link) or len(parsed.event.signers) == 1:
        return None
    for signer in parsed.event.signers:
        for agent in (signer.party, signer.agent) if signer.as_ == "to" else ():
            known = view.agent(agent)
            if known is not None and known.country not in {None, ledger.country}:
                return agent
    return None


def _released(view: View, parsed: ParsedEvent) -> Iterator[Exhibit]:
    """Yield the exhibits that an event lets out and that ``view`` knows."""
    event = parsed.event
    if is_set(event.link):
        exhibit = view.exhibit(str(event.case), str(event.exhibit))
        if exhibit is not None:
            yield exhibit
    for item in event.about if isinstance(event.about, tuple) else ():
        known = view.registered(str(item.exhibit)) if is_set(item.exhibit) else None
        if known is not None:
            yield known


def _own_consent(view: View, exhibit: Exhibit, recipient: Agent, country: str, times: list[str]) -> tuple[Breach, ...]:
    """Want the consent of an authority of this ledger's country."""
    consents = view.consents(exhibit.registration)
    own = frozenset(
        item.authority
        for item in consents
        if (authority := view.agent(item.authority)) is not None and authority.country in {country, None}
    )
    return _consent_of(view, exhibit, recipient, own, times, f"an authority of {country}")


def _consent_of(
    view: View, exhibit: Exhibit, recipient: Agent, authorities: frozenset[str], times: list[str], whose: str
) -> tuple[Breach, ...]:
    """Want one consent of ``authorities`` without fault; else say the least that is wrong with any."""
    name = f"{exhibit.case}/{exhibit.number}"
    faults = [
        _fault(view, item, recipient, times)
        for item in view.consents(exhibit.registration)
        if item.authority in authorities
    ]
    if None in faults:
        return ()
    worst = max((fault for fault in faults if fault is not None), default=(0, "release.consent-missing", "found none"))
    text = f"expected a consent of {whose} to {name} going to {recipient.id}, {worst[2]}"
    return (Breach(worst[1], text, name),)


def consent_for(view: View, exhibit: Exhibit, to: str, times: list[str]) -> Consent | None:
    """Return the newest consent to an exhibit going to ``to`` that holds at all of ``times``, which are in order."""
    recipient = view.agent(to)
    if recipient is None:
        return None
    consents = reversed(view.consents(exhibit.registration))
    return next((item for item in consents if _fault(view, item, recipient, times) is None), None)


def fault_of(view: View, consent: Consent, times: list[str]) -> str:
    """Return in words why a consent lets nothing leave at ``times``, which are in order; nothing where it does."""
    recipient = view.agent(consent.recipient)
    assert recipient is not None, "a consent names an enrolled recipient"
    fault = _fault(view, consent, recipient, times)
    return "" if fault is None else fault[2]


def _fault(view: View, consent: Consent, recipient: Agent, times: list[str]) -> tuple[int, str, str] | None:
    """Return what is wrong with a consent and how near it is to be right; nothing where it holds."""
    if consent.recipient != recipient.id:
        return 1, "release.consent-recipient", f"found one for {consent.recipient}"
    if consent.is_revoked:
        return 2, "release.consent-revoked", "found it revoked"
    request = None if consent.request is None else view.request(consent.request)
    if request is not None and (request.status == "withdrawn" or request.outcome == "refused"):
        state = "withdrawn" if request.status == "withdrawn" else "refused"
        return 3, "release.request-ended", f"found the request {request.id}, on which it rests, {state}"
    if times[0] < consent.valid_from:
        return 4, "release.consent-early", f"found one that counts from {consent.valid_from} on"
    if consent.valid_until is not None and times[1] > consent.valid_until:
        return 5, "release.consent-expired", f"found one that ended at {consent.valid_until}"
    if consent.unmet:
        return 6, "release.consent-conditions", f"found conditions not met yet: {', '.join(consent.unmet)}"
    return None
