"""`custody release` and `custody return`: exhibits are lent or given away, and are back."""

from __future__ import annotations

import click

from custody.cli.acting.act_options import attest_option, destination, parse_attestations, words_of
from custody.cli.acting.acts import record_act
from custody.cli.acting.exhibit_selection import Selection, selecting
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.options import Signing, When, acting
from custody.cli.parameters import AGENT
from custody.cli.results import ActResult
from schemas.details.exhibit import ExhibitReleased
from schemas.errors import UsageError
from schemas.text import format_time


@command(
    example="""
    custody release 2026-0417/EX-1 --to "the owner" --terms for-good --reason "not needed" --to-country DE \\
        --attest "owner:paper:A. N. Other" --as cust-02
    custody release EX-1 --to "Lab 9" --terms lent --due 2027-01-31 --reason "second opinion" \\
        --to-agent lab-9 --as cust-02
    """,
    result=ActResult,
)
@selecting
@click.option("--to", help="To whom (kept private).")
@click.option("--receiver", type=AGENT, help="The receiver's id, if he has a key; he signs too.")
@click.option("--terms", required=True, type=click.Choice(words_of(ExhibitReleased, "terms")), help="On which terms.")
@click.option("--reason", required=True, help="Why (kept private).")
@click.option("--authority", help="By whose decision (kept private).")
@click.option("--condition", help="In which condition it is (kept private).")
@click.option("--due", metavar="TIME", help="When a lent exhibit is due back.")
@destination
@attest_option
@acting
@pass_custody
def release(
    context: Context,
    *,
    selection: Selection,
    to: str | None,
    receiver: str | None,
    due: str | None,
    attestations: tuple[str, ...],
    who: Signing,
    when: When,
    **given: str | None,
) -> None:
    """Lend exhibits, or give them away for good; the holder stays the responsible one until they are back.

    A receiver with a key signs too (--receiver); one without is named by --to and may attest on paper (--attest). The
    record says in clear where it goes (--to-country, --to-agent); abroad it needs a consent, as a bundle does.
    """
    if to is None and receiver is None:
        raise UsageError("usage.to", "expected --to or --receiver, found neither")
    moment, _ = When(at=due, utc_offset=when.utc_offset).moment(context.now())
    details = {
        **given,
        "attestations": parse_attestations(attestations),
        "due": None if due is None else format_time(moment),
        "to": to or receiver,
    }
    record_act(context, "exhibit.released", details, selection, who=who, when=when, to=receiver)


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
@acting
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
    record_act(context, "exhibit.returned", details, selection, who=who, when=when)
