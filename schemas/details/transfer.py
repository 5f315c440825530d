"""Details of ``transfer.*``: custody crosses from one ledger to another, and moves exactly once.

The sender's ledger dispatches and imports the receipt; the receiver's accepts, as the first act of the exhibit there,
or refuses. Both name the transfer by the same 32 hex digits (law rows R3, C5, C8).
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from schemas import limits
from schemas.details.consent import Conditions, Onward, check_conditions
from schemas.details.custody import Rehash, SealSeen
from schemas.details.exhibit import ExhibitRegistered, Foreign
from schemas.details.ledger import check_sorted
from schemas.details.letter import ReceiptOrigin
from schemas.text import check_times
from schemas.types import (
    UNSET,
    AgentId,
    Documents,
    Hash,
    Nonce,
    Number,
    Origin,
    Private,
    Record,
    Time,
    Token,
    Unset,
    is_set,
)  # fmt: skip

Reservation = Literal[
    "checkpoint-unknown", "content-incomplete", "conditions-disputed", "encrypted", "entries-disputed", "other",
    "procedure-defects", "seal-broken", "timestamps-absent", "version-unknown",
]  # fmt: skip
"""What an acceptance leaves open; a bundle that is INDETERMINATE is accepted only with these."""
RefusalReason = Literal[
    "conditions-unacceptable", "content-incomplete", "damaged", "does-not-verify", "not-asked-for", "not-competent",
    "other", "seal-broken", "wrong-exhibit",
]  # fmt: skip


class TransferDispatched(Record, frozen=True, kw_only=True):
    """Details of ``transfer.dispatched``: one exhibit on its way to another ledger or authority.

    ``item`` says whether the thing itself leaves or a copy of it; ``consent`` is the event hash of the consent under
    which it leaves. A medium travels sealed and with a backup copy, or it is said why not (law row C5).
    """

    backup: Private | Unset = UNSET
    carrier: Private | Unset = UNSET
    conditions: Conditions | Unset = UNSET
    consent: Hash | Unset = UNSET
    documents: Documents | Unset = UNSET
    item: Literal["copy", "original"]
    medium_place: Private | Unset = UNSET
    not_sealed: Private | Unset = UNSET
    onward: Onward
    purpose: Private
    request: Token | Unset = UNSET
    seal: Private | Unset = UNSET
    to: AgentId
    transfer: Nonce
    waybill: Private | Unset = UNSET

    def __post_init__(self) -> None:
        """Want the conditions in order; ValueError becomes ``record.malformed``."""
        check_conditions(self.conditions)


class TransferAccepted(ExhibitRegistered, frozen=True, kw_only=True):
    """Details of ``transfer.accepted``: the first act of an exhibit that another ledger dispatched.

    ``foreign`` says where it comes from; ``rehash`` what was found when its files were read here. ``sent_at`` is the
    time of the dispatch, ``accepted_at`` that of the decision; the entry's own time is when it was on record.
    """

    accepted_at: Time
    conditions: Conditions | Unset = UNSET
    from_: AgentId = field(name="from")
    item: Literal["copy", "original"] | Unset = UNSET
    onward: Onward
    rehash: Rehash | Unset = UNSET
    request: Token | Unset = UNSET
    reservations: Annotated[tuple[Reservation, ...], Meta(min_length=1, max_length=16)] | Unset = UNSET
    reservation_note: Private | Unset = UNSET
    seal: SealSeen | Unset = UNSET
    sent_at: Time
    transfer: Nonce

    def __post_init__(self) -> None:
        """Want an origin, order and real times; ValueError becomes ``record.malformed``."""
        super().__post_init__()
        check_conditions(self.conditions)
        check_sorted("reservations", self.reservations)
        check_times(self.accepted_at, self.sent_at)
        if not is_set(self.foreign) or self.obtained != "foreign-assistance":
            raise ValueError("an accepted exhibit has a foreign origin and was obtained by foreign-assistance")


class ForeignName(Record, frozen=True, kw_only=True):
    """An exhibit of the sender's ledger, with the event hash of its last custody act there, the dispatch."""

    case: Number
    exhibit: Number
    head: Hash


class TransferRefused(Record, frozen=True, kw_only=True):
    """Details of ``transfer.refused``: exhibits that the receiver does not take, and why.

    Of a parcel that can't be read no exhibit is known: ``parcel`` is the SHA-256 of the file as it arrived, and ledger
    and transfer are what its sender or a letter beside it claims.
    """

    documents: Documents | Unset = UNSET
    exhibits: Annotated[tuple[ForeignName, ...], Meta(min_length=1, max_length=limits.CONTENT_IN_EVENT)] | Unset = UNSET
    from_: AgentId = field(name="from")
    ledger: Origin
    note: Private | Unset = UNSET
    parcel: Hash | Unset = UNSET
    reasons: Annotated[tuple[RefusalReason, ...], Meta(min_length=1, max_length=16)]
    refused_at: Time
    sent_at: Time | Unset = UNSET
    transfer: Nonce
    verdict: Literal["FAILED", "INDETERMINATE", "PASSED"]

    def __post_init__(self) -> None:
        """Want order and real times; ValueError becomes ``record.malformed``."""
        check_sorted("reasons", self.reasons)
        named = self.exhibits if isinstance(self.exhibits, tuple) else ()
        check_sorted("exhibits", tuple((item.case, item.exhibit) for item in named))
        if is_set(self.parcel) != (not named) or (is_set(self.parcel) and self.verdict != "FAILED"):
            raise ValueError("exhibits, or the parcel that FAILED because none can be read")
        check_times(self.refused_at, self.sent_at)


class TransferReceipt(Record, frozen=True, kw_only=True):
    """Details of ``transfer.receipt``: the other side's decision, proven by its ledger or on paper (`document`)."""

    decided_at: Time
    document: Hash
    manner: Literal["paper", "proof"]
    note: Private | Unset = UNSET
    origin: ReceiptOrigin | Unset = UNSET
    outcome: Literal["accepted", "accepted-with-reservations", "refused"]
    reference: Private | Unset = UNSET
    transfer: Nonce

    def __post_init__(self) -> None:
        """Tie the origin to the manner; ValueError becomes ``record.malformed``."""
        check_times(self.decided_at)
        if is_set(self.origin) != (self.manner == "proof"):
            raise ValueError("origin stands exactly where the manner is proof")


class TransferRecalled(Record, frozen=True, kw_only=True):
    """Details of ``transfer.recalled``: the sender takes it back before a receipt came."""

    document: Hash | Unset = UNSET
    reason: Private
    transfer: Nonce


class TransferLost(Record, frozen=True, kw_only=True):
    """Details of ``transfer.lost``: it did not arrive; it stays in transit, and says so."""

    discovered_at: Time
    document: Hash | Unset = UNSET
    reason: Private
    reported_to: Private | Unset = UNSET
    transfer: Nonce

    def __post_init__(self) -> None:
        """Check the time; ValueError becomes ``record.malformed``."""
        check_times(self.discovered_at)


class TransferReturned(Record, frozen=True, kw_only=True):
    """Details of ``transfer.returned``: what had left is back; ``transfer`` is that of the way back, ``sent`` the one
    under which it had left.
    """

    condition: Private | Unset = UNSET
    document: Hash | Unset = UNSET
    foreign: Foreign | Unset = UNSET
    from_: AgentId = field(name="from")
    place: Private | Unset = UNSET
    rehash: Rehash | Unset = UNSET
    seal: SealSeen | Unset = UNSET
    sent: Nonce | Unset = UNSET
    transfer: Nonce

    def __post_init__(self) -> None:
        """Want to know where it was read; ValueError becomes ``record.malformed``."""
        if not is_set(self.foreign) and not is_set(self.document):
            raise ValueError("a foreign origin or a document")


class TransferContested(Record, frozen=True, kw_only=True):
    """Details of ``transfer.contested``: a receipt that changes nothing, kept with the reason."""

    document: Hash
    note: Private | Unset = UNSET
    reason: Literal["after-recall", "other", "other-exhibit", "other-transfer", "twice", "unknown-key"]
    transfer: Nonce | Unset = UNSET
