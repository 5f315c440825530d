"""`custody case change` and `custody case close`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from custody.cli.acting.act_options import document_option
from custody.cli.acting.signing import complete, named_signers
from custody.cli.border.receipts import emit_outcome
from custody.cli.command import command
from custody.cli.commands.case_open import case_details
from custody.cli.context import Context, pass_custody
from custody.cli.options import Signing, When, signed, timed
from custody.cli.results import ActResult
from custody.cli.showing.holdings import Staged, staging
from custody.ledger.compose import Anchor
from schemas.errors import UsageError

_OUTCOMES = ("discontinued", "judgment", "merged", "other", "transferred")


@command(
    example="""
    custody case change 2026-0417 --authority "Public Prosecutor, District 2" --reason "referred" --as reg-1
    """,
    result=ActResult,
)
@click.argument("case")
@click.option("--reason", required=True, help="Why it changes (kept private).")
@click.option("--authority", help="Who leads the case now (kept private).")
@click.option("--legal-basis", help="What allows it now (kept private).")
@click.option("--title", help="What it is called now (kept private).")
@click.option("--offence", "offences", multiple=True, metavar="CC:TEXT[:ICCS]", help="All offences, anew.")
@click.option("--claim", "claims", multiple=True, metavar="CC:GROUND[:AUTHORITY]", help="All claims, anew.")
@document_option
@signed
@timed
@pass_custody
def case_change(context: Context, *, case: str, who: Signing, when: When, **given: Any) -> None:
    """Change what stands in CASE; a registrar signs. Only what is given changes, and what was stays on record."""
    with staging(context) as staged:
        shared = case_details(staged, given)
        details = {"authority": given["authority"], "legal_basis": given["legal_basis"], **shared}
        if all(value is None for value in details.values()):
            raise UsageError("usage.change", f"expected something to change in case {case}, found nothing")
        _record(context, "case.changed", case, who, when, {"reason": given["reason"], **details}, staged)


@command(
    example="""
    custody case close 2026-0417 --outcome judgment --as reg-1
    custody case close 2026-0417 --outcome transferred --note "to the federal prosecutor" --as reg-1
    """,
    result=ActResult,
)
@click.argument("case")
@click.option("--outcome", required=True, type=click.Choice(_OUTCOMES), help="How it ended.")
@click.option("--note", help="More about it (kept private).")
@document_option
@signed
@timed
@pass_custody
def case_close(
    context: Context,
    *,
    case: str,
    outcome: str,
    note: str | None,
    documents: tuple[Path, ...],
    who: Signing,
    when: When,
) -> None:
    """Close CASE; a registrar signs. Custody of its exhibits goes on; no further ones are registered."""
    with staging(context) as staged:
        details = {"outcome": outcome, "note": note, "documents": staged.documents(documents)}
        _record(context, "case.closed", case, who, when, details, staged)


def _record(
    context: Context, type: str, case: str, who: Signing, when: When, details: dict[str, Any], staged: Staged
) -> None:
    event = context.ledger().compose(
        type, signers=named_signers(context, who), details=details, when=when, anchor=Anchor(case=case)
    )
    emit_outcome(context, complete(context, who, [event], keep=staged.keep))
