"""`custody receipt`: the other side's decision comes home, proven by its ledger or on paper; custody moves once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from custody.cli.acting.acts import record_act
from custody.cli.acting.exhibit_selection import Selection, selecting
from custody.cli.acting.signing import complete, named_signers
from custody.cli.border.receipt_files import make_receipt, read_receipt
from custody.cli.border.receipt_matching import Matched, match_receipts
from custody.cli.border.receipts import emit_outcome
from custody.cli.checking.trust_file import read_trust_file
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.files import write_file
from custody.cli.options import FILE, TRUST_HELP, Signing, When, acting, force_option, signed_at_once, timed
from custody.cli.output import emit, note
from custody.cli.periods import end_of, told
from custody.cli.results import ActResult, Result
from custody.cli.showing.holdings import staging
from custody.ledger.compose import Anchor, Composed, link_after
from custody.ledger.entries import entries_about
from custody.report.safe_text import show, show_path
from custody.verify.rules.view import Exhibit
from schemas.details.transfer import TransferDispatched
from schemas.errors import RefusedError
from schemas.event import About, Signer
from schemas.text import format_time, parse_time

_AHEAD = timedelta(minutes=5)
"""How far the clock of who signed a paper may be behind ours."""
_PAPER = ["defect.paper-alone"]
"""What a receipt by proof explains of one on paper that it confirms."""
_LATE_REFUSAL = "a refusal of what is back here already"


class ReceiptMade(Result, frozen=True, kw_only=True, tag="custody-receipt-made/v1"):
    """The receipt that was written."""

    path: str
    transfer: str


@command(example="custody receipt make 5f1c0e... -o receipt.json", result=ReceiptMade)
@click.argument("transfer")
@click.option("-o", "--out", "target", type=FILE, required=True, help="The file to write.")
@force_option
@pass_custody
def receipt_make(context: Context, transfer: str, target: Path, force: bool) -> None:
    """Write the receipt of what was decided here about TRANSFER, for its sender."""
    write_file(target, make_receipt(context, transfer), force=force)
    result = ReceiptMade(path=str(target), transfer=transfer)
    emit(context.settings, result, [f"receipt for the sender: {show_path(target)}"])


@command(
    example="""
    custody receipt import receipt.json --as reg-a1
    custody receipt import receipt.json --trust trust.json --as reg-a1
    """,
    result=ActResult,
)
@click.argument("receipt", type=FILE)
@click.option("--trust", type=FILE, help=TRUST_HELP)
@signed_at_once
@timed
@pass_custody
def receipt_import(context: Context, receipt: Path, trust: Path | None, who: Signing, when: When) -> None:
    """Verify RECEIPT against the trust file, and record what the other side decided: custody moves, or comes back.

    A genuine receipt that fits nothing on its way (after a recall, a second one, for another dispatch) changes
    nothing: it is kept with the exhibit, as a finding. One that says what a receipt on paper said before explains that.
    """
    believed = read_trust_file(context, trust).trusted
    found = read_receipt(receipt, believed.trust, own=context.ledger().ledger().origin)
    context.ledger().trusted = believed
    signers = named_signers(context, who)
    with staging(context) as staged:
        document = staged.document(receipt)
        matched = match_receipts(context, found, document=str(document))
        composed = [_compose(context, item, document, signers, when) for item in matched]
        outcome = complete(context, who, composed, keep=staged.keep)
    emit_outcome(context, outcome)
    for item in matched:
        name = show(item.exhibit.name)
        if item.confirms is not None:
            note(context.settings, f"note: the receipt for {name} proves what is on record from paper, and explains it")
        elif item.contested is not None:
            why = _LATE_REFUSAL if item.contested == "other" else item.contested
            note(context.settings, f"warning: the receipt for {name} changes nothing ({why}); it is kept")
        elif item.receipt.outcome == "refused":
            reasons = ", ".join(item.receipt.reasons)
            is_away = item.exhibit.dispatch is not None and item.exhibit.dispatch.is_original
            back = "on its way back to its sender: custody move" if is_away else "with its sender again"
            note(context.settings, f"note: {name} was refused ({reasons}); it is {back}")
    if all(item.contested is not None for item in matched):
        found_one = _LATE_REFUSAL if matched[0].contested == "other" else f"one {matched[0].contested}"
        text = f"expected a receipt for what is on its way, found {found_one}"
        raise RefusedError(
            "receipt.contested", text, hint="it is kept with the exhibit, as a finding; custody moved once"
        )


def _compose(
    context: Context, item: Matched, document: str | None, signers: tuple[Signer, ...], when: When
) -> Composed:
    exhibit, receipt = item.exhibit, item.receipt
    if item.contested is not None:
        details: dict[str, Any] = {"document": document, "reason": item.contested, "transfer": receipt.transfer}
        if item.contested == "other":
            details["note"] = "refused, as they say, what was taken back here before their receipt came"
        anchor = Anchor(about=(About(exhibit=exhibit.registration),))
        return context.ledger().compose(
            "transfer.contested", signers=signers, details=details, when=when, anchor=anchor
        )
    if item.confirms is not None:
        details = {"cures": _PAPER, "documents": [document], "statement": "the receipt of the ledger itself came later"}
        anchor = Anchor(about=(About(event=item.confirms, exhibit=exhibit.registration),))
        return context.ledger().compose("record.explained", signers=signers, details=details, when=when, anchor=anchor)
    said = "refused" if receipt.outcome == "refused" else "reservations"
    details = {
        "decided_at": receipt.decided_at, "document": document, "manner": "proof", "origin": receipt.origin,
        "outcome": receipt.outcome, "transfer": receipt.transfer,
        "note": f"{said}: {', '.join(receipt.reasons)}" if receipt.reasons else None,
    }  # fmt: skip
    anchor = Anchor(case=exhibit.case, exhibit=exhibit.number, link=link_after(exhibit))
    return context.ledger().compose("transfer.receipt", signers=signers, details=details, when=when, anchor=anchor)


@command(
    example="""
    custody receipt record 2026-0417/EX-1-C1 --document receipt.pdf --outcome accepted --reference B-77 \\
        --decided-at 2026-11-25T09:00:00Z --as reg-a1
    """,
    result=ActResult,
)
@selecting
@click.option("--document", type=FILE, required=True, help="The paper, scanned.")
@click.option("--outcome", required=True, type=click.Choice(["accepted", "accepted-with-reservations", "refused"]),
              help="What it says.")  # fmt: skip
@click.option("--decided-at", metavar="TIME", required=True, help="When it was decided, as the paper says.")
@click.option("--reference", help="The other side's number (kept private).")
@click.option("--note", "remark", help="In words (kept private).")
@acting
@pass_custody
def receipt_record(
    context: Context,
    *,
    selection: Selection,
    document: Path,
    outcome: str,
    decided_at: str,
    reference: str | None,
    remark: str | None,
    who: Signing,
    when: When,
) -> None:
    """Record a receipt that came on paper, from a counterpart without a ledger; it is marked as paper everywhere."""
    with staging(context) as staged:
        kept = staged.document(document)

        def details(target: Any) -> dict[str, Any]:
            dispatch = target.exhibit.dispatch
            if dispatch is None:
                name = target.exhibit.name
                raise RefusedError("receipt.not-sent", f"expected {name} on its way, found it is not")
            decided = told(context, when, decided_at)
            _check_order(context, target.exhibit, max(decided, str(end_of(context, decided_at))))
            return {
                "decided_at": decided, "document": kept, "manner": "paper", "note": remark,
                "outcome": outcome, "reference": reference, "transfer": dispatch.transfer,
            }  # fmt: skip

        record_act(context, "transfer.receipt", details, selection, who=who, when=when, keep=staged.keep)


def _check_order(context: Context, exhibit: Exhibit, decided_at: str) -> None:
    """Raise where a paper was decided before what it would be the receipt of was sent: it is of another parcel.

    Raises:
        RefusedError: ``receipt.early``.
    """
    assert exhibit.dispatch is not None, "the caller looked"
    with context.ledger().read() as reader:
        events = [entry.event for entry in entries_about(reader, ("transfer", exhibit.dispatch.transfer))]
    sent = next(
        event.event.occurred_at
        for event in events
        if isinstance(event.details, TransferDispatched)
        and (event.event.case, event.event.exhibit) == (exhibit.case, exhibit.number)
    )
    if decided_at < format_time(parse_time(sent) - _AHEAD):
        name = show(exhibit.name)
        text = f"expected a decision on {name} after {sent}, when it was sent, found one of {decided_at}"
        raise RefusedError(
            "receipt.early", text, hint="--decided-at TIME, as the paper says; or it is of another parcel"
        )
