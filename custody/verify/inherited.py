"""Bundles within a bundle: what an exhibit's history was in the ledgers that had it before (docs/spec/inherited.md).

An exhibit that was accepted from another ledger begins there. The bundle with which it came travels along, without
its files, and is verified as the outer one is: same trust file, same time, its files looked for in the outer bundle.
What is found in it is found in the outer bundle, at the same step, named by the ledger that it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from custody.verify.disclosures_step import Values
from custody.verify.inner import ABSENT, Inner, event_in, manifest_of
from custody.verify.opened import Opened, fail
from custody.verify.source import Elsewhere, FoundFile, Source
from custody.verify.state import State
from custody.verify.view import Exhibit, View
from schemas import layout, limits
from schemas.content import Content
from schemas.details.exhibit import ExhibitRegistered, Foreign
from schemas.details.transfer import TransferAccepted, TransferDispatched, TransferReturned
from schemas.entry import ParsedEntry
from schemas.errors import VerificationError
from schemas.event import ParsedEvent
from schemas.private import Disclosure
from schemas.report import Findings, LedgerReport, Report, Severity
from schemas.text import parse_time
from schemas.types import Private, is_set

Bundle = TypeVar("Bundle", bound=Inner)


@dataclass(frozen=True, slots=True)
class OuterFiles:
    """Files of an inner bundle, as the outer one holds them or the reader gave them."""

    measured: Mapping[str, FoundFile]
    elsewhere: Elsewhere

    def find(self, sha256: str) -> FoundFile | None:
        """Return what the file named ``sha256`` measures, or nothing where none has that name."""
        return self.measured.get(layout.FILES + sha256) or self.elsewhere.find(sha256)


def check_inherited(
    opened: Opened,
    source: Source,
    findings: Findings,
    *,
    entries: Mapping[int, ParsedEntry],
    state: State,
    values: Values,
    again: Callable[[Source], Bundle],
    depth: int,
) -> tuple[Bundle, ...]:
    """Verify every bundle below ``data/inherited`` with ``again``, and hold each acceptance against the one it names.

    Findings: ``inherited.absent``, ``inherited.away`` (a note), ``inherited.depth``, ``inherited.unnamed``,
    ``inherited.exhibit``, ``inherited.head``, ``inherited.content``, ``inherited.conditions``, ``inherited.recipient``,
    ``inherited.country``, ``inherited.sent-at``, ``inherited.reservations``, ``inherited.times`` (a defect),
    ``inherited.condition-unseen`` (a note), and those of the inner bundles, whose subject begins with the name of their
    ledger.
    """
    names = [name for name in source.names() if name.startswith(layout.INHERITED)]
    if names and depth >= limits.INHERITED_DEPTH:
        text = f"expected bundles within bundles to a depth of {limits.INHERITED_DEPTH}, found one more"
        fail(findings, 0, VerificationError("inherited.depth", text), names[0])
        return ()
    found: dict[str, Bundle] = {}
    for name in names:
        try:
            inner = again(source.inherited(name))
        except VerificationError as error:
            fail(findings, 0, error, name)
            continue
        _take_over(inner, name, findings)
        manifest = manifest_of(inner) or name
        if manifest in found:
            text = f"expected each bundle once, found two of the payload manifest {manifest}"
            fail(findings, 9, VerificationError("inherited.unnamed", text), name)
        found[manifest] = inner
    named: set[str] = set()
    for index, details, foreign, first in _arrivals(entries, state):
        named.add(foreign.manifest)
        inner_bundle = found.get(foreign.manifest)
        if inner_bundle is None and isinstance(details, TransferReturned):
            text = f"what happened in {foreign.ledger} before it came back is not told in this bundle"
            findings.add(9, Severity.NOTE, "inherited.away", f"entry {index}", text)
            continue
        if inner_bundle is None:
            text = f"expected the bundle of {foreign.ledger} with which it came, found none"
            fail(findings, 9, VerificationError("inherited.absent", text), f"entry {index}")
            continue
        report_arrival(entries[index], first, inner_bundle, state, findings, within=found.get, shown=values.disclosed)
    for manifest in sorted(found.keys() - named):
        text = "expected only bundles with which a carried exhibit came, found another"
        fail(findings, 9, VerificationError("inherited.unnamed", text), manifest)
    return tuple(found[key] for key in sorted(found))


_LAWFULNESS = frozenset({"inherited.conditions", "inherited.country", "inherited.recipient", "inherited.reservations"})
_SKEW = timedelta(seconds=300)
"""How far the clocks of two ledgers may be apart."""


def report_arrival(
    entry: ParsedEntry,
    first: ExhibitRegistered | None,
    inner: Inner,
    view: View,
    findings: Findings,
    *,
    within: Find,
    shown: Mapping[str, Disclosure] | None = None,
) -> None:
    """Hold an acceptance or a return against the bundle with which the exhibit came; ``first`` is its first act here,
    ``within`` finds the bundles with which exhibits came here.

    ``shown`` are the values of this ledger's own records, where texts of conditions are to be compared.
    Findings: ``inherited.times`` (defect), ``inherited.condition-unseen`` (note), and as `check_inherited`.
    """
    details, subject = entry.event.details, f"entry {entry.entry.index}"
    assert isinstance(details, Arrived), "the caller looked"
    assert isinstance(details.foreign, Foreign), "the caller looked"
    if any(item.code == "verify.newer-version" for item in inner.report.findings):
        return  # undecided already: what it says can't be read
    found = tuple(_compare(entry.event, first, inner, view, within))
    head = _sent(details, details.foreign, inner)
    for wrong in found:
        fail(findings, 11 if wrong.code in _LAWFULNESS else 9, wrong, subject)
    if head is None or any(wrong.code == "inherited.exhibit" for wrong in found):
        return
    if isinstance(details, TransferAccepted) and shown is not None:
        _compare_texts(details, head, inner, shown, findings, subject)
        for wrong in _compare_asset(details, inner, shown):
            fail(findings, 9, wrong, subject)
    if isinstance(details, TransferAccepted):
        sent, decided, recorded = map(parse_time, (details.sent_at, details.accepted_at, entry.entry.recorded_at))
        if not sent - _SKEW <= decided <= recorded + _SKEW:
            text = f"expected a decision after {details.sent_at} and by {entry.entry.recorded_at}, found it at "
            findings.add(12, Severity.DEFECT, "inherited.times", subject, text + details.accepted_at)


def ledgers_of(report: Report) -> tuple[LedgerReport, ...]:
    """Return the state of the ledger that a report is about, and of those within its bundle."""
    own = (report.ledger,) if isinstance(report.ledger, LedgerReport) else ()
    return (*own, *(report.inherited or ()))


def check_one_past(checkpoints: Iterable[LedgerReport], findings: Findings) -> None:
    """No ledger has two states of one size: two that stand in one bundle are the proof of a fork.

    Finding: ``checkpoint.fork`` (failed).
    """
    known: dict[tuple[str, int], str] = {}
    for item in checkpoints:
        root = known.setdefault((item.origin, item.size), item.root)
        if root != item.root:
            text = f"expected one root of {item.origin} at size {item.size}, found {root} and {item.root}"
            fail(findings, 2, VerificationError("checkpoint.fork", text), "checkpoint")


Arrived = TransferAccepted | TransferReturned


def _arrivals(
    entries: Mapping[int, ParsedEntry], state: State
) -> Iterator[tuple[int, Arrived, Foreign, ExhibitRegistered | None]]:
    """Yield what came from another ledger, for the first time or back, with the first act of its exhibit here."""
    for index, entry in sorted(entries.items()):
        event, details = entry.event.event, entry.event.details
        if isinstance(details, Arrived) and isinstance(details.foreign, Foreign):
            exhibit = state.exhibit(str(event.case), str(event.exhibit))
            place = state.event(exhibit.registration) if exhibit is not None else None
            first = details if place is None else entries[place.index].event.details
            yield index, details, details.foreign, first if isinstance(first, ExhibitRegistered) else None


def _take_over(inner: Inner, name: str, findings: Findings) -> None:
    ledger = inner.report.ledger
    where = ledger.origin if isinstance(ledger, LedgerReport) else name
    for item in inner.report.findings:
        # The outer bundle lists the files that count, and they are looked for there.
        is_absent = item.code in ABSENT
        severity = Severity.NOTE if is_absent else item.severity
        code = "inherited.not-asked" if is_absent else item.code
        findings.add(item.step, severity, code, f"{where}: {item.subject}", item.text)


def _compare(
    arrival: ParsedEvent, first: ExhibitRegistered | None, inner: Inner, view: View, within: Find
) -> Iterator[VerificationError]:
    """Yield what an arrival says otherwise than the bundle with which the exhibit came; ``first`` is its first act."""
    details = arrival.details
    assert isinstance(details, Arrived) and isinstance(details.foreign, Foreign), "the caller looked"  # noqa: PT018
    foreign = details.foreign
    ledger, name = inner.report.ledger, f"{foreign.case}/{foreign.exhibit}"
    assert isinstance(ledger, LedgerReport), "its export was found by the checkpoint"
    listed = {(item.case, item.exhibit) for item in inner.report.exhibits}
    there = inner.state.exhibit(foreign.case, foreign.exhibit)
    if (ledger.origin, ledger.size, ledger.root) != (foreign.ledger, foreign.size, foreign.root) or (
        (foreign.case, foreign.exhibit) not in listed or there is None
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


def _compare_asset(
    details: TransferAccepted, inner: Inner, shown: Mapping[str, Disclosure]
) -> Iterator[VerificationError]:
    """What it is and whose account held it are private: they can be compared where both ledgers' words are shown."""
    foreign = details.foreign
    there = inner.state.exhibit(foreign.case, foreign.exhibit) if isinstance(foreign, Foreign) else None
    before = None if there is None else event_in(inner.state, inner.entries, there.registration)
    old, new = (
        item.asset if isinstance(item, ExhibitRegistered) else None for item in (before and before.details, details)
    )
    for name in ("account", "asset"):
        sent, taken = getattr(old, name, None), getattr(new, name, None)
        was = inner.values.disclosed.get(sent.commitment) if isinstance(sent, Private) else None
        now = shown.get(taken.commitment) if isinstance(taken, Private) else None
        if was is not None and now is not None and was.value != now.value:
            yield VerificationError("inherited.content", f"expected the {name} that was sent, found another")


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
    is_disputed = any(item.code == "keys.disputed" for item in inner.report.findings)
    if is_disputed and "entries-disputed" not in (details.reservations or ()):
        text = "expected the reservation entries-disputed, for which the bundle calls, found none"
        yield VerificationError("inherited.reservations", text)


def _compare_content(details: ExhibitRegistered, registration: ParsedEvent | None) -> Iterator[VerificationError]:
    before = registration.details if registration is not None else None
    root = _root(before) if isinstance(before, ExhibitRegistered) else None
    if not isinstance(before, ExhibitRegistered) or before.nature != details.nature or root != _root(details):
        text = f"expected the content root that was registered first, {root}, found {_root(details)}"
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


Name = tuple[str, str, str]
"""Ledger, case and number of an exhibit."""
Find = Callable[[str], Inner | None]
"""Finds the bundle of a payload manifest."""


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


def _root(details: ExhibitRegistered) -> str | None:
    return details.content.root if isinstance(details.content, Content) else None


def _terms(details: TransferAccepted | TransferDispatched) -> tuple[object, ...]:
    return details.onward, tuple((item.code, item.due or None) for item in details.conditions or ())


def _words(details: TransferAccepted | TransferDispatched) -> str:
    return ", ".join([f"onward {details.onward}", *(item.code for item in details.conditions or ())])
