"""Details of annotations: notes about what stands in the ledger, which move no custody."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from schemas import limits
from schemas.details.ledger import check_sorted
from schemas.details.seizure import LegalPapers, check_papers
from schemas.types import UNSET, AgentId, Documents, Hash, Nonce, Private, Record, Token, Unset, is_set

CorrectedField = Literal[
    "account", "acquisition", "captured_at", "condition", "description", "identifiers", "legal_authority",
    "occurred_at", "period_from", "period_to", "place", "provider", "purpose", "results", "seal", "seized_from",
    "serial", "time_zone", "tool", "url",
]  # fmt: skip

Hashes = Annotated[tuple[Hash, ...], Meta(min_length=1, max_length=limits.DETAIL_ITEMS)]


class RecordAffirmed(Record, frozen=True, kw_only=True):
    """Details of ``record.affirmed``: the event in ``about`` is vouched for by keys that are not in dispute."""

    statement: Private | Unset = UNSET


class RecordCorrected(Record, frozen=True, kw_only=True):
    """Details of ``record.corrected``: the right value of one field of the event in ``about``.

    Content, digests, ids, parties, signers, keys and links can't be corrected: no vocabulary word names them.
    """

    field: CorrectedField
    reason: Private
    value: Private


class RecordExplained(Record, frozen=True, kw_only=True):
    """Details of ``record.explained``: why the event in ``about`` is as it is, where something was wanting (row C5).

    ``cures`` names rules of procedure or codes of defects; absent: whatever was found wanting of that event. Whether it
    is cured is for a court. ``legal_papers`` are those that came later, such as an apostille (row C9).
    """

    cures: Annotated[tuple[Token, ...], Meta(min_length=1, max_length=limits.DETAIL_ITEMS)] | Unset = UNSET
    documents: Documents | Unset = UNSET
    legal_papers: LegalPapers | Unset = UNSET
    statement: Private

    def __post_init__(self) -> None:
        """Want each code and paper once, in order; ValueError becomes ``record.malformed``."""
        check_sorted("cures", self.cures)
        check_papers(self.legal_papers)


class BundleExported(Record, frozen=True, kw_only=True):
    """Details of ``bundle.exported``: ``manifest`` is the SHA-256 of the bundle's ``manifest-sha256.txt``.

    ``to`` is the recipient as an agent whose country is on record; ``request`` the one that the bundle answers;
    ``transfer`` the dispatch that it belongs to.
    """

    manifest: Hash
    purpose: Private | Unset = UNSET
    recipient: Private
    request: Token | Unset = UNSET
    to: AgentId | Unset = UNSET
    transfer: Nonce | Unset = UNSET

    def __post_init__(self) -> None:
        """Want to know to whom what is dispatched goes; ValueError becomes ``record.malformed``."""
        if is_set(self.transfer) and not is_set(self.to):
            raise ValueError("a transfer goes to somebody on record")


class AccessLogged(Record, frozen=True, kw_only=True):
    """Details of ``access.logged``, signed by the agent ``system``: who saw what."""

    action: Literal["exported", "unpacked", "verified", "viewed"]
    agent: AgentId | Unset = UNSET
    person: Private | Unset = UNSET


class DisclosureErased(Record, frozen=True, kw_only=True):
    """Details of ``disclosure.erased``: what was destroyed, by whose order.

    ``commitments`` are those of values; ``names`` content roots of which every name is destroyed. ``files`` are digests
    of files and documents, ``contents`` content roots of which every file is destroyed.
    """

    authority: Private
    commitments: Annotated[tuple[Hash, ...], Meta(max_length=limits.DETAIL_ITEMS)]
    contents: Hashes | Unset = UNSET
    document: Hash | Unset = UNSET
    files: Hashes | Unset = UNSET
    names: Hashes | Unset = UNSET
    order: Private

    def __post_init__(self) -> None:
        """Want something erased, and sets in order; ValueError becomes ``record.malformed``."""
        if not self.commitments and not any(isinstance(of, tuple) for of in (self.contents, self.files, self.names)):
            raise ValueError("commitments, contents, files or names holds something")
        for name in ("contents", "files", "names"):
            check_sorted(name, getattr(self, name))


class EventAttached(Record, frozen=True, kw_only=True):
    """Details of ``event.attached``: a signed event without effect, kept as ``document``."""

    document: Hash
    event: Hash
    note: Private | Unset = UNSET
    reason: Literal["late", "other", "signer-gone", "superseded"]
