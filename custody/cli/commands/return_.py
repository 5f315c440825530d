"""`custody return`: a lent or released exhibit is back."""

from __future__ import annotations

import click

from custody.cli.acting.act_options import attest_option, parse_attestations
from custody.cli.acting.acts import Act, record_act
from custody.cli.acting.exhibit_selection import Selection, selecting
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.options import Signing, When, signed, timed
from custody.cli.results import ActResult


@command(
    example="""
    custody return 2026-0417/EX-1 --condition "as it left" --returned-by "Lab 9" --place "Vault 2" --as cust-02
    """,
    result=ActResult,
)
@selecting
@click.option("--condition", help="In which condition it came back (kept private).")
@click.option("--place", help="Where it is kept now (kept private).")
@click.option("--returned-by", help="Who brought it (kept private).")
@attest_option
@signed
@timed
@pass_custody
def return_(
    context: Context,
    *,
    selection: Selection,
    attestations: tuple[str, ...],
    who: Signing,
    when: When,
    **given: str | None,
) -> None:
    """Take lent or released exhibits back; who lent them holds them again, and signs."""
    details = {**given, "attestations": parse_attestations(attestations)}
    record_act(context, Act(type="exhibit.returned", details=details), selection, who=who, when=when)
