"""Copies of files that an order destroys, outside of the stores: interrupted readings, and files on their way in."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from pathlib import Path

from custody.cli.erasure.traces import Destroyed
from custody.cli.files import sha256_of
from custody.cli.ledger_access import LedgerAccess
from custody.cli.showing.holdings import Holdings
from custody.evidence.disk import disk_errors
from custody.evidence.kept_readings import KeptReading, kept_readings
from custody.evidence.members import Member
from custody.evidence.partial import KEPT
from custody.evidence.store import STAGING
from custody.storage.incoming import PREFIX
from schemas.content import Digests, FileRecord, Pieces
from schemas.errors import StorageError
from schemas.limits import PIECE_BYTES


@dataclass(slots=True)
class Doomed:
    """The files that orders destroy, by digest, and what tells a reading of one. Mutable: filled in passing."""

    files: Set[str] = frozenset()
    sizes: dict[str, int] = field(default_factory=dict)
    _large: dict[str, Pieces | None] = field(default_factory=dict)
    _names: set[tuple[bytes, int]] = field(default_factory=set)

    def note_file(self, record: FileRecord, digests: Digests) -> None:
        """Take in a file that goes, unless others need it; only readings of more than one piece are kept."""
        self.sizes[digests.sha256] = size = record.size if isinstance(record.size, int) else 0
        if size > PIECE_BYTES:
            self._large[digests.sha256] = record.pieces if isinstance(record.pieces, Pieces) else None

    def note_name(self, member: Member) -> None:
        """Take in a file whose name goes."""
        size = member.record.size
        if member.path is not None and isinstance(size, int) and size > PIECE_BYTES:
            self._names.add((member.path, size))

    def limit(self, files: Set[str]) -> None:
        """Say which files go in the end."""
        self.files = files

    def speaks_of(self, reading: KeptReading, holdings: Holdings) -> bool:
        """Tell whether an interrupted reading may hold a file that goes, or tells a name that does.

        Raises:
            RecordError, StorageError: as `PieceLists.get`.
        """
        if reading.journal is None:
            # Nobody can go on from it, nor tell what it holds.
            return bool(self.files or self._names)
        if any(reading.is_named(path, size) for path, size in self._names):
            return True
        for digest in self.files & self._large.keys():
            pieces = self._large[digest]
            if reading.may_hold(self.sizes[digest], None if pieces is None else holdings.pieces.get(pieces)):
                return True
        return False


def destroy_readings(access: LedgerAccess, doomed: Doomed, done: Destroyed) -> None:
    """Destroy the interrupted readings of files that go.

    Raises:
        StorageError: ``erase.traces`` where somebody is reading on; ``store.failed``.
    """
    holdings = Holdings(access.home)
    busy = []
    for reading in kept_readings(holdings.evidence.base / KEPT):
        if doomed.speaks_of(reading, holdings):
            size = reading.destroy()
            if size is None:
                busy.append(reading.folder)
            elif size:
                done.files, done.bytes = done.files + 1, done.bytes + size
    if busy:
        raise _left(access.home.path, busy)


def check_copies(access: LedgerAccess, doomed: Doomed) -> None:
    """Raise if a file that goes is still in the home, whole, also where somebody is at work.

    Raises:
        StorageError: ``erase.traces``.
    """
    holdings = Holdings(access.home)
    sizes = {doomed.sizes[digest] for digest in doomed.files & doomed.sizes.keys()}
    with disk_errors("searching for what was erased"):
        left = [path for path in _on_their_way(access.home.path, holdings)
                if path.stat().st_size in sizes and sha256_of(path) in doomed.files]  # fmt: skip
    if left:
        raise _left(access.home.path, left)


def _on_their_way(home: Path, holdings: Holdings) -> Iterator[Path]:
    folders = [store.base / STAGING for store in (holdings.evidence, holdings.documents)]
    for folder in (*folders, holdings.evidence.base / KEPT, *home.glob(f"{PREFIX}*")):
        yield from (path for path in folder.rglob("*") if path.is_file())


def _left(home: Path, paths: list[Path]) -> StorageError:
    names = ", ".join(str(path.relative_to(home)) for path in paths[:5])
    text = f"expected nothing left of what was erased, found a copy in {names}"
    hint = "let who is at work there come to an end; then custody erase --finish"
    return StorageError("erase.traces", text, hint=hint)
