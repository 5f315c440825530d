"""`custody dispose` and `custody void`: the end of an exhibit, and of a wrong number."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from custody.cli.acting.act_options import attest_option, destination, document_option, parse_attestations, words_of
from custody.cli.acting.acts import Target, check_registrar, record_act
from custody.cli.acting.exhibit_selection import Selection, find_exhibit, selecting
from custody.cli.border.destinations import stays
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.options import Signing, When, acting
from custody.cli.results import ActResult
from custody.cli.showing.holdings import staging
from custody.report.safe_text import show
from schemas.details.exhibit import ExhibitDisposed
from schemas.entry import ParsedEntry
from schemas.types import UNSET


@command(
    example="""
    custody dispose 2026-0417/EX-1 --manner destroyed --authority "court order 3/27" --as cust-02 --registrar reg-1
    custody dispose EX-2 --manner forfeited --authority "judgment 7/27" --to-country DE --as cust-02 --registrar reg-1
    """,
    result=ActResult,
)
@selecting
@click.option("--manner", required=True, type=click.Choice(words_of(ExhibitDisposed, "manner")), help="How.")
@click.option("--authority", required=True, help="By whose decision (kept private).")
@destination
@document_option
@attest_option
@acting
@pass_custody
def dispose(
    context: Context,
    *,
    selection: Selection,
    documents: tuple[Path, ...],
    attestations: tuple[str, ...],
    who: Signing,
    when: When,
    **given: str | None,
) -> None:
    """End exhibits for good; the holder and a registrar sign. Nothing but notes can follow.

    What isn't destroyed or wiped says in clear where it goes (--to-country, --to-agent); an archive is in the ledger's
    country, unless said. The files of the exhibit stay in the store: this records what was decided and done, and
    deletes nothing.
    """
    check_registrar(who)
    with staging(context) as staged:
        found = {"attestations": parse_attestations(attestations), "documents": staged.documents(documents)}

        def details(target: Target) -> Mapping[str, Any]:
            said = stays(context, given, target.exhibit) if given["manner"] == "archived" else given
            return {**said, **found}

        record_act(context, "exhibit.disposed", details, selection, who=who, when=when, keep=staged.keep)


@command(
    example="""
    custody void 2026-0417/EX-11 --reason "typed twice" --replaced-by 2026-0417/EX-1 --as exam-07 --registrar reg-1
    """,
    result=ActResult,
)
@selecting
@click.option("--reason", required=True, help="Why (kept private).")
@click.option("--replaced-by", metavar="EXHIBIT", help="The exhibit that is meant.")
@acting
@pass_custody
def void(
    context: Context, *, selection: Selection, reason: str, replaced_by: str | None, who: Signing, when: When
) -> None:
    """Void wrong exhibit numbers; the holder and a registrar sign. The number stays used, and its story stays."""
    check_registrar(who)
    right, notes = None, list[str]()
    if replaced_by is not None:
        with context.ledger().read() as reader:
            found = find_exhibit(reader, replaced_by)
        right = {"case": found.case, "exhibit": found.number}
        notes = _notes(context.ledger().registration_of(found), show(found.name))
    details = {"reason": reason, "replaced_by": right}
    record_act(context, "exhibit.voided", details, selection, who=who, when=when, notes=notes)


def _notes(registration: ParsedEntry, name: str) -> list[str]:
    """Say that who reads of the replacement alone isn't told of it, unless its registration does."""
    details = registration.event.details
    if getattr(details, "same_object_as", UNSET) or getattr(details, "derived_from", UNSET):
        return []
    return [f"a bundle of {name} alone tells nothing of what it replaces: put both into one, or say so beside it"]
