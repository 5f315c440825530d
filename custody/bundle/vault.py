"""Where a ledger keeps what travels, and the payload members that are taken from there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final, Protocol

import msgspec

from custody.bundle.disclose import Choice
from custody.bundle.inherited_values import check_inherited_values
from custody.bundle.payload_member import PayloadMember
from custody.bundle.strip import nesting
from custody.verify.border.behind_step import is_proven
from custody.verify.gate.contents import own_documents
from custody.verify.gate.correspondence import letter_of, opens_gate
from schemas import canonical, layout, limits
from schemas.content import Content, Digests, FileRecord, ManifestLine, Pieces
from schemas.details.exhibit import Foreign
from schemas.details.transfer import TransferAccepted, TransferReceipt, TransferReturned
from schemas.errors import StorageError
from schemas.event import ParsedEvent
from schemas.private import parse_disclosure
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


def records_in(content: Content, vault: Vault) -> Iterator[FileRecord]:
    """Yield the file records of a content, in order.

    Raises:
        StorageError: ``bundle.manifest-missing``.
    """
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


def files_in(contents: Iterable[Content], vault: Vault) -> dict[str, int]:
    """Return the size in bytes of each file in some contents, by digest.

    Raises:
        StorageError: ``bundle.manifest-missing``.
    """
    files: dict[str, int] = {}
    for content in contents:
        for record in records_in(content, vault):
            if isinstance(record.digests, Digests) and isinstance(record.size, int):
                files[record.digests.sha256] = record.size
    return files


def piece_lists(contents: Iterable[Content], vault: Vault) -> Iterator[PayloadMember]:
    """Yield the lists of pieces at hand; without one, damage to its file can't be told to a range, and no more."""
    roots = {
        record.pieces.root
        for content in contents
        for record in records_in(content, vault)
        if isinstance(record.pieces, Pieces)
    }
    for root in sorted(roots):
        path = vault.pieces(root)
        if path is not None:
            yield PayloadMember.of_file(layout.pieces_name(root), path)


def evidence_member(digest: str, size: int, vault: Vault, *, is_detached: bool) -> PayloadMember:
    """Return a file of evidence, or only its name where it travels apart.

    Raises:
        StorageError: ``bundle.file-missing``.
    """
    name = layout.FILES + digest
    if is_detached:
        return PayloadMember(name, digest, size)
    path = vault.file(digest)
    if path is None:
        hint = "run custody check on the exhibit, or export it with --detached"
        raise StorageError("bundle.file-missing", f"expected the file {digest} in the store, found none", hint=hint)
    return PayloadMember(name, digest, size, path=path)


def manifest_member(content: Content, vault: Vault, choice: Choice) -> PayloadMember:
    """Return the manifest as this recipient may see it: values withheld by hand lose their disclosures.

    Raises:
        StorageError: ``bundle.manifest-missing``.
    """
    name = f"{layout.MANIFESTS}{content.root}.jsonl"
    path = vault.manifest(content.root)
    if path is not None and all(choice.is_disclosed("exhibit.registered", place) for place in _PLACES):
        return PayloadMember.of_file(name, path)
    lines = (_show(line, choice) for line in _lines(content, vault))
    return PayloadMember.of_bytes(name, b"".join(canonical.encode(line) + b"\n" for line in lines))


def _show(line: ManifestLine, choice: Choice) -> ManifestLine:
    """Keep back what is withheld; where a path is, a link's target and a reader's error would tell it."""
    texts = line.disclosures or ()
    if not choice.is_disclosed("exhibit.registered", "/path"):
        texts = ()
    kept = tuple(item for item in texts if choice.is_disclosed("exhibit.registered", parse_disclosure(item).path))
    return msgspec.structs.replace(line, disclosures=kept or UNSET)


def inherited_members(events: Iterable[ParsedEvent], vault: Vault, choice: Choice) -> list[PayloadMember]:
    """Return the bundles with which exhibits came, so that their history is proven through both ledgers.

    That of an acceptance must be there. One with which something came back tells what happened in between; it stays
    behind where it is nested so deep that the evidence could not travel on.

    Raises:
        StorageError: ``bundle.inherited-missing``.
        RefusedError: ``bundle.inherited-shows`` where such a bundle shows what ``choice`` withholds by hand.
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
        member = PayloadMember.of_file(layout.INHERITED, path)
        members[member.sha256] = replace(member, name=f"{layout.INHERITED}{member.sha256}.zip")
    check_inherited_values((member.path for member in members.values() if member.path is not None), choice)
    return list(members.values())


def travelling(event: ParsedEvent) -> Iterator[str]:
    """Yield the documents of an event that leave with it: its own, and what a reader must see again to believe it.

    What a letter of the other side names stays here, or they could have any file of ours sent by naming its digest. So
    do letters about requests: those who wrote them have them, and each answer would hold all before it.
    """
    yield from own_documents(event)
    letter = letter_of(event)
    if letter is not None and opens_gate(event) and isinstance(letter.document, str):
        yield letter.document
    if isinstance(event.details, TransferReceipt) and is_proven(event):
        yield event.details.document


def travelling_documents(events: Iterable[ParsedEvent], choice: Choice) -> list[str]:
    """Return the digests of the documents that the entries name, in order, but those that stay."""
    return sorted({digest for event in events if not choice.is_kept(event) for digest in travelling(event)})


def document_members(events: Iterable[ParsedEvent], vault: Vault, choice: Choice) -> list[PayloadMember]:
    """Return those of `travelling_documents` that the vault has; one that it doesn't have counts as withheld."""
    members = []
    for digest in travelling_documents(events, choice):
        path = vault.document(digest)
        if path is not None:
            members.append(PayloadMember(layout.DOCUMENTS + digest, digest, path.stat().st_size, path=path))
    return members
