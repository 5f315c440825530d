"""The consent gate: what leaves for another country needs a consent that covers it (law rows C10 to C12, C15, C17).

One pure function answers for the ledger's writer, who refuses, and for verifier and auditor, who report at step 11.
A release is an event: an export about exhibits, a dispatch, an access on record by which something was exported, an
act by which a thing gets to another country, or a letter or answer that carries a file of an exhibit as a document.
It happened at some time between `occurred_at` and `recorded_at`, so a consent must be in force at both.
"""

from __future__ import annotations

from collections.abc import Iterator, Set

from custody.verify.gate.contents import own_documents
from custody.verify.gate.destination import Goal, goal_of, holders_abroad, names_no_goal, names_nobody
from custody.verify.gate.faults import ENDED, Bearing, Breach, Way, bearing_on, faults_of
from custody.verify.rules.view import Agent, Exhibit, Ledger, View
from schemas.details.record import BundleExported
from schemas.details.request import RequestAnswered, RequestSent
from schemas.details.transfer import TransferDispatched
from schemas.event import ParsedEvent
from schemas.types import UNSET, is_set


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
    for breach in _undirected(view, parsed, ledger):
        return (breach,)
    goal = goal_of(view, parsed, ledger)
    if goal is None:
        return ()
    exhibits, enclosed = tuple(released(view, parsed)), enclosed_by(view, parsed)
    faults = list(foreign_requests(view, parsed, goal.to)) if ledger.is_strict else []
    if not exhibits and not enclosed:
        return tuple(faults)
    recipient = view.agent(goal.to)
    if recipient is None or recipient.country is None or (ledger.is_strict and recipient.has_left):
        text = "expected a recipient in office with a country on record, found "
        return (*faults, Breach("release.recipient-unknown", text + (goal.to or f"nobody in {goal.country}")))
    way = _way_of(parsed, goal, recipient, ledger, recorded_at, without)
    asked = view.request(way.request or "") if ledger.is_strict and exhibits and way.leaves else None
    if asked is not None and is_set(asked.ended):
        text = f"expected a request that stands, found {asked.id}, which was {ENDED[str(asked.ended)]}"
        faults.append(Breach("release.request-ended", text))
    faults += [fault for exhibit in exhibits for fault in faults_of(view, exhibit, way)]
    for holders in enclosed:
        # The bytes are the same in each: that one of these exhibits may leave is enough.
        each = [faults_of(view, exhibit, way) for exhibit in holders]
        faults += [] if [] in each else each[0]
    return tuple(dict.fromkeys(faults))


def _undirected(view: View, parsed: ParsedEvent, ledger: Ledger) -> Iterator[Breach]:
    """Yield what is wrong with where something goes, or with who has it then: of that, nothing more is asked."""
    if ledger.is_gated and names_nobody(parsed):
        yield Breach("release.recipient-unnamed", "expected a recipient on record of what is exported, found none")
    if ledger.is_gated and names_no_goal(view, parsed, ledger):
        text = "expected in clear to whom or to which country it goes, found neither"
        yield Breach("release.destination-unnamed", text)
    for holder, name in holders_abroad(view, parsed, ledger) if ledger.is_strict else ():
        text = f"expected a holder of this country of what was here, found {holder}"
        yield Breach("release.holder-abroad", text + (f", who has {name}" if name else ""), name)


def bearing(view: View, parsed: ParsedEvent, recorded_at: str) -> tuple[tuple[str, Bearing], ...]:
    """Return for each exhibit that something lets out, by name, the consents under which it goes, ``view`` being the
    state before it; nothing for a bundle, which shows them, another event, and an earlier version of the gate.
    """
    ledger = view.ledger()
    goal = None if ledger is None or not ledger.is_strict else goal_of(view, parsed, ledger)
    recipient = None if goal is None else view.agent(goal.to)
    if ledger is None or goal is None or recipient is None or isinstance(parsed.details, BundleExported):
        return ()
    way = _way_of(parsed, goal, recipient, ledger, recorded_at)
    return tuple((item.name, bearing_on(view, item, way)) for item in released(view, parsed))


def untold_terms(view: View, parsed: ParsedEvent, borne: tuple[tuple[str, Bearing], ...]) -> Iterator[Breach]:
    """Yield what goes under conditions that the act by which it goes can't carry; a dispatch repeats them, and a bundle
    shows the consents. One of several consents that makes none is enough.
    """
    for name, sides in () if isinstance(parsed.details, BundleExported | TransferDispatched) else borne:
        for side, consents in sides:
            wanted = [consent.conditions for item in consents if (consent := view.consent(item)) is not None]
            if wanted and all(wanted):
                text = f"{name} went under conditions of {side}, which its act does not carry: {', '.join(wanted[0])}"
                yield Breach("release.terms-untold", text, name)


def foreign_requests(view: View, parsed: ParsedEvent, to: str) -> Iterator[Breach]:
    """Yield a breach for each request on record that something answers or tells of on its way abroad to ``to``, and
    whose other side is neither he nor anybody of his country: what is asked in confidence is told to no third country.
    """
    details, recipient, ledger = parsed.details, view.agent(to), view.ledger()
    where = None if recipient is None else recipient.country
    if not isinstance(details, BundleExported | TransferDispatched) or ledger is None or where == ledger.country:
        return
    for name in dict.fromkeys(_told_of(parsed)):
        known = view.request(name)
        if known is None or known.peer == to:
            continue
        peer = view.agent(known.peer)
        if peer is None or peer.country is None or peer.country != where:
            text = f"expected a request of {to} or of an authority of his country, found {name}, of {known.peer}"
            yield Breach("release.request-peer", text)


def _told_of(parsed: ParsedEvent) -> list[str]:
    """Return the requests that an event is about or names."""
    named = getattr(parsed.details, "request", UNSET)
    return [item.request for item in parsed.event.about or () if item.request] + ([named] if named else [])


def _way_of(
    parsed: ParsedEvent, goal: Goal, recipient: Agent, ledger: Ledger, recorded_at: str,
    without: Set[str] = frozenset(),
) -> Way:  # fmt: skip
    details, times = parsed.details, sorted((parsed.event.occurred_at, recorded_at))
    sent = details if isinstance(details, TransferDispatched) else None
    request = (details.request or "") if isinstance(details, TransferDispatched | BundleExported) else None
    is_abroad = bool({recipient.country, goal.country} - {ledger.country, None})
    return Way(recipient, times, sent, request, without, ledger.country if is_abroad else "")


def enclosed_by(view: View, parsed: ParsedEvent) -> tuple[tuple[Exhibit, ...], ...]:
    """Return, for each document that goes with a letter or an answer and is a file of exhibits, these exhibits."""
    if not (view.is_whole and isinstance(parsed.details, BundleExported | RequestAnswered | RequestSent)):
        return ()  # a bundle carries some exhibits only
    documents = [] if isinstance(parsed.details, BundleExported) else list(own_documents(parsed))
    documents += [digest for request in _told_of(parsed) for digest in view.documents(request)]
    return tuple(view.holders(tuple(dict.fromkeys(documents))).values())


def released(view: View, parsed: ParsedEvent) -> Iterator[Exhibit]:
    """Yield the exhibits that an event lets out, as far as ``view`` knows all that was said of them by then."""
    event = parsed.event
    if is_set(event.link):
        exhibit = view.exhibit(str(event.case), str(event.exhibit))
        if exhibit is not None:
            yield exhibit
    for item in event.about or ():
        known = view.registered(str(item.exhibit)) if is_set(item.exhibit) else None
        if known is not None and view.follows(known):
            yield known
