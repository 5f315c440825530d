"""Where a home keeps what is not in the database: evidence, documents, lists of files, and where evidence was left.

<home>/evidence/ab/ab12...    files of exhibits by SHA-256
<home>/documents/cd/cd34...   warrants, photos, reports, lists of what bundles carried, by SHA-256
<home>/manifests/<root>.jsonl lists of the files of large exhibits
<home>/manifests/<root>.pieces lists of the pieces of large files
<home>/inherited/<digest>.zip bundles of other ledgers without their files, by the digest of their payload manifest
<home>/locations/<event>.json where the files of an exhibit lie that were left in place
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from custody.cli.acting.secrets_typed import refuse_in_documents
from custody.cli.context import Context
from custody.cli.output import note_to_signer
from custody.cli.parameters import DIGEST
from custody.evidence.hashing import Hasher
from custody.evidence.intake import Intake
from custody.evidence.locations import Locations
from custody.evidence.manifest import Manifests
from custody.evidence.members import Member, members_of_event, members_of_manifest
from custody.evidence.piece_lists import PieceLists
from custody.evidence.sources import Source
from custody.evidence.staging import Batch
from custody.evidence.store import EvidenceStore
from custody.report.safe_text import show_path
from custody.report.values import Disclosures
from custody.storage.home import Home
from custody.storage.incoming import incoming_folder
from schemas.content import Content
from schemas.errors import UsageError
from schemas.text import HASH_PATTERN
from schemas.types import is_set

_EMPTY: Final = sha256(b"").hexdigest()
_BY_DIGEST: Final = "sha256:"
_SCAN: Final = "an empty file proves nothing: was the scan saved?"


@dataclass(frozen=True, slots=True)
class Holdings:
    """What lies in the folders of one home."""

    home: Home

    @property
    def evidence(self) -> EvidenceStore:
        """Files of exhibits by digest."""
        return EvidenceStore(self.home.evidence)

    @property
    def documents(self) -> EvidenceStore:
        """Documents by digest."""
        return EvidenceStore(self.home.documents)

    @property
    def manifests(self) -> Manifests:
        """Lists of files by content root."""
        return Manifests(self.home.manifests)

    @property
    def pieces(self) -> PieceLists:
        """Lists of the pieces of large files by root."""
        return PieceLists(self.home.manifests)

    @property
    def locations(self) -> Locations:
        """Where exhibits lie that were left in place."""
        return Locations(self.home.locations)

    def inherited(self, manifest: str) -> Path:
        """Return where the bundle lies with which accepted exhibits came; it need not be there."""
        return self.home.inherited / f"{manifest}.zip"

    def members(self, content: Content, disclosures: Disclosures) -> Iterator[Member]:
        """Yield the records of an exhibit with their names, from its event or from its list.

        Raises:
            RecordError, VerificationError, StorageError: as `custody.evidence.members`.
        """
        if is_set(content.files) or not content.count:
            return members_of_event(content, disclosures)
        return members_of_manifest(self.manifests.path(content.root), content=content)

    def holds(self, path: Path) -> bool:
        """Tell whether a path lies in the home itself."""
        return _is_below(path, self.home.path)


@dataclass(slots=True)
class Staged:
    """Documents and evidence on their way into the home, all of them or none. Use it in a ``with``.

    `keep` is called when everything is signed and before anything is recorded. A crash after it leaves files that no
    entry names: nobody finds them, and they prove nothing. The other order could leave an entry whose evidence is lost.
    """

    holdings: Holdings
    _tell: Callable[[str], None]
    _stack: ExitStack = field(default_factory=ExitStack)
    _evidence: Batch | None = None
    _documents: Batch | None = None
    _folders: list[Path] = field(default_factory=list)
    _spools: list[tuple[Path, str]] = field(default_factory=list)
    _places: list[tuple[str, tuple[Source, ...]]] = field(default_factory=list)
    _pieces: list[bytes] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for spool, _ in self._spools:
            with contextlib.suppress(OSError):
                spool.unlink()
        self._stack.close()

    def evidence(self) -> Batch:
        """Return the batch that takes files of exhibits.

        Raises:
            StorageError: ``store.full`` or ``store.failed``.
        """
        if self._evidence is None:
            self._evidence = self._stack.enter_context(self.holdings.evidence.begin())
        return self._evidence

    def find_evidence(self, sha256: str) -> Path | None:
        """Return where the copy of a file lies that is on its way into the store; nothing where it isn't.

        Raises:
            StorageError: as `Batch.find`.
        """
        return None if self._evidence is None else self._evidence.find(sha256)

    def documents(self, paths: Iterable[Path]) -> list[str] | None:
        """Stage documents, and return their digests, each once; nothing for none.

        ``sha256:DIGITS`` in the place of a path names a document that is kept elsewhere: nothing is staged of it.

        Raises:
            UsageError: ``usage.command`` for other digits than 64; ``store.source`` for a file that can't be
                read, ``store.empty`` for one without a byte.
            StorageError: ``store.full`` or ``store.failed``.
        """
        named = tuple(paths)
        if not named:
            return None
        told = {path: DIGEST(str(path).removeprefix(_BY_DIGEST)) for path in named if _is_digest(path)}
        for digest in dict.fromkeys(told.values()):
            if not self.holdings.documents.has(digest):
                self._tell(f"note: document {digest} is not here: only its digest is recorded, and no bundle holds it")
        refuse_in_documents(path for path in named if path not in told)
        with Hasher() as hasher:
            found = [told.get(path) or self._add_document(path, hasher) for path in named]
        if _EMPTY in found:
            name = show_path(named[found.index(_EMPTY)])
            raise UsageError("store.empty", f"expected a paper with something in it, found {name} empty", hint=_SCAN)
        return list(dict.fromkeys(found))

    def _add_document(self, path: Path, hasher: Hasher) -> str:
        try:
            return self.holdings.documents.add_file(path, batch=self._document_batch(), hasher=hasher).sha256
        except UsageError as error:
            if re.match(HASH_PATTERN, path.name, re.ASCII):
                raise UsageError(error.code, error.text, hint=f"{_BY_DIGEST}DIGITS names one kept elsewhere") from None
            raise

    def document(self, path: Path | None) -> str | None:
        """Stage one document, and return its digest; nothing for none.

        Raises:
            UsageError, StorageError: as `documents`.
        """
        found = self.documents([path] if path is not None else [])
        return found[0] if found else None

    def document_bytes(self, raw: bytes) -> str:
        """Stage a document of our own, and return its digest.

        Raises:
            StorageError: ``store.full`` or ``store.failed``.
        """
        return self.holdings.documents.add_bytes(raw, batch=self._document_batch()).sha256

    def folder(self) -> Path:
        """Return an empty folder on the home's disk that is gone in the end, for files on their way into the store.

        Raises:
            OSError: the disk.
        """
        self._folders.append(self._stack.enter_context(incoming_folder(self.holdings.home.path)))
        return self._folders[-1]

    def incoming(self) -> Path:
        """Return the one `folder` of this command in which files wait for their place.

        Raises:
            OSError: the disk.
        """
        return self._folders[0] if self._folders else self.folder()

    def adopt_list(self, path: Path, *, root: str) -> None:
        """Take charge of a list of files on the home's disk, by its content root."""
        self._spools.append((path, root))

    def is_ours(self, path: Path) -> bool:
        """Tell whether a path lies in a `folder` of this command."""
        return any(_is_below(path, folder) for folder in self._folders)

    def adopt(self, intake: Intake) -> None:
        """Take charge of the lists of an intake, of its files and of their pieces."""
        self._pieces.extend(intake.pieces)
        if intake.spool is not None:
            self._spools.append((intake.spool, intake.content.root))

    def leave_in_place(self, registration: str, sources: Sequence[Source]) -> None:
        """Remember where the files of the exhibit lie that the event ``registration`` registers."""
        self._places.append((registration, tuple(sources)))

    def forget_places(self) -> None:
        """Forget what `leave_in_place` was told: the registrations were not recorded under these hashes."""
        self._places.clear()

    def keep(self) -> None:
        """Put all of it where entries will look for it, durably.

        Raises:
            StorageError: ``store.full`` or ``store.failed``; what is kept by then names nothing and harms nobody.
        """
        for batch in (self._evidence, self._documents):
            if batch is not None:
                batch.commit()
        while self._spools:
            spool, root = self._spools[-1]
            self.holdings.manifests.adopt(spool, root=root)
            self._spools.pop()
        for digests in self._pieces:
            self.holdings.pieces.put(digests)
        for registration, sources in self._places:
            self.holdings.locations.record(registration, sources)

    def _document_batch(self) -> Batch:
        if self._documents is None:
            self._documents = self._stack.enter_context(self.holdings.documents.begin())
        return self._documents


def _is_digest(path: Path) -> bool:
    return str(path).startswith(_BY_DIGEST) and not path.exists()


def _is_below(path: Path, folder: Path) -> bool:
    above, found = os.path.realpath(folder), os.path.realpath(path)
    return os.path.commonpath([above, found]) == above


def staging(context: Context) -> Staged:
    """Return an empty `Staged` for the home of this run.

    Raises:
        UsageError: ``usage.no-home``.
    """
    return Staged(Holdings(context.ledger().home), partial(note_to_signer, context.settings))
