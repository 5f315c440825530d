"""Receipts: made of what this ledger decided about a transfer, and checked against the trust file where they arrive."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from custody.cli.context import Context
from custody.cli.files import given_file, read_file
from custody.ledger.prove import TileNodes, prove_inclusion
from custody.ledger.store import LedgerReader
from custody.verify.tree import check_inclusion
from keys.note import open_note, parse_note
from keys.verifier_key import parse_verifier_key
from schemas import limits
from schemas.checkpoint import parse_checkpoint
from schemas.details.transfer import ReceiptOrigin, TransferAccepted, TransferRefused, TransferReturned
from schemas.entry import parse_entry
from schemas.errors import UsageError, VerificationError
from schemas.receipt import UnverifiedReceipt, format_receipt, parse_receipt
from schemas.tlog_proof import TlogProof, format_tlog_proof
from schemas.trust import Trust
from schemas.types import is_set

_DECISIONS = (TransferAccepted, TransferRefused, TransferReturned)


@dataclass(frozen=True, slots=True)
class VerifiedReceipt:
    """What another ledger decided about one dispatch, proven to stand in it: ``head`` is the dispatch's event hash."""

    origin: ReceiptOrigin
    transfer: str
    head: str
    outcome: str
    decided_at: str
    reasons: tuple[str, ...]


def make_receipt(context: Context, transfer: str) -> bytes:
    """Return the receipt of all that this ledger decided about a transfer.

    Raises:
        UsageError: ``receipt.nothing`` where it decided nothing.
    """
    with context.ledger().read() as reader:
        raws = [reader.entry(index) for index in reader.subject_entries(("transfer", transfer))]
        entries = [entry for entry in map(parse_entry, raws) if isinstance(entry.event.details, _DECISIONS)]
        if not entries:
            text = f"expected a transfer that was accepted or refused here, found nothing about {transfer}"
            raise UsageError("receipt.nothing", text)
        return format_receipt([(entry.raw, _prove(reader, entry.entry.index)) for entry in entries])


def _prove(reader: LedgerReader, index: int) -> bytes:
    note = reader.checkpoint()
    size = parse_checkpoint(parse_note(note).text).size
    nodes = prove_inclusion(TileNodes(reader.tiles(), size), index, size)
    return format_tlog_proof(TlogProof(index, tuple(nodes), note))


def read_receipt(path: Path, trust: Trust | None) -> tuple[VerifiedReceipt, ...]:
    """Return what a receipt proves, each entry against a log key of the trust file.

    Raises:
        UsageError: the file can't be read, or is no receipt.
        VerificationError: ``receipt.unknown-ledger``, ``receipt.origin``, ``receipt.kind``, ``note.*``, ``tree.*``.
    """
    raw = read_file(path, maximum=limits.JSON_BYTES)
    with given_file(path):
        parsed = parse_receipt(raw)
    return tuple(found for item in parsed for found in _verify(item, trust))


def _verify(item: UnverifiedReceipt, trust: Trust | None) -> list[VerifiedReceipt]:
    entry, checkpoint = item.entry, item.proof.checkpoint
    believed = trust.ledger(checkpoint.origin) if trust is not None else None
    if believed is None:
        text = f"expected a ledger of the trust file, found {checkpoint.origin}"
        raise VerificationError("receipt.unknown-ledger", text, hint="custody trust add")
    keys = [
        parse_verifier_key(key.key)
        for key in believed.log_keys
        if key.first < checkpoint.size and not (is_set(key.last) and checkpoint.size > key.last + 1)  # type: ignore[operator]
    ]
    open_note(item.proof.note, keys)
    if entry.entry.ledger != checkpoint.origin:
        text = f"expected an entry of {checkpoint.origin}, found one of {entry.entry.ledger}"
        raise VerificationError("receipt.origin", text)
    check_inclusion(
        index=item.proof.index, size=checkpoint.size, leaf=entry.leaf, nodes=item.proof.nodes, root=checkpoint.root
    )
    origin = ReceiptOrigin(
        event=entry.event.hash, index=item.proof.index, ledger=checkpoint.origin, root=checkpoint.root.hex(),
        size=checkpoint.size,
    )  # fmt: skip
    return _read(item, origin)


def _read(item: UnverifiedReceipt, origin: ReceiptOrigin) -> list[VerifiedReceipt]:
    details, occurred_at = item.entry.event.details, item.entry.event.event.occurred_at
    match details:
        case TransferAccepted():
            outcome = "accepted-with-reservations" if is_set(details.reservations) else "accepted"
            head, at = details.foreign.head, details.accepted_at  # type: ignore[union-attr]
            return [VerifiedReceipt(origin, details.transfer, head, outcome, at, ())]
        case TransferReturned() if is_set(details.foreign):
            head = details.foreign.head  # type: ignore[union-attr]
            return [VerifiedReceipt(origin, details.transfer, head, "accepted", occurred_at, ())]
        case TransferRefused():
            return [
                VerifiedReceipt(origin, details.transfer, name.head, "refused", details.refused_at, details.reasons)
                for name in details.exhibits
            ]
        case _:
            text = f"expected an acceptance or a refusal, found {item.entry.event.type}"
            raise VerificationError("receipt.kind", text)
