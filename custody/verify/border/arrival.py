"""What arrived from another ledger, held against the bundle with which it came (docs/spec/inherited.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from custody.verify.border.inner import Inner, event_in, is_unread, manifest_of
from custody.verify.evidence.seals import other_number
from custody.verify.gate.contents import content_root
from custody.verify.record.opened import fail
from custody.verify.rules.on_record import is_later
from custody.verify.rules.view import Exhibit, View
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
_ITEM = ("collection", "number", "platform")
"""What tells an item of a platform from all others."""


def report_arrival(
    entry: ParsedEntry,
    inner: Inner,
    view: View,
    findings: Findings,
    *,
    event_of: Callable[[str], ParsedEvent | None],
    within: Find,
    shown: Mapping[str, Disclosure] | None = None,
    right: Mapping[str, Private] | None = None,
) -> None:
    """Hold an acceptance or a return against the bundle with which the exhibit came; ``event_of`` finds events of this
    ledger by hash, ``within`` the bundles with which exhibits came here.

    ``shown`` are the values of this ledger's own records, where texts of conditions are to be compared; ``right`` are
    numbers of seals, in either ledger, that were corrected.
    Findings: ``inherited.names``, ``inherited.times``, ``inherited.seal`` (defects), ``inherited.condition-unseen``
    (note), and as `check_inherited`.
    """
    details, subject = entry.event.details, f"entry {entry.entry.index}"
    assert isinstance(details, Arrived), "the caller looked"
    assert isinstance(details.foreign, Foreign), "the caller looked"
    if is_unread(inner):
        return
    found = tuple(_compare(entry.event, _first_act(entry.event, view, event_of), inner, view, within))
    head = _sent(details, details.foreign, inner)
    for wrong in found:
        fail(findings, 11 if wrong.code in _LAWFULNESS else 9, wrong, subject)
    if head is None or any(wrong.code == "inherited.exhibit" for wrong in found):
        return
    if isinstance(details, TransferAccepted) and shown is not None:
        _compare_texts(details, head, inner, shown, findings, subject)
        for wrong in _compare_thing(details, inner, shown):
            is_defect = wrong.code == "inherited.names"
            step, level = (12, Severity.DEFECT) if is_defect else (9, Severity.FAILED)
            findings.add(step, level, wrong.code, subject, wrong.text)
    if shown is not None and isinstance(details.seal, SealSeen) and isinstance(head.details, TransferDispatched):
        sent_under = (right or {}).get(head.hash, head.details.seal or None)
        seen = (right or {}).get(entry.event.hash, details.seal.seal)
        other = other_number(sent_under, seen, lambda name: shown.get(name) or inner.values.disclosed.get(name))
        if other:
            findings.add(12, Severity.DEFECT, "inherited.seal", subject, other)
    if isinstance(details, TransferAccepted):
        decided_at, recorded_at = details.accepted_at, entry.entry.recorded_at
        if is_later(details.sent_at, decided_at) or is_later(decided_at, recorded_at):
            text = f"expected a decision after {details.sent_at} and by {recorded_at}, found it at {decided_at}"
            findings.add(12, Severity.DEFECT, "inherited.times", subject, text)


def _first_act(
    arrival: ParsedEvent, view: View, event_of: Callable[[str], ParsedEvent | None]
) -> ExhibitRegistered | None:
    """Return the first act here of what arrived, as far as it is at hand: of what is new, the arrival itself."""
    exhibit = view.exhibit(str(arrival.event.case), str(arrival.event.exhibit))
    found = None if exhibit is None else event_of(exhibit.registration)
    details = arrival.details if found is None else found.details
    return details if isinstance(details, ExhibitRegistered) else None


def _compare(
    arrival: ParsedEvent, first: ExhibitRegistered | None, inner: Inner, view: View, within: Find
) -> Iterator[VerificationError]:
    """Yield what an arrival says otherwise than the bundle with which the exhibit came; ``first`` is its first act."""
    details = arrival.details
    assert isinstance(details, Arrived) and isinstance(details.foreign, Foreign), "the caller looked"  # noqa: PT018
    foreign = details.foreign
    ledger, name = inner.report.ledger, f"{foreign.case}/{foreign.exhibit}"
    assert isinstance(ledger, LedgerReport), "its export was found by the checkpoint"
    there = inner.state.exhibit(foreign.case, foreign.exhibit)
    if (ledger.origin, ledger.size, ledger.root) != (foreign.ledger, foreign.size, foreign.root) or (
        (foreign.case, foreign.exhibit) not in inner.listed or there is None
    ):
        yield VerificationError(
            "inherited.exhibit", f"expected a bundle of {foreign.ledger} about {name}, found another"
        )
        return
    if there.head != foreign.head:
        text = f"expected the last act there to be {foreign.head}, found {there.head}"
        yield VerificationError("inherited.head", text)
    if first is not None:
        yield from _compare_content(first, event_in(inner.state, inner.entries, there.registration))
        if isinstance(details, TransferReturned):
            yield from _compare_way(arrival, first, inner, there, view, within)
    head = _sent(details, foreign, inner)
    sent = head.details if head is not None else None
    if not isinstance(sent, TransferDispatched):
        yield VerificationError("inherited.head", f"expected {name} dispatched in transfer {details.transfer}")
        return
    if isinstance(details, TransferAccepted) and _terms(sent) != _terms(details):
        text = f"expected the conditions under which {name} was sent, {_words(sent)}, found {_words(details)}"
        yield VerificationError("inherited.conditions", text)
    if isinstance(details, TransferAccepted) and head is not None:
        yield from _compare_decision(details, head, inner)
    yield from _compare_recipient(sent, inner, view, there)


def _compare_texts(
    details: TransferAccepted, head: ParsedEvent, inner: Inner, shown: Mapping[str, Disclosure], findings: Findings,
    subject: str,
) -> None:  # fmt: skip
    """A condition asks what its text says; two texts can be compared where both are shown."""
    sent = _texts(head.details) if isinstance(head.details, TransferDispatched) else {}
    for code, text in _texts(details).items():
        before, after = sent.get(code), text
        if code not in sent or (before is None and after is None):
            continue
        old = inner.values.disclosed.get(before) if before is not None else None
        new = shown.get(after) if after is not None else None
        if before is None or after is None or (old is not None and new is not None and old.value != new.value):
            error = VerificationError("inherited.conditions", f"expected the text of {code} as sent, found another")
            fail(findings, 11, error, subject)
        elif old is None or new is None:
            found = f"the text of the condition {code} isn't shown on both sides, so they were not compared"
            findings.add(11, Severity.NOTE, "inherited.condition-unseen", subject, found)


def _compare_thing(
    details: TransferAccepted, inner: Inner, shown: Mapping[str, Disclosure]
) -> Iterator[VerificationError]:
    """Which thing it is, and whose account held it, is private: that can be compared where both ledgers' words are
    shown. Numbers on a thing may be written in more than one way, and a name may be left out: a court asks why.
    """
    foreign = details.foreign
    there = inner.state.exhibit(foreign.case, foreign.exhibit) if isinstance(foreign, Foreign) else None
    before = None if there is None else event_in(inner.state, inner.entries, there.registration)
    if before is None or not isinstance(before.details, ExhibitRegistered):
        return
    old, new = _names_of(before.details), _names_of(details)
    for name in sorted(old.keys() | new.keys()):
        was, now = inner.values.disclosed.get(old.get(name, "")), shown.get(new.get(name, ""))
        if name not in old or (was is not None and name not in new):
            text = f"expected the names that were sent, found {name} on one side only"
            yield VerificationError("inherited.names", text)
        elif was is not None and now is not None and was.value != now.value:
            code = "inherited.names" if name == "identifiers" else "inherited.content"
            yield VerificationError(code, f"expected the {name} that was sent, found another")


def _names_of(details: ExhibitRegistered) -> dict[str, str]:
    """Return the commitments to what tells a thing from all others: account and asset, item of a platform, numbers."""
    asset = details.asset if is_set(details.asset) else None
    found = [(name, getattr(asset, name, None)) for name in ("account", "asset")]
    found += [(name, getattr(getattr(asset, "platform", None), name, None)) for name in _ITEM]
    found.append(("identifiers", details.identifiers))
    return {name: value.commitment for name, value in found if isinstance(value, Private)}


def _texts(details: TransferAccepted | TransferDispatched) -> dict[str, str | None]:
    found = ((item.code, item.text) for item in details.conditions or ())
    return {code: text.commitment if isinstance(text, Private) else None for code, text in found}


def _compare_decision(details: TransferAccepted, head: ParsedEvent, inner: Inner) -> Iterator[VerificationError]:
    """Its time of sending is the dispatch's own, and what its bytes alone leave undecided was not taken in silently.

    What a reader's trust leaves open is his own matter: whoever accepted it may have known that ledger.
    """
    if details.sent_at != head.event.occurred_at:
        text = f"expected it sent at {head.event.occurred_at}, as its sender signed, found {details.sent_at}"
        yield VerificationError("inherited.sent-at", text)
    if is_set(details.item) and isinstance(head.details, TransferDispatched) and details.item != head.details.item:
        yield VerificationError("inherited.content", f"expected the {head.details.item}, found the {details.item}")
    if "keys.disputed" in inner.codes and "entries-disputed" not in (details.reservations or ()):
        text = "expected the reservation entries-disputed, for which the bundle calls, found none"
        yield VerificationError("inherited.reservations", text)


def _compare_content(details: ExhibitRegistered, registration: ParsedEvent | None) -> Iterator[VerificationError]:
    before = registration.details if registration is not None else None
    root = content_root(before)
    if not isinstance(before, ExhibitRegistered) or before.nature != details.nature or root != content_root(details):
        text = f"expected the content root that was registered first, {root}, found {content_root(details)}"
        yield VerificationError("inherited.content", text)


def _compare_way(
    arrival: ParsedEvent, first: ExhibitRegistered, inner: Inner, there: Exhibit, view: View, within: Find
) -> Iterator[VerificationError]:
    """What comes back is what went from here, or what that was made of once: a thing has no digest by which it is known
    again, and files that somebody had all the time are no exhibit that came back.
    """
    ledger, known = view.ledger(), event_in(inner.state, inner.entries, there.registration)
    if ledger is None or known is None:
        return
    here = (ledger.origin, str(arrival.event.case), str(arrival.event.exhibit))
    ours = _began_as(here, first, within)
    theirs = _began_as((_origin(inner), there.case, there.number), known.details, _found_in(inner))
    if ours is not None and theirs is not None and ours != theirs:
        text = f"expected {'/'.join(here[1:])} back, found {there.case}/{there.number}, which never was it"
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


def _origin(inner: Inner) -> str:
    return inner.report.ledger.origin if isinstance(inner.report.ledger, LedgerReport) else ""


def _compare_recipient(
    sent: TransferDispatched, inner: Inner, view: View, there: Exhibit
) -> Iterator[VerificationError]:
    """A bundle that was made for one ledger is not taken in by another."""
    recipient, ledger = inner.state.agent(sent.to), view.ledger()
    wanted = None if recipient is None else recipient.ledger
    if wanted is not None and ledger is not None and wanted != ledger.origin:
        text = f"expected {there.case}/{there.number} to be accepted by {wanted}, found it in {ledger.origin}"
        yield VerificationError("inherited.recipient", text)
    if recipient is not None and ledger is not None and recipient.country not in {None, ledger.country}:
        text = f"expected a recipient of {recipient.country}, as its sender has it, found a ledger of {ledger.country}"
        yield VerificationError("inherited.country", text)


def _sent(details: Arrived, foreign: Foreign, inner: Inner) -> ParsedEvent | None:
    """Return the dispatch that an arrival takes up, if that is the last act of its exhibit there."""
    there = inner.state.exhibit(foreign.case, foreign.exhibit)
    head = None if there is None else event_in(inner.state, inner.entries, there.head)
    sent = None if head is None else head.details
    return head if isinstance(sent, TransferDispatched) and sent.transfer == details.transfer else None


def _terms(details: TransferAccepted | TransferDispatched) -> tuple[object, ...]:
    return details.onward, tuple((item.code, item.due or None) for item in details.conditions or ())


def _words(details: TransferAccepted | TransferDispatched) -> str:
    return ", ".join([f"onward {details.onward}", *(item.code for item in details.conditions or ())])
