"""Papers that go between authorities: the Budapest Convention article 29 request, and the transfer receipt."""

from __future__ import annotations

from collections.abc import Sequence

from custody.report.papers.paper import Label, Paper, Reader, Row, Table, proof_of
from custody.report.papers.seizure_facts import case_rows
from custody.report.safe_text import show
from custody.report.words import format_utc
from custody.transfer.requests import RequestStory
from custody.verify.verify import Verified
from schemas.details.consent import Condition, ConsentRecorded
from schemas.details.custody import Rehash, SealSeen
from schemas.details.request import RequestBody, RequestReceived
from schemas.details.transfer import (
    TransferAccepted,
    TransferDispatched,
    TransferLost,
    TransferRecalled,
    TransferReceipt,
    TransferRefused,
)  # fmt: skip
from schemas.entry import ParsedEntry
from schemas.errors import UsageError
from schemas.event import About
from schemas.types import UNSET, is_set

_ARTICLE = (
    ("a", "Authority that asks for preservation", ("authority", "contact")),
    ("b", "Offence under investigation, and summary of the facts", ("offence", "facts")),
    ("c", "Data to be preserved, and their relation to the offence", ("data", "accounts", "period", "connection")),
    ("d", "Custodian of the data, or location of the system", ("custodian", "location", "place")),
    ("e", "Necessity of the preservation", ("necessity", "urgency")),
    ("f", "Intention to submit a request for mutual assistance", ("mla-intent",)),
)
"""Article 29(2), in the order of its letters (law row B1)."""


def art29_request(verified: Verified, subject: str, basis: tuple[Row, ...]) -> Paper:
    """Return a request for expedited preservation, in the order of article 29(2)(a) to (f).

    Raises:
        UsageError: ``print.subject`` unless ``subject`` is a preservation on record.
    """
    read, story = Reader(verified, "en"), _story(verified, subject)
    body, stated = story.body, story.fields
    offences = body.offences if isinstance(body.offences, tuple) else ()
    rows = []
    for letter, title, names in _ARTICLE:
        told = [f"{name}: {read.value(stated[name])}" for name in names if name in stated]
        if letter == "b":
            told += [f"{item.country}: {read.value(item.text)}" for item in offences]
        if letter == "c" and is_set(body.period):
            told.append(f"period: {format_utc(body.period.first)} to {format_utc(body.period.last)}")  # type: ignore[union-attr]
        rows.append(Row(Label(f"({letter}) {title}"), "; ".join(told) or read.value(UNSET)))
    named = {name for _, _, names in _ARTICLE for name in names}
    further = "; ".join(f"{name}: {read.value(stated[name])}" for name in stated if name not in named)
    rows.append(Row(Label("Further statements"), further or read.value(UNSET)))
    rows.append(Row(Label("Documents that go along (SHA-256)"), read.value(body.documents)))
    until = format_utc(str(body.until)) if is_set(body.until) else read.value(UNSET)
    rows.append(Row(Label("Preservation asked for until"), until))
    if isinstance(body, RequestReceived):
        way = (Row(Label("From"), read.person(story.state.peer)), Row(Label("Received"), format_utc(body.received_at)))
    else:
        sent = format_utc(story.sent_at) if story.sent_at else "not sent, as far as these records show"
        way = (Row(Label("To"), read.person(story.state.peer)), Row(Label("Sent"), sent))
    head = (Row(Label("Request"), show(subject)), *way)
    statements = (
        Label("Expedited preservation of stored computer data is asked for under article 29 of the Convention on "
              "Cybercrime (ETS 185)."),
    )  # fmt: skip
    return Paper(
        "art29-request", Label("Request for expedited preservation (Budapest Convention, article 29)"), "en", basis,
        statements, (*head, *rows), (), (Label("For the authority that asks: name, office, date and signature"),),
        tuple(proof_of(entry) for entry in story.entries),
    )  # fmt: skip


def transfer_receipt(verified: Verified, subject: str, basis: tuple[Row, ...]) -> Paper:
    """Return what was sent and what the receiver decided, exhibit by exhibit (law row R3).

    Raises:
        UsageError: ``print.subject`` where no record names the transfer.
    """
    read = Reader(verified, "en")
    entries = [entry for entry in verified.entries.values() if getattr(entry.event.details, "transfer", "") == subject]
    if not entries:
        raise UsageError("print.subject", f"expected a transfer on record, found {subject!r}")
    heads = (
        "Exhibit", "What", "When", "From or to", "Check of the files", "Seal", "Terms and reservations", "Signed by",
    )  # fmt: skip
    rows = tuple(
        (*_step(read, entry), read.signers(entry, "actor", "to", "second"))
        for entry in entries
        if entry.event.type.startswith("transfer.")
    )
    decided = [entry for entry in entries if _decides(entry)]
    state = "decided" if decided else "on its way: no decision of the receiver is on record"
    return Paper(
        "transfer-receipt", Label("Receipt of a transfer of exhibits"), "en", basis, (),
        (Row(Label("Transfer"), show(subject)), Row(Label("State"), state), *_grounds(read, entries)),
        (
            Table(Label("What happened, in the order of the records"), tuple(map(Label, heads)), rows),
            *_ways(read, entries),
        ),
        (Label("For the authority that received it: name, office, date and signature"),),
        tuple(proof_of(entry) for entry in entries),
    )  # fmt: skip


def _story(verified: Verified, subject: str) -> RequestStory:
    state = verified.state.request(subject)
    entries = tuple(
        entry
        for entry in verified.entries.values()
        if entry.event.type.startswith("request.") and getattr(entry.event.details, "request", "") == subject
    )
    if state is None or not entries or not isinstance(entries[0].event.details, RequestBody):
        raise UsageError("print.subject", f"expected a request on record, found {subject!r}")
    if state.kind != "preservation":
        raise UsageError("print.subject", f"expected a preservation, found {subject}, which is {state.kind}")
    return RequestStory(state, entries)


def _decides(entry: ParsedEntry) -> bool:
    return isinstance(entry.event.details, TransferAccepted | TransferReceipt | TransferRefused)


def _step(read: Reader, entry: ParsedEntry) -> tuple[str, ...]:
    details, event = entry.event.details, entry.event.event
    about = event.about[0] if isinstance(event.about, tuple) else None
    name = show(f"{event.case}/{event.exhibit}") if is_set(event.exhibit) else _named(about)
    when = read.when(entry)
    match details:
        case TransferDispatched():
            codes = _terms(read, details.conditions, details.onward)
            return name, f"{details.item} sent", when, read.person(details.to), "-", read.value(details.seal), codes
        case TransferAccepted():
            times = f"sent {format_utc(details.sent_at)}, accepted {format_utc(details.accepted_at)}"
            reserved = f"reservations: {read.value(details.reservations)}" if is_set(details.reservations) else ""
            terms = "; ".join(filter(None, (_terms(read, details.conditions, details.onward), reserved)))
            foreign = f"{name}, there {details.foreign.case}/{details.foreign.exhibit}"  # type: ignore[union-attr]
            checked = _rehash(details.rehash)
            return (
                show(foreign),
                "accepted",
                times,
                read.person(details.from_),
                checked,
                _seal(read, details.seal),
                terms,
            )
        case TransferRefused():
            named = details.exhibits if isinstance(details.exhibits, tuple) else ()
            there = ", ".join(f"{item.case}/{item.exhibit}" for item in named) or f"parcel {details.parcel}"
            reasons = f"{read.value(details.reasons)}; verdict on the bundle: {details.verdict}"
            return show(there), "refused", format_utc(details.refused_at), read.person(details.from_), "-", "-", reasons
        case TransferReceipt():
            what = f"receipt: {details.outcome} ({details.manner})"
            return name, what, format_utc(details.decided_at), "-", "-", "-", read.several(details.note)
        case TransferLost() | TransferRecalled():
            return name, entry.event.type.partition(".")[2], when, "-", "-", "-", read.value(details.reason)
        case _:
            return name, entry.event.type.partition(".")[2], when, "-", "-", "-", "-"


def _grounds(read: Reader, entries: Sequence[ParsedEntry]) -> tuple[Row, ...]:
    """Return why it left: purpose, case, consent and request (law rows R3, C10, C15), as far as this ledger sent it."""
    sent = [entry for entry in entries if isinstance(entry.event.details, TransferDispatched)]
    if not sent:
        return ()
    details = [entry.event.details for entry in sent]
    purposes = dict.fromkeys(read.value(getattr(item, "purpose", UNSET)) for item in details)
    consents = dict.fromkeys(_consent(read, getattr(item, "consent", UNSET)) for item in details)
    requests = dict.fromkeys(read.value(getattr(item, "request", UNSET)) for item in details)
    return (
        *case_rows(read, (str(entry.event.event.case) for entry in sent)),
        Row(Label("Purpose"), "; ".join(purposes)),
        Row(Label("Consent"), "; ".join(consents)),
        Row(Label("Request that it answers"), "; ".join(requests)),
    )


def _consent(read: Reader, event_hash: object) -> str:
    found = (item.event.details for item in read.verified.entries.values() if item.event.hash == event_hash)
    details = next(found, None)
    if not isinstance(details, ConsentRecorded):
        return read.value(UNSET)
    until = f"until {format_utc(str(details.valid_until))}" if is_set(details.valid_until) else "without an end"
    number = [read.value(details.number)] if is_set(details.number) else []
    issued = f"issued {format_utc(details.issued_at)}"
    return "; ".join([read.person(details.authority), details.manner, *number, issued, until])


def _ways(read: Reader, entries: Sequence[ParsedEntry]) -> tuple[Table, ...]:
    """Return how what was sent travelled: seal and backup copy, or why not and where the medium is (law row C5)."""
    heads = (
        "Exhibit", "Item", "Carrier", "Waybill", "Not sealed because", "Medium kept at", "Backup copy",
        "Documents (SHA-256)",
    )  # fmt: skip
    rows = tuple(
        (
            show(f"{entry.event.event.case}/{entry.event.event.exhibit}"),
            details.item,
            *map(read.value, (details.carrier, details.waybill, details.not_sealed, details.medium_place)),
            *map(read.value, (details.backup, details.documents)),
        )
        for entry in entries
        if isinstance(details := entry.event.details, TransferDispatched)
    )
    return (Table(Label("How it travelled"), tuple(map(Label, heads)), rows),) if rows else ()


def _named(about: About | None) -> str:
    return "-" if about is None else show(str(about.exhibit))


def _terms(read: Reader, conditions: object, onward: str) -> str:
    listed: Sequence[Condition] = conditions if isinstance(conditions, tuple) else ()
    return "; ".join([f"onward transfer: {onward}", *(_term(read, item) for item in listed)])


def _term(read: Reader, item: Condition) -> str:
    told = item.code + (f" by {format_utc(str(item.due))}" if is_set(item.due) else "")
    told += ", before it leaves" if item.before else ""
    return f"{told}: {read.value(item.text)}" if is_set(item.text) else told


def _rehash(rehash: object) -> str:
    if not isinstance(rehash, Rehash):
        return "not recorded"
    return f"{'as registered' if rehash.match else 'NOT as registered'}: {rehash.root}"


def _seal(read: Reader, seal: object) -> str:
    if not isinstance(seal, SealSeen):
        return "not recorded"
    return f"{read.value(seal.seal)}, {'intact' if seal.intact else 'NOT intact'}"
