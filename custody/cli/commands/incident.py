"""`custody incident`: something happened to an exhibit that should not have."""

from __future__ import annotations

from pathlib import Path

import click

from custody.cli.acting.act_options import document_option, words_of
from custody.cli.acting.acts import record_act
from custody.cli.acting.exhibit_selection import Selection, selecting
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.options import Signing, When, acting
from custody.cli.results import ActResult
from custody.cli.showing.holdings import staging
from schemas.details.exhibit import ExhibitIncident
from schemas.text import format_time


@command(
    example="""
    custody incident 2026-0417/EX-1 --kind seal-broken --description "found torn in the vault" --as cust-02
    custody incident EX-1 --kind lost --description "not on its shelf" --discovered-at "2026-11-20 07:30" --as cust-02
    """,
    result=ActResult,
)
@selecting
@click.option("--kind", required=True, type=click.Choice(words_of(ExhibitIncident, "kind")), help="What happened.")
@click.option("--description", required=True, help="What is known (kept private).")
@click.option("--discovered-at", metavar="TIME", help="When it was discovered, if not at --at.")
@click.option("--reported-to", help="To whom it was reported (kept private).")
@document_option
@acting
@pass_custody
def incident(
    context: Context,
    *,
    selection: Selection,
    discovered_at: str | None,
    documents: tuple[Path, ...],
    who: Signing,
    when: When,
    **given: str | None,
) -> None:
    """Report a loss, a theft, a damage or a broken seal; after a broken seal the exhibit counts as unsealed.

    The holder reports. Custody does not move; a lost exhibit that turns up again is reported as found.
    """
    moment = When(at=discovered_at or when.at, utc_offset=when.utc_offset, clock_offset=when.clock_offset)
    discovered, _ = moment.moment(context.now())
    with staging(context) as staged:
        found = {"discovered_at": format_time(discovered), "documents": staged.documents(documents)}
        record_act(context, "exhibit.incident", {**given, **found}, selection, who=who, when=when, keep=staged.keep)
