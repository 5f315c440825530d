"""The consent gate: what leaves for another country needs a consent that covers it (law rows C10 to C12, C15, C17).

One pure function answers for the ledger's writer, who refuses, and for verifier and auditor, who report at step 11.
A release is an event: an export about exhibits, a dispatch, an access on record by which something was exported, an
act by which a thing gets to another country, or a letter or answer that carries a file of an exhibit as a document.
It happened at some time between `occurred_at` and `recorded_at`, so a consent must be in force at both.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from itertools import islice
from typing import Final

import msgspec

from custody.verify.gate.contents import own_documents
from custody.verify.rules.on_record import country_told
from custody.verify.rules.view import Agent, Consent, Exhibit, Ledger, View
from schemas import limits
from schemas.details.consent import STRICTNESS, ConsentRecorded
from schemas.details.custody import HandedOver, Moved, TakenOver
from schemas.details.exhibit import ExhibitDisposed, ExhibitRegistered, ExhibitReleased
from schemas.details.ledger import AgentChanged
from schemas.details.record import AccessLogged, BundleExported
from schemas.details.request import RequestAnswered, RequestSent
from schemas.details.transfer import TransferDispatched, TransferReturned
from schemas.event import ParsedEvent
from schemas.types import UNSET, Record, is_set

HANDING: Final = (ExhibitDisposed, ExhibitReleased, HandedOver, Moved, TakenOver)
"""Acts by which a thing may get to another country."""
_LETTING: Final = frozenset[type]({
    *HANDING, AccessLogged, AgentChanged, BundleExported, ConsentRecorded, RequestAnswered, RequestSent,
    TransferDispatched,
})  # fmt: skip
_NOWHERE: Final = frozenset({"destroyed", "wiped"})


class Breach(msgspec.Struct, frozen=True):
    """Why a release is not lawful by what the ledger shows: stable ``code``, text, and the exhibit it is about."""

    code: str
    text: str
    exhibit: str = ""


class Way(msgspec.Struct, frozen=True):
    """To whom something goes, between which ``times``, which are in order, and by which dispatch if it is one.

    ``request`` is the one that it answers, an empty text for none; nothing where its record has no place for one.
    ``without`` are consents, by event hash, that count for nothing.
    """

    recipient: Agent
    times: list[str]
    sent: TransferDispatched | None = None
    request: str | None = None
    without: Set[str] = frozenset()


class Goal(msgspec.Struct, frozen=True):
    """Where something goes: to an agent, perhaps unknown or nobody, and to a country, if one is named beside him."""

    to: str
    country: str | None = None


def goal_of(view: View, parsed: ParsedEvent, ledger: Ledger) -> Goal | None:
    """Return to whom an event lets something out, or nothing where it is no release or names nobody."""
    match parsed.details:
        case BundleExported(to=to) | TransferDispatched(to=to):
            return Goal(str(to)) if is_set(to) else None
        case AccessLogged(action="exported", agent=agent):
            return Goal(str(agent)) if is_set(agent) else None
        case RequestAnswered(request=request) | RequestSent(request=request):
            known = view.request(request)
            return None if known is None else Goal(known.peer)
        case _:
            return _goal_abroad(view, parsed, ledger) if is_set(parsed.event.link) else None


def concerns_gate(parsed: ParsedEvent) -> bool:
    """Tell whether an event may let something out, or say who may have it: of any other `check_release` finds nothing
    wrong, and `counterparts` nobody.
    """
    return type(parsed.details) in _LETTING or _was_here(parsed.details) or bool(_receivers(parsed))


def names_nobody(parsed: ParsedEvent) -> bool:
    """Tell whether an event exports something without a recipient on record, so that no consent can be looked for: a
    letter too may enclose evidence.
    """
    return isinstance(parsed.details, BundleExported) and not is_set(parsed.details.to)


def names_no_goal(view: View, parsed: ParsedEvent, ledger: Ledger) -> bool:
    """Tell whether a thing goes somewhere by an act that doesn't say in clear to whom or to which country, and of
    the receiver's party, which holds it then, is no country on record. Under version 1 of the gate it goes by a
    carrier, or out of the house, and any receiver who signs is enough.
    """
    details, manner = parsed.details, getattr(parsed.details, "manner", "")
    if not isinstance(details, HANDING) or manner in _NOWHERE or _destination(details) != ("", None):
        return False
    receivers = _receivers(parsed)
    if ledger.is_strict:
        party = view.agent(receivers[0]) if receivers else None
        return party is None or party.country is None
    leaves = isinstance(details, ExhibitReleased) or is_set(getattr(details, "carrier", UNSET))
    return (leaves or manner == "returned-to-owner") and not receivers


def check_release(
    view: View, parsed: ParsedEvent, recorded_at: str, *, without: Set[str] = frozenset()
) -> tuple[Breach, ...]:
    """Return what speaks against a release, ``view`` being the state before it; nothing for any other event.

    Only a ledger that was opened under the gate must say where everything goes. In any other an export that names no
    recipient is not looked at here: the writer wants one, the verifier says so. ``without`` are consents that are to
    count for nothing.
    """
    ledger = view.ledger()
    if ledger is None:
        return ()
    if ledger.is_gated and names_nobody(parsed):
        return (Breach("release.recipient-unnamed", "expected a recipient on record of what is exported, found none"),)
    if ledger.is_gated and names_no_goal(view, parsed, ledger):
        text = "expected in clear to whom or to which country it goes, found neither"
        return (Breach("release.destination-unnamed", text),)
    for holder, name in _holders_abroad(view, parsed, ledger):
        text = f"expected a holder of this country of what was here, found {holder}"
        return (Breach("release.holder-abroad", text + (f", who has {name}" if name else ""), name),)
    goal = goal_of(view, parsed, ledger)
    if goal is None:
        return ()
    exhibits, enclosed = tuple(_released(view, parsed)), enclosed_by(view, parsed)
    faults = list(foreign_requests(view, parsed, goal.to)) if ledger.is_strict else []
    if not exhibits and not enclosed:
        return tuple(faults)
    recipient = view.agent(goal.to)
    if recipient is None or recipient.country is None or (ledger.is_strict and recipient.has_left):
        found = goal.to or f"nobody in {goal.country}"
        text = f"expected a recipient in office with a country on record, found {found}"
        return (*faults, Breach("release.recipient-unknown", text))
    way = _way_of(parsed, recipient, sorted((parsed.event.occurred_at, recorded_at)), without)
    abroad = {recipient.country, goal.country} - {ledger.country, None}
    faults += [fault for exhibit in exhibits for fault in _faults(view, exhibit, way, ledger, is_abroad=bool(abroad))]
    for holders in enclosed:
        # The bytes are the same in each: that one of these exhibits may leave is enough.
        each = [_faults(view, exhibit, way, ledger, is_abroad=bool(abroad)) for exhibit in holders]
        faults += [] if [] in each else each[0]
    return tuple(dict.fromkeys(faults))


def foreign_requests(view: View, parsed: ParsedEvent, to: str) -> Iterator[Breach]:
    """Yield a breach for each request on record that something answers or tells of on its way abroad to ``to``, and
    whose other side is neither he nor anybody of his country: what is asked in confidence is told to no third country.
    """
    details, recipient, ledger = parsed.details, view.agent(to), view.ledger()
    if not isinstance(details, BundleExported | TransferDispatched) or ledger is None:
        return
    if recipient is not None and recipient.country == ledger.country:
        return
    for name in dict.fromkeys((*_told_of(parsed), *([str(details.request)] if is_set(details.request) else []))):
        known = view.request(name)
        peer = None if known is None else view.agent(known.peer)
        country = None if peer is None else peer.country
        if known is None or known.peer == to:
            continue
        if country is None or recipient is None or country != recipient.country:
            text = f"expected a request of {to} or of an authority of his country, found {name}, of {known.peer}"
            yield Breach("release.request-peer", text)


def _told_of(parsed: ParsedEvent) -> list[str]:
    """Return the requests that an event is about."""
    about = parsed.event.about
    return [str(item.request) for item in about if is_set(item.request)] if isinstance(about, tuple) else []


def _faults(view: View, exhibit: Exhibit, way: Way, ledger: Ledger, *, is_abroad: bool) -> list[Breach]:
    """Return what one exhibit lacks to go this way."""
    found, given = list(_named_consent(view, exhibit, way, ledger)), _Given(view, exhibit)
    if is_abroad:
        found += _consent_of(view, given, way, f"an authority of {ledger.country}", country=ledger.country)
    for origin in exhibit.bound_to:
        if way.recipient.ledger != origin:
            found += _consent_of(view, given, way, origin, origin=origin)
    return found


def _named_consent(view: View, exhibit: Exhibit, way: Way, ledger: Ledger) -> Iterator[Breach]:
    """Want the consent under which a dispatch says that it leaves to be one of this exhibit, and without fault."""
    named = way.sent.consent if way.sent is not None and ledger.is_strict else UNSET
    if not is_set(named):
        return
    consent = view.consent(str(named))
    is_known = consent is not None and exhibit.registration in consent.exhibits and consent.id not in way.without
    fault = fault_of(view, consent, way) if consent is not None and is_known else None
    if fault is not None or not is_known:
        _, code, text = fault or (0, "release.consent-missing", "found none of that hash")
        name = f"{exhibit.case}/{exhibit.number}"
        yield Breach(code, f"expected the consent that its dispatch names to let {name} go, {text}", name)


def _way_of(parsed: ParsedEvent, recipient: Agent, times: list[str], without: Set[str]) -> Way:
    details = parsed.details
    sent = details if isinstance(details, TransferDispatched) else None
    request = None
    if isinstance(details, TransferDispatched | BundleExported):
        request = str(details.request) if is_set(details.request) else ""
    return Way(recipient, times, sent, request, without)


def _goal_abroad(view: View, parsed: ParsedEvent, ledger: Ledger) -> Goal | None:
    """Return who of another country receives a thing by hand, by carrier or for good, or nothing where it stays."""
    receivers = _receivers(parsed)
    for agent in receivers:
        if is_abroad(view.agent(agent), ledger):
            return Goal(agent)
    to, country = _destination(parsed.details)
    if not (to or country):
        return None
    named = view.agent(to)
    countries = {country, None if named is None else named.country} - {None}
    stays = countries == {ledger.country} and (not to or named is not None) and not is_abroad(named, ledger)
    receiver = next(iter(receivers), "") if ledger.is_strict else ""
    return None if stays else Goal(to or receiver, country)


def is_abroad(agent: Agent | None, ledger: Ledger) -> bool:
    """Tell whether an agent is on record with another country or, under version 2 of the gate, with none and another
    ledger.
    """
    if agent is None or agent.country is not None:
        return agent is not None and agent.country != ledger.country
    return ledger.is_strict and agent.ledger not in {None, ledger.origin}


def counterparts(view: View, parsed: ParsedEvent) -> Iterator[Agent]:
    """Yield, under version 2 of the gate, whose country decides what may leave: who gets or holds something, or
    consents.
    """
    ledger, details, signer = view.ledger(), parsed.details, parsed.event.signers[0]
    if ledger is None or not ledger.is_strict:
        return
    goal = goal_of(view, parsed, ledger)
    names = [*_receivers(parsed), _destination(details)[0], "" if goal is None else goal.to]
    names += [details.authority] if isinstance(details, ConsentRecorded) else []
    names += [signer.party, signer.agent] if _was_here(details) else []
    yield from (agent for name in dict.fromkeys(names) if (agent := view.agent(name)) is not None)


def _holders_abroad(view: View, parsed: ParsedEvent, ledger: Ledger) -> Iterator[tuple[str, str]]:
    """Yield who abroad becomes the holder of what was here, or came from another ledger, by registering it or taking
    it back; and who is entered as abroad, with the name of what he holds: no act says of it that it goes anywhere.
    Under version 2 of the gate.
    """
    details, signer = parsed.details, parsed.event.signers[0]
    if ledger.is_strict and _was_here(details):
        yield from ((agent, "") for agent in (signer.party, signer.agent) if is_abroad(view.agent(agent), ledger))
    if not ledger.is_strict or not isinstance(details, AgentChanged):
        return
    before = view.agent(details.agent)
    if before is not None and not is_abroad(before, ledger):
        country, origin = country_told(view, details, before.country), details.ledger or before.ledger
        if is_abroad(dataclasses.replace(before, country=country, ledger=origin), ledger):
            yield from ((before.id, f"{item.case}/{item.number}") for item in view.held_by(before.id))


def _was_here(details: Record) -> bool:
    """Tell whether an act takes back what had left, or registers what comes of something known already."""
    if isinstance(details, ExhibitRegistered):
        return not (details.derived_from is details.foreign is details.same_object_as is UNSET)
    return isinstance(details, TransferReturned)


def _receivers(parsed: ParsedEvent) -> tuple[str, ...]:
    """Return who signs as receiver, if anybody: his party, and himself."""
    if len(parsed.event.signers) == 1:
        return ()
    receivers = [signer for signer in parsed.event.signers[1:] if signer.as_ == "to"]
    return tuple([agent for signer in receivers for agent in (signer.party, signer.agent)])


def _destination(details: Record) -> tuple[str, str | None]:
    """Return to whom and to which country an act says that a thing goes, an empty text and nothing where it doesn't."""
    if not isinstance(details, HANDING):
        return "", None
    to, country = getattr(details, "to_agent", UNSET), details.to_country
    return str(to) if is_set(to) else "", str(country) if is_set(country) else None


def enclosed_by(view: View, parsed: ParsedEvent) -> tuple[tuple[Exhibit, ...], ...]:
    """Return, for each document that goes with a letter or an answer and is a file of exhibits, these exhibits."""
    details, requests = parsed.details, _told_of(parsed)
    if not view.is_whole:
        return ()  # a bundle carries some exhibits only
    documents: list[str] = []
    match details:
        case BundleExported(request=request):
            requests += [str(request)] if is_set(request) else []
        case RequestAnswered(request=request) | RequestSent(request=request):
            requests, documents = [request], list(own_documents(parsed))
        case _:
            return ()
    documents += [digest for request in requests for digest in view.documents(request)]
    return tuple(view.holders(tuple(dict.fromkeys(documents))).values())


def let_out(view: View, parsed: ParsedEvent) -> tuple[Agent | None, tuple[Exhibit, ...]]:
    """Return to whom an event lets something out, and the exhibits that it lets out or encloses; nothing and none where
    it is no release to anybody on record.
    """
    ledger = view.ledger()
    goal = None if ledger is None else goal_of(view, parsed, ledger)
    to = None if goal is None else view.agent(goal.to)
    if to is None:
        return None, ()
    return to, (*_released(view, parsed), *(item for items in enclosed_by(view, parsed) for item in items))


def _released(view: View, parsed: ParsedEvent) -> Iterator[Exhibit]:
    """Yield the exhibits that an event lets out, as far as ``view`` knows all that was said of them by then."""
    event = parsed.event
    if is_set(event.link):
        exhibit = view.exhibit(str(event.case), str(event.exhibit))
        if exhibit is not None:
            yield exhibit
    for item in event.about if isinstance(event.about, tuple) else ():
        known = view.registered(str(item.exhibit)) if is_set(item.exhibit) else None
        if known is not None and view.follows(known):
            yield known


class _Given:
    """The newest consents to an exhibit, by country and by ledger of the organisation or unit that gave them: looked
    through once, however many ledgers bind it. Mutable: lives as long as a release is looked at.
    """

    def __init__(self, view: View, exhibit: Exhibit) -> None:
        self._view = view
        self.exhibit = exhibit
        self._known: dict[str | None, dict[tuple[str, str | None], list[Consent]]] = {}

    def of(self, recipient: str | None, side: tuple[str, str | None]) -> Sequence[Consent]:
        """Return those for a recipient, or all, of one ``country`` or ``ledger``."""
        if recipient not in self._known:
            known, ledger = defaultdict[tuple[str, str | None], list[Consent]](list), self._view.ledger()
            is_strict, self._known[recipient] = ledger is not None and ledger.is_strict, known
            for consent in islice(self._view.consents(self.exhibit.registration, recipient), limits.CONSENTS_ASKED):
                agent = self._view.agent(consent.authority)
                if agent is not None and agent.kind in {"organisation", "unit"}:
                    # Under version 2 a consent stands for its own ledger, and not for this country as well.
                    if not (is_strict and agent.ledger in self.exhibit.bound_to):
                        known["country", agent.country].append(consent)
                    known["ledger", agent.ledger].append(consent)
        return self._known[recipient].get(side, ())


def _consent_of(
    view: View, given: _Given, way: Way, whose: str, *, country: str | None = None, origin: str | None = None
) -> tuple[Breach, ...]:
    """Want one consent without fault of an organisation or unit, of a country or with a ledger; else say the least that
    is wrong with any. The newest are asked first, since they are the likeliest to hold.
    """
    side = ("country", country) if origin is None else ("ledger", origin)
    worst = (0, "release.consent-missing", "found none")
    for consent in (item for item in given.of(way.recipient.id, side) if item.id not in way.without):
        fault = fault_of(view, consent, way, is_bound=origin is not None)
        if fault is None:
            return ()
        worst = max(worst, fault)
    if not worst[0]:
        worst = next(map(_of_another, given.of(None, side)), worst)
    name = f"{given.exhibit.case}/{given.exhibit.number}"
    text = f"expected a consent of {whose} to {name} going to {way.recipient.id}, {worst[2]}"
    return (Breach(worst[1], text, name),)


def _of_another(consent: Consent) -> tuple[int, str, str]:
    where = f" in {consent.to_country}" if is_set(consent.to_country) else ""
    return 1, "release.consent-recipient", f"found one for {consent.recipient}{where}"


def fault_of(view: View, consent: Consent, way: Way, *, is_bound: bool = False) -> tuple[int, str, str] | None:
    """Return how near a consent is to let something go this way, 1 to 9, the code of what is wrong with it, and words;
    nothing where it holds. ``is_bound`` says that it is asked of the ledger to which the exhibit is bound.
    """
    if consent.recipient != way.recipient.id or (consent.to_country or way.recipient.country) != way.recipient.country:
        return _of_another(consent)
    if is_bound and is_set(consent.is_by_key):
        # Whose key this ledger enrolled says nothing of what another ledger's authority wants: it has letters for that.
        text = "found one by a key that was enrolled here, and no letter or paper of its own"
        return 2, "release.consent-key", text
    if consent.is_revoked:
        return 3, "release.consent-revoked", "found it revoked"
    request = None if consent.request is None else view.request(consent.request)
    is_over = request is not None and (request.status == "withdrawn" or request.ended == "over")
    if request is not None and (is_over or "refused" in {request.outcome, request.ended}):
        state = "withdrawn or not executed" if is_over else "refused"
        return 4, "release.request-ended", f"found the request {request.id}, on which it rests, {state}"
    # By letter it rests on what was asked from here; what leaves answers what was asked of us.
    rests_on = None if is_set(consent.is_by_letter) else consent.request
    if rests_on is not None and way.request not in {None, rests_on}:
        return 5, "release.consent-request", f"found one that rests on the request {consent.request}"
    if way.times[0] < consent.valid_from:
        return 6, "release.consent-early", f"found one that counts from {consent.valid_from} on"
    if consent.valid_until is not None and way.times[1] > consent.valid_until:
        return 7, "release.consent-expired", f"found one that ended at {consent.valid_until}"
    if consent.unmet:
        return 8, "release.consent-conditions", f"found conditions not met yet: {', '.join(consent.unmet)}"
    if way.sent is not None and not _keeps_terms(way.sent, consent):
        terms = ", ".join((f"onward {consent.onward}", *consent.conditions))
        return 9, "release.consent-terms", f"found it sent on easier terms than the consent's: {terms}"
    return None


def _keeps_terms(sent: TransferDispatched, consent: Consent) -> bool:
    """Whether a dispatch binds its receiver to all that the consent wants; it may bind him to more."""
    codes = {item.code for item in sent.conditions} if isinstance(sent.conditions, tuple) else set[str]()
    return STRICTNESS.index(sent.onward) >= STRICTNESS.index(consent.onward) and codes >= set(consent.conditions)
