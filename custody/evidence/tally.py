"""What a check of evidence found, file by file: what matches, what differs and where, what could not be compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from custody.evidence.algorithms import named_in
from custody.evidence.hashing import FileDigests
from custody.evidence.intake import Progress
from custody.evidence.members import Member
from custody.evidence.piece_lists import PieceLists
from schemas import limits, pieces
from schemas.content import Digests, Extent, FileRecord, Pieces
from schemas.details.exhibit import Mismatch
from schemas.errors import RecordError, StorageError
from schemas.types import UNSET

Report = Callable[[Progress], None]
IsErased = Callable[[FileRecord], bool]


def nothing_erased(record: FileRecord) -> bool:
    """Tell that no order destroys a file: what a check asks where nobody knows of an order."""
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

    @property
    def has_nothing_left(self) -> bool:
        """Tell whether orders destroyed all files that there were, so that nothing was compared."""
        return self.erased > 0 and not self.checked and not self.altered


class Tally:
    """Counts and lists of a check under way. Mutable: lives as long as one check."""

    def __init__(
        self,
        progress: Report | None,
        lists: PieceLists | None,
        unread: Mapping[str, Sequence[Extent]] = MappingProxyType({}),
        *,
        is_erased: IsErased = nothing_erased,
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
        """Count ``count`` bytes as read, and tell whoever watches."""
        self._read += count
        if self._progress is not None:
            self._progress(Progress(files=self._checked, read=self._read, path=self.at))

    def compare(self, member: Member, expected: Digests, found: FileDigests | None) -> None:
        """Count a file as matching, differing or erased; ``found`` is nothing where it is gone or can't be read."""
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
        """Return what was counted so far."""
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


def _pieces_of(found: FileDigests) -> bytes:
    """Return the digests of what was found in pieces; what is one piece only has none of them."""
    return found.pieces or bytes.fromhex(found.blake3)


def _is_within(item: Extent, other: Extent) -> bool:
    return other.offset <= item.offset and item.offset + item.size <= other.offset + other.size
