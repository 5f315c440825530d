"""Is the evidence still what was registered? Every file is read again and compared with its record.

Every digest of a record is compared that this machine can compute. Where a large file isn't what it was, the list of
its pieces tells which of its bytes. Files in the store are found by digest. Files that were left in place are walked
again, side by side with the records, as both come in order of raw paths: so names that came and names that went are
found in one pass as well.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from custody.evidence.algorithms import in_order, named_in
from custody.evidence.hashing import FileDigests, Hasher
from custody.evidence.intake import Progress
from custody.evidence.members import Member
from custody.evidence.piece_lists import PieceLists
from custody.evidence.reading import Manner, read_node, read_open
from custody.evidence.refusals import check_resources
from custody.evidence.sources import READ, Source
from custody.evidence.store import EvidenceStore
from custody.evidence.walk import Node, walk
from schemas import limits, pieces
from schemas.content import Digests, Extent, FileRecord, Pieces
from schemas.details.exhibit import Mismatch
from schemas.errors import RecordError, StorageError
from schemas.types import UNSET, is_set

Report = Callable[[Progress], None]
IsErased = Callable[[FileRecord], bool]


def _none_is(record: FileRecord) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Difference:
    """A file whose bytes are not the registered ones: ``found`` and ``size`` unless it is missing or unreadable.

    ``damaged`` are the ranges that differ, in whole pieces; empty where they aren't known: the file is small, missing,
    or has no list of pieces.
    """

    path: bytes | None
    expected: str
    found: str | None
    size: int | None
    damaged: tuple[Extent, ...] = ()

    @property
    def mismatch(self) -> Mismatch:
        """The form in which ``exhibit.checked`` records it."""
        return Mismatch(
            damaged=self.damaged[: limits.EXTENTS] or UNSET,
            expected=self.expected,
            found=self.found or UNSET,
            size=UNSET if self.size is None else self.size,
        )


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found.

    ``checked`` files were looked for and ``read`` bytes were read, ``matching`` files are unaltered, ``differences``
    lists the others. ``altered`` are links and empty directories that aren't what they were, ``extra`` names that no
    record has; both only in place. ``skipped`` counts records that can't be compared: unreadable at registration, or
    with a path or target that is withheld. ``unchecked`` are digests that records have and this machine can't compute.
    Of the files that an order destroys, ``erased`` are gone, which is no difference, and ``not_erased`` still there.
    """

    read: int
    checked: int
    matching: int
    differences: tuple[Difference, ...]
    altered: tuple[bytes, ...] = ()
    extra: tuple[bytes, ...] = ()
    skipped: int = 0
    unchecked: tuple[str, ...] = ()
    erased: int = 0
    not_erased: int = 0

    @property
    def is_unaltered(self) -> bool:
        """Tell whether nothing differs; names that were added alter nothing that was registered."""
        return not self.differences and not self.altered


def check_stored(
    members: Iterable[Member],
    *,
    store: EvidenceStore,
    lists: PieceLists | None = None,
    is_erased: IsErased = _none_is,
    progress: Report | None = None,
) -> CheckResult:
    """Read the files of an exhibit in the store and compare them with their records; ``lists`` tells where they differ.

    ``is_erased`` tells of a record whether an order destroys its file, which is then not missed.

    Raises:
        StorageError: ``evidence.resources``, where this machine and not the evidence is at fault.
        RecordError, VerificationError: as `custody.evidence.members` has them.
    """
    with Hasher() as hasher:
        tally = _Tally(progress, lists, is_erased=is_erased)
        for member in members:
            digests = member.record.digests
            if isinstance(digests, Digests):
                tally.compare(member, digests, _read_stored(member.record, store=store, hasher=hasher, tally=tally))
            elif is_set(member.record.error):
                tally.skipped += 1
    return tally.result()


def check_in_place(
    members: Iterable[Member],
    *,
    sources: Sequence[Source],
    lists: PieceLists | None = None,
    unread: Mapping[str, Sequence[Extent]] = MappingProxyType({}),
    is_erased: IsErased = _none_is,
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
        tally = _Tally(progress, lists, unread, is_erased=is_erased)
        _Comparison(tally, hasher=hasher).run(members, (node for source in sources for node in _nodes_of(source)))
    return tally.result()


class _Tally:
    """Counts and lists of a check under way."""

    def __init__(
        self,
        progress: Report | None,
        lists: PieceLists | None,
        unread: Mapping[str, Sequence[Extent]] = MappingProxyType({}),
        *,
        is_erased: IsErased = _none_is,
    ) -> None:
        self._is_erased = is_erased
        self._erased = 0
        self._not_erased = 0
        self._progress = progress
        self._lists = lists
        self._unread = unread
        self._unchecked: set[str] = set()
        self._read = 0
        self._checked = 0
        self._matching = 0
        self._differences: list[Difference] = []
        self.at = b""
        self.altered: list[bytes] = []
        self.extra: list[bytes] = []
        self.skipped = 0

    def tick(self, count: int) -> None:
        self._read += count
        if self._progress is not None:
            self._progress(Progress(files=self._checked, read=self._read, path=self.at))

    def compare(self, member: Member, expected: Digests, found: FileDigests | None) -> None:
        if self._is_erased(member.record):
            if found is None:
                self._erased += 1
                return
            self._not_erased += 1
        self._checked += 1
        if found is not None and self._is_same(expected, found) and not self._lost(expected, found):
            self._matching += 1
        else:
            difference = Difference(
                path=member.path,
                expected=expected.sha256,
                found=found.sha256 if found else None,
                size=found.size if found else None,
                damaged=() if found is None else self._lost(expected, found) or self._damage(member.record, found),
            )
            self._differences.append(difference)
        self.tick(0)

    def _is_same(self, expected: Digests, found: FileDigests) -> bool:
        wanted = dict(named_in(expected))
        self._unchecked.update(name for name in wanted if found.get(name) is None)
        return all(found.get(name) in (None, value) for name, value in wanted.items())

    def _lost(self, expected: Digests, found: FileDigests) -> tuple[Extent, ...]:
        """Return the ranges that can't be read now and could be when they were registered."""
        known = self._unread.get(expected.sha256, ())
        return tuple(item for item in found.unread if not any(_is_within(item, other) for other in known))

    def _damage(self, record: FileRecord, found: FileDigests) -> tuple[Extent, ...]:
        if self._lists is None or not isinstance(record.pieces, Pieces) or not isinstance(record.size, int):
            return ()
        try:
            expected = self._lists.get(record.pieces)
        except (RecordError, StorageError):
            # That the file differs is certain all the same.
            return ()
        return () if expected is None else pieces.damaged(expected, _pieces_of(found), size=record.size)

    def result(self) -> CheckResult:
        return CheckResult(
            read=self._read,
            checked=self._checked,
            matching=self._matching,
            differences=tuple(self._differences),
            altered=tuple(self.altered),
            extra=tuple(self.extra),
            skipped=self.skipped,
            unchecked=tuple(sorted(self._unchecked)),
            erased=self._erased,
            not_erased=self._not_erased,
        )


class _Comparison:
    """Two sorted streams, records and names, merged."""

    def __init__(self, tally: _Tally, *, hasher: Hasher) -> None:
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


def _pieces_of(found: FileDigests) -> bytes:
    """Return the digests of what was found in pieces; what is one piece only has none of them."""
    return found.pieces or bytes.fromhex(found.blake3)


def _is_within(item: Extent, other: Extent) -> bool:
    return other.offset <= item.offset and item.offset + item.size <= other.offset + other.size


def _read_stored(record: FileRecord, *, store: EvidenceStore, hasher: Hasher, tally: _Tally) -> FileDigests | None:
    assert isinstance(record.digests, Digests), "a file that was read has digests"
    try:
        with store.get(record.digests.sha256).open("rb", buffering=0) as file:
            return read_open(file.fileno(), hasher=hasher, tick=tally.tick, manner=_manner(record))
    except OSError as error:
        check_resources(error)
    except StorageError as error:
        if error.code != "store.absent":
            raise
    return None
