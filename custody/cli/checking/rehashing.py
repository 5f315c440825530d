"""Reading the files of an exhibit again: in the store, or where they were left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import msgspec

from custody.cli.context import Context
from custody.cli.output import has_progress, note, progress
from custody.cli.showing.holdings import Holdings
from custody.evidence.check import check_in_place, check_stored
from custody.evidence.intake import Progress
from custody.evidence.losses import known_losses
from custody.evidence.members import Member
from custody.evidence.tally import CheckResult, Difference
from custody.ledger.entries import entries_of
from custody.report.counts import count_bytes
from custody.report.safe_text import show, show_path
from custody.report.values import Disclosures
from custody.verify.evidence.erasures import Erasures, find_erasures
from custody.verify.rules.view import Exhibit
from schemas import canonical, limits, merkle
from schemas.content import Content, Digests, FileRecord
from schemas.details.exhibit import ExhibitRegistered
from schemas.errors import RefusedError
from schemas.event import ParsedEvent


@dataclass(frozen=True, slots=True)
class Rehashed:
    """What a check of one exhibit found; ``root`` is that of the records as they are now."""

    exhibit: Exhibit
    content: Content
    result: CheckResult
    root: str

    @property
    def is_unaltered(self) -> bool:
        """Tell whether all that was registered is there as it was."""
        return self.result.is_unaltered


def rehash(context: Context, exhibit: Exhibit) -> Rehashed:
    """Read every file of an exhibit again and compare it with its record.

    Raises:
        RefusedError: ``check.object`` for an exhibit that has no files; others as `custody.evidence.check`.
        RecordError, VerificationError, StorageError: as `custody.evidence.check`.
    """
    holdings = Holdings(context.ledger().home)
    registration = context.ledger().registration_of(exhibit).event
    content = _content_of(registration)
    if content is None:
        text = f"expected an exhibit with files, found {exhibit.name}, which is an object"
        raise RefusedError("check.object", text, hint="leave it out; an object has nothing to hash")
    disclosures = context.ledger().disclosures_of([registration])
    sources = holdings.locations.find(exhibit.registration)
    erasures = erasures_of_exhibit(context, exhibit)
    title = f"hashing {show(exhibit.name)}"

    def is_erased(record: FileRecord) -> bool:
        return erasures.record(exhibit.registration, content, record) is not None

    of = holdings.members(content, disclosures)
    with progress(context.settings, title, is_bytes=True) as step:

        def on_progress(at: Progress) -> None:
            step(at.read, content.bytes)

        def on_size(member: Member, size: int) -> None:
            _tell_size(context, member, size)

        report = on_progress if has_progress(context.settings) else None
        if sources is None:
            result = check_stored(
                of, store=holdings.evidence, lists=holdings.pieces, is_erased=is_erased, on_size=on_size,
                progress=report,
            )  # fmt: skip
        else:
            lost = known_losses(getattr(registration.details, "lost", None), documents=holdings.documents)
            result = check_in_place(
                of, sources=sources, lists=holdings.pieces, unread=lost, is_erased=is_erased, progress=report
            )
    for name in result.unchecked:
        note(context.settings, f"note: not checked: {name}, for which this machine has no library")
    root = content.root if result.is_unaltered else _root_found(holdings, content, disclosures, result)
    return Rehashed(exhibit, content, result, root)


def _tell_size(context: Context, member: Member, size: int) -> None:
    """Say of a large file that it can't be what was registered, before the time that reading it takes."""
    wanted = member.record.size if isinstance(member.record.size, int) else 0
    if max(size, wanted) > limits.PIECE_BYTES:
        name = "a file of withheld name" if member.path is None else show_path(member.path)
        text = (
            f"warning: {name}: expected {count_bytes(wanted)}, found {count_bytes(size)}; it is not what was registered"
        )
        note(context.settings, f"{text}. Reading it tells what else differs")


def erasures_of_exhibit(context: Context, exhibit: Exhibit) -> Erasures:
    """Return what was ordered to be destroyed of an exhibit.

    Raises:
        StorageError: as the store does.
    """
    with context.ledger().read() as reader:
        return find_erasures((item.entry.index, item.event) for item in entries_of(reader, exhibit))


def content_of_exhibit(context: Context, exhibit: Exhibit) -> Content | None:
    """Return the content that was registered; an object has none.

    Raises:
        StorageError: as the store does.
    """
    return _content_of(context.ledger().registration_of(exhibit).event)


def _content_of(registration: ParsedEvent) -> Content | None:
    details = registration.details
    assert isinstance(details, ExhibitRegistered), "an exhibit begins with its registration"
    return details.content if isinstance(details.content, Content) else None


def _root_found(holdings: Holdings, content: Content, disclosures: Disclosures, result: CheckResult) -> str:
    """Return the root over the records with the digests and sizes that were found, missing files left out."""
    members = holdings.members(content, disclosures)
    leaves = merkle.Frontier()
    for raw in _records_found(members, {_key(item): item for item in result.differences}, set(result.altered)):
        leaves.append(merkle.hash_leaf(raw))
    return leaves.root().hex()


def _records_found(
    members: Iterable[Member], differences: Mapping[tuple[bytes | None, str], Difference], altered: set[bytes]
) -> Iterator[bytes]:
    for member in members:
        record = member.record
        if member.path in altered:
            continue
        digests = record.digests
        found = differences.get((member.path, digests.sha256)) if isinstance(digests, Digests) else None
        if found is None:
            yield canonical.encode(record)
        elif found.found is not None and found.size is not None:
            changed = msgspec.structs.replace(record, digests=Digests(sha256=found.found), size=found.size)
            yield canonical.encode(changed)


def _key(difference: Difference) -> tuple[bytes | None, str]:
    return difference.path, difference.expected
