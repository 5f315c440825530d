"""Is the evidence still what was registered? Every file is read again and compared with its record.

Every digest of a record is compared that this machine can compute. Where a large file isn't what it was, the list of
its pieces tells which of its bytes. Files in the store are found by digest. Files that were left in place are walked
again, side by side with the records, as both come in order of raw paths: so names that came and names that went are
found in one pass as well.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from custody.evidence.algorithms import in_order, named_in
from custody.evidence.hashing import FileDigests, Hasher
from custody.evidence.members import Member
from custody.evidence.piece_lists import PieceLists
from custody.evidence.reading import Manner, read_node, read_open
from custody.evidence.refusals import check_resources
from custody.evidence.sources import READ, Source
from custody.evidence.store import EvidenceStore
from custody.evidence.tally import CheckResult, IsErased, Report, Tally, nothing_erased
from custody.evidence.walk import Node, walk
from schemas.content import Digests, Extent, FileRecord, Pieces
from schemas.errors import StorageError, VerificationError
from schemas.types import is_set

OnSize = Callable[[Member, int], None]


def check_stored(
    members: Iterable[Member],
    *,
    store: EvidenceStore,
    lists: PieceLists | None = None,
    is_erased: IsErased = nothing_erased,
    on_size: OnSize = lambda member, size: None,
    progress: Report | None = None,
) -> CheckResult:
    """Read the files of an exhibit in the store and compare them with their records; ``lists`` tells where they differ.

    ``is_erased`` tells of a record whether an order destroys its file, which is then not missed. ``on_size`` is told of
    a file whose size in bytes is not that of its record before it is read, which may take hours.

    Raises:
        StorageError: ``evidence.resources``, where this machine and not the evidence is at fault.
        RecordError, VerificationError: as `custody.evidence.members` has them.
    """
    with Hasher() as hasher:
        tally = Tally(progress, lists, is_erased=is_erased)
        for member in members:
            digests = member.record.digests
            if isinstance(digests, Digests):
                found = _read_stored(member, store=store, hasher=hasher, tally=tally, on_size=on_size)
                tally.compare(member, digests, found)
            elif is_set(member.record.error):
                tally.skipped += 1
    return tally.result()


def check_in_place(
    members: Iterable[Member],
    *,
    sources: Sequence[Source],
    lists: PieceLists | None = None,
    unread: Mapping[str, Sequence[Extent]] = MappingProxyType({}),
    is_erased: IsErased = nothing_erased,
    progress: Report | None = None,
) -> CheckResult:
    """Walk the places where an exhibit was left and compare what is there with its records.

    ``unread`` are the ranges that could not be read when it was registered, by SHA-256 of the file: they may be
    unreadable still, and no others.

    Raises:
        RefusedError: as `custody.evidence.walk.walk`, and ``evidence.changed`` for a file that changes meanwhile.
        StorageError: ``evidence.resources``.
        RecordError, VerificationError: as `custody.evidence.members` has them.
    """
    with Hasher() as hasher:
        tally = Tally(progress, lists, unread, is_erased=is_erased)
        _Comparison(tally, hasher=hasher).run(members, (node for source in sources for node in _nodes_of(source)))
    return tally.result()


class _Comparison:
    """Two sorted streams, records and names, merged."""

    def __init__(self, tally: Tally, *, hasher: Hasher) -> None:
        self._tally = tally
        self._hasher = hasher

    def run(self, members: Iterable[Member], nodes: Iterable[Node]) -> None:
        names = iter(nodes)
        node = next(names, None)
        withheld = 0
        for member in members:
            if member.path is None:
                withheld += 1
                self._tally.skipped += 1
                continue
            while node is not None and node.path < member.path:
                self._tally.extra.append(node.path)
                node = next(names, None)
            if node is not None and node.path == member.path:
                self._compare(member, node)
                node = next(names, None)
            else:
                self._miss(member)
        while node is not None:
            self._tally.extra.append(node.path)
            node = next(names, None)
        if withheld:
            # A name that no disclosed record has may be one of the withheld ones.
            self._tally.extra.clear()

    def _compare(self, member: Member, node: Node) -> None:
        self._tally.at = node.path
        digests = member.record.digests
        if isinstance(digests, Digests):
            found = self._read(node, member.record) if node.kind in READ else None
            self._tally.compare(member, digests, found)
        elif is_set(member.record.error) or (node.kind == "symlink" and member.target is None):
            self._tally.skipped += 1
        elif not _is_same(member, node):
            self._tally.altered.append(node.path)

    def _miss(self, member: Member) -> None:
        digests = member.record.digests
        if isinstance(digests, Digests):
            self._tally.compare(member, digests, None)
        elif is_set(member.record.error):
            self._tally.skipped += 1
        elif member.path is not None:
            self._tally.altered.append(member.path)

    def _read(self, node: Node, record: FileRecord) -> FileDigests | None:
        manner = replace(_manner(record), salvage=True)
        try:
            return read_node(node, hasher=self._hasher, tick=self._tally.tick, manner=manner).digests
        except OSError as error:
            check_resources(error)
            return None


def _is_same(member: Member, node: Node) -> bool:
    """Compare a link or an empty directory."""
    if member.record.type != node.kind:
        return False
    if node.kind == "symlink":
        try:
            return os.readlink(node.name, dir_fd=node.dir_fd) == member.target
        except OSError:
            return False
    return True


def _nodes_of(source: Source) -> Iterable[Node]:
    """Walk one source; one that isn't there any more has no names, so that every record of it is missing."""
    try:
        os.lstat(source.path)
    except OSError:
        return ()
    return walk((source,), with_special=True)


def _manner(record: FileRecord) -> Manner:
    names = [name for name, _ in named_in(record.digests)] if isinstance(record.digests, Digests) else []
    return Manner(names=in_order(names), has_pieces=isinstance(record.pieces, Pieces))


def _read_stored(
    member: Member, *, store: EvidenceStore, hasher: Hasher, tally: Tally, on_size: OnSize
) -> FileDigests | None:
    record = member.record
    assert isinstance(record.digests, Digests), "a file that was read has digests"
    try:
        with store.open(record.digests.sha256) as file:
            size = os.fstat(file.fileno()).st_size
            if size != record.size:
                on_size(member, size)
            return read_open(file.fileno(), hasher=hasher, tick=tally.tick, manner=_manner(record))
    except OSError as error:
        check_resources(error)
    except (StorageError, VerificationError) as error:
        if error.code not in {"store.absent", "store.damaged"}:
            raise
    return None
