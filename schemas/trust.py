"""The trust file: whom a reader believes (docs/spec/trust.md).

Exchanged beforehand over a channel that the authorities trust. Nothing is trusted by default, and nothing that comes
with a bundle can add to it.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from schemas import limits
from schemas.asset_proof import ChainId
from schemas.errors import RecordError
from schemas.text import parse_base64
from schemas.types import UNSET, AgeKey, Base64, Country, Hash, Index, Origin, Record, Unset, VerifierKey, is_set

Text = Annotated[str, Meta(min_length=1, max_length=4096)]


class LogKey(Record, frozen=True, kw_only=True):
    """A log's verifier key and the entries [first, last] for which it counts; no ``last``: still in use."""

    first: Index
    key: VerifierKey
    last: Index | Unset = UNSET


class SeenCheckpoint(Record, frozen=True, kw_only=True):
    """A checkpoint that was accepted before; ``note`` is the signed note itself, as proof should a fork appear."""

    note: Base64
    root: Hash
    size: Index


class TrustedLedger(Record, frozen=True, kw_only=True):
    """One ledger that the reader believes; ``genesis`` is the leaf hash of its entry 0."""

    authority: Text
    country: Country
    genesis: Hash
    log_keys: Annotated[tuple[LogKey, ...], Meta(min_length=1, max_length=64)]
    origin: Origin
    seen: Annotated[tuple[SeenCheckpoint, ...], Meta(max_length=4096)]

    def __post_init__(self) -> None:
        """Want seen checkpoints in order of size and notes in canonical base64; ValueError is ``record.malformed``."""
        sizes = [seen.size for seen in self.seen]
        if sizes != sorted(set(sizes)):
            raise ValueError("seen stands in order of size, each size once")
        try:
            for seen in self.seen:
                parse_base64(seen.note)
        except RecordError as error:
            raise ValueError(error.text) from None


class Recipient(Record, frozen=True, kw_only=True):
    """The reader himself, as bundles name him; ``ledger`` is the origin of his own, if he keeps one.

    ``country`` is his: a bundle for somebody in another one isn't made for him.
    """

    age_key: Text | Unset = UNSET
    country: Country | Unset = UNSET
    ledger: Origin | Unset = UNSET
    name: Text


class Correspondent(Record, frozen=True, kw_only=True):
    """Somebody to whom bundles are sent, as they name him, and the key to which evidence for him is encrypted."""

    age_key: AgeKey
    name: Text


class CertificateRoot(Record, frozen=True, kw_only=True):
    """An X.509 root that a country vouches for; asking for certificates leaves step 5 undecided in this version."""

    certificate: Base64
    country: Country


class ChainPin(Record, frozen=True, kw_only=True):
    """A block that the reader believes to be on its chain: ``hash`` as people write it, without 0x."""

    chain: ChainId
    hash: Hash
    height: Index


class Trust(Record, frozen=True, kw_only=True):
    """A whole trust file.

    ``policy`` is the text of a C2SP tlog-policy that says which cosigners must have seen a checkpoint.
    ``timestamp_authorities`` are certificates (DER, base64) of authorities that are asked for a time.
    """

    SCHEMA: ClassVar[str] = "custody-trust/v1"

    certificates: Annotated[tuple[CertificateRoot, ...], Meta(min_length=1, max_length=256)] | Unset = UNSET
    chain_pins: Annotated[tuple[ChainPin, ...], Meta(min_length=1, max_length=limits.CHAIN_PINS)] | Unset = UNSET
    ledgers: Annotated[tuple[TrustedLedger, ...], Meta(max_length=4096)]
    policy: Annotated[str, Meta(min_length=1, max_length=65536)] | Unset = UNSET
    recipient: Recipient | Unset = UNSET
    recipients: Annotated[tuple[Correspondent, ...], Meta(min_length=1, max_length=4096)] | Unset = UNSET
    schema: Literal["custody-trust/v1"]
    timestamp_authorities: Annotated[tuple[Base64, ...], Meta(min_length=1, max_length=256)] | Unset = UNSET

    def __post_init__(self) -> None:
        """Want ledgers and pins in their order, each once; ValueError becomes ``record.malformed``."""
        origins = [ledger.origin for ledger in self.ledgers]
        if origins != sorted(set(origins)):
            raise ValueError("ledgers stand in order of origin, each origin once")
        if isinstance(self.chain_pins, tuple):
            pinned = [(pin.chain, pin.height) for pin in self.chain_pins]
            if pinned != sorted(set(pinned)):
                raise ValueError("chain_pins stand in order of chain and height, each block once")
        if isinstance(self.recipients, tuple):
            names = [item.name for item in self.recipients]
            if names != sorted(set(names)):
                raise ValueError("recipients stand in order of name, each name once")

    def ledger(self, origin: str) -> TrustedLedger | None:
        """Return what is believed about ``origin``, or nothing."""
        return next((ledger for ledger in self.ledgers if ledger.origin == origin), None)

    @property
    def wants_timestamps(self) -> bool:
        """Whether step 3 is asked for."""
        return is_set(self.timestamp_authorities)

    @property
    def wants_certificates(self) -> bool:
        """Whether certificates are asked for in step 5."""
        return is_set(self.certificates)
