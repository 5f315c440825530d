"""What arrives in a bundle on its way into this home: files re-hashed, lists and names kept, the bundle itself kept.

Everything is in its place before an entry names it, as with registration. The bundle stays without its files, so that
whoever gets the exhibit next can verify its whole history through both ledgers.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from custody.bundle.container import CHUNK, Container
from custody.bundle.strip import write_stripped
from custody.bundle.unpack import OpenContent
from custody.cli.showing.holdings import Staged
from custody.evidence.hashing import Hasher
from custody.transfer.arrivals import Arrival
from custody.verify.verify import Verified
from schemas import canonical, layout, limits
from schemas import pieces as piece_list
from schemas.content import Content, Digests, FileRecord, ManifestLine, Pieces
from schemas.errors import UsageError, VerificationError
from schemas.private import Disclosure
from schemas.types import Private


class Unloading:
    """Takes the files of arrivals out of one container. Mutable: lives as long as one command."""

    def __init__(self, staged: Staged, container: Container, verified: Verified, open_content: OpenContent) -> None:
        self._staged = staged
        self._container = container
        self._verified = verified
        self._open = open_content
        self._done: dict[str, bool] = {}

    def unload(self, arrival: Arrival) -> int:
        """Stage the files and the list of one exhibit, and return how many files were not at hand.

        Raises:
            VerificationError: ``transfer.content`` for a file that reads otherwise than it was verified.
            StorageError, OSError: this machine's disk.
        """
        content = arrival.registered.content
        if not isinstance(content, Content):
            return 0
        absent = 0
        with Hasher() as hasher:
            for record in self._records(content):
                if isinstance(record.digests, Digests):
                    absent += not self._take(record.digests.sha256, hasher)
                if isinstance(record.pieces, Pieces):
                    self._keep_pieces(record.pieces)
        if content.count and not isinstance(content.files, tuple):
            self._keep_member(f"{layout.MANIFESTS}{content.root}.jsonl", content.root)
        return absent

    def names(self, arrival: Arrival) -> tuple[Disclosure, ...]:
        """Return the names of files that stand in the first registration itself, as far as the sender showed them."""
        content = arrival.registered.content
        files = content.files if isinstance(content, Content) and isinstance(content.files, tuple) else ()
        private = [value for record in files for value in (record.path, record.target, record.error)]
        disclosed = self._verified.values.disclosed
        found = (disclosed.get(value.commitment) for value in private if isinstance(value, Private))
        return tuple(value for value in found if value is not None)

    def keep_bundle(self, manifest: str) -> None:
        """Keep the bundle without its files, under the digest of its payload manifest.

        Raises:
            StorageError: this machine's disk.
        """
        target = self._staged.holdings.inherited(manifest)
        if not target.is_file():
            target.parent.mkdir(mode=0o700, exist_ok=True)
            try:
                write_stripped(self._container, target)
            except UsageError:
                # Somebody else keeps the same bundle at this moment; the ledger says which of the two was taken in.
                if not target.is_file():
                    raise

    def _records(self, content: Content) -> Iterator[FileRecord]:
        if isinstance(content.files, tuple):
            yield from content.files
        elif content.count:
            name = f"{layout.MANIFESTS}{content.root}.jsonl"
            for raw in self._container.lines(name, maximum=limits.MANIFEST_LINE):
                yield canonical.decode(raw, ManifestLine, maximum=limits.MANIFEST_LINE).record

    def _take(self, sha256: str, hasher: Hasher) -> bool:
        """Stage one file, and tell whether its bytes were at hand; what was hashed here is what is kept."""
        if sha256 not in self._done:
            stream = self._open(sha256)
            if stream is not None:
                path = self._folder() / sha256
                with stream, path.open("wb") as file:
                    shutil.copyfileobj(stream, file, CHUNK)
                store = self._staged.holdings.evidence
                found = store.add_file(path, batch=self._staged.evidence(), hasher=hasher).sha256
                path.unlink()
                if found != sha256:
                    text = f"expected a file of SHA-256 {sha256} in the bundle, found {found}"
                    raise VerificationError("transfer.content", text, hint="verify the bundle again")
            self._done[sha256] = stream is not None
        return self._done[sha256]

    def _keep_pieces(self, pieces: Pieces) -> None:
        name = layout.pieces_name(pieces.root)
        if name in self._container.members:
            lines = self._container.lines(name, maximum=limits.PIECE_LINE)
            self._staged.holdings.pieces.put(piece_list.parse_list(lines, pieces=pieces))

    def _keep_member(self, name: str, root: str) -> None:
        path = self._folder() / f"{root}.jsonl"
        with self._container.open(name) as stream, path.open("wb") as file:
            shutil.copyfileobj(stream, file, CHUNK)
            file.flush()
            os.fsync(file.fileno())
        self._staged.adopt_list(path, root=root)

    def _folder(self) -> Path:
        return self._staged.incoming()
