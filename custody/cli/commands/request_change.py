"""`custody request complete`, `extend`, `withdraw` and `close`: what happens to a request on its way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from custody.cli.acting.act_options import document_option, words_of
from custody.cli.assistance.letter_options import Sending, sent
from custody.cli.assistance.letter_sending import record_or_send
from custody.cli.assistance.letter_terms import check_accepted
from custody.cli.assistance.request_options import field_options, typed_fields
from custody.cli.assistance.requests import RequestResult, check_ahead
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.options import FILE
from custody.cli.parameters import TOKEN
from custody.cli.periods import end_of
from custody.cli.showing.holdings import staging
from custody.transfer.forum import lacking_now, wanted_of
from custody.transfer.requests import RequestStory, read_story
from schemas.details.consent import Condition
from schemas.details.request import RequestClosed
from schemas.errors import UsageError
from schemas.profile import RequiredField

_out = click.option("--out", "-o", "out", type=FILE, help="The letter to write, which tells the other side.")
_document = click.option("--document", type=FILE, help="The paper behind it, kept in the home.")


def _story(context: Context, request: str) -> tuple[RequestStory, tuple[RequiredField, ...]]:
    with context.ledger().read() as reader:
        story = read_story(reader, request)
        return story, lacking_now(reader.view(), story)


@command(
    example="""
    custody request complete req-7 --field connection="the account received the money" -o req-7b.zip --as auth-1
    custody request complete req-7 --accept confidentiality --accept return -o req-7c.zip --as auth-1
    custody request complete in-req-7 --field translation=attached --paper reply.pdf --as auth-2
    """,
    result=RequestResult,
)
@click.argument("request", metavar="ID", type=TOKEN)
@field_options
@document_option
@click.option(
    "--accept", "accepts", multiple=True, type=click.Choice(words_of(Condition, "code")),
    help="A condition of the answer that is accepted.",
)  # fmt: skip
@click.option("--paper", type=FILE, help="The letter on paper that completes a request of another authority.")
@_out
@sent
@pass_custody
def request_complete(
    context: Context,
    *,
    request: str,
    documents: tuple[Path, ...],
    accepts: tuple[str, ...],
    paper: Path | None,
    sending: Sending,
    **given: Any,
) -> None:
    """Add what the request called ID lacked; a field that is given again takes the place of what it said before.

    Who asked accepts with it, too, the conditions on which an answer lets something go (law row C15).
    """
    story, _ = _story(context, request)
    fields = typed_fields(given)
    if not (fields or documents or accepts):
        text = "expected --field, --document or --accept that completes the request, found none"
        raise UsageError("usage.field", text)
    check_accepted(context, story, accepts)
    with staging(context) as staged:
        details = {
            "accepts": sorted(set(accepts)) or None,
            "documents": staged.documents(documents),
            "fields": fields,
            "paper": staged.document(paper),
            "request": request,
        }
        names = story.names | {item["name"] for item in fields} | ({"legal-documents"} if documents else set())
        state = story.state
        with context.ledger().read() as reader:
            view = reader.view()
            missing = wanted_of(view, names, kind=state.kind, direction=state.direction, peer=state.peer)
        events = [("request.completed", details)]
        record_or_send(context, story, events, sending, staged=staged, missing=missing)


@command(
    example="""
    custody request extend req-7 --until 2027-03-31 --reason "the MLA request is on its way" -o req-7c.zip --as auth-1
    """,
    result=RequestResult,
)
@click.argument("request", metavar="ID", type=TOKEN)
@click.option("--until", required=True, metavar="TIME", help="The new end.")
@click.option("--reason", help="Why (kept private).")
@_document
@_out
@sent
@pass_custody
def request_extend(
    context: Context,
    *,
    request: str,
    until: str,
    reason: str | None,
    document: Path | None,
    sending: Sending,
) -> None:
    """Prolong a preservation or a term of the request called ID."""
    story, missing = _story(context, request)
    end = end_of(context, until)
    if story.state.until is not None and end is not None and end <= story.state.until:
        raise UsageError("request.until", f"expected an end after {story.state.until}, found {end}")
    check_ahead(sending.when.moment(context.now())[0], until=end)
    with staging(context) as staged:
        details = {"document": staged.document(document), "reason": reason, "request": request, "until": end}
        events = [("request.extended", details)]
        record_or_send(context, story, events, sending, staged=staged, missing=missing)


@command(
    example="""
    custody request withdraw req-7 --reason "the suspect was acquitted" -o req-7d.zip --as auth-1
    """,
    result=RequestResult,
)
@click.argument("request", metavar="ID", type=TOKEN)
@click.option("--reason", required=True, help="Why (kept private).")
@_document
@_out
@sent
@pass_custody
def request_withdraw(
    context: Context,
    *,
    request: str,
    reason: str,
    document: Path | None,
    sending: Sending,
) -> None:
    """Withdraw the request called ID; what rests on it, such as a consent, lets nothing leave any more."""
    story, _ = _story(context, request)
    with staging(context) as staged:
        details = {"document": staged.document(document), "reason": reason, "request": request}
        record_or_send(context, story, [("request.withdrawn", details)], sending, staged=staged)


@command(
    example="""
    custody request close req-7 --outcome executed --as auth-1
    custody request close in-req-7 --outcome executed-in-part --note "one account only" --as auth-2
    custody request close req-8 --outcome not-executed --document refusal.pdf --as auth-1
    """,
    result=RequestResult,
)
@click.argument("request", metavar="ID", type=TOKEN)
@click.option("--outcome", required=True, type=click.Choice(words_of(RequestClosed, "outcome")), help="How it ended.")
@click.option("--note", help="More about it (kept private).")
@_document
@_out
@sent
@pass_custody
def request_close(
    context: Context,
    *,
    request: str,
    outcome: str,
    note: str | None,
    document: Path | None,
    sending: Sending,
) -> None:
    """Close the request called ID: nothing more is asked, answered or awaited."""
    story, _ = _story(context, request)
    with staging(context) as staged:
        said = {"document": staged.document(document), "note": note}
        details = {**said, "outcome": outcome, "request": request}
        record_or_send(context, story, [("request.closed", details)], sending, staged=staged)
