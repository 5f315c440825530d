"""What is wrong with the consents to an exhibit that goes some way: nothing, where each side gave one without fault."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Set
from functools import partial
from itertools import islice
from typing import Final

import msgspec

from custody.verify.rules.view import Agent, Consent, Exhibit, Request, View, is_strict
from schemas import limits
from schemas.details.consent import STRICTNESS
from schemas.details.transfer import TransferDispatched
from schemas.types import UNSET, is_set


class Breach(msgspec.Struct, frozen=True):
    """Why a release is not lawful by what the ledger shows: stable ``code``, text, and the exhibit it is about."""

    code: str
    text: str
    exhibit: str = ""


ENDED: Final = {"over": "withdrawn or not executed", "refused": "refused"}
"""What became of a request on which nothing may rest."""
Name = tuple[str, str]
"""Case and number of an exhibit."""
Fault = tuple[int, str, str]
"""How near a consent is to let something go, 1 to 10, the code of what is wrong with it, and words."""
_TOLD: Final = 3
"""Sides that lack the same, of which each is told by its name; of more the first, and how many."""
_Given = dict[tuple[str, str | None], list[Consent]]
"""Consents, the newest first, by ``country`` and by ``ledger`` of the organisation or unit that gave them."""
Bearing = tuple[tuple[str, tuple[str, ...]], ...]
"""By country or ledger whose consent a dispatch wants: the event hashes of those that let it go."""


class Way(msgspec.Struct, frozen=True):
    """To whom something goes, between which ``times``, which are in order, and by which dispatch if it is one.

    ``request`` is the one that it answers, an empty text for none; nothing where its record has no place for one.
    ``without`` are consents, by event hash, that count for nothing. ``leaves`` is the country from which it goes, an
    empty text where it goes to nobody abroad. Mutable in what it keeps: by request the exhibits of its parts, of
    consents what is wrong with them, and the consents to an exhibit or to all that have the same.
    """

    recipient: Agent
    times: list[str]
    sent: TransferDispatched | None = None
    request: str | None = None
    without: Set[str] = frozenset()
    leaves: str = ""
    named: dict[str, frozenset[Name]] = msgspec.field(default_factory=dict)
    judged: dict[tuple[str, bool, str], Fault | None] = msgspec.field(default_factory=dict)
    given: dict[tuple[object, ...], _Given] = msgspec.field(default_factory=dict)


def faults_of(view: View, exhibit: Exhibit, way: Way) -> list[Breach]:
    """Return what one exhibit lacks to go this way."""
    found = list(_named_consent(view, exhibit, way))
    asked = view.request(way.request or "") if way.leaves else None
    if asked is not None and not is_granted(view, asked, exhibit, way):
        text = f"expected what was granted of {asked.id}, found {exhibit.name}"
        found.append(Breach("release.not-granted", text, exhibit.name))
    return found + list(_lacking(view, exhibit, way))


def _sides(exhibit: Exhibit, way: Way) -> list[tuple[str, str]]:
    """Return whose consents an exhibit needs to go this way: of this ``country``, of each ``ledger`` that binds it."""
    origins = [("ledger", origin) for origin in exhibit.bound_to if way.recipient.ledger != origin]
    return [("country", way.leaves), *origins] if way.leaves else origins


def bearing_on(view: View, exhibit: Exhibit, way: Way) -> Bearing:
    """Return for each side whose consent is wanted those without fault: alternatives, of which the one that a dispatch
    names is the one meant.
    """
    given, found = _given(view, exhibit, way, way.recipient.id), list[tuple[str, tuple[str, ...]]]()
    named = str(way.sent.consent) if way.sent is not None and is_set(way.sent.consent) else ""
    for kind, side in _sides(exhibit, way):
        known = given.get((kind, side), ())
        held = tuple([item.id for item in known if _judge(view, item, way, exhibit, is_bound=kind == "ledger") is None])
        found.append((side, (named,) if named in held else held))
    return tuple(found)


def _named_consent(view: View, exhibit: Exhibit, way: Way) -> Iterator[Breach]:
    """Want the consent under which a dispatch says that it leaves to be one of this exhibit, and without fault."""
    named = way.sent.consent if way.sent is not None and is_strict(view) else UNSET
    if not is_set(named):
        return
    consent = view.consent(str(named))
    is_known = consent is not None and exhibit.registration in consent.exhibits and consent.id not in way.without
    fault = fault_of(view, consent, way, exhibit) if consent is not None and is_known else None
    if fault is not None or not is_known:
        _, code, text = fault or (0, "release.consent-missing", "found none of that hash")
        text = f"expected the consent that its dispatch names to let {exhibit.name} go, {text}"
        yield Breach(code, text, exhibit.name)


def _given(view: View, exhibit: Exhibit, way: Way, recipient: str | None) -> _Given:
    """Return the newest consents to an exhibit, for a recipient or all: looked through once, however many ledgers bind
    it and exhibits that have the same go this way.
    """
    name = exhibit.registration, recipient
    if name not in way.given:
        known = list(islice(view.consents(exhibit.registration, recipient), limits.CONSENTS_ASKED))
        bound = exhibit.bound_to if is_strict(view) else ()
        alike = bound, *[consent.id for consent in known]
        if alike not in way.given:
            found, apart = way.given.setdefault(alike, defaultdict(list)), frozenset(bound)
            for consent in known:
                agent = view.agent(consent.authority)
                if agent is not None and agent.kind in {"organisation", "unit"}:
                    found["ledger", agent.ledger].append(consent)
                    # Under version 2 a consent stands for its own ledger, and not for this country as well.
                    if agent.ledger not in apart:
                        found["country", agent.country].append(consent)
        way.given[name] = way.given[alike]
    return way.given[name]


def _judge(view: View, consent: Consent, way: Way, exhibit: Exhibit, *, is_bound: bool) -> Fault | None:
    """Return what `fault_of` finds: of each exhibit apart only where parts were granted of what a consent rests on."""
    request = None if consent.request is None else view.request(consent.request)
    name = consent.id, is_bound, exhibit.registration if request and request.parts else ""
    if name not in way.judged:
        way.judged[name] = fault_of(view, consent, way, exhibit, is_bound=is_bound)
    return way.judged[name]


def _lacking(view: View, exhibit: Exhibit, way: Way) -> Iterator[Breach]:
    """Want of each side one consent without fault of an organisation or unit, else say the least that is wrong with
    any.

    An exhibit may be bound to more ledgers than anybody wants to read, and each of as many exhibits that go at once:
    most sides have no consent at all, and cost no more than to be looked up and counted.
    """
    given, others = _given(view, exhibit, way, way.recipient.id), _given(view, exhibit, way, None)
    wrong = defaultdict[str, list[tuple[str, str]]](list)
    for side in _sides(exhibit, way):
        is_bound, known = side[0] == "ledger", [item for item in given.get(side, ()) if item.id not in way.without]
        judge = partial(_judge, view, way=way, exhibit=exhibit, is_bound=is_bound)
        if None not in map(judge, known):  # which asks no further than to the first without fault
            fault = _of_another(others[side][0]) if side in others else (0, "release.consent-missing", "found none")
            _, code, text = max(filter(None, map(judge, known)), default=fault)
            wrong[code].append((side[1] if is_bound else f"an authority of {side[1]}", text))
    name, to = exhibit.name, way.recipient.id
    for code, sides in wrong.items():
        more = f"; and {len(sides) - 1} more of the kind" if len(sides) > _TOLD else ""
        for whose, text in sides[:1] if more else sides:
            yield Breach(code, f"expected a consent of {whose} to {name} going to {to}, {text}{more}", name)


def _of_another(consent: Consent) -> Fault:
    where = f" in {consent.to_country or 'no country on record'}" if is_set(consent.to_country) else ""
    where += f" with the ledger {consent.to_ledger}" if is_set(consent.to_ledger) else ""
    return 1, "release.consent-recipient", f"found one for {consent.recipient}{where}"


def is_granted(view: View, request: Request, exhibit: Exhibit, way: Way) -> bool:
    """Tell whether all was granted that a request asks, or a part that names the exhibit, or all that it was made of:
    what is granted in part is released in part (law rows C10, C14).
    """
    named = way.named.get(request.id) or way.named.setdefault(request.id, frozenset(request.parts or ()))
    seen, waiting = set[Name](), [(exhibit.case, exhibit.number)] * bool(request.parts)
    while waiting:
        name = waiting.pop()
        if name not in named and name not in seen:
            seen.add(name)
            known = view.exhibit(*name)
            if known is None or not known.made_of or len(seen) > limits.MADE_OF:
                return False
            waiting += known.made_of
    return True


def fault_of(
    view: View, consent: Consent, way: Way, exhibit: Exhibit | None = None, *, is_bound: bool = False
) -> Fault | None:
    """Return what is wrong with a consent that is to let an exhibit go this way, or nothing where it holds.

    ``is_bound`` says that it is asked of the ledger to which the exhibit is bound.
    """
    to = way.recipient
    has_moved = consent.to_country not in {UNSET, to.country} or consent.to_ledger not in {UNSET, to.ledger}
    if consent.recipient != to.id or has_moved:
        return _of_another(consent)
    if is_bound and is_set(consent.is_by_key):
        # Whose key this ledger enrolled says nothing of what another ledger's authority wants: it has letters for that.
        return 2, "release.consent-key", "found one by a key of this ledger, and no letter or paper of its own"
    if consent.is_revoked:
        return 3, "release.consent-revoked", "found it revoked"
    request = None if consent.request is None else view.request(consent.request)
    is_over = request is not None and (request.status == "withdrawn" or request.ended == "over")
    outcome = None if request is None or is_set(request.parts) else request.outcome
    if request is not None and (is_over or "refused" in {outcome, request.ended}):
        text = ENDED["over" if is_over else "refused"]
        return 4, "release.request-ended", f"found the request {request.id}, on which it rests, {text}"
    if request is not None and exhibit is not None and not is_granted(view, request, exhibit, way):
        return 5, "release.not-granted", f"found one that rests on {request.id}, of which other exhibits were granted"
    # By letter it rests on what was asked from here; what leaves answers what was asked of us.
    rests_on = None if is_set(consent.is_by_letter) else consent.request
    if rests_on is not None and way.request not in {None, rests_on}:
        return 6, "release.consent-request", f"found one that rests on the request {consent.request}"
    if way.times[0] < consent.valid_from:
        return 7, "release.consent-early", f"found one that counts from {consent.valid_from} on"
    if consent.valid_until is not None and way.times[1] > consent.valid_until:
        return 8, "release.consent-expired", f"found one that ended at {consent.valid_until}"
    if consent.unmet:
        return 9, "release.consent-conditions", f"found conditions not met yet: {', '.join(consent.unmet)}"
    if way.sent is not None and not _keeps_terms(way.sent, consent):
        terms = ", ".join((f"onward {consent.onward}", *consent.conditions))
        return 10, "release.consent-terms", f"found it sent on easier terms than the consent's: {terms}"
    return None


def _keeps_terms(sent: TransferDispatched, consent: Consent) -> bool:
    """Whether a dispatch binds its receiver to all that the consent wants; it may bind him to more."""
    codes = {item.code for item in sent.conditions} if isinstance(sent.conditions, tuple) else set[str]()
    return STRICTNESS.index(sent.onward) >= STRICTNESS.index(consent.onward) and codes >= set(consent.conditions)
