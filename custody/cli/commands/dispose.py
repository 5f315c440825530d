"""`custody dispose`: the end of an exhibit."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from custody.cli.acting.act_options import attest_option, destination, document_option, parse_attestations, words_of
from custody.cli.acting.acts import Act, Target, check_registrar, record_act
from custody.cli.acting.exhibit_selection import Selection, selecting
from custody.cli.border.destinations import stays
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.options import Signing, When, signed, timed
from custody.cli.results import ActResult
from custody.cli.showing.holdings import staging
from schemas.details.exhibit import ExhibitDisposed


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
@signed
@timed
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

        act = Act(type="exhibit.disposed", details=details)
        record_act(context, act, selection, who=who, when=when, keep=staged.keep)
