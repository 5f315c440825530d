"""The home as a bundle looks into it: files by digest from the store or from where they were left, documents, lists."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from custody.cli.context import Context
from custody.cli.showing.holdings import Holdings
from custody.evidence.sources import Source, path_of
from custody.verify.rules.view import Exhibit
from schemas.content import Content, Digests
from schemas.details.exhibit import ExhibitRegistered
from schemas.errors import VerificationError


@dataclass(frozen=True, slots=True)
class HomeVault:
    """See `custody.bundle.payload.Vault`; ``left`` are the files that lie outside of the store, by digest."""

    holdings: Holdings
    left: dict[str, Path] = field(default_factory=dict)

    def file(self, sha256: str) -> Path | None:
        """Return the path of a file of evidence; its bytes are hashed again when it is packed."""
        if self.holdings.evidence.has(sha256):
            return self.holdings.evidence.path(sha256)
        found = self.left.get(sha256)
        return found if found is not None and found.is_file() and not found.is_symlink() else None

    def document(self, sha256: str) -> Path | None:
        """Return the path of a document.

        Raises:
            VerificationError: ``bundle.source-changed`` where something else has its name: a bundle without it would
                tell that it was withheld.
        """
        path = self.holdings.documents.path(sha256)
        if self.holdings.documents.has(sha256):
            return path
        if os.path.lexists(path):
            text = f"expected the document {sha256} in the store, found a link, a pipe or a folder in its place"
            raise VerificationError("bundle.source-changed", text, hint="custody audit --files says what else changed")
        return None

    def manifest(self, root: str) -> Path | None:
        """Return the path of the list of files of a large exhibit."""
        path = self.holdings.manifests.path(root)
        return path if path.is_file() else None

    def pieces(self, root: str) -> Path | None:
        """Return the path of the list of a large file's pieces."""
        path = self.holdings.pieces.path(root)
        return path if path.is_file() else None

    def inherited(self, manifest: str) -> Path | None:
        """Return the path of another ledger's bundle, by the digest of its payload manifest."""
        path = self.holdings.inherited(manifest)
        return path if path.is_file() else None


def open_vault(context: Context, exhibits: Iterable[Exhibit]) -> HomeVault:
    """Return the vault of this home for ``exhibits``, of which some may have been left in place.

    Raises:
        RecordError, VerificationError, StorageError: as `custody.evidence.members`.
    """
    vault = HomeVault(Holdings(context.ledger().home))
    for exhibit in exhibits:
        sources = vault.holdings.locations.find(exhibit.registration)
        if sources is not None:
            _add_left(context, vault, exhibit, sources)
    return vault


def _add_left(context: Context, vault: HomeVault, exhibit: Exhibit, sources: tuple[Source, ...]) -> None:
    registration = context.ledger().registration_of(exhibit).event
    details = registration.details
    if not isinstance(details, ExhibitRegistered) or not isinstance(details.content, Content):
        return
    disclosures = context.ledger().disclosures_of([registration])
    for member in vault.holdings.members(details.content, disclosures):
        if member.path is not None and isinstance(member.record.digests, Digests):
            path = path_of(member.path, sources)
            if path is not None:
                vault.left[member.record.digests.sha256] = Path(os.fsdecode(path))
