"""The record of an asset among the details of ``exhibit.registered`` (docs/spec/assets.md).

Names, addresses, amounts and all that a public chain would lead to a person by are private. In clear stand closed
vocabularies, counts, times and digests. No field takes a seed phrase or a private key: only the number of the envelope
in which it is sealed.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from schemas.details.letter import ReceiptOrigin
from schemas.text import check_times
from schemas.types import UNSET, Count, Documents, Hash, Index, Private, Record, Time, Unset, is_set

Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z", description="three capital letters, ISO 4217")]
Characterisation = Literal["data", "property"]
Custody = Literal["contract", "custodial", "platform", "self-hosted", "unknown"]


class AssetState(Record, frozen=True, kw_only=True):
    """What was seen of it on its chain, and when: ``balance`` in the smallest unit (wei, satoshi), as decimal text.

    ``block`` is its hash as people write it; ``photos`` are screenshots.
    """

    balance: Private | Unset = UNSET
    block: Private | Unset = UNSET
    height: Index | Unset = UNSET
    nonce: Count | Unset = UNSET
    observed_at: Time
    photos: Documents | Unset = UNSET
    source: Private | Unset = UNSET

    def __post_init__(self) -> None:
        """Check the time; ValueError becomes ``record.malformed``."""
        check_times(self.observed_at)


class Valuation(Record, frozen=True, kw_only=True):
    """What it was worth, by whose rate, and when."""

    amount: Private
    at: Time
    currency: Currency
    rate_source: Private

    def __post_init__(self) -> None:
        """Check the time; ValueError becomes ``record.malformed``."""
        check_times(self.at)


class AssetTransfer(Record, frozen=True, kw_only=True):
    """The transfer to the agency: ``transaction`` paid ``wallet``, which serves one target wallet of one case only.

    ``shared`` says that the wallet was known to serve another one as well, and that this was accepted.
    """

    confirmations: Count | Unset = UNSET
    shared: Literal[True] | Unset = UNSET
    test_transaction: Private | Unset = UNSET
    transaction: Private | Unset = UNSET
    wallet: Private


class Token(Record, frozen=True, kw_only=True):
    """A token of a collection: what its metadata and media were, by digest of the exhibit's files."""

    approvals: Count | Unset = UNSET
    content_id: Private | Unset = UNSET
    gateway: Private | Unset = UNSET
    media: Hash | Unset = UNSET
    metadata: Hash | Unset = UNSET
    uri: Private | Unset = UNSET


class PlatformItem(Record, frozen=True, kw_only=True):
    """An item of a platform without a public chain; ``certificate`` is the provider's document (law row C19)."""

    certificate: Hash | Unset = UNSET
    certificate_hash: Private | Unset = UNSET
    collection: Private
    holder: Private | Unset = UNSET
    number: Private
    platform: Private


class Freeze(Record, frozen=True, kw_only=True):
    """A freeze at a provider that holds the asset: its receipt, the order, who approved it, from when, and when it
    ends (law rows C17, C18).
    """

    approved_by: Private | Unset = UNSET
    document: Hash | Unset = UNSET
    ends_at: Time | Unset = UNSET
    frozen_at: Time | Unset = UNSET
    order: Private | Unset = UNSET
    provider: Private

    def __post_init__(self) -> None:
        """Want an end that is no earlier than the beginning; ValueError becomes ``record.malformed``."""
        check_times(self.ends_at, self.frozen_at)
        if is_set(self.frozen_at) and is_set(self.ends_at) and str(self.ends_at) < str(self.frozen_at):
            raise ValueError("ends_at is not before frozen_at")


class FreezeChanged(Record, frozen=True, kw_only=True):
    """Details of ``asset.freeze-changed``: a freeze was placed, prolonged or lifted, by whose decision (C17, C18).

    ``ends_at`` is the new end, which a prolonged one has. ``notified_at`` is when the provider of a lifted one knew.
    ``origin`` is the record of another ledger that says so, where it was read there.
    """

    approved_by: Private | Unset = UNSET
    change: Literal["lifted", "placed", "prolonged"]
    decided_at: Time
    document: Hash | Unset = UNSET
    ends_at: Time | Unset = UNSET
    notified_at: Time | Unset = UNSET
    order: Private | Unset = UNSET
    origin: ReceiptOrigin | Unset = UNSET
    provider: Private | Unset = UNSET
    reason: Private | Unset = UNSET

    def __post_init__(self) -> None:
        """Tie the times to the change; ValueError becomes ``record.malformed``."""
        check_times(self.decided_at, self.ends_at, self.notified_at)
        if (self.change == "lifted" and is_set(self.ends_at)) or (self.change == "prolonged" and not self.ends_at):
            raise ValueError("ends_at stands for a freeze that is prolonged, never for one that is lifted")
        if is_set(self.notified_at) and self.change != "lifted":
            raise ValueError("notified_at stands for a freeze that is lifted")
        if str(self.ends_at or self.decided_at) < self.decided_at:
            raise ValueError("ends_at is not before decided_at")


class SealedSecret(Record, frozen=True, kw_only=True):
    """Where a seed phrase or key lies, sealed; what it says is in no record. ``apart``: not with the device."""

    apart: bool
    envelope: Private
    place: Private | Unset = UNSET
    seal: Private | Unset = UNSET


class Presence(Record, frozen=True, kw_only=True):
    """Who was there when it was taken."""

    lawyer: bool
    suspect: bool
    video: bool
    witnesses: Count


class AssetProofDocument(Record, frozen=True, kw_only=True):
    """A proof about it (custody-asset-proof/v1), kept as a document of this digest."""

    document: Hash


class Asset(Record, frozen=True, kw_only=True):
    """An asset: what it is (CAIP-19), whose account held it (CAIP-10), and what was done to secure it.

    Either ``asset`` or ``account`` or ``platform`` stands. ``amount`` is decimal text in the unit that people use.
    """

    account: Private | Unset = UNSET
    amount: Private | Unset = UNSET
    asset: Private | Unset = UNSET
    characterisation: Annotated[tuple[Characterisation, ...], Meta(min_length=1, max_length=2)] | Unset = UNSET
    custody: Custody
    freeze: Freeze | Unset = UNSET
    platform: PlatformItem | Unset = UNSET
    presence: Presence | Unset = UNSET
    proofs: Annotated[tuple[AssetProofDocument, ...], Meta(min_length=1, max_length=16)] | Unset = UNSET
    secret: SealedSecret | Unset = UNSET
    state: AssetState | Unset = UNSET
    token: Token | Unset = UNSET
    transfer: AssetTransfer | Unset = UNSET
    valuation: Valuation | Unset = UNSET

    def __post_init__(self) -> None:
        """Want something that is identified; ValueError becomes ``record.malformed``."""
        if self.account is UNSET and self.asset is UNSET and self.platform is UNSET:
            raise ValueError("an asset has an account, an asset name or a platform item")
