"""The receipt that a receiver sends back: what its ledger says of each exhibit that was sent (docs/spec/transfers.md).

    {"entries":[{"entry":"<base64>","proof":"<tlog-proof>"}],"schema":"custody-receipt/v1"}

Each entry travels whole, beside the C2SP tlog-proof that it stands in the receiver's ledger. Who knows the receiver's
log key needs nothing else: no ledger, no bundle.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from schemas import canonical, limits, text
from schemas.entry import ParsedEntry, parse_entry
from schemas.errors import RecordError
from schemas.tlog_proof import TlogProof, parse_tlog_proof
from schemas.types import Record

Blob = Annotated[str, Meta(min_length=4, max_length=2 * limits.ENTRY_BYTES)]


class ReceiptEntry(Record, frozen=True, kw_only=True):
    """One entry of the receiver's ledger, and the text of the proof that it stands there."""

    entry: Blob
    proof: Annotated[str, Meta(min_length=1, max_length=limits.NOTE_BYTES)]


class ReceiptFile(Record, frozen=True, kw_only=True):
    """The whole file."""

    SCHEMA: ClassVar[str] = "custody-receipt/v1"

    entries: Annotated[tuple[ReceiptEntry, ...], Meta(min_length=1, max_length=limits.ABOUT)]
    schema: Literal["custody-receipt/v1"] = "custody-receipt/v1"


class UnverifiedReceipt(msgspec.Struct, frozen=True):
    """An entry and its proof, parsed; nothing about them is verified yet."""

    entry: ParsedEntry
    proof: TlogProof


def format_receipt(entries: list[tuple[bytes, bytes]]) -> bytes:
    """Return the file of some entries, each with the bytes of its proof."""
    made = tuple(ReceiptEntry(entry=text.format_base64(entry), proof=proof.decode("utf-8")) for entry, proof in entries)
    return canonical.encode(ReceiptFile(entries=made))


def parse_receipt(raw: bytes) -> tuple[UnverifiedReceipt, ...]:
    """Return what a receipt says, unverified.

    Raises:
        RecordError: ``receipt.index`` for a proof of another entry; ``record.*``, ``tlog-proof.*`` and others of the
            parsers.
    """
    made = []
    for item in canonical.decode(raw, ReceiptFile, maximum=limits.JSON_BYTES).entries:
        entry = parse_entry(text.parse_base64(item.entry))
        proof = parse_tlog_proof(item.proof.encode("utf-8"))
        if proof.index != entry.entry.index:
            raise RecordError("receipt.index", f"expected a proof of entry {entry.entry.index}, found {proof.index}")
        made.append(UnverifiedReceipt(entry, proof))
    return tuple(made)
