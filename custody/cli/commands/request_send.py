"""`custody request send` and `request letter`: a request leaves, as a letter or on paper."""

from __future__ import annotations

from pathlib import Path

import click

from custody.cli.acting.act_options import words_of
from custody.cli.assistance.letter_options import Sending, sent
from custody.cli.assistance.letter_sending import record_or_send
from custody.cli.assistance.requests import RequestResult, by_source
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.options import FILE
from custody.cli.output import note
from custody.cli.parameters import TOKEN
from custody.cli.showing.holdings import staging
from custody.transfer.forum import lacking_now
from custody.transfer.requests import read_story
from schemas.details.request import RequestSent
from schemas.errors import RefusedError, UsageError
from schemas.profile import RequiredField
from schemas.text import format_time


@command(
    example="""
    custody request send req-7 -o req-7.zip --as auth-1
    custody request send req-8 --paper --document signed-letter.pdf --channel central-authority --as auth-1
    """,
    result=RequestResult,
)
@click.argument("request", metavar="ID", type=TOKEN)
@click.option("--out", "-o", "out", type=FILE, help="The letter to write.")
@click.option("--channel", type=click.Choice(words_of(RequestSent, "channel")), help="How it goes; direct if not said.")
@click.option("--paper", is_flag=True, help="It goes on paper, to an authority without this tool.")
@click.option("--document", type=FILE, help="The signed request on paper, kept in the home.")
@click.option("--purpose", help="What for (kept private).")
@click.option("--incomplete", is_flag=True, help="Send it although a field is missing; it stays visible that it is.")
@sent
@pass_custody
def request_send(
    context: Context,
    *,
    request: str,
    channel: str | None,
    paper: bool,
    document: Path | None,
    incomplete: bool,
    sending: Sending,
) -> None:
    """Send the request called ID: write its letter, or record that it went on paper.

    The letter holds the request, all that became of it and the proofs; the other side verifies it against its trust
    file and receives it. A request that lacks what the procedure wants is refused, unless --incomplete is given.
    """
    _check_manner(sending.out, document, paper=paper)
    with context.ledger().read() as reader:
        story = read_story(reader, request)
        missing = lacking_now(reader.view(), story)
    if missing and not incomplete:
        raise _incomplete(request, missing)
    earlier = [str(item.entry.index) for item in story.entries if isinstance(item.event.details, RequestSent)]
    if earlier:
        hint = f"for a letter that was lost: custody request letter {request}"
        note(context.settings, f"warning: {request} was sent before, in entry {', '.join(earlier)}; {hint}")
    moment, _ = sending.when.moment(context.now())
    with staging(context) as staged:
        details = {
            "channel": "paper" if paper else channel or "direct",
            "document": staged.document(document),
            "request": request,
            "sent_at": format_time(moment),
        }
        events = [("request.sent", details)]
        # What goes on paper has no letter: that was looked at above.
        record_or_send(context, story, events, sending, staged=staged, missing=missing)


def _check_manner(out: Path | None, document: Path | None, *, paper: bool) -> None:
    if paper and out is not None:
        raise UsageError("usage.paper", "expected a letter or paper, found both -o and --paper")
    if paper and document is None:
        raise UsageError("usage.paper", "expected --document with what was sent on paper, found none")
    if not paper and out is None:
        raise UsageError("usage.letter", "expected -o LETTER.zip or --paper, found neither")


def _incomplete(request: str, missing: tuple[RequiredField, ...]) -> RefusedError:
    told = "; ".join(f"{', '.join(names)} (source: {source})" for source, names in by_source(missing).items())
    names = " ".join(f"--field {item.name}=..." for item in missing)
    hint = f"custody request complete {request} {names}; or --incomplete sends it as it is"
    return RefusedError("request.incomplete", f"expected a complete request, found without {told}", hint=hint)


@command(example="custody request letter req-7 -o req-7-again.zip --as auth-1", result=RequestResult)
@click.argument("request", metavar="ID", type=TOKEN)
@click.option("--out", "-o", "out", type=FILE, required=True, help="The letter to write.")
@click.option("--purpose", help="What for (kept private).")
@sent
@pass_custody
def request_letter(context: Context, *, request: str, sending: Sending) -> None:
    """Write a letter with the request called ID as it stands: for one that was lost, or completed since."""
    with context.ledger().read() as reader:
        story = read_story(reader, request)
    if story.state.status == "drafted":
        hint = f"custody request send {request} sends it"
        raise RefusedError("request.not-sent", f"expected a request that was sent, found {request} drafted", hint=hint)
    with staging(context) as staged:
        record_or_send(context, story, [], sending, staged=staged)
