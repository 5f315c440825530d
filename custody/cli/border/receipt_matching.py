"""Which exhibit on its way a receipt is for; one that fits none is contested, and never makes a second holder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from msgspec.structs import replace

from custody.cli.context import Context
from custody.ledger.entries import entries_about, entries_of, entry_with, is_explained
from custody.ledger.store import LedgerReader
from custody.verify.border.receipt_proof import VerifiedReceipt
from custody.verify.rules.view import Exhibit
from schemas.details.letter import ReceiptOrigin
from schemas.details.transfer import (
    TransferContested,
    TransferDispatched,
    TransferReceipt,
    TransferReturned,
)  # fmt: skip
from schemas.entry import ParsedEntry, parse_entry
from schemas.errors import RefusedError

Contested = Literal["after-recall", "other", "other-transfer", "twice"]


@dataclass(frozen=True, slots=True)
class Matched:
    """A receipt, the exhibit that its dispatch was of, and why it has no effect, if it has none (``other``: a refusal
    of what is back already); ``confirms`` is the event of the receipt on paper that says the same already.
    """

    receipt: VerifiedReceipt
    exhibit: Exhibit
    contested: Contested | None
    confirms: str | None = None


def match_receipts(context: Context, receipts: Sequence[VerifiedReceipt], *, document: str) -> list[Matched]:
    """Return each receipt with its exhibit; ``document`` is the SHA-256 of the file in which they came.

    Raises:
        RefusedError: ``receipt.not-ours`` where no dispatch of this ledger is meant, ``receipt.other-ledger`` where
            another ledger than the one that it was sent to answers, ``receipt.known`` where exactly this receipt is on
            record, be it without effect, ``receipt.returned`` where what it is
            about is back already.
    """
    with context.ledger().read() as reader:
        named = [item for receipt in receipts for item in _named(reader, receipt)]
        matched = [_match(reader, item) for item in _standing(named)]
        found = [item for item in matched if item is not None]
        if matched and not found:
            text = f"expected a new receipt of transfer {receipts[0].transfer}, found the one that is on record"
            raise RefusedError("receipt.known", text)
        for item in found:
            if item.contested is not None and _is_kept(reader, item.exhibit, document):
                name = item.exhibit.name
                text = f"expected a new receipt for {name}, found one that is kept with it already, without effect"
                raise RefusedError("receipt.known", text)
    return found


def _is_kept(reader: LedgerReader, exhibit: Exhibit, document: str) -> bool:
    details = (entry.event.details for entry in entries_of(reader, exhibit))
    return any(isinstance(item, TransferContested) and item.document == document for item in details)


def _standing(receipts: Sequence[VerifiedReceipt]) -> list[VerifiedReceipt]:
    """Return the decisions that stand: who refused a parcel unread, and accepted an intact one, has it."""
    accepted = {item.head for item in receipts if item.outcome != "refused"}
    return [item for item in receipts if item.outcome != "refused" or item.head not in accepted]


def _named(reader: LedgerReader, receipt: VerifiedReceipt) -> list[VerifiedReceipt]:
    """Return a receipt for each dispatch that it is about, where it knows only the number of the transfer."""
    if receipt.head:
        return [receipt]
    events = [entry.event for entry in entries_about(reader, ("transfer", receipt.transfer))]
    return [replace(receipt, head=event.hash) for event in events if event.type == "transfer.dispatched"] or [receipt]


def _match(reader: LedgerReader, receipt: VerifiedReceipt) -> Matched | None:
    """Return what a receipt is for; nothing where it is on record: a file may hold an earlier decision once more."""
    entry = entry_with(reader, receipt.head) if receipt.head else None
    if entry is None or not isinstance(entry.event.details, TransferDispatched):
        meant = f"event {receipt.head}" if receipt.head else f"transfer {receipt.transfer}, which it could not read"
        text = f"expected a receipt for a dispatch of this ledger, found one for {meant}"
        raise RefusedError("receipt.not-ours", text, hint="nothing of this ledger rests on it; nothing is recorded")
    _check_ledger(reader, entry.event.details, receipt)
    event = entry.event.event
    exhibit = reader.view().exhibit(str(event.case), str(event.exhibit))
    assert exhibit is not None, "it was dispatched"
    for item in _receipts(reader, exhibit, receipt.transfer):
        origin = item.origin
        if isinstance(origin, ReceiptOrigin) and (origin.ledger, origin.event) == (
            receipt.origin.ledger,
            receipt.origin.event,
        ):
            return None
    paper = _on_paper(reader, exhibit, receipt)
    if paper is not None:
        if is_explained(reader, exhibit, paper):
            return None
        return Matched(receipt, exhibit, None, paper)
    return Matched(receipt, exhibit, _contest(reader, exhibit, entry, receipt))


def _check_ledger(reader: LedgerReader, sent: TransferDispatched, receipt: VerifiedReceipt) -> None:
    recipient = reader.view().agent(sent.to)
    wanted = None if recipient is None else recipient.ledger
    if wanted is None or wanted != receipt.origin.ledger:
        text = f"expected a receipt of {wanted or sent.to}, to which it was sent, found one of {receipt.origin.ledger}"
        hint = f"custody agent change {sent.to} --ledger {receipt.origin.ledger}, if that is its ledger"
        raise RefusedError("receipt.other-ledger", text, hint=hint)


def _contest(reader: LedgerReader, exhibit: Exhibit, entry: ParsedEntry, receipt: VerifiedReceipt) -> Contested | None:
    sent = entry.event.details
    assert isinstance(sent, TransferDispatched), "the caller looked"
    if sent.transfer != receipt.transfer:
        return "other-transfer"
    # Whoever refused and accepted it then says that he has what is here again: as after a recall.
    before = _receipts(reader, exhibit, receipt.transfer)
    if any(item.outcome != "refused" for item in before) or (before and receipt.outcome == "refused"):
        return "twice"
    if _is_back(reader, exhibit, receipt.transfer):
        name = exhibit.name
        text = f"expected {name} away, found it back already: what came back was accepted before"
        raise RefusedError("receipt.returned", text, hint="nothing is left to record")
    is_on_its_way = exhibit.status == "dispatched" and exhibit.dispatch is not None
    if is_on_its_way and exhibit.dispatch.transfer == receipt.transfer:  # type: ignore[union-attr]
        return None
    # A refusal agrees with the recall: nobody has to be asked who holds it.
    return "other" if receipt.outcome == "refused" else "after-recall"


def _is_back(reader: LedgerReader, exhibit: Exhibit, transfer: str) -> bool:
    """Tell whether what left under a transfer was taken back: that says already that it had been accepted."""
    details = (entry.event.details for entry in entries_of(reader, exhibit))
    return any(isinstance(item, TransferReturned) and item.sent == transfer for item in details)


def _on_paper(reader: LedgerReader, exhibit: Exhibit, receipt: VerifiedReceipt) -> str | None:
    """Return the event of the receipt on paper that decided on a transfer as this proof does, or nothing."""
    for index in reversed(reader.subject_entries(("transfer", receipt.transfer))):
        event = parse_entry(reader.entry(index)).event
        details, is_of_it = event.details, (event.event.case, event.event.exhibit) == (exhibit.case, exhibit.number)
        if is_of_it and isinstance(details, TransferReceipt):
            is_same = (details.outcome == "refused") == (receipt.outcome == "refused")
            return event.hash if is_same and details.manner == "paper" else None
    return None


def _receipts(reader: LedgerReader, exhibit: Exhibit, transfer: str) -> list[TransferReceipt]:
    details = (entry.event.details for entry in entries_of(reader, exhibit))
    return [item for item in details if isinstance(item, TransferReceipt) and item.transfer == transfer]
