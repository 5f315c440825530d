"""Parts of registrations that the law of a seizure asks for: the state of a device, who a witness is, what legalises.

Names, numbers and contacts are private; closed words, digests and times stand in clear.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from schemas import limits
from schemas.details.ledger import check_sorted
from schemas.text import check_times
from schemas.types import UNSET, Country, Hash, Private, Record, Time, Unset, is_set

Power = Literal["off", "on", "standby", "unknown"]
Isolation = Literal["airplane-mode", "faraday", "network-unplugged", "none", "radio-off", "sim-removed"]
PaperRole = Literal[
    "apostille", "certified-copy", "consular-authentication", "ministry-authentication", "notarisation", "translation",
    "treaty-channel",
]  # fmt: skip


class DeviceState(Record, frozen=True, kw_only=True):
    """How a device was found, and what was done so that nobody reaches it from afar (law row R9).

    ``power`` as it was found, ``left`` as it was taken away; ``isolation`` is sorted, and ``none`` stands alone.
    """

    isolation: Annotated[tuple[Isolation, ...], Meta(min_length=1, max_length=5)] | Unset = UNSET
    left: Power | Unset = UNSET
    locked: bool | Unset = UNSET
    note: Private | Unset = UNSET
    power: Power

    def __post_init__(self) -> None:
        """Want a set that doesn't contradict itself; ValueError becomes ``record.malformed``."""
        check_sorted("isolation", self.isolation)
        if isinstance(self.isolation, tuple) and "none" in self.isolation and len(self.isolation) > 1:
            raise ValueError("isolation 'none' stands alone")


class Identity(Record, frozen=True, kw_only=True):
    """By which document somebody showed who he is, and how a court reaches him (law row C3)."""

    contact: Private | Unset = UNSET
    number: Private
    type: Literal["driving-licence", "identity-card", "other", "passport", "residence-permit", "service-card"]


class LegalPaper(Record, frozen=True, kw_only=True):
    """A document and what it is in law (law row C9): ``of`` is the document that it is about; absent: the exhibit."""

    authority: Private | Unset = UNSET
    country: Country | Unset = UNSET
    document: Hash
    issued_at: Time | Unset = UNSET
    number: Private | Unset = UNSET
    of: Hash | Unset = UNSET
    role: PaperRole

    def __post_init__(self) -> None:
        """Check the time, and that it isn't about itself; ValueError becomes ``record.malformed``."""
        check_times(self.issued_at)
        if is_set(self.of) and self.of == self.document:
            raise ValueError("of names another document")


LegalPapers = Annotated[tuple[LegalPaper, ...], Meta(min_length=1, max_length=limits.CONTENT_IN_EVENT)]


def check_papers(papers: object) -> None:
    """Raise ValueError unless legal papers stand in order of role and document, each once."""
    if isinstance(papers, tuple):
        check_sorted("legal_papers", tuple((item.role, item.document) for item in papers))
