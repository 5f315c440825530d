"""`custody request list`: the requests, and what is due on them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import click

from custody.cli.assistance.holidays import holidays_option, read_holidays
from custody.cli.assistance.request_results import (
    RequestLine,
    RequestList,
    clock_lines,
    freeze_line,
    freeze_lines,
    headline,
    request_line,
    standing_lines,
)
from custody.cli.assistance.requests import all_stories
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.exits import Exit
from custody.cli.output import emit
from custody.cli.showing.freezes import freezes_of
from custody.transfer.due import Due, by_request, open_dues
from custody.transfer.forum import dues_now, forums_now, lacking_now

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
        (*_lines(shown, len(lines), only_attention=is_brief), *freeze_lines(frozen, at, only_attention=is_brief)),
    )
    return Exit.ATTENTION if check and attention else Exit.DONE


def _lines(shown: list[tuple[RequestLine, tuple[Due, ...]]], known: int, *, only_attention: bool) -> Iterator[str]:
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
