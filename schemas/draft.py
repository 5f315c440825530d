"""A draft: events that wait for further signatures (custody-draft/v1).

It travels between people as a file. It holds the exact event bytes, the disclosures that turn them into words, and the
signatures so far; who opens one is shown every value before signing, and a draft that can't show one is refused.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from schemas import limits
from schemas.envelope import Payload, Signature, check_key_ids
from schemas.types import Origin, Record

DisclosureText = Annotated[str, Meta(min_length=1, max_length=limits.DISCLOSURE_BYTES)]


class DraftEvent(Record, frozen=True, kw_only=True):
    """One event's bytes in base64 and the signatures that it has."""

    payload: Payload
    signatures: Annotated[tuple[Signature, ...], Meta(max_length=limits.SIGNERS)]

    def __post_init__(self) -> None:
        """Want signatures in order of key id; ValueError becomes ``record.malformed``."""
        check_key_ids(tuple([signature.keyid for signature in self.signatures]))


class Draft(Record, frozen=True, kw_only=True):
    """A batch that is signed and appended as one."""

    SCHEMA: ClassVar[str] = "custody-draft/v1"

    disclosures: tuple[DisclosureText, ...]
    events: Annotated[tuple[DraftEvent, ...], Meta(min_length=1, max_length=10_000)]
    ledger: Origin
    schema: Literal["custody-draft/v1"]

    def __post_init__(self) -> None:
        """Want disclosures sorted and unique; ValueError becomes ``record.malformed``."""
        if list(self.disclosures) != sorted(set(self.disclosures)):
            raise ValueError("disclosures stand in order, each once")
