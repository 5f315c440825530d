"""Within steps 9 and 11: letters and proofs on which records rest, read again by whoever has them.

A consent by letter opens the gate, and a receipt by proof moves custody away. Whoever signed such a record said that he
had looked; here the letter is verified as a bundle within this one, and the proof against the reader's own trust file.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from custody.verify.border.inherited import TOO_DEEP
from custody.verify.border.inner import ABSENT, Inner, event_in, is_unread
from custody.verify.border.letters import check_letter, is_specific, unseen_terms
from custody.verify.border.past import Past
from custody.verify.border.receipt_proof import Read, check_receipt, read_receipt
from custody.verify.border.terms import check_terms
from custody.verify.evidence.disclosures_step import Values
from custody.verify.gate.correspondence import correspondence_of, letter_of, opens_gate
from custody.verify.gate.erased_documents import Order, document_of
from custody.verify.record.bundled import Bundled
from custody.verify.record.opened import fail
from custody.verify.record.source import Source
from custody.verify.rules.view import Agent
from schemas import limits
from schemas.details.transfer import TransferReceipt
from schemas.errors import VerificationError
from schemas.event import ParsedEvent
from schemas.report import Findings, LedgerReport, Severity


def is_proven(parsed: ParsedEvent) -> bool:
    """Tell whether an event is a receipt that rests on a proof."""
    return isinstance(parsed.details, TransferReceipt) and parsed.details.manner == "proof"


def report_letter(inner: Inner, where: str, findings: Findings) -> None:
    """Add what speaks against a letter itself, named by its ledger; what is only curable there is no matter here."""
    ledger = inner.report.ledger
    name = ledger.origin if isinstance(ledger, LedgerReport) else where
    for item in inner.report.findings:
        if item.severity in {Severity.FAILED, Severity.INDETERMINATE} and item.code not in ABSENT:
            findings.add(item.step, item.severity, item.code, f"{name}: {item.subject}", item.text)


def report_record(parsed: ParsedEvent, inner: Inner, past: Past, where: str, findings: Findings) -> None:
    """Add what a record says otherwise than its letter, at the step of what rests on it.

    Findings: as `check_letter` (failed), ``letter.unspecific`` (defect), ``release.condition-unseen`` (note).
    """
    step = 11 if opens_gate(parsed) else 9
    if is_unread(inner):
        return
    found = tuple(check_letter(parsed, inner, past))
    for wrong in found:
        fail(findings, step, wrong, where)
    is_this = all(wrong.code != "letter.origin" for wrong in found)
    if is_this and not is_specific(parsed, inner):
        text = "the letter doesn't say which exhibits may go to whom, or what is accepted: so says who recorded it"
        findings.add(12, Severity.DEFECT, "letter.unspecific", where, text)
    for code in unseen_terms(parsed, inner, past) if is_this else ():
        text = f"the text of the condition {code} isn't shown, so the consent was not compared with what was granted"
        findings.add(step, Severity.NOTE, "release.condition-unseen", where, text)


def report_absent(parsed: ParsedEvent, order: Order | None, step: int, where: str, findings: Findings) -> None:
    """Add that the letter or receipt under a record isn't there: undecided, or, where an
    ``order`` destroyed it, a defect if custody rests on it, else a note.

    Findings: ``letter.absent``, ``receipt.absent``, ``letter.erased``, ``receipt.erased``.
    """
    is_letter = letter_of(parsed) is not None
    if order is not None:
        code = "letter.erased" if is_letter else "receipt.erased"
        text = f"destroyed by the order of entry {order.entry}"
        if order.has_borne:
            text += (
                ", after something had left under it: what it said, says who recorded it; its writer may show it again"
            )
        findings.add(step, Severity.DEFECT if order.has_borne else Severity.NOTE, code, where, text)
        return
    text = "expected the document on which this rests, found it withheld or missing, or something left after its end"
    findings.add(step, Severity.INDETERMINATE, "letter.absent" if is_letter else "receipt.absent", where, text)


def check_behind(
    bundled: Bundled, values: Values, again: Callable[[Source], Inner], depth: int
) -> tuple[tuple[Inner, ...], tuple[LedgerReport, ...]]:
    """Read again what consents by letter and receipts by proof rest on, letters by ``again``, as bundles that lie
    within one of ``depth``; return the letters that could be opened and the checkpoints of receipts that their ledgers
    signed.

    Findings: ``inherited.depth``; those of `report_absent`, `report_record` and `check_receipt`; and of the letters
    themselves, whose subject begins with the name of their ledger.
    """
    state, findings, letters, receipts = bundled.state, bundled.findings, dict[str, Inner](), dict[str, Read]()
    unread, then = dict[tuple[int, str | None], VerificationError](), dict[str, Agent]()
    ledger = state.ledger()
    past = Past(
        "" if ledger is None else ledger.origin, state,
        lambda name: then[name].ledger if name in then else None,
        lambda name: then[name].country if name in then else None,
        partial(event_in, state, bundled.entries), correspondence_of(bundled.entries, state).begun.get,
        values.disclosed.get,
    )  # fmt: skip
    for index, entry in sorted(bundled.entries.items()):
        parsed, where = entry.event, f"entry {index}"
        then.update((agent.id, agent) for agent in bundled.fold.agents.get(index, ()))
        for severity, error in check_terms(parsed, past, bundled.fold.bearing.get(parsed.hash, ())):
            findings.add(11, severity, error.code, where, error.text)
        origin = letter_of(parsed) if opens_gate(parsed) else None
        if ledger is None or not (origin or is_proven(parsed)):
            continue
        digest, step = document_of(parsed), 9 if origin is None else 11
        # Each is read once, however many records rest on it.
        if (step, digest) in unread:
            fail(findings, step, unread[step, digest], where)
            continue
        try:
            known = receipts if origin is None else letters
            raw = None if digest is None else b"" if digest in known else bundled.document(digest, limits.JSON_BYTES)
            if raw is None or digest is None:
                report_absent(parsed, bundled.fold.erased.order_on(parsed, state), step, where, findings)
            elif origin is None:
                if digest not in receipts:
                    receipts[digest] = read_receipt(raw, bundled.trust)
                for wrong in check_receipt(parsed, receipts[digest], past):
                    fail(findings, 9, wrong, where)
            else:
                if digest not in letters and depth >= limits.INHERITED_DEPTH:
                    raise VerificationError("inherited.depth", TOO_DEEP)
                if digest not in letters:
                    letters[digest] = again(bundled.source.within(raw))
                    report_letter(letters[digest], where, findings)
                report_record(parsed, letters[digest], past, where, findings)
        except VerificationError as error:
            unread[step, digest] = error
            fail(findings, step, error, where)
    proven = (
        item.origin for read in receipts.values() for found, wrong in read.values() if not wrong for item in found
    )
    signed = (LedgerReport(origin=item.ledger, root=item.root, size=item.size) for item in proven)
    return tuple(letters.values()), tuple(signed)
