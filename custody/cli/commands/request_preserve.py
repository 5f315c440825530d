"""`custody request preserve`: the short form of a request to keep data before they are gone."""

from __future__ import annotations

from datetime import UTC
from typing import Any, get_args

import click

from custody.cli.assistance.request_options import body_options
from custody.cli.assistance.requests import RequestResult, check_organisation
from custody.cli.command import command
from custody.cli.commands.request_draft import draft
from custody.cli.context import Context, pass_custody
from custody.cli.options import Signing, When, signed, timed
from custody.cli.parameters import AGENT, TOKEN
from custody.cli.periods import start_of
from custody.transfer.law_files import retention
from custody.transfer.retention import warn_retention
from schemas.details.source import SourceType
from schemas.errors import UsageError
from schemas.text import parse_time


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
@signed
@timed
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
    draft(context, request=request, kind="preservation", to=to, who=who, when=when, given=given, notes=notes)


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
