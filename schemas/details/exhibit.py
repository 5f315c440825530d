"""Details of ``exhibit.*``: what was seized and what was done with it."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from schemas import limits
from schemas.content import Content, Extent
from schemas.details.asset import Asset
from schemas.details.image import HashList, Image
from schemas.details.ledger import check_sorted
from schemas.details.seizure import DeviceState, Identity, LegalPapers, check_papers
from schemas.details.source import Source
from schemas.text import check_times
from schemas.types import (
    UNSET,
    AgentId,
    Count,
    Country,
    Documents,
    Hash,
    Index,
    Number,
    Origin,
    Private,
    Record,
    Time,
    Unset,
)  # fmt: skip

Nature = Literal["asset", "data", "object"]
Kind = Literal[
    "account", "audio", "chat", "collectible", "computer", "copy", "database", "derived", "device", "directory",
    "document", "drive", "email", "file", "image", "log", "media", "other", "phone", "photo", "sim", "token", "video",
    "wallet", "web-capture",
]  # fmt: skip
Obtained = Literal[
    "derived", "foreign-assistance", "found", "online-capture", "production", "seizure", "voluntary"
]  # fmt: skip
Handling = Literal["csam", "malware", "personal", "privileged", "secret"]


class Attestation(Record, frozen=True, kw_only=True):
    """What somebody without a key attested: a suspect, an owner, a passer-by, a courier.

    ``manner`` is ``key`` where it tells who somebody is that signs the event himself, as ``agent``. ``eligible`` says
    of a witness whether he is of age, able and not interested, as those established who let him sign (law row C3).
    """

    agent: AgentId | Unset = UNSET
    document: Hash | Unset = UNSET
    eligible: bool | Unset = UNSET
    identity: Identity | Unset = UNSET
    manner: Literal["absent", "key", "paper", "recording", "refused", "stylus"]
    person: Private
    reason: Private | Unset = UNSET
    role: Literal[
        "courier", "expert", "interpreter", "lawyer", "occupant", "other", "owner", "provider", "receiver", "suspect",
        "victim", "witness",
    ]  # fmt: skip

    def __post_init__(self) -> None:
        """Want an agent only of who signs himself; ValueError becomes ``record.malformed``."""
        if self.agent is not UNSET and self.manner != "key":
            raise ValueError("agent stands only where manner is key")


Attestations = Annotated[tuple[Attestation, ...], Meta(min_length=1, max_length=limits.DETAIL_ITEMS)]


class Acquisition(Record, frozen=True, kw_only=True):
    """How data were taken: tool, version, arguments, device and write blocker (law rows R4, C7)."""

    arguments: Private | Unset = UNSET
    device: Private | Unset = UNSET
    ended_at: Time | Unset = UNSET
    method: Literal["file-system", "live", "logical", "manual", "physical", "provider", "remote"]
    serial: Private | Unset = UNSET
    started_at: Time | Unset = UNSET
    tool: Private
    version: Private
    write_blocker: Private | Unset = UNSET

    def __post_init__(self) -> None:
        """Check the times; ValueError becomes ``record.malformed``."""
        check_times(self.started_at, self.ended_at)


class Parent(Record, frozen=True, kw_only=True):
    """The exhibit from which this one was made, and the act by which: ``event`` is that act's event hash."""

    case: Number
    event: Hash
    exhibit: Number


class ExhibitName(Record, frozen=True, kw_only=True):
    """An exhibit, by the case of its registration and its number."""

    case: Number
    exhibit: Number


class Foreign(Record, frozen=True, kw_only=True):
    """Where an exhibit comes from that another ledger registered first.

    ``exhibit`` there, ``head`` the event hash of its last custody act, ``size`` and ``root`` of the checkpoint under
    which the bundle was verified, ``manifest`` the digest of its payload manifest (law row C8).
    """

    case: Number
    exhibit: Number
    head: Hash
    ledger: Origin
    manifest: Hash
    root: Hash
    size: Index


class Alteration(Record, frozen=True, kw_only=True):
    """What an act changed in the original, and why that could not be avoided (ACPO principle 2, row R1)."""

    what: Private
    why: Private


class LostRange(Record, frozen=True, kw_only=True):
    """A range of bytes of the file of this SHA-256 that could not be read."""

    file: Hash
    offset: Count
    size: Annotated[int, Meta(ge=1, le=limits.MAX_SAFE_INTEGER)]


class Lost(Record, frozen=True, kw_only=True):
    """Bytes that a medium didn't give, such as bad sectors; in what was recorded, zeros stand for them (law row C7).

    ``bytes`` is their number. ``ranges`` stand in order of file and offset; more than 64 of them are a ``document``,
    one canonical range a line.
    """

    bytes: Count
    document: Hash | Unset = UNSET
    ranges: Annotated[tuple[LostRange, ...], Meta(min_length=1, max_length=limits.EXTENTS)] | Unset = UNSET

    def __post_init__(self) -> None:
        """Check that the ranges stand in one place; ValueError becomes ``record.malformed``."""
        if (self.document is UNSET) == (self.ranges is UNSET):
            raise ValueError("ranges or a document say which bytes were lost, never both")


class ExhibitRegistered(Record, frozen=True, kw_only=True):
    """Details of ``exhibit.registered``; ``content`` stands for data and assets, never for an object.

    ``certificate`` is the digest of the signed certificate with which it came from the provider ``certified_by`` (law
    row C19), ``legal_papers`` say which document legalises or translates what (C9), ``device_state`` how a device was
    found (R9).
    """

    acquisition: Acquisition | Unset = UNSET
    asset: Asset | Unset = UNSET
    attestations: Attestations | Unset = UNSET
    certificate: Hash | Unset = UNSET
    certified_by: AgentId | Unset = UNSET
    content: Content | Unset = UNSET
    data_country: Country | Unset = UNSET
    derived_from: Annotated[tuple[Parent, ...], Meta(min_length=1, max_length=16)] | Unset = UNSET
    description: Private
    device_state: DeviceState | Unset = UNSET
    documents: Documents | Unset = UNSET
    foreign: Foreign | Unset = UNSET
    further_images: Annotated[tuple[Image, ...], Meta(min_length=1, max_length=limits.FURTHER_IMAGES)] | Unset = UNSET
    handling: Annotated[tuple[Handling, ...], Meta(min_length=1, max_length=5)] | Unset = UNSET
    hash_lists: Annotated[tuple[HashList, ...], Meta(min_length=1, max_length=16)] | Unset = UNSET
    identifiers: Private | Unset = UNSET
    image: Image | Unset = UNSET
    kind: Kind
    legal_authority: Private | Unset = UNSET
    legal_papers: LegalPapers | Unset = UNSET
    lost: Lost | Unset = UNSET
    nature: Nature
    obtained: Obtained
    place: Private | Unset = UNSET
    public: bool | Unset = UNSET
    same_object_as: Annotated[tuple[ExhibitName, ...], Meta(min_length=1, max_length=16)] | Unset = UNSET
    seized_from: Private | Unset = UNSET
    source: Source | Unset = UNSET
    unreadable: Count | Unset = UNSET

    def __post_init__(self) -> None:
        """Tie content to nature; ValueError becomes ``record.malformed``."""
        if (self.content is UNSET) != (self.nature == "object"):
            raise ValueError("content stands for data and assets, never for an object")
        if self.certificate is UNSET and self.certified_by is not UNSET:
            raise ValueError("certified_by stands beside certificate only")
        if self.asset is not UNSET and self.nature != "asset":
            raise ValueError("asset stands for assets only")
        if self.content is UNSET and (self.image is not UNSET or self.hash_lists is not UNSET):
            raise ValueError("image and hash_lists stand beside content only")
        if self.image is UNSET and self.further_images is not UNSET:
            raise ValueError("further_images stand beside image only")
        if self.device_state is not UNSET and self.nature != "object":
            raise ValueError("device_state stands for objects only")
        check_sorted("handling", self.handling)
        check_papers(self.legal_papers)


class ExhibitVoided(Record, frozen=True, kw_only=True):
    """Details of ``exhibit.voided``: a wrong number; it stays used."""

    reason: Private
    replaced_by: ExhibitName | Unset = UNSET


class ExhibitLinked(Record, frozen=True, kw_only=True):
    """Details of ``exhibit.linked``: a further case that needs the exhibit."""

    case: Number
    reason: Private | Unset = UNSET


class ExhibitSealed(Record, frozen=True, kw_only=True):
    """Details of ``exhibit.sealed``: ``photos`` show it sealed, ``photos_before`` as it was before (law row C21)."""

    package: Private | Unset = UNSET
    photos: Documents | Unset = UNSET
    photos_before: Documents | Unset = UNSET
    reason: Private | Unset = UNSET
    seal: Private


class ExhibitUnsealed(Record, frozen=True, kw_only=True):
    """Details of ``exhibit.unsealed``; ``intact`` is what was seen before it was opened, ``photos`` show it then,
    ``photos_after`` what was found inside.
    """

    intact: bool
    photos: Documents | Unset = UNSET
    photos_after: Documents | Unset = UNSET
    reason: Private
    seal: Private


class ExhibitExamined(Record, frozen=True, kw_only=True):
    """Details of ``exhibit.examined`` (law rows R4, C7): ``digital_signature`` is what came of verifying a signature or
    certificate that the evidence itself has, whose it is stands in ``results``.
    """

    alteration: Alteration | Unset = UNSET
    arguments: Private | Unset = UNSET
    competence: Private | Unset = UNSET
    digital_signature: Literal["invalid", "not-found", "unverified", "valid"] | Unset = UNSET
    documents: Documents | Unset = UNSET
    purpose: Private
    results: Private | Unset = UNSET
    tool: Private | Unset = UNSET
    version: Private | Unset = UNSET


class ExhibitCopied(Record, frozen=True, kw_only=True):
    """Details of ``exhibit.copied``; the copy itself is an exhibit that names this act in ``derived_from``."""

    alteration: Alteration | Unset = UNSET
    arguments: Private | Unset = UNSET
    copy: Literal["derived", "evidentiary", "working"]
    purpose: Private
    tool: Private | Unset = UNSET
    version: Private | Unset = UNSET


class ExhibitIncident(Record, frozen=True, kw_only=True):
    """Details of ``exhibit.incident``; a broken seal leaves the exhibit unsealed."""

    description: Private
    discovered_at: Time
    documents: Documents | Unset = UNSET
    kind: Literal["contaminated", "damaged", "found", "lost", "other", "seal-broken", "stolen"]
    reported_to: Private | Unset = UNSET

    def __post_init__(self) -> None:
        """Check the time; ValueError becomes ``record.malformed``."""
        check_times(self.discovered_at)


class ExhibitReleased(Record, frozen=True, kw_only=True):
    """Details of ``exhibit.released``: to whom, lent or for good; ``to_agent`` and ``to_country`` are for the gate."""

    attestations: Attestations | Unset = UNSET
    authority: Private | Unset = UNSET
    condition: Private | Unset = UNSET
    due: Time | Unset = UNSET
    reason: Private
    terms: Literal["for-good", "lent"]
    to: Private
    to_agent: AgentId | Unset = UNSET
    to_country: Country | Unset = UNSET

    def __post_init__(self) -> None:
        """Check the time; ValueError becomes ``record.malformed``."""
        check_times(self.due)


class ExhibitReturned(Record, frozen=True, kw_only=True):
    """Details of ``exhibit.returned``: a lent or released exhibit is held again."""

    attestations: Attestations | Unset = UNSET
    condition: Private | Unset = UNSET
    place: Private | Unset = UNSET
    returned_by: Private | Unset = UNSET


class ExhibitDisposed(Record, frozen=True, kw_only=True):
    """Details of ``exhibit.disposed``: the end; nothing but annotations follows.

    ``to_agent`` and ``to_country`` say to whom, and where, what is not destroyed goes: the consent gate looks at both.
    """

    attestations: Attestations | Unset = UNSET
    authority: Private
    documents: Documents | Unset = UNSET
    manner: Literal["archived", "destroyed", "forfeited", "other", "returned-to-owner", "wiped"]
    to_agent: AgentId | Unset = UNSET
    to_country: Country | Unset = UNSET


class Mismatch(Record, frozen=True, kw_only=True):
    """A file whose bytes are not what was registered: ``expected`` SHA-256, ``found`` unless it is missing.

    ``damaged`` are the ranges that differ, as far as a list of pieces tells them, the first 64.
    """

    damaged: Annotated[tuple[Extent, ...], Meta(min_length=1, max_length=limits.EXTENTS)] | Unset = UNSET
    expected: Hash
    found: Hash | Unset = UNSET
    size: Count | Unset = UNSET


class ExhibitChecked(Record, frozen=True, kw_only=True):
    """Details of ``exhibit.checked``: files re-hashed, and every one that differs (more than 64: a document)."""

    bytes: Count
    checked: Count
    document: Hash | Unset = UNSET
    matching: Count
    mismatches: Annotated[tuple[Mismatch, ...], Meta(min_length=1, max_length=64)] | Unset = UNSET
    root: Hash
