"""`custody request draft` and its short form `request preserve`: what is asked of an authority abroad, and signed."""

from __future__ import annotations

from datetime import UTC
from typing import Any, get_args

import click

from custody.cli.assistance.request_options import KINDS, body_details, body_options
from custody.cli.assistance.requests import RequestResult, check_ahead, check_case, check_organisation, record_request
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.options import Signing, When, acting
from custody.cli.parameters import AGENT, TOKEN
from custody.cli.periods import start_of
from custody.cli.showing.holdings import staging
from custody.transfer.forum import wanted_of
from custody.transfer.law_files import retention
from custody.transfer.requests import names_of
from custody.transfer.retention import warn_retention
from schemas.details.source import SourceType
from schemas.errors import UsageError
from schemas.text import parse_time


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
@acting
@pass_custody
def request_draft(
    context: Context, *, request: str, kind: str, to: str, who: Signing, when: When, **given: Any
) -> None:
    """Draft a request for assistance under the ID that it keeps in this ledger; nothing leaves yet.

    What it states is kept private, field by field. Which fields a request of this kind must state follows from the
    procedure profiles of both countries; what is missing is named with its source, and sending wants it completed.
    """
    _draft(context, request=request, kind=kind, to=to, who=who, when=when, given=given)


def _draft(
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


@command(
    example="""
    custody request preserve req-5 --to justice-cn --until 2027-02-01 --data-type access-log \\
        --period-from 2026-06-01 --period-to 2026-06-30 --field authority="Prosecutor 4" --as auth-1
    """,
    result=RequestResult,
)
@click.argument("request", metavar="ID", type=TOKEN)
@click.option("--to", type=AGENT, required=True, metavar="ORGANISATION", help="Who is asked; enrolled with a country.")
@click.option("--data-type", type=click.Choice(get_args(SourceType)), help="Which data.")
@body_options
@acting
@pass_custody
def request_preserve(
    context: Context, *, request: str, to: str, data_type: str | None, who: Signing, when: When, **given: Any
) -> None:
    """Draft a request to preserve data until a time, and say how long they are kept without one.

    Logs are deleted after months or days. With --data-type and --period-from the catalogue of retention says until when
    they must still be there, by which law, and whether that is over already.
    """
    if given["until"] is None:
        raise UsageError("usage.until", "expected --until TIME to which data are to be preserved, found none")
    notes = _warnings(context, to, data_type, given["period_from"])
    _draft(context, request=request, kind="preservation", to=to, who=who, when=when, given=given, notes=notes)


def _warnings(context: Context, to: str, data_type: str | None, data_from: str | None) -> tuple[str, ...]:
    with context.ledger().read() as reader:
        check_organisation(reader.view(), to)
        peer = reader.view().agent(to)
    first = start_of(context, data_from)
    if data_type is None or first is None:
        return ("note: with --data-type and --period-from the catalogue of retention says how long data are kept",)
    country = peer.country if peer is not None else None
    assert country is not None, "that was checked"
    found = warn_retention(
        retention(), country=country, type=data_type, data_from=parse_time(first),
        at=context.now().astimezone(UTC),
    )  # fmt: skip
    return tuple(f"{'warning' if item.is_gone else 'retention'}: {item.text}" for item in found)
