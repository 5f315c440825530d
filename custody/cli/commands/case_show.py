"""`custody case list` and `custody case show`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.output import emit
from custody.cli.results import Result
from custody.ledger.entries import entries_about
from custody.report.safe_text import show
from custody.report.words import format_utc, tell
from custody.verify.rules.view import Exhibit
from schemas.errors import UsageError


class CaseLine(Result, frozen=True, kw_only=True, tag="custody-case/v1"):
    """A case of the ledger, and how many exhibits were registered in it."""

    case: str
    exhibits: int
    is_open: bool


class CaseList(Result, frozen=True, kw_only=True, tag="custody-cases/v1"):
    """All cases, in order of number."""

    cases: tuple[CaseLine, ...]


class CaseEntry(Result, frozen=True, kw_only=True, tag="custody-case-entry/v1"):
    """What was recorded about a case, with the values that this home holds."""

    entry: int
    facts: tuple[tuple[str, str], ...]
    headline: str
    occurred_at: str
    recorded_at: str
    type: str


class CaseExhibit(Result, frozen=True, kw_only=True, tag="custody-case-exhibit/v1"):
    """An exhibit of a case as it stands now."""

    exhibit: str
    holder: str
    is_sealed: bool
    status: str


class CaseStory(Result, frozen=True, kw_only=True, tag="custody-case-story/v1"):
    """A case: what was recorded about it, and its exhibits."""

    case: str
    entries: tuple[CaseEntry, ...]
    exhibits: tuple[CaseExhibit, ...]
    is_open: bool


@command(example="custody case list", result=CaseList)
@pass_custody
def case_list(context: Context) -> None:
    """List the cases of this ledger."""
    with context.ledger().read() as reader:
        cases = tuple(
            CaseLine(case=case.number, exhibits=len(reader.exhibits(case=case.number)), is_open=case.is_open)
            for case in reader.cases()
        )
    lines = [f"{show(case.case)}: {'open' if case.is_open else 'closed'}, exhibits: {case.exhibits}" for case in cases]
    emit(context.settings, CaseList(cases=cases), lines or ["no case yet", "next: custody case open CASE"])


@command(example="custody case show 2026-0417", result=CaseStory)
@click.argument("case")
@pass_custody
def case_show(context: Context, case: str) -> None:
    """Show what was recorded about CASE, and its exhibits as they stand."""
    access = context.ledger()
    with access.read() as reader:
        known = reader.view().case(case)
        if known is None:
            raise UsageError("usage.case", f"expected a case of this ledger, found {case!r}", hint="custody case list")
        entries = entries_about(reader, ("case", case))
        exhibits = tuple(_exhibit(exhibit) for exhibit in reader.exhibits(case=case))
    values = access.disclosures_of([entry.event for entry in entries])
    told = []
    for entry in entries:
        words = tell(entry.event, values, name_of=access.name_of)
        told.append(
            CaseEntry(
                entry=entry.entry.index,
                facts=words.facts,
                headline=words.headline,
                occurred_at=entry.event.event.occurred_at,
                recorded_at=entry.entry.recorded_at,
                type=entry.event.type,
            )
        )
    story = CaseStory(case=case, entries=tuple(told), exhibits=exhibits, is_open=known.is_open)
    emit(context.settings, story, _lines(story))


def _exhibit(exhibit: Exhibit) -> CaseExhibit:
    return CaseExhibit(
        exhibit=exhibit.number, holder=exhibit.holder, is_sealed=exhibit.is_sealed, status=exhibit.status
    )


def _lines(story: CaseStory) -> Iterator[str]:
    yield f"case {show(story.case)}: {'open' if story.is_open else 'closed'}"
    for entry in story.entries:
        yield f"entry {entry.entry}, {format_utc(entry.occurred_at)}: {entry.headline}"
        yield from (f"  {label}: {value}" for label, value in entry.facts)
    yield f"exhibits: {len(story.exhibits)}"
    for exhibit in story.exhibits:
        sealed = ", sealed" if exhibit.is_sealed else ""
        yield f"  {show(exhibit.exhibit)}: {exhibit.status.replace('-', ' ')}{sealed}, holder {exhibit.holder}"
