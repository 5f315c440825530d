"""The receipt of a transfer, which everybody needs: in English, and in Chinese too where the ledger is Chinese."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from custody.report.papers.paper import Label, Paper, Reader, Row, Table, proof_of
from custody.report.papers.receipt_words import HEADS, WAY_HEADS, WORDS
from custody.report.papers.seizure_facts import case_rows
from custody.report.safe_text import show
from custody.report.words import format_utc
from custody.verify.verify import Verified
from schemas.details.consent import Condition, ConsentRecorded
from schemas.details.custody import Rehash, SealSeen
from schemas.details.exhibit import Foreign
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
from schemas.types import UNSET, Unset, is_set


def transfer_receipt(verified: Verified, subject: str, basis: tuple[Row, ...]) -> Paper:
    """Return what was sent and what the receiver decided, exhibit by exhibit (law row R3).

    Raises:
        UsageError: ``print.subject`` where no record names the transfer.
    """
    ledger = verified.state.ledger()
    english = _receipt(Reader(verified, "en"), subject, basis)
    if ledger is None or ledger.country != "CN":
        return english
    return replace(_receipt(Reader(verified, "zh"), subject, basis), english=english)


def _receipt(read: Reader, subject: str, basis: tuple[Row, ...]) -> Paper:
    verified = read.verified
    entries = [entry for entry in verified.entries.values() if getattr(entry.event.details, "transfer", "") == subject]
    if not entries:
        raise UsageError("print.subject", f"expected a transfer on record, found {subject!r}")
    rows = tuple(
        (*_step(read, entry), read.signers(entry, "actor", "to", "second"))
        for entry in entries
        if entry.event.type.startswith("transfer.")
    )
    decided = [entry for entry in entries if _decides(entry)]
    state = read.word(WORDS["decided" if decided else "on-its-way"])
    return Paper(
        "transfer-receipt", Label("Receipt of a transfer of exhibits", "物证移交回执"), read.language, basis, (),
        (
            Row(Label("Transfer", "移交编号"), show(subject)), Row(Label("State", "状态"), state),
            *_grounds(read, entries),
        ),
        (
            Table(Label("What happened, in the order of the records", "移交经过（按记录顺序）"), HEADS, rows),
            *_ways(read, entries),
        ),
        (Label("For the authority that received it: name, office, date and signature",
               "接收机关：姓名、职务、日期、签名"),),
        tuple(proof_of(entry) for entry in entries),
    )  # fmt: skip


def _decides(entry: ParsedEntry) -> bool:
    return isinstance(entry.event.details, TransferAccepted | TransferReceipt | TransferRefused)


def _step(read: Reader, entry: ParsedEntry) -> tuple[str, ...]:
    details, event = entry.event.details, entry.event.event
    about = event.about[0] if isinstance(event.about, tuple) else None
    name = show(f"{event.case}/{event.exhibit}") if is_set(event.exhibit) else _named(about)
    when = read.when(entry)
    done = _word(read, entry.event.type.partition(".")[2])
    match details:
        case TransferDispatched():
            codes = terms_text(read, details.conditions, details.onward)
            return (
                name,
                read.word(WORDS[f"{details.item}-sent"]),
                when,
                read.person(details.to),
                "-",
                read.value(details.seal),
                codes,
            )
        case TransferAccepted():
            sent, accepted = format_utc(details.sent_at), format_utc(details.accepted_at)
            times = f"{read.word(WORDS['sent'])} {sent}, {read.word(WORDS['accepted'])} {accepted}"
            reserved = _told(read, "reservations", _words(read, details.reservations))
            terms = "; ".join(filter(None, (terms_text(read, details.conditions, details.onward), reserved)))
            foreign = details.foreign
            there = f"{foreign.case}/{foreign.exhibit}" if isinstance(foreign, Foreign) else "-"
            both = show(f"{name}, {read.word(WORDS['there'])} {there}")
            checked, seal = _rehash(read, details.rehash), _seal(read, details.seal)
            return both, read.word(WORDS["accepted"]), times, read.person(details.from_), checked, seal, terms
        case TransferRefused():
            named = details.exhibits or ()
            there = ", ".join(f"{item.case}/{item.exhibit}" for item in named) or _told(read, "parcel", details.parcel)
            reasons = f"{_words(read, details.reasons)}; {_told(read, 'verdict', details.verdict)}"
            return (
                show(there),
                read.word(WORDS["refused"]),
                format_utc(details.refused_at),
                read.person(details.from_),
                "-",
                "-",
                reasons,
            )
        case TransferReceipt():
            manner = read.word(WORDS["by-proof" if details.manner == "proof" else "on-paper"])
            what = f"{_told(read, 'receipt', read.word(WORDS[details.outcome]))} ({manner})"
            return name, what, format_utc(details.decided_at), "-", "-", "-", read.several(details.note)
        case TransferLost() | TransferRecalled():
            return (
                name,
                _word(read, entry.event.type.partition(".")[2]),
                when,
                "-",
                "-",
                "-",
                read.value(details.reason),
            )
        case _:
            return name, done, when, "-", "-", "-", "-"


def _grounds(read: Reader, entries: Sequence[ParsedEntry]) -> tuple[Row, ...]:
    """Return why it left: purpose, case, consent and request (law rows R3, C10, C15); of who received it, where it came
    from and for which case it was taken in.
    """
    sent = [entry for entry in entries if isinstance(entry.event.details, TransferDispatched)]
    if not sent:
        return _arrival(read, entries)
    details = [entry.event.details for entry in sent]
    purposes = dict.fromkeys(read.value(getattr(item, "purpose", UNSET)) for item in details)
    consents = dict.fromkeys(_consent(read, getattr(item, "consent", UNSET)) for item in details)
    requests = dict.fromkeys(read.value(getattr(item, "request", UNSET)) for item in details)
    return (
        *case_rows(read, (str(entry.event.event.case) for entry in sent)),
        Row(Label("Purpose", "用途"), "; ".join(purposes)),
        Row(Label("Consent", "同意书"), "; ".join(consents)),
        Row(Label("Request that it answers", "所答复的请求"), "; ".join(requests)),
    )


def _arrival(read: Reader, entries: Sequence[ParsedEntry]) -> tuple[Row, ...]:
    taken = [(entry, entry.event.details) for entry in entries if isinstance(entry.event.details, TransferAccepted)]
    if not taken:
        return ()
    origins = dict.fromkeys(read.value(item.foreign.ledger) for _, item in taken if isinstance(item.foreign, Foreign))
    items = dict.fromkeys(read.word(WORDS[str(item.item)]) for _, item in taken if is_set(item.item))
    requests = dict.fromkeys(read.value(item.request) for _, item in taken)
    return (
        *case_rows(read, (str(entry.event.event.case) for entry, _ in taken)),
        Row(Label("Ledger that sent it", "移交方账本"), "; ".join(origins)),
        Row(Label("Item", "移交物"), "; ".join(items) or read.value(UNSET)),
        Row(Label("Request that it answers", "所答复的请求"), "; ".join(requests)),
    )


def _consent(read: Reader, event_hash: object) -> str:
    found = (item.event.details for item in read.verified.entries.values() if item.event.hash == event_hash)
    details = next(found, None)
    if not isinstance(details, ConsentRecorded):
        return read.value(UNSET)
    ends = details.valid_until
    until = f"{read.word(WORDS['until'])} {format_utc(str(ends))}" if is_set(ends) else read.word(WORDS["without-end"])
    number = [read.value(details.number)] if is_set(details.number) else []
    issued = f"{read.word(WORDS['issued'])} {format_utc(details.issued_at)}"
    return "; ".join([read.person(details.authority), read.word(WORDS[f"by-{details.manner}"]), *number, issued, until])


def _ways(read: Reader, entries: Sequence[ParsedEntry]) -> tuple[Table, ...]:
    """Return how what was sent travelled: seal and backup copy, or why not and where the medium is (law row C5)."""
    rows = tuple(
        (
            show(f"{entry.event.event.case}/{entry.event.event.exhibit}"),
            read.word(WORDS[details.item]),
            *map(read.value, (details.carrier, details.waybill, details.not_sealed, details.medium_place)),
            *map(read.value, (details.backup, details.documents)),
        )
        for entry in entries
        if isinstance(details := entry.event.details, TransferDispatched)
    )
    return (Table(Label("How it travelled", "运送方式"), WAY_HEADS, rows),) if rows else ()


def _named(about: About | None) -> str:
    return "-" if about is None else show(str(about.exhibit))


def terms_text(read: Reader, conditions: tuple[Condition, ...] | Unset, onward: str) -> str:
    """Return on which terms something goes: onward transfer, each condition with date and text (law row C15)."""
    terms = (_term(read, item) for item in conditions or ())
    return "; ".join([_told(read, "onward", read.word(WORDS[onward])), *terms])


def _term(read: Reader, item: Condition) -> str:
    told = _word(read, item.code) + (
        f" {read.word(WORDS['by'])} {format_utc(str(item.due))}" if is_set(item.due) else ""
    )
    told += f", {read.word(WORDS['before'])}" if item.before else ""
    return f"{told}: {read.value(item.text)}" if is_set(item.text) else told


def _rehash(read: Reader, rehash: object) -> str:
    if not isinstance(rehash, Rehash):
        return read.value(UNSET)
    return _told(read, "same" if rehash.match else "not-same", rehash.root)


def _seal(read: Reader, seal: object) -> str:
    if not isinstance(seal, SealSeen):
        return read.value(UNSET)
    return f"{read.value(seal.seal)}, {read.word(WORDS['intact' if seal.intact else 'not-intact'])}"


def _told(read: Reader, what: str, value: object) -> str:
    """Return a word and what it says of this case; nothing where there is nothing to say."""
    return f"{read.word(WORDS[what])}: {value}" if value else ""


def _word(read: Reader, word: str) -> str:
    """Return a closed word of records in the language of this edition, as it stands where that has none."""
    return read.word(WORDS[word]) if word in WORDS else word


def _words(read: Reader, words: object) -> str:
    return ", ".join(_word(read, word) for word in words) if isinstance(words, tuple) else ""
