"""`custody takeover`: custody passes without the holder's signature, by order of a registrar."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from custody.cli.acting.act_options import FILE, to_country, words_of
from custody.cli.acting.acts import Target, record_act
from custody.cli.acting.exhibit_selection import Selection, selecting
from custody.cli.border.destinations import stays
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.options import Signing, When, acting
from custody.cli.parameters import AGENT
from custody.cli.results import ActResult
from custody.cli.showing.holdings import staging
from schemas.details.custody import TakenOver


@command(
    example="""
    custody takeover 2026-0417/EX-1 --to cust-02 --reason key-lost --as reg-1
    custody takeover EX-1 EX-2 --to cust-02 --reason order --order "order 12/26" --document order.pdf --as reg-1
    """,
    result=ActResult,
)
@selecting
@click.option("--to", "receiver", required=True, type=AGENT, help="Who holds it from now on, and signs too.")
@click.option("--to-unit", type=AGENT, help="The unit for which he receives.")
@to_country
@click.option("--reason", required=True, type=click.Choice(words_of(TakenOver, "reason")), help="Why.")
@click.option("--order", help="By which order (kept private).")
@click.option("--note", help="More about it (kept private).")
@click.option("--place", help="Where (kept private).")
@click.option("--document", type=FILE, help="The order, kept in the home and named by its digest.")
@acting
@pass_custody
def takeover(
    context: Context,
    *,
    selection: Selection,
    receiver: str,
    to_unit: str | None,
    document: Path | None,
    who: Signing,
    when: When,
    **given: str | None,
) -> None:
    """Take exhibits over whose holder can't sign; a registrar orders it, and the receiver signs.

    The report will always show that the holder did not sign. Abroad (--to-country, or a receiver of whom another
    country is on record) it needs a consent, as a bundle does.
    """
    with staging(context) as staged:
        order = staged.document(document)

        def details(target: Target) -> Mapping[str, Any]:
            return {**stays(context, given, target.exhibit, to_unit or receiver), "document": order}

        record_act(
            context, "custody.taken-over", details, selection, who=who, when=when, to=receiver, to_unit=to_unit,
            keep=staged.keep,
        )  # fmt: skip
