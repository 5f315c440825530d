"""Stored evidence, hashed again: all of it, or a sample that somebody else can draw again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from math import floor
from typing import Final

from custody.evidence.check import check_in_place, check_stored
from custody.evidence.locations import Locations
from custody.evidence.losses import known_losses
from custody.evidence.manifest import Manifests
from custody.evidence.members import Member, members_of_event, members_of_manifest
from custody.evidence.piece_lists import PieceLists
from custody.evidence.store import EvidenceStore
from custody.evidence.tally import CheckResult
from custody.verify.evidence.erasures import Erasures
from schemas.content import Content, FileRecord, Pieces
from schemas.errors import CustodyError, RecordError, StorageError
from schemas.pieces import describe
from schemas.private import Disclosure
from schemas.report import Findings, Severity
from schemas.types import Record

STEP: Final = 9
DisclosuresOf = Callable[[Content], Mapping[str, Disclosure]]
"""Returns the disclosures, by commitment, of the records that an event holds itself."""


class FilesAudited(Record, frozen=True, kw_only=True):
    """What was hashed again. ``percent`` of the files were drawn by ``seed``; the same seed draws the same ones."""

    bytes: int
    exhibits: int
    files: int
    matching: int
    percent: str
    seed: str
    skipped: int


@dataclass(frozen=True, slots=True)
class Registered:
    """An exhibit of data: the entry that registered it, its event hash, what was signed of its content.

    ``is_away`` where it was disposed of, voided or released since: then its files need not be there any more. Nor those
    that the orders in ``erasures`` destroy.
    """

    index: int
    event: str
    name: str
    content: Content
    is_away: bool = False
    lost: object = None
    """What its registration says of bytes that could not be read."""
    erasures: Erasures | None = None

    def is_erased(self, record: FileRecord) -> bool:
        """Tell whether an order destroys the file of a record."""
        return self.erasures is not None and self.erasures.record(self.event, self.content, record) is not None


@dataclass(frozen=True, slots=True)
class Places:
    """Where the evidence of a ledger lies."""

    store: EvidenceStore
    manifests: Manifests
    locations: Locations
    documents: EvidenceStore | None = None

    @property
    def lists(self) -> PieceLists:
        """The lists of the pieces of large files, which lie beside those of files."""
        return PieceLists(self.manifests.base)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesWanted:
    """Evidence to hash again: where it lies, which share (percent, above 0 to 100), drawn by which seed."""

    places: Places
    percent: Fraction = Fraction(100)
    seed: str = ""


class Sample:
    """About ``percent`` (above 0 to 100) of ``count`` records, at least one: every n-th, from a place by ``seed``.

    Which ones can't be foreseen without the seed; with it, anybody draws the same. Mutable: counts what it is shown.
    """

    def __init__(self, *, count: int, percent: Fraction, seed: str) -> None:
        self._share = min(Fraction(1), max(percent / 100, Fraction(1, max(count, 1))))
        self._at = Fraction(int.from_bytes(sha256(seed.encode()).digest()[:8], "big"), 2**64)

    def draw(self, members: Iterable[Member]) -> Iterator[Member]:
        """Yield those that belong to the sample, of the records that follow those of the last call."""
        for member in members:
            before = self._at
            self._at += self._share
            if floor(self._at) > floor(before):
                yield member


def check_files(
    registered: Sequence[Registered], wanted: FilesWanted, disclosures: DisclosuresOf, findings: Findings
) -> FilesAudited:
    """Hash the files of exhibits again, as far as the sample has them, and return what was done.

    Findings: ``audit.file`` for bytes that are not the registered ones, ``audit.file-missing``, ``audit.file-altered``
    for links and folders (failed; notes where the exhibit is away), ``audit.file-erased`` (note) for files that are
    gone by order, ``audit.file-not-erased`` (defect) for such that are still there, or as the manifest says.
    """
    count = sum(item.content.count for item in registered)
    sample = Sample(count=count, percent=wanted.percent, seed=wanted.seed)
    results = []
    for item in registered:
        try:
            members = sample.draw(_members(item, wanted.places, disclosures))
            result = _check(item, wanted.places, check_lists(members, wanted.places.lists, item, findings))
        except CustodyError as error:
            # A list that is absent leaves the files undecided; one that is there and wrong has failed.
            severity = Severity.INDETERMINATE if isinstance(error, StorageError) else _severity(item)
            findings.add(STEP, severity, error.code, f"entry {item.index}", f"{item.name}: {error.text}")
            continue
        results.append(result)
        _report(item, result, findings)
    return FilesAudited(
        bytes=sum(result.read for result in results),
        exhibits=len(registered),
        files=sum(result.checked for result in results),
        matching=sum(result.matching for result in results),
        percent=str(wanted.percent),
        seed=wanted.seed,
        skipped=sum(result.skipped for result in results),
    )


def check_lists(members: Iterable[Member], lists: PieceLists, item: Registered, findings: Findings) -> Iterator[Member]:
    """Yield the members of an exhibit, and look at the lists of their pieces meanwhile, at each once.

    Findings: ``content.pieces`` for a list that isn't the one of its file (failed; a note where the exhibit is away).
    """
    seen = set[str]()
    for member in members:
        pieces = member.record.pieces
        if isinstance(pieces, Pieces) and pieces.root not in seen:
            seen.add(pieces.root)
            try:
                lists.get(pieces)
            except RecordError as error:
                text = f"a list of pieces of {item.name}: {error.text}"
                findings.add(STEP, _severity(item), "content.pieces", f"entry {item.index}", text)
        yield member


def _check(item: Registered, places: Places, members: Iterable[Member]) -> CheckResult:
    sources = places.locations.find(item.event)
    if sources is not None:
        lost = known_losses(item.lost, documents=places.documents)
        return check_in_place(members, sources=sources, lists=places.lists, unread=lost, is_erased=item.is_erased)
    return check_stored(members, store=places.store, lists=places.lists, is_erased=item.is_erased)


def _members(item: Registered, places: Places, disclosures: DisclosuresOf) -> Iterable[Member]:
    if isinstance(item.content.files, tuple) or not item.content.count:
        return members_of_event(item.content, disclosures(item.content))
    return members_of_manifest(places.manifests.path(item.content.root), content=item.content)


def _report(item: Registered, result: CheckResult, findings: Findings) -> None:
    for difference in result.differences:
        path = "" if difference.path is None else f" ({_shown(difference.path)})"
        if difference.found is None:
            text = f"expected a file of SHA-256 {difference.expected} in {item.name}{path}, found none that can be read"
            findings.add(STEP, _severity(item), "audit.file-missing", f"entry {item.index}", text)
        else:
            where = f"; damaged: {describe(difference.damaged)}" if difference.damaged else ""
            text = f"expected SHA-256 {difference.expected} in {item.name}{path}, found {difference.found}{where}"
            findings.add(STEP, _severity(item), "audit.file", f"entry {item.index}", text)
    if result.erased:
        text = f"files of {item.name} that were erased by order: {result.erased}"
        findings.add(STEP, Severity.NOTE, "audit.file-erased", f"entry {item.index}", text)
    if result.not_erased:
        text = f"files of {item.name} that were ordered to be erased and are still there: {result.not_erased}"
        findings.add(STEP, Severity.DEFECT, "audit.file-not-erased", f"entry {item.index}", text)
    for altered in result.altered:
        text = f"expected {_shown(altered)} in {item.name} as it was, found it altered"
        findings.add(STEP, _severity(item), "audit.file-altered", f"entry {item.index}", text)


def _severity(item: Registered) -> Severity:
    return Severity.NOTE if item.is_away else Severity.FAILED


def _shown(path: bytes) -> str:
    return path.decode("utf-8", "backslashreplace")
