"""The payload of a bundle: everything below ``data/``, prepared before the exporting event is made.

The event commits to the payload's manifest, so nothing here may speak of entries, indexes or proofs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from custody.bundle.disclose import Choice, choose, commitments_of
from custody.bundle.encrypt import Encryption, encrypt_member
from custody.bundle.payload_member import PayloadMember
from custody.bundle.readme import format_readme
from custody.bundle.sizes_within import sizes_within
from custody.bundle.vault import (
    Vault,
    document_members,
    evidence_member,
    files_in,
    inherited_members,
    manifest_member,
    piece_lists,
    records_in,
    travelling_documents,
)
from custody.bundle.withheld import Kept, find_kept, tell_withheld
from custody.ledger.store import DisclosureStore
from custody.verify.evidence.erasures import Erasures, find_erasures
from schemas import bag, canonical, layout
from schemas.bundle import Bundle, BundledDocument, BundledExhibit, BundledFile, Ciphertext, Disclosures
from schemas.content import Content, Digests
from schemas.details.exhibit import ExhibitRegistered
from schemas.entry import ParsedEntry
from schemas.event import ParsedEvent
from schemas.private import Disclosure
from schemas.types import UNSET


@dataclass(frozen=True, slots=True)
class Payload:
    """All payload files in order of name, and the two texts that list them."""

    members: tuple[PayloadMember, ...]
    disclosed: tuple[str, ...]
    """Commitments whose values the recipient gets."""
    kept: tuple[Kept, ...] = ()
    """Values that he doesn't get."""
    absent: tuple[str, ...] = ()
    """Digests of documents that would travel, are not here, and were destroyed by no order that travels."""
    within: frozenset[int] = frozenset()
    """Sizes of this ledger's checkpoints in the bundles and letters that go along."""

    @property
    def manifest(self) -> bytes:
        """``manifest-sha256.txt``."""
        return bag.format_manifest((member.name, member.sha256) for member in self.members)

    @property
    def lists(self) -> tuple[bytes, ...]:
        """The payload manifest, which an export signs, and ``bundle.json``, which it lists: what was packed."""
        return self.manifest, *(item.raw or b"" for item in self.members if item.name == layout.BUNDLE)

    @property
    def bag_info(self) -> bytes:
        """``bag-info.txt``."""
        return bag.format_bag_info(total_bytes=sum(member.size for member in self.members), count=len(self.members))


@dataclass(frozen=True, slots=True)
class Parts:
    """What a payload is made from."""

    origin: str
    nonce: str
    registered: Sequence[tuple[str, str, ParsedEntry]]
    events: Sequence[ParsedEvent]
    requests: Sequence[str] = ()
    made: Sequence[Disclosure] = ()
    """Values of acts that are recorded only with the export, so that no store holds them yet."""
    stated: Sequence[Disclosure] = ()
    """Values of the exporting event itself, shown whatever the choice."""
    is_detached: bool = False
    bare: frozenset[str] = frozenset()
    """Hashes of the ``events`` that are carried for the sake of a rule alone."""


def make_payload(
    parts: Parts, vault: Vault, values: DisclosureStore, choice: Choice, *, encryption: Encryption | None = None
) -> Payload:
    """Return the payload about the registered exhibits of ``parts``; files and documents encrypted, if asked for.

    Raises:
        VerificationError: ``bundle.source-changed`` for a file that isn't what was registered, if it is encrypted.
        StorageError: ``bundle.file-missing``, ``bundle.manifest-missing`` for evidence that the store doesn't have,
            ``bundle.inherited-missing`` for the bundle with which a carried exhibit came.
        RefusedError: ``bundle.inherited-shows`` where such a bundle shows what ``choice`` withholds by hand.
    """
    choice = choice.beside(parts.events, parts.bare)
    contents = [content for _, _, entry in parts.registered if (content := _content(entry)) is not None]
    # Two exhibits may name one list of files.
    apart = {content.root: content for content in contents if _has_manifest(content)}
    manifests = [manifest_member(content, vault, choice) for content in apart.values()]
    files = files_in(contents, vault)
    erasures = find_erasures(enumerate(parts.events))
    gone = _gone(parts.registered, vault, erasures) if erasures.speaks_of_files else frozenset()
    documents = document_members(parts.events, vault, choice)
    stated = {value.commitment: value for value in parts.stated}
    known = {**values.get(commitments_of(parts.events)), **{value.commitment: value for value in parts.made}}
    chosen = {value.commitment: value for value in choose(parts.events, known, choice)}
    disclosures = tuple({**chosen, **stated}.values())
    shown = {disclosure.commitment for disclosure in disclosures}
    kept = find_kept(parts.events, shown=shown, erased=erasures.values.keys(), choice=choice)
    evidence = [
        evidence_member(digest, size, vault, is_detached=parts.is_detached or digest in gone)
        for digest, size in sorted(files.items())
    ]
    inherited = inherited_members(parts.events, vault, choice)
    within = sizes_within((item.path for item in (*inherited, *documents) if item.path is not None), parts.origin)
    packed, ciphertexts = _encrypt([*documents, *evidence], encryption)
    members = [
        *manifests,
        *packed,
        *piece_lists(contents, vault),
        *inherited,
        PayloadMember.of_bytes(layout.DISCLOSURES, _disclosures((text.text for text in disclosures), kept)),
        PayloadMember.of_bytes(layout.BUNDLE, _bundle(parts, files, documents, ciphertexts)),
    ]
    exhibits = [(case, number, _content(entry)) for case, number, entry in parts.registered]
    names = {
        name.removeprefix(layout.FILES): f"{layout.ENCRYPTED}{made.sha256}.age" for name, made in ciphertexts.items()
    }
    page = format_readme(origin=parts.origin, exhibits=exhibits, files=files, encrypted=names)
    members.append(PayloadMember.of_bytes(layout.README, page))
    ordered = tuple(sorted(members, key=lambda member: layout.place_of(member.name)))
    there = {item.sha256 for item in documents} | erasures.named
    absent = tuple(digest for digest in travelling_documents(parts.events, choice) if digest not in there)
    return Payload(ordered, tuple(disclosure.commitment for disclosure in disclosures), kept, absent, within)


def _encrypt(
    members: Iterable[PayloadMember], encryption: Encryption | None
) -> tuple[list[PayloadMember], dict[str, Ciphertext]]:
    """Return the members that stand for ``members``, and the ciphertext of each that has one, by plain digest."""
    packed, ciphertexts = [], {}
    for member in members:
        if encryption is None or not member.is_inside:
            packed.append(member)
            continue
        # By name: a document may have the bytes of a file of evidence, and each has a ciphertext of its own.
        made, ciphertexts[member.name] = encrypt_member(member, encryption)
        packed.append(made)
    return packed, ciphertexts


def _gone(registered: Sequence[tuple[str, str, ParsedEntry]], vault: Vault, erasures: Erasures) -> frozenset[str]:
    """Return the digests of files that were erased by order in every exhibit of ``registered`` that has them."""
    erased: set[str] = set()
    needed: set[str] = set()
    for _, _, entry in registered:
        content = _content(entry)
        if content is None:
            continue
        for record in records_in(content, vault):
            if isinstance(record.digests, Digests):
                order = erasures.record(entry.event.hash, content, record)
                (needed if order is None else erased).add(record.digests.sha256)
    return frozenset(erased - needed)


def _content(entry: ParsedEntry) -> Content | None:
    details = entry.event.details
    return details.content if isinstance(details, ExhibitRegistered) and isinstance(details.content, Content) else None


def _has_manifest(content: Content) -> bool:
    return content.count > 0 and not isinstance(content.files, tuple)


def _bundle(
    parts: Parts, files: dict[str, int], documents: Sequence[PayloadMember], ciphertexts: dict[str, Ciphertext]
) -> bytes:
    record = Bundle(
        documents=tuple(
            BundledDocument(
                encrypted=ciphertexts.get(layout.DOCUMENTS + item.sha256, UNSET), sha256=item.sha256, size=item.size
            )
            for item in documents
        ),
        exhibits=tuple(
            BundledExhibit(case=case, exhibit=number)
            for case, number in sorted((case, number) for case, number, _ in parts.registered)
        ),
        files=tuple(
            BundledFile(encrypted=ciphertexts.get(layout.FILES + digest, UNSET), sha256=digest, size=size)
            for digest, size in sorted(files.items())
        ),
        ledger=parts.origin,
        nonce=parts.nonce,
        requests=tuple(sorted(set(parts.requests))) or UNSET,
        schema="custody-bundle/v1",
    )
    return canonical.encode(record)


def _disclosures(texts: Iterable[str], kept: Iterable[Kept]) -> bytes:
    record = Disclosures(
        disclosures=tuple(sorted(set(texts))), schema="custody-disclosures/v1", withheld=tell_withheld(kept)
    )  # fmt: skip
    return canonical.encode(record)
