"""`custody case open`, `case change` and `case close`: a case, its authority and legal basis."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from custody.cli.acting.act_options import document_option, words_of
from custody.cli.acting.acts import record_event
from custody.cli.assistance.case_words import parse_claim, parse_offence
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.options import Signing, When, acting
from custody.cli.results import ActResult
from custody.cli.showing.holdings import Staged, staging
from custody.ledger.compose import Anchor
from schemas.details.case import CaseClosed
from schemas.errors import UsageError


@command(
    example="""
    custody case open 2026-0417 --authority "Public Prosecutor, District 4" --legal-basis "Code s. 102" --as reg-1
    custody case open 2026-0417 --authority P --legal-basis "s. 102" --offence "DE:s. 303a:0903" --as reg-1
    """,
    result=ActResult,
)
@click.argument("case")
@click.option("--authority", required=True, help="Who leads the case (kept private).")
@click.option("--legal-basis", required=True, help="What allows it (kept private).")
@click.option("--title", help="What it is called (kept private).")
@click.option("--offence", "offences", multiple=True, metavar="CC:TEXT[:ICCS]", help="Country, words, ICCS code.")
@click.option("--claim", "claims", multiple=True, metavar="CC:GROUND[:AUTHORITY]", help="Who claims jurisdiction, why.")
@document_option
@acting
@pass_custody
def case_open(context: Context, *, case: str, who: Signing, when: When, **given: Any) -> None:
    """Open CASE; a registrar signs.

    All free text is kept private: the ledger holds a commitment to it, and who receives a bundle sees what is
    disclosed to him.
    """
    with staging(context) as staged:
        shared = case_details(staged, given)
        details = {"authority": given["authority"], "legal_basis": given["legal_basis"], **shared}
        details.setdefault("offences", [])
        record_event(context, "case.opened", details, who=who, when=when, anchor=Anchor(case=case), keep=staged.keep)


def case_details(staged: Staged, given: dict[str, Any]) -> dict[str, Any]:
    """Return the details that opening and changing a case share, as far as they are given.

    Raises:
        UsageError: ``usage.offence``, ``usage.claim``, or as `Staged.documents`.
        StorageError: the documents can't be kept.
    """
    details: dict[str, Any] = {"title": given.get("title")}
    if given.get("offences"):
        details["offences"] = [parse_offence(item) for item in given["offences"]]
    if given.get("claims"):
        details["jurisdiction_claims"] = [parse_claim(item) for item in given["claims"]]
    if given.get("documents"):
        details["documents"] = staged.documents(given["documents"])
    return {name: value for name, value in details.items() if value is not None}


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
@acting
@pass_custody
def case_change(context: Context, *, case: str, who: Signing, when: When, **given: Any) -> None:
    """Change what stands in CASE; a registrar signs. Only what is given changes, and what was stays on record."""
    with staging(context) as staged:
        shared = case_details(staged, given)
        details = {"authority": given["authority"], "legal_basis": given["legal_basis"], **shared}
        if all(value is None for value in details.values()):
            raise UsageError("usage.change", f"expected something to change in case {case}, found nothing")
        details["reason"] = given["reason"]
        record_event(context, "case.changed", details, who=who, when=when, anchor=Anchor(case=case), keep=staged.keep)


@command(
    example="""
    custody case close 2026-0417 --outcome judgment --as reg-1
    custody case close 2026-0417 --outcome transferred --note "to the federal prosecutor" --as reg-1
    """,
    result=ActResult,
)
@click.argument("case")
@click.option("--outcome", required=True, type=click.Choice(words_of(CaseClosed, "outcome")), help="How it ended.")
@click.option("--note", help="More about it (kept private).")
@document_option
@acting
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
        record_event(context, "case.closed", details, who=who, when=when, anchor=Anchor(case=case), keep=staged.keep)
