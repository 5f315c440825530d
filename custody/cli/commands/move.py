"""`custody move`: where exhibits are kept, or that they travel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from custody.cli.acting.act_options import destination
from custody.cli.acting.acts import Target, record_act
from custody.cli.acting.exhibit_selection import Selection, selecting
from custody.cli.border.destinations import stays
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.options import Signing, When, acting
from custody.cli.results import ActResult


@command(
    example="""
    custody move 2026-0417/EX-1 --place "Vault 2, shelf 7" --as cust-02
    custody move --case 2026-0417 --all --place "Forensic lab" --carrier "Courier A" --waybill 4711 \\
        --to-country DE --as cust-02
    """,
    result=ActResult,
)
@selecting
@click.option("--place", required=True, help="Where it is now, or where it goes (kept private).")
@click.option("--carrier", help="Who carries it: it is in transit then (kept private).")
@click.option("--waybill", help="Number of the consignment (kept private).")
@click.option("--reason", help="Why (kept private).")
@destination
@acting
@pass_custody
def move(context: Context, *, selection: Selection, who: Signing, when: When, **given: str | None) -> None:
    """Record where the holder keeps exhibits. With a --carrier they are in transit, and the holder stays responsible.

    A later move without carrier, or a handover, ends the transit. What a carrier takes says where to, in clear
    (--to-country, --to-agent); what none takes stays in the ledger's country, unless said. Abroad it needs a consent,
    as a bundle does.
    """

    def details(target: Target) -> Mapping[str, Any]:
        return given if given["carrier"] else stays(context, given, target.exhibit)

    record_act(context, "custody.moved", details, selection, who=who, when=when)
