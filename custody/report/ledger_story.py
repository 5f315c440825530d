"""The story of one exhibit out of the ledger that is at hand, told as it is told of a bundle.

The entries are those that a bundle about the exhibit would carry: they are folded by the one reducer and their
signatures are checked, so what is said of them was looked at just now. Whether the ledger around them is whole is for
an audit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from custody.audit.custody_at import CustodyAt, CustodyWatch
from custody.bundle.closure import find_closure
from custody.ledger.agreement import check_rows
from custody.ledger.store import INDEX_HINT, DisclosureStore
from custody.report.from_ledger import report_of, values_of
from custody.report.glance import LEAVES
from custody.report.ledger_words import naming
from custody.report.people import Person, people_of
from custody.report.story import Act, Line, Mark, Story, Teller
from custody.report.words import format_utc
from custody.storage.reading import Reader
from custody.verify.assets.asset_history import Custody, captures_of, check_drops, recorded_balances, stories_of
from custody.verify.evidence.images import check_image
from custody.verify.fold.fold import Fold, Placed
from custody.verify.fold.lineage import lineage_of
from custody.verify.procedure.explanations import Explanations
from custody.verify.rules.view import Exhibit
from custody.verify.verify import Verified
from schemas.details.asset import Asset
from schemas.details.exhibit import ExhibitLinked, ExhibitRegistered
from schemas.entry import ParsedEntry
from schemas.errors import StorageError, VerificationError
from schemas.private import Disclosure
from schemas.report import ExhibitReport, Findings, Severity
from schemas.types import UNSET


@dataclass(frozen=True, slots=True)
class Told:
    """One entry of the exhibit, its act in words, and whether it was recorded after the time that was asked for."""

    entry: ParsedEntry
    act: Act
    is_late: bool


@dataclass(frozen=True, slots=True)
class LedgerStory:
    """An exhibit as it stands, or stood at the time asked for, and how that came about.

    ``exhibit`` has no holder where it did not exist by then; ``left_out`` counts the entries of what happened later.
    ``description`` and ``place`` are values of the told entries with their corrections; ``disclosed`` are the private
    values at hand, by commitment. ``place`` is the entry with which it left, where no place was named since.
    """

    exhibit: ExhibitReport
    registration: ParsedEntry
    told: tuple[Told, ...]
    story: Story
    people: tuple[Person, ...]
    description: tuple[Line, ...]
    place: tuple[int, Line | None] | None
    linked: tuple[tuple[str, int], ...]
    left_out: int
    disclosed: dict[str, Disclosure]

    @property
    def details(self) -> ExhibitRegistered:
        """What its registration says."""
        assert isinstance(self.registration.event.details, ExhibitRegistered)
        return self.registration.event.details

    @property
    def has_failed(self) -> bool:
        """Tell whether something of what is told is provably wrong."""
        return any(mark.severity is Severity.FAILED for told in self.told for mark in told.act.marks)


def tell_exhibit(
    reader: Reader, disclosures: DisclosureStore, exhibit: Exhibit, *, at: str, as_of: str | None = None
) -> LedgerStory:
    """Return the story of ``exhibit`` as of ``at``, now, or of what happened by ``as_of``, times as records write them.

    Raises:
        RecordError: an entry that is none any more.
        StorageError: ``ledger.unreadable`` where the rows beside the entries don't fit them.
    """
    verified, watch = _verify(reader, disclosures, exhibit, at=at, as_of=as_of)
    indexes = list(verified.indexes.get(("exhibit", exhibit.case, exhibit.number), ()))
    registration = _registration(verified, indexes, exhibit)
    kept = [index for index in indexes if as_of is None or verified.entries[index].event.event.occurred_at <= as_of]
    report = _stood(exhibit, kept, verified, watch, is_now=as_of is None)
    teller = Teller(verified, others=naming(reader))
    story = teller.tell(report)
    entries = [verified.entries[index] for index in kept]
    told = tuple(_told(entry, act, as_of) for entry, act in zip(entries, story.acts, strict=True))
    return LedgerStory(
        exhibit=report,
        registration=registration,
        told=told,
        story=replace(story, acts=tuple(item.act for item in told)),
        people=_people(verified, teller, told, story),
        description=_lines(teller, registration, "description", "kind", "nature"),
        place=_place(teller, entries, verified),
        linked=_linked(entries),
        left_out=len(indexes) - len(kept),
        disclosed=dict(verified.values.disclosed),
    )


def _registration(verified: Verified, indexes: list[int], exhibit: Exhibit) -> ParsedEntry:
    first = verified.entries[indexes[0]] if indexes else None
    if first is None or not isinstance(first.event.details, ExhibitRegistered):
        text = f"expected the registration of {exhibit.name} as its first entry, found another"
        raise StorageError("ledger.unreadable", text, hint=INDEX_HINT)
    return first


def _verify(
    reader: Reader, disclosures: DisclosureStore, exhibit: Exhibit, *, at: str, as_of: str | None
) -> tuple[Verified, CustodyWatch]:
    """Fold what a bundle would carry about the exhibit, with every signature checked."""
    names = [(exhibit.case, exhibit.number)]
    closure = find_closure(reader, names, size=reader.head().size)
    carried = sorted({index for indexes in closure.indexes.values() for index in indexes})
    entries = {index: closure.entries[index] for index in carried}
    findings, placed = Findings(), dict[int, Placed]()
    fold, watch, explanations = (
        Fold(findings, is_whole=False, lineage=lineage_of(names, entries)),
        CustodyWatch(as_of or at),
        Explanations(),
    )
    for index, entry in entries.items():
        placed[index], jobs = fold.add(entry)
        for job in jobs:
            try:
                job.check()
            except VerificationError as error:
                fold.fail(6, error, index)
        watch.watch(entry, placed[index], fold.state)
        if placed[index].is_applied:
            check_image(entry, findings)
            explanations.add(entry, fold.state)
    check_rows(reader.view(), fold.state, names, findings)
    fold.finish()
    values = values_of(disclosures, entries)
    for history in stories_of(entries, placed, [(exhibit.case, exhibit.number)]).values():
        captures = captures_of(history)
        if captures and isinstance(asset := captures[0].part, Asset):
            balances = recorded_balances(asset, captures, values.disclosed)
            check_drops(Custody(history), captures, balances, values.disclosed, findings)
    explanations.stand_beside(findings)
    report = report_of(findings, at)
    return Verified(report, entries, placed, values, fold.state), watch


def _stood(
    exhibit: Exhibit, indexes: list[int], verified: Verified, watch: CustodyWatch, *, is_now: bool
) -> ExhibitReport:
    name = exhibit.case, exhibit.number
    found: Exhibit | CustodyAt | None
    if is_now:
        found = verified.state.exhibit(*name)
    else:
        found = next((at for at in watch.result() if (at.case, at.exhibit) == name), None)
    return ExhibitReport(
        case=exhibit.case,
        entries=tuple(indexes),
        exhibit=exhibit.number,
        holder=UNSET if found is None else found.holder,
        sealed=UNSET if found is None else (found.is_sealed if isinstance(found, Exhibit) else found.sealed),
        status=UNSET if found is None else found.status,
    )


def _told(entry: ParsedEntry, act: Act, as_of: str | None) -> Told:
    recorded_at = entry.entry.recorded_at
    is_late = as_of is not None and recorded_at > as_of
    if is_late:
        text = f"Recorded later, {format_utc(recorded_at)}: it had happened, and the ledger did not know it yet."
        act = replace(act, marks=(*act.marks, Mark(Severity.NOTE, text)))
    return Told(entry, act, is_late)


def _people(verified: Verified, teller: Teller, told: tuple[Told, ...], story: Story) -> tuple[Person, ...]:
    """Return those who act in the story; others stand in the ledger only because they enrolled them."""
    named = {holding.holder for holding in story.holdings}
    for item in told:
        for signer in item.entry.event.event.signers:
            named |= {signer.agent, signer.party}
    return tuple(person for person in people_of(verified, teller.absent) if person.agent in named)


def _lines(teller: Teller, entry: ParsedEntry, *labels: str) -> tuple[Line, ...]:
    lines = {line.label: line for line in teller.lines_of(entry)}
    return tuple(lines[label] for label in labels if label in lines)


def _place(teller: Teller, entries: list[ParsedEntry], verified: Verified) -> tuple[int, Line | None] | None:
    """Return the place that was named last by an act that the rules took, with the number of its entry; the entry alone
    where the exhibit left since.
    """
    for entry in reversed(entries):
        if entry.event.event.link is not UNSET and verified.placed[entry.entry.index].is_applied:
            for line in _lines(teller, entry, "place"):
                return entry.entry.index, line
            if entry.event.type in LEAVES:
                return entry.entry.index, None
    return None


def _linked(entries: list[ParsedEntry]) -> tuple[tuple[str, int], ...]:
    """Return the further cases that want the exhibit, each with the entry that says so."""
    return tuple(
        (entry.event.details.case, entry.entry.index)
        for entry in entries
        if isinstance(entry.event.details, ExhibitLinked)
    )
