"""What this home keeps behind its records, by whom its user believes: asked by the write path and by an audit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import Final

from custody.bundle.behind import Behind, Find, past_of, report_terms, rests
from custody.cli.checking.letter_breaches import letter_breaches
from custody.cli.checking.own_ledger import trusting_own
from custody.cli.checking.trust_file import read_trust_file
from custody.cli.surroundings import Surroundings
from custody.evidence.store import EvidenceStore
from custody.ledger.appending import LookBehind
from custody.ledger.entries import entry_with
from custody.ledger.store import LedgerReader
from custody.storage.home import Home
from custody.transfer.arrivals import reservations_for
from custody.verify.border.behind_step import is_proven
from custody.verify.border.inner import ABSENT
from custody.verify.gate.correspondence import opens_gate
from custody.verify.gate.erased_documents import document_of
from custody.verify.rules.view import View
from custody.verify.verify import Trusted, Verified
from schemas.details.exhibit import Foreign
from schemas.details.request import RequestBody
from schemas.details.transfer import TransferAccepted, TransferDispatched, TransferReturned
from schemas.entry import ParsedEntry, parse_entry
from schemas.errors import CustodyError, RefusedError, VerificationError
from schemas.event import ParsedEvent
from schemas.private import Disclosure
from schemas.report import Finding, Findings, Severity

_LINKED_APART: Final = frozenset({"checkpoint.first-contact", "checkpoint.not-linked"})
"""What a proof decides that was given to the command, and is not kept."""


def open_behind(
    surroundings: Surroundings, home: Home, *, trusted: Trusted | None, known: Mapping[str, Verified]
) -> Behind:
    """Return what the home keeps, to be read under ``trusted``, or the user's own trust file.

    Raises:
        UsageError: the trust file is absent, or is none.
    """
    believed = read_trust_file(surroundings).trusted if trusted is None else trusted
    documents = EvidenceStore(home.documents)

    def document(digest: str) -> Path | None:
        return documents.path(digest) if documents.has(digest) else None

    def inherited(manifest: str) -> Path | None:
        path = home.inherited / f"{manifest}.zip"
        return path if path.is_file() else None

    finds: tuple[Find, Find] = (document, inherited)
    believed = Trusted(believed.trust, believed.sha256)
    # Who believes nobody is asked for nothing. What is wrong with a ledger that can't be described, its readers say.
    with suppress(CustodyError):
        believed = believed if believed.trust is None else trusting_own(believed, home)
    return Behind(*finds, believed, surroundings.now(), dict(known), home.store.disclosures.get)


def look_behind(
    surroundings: Surroundings, home: Home, *, trusted: Trusted | None, known: Mapping[str, Verified]
) -> LookBehind:
    """Return what the write path asks: it refuses what doesn't bear its record, and what nobody can see.

    The returned function raises:
        VerificationError: what was read speaks against the record.
        RefusedError: what it rests on is not at hand, or the user doesn't believe the ledger that signed it.
    """
    behind = cache(partial(open_behind, surroundings, home, trusted=trusted, known=known))

    def look(reader: LedgerReader, view: View, entry: ParsedEntry, made: Sequence[Disclosure]) -> None:
        past = past_of(view, reader_events(reader), reader_requests(reader))
        for breach in letter_breaches(reader, past, entry.event, entry.entry.recorded_at, behind=behind):
            raise RefusedError(breach.code, breach.text, hint="custody consent list shows what was consented to")
        if not rests(entry.event):
            return
        findings = Findings()
        if isinstance(entry.event.details, TransferDispatched):
            report_terms(entry, past, home.store.disclosures.get, findings, made=made)
        else:
            behind().look(entry, past, findings, made=made)
        _refuse(entry.event, [item for item in findings.items if item.code not in ABSENT])

    return look


def reader_events(reader: LedgerReader) -> Callable[[str], ParsedEvent | None]:
    """Return a function that finds events of a ledger by hash."""

    def event_of(event_hash: str) -> ParsedEvent | None:
        entry = entry_with(reader, event_hash)
        return None if entry is None else entry.event

    return event_of


def reader_requests(reader: LedgerReader) -> Callable[[str], ParsedEvent | None]:
    """Return a function that finds the events by which requests of a ledger were drafted or received."""

    def begun_by(request: str) -> ParsedEvent | None:
        indexes = reader.subject_entries(("request", request))
        events = (parse_entry(reader.entry(index)).event for index in indexes[:1])
        return next((event for event in events if isinstance(event.details, RequestBody)), None)

    return begun_by


def _refuse(parsed: ParsedEvent, found: Iterable[Finding]) -> None:
    items = list(found)
    for item in items:
        if item.severity is Severity.FAILED:
            kind = RefusedError if item.code.startswith("letter.") else VerificationError
            raise kind(item.code, item.text, hint="custody verify on the file itself says more")
    open_ones = [item for item in items if item.severity is Severity.INDETERMINATE]
    if isinstance(parsed.details, TransferAccepted | TransferReturned):
        absent = [item for item in open_ones if item.code == "inherited.absent"]
        missing = reservations_for(item for item in open_ones if item.code not in _LINKED_APART)
        held = getattr(parsed.details, "reservations", ()) or ()
        lacking = [] if isinstance(parsed.details, TransferReturned) else [one for one in missing if one not in held]
        if not absent and lacking:
            text = f"expected the reservations that an undecided bundle calls for, found none for {', '.join(lacking)}"
            raise RefusedError("receive.undecided", text, hint="custody receive BUNDLE --reservation WORD")
        open_ones = absent
    elif not (opens_gate(parsed) or is_proven(parsed)):
        # A person may accept a letter that is undecided; one that isn't there has been seen by nobody.
        open_ones = [item for item in open_ones if item.code == "letter.absent"]
    if open_ones:
        is_absent = open_ones[0].code in {"inherited.absent", "letter.absent", "receipt.absent"}
        hint = (
            "custody trust add, for a ledger that is not known; --trust FILE, where another file than your own knows it"
        )
        if is_absent:
            hint = f"submit it in the home that keeps this file; {_place_of(parsed)}"
        raise RefusedError(open_ones[0].code, f"{open_ones[0].subject}: {open_ones[0].text}", hint=hint)


def _place_of(parsed: ParsedEvent) -> str:
    """Say where a home keeps what an event rests on."""
    digest, foreign = document_of(parsed), getattr(parsed.details, "foreign", None)
    if isinstance(foreign, Foreign):
        return f"there it is inherited/{foreign.manifest}.zip"
    return "its record names none" if digest is None else f"there it is documents/{digest[:2]}/{digest}"
