"""`custody request draft` and `request preserve`: what is asked of an authority abroad, put down and signed."""

from __future__ import annotations

from typing import Any

import click

from custody.cli.assistance.request_options import KINDS, body_details, body_options
from custody.cli.assistance.requests import RequestResult, check_ahead, check_case, check_organisation, record_request
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.options import Signing, When, signed, timed
from custody.cli.parameters import AGENT, TOKEN
from custody.cli.showing.holdings import staging
from custody.transfer.forum import wanted_of
from custody.transfer.requests import names_of


@command(
    example="""
    custody request draft req-7 --kind production --to justice-cn --field authority="Prosecutor 4" \\
        --field facts="..." --field data="login records" --offence "FR:art. 313-1:0701" --as auth-1
    custody request draft req-8 --kind mla --to justice-cn --fields fields.json --document order.pdf --as auth-1
    """,
    result=RequestResult,
)
@click.argument("request", metavar="ID", type=TOKEN)
@click.option("--kind", required=True, type=click.Choice(KINDS), help="Which kind of request.")
@click.option("--to", type=AGENT, required=True, metavar="ORGANISATION", help="Who is asked; enrolled with a country.")
@body_options
@signed
@timed
@pass_custody
def request_draft(
    context: Context, *, request: str, kind: str, to: str, who: Signing, when: When, **given: Any
) -> None:
    """Draft a request for assistance under the ID that it keeps in this ledger; nothing leaves yet.

    What it states is kept private, field by field. Which fields a request of this kind must state follows from the
    procedure profiles of both countries; what is missing is named with its source, and sending wants it completed.
    """
    draft(context, request=request, kind=kind, to=to, who=who, when=when, given=given)


def draft(
    context: Context,
    *,
    request: str,
    kind: str,
    to: str,
    who: Signing,
    when: When,
    given: dict[str, Any],
    notes: tuple[str, ...] = (),
) -> None:
    """Record a draft, and say what it lacks.

    Raises:
        UsageError: ``request.peer`` where the recipient's country is not on record, ``usage.case`` for an unknown case,
            ``request.past`` for a term that is over, or as `body_details`.
        CustodyError: as `custody.cli.acting.signing.complete`.
    """
    with context.ledger().read() as reader:
        check_organisation(reader.view(), to)
        check_case(reader.view(), given["case"])
    with staging(context) as staged:
        details = {**body_details(context, staged, given), "kind": kind, "request": request, "to": to}
        moment, _ = when.moment(context.now())
        check_ahead(moment, until=details["until"], respond_by=details["respond_by"])
        with context.ledger().read() as reader:
            missing = wanted_of(reader.view(), names_of(details), kind=kind, direction="outgoing", peer=to)
        events = [("request.drafted", details)]
        record_request(context, events, who=who, when=when, keep=staged.keep, missing=missing, notes=notes)
