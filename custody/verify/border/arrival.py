"""What arrived from another ledger, held against the bundle with which it came (docs/spec/inherited.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec

from custody.verify.border.inner import Inner, event_in, is_unread, manifest_of
from custody.verify.border.past import have_same_text
from custody.verify.evidence.seals import Corrected, other_value
from custody.verify.gate.contents import content_root
from custody.verify.record.opened import fail
from custody.verify.rules.on_record import is_later
from custody.verify.rules.view import Agent, Exhibit, View
from schemas.details.custody import SealSeen
from schemas.details.exhibit import ExhibitRegistered, Foreign
from schemas.details.transfer import TransferAccepted, TransferDispatched, TransferReturned
from schemas.entry import ParsedEntry
from schemas.errors import VerificationError
from schemas.event import ParsedEvent
from schemas.private import Disclosure
from schemas.report import Findings, LedgerReport, Severity
from schemas.types import Private, is_set

Arrived = TransferAccepted | TransferReturned
Name = tuple[str, str, str]
"""Ledger, case and number of an exhibit."""
Find = Callable[[str], Inner | None]
"""Finds the bundle of a payload manifest."""
_LAWFULNESS = frozenset({"inherited.conditions", "inherited.country", "inherited.recipient", "inherited.reservations"})
_CODES = {"identifiers": "inherited.names", "seal": "inherited.seal"}
_LEVELS = {"inherited.content": Severity.FAILED, "inherited.names": Severity.DEFECT, "inherited.seal": Severity.DEFECT}
_NAMES = ("account", "asset", "collection", "number", "platform", "identifiers")
"""What tells a thing, or an item of a platform, from all others; the last can be written in more than one way."""


class _Arrival(msgspec.Struct, frozen=True):
    """An acceptance or a return, and what it came from: its bundle, the exhibit there with its first act, as far as
    that is carried, and the dispatch that it takes up, if that is the last act there.
    """

    event: ParsedEvent
    details: Arrived
    inner: Inner
    there: Exhibit
    before: ParsedEvent | None
    head: ParsedEvent | None


def report_arrival(
    entry: ParsedEntry,
    inner: Inner,
    view: View,
    findings: Findings,
    *,
    event_of: Callable[[str], ParsedEvent | None],
    within: Find,
    shown: Mapping[str, Disclosure] | None = None,
    sent: Corrected | None = None,
    right: Corrected | None = None,
) -> None:
    """Hold an acceptance or a return against the bundle with which the exhibit came; ``event_of`` finds events of this
    ledger by hash, ``within`` the bundles with which exhibits came here.

    ``shown`` are the values of this ledger's own records, where texts of conditions, names and seals are to be
    compared; ``sent`` and ``right`` are those that were corrected: in ``inner``, and by now, in either ledger.
    Findings: as `check_inherited`.
    """
    details, subject = entry.event.details, f"entry {entry.entry.index}"
    assert isinstance(details, Arrived), "the caller looked"
    assert isinstance(details.foreign, Foreign), "the caller looked"
    if is_unread(inner):
        return
    arrival = _found(entry.event, details, details.foreign, inner)
    if arrival is None:
        name = f"{details.foreign.case}/{details.foreign.exhibit}"
        text = f"expected a bundle of {details.foreign.ledger} about {name}, found another"
        findings.add(9, Severity.FAILED, "inherited.exhibit", subject, text)
        return
    for wrong in _compare(arrival, details.foreign, _first_act(entry.event, view, event_of), view, within):
        fail(findings, 11 if wrong.code in _LAWFULNESS else 9, wrong, subject)
    dispatch = None if arrival.head is None else arrival.head.details
    if not isinstance(dispatch, TransferDispatched):
        return
    if isinstance(details, TransferAccepted) and shown is not None:
        _compare_texts(details, dispatch, inner, shown, findings, subject)
    for code, text in () if shown is None else _compare_values(arrival, shown, sent or {}, right or {}):
        level = _LEVELS.get(code, Severity.NOTE)
        findings.add(9 if level is Severity.FAILED else 12, level, code, subject, text)
    if isinstance(details, TransferAccepted):
        decided_at, recorded_at = details.accepted_at, entry.entry.recorded_at
        if is_later(details.sent_at, decided_at) or is_later(decided_at, recorded_at):
            text = f"expected a decision after {details.sent_at} and by {recorded_at}, found it at {decided_at}"
            findings.add(12, Severity.DEFECT, "inherited.times", subject, text)


def _found(event: ParsedEvent, details: Arrived, foreign: Foreign, inner: Inner) -> _Arrival | None:
    """Return an arrival with what it came from; nothing where the bundle is of another state, or about others."""
    ledger, there = inner.report.ledger, inner.state.exhibit(foreign.case, foreign.exhibit)
    assert isinstance(ledger, LedgerReport), "its export was found by the checkpoint"
    is_this = (ledger.origin, ledger.size, ledger.root) == (foreign.ledger, foreign.size, foreign.root)
    if not is_this or there is None or (foreign.case, foreign.exhibit) not in inner.listed:
        return None
    before, head = (event_in(inner.state, inner.entries, name) for name in (there.registration, there.head))
    sent = None if head is None else head.details
    is_sent = isinstance(sent, TransferDispatched) and sent.transfer == details.transfer
    return _Arrival(event, details, inner, there, before, head if is_sent else None)


def _first_act(
    arrival: ParsedEvent, view: View, event_of: Callable[[str], ParsedEvent | None]
) -> ExhibitRegistered | None:
    """Return the first act here of what arrived, as far as it is at hand: of what is new, the arrival itself."""
    exhibit = view.exhibit(str(arrival.event.case), str(arrival.event.exhibit))
    found = None if exhibit is None else event_of(exhibit.registration)
    details = arrival.details if found is None else found.details
    return details if isinstance(details, ExhibitRegistered) else None


def _compare(
    arrival: _Arrival, foreign: Foreign, first: ExhibitRegistered | None, view: View, within: Find
) -> Iterator[VerificationError]:
    """Yield what an arrival says otherwise than the bundle with which the exhibit came; ``first`` is its first act."""
    details, there, name = arrival.details, arrival.there, arrival.there.name
    if there.head != foreign.head:
        text = f"expected the last act there to be {foreign.head}, found {there.head}"
        yield VerificationError("inherited.head", text)
    if first is not None:
        before = arrival.before.details if arrival.before is not None else None
        is_same = isinstance(before, ExhibitRegistered) and before.nature == first.nature
        if not is_same or content_root(before) != content_root(first):
            text = f"expected the content root that was registered first, {content_root(before)}"
            yield VerificationError("inherited.content", f"{text}, found {content_root(first)}")
        if isinstance(details, TransferReturned):
            yield from _compare_way(arrival, first, view, within)
    sent = arrival.head.details if arrival.head is not None else None
    if arrival.head is None or not isinstance(sent, TransferDispatched):
        yield VerificationError("inherited.head", f"expected {name} dispatched in transfer {details.transfer}")
        return
    if isinstance(details, TransferAccepted):
        if _terms(sent) != _terms(details):
            text = f"expected the conditions under which {name} was sent, {_words(sent)}, found {_words(details)}"
            yield VerificationError("inherited.conditions", text)
        yield from _compare_decision(details, arrival.head.event.occurred_at, sent, arrival.inner)
    yield from _compare_recipient(arrival.inner.state.agent(sent.to), name, view)


def _compare_texts(
    details: TransferAccepted, sent: TransferDispatched, inner: Inner, shown: Mapping[str, Disclosure],
    findings: Findings, subject: str,
) -> None:  # fmt: skip
    """A condition asks what its text says; two texts can be compared where both are shown."""
    texts = {item.code: item.text for item in sent.conditions or ()}
    for item in details.conditions or ():
        text = texts.get(item.code, item.text)
        is_same = item.code not in texts or have_same_text(text, item.text, inner.values.disclosed.get, shown.get)
        if is_same is None:
            found = f"the text of the condition {item.code} isn't shown on both sides, so they were not compared"
            findings.add(11, Severity.NOTE, "inherited.condition-unseen", subject, found)
        elif not is_same:
            found = f"expected the text of {item.code} as sent, found another"
            findings.add(11, Severity.FAILED, "inherited.conditions", subject, found)


def _compare_values(
    arrival: _Arrival, shown: Mapping[str, Disclosure], sent: Corrected, right: Corrected
) -> Iterator[tuple[str, str]]:
    """Which thing it is, whose account held it and under which seal it came is private: that is compared as the side
    that recorded it corrected it, where both are shown. Yield the codes and words of what differs; also of the kind.
    """
    there, here = getattr(arrival.before, "details", None), arrival.details
    if isinstance(here, TransferAccepted) and here.nature == "object" and getattr(there, "kind", "") != here.kind:
        yield "inherited.kind", f"was sent as {getattr(there, 'kind', 'nothing known')}, and taken in as {here.kind}"
    for name, old, was, now in _values_of(arrival):
        first = sent.get((old.hash, name)) or arrival.inner.values.disclosed.get(was.commitment if was else "")
        taken = shown.get(now.commitment if now else "")
        before, after = right.get((old.hash, name), first), right.get((arrival.event.hash, name), taken)
        if not (was or before) or not (now or after):
            # A number that nobody had read before is new, and a name that isn't shown may have been left out.
            if (before and name != "seal") or ((now or after) and name not in {"identifiers", "seal"}):
                yield "inherited.names", f"expected the names that were sent, found {name} on one side only"
        elif before is None or after is None:
            yield "inherited.unseen", f"the {name} isn't shown on both sides, so nobody here compared it"
        elif other := other_value(name, before, after):
            yield _CODES.get(name, "inherited.content"), other
        elif other := other_value(name, first, taken):
            yield "inherited.corrected", f"{other}, which was corrected later"


def _values_of(arrival: _Arrival) -> Iterator[tuple[str, ParsedEvent, Private | None, Private | None]]:
    """Yield what is compared: its name, the event there in which it stands, its value there and here."""
    before, head, details = arrival.before, arrival.head, arrival.details
    if isinstance(details, TransferAccepted) and before is not None and isinstance(before.details, ExhibitRegistered):
        old, new = _names_of(before.details), _names_of(details)
        yield from ((name, before, old.get(name), new.get(name)) for name in _NAMES)
    if head is not None and isinstance(head.details, TransferDispatched) and isinstance(details.seal, SealSeen):
        yield "seal", head, head.details.seal or None, details.seal.seal


def _names_of(details: ExhibitRegistered) -> dict[str, Private]:
    """Return what tells a thing from all others: account and asset, item of a platform, numbers."""
    places = (details, details.asset, getattr(details.asset, "platform", None))
    found = ((name, getattr(place, name, None)) for place in places for name in _NAMES)
    return {name: value for name, value in found if isinstance(value, Private)}


def _compare_decision(
    details: TransferAccepted, sent_at: str, sent: TransferDispatched, inner: Inner
) -> Iterator[VerificationError]:
    """Its time of sending is the dispatch's own, and what its bytes alone leave undecided was not taken in silently.

    What a reader's trust leaves open is his own matter: whoever accepted it may have known that ledger.
    """
    if details.sent_at != sent_at:
        text = f"expected it sent at {sent_at}, as its sender signed, found {details.sent_at}"
        yield VerificationError("inherited.sent-at", text)
    if is_set(details.item) and details.item != sent.item:
        yield VerificationError("inherited.content", f"expected the {sent.item}, found the {details.item}")
    if "keys.disputed" in inner.codes and "entries-disputed" not in (details.reservations or ()):
        text = "expected the reservation entries-disputed, for which the bundle calls, found none"
        yield VerificationError("inherited.reservations", text)


def _compare_way(arrival: _Arrival, first: ExhibitRegistered, view: View, within: Find) -> Iterator[VerificationError]:
    """What comes back is what went from here, or what that was made of once: a thing has no digest by which it is known
    again, and files that somebody had all the time are no exhibit that came back.
    """
    event, there, ledger, known = arrival.event.event, arrival.there, view.ledger(), arrival.before
    inner = arrival.inner.report.ledger
    if ledger is None or known is None or not isinstance(inner, LedgerReport):
        return
    here = (ledger.origin, str(event.case), str(event.exhibit))
    ours = _began_as(here, first, within)
    theirs = _began_as((inner.origin, there.case, there.number), known.details, _found_in(arrival.inner))
    if ours is not None and theirs is not None and ours != theirs:
        text = f"expected {'/'.join(here[1:])} back, found {arrival.there.name}, which never was it"
        yield VerificationError("inherited.content", text)


def _began_as(name: Name, first: object, within: Find) -> Name | None:
    """Return what an exhibit was called where it was first registered; nothing where a bundle on the way is missing."""
    while isinstance(first, TransferAccepted) and isinstance(first.foreign, Foreign):
        foreign, before = first.foreign, within(first.foreign.manifest)
        known = None if before is None else before.state.exhibit(foreign.case, foreign.exhibit)
        event = None if before is None or known is None else event_in(before.state, before.entries, known.registration)
        if before is None or event is None:
            return None
        name, first, within = (foreign.ledger, foreign.case, foreign.exhibit), event.details, _found_in(before)
    return name


def _found_in(inner: Inner) -> Find:
    return {manifest_of(item) or "": item for item in inner.within}.get


def _compare_recipient(recipient: Agent | None, name: str, view: View) -> Iterator[VerificationError]:
    """A bundle that was made for one ledger is not taken in by another; ``recipient`` is as its sender knew him."""
    ledger = view.ledger()
    if recipient is None or ledger is None:
        return
    if recipient.ledger not in {None, ledger.origin}:
        text = f"expected {name} to be accepted by {recipient.ledger}, found it in {ledger.origin}"
        yield VerificationError("inherited.recipient", text)
    if recipient.country not in {None, ledger.country}:
        text = f"expected a recipient of {recipient.country}, as its sender has it, found a ledger of {ledger.country}"
        yield VerificationError("inherited.country", text)


def _terms(details: TransferAccepted | TransferDispatched) -> tuple[object, ...]:
    return details.onward, tuple((item.code, item.due or None) for item in details.conditions or ())


def _words(details: TransferAccepted | TransferDispatched) -> str:
    return ", ".join([f"onward {details.onward}", *(item.code for item in details.conditions or ())])
