"""What is wrong with the consents to an exhibit that goes some way: nothing, where each side gave one without fault."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
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
Bearing = tuple[tuple[str, tuple[str, ...]], ...]
"""By country or ledger whose consent a dispatch wants: the event hashes of those that let it go."""


class Way(msgspec.Struct, frozen=True):
    """To whom something goes, between which ``times``, which are in order, and by which dispatch if it is one.

    ``request`` is the one that it answers, an empty text for none; nothing where its record has no place for one.
    ``without`` are consents, by event hash, that count for nothing. ``leaves`` is the country from which it goes, an
    empty text where it goes to nobody abroad. ``named`` keeps, by request, the exhibits of its parts.
    """

    recipient: Agent
    times: list[str]
    sent: TransferDispatched | None = None
    request: str | None = None
    without: Set[str] = frozenset()
    leaves: str = ""
    named: dict[str, frozenset[Name]] = msgspec.field(default_factory=dict)


def faults_of(view: View, exhibit: Exhibit, way: Way) -> list[Breach]:
    """Return what one exhibit lacks to go this way."""
    found, given = list(_named_consent(view, exhibit, way)), _Given(view, exhibit)
    asked = view.request(way.request or "") if way.leaves else None
    if asked is not None and not is_granted(view, asked, exhibit, way):
        name = f"{exhibit.case}/{exhibit.number}"
        found.append(Breach("release.not-granted", f"expected what was granted of {asked.id}, found {name}", name))
    for side in _sides(exhibit, way):
        found += _consent_of(view, given, way, side)
    return found


def _sides(exhibit: Exhibit, way: Way) -> list[tuple[str, str]]:
    """Return whose consents an exhibit needs to go this way: of this ``country``, of each ``ledger`` that binds it."""
    origins = [("ledger", origin) for origin in exhibit.bound_to if way.recipient.ledger != origin]
    return [("country", way.leaves), *origins] if way.leaves else origins


def bearing_on(view: View, exhibit: Exhibit, way: Way) -> Bearing:
    """Return for each side whose consent is wanted those without fault: alternatives, of which the one that a dispatch
    names is the one meant.
    """
    given, found = _Given(view, exhibit), list[tuple[str, tuple[str, ...]]]()
    named = str(way.sent.consent) if way.sent is not None and is_set(way.sent.consent) else ""
    for kind, side in _sides(exhibit, way):
        known = given.of(way.recipient.id, (kind, side))
        held = tuple(item.id for item in known if fault_of(view, item, way, exhibit, is_bound=kind == "ledger") is None)
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
        name = f"{exhibit.case}/{exhibit.number}"
        yield Breach(code, f"expected the consent that its dispatch names to let {name} go, {text}", name)


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
            known = self._known[recipient] = defaultdict[tuple[str, str | None], list[Consent]](list)
            for consent in islice(self._view.consents(self.exhibit.registration, recipient), limits.CONSENTS_ASKED):
                agent = self._view.agent(consent.authority)
                if agent is not None and agent.kind in {"organisation", "unit"}:
                    # Under version 2 a consent stands for its own ledger, and not for this country as well.
                    if not (is_strict(self._view) and agent.ledger in self.exhibit.bound_to):
                        known["country", agent.country].append(consent)
                    known["ledger", agent.ledger].append(consent)
        return self._known[recipient].get(side, ())


def _consent_of(view: View, given: _Given, way: Way, side: tuple[str, str]) -> tuple[Breach, ...]:
    """Want one consent without fault of an organisation or unit, of a country or with a ledger; else say the least that
    is wrong with any. The newest are asked first, since they are the likeliest to hold.
    """
    is_bound, whose = side[0] == "ledger", side[1] if side[0] == "ledger" else f"an authority of {side[1]}"
    worst = (0, "release.consent-missing", "found none")
    for consent in (item for item in given.of(way.recipient.id, side) if item.id not in way.without):
        fault = fault_of(view, consent, way, given.exhibit, is_bound=is_bound)
        if fault is None:
            return ()
        worst = max(worst, fault)
    if not worst[0]:
        worst = next(map(_of_another, given.of(None, side)), worst)
    name = f"{given.exhibit.case}/{given.exhibit.number}"
    text = f"expected a consent of {whose} to {name} going to {way.recipient.id}, {worst[2]}"
    return (Breach(worst[1], text, name),)


def _of_another(consent: Consent) -> tuple[int, str, str]:
    where = f" in {consent.to_country or 'no country on record'}" if is_set(consent.to_country) else ""
    return 1, "release.consent-recipient", f"found one for {consent.recipient}{where}"


def is_granted(view: View, request: Request, exhibit: Exhibit, way: Way) -> bool:
    """Tell whether all was granted that a request asks, or a part that names the exhibit, or all that it was made of:
    what is granted in part is released in part (law rows C10, C14).
    """
    if request.id not in way.named:
        way.named[request.id] = frozenset(request.parts or ())
    named, seen, waiting = way.named[request.id], set[Name](), [(exhibit.case, exhibit.number)] * bool(request.parts)
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
) -> tuple[int, str, str] | None:
    """Return how near a consent is to let an exhibit go this way, 1 to 10, the code of what is wrong with it, and
    words; nothing where it holds. ``is_bound`` says that it is asked of the ledger to which the exhibit is bound.
    """
    if consent.recipient != way.recipient.id or (
        is_set(consent.to_country) and consent.to_country != way.recipient.country
    ):
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
        state = ENDED["over" if is_over else "refused"]
        return 4, "release.request-ended", f"found the request {request.id}, on which it rests, {state}"
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
