"""What a receipt proves: another ledger's decision about one dispatch, and under which checkpoint it stands there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from custody.verify.border.past import Past
from custody.verify.record.tree import check_inclusion
from custody.verify.record.trusting import check_cosigned, keys_at
from keys.note import open_note
from schemas.details.exhibit import Foreign
from schemas.details.letter import ReceiptOrigin
from schemas.details.transfer import (
    TransferAccepted,
    TransferDispatched,
    TransferReceipt,
    TransferRefused,
    TransferReturned,
)  # fmt: skip
from schemas.errors import CustodyError, RecordError, UndecidedError, VerificationError
from schemas.event import Link, ParsedEvent
from schemas.receipt import UnverifiedReceipt, parse_receipt
from schemas.trust import Trust
from schemas.types import is_set


class VerifiedReceipt(msgspec.Struct, frozen=True):
    """What another ledger decided about one dispatch, proven to stand in it: ``head`` is the dispatch's event hash; it
    is empty where a parcel was refused that couldn't be read, so that its number is all that is known of it.
    ``reasons`` are those of a refusal, or the reservations of an acceptance.
    """

    origin: ReceiptOrigin
    transfer: str
    head: str
    outcome: str
    decided_at: str
    reasons: tuple[str, ...]


def prove(item: UnverifiedReceipt) -> tuple[VerifiedReceipt, ...]:
    """Return what an entry decides, if its proof leads to its checkpoint; whose checkpoint that is, is not looked at.

    Raises:
        VerificationError: ``receipt.origin``, ``receipt.kind``, ``tree.inclusion``.
    """
    entry, checkpoint = item.entry, item.proof.checkpoint
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
    details = entry.event.details
    match details:
        case TransferAccepted(foreign=Foreign(head=head), transfer=transfer, accepted_at=at):
            outcome = "accepted-with-reservations" if is_set(details.reservations) else "accepted"
            return (VerifiedReceipt(origin, transfer, head, outcome, at, details.reservations or ()),)
        case TransferReturned(foreign=Foreign(head=head), transfer=transfer):
            return (VerifiedReceipt(origin, transfer, head, "accepted", entry.event.event.occurred_at, ()),)
        case TransferRefused(transfer=transfer, refused_at=at, reasons=reasons):
            heads = tuple(name.head for name in details.exhibits or ()) or ("",)
            return tuple(VerifiedReceipt(origin, transfer, head, "refused", at, reasons) for head in heads)
        case _:
            text = f"expected an acceptance or a refusal, found {entry.event.type}"
            raise VerificationError("receipt.kind", text)


def check_signed(item: UnverifiedReceipt, trust: Trust | None) -> None:
    """Raise unless a log key of the trust file signed the checkpoint of a receipt, enough cosigners did, and it is one
    with what was seen of that ledger at that size.

    Raises:
        UndecidedError: ``receipt.unknown-ledger`` where nobody is believed about that ledger, ``receipt.quorum``.
        VerificationError: ``note.*``, ``policy.*``, ``checkpoint.fork``.
    """
    checkpoint = item.proof.checkpoint
    believed = trust.ledger(checkpoint.origin) if trust is not None else None
    if trust is None or believed is None:
        text = f"expected a ledger of the trust file, found {checkpoint.origin}"
        raise UndecidedError("receipt.unknown-ledger", text, hint="custody trust add")
    keys = keys_at(checkpoint.size, believed.log_keys)
    open_note(item.proof.note, keys)
    root = checkpoint.root.hex()
    seen = next((seen.root for seen in believed.seen if seen.size == checkpoint.size), root)
    if seen != root:
        text = f"expected root {seen} of {checkpoint.origin} at size {checkpoint.size} as seen before, found {root}"
        raise VerificationError("checkpoint.fork", text)
    check_cosigned(item.proof.note, keys, trust, code="receipt.quorum")


Read = Mapping[str, tuple[list[VerifiedReceipt], list[CustodyError]]]
"""What a receipt file proves, by event hash, and what is wrong with it; under no hash, what is wrong with all of it."""


def read_receipt(raw: bytes, trust: Trust | None) -> Read:
    """Return what a receipt file proves to whoever believes ``trust``: once, however many records rest on it."""
    read: dict[str, tuple[list[VerifiedReceipt], list[CustodyError]]] = {}
    try:
        items = parse_receipt(raw)
    except RecordError as error:
        return {"": ([], [error])}
    for item in items:
        found, wrong = read.setdefault(item.entry.event.hash, ([], []))
        try:
            found += prove(item)
            check_signed(item, trust)
        except (RecordError, VerificationError) as error:
            wrong.append(error)
    return read


def check_receipt(parsed: ParsedEvent, read: Read, past: Past) -> Iterator[CustodyError]:
    """Yield what speaks against a ``transfer.receipt`` by proof, of which ``read`` is the document.

    Errors: ``receipt.other`` where it proves something else than the record says or than was sent,
    ``receipt.other-ledger`` where another ledger answered than the one that it was sent to, and those of `prove`,
    `check_signed` and the parsers.
    """
    details = parsed.details
    assert isinstance(details, TransferReceipt), "the caller looked"
    event = details.origin.event if isinstance(details.origin, ReceiptOrigin) else ""
    found, wrong = read.get(event, read.get("", ([], [])))
    # That its ledger isn't known keeps nothing else from being looked at.
    wrong = sorted(wrong, key=lambda error: isinstance(error, UndecidedError))[:1]
    yield from wrong
    if not all(isinstance(error, UndecidedError) for error in wrong):
        return
    sent, told = _last_sent(parsed, past), (details.origin, details.transfer, details.outcome, details.decided_at)
    dispatch = None if sent is None else sent.details
    meant = [item for item in found if told == (item.origin, item.transfer, item.outcome, item.decided_at)]
    meant = [item for item in meant if sent is not None and item.head in {"", sent.hash}]
    if not meant or not isinstance(dispatch, TransferDispatched) or dispatch.transfer != details.transfer:
        text = f"expected the proof of what is recorded about transfer {details.transfer}, found that of something else"
        yield VerificationError("receipt.other", text)
        return
    wanted, found_in = past.ledger_of(dispatch.to), meant[0].origin.ledger
    if wanted != found_in:
        text = f"expected a receipt of {wanted or 'the recipient'}, found one of {found_in}"
        yield VerificationError("receipt.other-ledger", text)


def _last_sent(parsed: ParsedEvent, past: Past) -> ParsedEvent | None:
    """Return the last dispatch before a receipt, which it ends, if that is one of the same exhibit."""
    before: ParsedEvent | None = parsed
    walked: list[str] = []
    while before is not None and before.type != "transfer.dispatched" and before.hash not in past.sent:
        walked.append(before.hash)
        link = before.event.link
        before = past.event_of(str(link.previous)) if isinstance(link, Link) else None
    found = before if before is None or before.hash not in past.sent else past.sent[before.hash]
    past.sent.update(dict.fromkeys(walked, found))
    sent = None if found is None else (found.event.case, found.event.exhibit)
    return found if sent == (parsed.event.case, parsed.event.exhibit) else None
