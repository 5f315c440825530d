"""`custody request answer`: what becomes of a request that was received."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from custody.cli.acting.act_options import document_option
from custody.cli.assistance.grants import grant_options, take_grant, tell_country, tell_refusal
from custody.cli.assistance.letter_options import Sending, sent
from custody.cli.assistance.letter_sending import record_or_send
from custody.cli.assistance.request_options import answer_details, answer_options
from custody.cli.assistance.requests import RequestResult
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.options import FILE
from custody.cli.parameters import AGENT, TOKEN
from custody.cli.periods import end_of
from custody.cli.showing.holdings import staging
from custody.ledger.admission import check_terms
from custody.transfer.requests import read_story
from schemas.text import format_time


@command(
    example="""
    custody request answer in-req-7 --outcome granted --to-country FR --condition use-limited:trial -o a.zip --as auth-2
    custody request answer in-req-8 --outcome granted --sent-before B-12/EX-1 --to-country IT -o answer.zip --as auth-2
    custody request answer in-req-7 --outcome refused --ground no-connection --reasons "..." -o answer.zip --as auth-2
    custody request answer in-req-7 --outcome clarification-wanted --wanted connection -o answer.zip --as auth-2
    """,
    result=RequestResult,
)
@click.argument("request", metavar="ID", type=TOKEN)
@answer_options
@click.option("--forwarded-by", type=AGENT, help="The organ that forwarded it to who decides (law row C24).")
@grant_options
@click.option("--until", metavar="TIME", help="Until when data are preserved, or the answer is put off.")
@document_option
@click.option("--out", "-o", "out", type=FILE, help="The letter to write; without it the answer is recorded only.")
@click.option("--purpose", help="What for (kept private).")
@sent
@pass_custody
def request_answer(
    context: Context,
    *,
    request: str,
    forwarded_by: str | None,
    until: str | None,
    documents: tuple[Path, ...],
    sending: Sending,
    **given: Any,
) -> None:
    """Answer the request called ID: granted, refused on a ground of a closed list, postponed, nothing found, and so on.

    What is granted abroad is granted on terms: --to-country says where what is sent may go, --onward and --condition
    on what terms. What goes to who asked --covers names; what was sent from here before and may go on to a third
    country is named with --sent-before. Several answers may follow each other, as data come in. Under granted-in-part
    go the exhibits that --covers names, in one answer or in several, and what was made of them alone; they still go
    where the rest is refused. After granted, refused takes all back.
    A consent to let evidence go is a record of its own: custody consent record.
    """
    with context.ledger().read() as reader:
        story = read_story(reader, request)
        peer = reader.view().agent(story.state.peer)
    grant = take_grant(context, given, None if peer is None else peer.country)
    answer = answer_details(given)
    with context.ledger().read() as reader:
        check_terms(reader.view(), story.state, answer["outcome"], are_stated=grant is not None)
        tell_country(context, reader.view(), story.state, grant)
        tell_refusal(context, story.state, answer["outcome"])
    moment, _ = sending.when.moment(context.now())
    with staging(context) as staged:
        details = {
            **answer,
            "answered_at": format_time(moment),
            "documents": staged.documents(documents),
            "forwarded_by": forwarded_by,
            "grant": grant,
            "request": request,
            "until": end_of(context, until),
        }
        record_or_send(context, story, [("request.answered", details)], sending, staged=staged)
