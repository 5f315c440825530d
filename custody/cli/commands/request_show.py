"""`custody request list` and `custody request show`: the requests, and what is due on them; the story of one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import click

from custody.cli.assistance.holidays import holidays_option, read_holidays
from custody.cli.assistance.letter_terms import granted_facts
from custody.cli.assistance.request_results import (
    RequestLine,
    RequestList,
    RequestStep,
    RequestStoryResult,
    clock_lines,
    freeze_line,
    freeze_lines,
    headline,
    request_line,
    standing_lines,
)  # fmt: skip
from custody.cli.assistance.requests import all_stories, missing_lines
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.exits import Exit
from custody.cli.output import emit
from custody.cli.parameters import TOKEN
from custody.cli.showing.freezes import freezes_of
from custody.report.words import format_utc, tell
from custody.transfer.due import Due, by_request, open_dues
from custody.transfer.forum import dues_now, forums_now, lacking_now
from custody.transfer.requests import RequestStory, medium_of, read_story
from schemas.profile import RequiredField

_OVER = ("closed", "withdrawn")


@command(
    example="""
    custody request list
    custody request list --due
    custody request list --due --check --quiet || mail -s "requests are due" auth-1@justice.example
    """,
    result=RequestList,
)
@click.option("--due", "only_due", is_flag=True, help="Only those on which a clock runs, with the time left.")
@click.option("--check", is_flag=True, help="Exit 6 where something is due, overdue or expired, for a daily job.")
@click.option("--open", "only_open", is_flag=True, help="Only those that are neither closed nor withdrawn.")
@click.option("--incoming", is_flag=True, help="Only those that were received.")
@click.option("--outgoing", is_flag=True, help="Only those of our own.")
@holidays_option
@pass_custody
def request_list(
    context: Context,
    only_due: bool,
    check: bool,
    only_open: bool,
    incoming: bool,
    outgoing: bool,
    holidays: Path | None,
) -> Exit:
    """List the requests, ours and others', with their deadlines; with --due also the freezes of assets that end.

    A deadline is a rule of the country that is asked, or of a treaty that both countries share, kept as data with its
    source beside it; one whose source is unconfirmed says so, and so does one that was counted without a list of public
    holidays. With --check a scheduler can watch: exit 6 means that somebody should look.
    """
    at, rest_days = context.now().astimezone(UTC), read_holidays(context, holidays)
    access = context.ledger()
    with access.home.store.read() as reader:
        # A freeze of an asset ends as a preservation does, though nobody abroad was asked for it.
        is_wanted = only_due and not (incoming or outgoing)
        frozen = freezes_of(reader, access, now=at, rest_days=rest_days) if is_wanted else ()
        view = reader.view()
        stories = all_stories(reader)
        dues = by_request(open_dues(dues_now(view, stories, at=at, rest_days=rest_days)))
        lines = []
        for story in stories:
            own = dues.get(story.state.id, ())
            line = request_line(story, own, lacking_now(view, story), forums_now(view, story), stories)
            lines.append((line, own))
    directions = {name for name, is_wanted in (("incoming", incoming), ("outgoing", outgoing)) if is_wanted}
    shown = [
        (line, clocks)
        for line, clocks in lines
        if (not directions or line.direction in directions)
        and not (only_open and line.status in _OVER)
        and (clocks or not only_due)
    ]
    freezes = [freeze_line(item, at) for item in frozen]
    attention = sum(clock.attention for line, _ in shown for clock in line.clocks)
    attention += sum(item.attention for item in freezes)
    result = RequestList(attention=attention, freezes=tuple(freezes), requests=tuple(line for line, _ in shown))
    is_brief = check and context.settings.quiet
    emit(
        context.settings,
        result,
        (*_list_lines(shown, len(lines), only_attention=is_brief), *freeze_lines(frozen, at, only_attention=is_brief)),
    )
    return Exit.ATTENTION if check and attention else Exit.DONE


def _list_lines(shown: list[tuple[RequestLine, tuple[Due, ...]]], known: int, *, only_attention: bool) -> Iterator[str]:
    for line, dues in shown:
        told = [due for due in dues if due.wants_attention or not only_attention]
        if told or not only_attention:
            yield headline(line)
            if not only_attention:
                yield from standing_lines(line)
            yield from clock_lines(told)
    if not shown and not only_attention:
        are = "is" if known == 1 else "are"
        yield f"no request fits; {known:,} {are} on record: custody request list" if known else "no request"


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
    emit(context.settings, result, _story_lines(line, steps, dues, missing))


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


def _story_lines(
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
