"""`custody jurisdiction claim`, `resolve` and `list`: who claims a case. Claims are listed, never chosen between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import msgspec

from custody.cli.acting.act_options import words_of
from custody.cli.acting.acts import record_event
from custody.cli.assistance.case_words import GROUNDS
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.options import FILE, Signing, When, acting
from custody.cli.output import emit
from custody.cli.output import note as show_note
from custody.cli.parameters import COUNTRY
from custody.cli.results import ActResult, Result
from custody.cli.showing.holdings import staging
from custody.ledger.compose import Anchor
from custody.ledger.entries import entries_about
from custody.ledger.store import LedgerReader
from custody.report.safe_text import show
from schemas.details.case import CaseChanged, CaseOpened
from schemas.details.law import JurisdictionClaimed, JurisdictionResolved
from schemas.entry import ParsedEntry
from schemas.errors import UsageError
from schemas.event import About
from schemas.types import UNSET, Unset, is_set


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A claim of jurisdiction: its id, country, ground and entry, and what became of it (``open``, or how it ended).

    One that stood in the case itself when it was opened has no id.
    """

    basis: str
    country: str
    entry: int
    status: str
    claim: str | Unset = UNSET
    to: str | Unset = UNSET


class CaseClaims(msgspec.Struct, frozen=True, kw_only=True):
    """The claims on one case; ``competing`` where several countries have one that is open."""

    case: str
    claims: tuple[Claim, ...]
    competing: bool


class ClaimsResult(Result, frozen=True, kw_only=True, tag="custody-jurisdiction/v1"):
    """Cases with claims."""

    cases: tuple[CaseClaims, ...]


@command(
    example="""
    custody jurisdiction claim 2026-0417 --country CN --basis victim --authority "Public Security, Y" --as auth-1
    """,
    result=ActResult,
)
@click.argument("case")
@click.option("--country", required=True, type=COUNTRY, help="Who claims it.")
@click.option("--basis", required=True, type=click.Choice(GROUNDS), help="On what ground.")
@click.option("--authority", required=True, help="The authority that claims it (kept private).")
@click.option("--claim", "claim_id", metavar="ID", help="How the claim is called here (else the next number).")
@click.option("--note", help="More about it (kept private).")
@click.option("--document", type=FILE, help="The letter that claims it, kept in the home (or sha256:DIGITS).")
@acting
@pass_custody
def jurisdiction_claim(
    context: Context,
    *,
    case: str,
    country: str,
    basis: str,
    authority: str,
    claim_id: str | None,
    note: str | None,
    document: Path | None,
    who: Signing,
    when: When,
) -> None:
    """Record that a country claims CASE, and why. Several may, and all of them stand until they agree."""
    with context.ledger().read() as reader:
        known = [claim.claim for claim in claims_of(reader, case)]
    name = claim_id or next(f"claim-{number}" for number in range(1, len(known) + 2) if f"claim-{number}" not in known)
    if name in known:
        raise UsageError("usage.claim", f"expected a new id of a claim, found {name} on case {case}")
    with staging(context) as staged:
        details = {
            "authority": authority, "basis": basis, "claim": name, "country": country,
            "document": staged.document(document), "note": note,
        }  # fmt: skip
        anchor = Anchor(about=(About(case=case),))
        record_event(context, "jurisdiction.claimed", details, who=who, when=when, anchor=anchor, keep=staged.keep)


@command(
    example="""
    custody jurisdiction resolve 2026-0417 --claim claim-1 --claim claim-2 --manner agreed --to CN --as auth-1
    custody jurisdiction resolve 2026-0417 --claim claim-2 --manner withdrawn --as auth-1
    """,
    result=ActResult,
)
@click.argument("case")
@click.option("--claim", "claims", multiple=True, required=True, metavar="ID", help="A claim that this ends.")
@click.option("--manner", required=True, type=click.Choice(words_of(JurisdictionResolved, "manner")), help="How.")
@click.option("--to", type=COUNTRY, help="The country that they agreed on.")
@click.option("--agreement", type=FILE, help="The agreement, kept in the home (or sha256:DIGITS).")
@click.option("--note", help="More about it (kept private).")
@acting
@pass_custody
def jurisdiction_resolve(
    context: Context,
    *,
    case: str,
    claims: tuple[str, ...],
    manner: str,
    to: str | None,
    agreement: Path | None,
    note: str | None,
    who: Signing,
    when: When,
) -> None:
    """Record what the claimants agreed, or that a claim was declined or withdrawn."""
    with context.ledger().read() as reader:
        standing = [claim for claim in claims_of(reader, case) if claim.status == "open"]
    strange = sorted(set(claims) - {claim.claim for claim in standing})
    if strange:
        raise UsageError("usage.claim", f"expected claims on {case} that are open, found {', '.join(strange)}")
    if manner == "agreed":
        _check_agreed(case, standing, to)
        if to not in {claim.country for claim in standing}:
            show_note(context.settings, f"note: {to} claims nothing of {show(case)} on record")
        if agreement is None:
            text = "note: that they agreed rests on whoever records it: --agreement FILE keeps what they signed"
            show_note(context.settings, text)
    elif to is not None:
        raise UsageError("usage.claim", f"expected --to with --manner agreed alone, found {manner}")
    with staging(context) as staged:
        kept = staged.document(agreement)
        details = {"agreement": kept, "claims": sorted(set(claims)), "manner": manner, "note": note, "to": to}
        anchor = Anchor(about=(About(case=case),))
        record_event(context, "jurisdiction.resolved", details, who=who, when=when, anchor=anchor, keep=staged.keep)


@command(
    example="""
    custody jurisdiction list
    custody jurisdiction list 2026-0417
    """,
    result=ClaimsResult,
)
@click.argument("case", required=False)
@pass_custody
def jurisdiction_list(context: Context, case: str | None) -> None:
    """List who claims cases, on what ground, and what became of it. Which claim is the better one is not for us."""
    with context.ledger().read() as reader:
        names = [item.number for item in reader.cases()] if case is None else [case]
        found = [(name, tuple(claims_of(reader, name))) for name in names]
    cases = tuple(CaseClaims(case=name, claims=claims, competing=_compete(claims)) for name, claims in found if claims)
    result = ClaimsResult(cases=cases)
    emit(context.settings, result, _lines(result))


def claims_of(reader: LedgerReader, case: str) -> Iterator[Claim]:
    """Yield the claims on a case, in the order in which they were recorded.

    Raises:
        UsageError: ``usage.case`` for an unknown one.
    """
    if reader.view().case(case) is None:
        raise UsageError("usage.case", f"expected a case of this ledger, found {case!r}", hint="custody case list")
    entries = entries_about(reader, ("case", case))
    ended = {
        claim: entry.event.details
        for entry in entries
        if isinstance(entry.event.details, JurisdictionResolved)
        for claim in entry.event.details.claims
    }
    yield from _claims_of_case(entries)
    for entry in entries:
        details, index = entry.event.details, entry.entry.index
        if isinstance(details, JurisdictionClaimed):
            end = ended.get(details.claim)
            yield Claim(
                basis=details.basis,
                claim=details.claim,
                country=details.country,
                entry=index,
                status="open" if end is None else end.manner,
                to=end.to if end is not None and is_set(end.to) else UNSET,
            )


def _claims_of_case(entries: Sequence[ParsedEntry]) -> Iterator[Claim]:
    """Yield the claims that stand in the case's own record; a change states all of them anew."""
    found: tuple[Claim, ...] = ()
    for entry in entries:
        details = entry.event.details
        if isinstance(details, CaseOpened | CaseChanged) and isinstance(details.jurisdiction_claims, tuple):
            found = tuple(
                Claim(basis=item.basis, country=item.country, entry=entry.entry.index, status="open")
                for item in details.jurisdiction_claims
            )
    yield from found


def _check_agreed(case: str, standing: Sequence[Claim], to: str | None) -> None:
    """Raise unless several countries claim a case, of which they named one: nobody agrees with himself (row C22b).

    Raises:
        UsageError: ``usage.claim``.
    """
    countries = sorted({claim.country for claim in standing})
    if len(countries) < 2:
        text = f"expected open claims of two countries on {case}, found {', '.join(countries)}"
        raise UsageError("usage.claim", text)
    if to is None:
        raise UsageError("usage.claim", "expected --to, the country that they agreed on, found none")


def _compete(claims: tuple[Claim, ...]) -> bool:
    return len({claim.country for claim in claims if claim.status == "open"}) > 1


def _lines(result: ClaimsResult) -> Iterator[str]:
    if not result.cases:
        yield "no claims of jurisdiction on record"
    for item in result.cases:
        rival = ": several countries claim it" if item.competing else ""
        yield f"case {show(item.case)}{rival}"
        for claim in item.claims:
            name = f"{claim.claim}, " if isinstance(claim.claim, str) else ""
            to = f" to {claim.to}" if isinstance(claim.to, str) else ""
            yield f"  {name}{claim.country}, {claim.basis}: {claim.status}{to} (entry {claim.entry})"
