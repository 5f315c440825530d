"""`custody request show`: the story of a request in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import click

from custody.cli.assistance.holidays import holidays_option, read_holidays
from custody.cli.assistance.letter_terms import granted_facts
from custody.cli.assistance.request_results import (
    RequestLine,
    RequestStep,
    RequestStoryResult,
    clock_lines,
    headline,
    request_line,
    standing_lines,
)  # fmt: skip
from custody.cli.assistance.requests import all_stories, missing_lines
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.output import emit
from custody.cli.parameters import TOKEN
from custody.report.words import format_utc, tell
from custody.transfer.due import Due
from custody.transfer.forum import dues_now, forums_now, lacking_now
from custody.transfer.requests import RequestStory, medium_of, read_story
from schemas.profile import RequiredField

_MEDIA = {
    "certificate": ", by a provider's signed certificate",
    "letter": ", read in a verified letter",
    "letter-undecided": ", read in a letter that is INDETERMINATE, and was taken all the same",
    "paper": ", ON PAPER",
    "signed": "",
}


@command(example="custody request show req-7", result=RequestStoryResult)
@click.argument("request", metavar="ID", type=TOKEN)
@holidays_option
@pass_custody
def request_show(context: Context, request: str, holidays: Path | None) -> None:
    """Tell the story of the request called ID: what was asked, sent, answered, what it lacks, what is due.

    What came on paper rests on the word of whoever recorded it, and is marked so; what came by letter was verified
    against the trust file when it was received, and what was taken although that could not be decided is marked too.
    Of an answer by letter the terms on which it grants are told as the letter, which the home keeps, says them.
    """
    access, at, rest_days = context.ledger(), context.now().astimezone(UTC), read_holidays(context, holidays)
    with access.home.store.read() as reader:
        story = read_story(reader, request)
        view, stories = reader.view(), all_stories(reader)
        missing = lacking_now(view, story)
        dues = tuple(due for due in dues_now(view, stories, at=at, rest_days=rest_days) if _is_of(due, story))
        line = request_line(story, dues, missing, forums_now(view, story), stories)
    steps = tuple(_steps(context, story))
    result = RequestStoryResult(request=line, steps=steps)
    emit(context.settings, result, _lines(line, steps, dues, missing))


def _is_of(due: Due, story: RequestStory) -> bool:
    return due.story.state.id == story.state.id


def _steps(context: Context, story: RequestStory) -> Iterator[RequestStep]:
    access = context.ledger()
    disclosures = access.disclosures_of(story.events)
    for entry in story.entries:
        told = tell(entry.event, disclosures, name_of=access.name_of)
        yield RequestStep(
            entry=entry.entry.index,
            facts=(*told.facts, *granted_facts(context, entry.event)),
            headline=told.headline,
            medium=medium_of(entry.event.details),
            occurred_at=entry.event.event.occurred_at,
            recorded_at=entry.entry.recorded_at,
        )


def _lines(
    line: RequestLine,
    steps: tuple[RequestStep, ...],
    dues: tuple[Due, ...],
    missing: tuple[RequiredField, ...],
) -> Iterator[str]:
    yield headline(line)
    yield from standing_lines(line)
    yield from (f"  {told}" for told in missing_lines(missing))
    yield from clock_lines(dues)
    for step in steps:
        yield f"{step.entry}  {format_utc(step.occurred_at)}  {step.headline}{_MEDIA[step.medium]}"
        hidden = {"ledger", "checkpoint seen", "to be recorded by", "request"}
        yield from (f"     {label}: {value}" for label, value in step.facts if label not in hidden)
