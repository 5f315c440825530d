"""Where a CASE export takes its story from: this ledger, or the verified bundle of another one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from custody.bundle.disclose import Choice
from custody.bundle.exhibit_files import exhibit_files
from custody.cli.checking.opening import open_bundle, require_verdict
from custody.cli.checking.verification import Believed
from custody.cli.context import Context
from custody.cli.showing.holdings import Holdings
from custody.evidence.members import Member
from custody.report.case_export import CaseStory
from custody.report.ledger_story import Told, tell_exhibit
from custody.report.people import people_of
from custody.report.story import Teller
from custody.report.words import WITHHELD
from custody.verify.evidence.places import places_of
from custody.verify.rules.view import Exhibit
from custody.verify.verify import Verified
from schemas.content import Content
from schemas.errors import UsageError
from schemas.private import Disclosure
from schemas.report import ExhibitReport, LedgerReport
from schemas.text import format_time


def ledger_story(context: Context, exhibit: Exhibit, choice: Choice | None) -> CaseStory:
    """Return the story of an exhibit of this ledger; with a ``choice`` only the values that it lets out.

    Raises:
        RecordError, StorageError: as `tell_exhibit`.
    """
    access = context.ledger()
    with access.home.store.read() as reader:
        story = tell_exhibit(reader, access.home.store.disclosures, exhibit, at=format_time(context.now()))
        size = reader.head().size
    disclosed = story.disclosed if choice is None else _chosen(story.told, story.disclosed, choice)
    people = story.people
    if choice is not None:
        # Names stand in events that are not the exhibit's own; a bundle is the way to let them out.
        people = tuple(replace(person, name=WITHHELD) for person in people)
    content = story.details.content
    members = Holdings(access.home).members(content, disclosed) if isinstance(content, Content) else iter(())
    if choice is not None:
        members = _named_by_choice(members, choice)
    return CaseStory(
        ledger=access.ledger().origin,
        case=exhibit.case,
        exhibit=exhibit.number,
        told=story.told,
        people=people,
        members=members,
        disclosed=disclosed,
        basis=f"Taken from the ledger itself, of {size} entries; the signatures of these entries were checked. Whether "
        "the ledger is whole is not shown by this file: ask for a bundle.",
    )


@contextmanager
def bundle_story(
    context: Context, bundle: Path, believed: Believed, named: str | None, *, accept_indeterminate: bool
) -> Iterator[CaseStory]:
    """Give the story of the one exhibit that a bundle lists, or of the one called ``named``, once it is verified.

    Raises:
        VerificationError: ``case-export.verdict`` where the bundle FAILED.
        RefusedError: ``case-export.verdict`` where it is INDETERMINATE and that was not accepted.
        UsageError: ``case-export.exhibit`` where it isn't clear which exhibit is meant.
    """
    with open_bundle(context, bundle, believed.open(context)) as opened:
        verified = opened.verified
        require_verdict(
            verified.report, bundle, "case-export.verdict", accept_indeterminate=accept_indeterminate,
            otherwise="exports it all the same, and says so in the file",
        )  # fmt: skip
        report = _find(verified, named)
        folder = (report.case, report.exhibit)
        members = (
            Member(record=item.record, path=item.path, target=item.target)
            for item in exhibit_files(opened.container, verified)
            if item.folder == folder
        )
        yield _story_of(verified, report, members)


def _find(verified: Verified, named: str | None) -> ExhibitReport:
    listed = verified.report.exhibits
    fits = [item for item in listed if named in (None, f"{item.case}/{item.exhibit}", item.exhibit)]
    if len(fits) != 1:
        names = ", ".join(f"{item.case}/{item.exhibit}" for item in listed) or "none"
        hint = "say which as CASE/EXHIBIT"
        raise UsageError("case-export.exhibit", f"expected one exhibit of the bundle, which has {names}", hint=hint)
    return fits[0]


def _story_of(verified: Verified, report: ExhibitReport, members: Iterator[Member]) -> CaseStory:
    ledger = verified.report.ledger
    assert isinstance(ledger, LedgerReport), "without a checkpoint nothing could have been decided"
    teller = Teller(verified)
    entries = [verified.entries[index] for index in report.entries if index in verified.entries]
    told = tuple(Told(entry, act, is_late=False) for entry, act in zip(entries, teller.tell(report).acts, strict=True))
    named = {signer.agent for item in told for signer in item.entry.event.event.signers}
    return CaseStory(
        ledger=ledger.origin,
        case=report.case,
        exhibit=report.exhibit,
        told=told,
        people=tuple(person for person in people_of(verified, teller.absent) if person.agent in named),
        members=members,
        disclosed=dict(verified.values.disclosed),
        basis=f"Taken from a bundle of the ledger as it was with {ledger.size} entries, checkpoint {ledger.root}. The "
        f"bundle was verified, with the verdict {verified.report.verdict.value}.",
    )


def _chosen(told: tuple[Told, ...], disclosed: dict[str, Disclosure], choice: Choice) -> dict[str, Disclosure]:
    """Return the disclosures that the choice lets out, by the type of the event in which each stands."""
    found = {}
    for item in told:
        event = item.entry.event
        for commitment, pointer in places_of(event).items():
            if commitment in disclosed and choice.is_disclosed(event.event.type, pointer):
                found[commitment] = disclosed[commitment]
    return found


def _named_by_choice(members: Iterator[Member], choice: Choice) -> Iterator[Member]:
    shows = choice.is_disclosed("exhibit.registered", "/path")
    return (item if shows else Member(record=item.record, path=None, target=None) for item in members)
