"""The payload of a bundle: everything below ``data/``, prepared before the exporting event is made.

The event commits to the payload's manifest, so nothing here may speak of entries, indexes or proofs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol

import msgspec

from custody.bundle.disclose import Choice, choose, commitments_of
from custody.bundle.encrypt import Encryption, encrypt_member
from custody.bundle.inherited_values import check_inherited_values
from custody.bundle.payload_member import PayloadMember
from custody.bundle.readme import format_readme
from custody.bundle.strip import nesting
from custody.bundle.withheld import Kept, find_kept, tell_withheld
from custody.ledger.store import DisclosureStore
from custody.verify.documents import documents_of
from custody.verify.erasures import Erasures, find_erasures
from custody.verify.letters import letter_of, opens_gate
from schemas import bag, canonical, layout, limits
from schemas.bundle import Bundle, BundledDocument, BundledExhibit, BundledFile, Ciphertext, Disclosures
from schemas.content import Content, Digests, FileRecord, ManifestLine, Pieces
from schemas.details.exhibit import ExhibitRegistered, Foreign
from schemas.details.transfer import TransferAccepted, TransferReturned
from schemas.entry import ParsedEntry
from schemas.errors import StorageError
from schemas.event import ParsedEvent
from schemas.private import Disclosure, parse_disclosure
from schemas.types import UNSET

_PLACES: Final = ("/error", "/path", "/target")
"""The private values of a file record, as its disclosures name them."""


class Vault(Protocol):
    """Where the ledger keeps evidence, documents and manifests; each method returns nothing where it has none."""

    def file(self, sha256: str) -> Path | None:
        """Return the path of a file of evidence by its digest."""

    def document(self, sha256: str) -> Path | None:
        """Return the path of a document by its digest."""

    def manifest(self, root: str) -> Path | None:
        """Return the path of the manifest of a content root."""

    def pieces(self, root: str) -> Path | None:
        """Return the path of the list of a large file's pieces, by its root."""

    def inherited(self, manifest: str) -> Path | None:
        """Return the path of another ledger's bundle, without its files, by the digest of its payload manifest."""


@dataclass(frozen=True, slots=True)
class Payload:
    """All payload files in order of name, and the two texts that list them."""

    members: tuple[PayloadMember, ...]
    disclosed: tuple[str, ...]
    """Commitments whose values the recipient gets."""
    kept: tuple[Kept, ...] = ()
    """Values that he doesn't get."""

    @property
    def manifest(self) -> bytes:
        """``manifest-sha256.txt``."""
        return bag.format_manifest((member.name, member.sha256) for member in self.members)

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
    contents = [content for _, _, entry in parts.registered if (content := _content(entry)) is not None]
    # Two exhibits may name one list of files.
    apart = {content.root: content for content in contents if _has_manifest(content)}
    manifests = [_manifest(content, vault, choice) for content in apart.values()]
    files = _files(contents, vault)
    erasures = find_erasures(enumerate(parts.events))
    gone = _gone(parts.registered, vault, erasures) if erasures.speaks_of_files else frozenset()
    documents = _documents(parts.events, vault)
    stated = {value.commitment: value for value in parts.stated}
    known = {**values.get(commitments_of(parts.events)), **{value.commitment: value for value in parts.made}}
    chosen = {value.commitment: value for value in choose(parts.events, known, choice)}
    disclosures = tuple({**chosen, **stated}.values())
    shown = {disclosure.commitment for disclosure in disclosures}
    kept = find_kept(parts.events, shown=shown, erased=erasures.values.keys(), choice=choice)
    evidence = [
        _evidence(digest, size, vault, is_detached=parts.is_detached or digest in gone)
        for digest, size in sorted(files.items())
    ]
    packed, ciphertexts = _encrypt([*documents, *evidence], encryption)
    members = [
        *manifests,
        *packed,
        *_pieces(contents, vault),
        *_inherited(parts.events, vault, choice),
        _at_hand(layout.DISCLOSURES, _disclosures((text.text for text in disclosures), kept)),
        _at_hand(layout.BUNDLE, _bundle(parts, files, documents, ciphertexts)),
    ]
    exhibits = [(case, number, _content(entry)) for case, number, entry in parts.registered]
    names = {
        name.removeprefix(layout.FILES): f"{layout.ENCRYPTED}{made.sha256}.age" for name, made in ciphertexts.items()
    }
    page = format_readme(origin=parts.origin, exhibits=exhibits, files=files, encrypted=names)
    members.append(_at_hand(layout.README, page))
    ordered = tuple(sorted(members, key=lambda member: layout.place_of(member.name)))
    return Payload(ordered, tuple(disclosure.commitment for disclosure in disclosures), kept)


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
        for record in _records(content, vault):
            if isinstance(record.digests, Digests):
                order = erasures.record(entry.event.hash, content, record)
                (needed if order is None else erased).add(record.digests.sha256)
    return frozenset(erased - needed)


def _at_hand(name: str, raw: bytes) -> PayloadMember:
    return PayloadMember(name, sha256(raw).hexdigest(), len(raw), raw=raw)


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


def _records(content: Content, vault: Vault) -> Iterator[FileRecord]:
    if isinstance(content.files, tuple):
        yield from content.files
    elif content.count:
        for line in _lines(content, vault):
            yield line.record


def _lines(content: Content, vault: Vault) -> Iterator[ManifestLine]:
    path = vault.manifest(content.root)
    if path is None:
        raise StorageError("bundle.manifest-missing", f"expected the manifest {content.root}, found none in the store")
    with path.open("rb") as stream:
        for raw in stream:
            yield canonical.decode(raw.removesuffix(b"\n"), ManifestLine, maximum=limits.MANIFEST_LINE)


def _files(contents: Iterable[Content], vault: Vault) -> dict[str, int]:
    files: dict[str, int] = {}
    for content in contents:
        for record in _records(content, vault):
            if isinstance(record.digests, Digests) and isinstance(record.size, int):
                files[record.digests.sha256] = record.size
    return files


def _pieces(contents: Iterable[Content], vault: Vault) -> Iterator[PayloadMember]:
    """Yield the lists of pieces at hand; without one, damage to its file can't be told to a range, and no more."""
    roots = {
        record.pieces.root
        for content in contents
        for record in _records(content, vault)
        if isinstance(record.pieces, Pieces)
    }
    for root in sorted(roots):
        path = vault.pieces(root)
        if path is not None:
            digest, size = _measure(path)
            yield PayloadMember(layout.pieces_name(root), digest, size, path=path)


def _evidence(digest: str, size: int, vault: Vault, *, is_detached: bool) -> PayloadMember:
    name = layout.FILES + digest
    if is_detached:
        return PayloadMember(name, digest, size)
    path = vault.file(digest)
    if path is None:
        hint = "run custody check on the exhibit, or export it with --detached"
        raise StorageError("bundle.file-missing", f"expected the file {digest} in the store, found none", hint=hint)
    return PayloadMember(name, digest, size, path=path)


def _manifest(content: Content, vault: Vault, choice: Choice) -> PayloadMember:
    """The manifest as this recipient may see it: values withheld by hand lose their disclosures."""
    name = f"{layout.MANIFESTS}{content.root}.jsonl"
    path = vault.manifest(content.root)
    if path is not None and all(choice.is_disclosed("exhibit.registered", place) for place in _PLACES):
        digest, size = _measure(path)
        return PayloadMember(name, digest, size, path=path)
    lines = (_show(line, choice) for line in _lines(content, vault))
    return _at_hand(name, b"".join(canonical.encode(line) + b"\n" for line in lines))


def _show(line: ManifestLine, choice: Choice) -> ManifestLine:
    """Keep back what is withheld; where a path is, a link's target and a reader's error would tell it."""
    texts = line.disclosures if isinstance(line.disclosures, tuple) else ()
    if not choice.is_disclosed("exhibit.registered", "/path"):
        texts = ()
    kept = tuple(item for item in texts if choice.is_disclosed("exhibit.registered", parse_disclosure(item).path))
    return msgspec.structs.replace(line, disclosures=kept or UNSET)


def _measure(path: Path) -> tuple[str, int]:
    digest, size = sha256(), 0
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


def _inherited(events: Iterable[ParsedEvent], vault: Vault, choice: Choice) -> list[PayloadMember]:
    """Return the bundles with which exhibits came, so that their history is proven through both ledgers.

    That of an acceptance must be there. One with which something came back tells what happened in between; it stays
    behind where it is nested so deep that the evidence could not travel on.
    """
    manifests: dict[str, bool] = {}
    for event in events:
        details = event.details
        if isinstance(details, TransferAccepted | TransferReturned) and isinstance(details.foreign, Foreign):
            must = isinstance(details, TransferAccepted)
            manifests[details.foreign.manifest] = must or manifests.get(details.foreign.manifest, False)
    members = {}
    for manifest, must in sorted(manifests.items()):
        path = vault.inherited(manifest)
        if path is None and must:
            text = f"expected the bundle of payload manifest {manifest} in the home, found none"
            raise StorageError("bundle.inherited-missing", text, hint="restore it from a backup of the home")
        if path is None or (not must and nesting(path) > limits.INHERITED_RETURNED):
            continue
        digest, size = _measure(path)
        members[digest] = PayloadMember(f"{layout.INHERITED}{digest}.zip", digest, size, path=path)
    check_inherited_values((member.path for member in members.values() if member.path is not None), choice)
    return list(members.values())


def _documents(events: Iterable[ParsedEvent], vault: Vault) -> list[PayloadMember]:
    """The documents that the entries name and the store has; one that it doesn't have counts as withheld."""
    members = []
    # Letters about requests stay here: those who wrote them have them, and each answer would hold all before it.
    kept = {origin.document for event in events if (origin := letter_of(event)) is not None and not opens_gate(event)}
    for digest in sorted({digest for event in events for digest in documents_of(event)} - kept):
        path = vault.document(digest)
        if path is not None:
            members.append(PayloadMember(layout.DOCUMENTS + digest, digest, path.stat().st_size, path=path))
    return members
