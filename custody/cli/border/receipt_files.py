"""Receipts: made of what this ledger decided about a transfer, and checked against the trust file where they arrive."""

from __future__ import annotations

from pathlib import Path

from custody.cli.context import Context
from custody.cli.files import given_file, read_file
from custody.ledger.entries import entries_about
from custody.ledger.prove import TileNodes, prove_inclusion
from custody.ledger.store import LedgerReader
from custody.verify.border.receipt_proof import VerifiedReceipt, check_signed, prove
from keys.note import parse_note
from schemas import limits
from schemas.checkpoint import parse_checkpoint
from schemas.details.exhibit import Foreign
from schemas.details.transfer import TransferAccepted, TransferRefused, TransferReturned
from schemas.errors import RefusedError, UsageError
from schemas.receipt import ReceiptFile, UnverifiedReceipt, format_receipt, parse_receipt
from schemas.tlog_proof import TlogProof, format_tlog_proof
from schemas.trust import Trust

_DECISIONS = (TransferAccepted, TransferRefused, TransferReturned)


def make_receipt(context: Context, transfer: str) -> bytes:
    """Return the receipt of all that this ledger decided about a transfer.

    Raises:
        UsageError: ``receipt.nothing`` where it decided nothing.
    """
    with context.ledger().read() as reader:
        story = entries_about(reader, ("transfer", transfer))
        entries = [entry for entry in story if isinstance(entry.event.details, _DECISIONS)]
        if not entries:
            text = f"expected a transfer that was accepted or refused here, found nothing about {transfer}"
            raise UsageError("receipt.nothing", text)
        return format_receipt([(entry.raw, _prove(reader, entry.entry.index)) for entry in entries])


def _prove(reader: LedgerReader, index: int) -> bytes:
    note = reader.checkpoint()
    size = parse_checkpoint(parse_note(note).text).size
    nodes = prove_inclusion(TileNodes(reader.tiles(), size), index, size)
    return format_tlog_proof(TlogProof(index, tuple(nodes), note))


def read_receipt(path: Path, trust: Trust | None, *, own: str) -> tuple[VerifiedReceipt, ...]:
    """Return what a receipt of another ledger than ``own`` proves, each entry against a log key of the trust file.

    Raises:
        UsageError: the file can't be read, or is no receipt.
        RefusedError: ``receipt.own``.
        UndecidedError: ``receipt.unknown-ledger``.
        VerificationError: ``receipt.origin``, ``receipt.kind``, ``note.*``, ``tree.*``.
    """
    raw = read_file(path, maximum=limits.JSON_BYTES)
    with given_file(path, ReceiptFile.SCHEMA):
        parsed = parse_receipt(raw)
    for item in parsed:
        _check_foreign(item, own)
        check_signed(item, trust)
    return tuple(found for item in parsed for found in prove(item))


def _check_foreign(item: UnverifiedReceipt, own: str) -> None:
    """Raise for a receipt that was written here: it is for the sender, and easily taken for his."""
    if item.proof.checkpoint.origin != own:
        return
    details = item.entry.event.details
    foreign = getattr(details, "foreign", None)
    sender = foreign.ledger if isinstance(foreign, Foreign) else getattr(details, "ledger", None)
    text = f"expected a receipt of another ledger, found one that {own} wrote"
    raise RefusedError("receipt.own", text, hint=f"send it to {sender or 'the sender'}, who imports it there")
