"""`custody case open`: a case, its authority and legal basis."""

from __future__ import annotations

from typing import Any

import click

from custody.cli.acting.act_options import document_option
from custody.cli.acting.signing import complete, named_signers
from custody.cli.border.receipts import emit_outcome
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.options import Signing, When, signed, timed
from custody.cli.parameters import COUNTRY
from custody.cli.results import ActResult
from custody.cli.showing.holdings import Staged, staging
from custody.ledger.compose import Anchor
from schemas.errors import UsageError

GROUNDS = ("flag", "loss", "nationality", "offender", "other", "provider", "server", "territory", "victim")


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
@signed
@timed
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
        event = context.ledger().compose(
            "case.opened",
            signers=named_signers(context, who),
            details=details,
            when=when,
            anchor=Anchor(case=case),
        )
        outcome = complete(context, who, [event], keep=staged.keep)
    emit_outcome(context, outcome)


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


_SECTIONS = frozenset(f"{number:02d}" for number in range(1, 12))
"""Sections of the ICCS (UNODC, version 1.0), with which every code begins."""


def parse_offence(typed: str) -> dict[str, Any]:
    """Return an offence from ``CC:words[:ICCS code]``; only digits at the end are taken for a code.

    Raises:
        UsageError: ``usage.offence``.
    """
    country, _, words = typed.partition(":")
    body, _, code = words.rpartition(":")
    offence = {"country": _country(country, "usage.offence", typed)}
    if body and code.isascii() and code.isdigit():
        if code[:2] not in _SECTIONS:
            hint = "custody offence codes lists codes; words that end so are no code with a sign behind the digits"
            text = f"expected a code of sections 01 to 11 of the ICCS, found {code} in {typed!r}"
            raise UsageError("usage.offence", text, hint=hint)
        return {**offence, "text": body, "iccs": code}
    if not words:
        raise UsageError("usage.offence", f"expected CC:TEXT or CC:TEXT:ICCS, found {typed!r}")
    return {**offence, "text": words}


def parse_claim(typed: str) -> dict[str, Any]:
    """Return a claim of jurisdiction from ``CC:ground[:authority]``.

    Raises:
        UsageError: ``usage.claim``.
    """
    country, _, rest = typed.partition(":")
    ground, _, authority = rest.partition(":")
    if ground not in GROUNDS:
        raise UsageError("usage.claim", f"expected CC:GROUND with one of {', '.join(GROUNDS)}, found {typed!r}")
    return {"country": _country(country, "usage.claim", typed), "basis": ground, "authority": authority or None}


def _country(code: str, error: str, typed: str) -> str:
    try:
        return COUNTRY(code)
    except click.UsageError:
        raise UsageError(error, f"expected a country's two letters first, found {typed!r}") from None
