"""`custody dispatch`: exhibits leave for another ledger, with their story, under the consent that lets them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from custody.bundle.build import Built
from custody.bundle.disclose import Choice
from custody.cli.acting.exhibit_selection import Selection, select, selecting
from custody.cli.acting.seals import compare_seal
from custody.cli.acting.signing import named_signers
from custody.cli.border.disclosing import choosing_of_exhibits
from custody.cli.border.encryption import Encrypting, encrypting
from custody.cli.border.exporting import Outgoing, export
from custody.cli.border.release_gate import check_recipient
from custody.cli.border.terms import Terms, terms_for
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.option_groups import several
from custody.cli.options import FILE, Signing, When, signed_at_once, timed
from custody.cli.output import emit, note_to_signer
from custody.cli.results import Result
from custody.ledger.compose import Anchor, Composed, link_after
from custody.report.counts import count_bytes
from custody.report.safe_text import show, show_path
from custody.verify.rules.view import Exhibit
from schemas.details.consent import STRICTNESS
from schemas.errors import UsageError


class Dispatched(Result, frozen=True, kw_only=True, tag="custody-dispatched/v1"):
    """The transfer, the bundle that goes with it, and the entries that record both."""

    bytes: int
    entries: tuple[int, ...]
    exhibits: tuple[str, ...]
    path: str
    to: str
    transfer: str


_road = several(
    click.option("--carrier", help="Who carries it (kept private)."),
    click.option("--waybill", help="The carrier's number (kept private)."),
    click.option("--seal", help="The seal under which it travels (kept private)."),
    click.option("--not-sealed", help="Why it travels unsealed (kept private)."),
    click.option("--backup", help="The backup copy that travels too (kept private)."),
    click.option("--medium-place", help="Where the medium itself stays (kept private)."),
)
_bundle_options = several(
    click.option("--out", "-o", "target", type=FILE, required=True, help="The bundle to write."),
    click.option("--detached", is_flag=True, help="Leave the evidence out; it travels apart, named by its digest."),
)


@command(
    example="""
    custody dispatch 2026-0417/EX-1-C1 --to police-b --purpose "request REQ-7" --request req-7 -o parcel.zip --as reg-1
    custody dispatch EX-2 --original --to police-b --purpose return --seal S-9 --carrier "courier" -o p.zip --as cust-1
    """,
    result=Dispatched,
)
@selecting
@click.option("--to", required=True, metavar="AGENT", help="The organisation that receives, as enrolled.")
@click.option("--purpose", required=True, help="What for (kept private).")
@click.option("--request", metavar="REQUEST", help="The assistance request on record that it answers.")
@click.option("--original", is_flag=True, help="Send the thing itself; without it only a registered copy may go.")
@click.option("--onward", type=click.Choice(["allowed", "forbidden", "with-consent"]),
              help="May it be handed on? (the consent's word; with-consent where none is needed)")  # fmt: skip
@_road
@_bundle_options
@choosing_of_exhibits
@encrypting
@signed_at_once
@timed
@pass_custody
def dispatch(
    context: Context,
    *,
    selection: Selection,
    to: str,
    purpose: str,
    request: str | None,
    original: bool,
    onward: str | None,
    target: Path,
    detached: bool,
    choice: Choice,
    encrypting: Encrypting,
    who: Signing,
    when: When,
    **road: str | None,
) -> None:
    """Send exhibits to another authority: custody is on its way until the receipt comes back.

    States send copies: register one with --derived-from and dispatch that; --original sends the thing itself. The
    consent that covers it is looked up, and its conditions go along and bind the receiver. Nothing leaves without it.
    """
    check_recipient(context, to)
    exhibits = tuple(select(context, selection).exhibits)
    transfer = context.random(16).hex()
    acts = _compose(
        context, exhibits, road, to=to, purpose=purpose, request=request, original=original, onward=onward,
        transfer=transfer, who=who, when=when,
    )  # fmt: skip
    outgoing = Outgoing(
        to=to, target=target, exhibits=exhibits, request=request, transfer=transfer, purpose=purpose,
        choice=choice, is_detached=detached, acts=tuple(acts),
        recipients=encrypting.recipients(context, to=to, is_detached=detached), tried="dispatch",
    )  # fmt: skip
    built = export(context, outgoing, who=who, when=when)
    tell_parcel(context, built, exhibits, to=to, transfer=transfer, done=f"dispatched to {to}")


def tell_parcel(
    context: Context, built: Built, exhibits: Sequence[Exhibit], *, to: str, transfer: str, done: str
) -> None:
    """Say what lies in the parcel of a transfer and where it was written; ``done`` is what was done with it."""
    names = tuple(item.name for item in exhibits)
    result = Dispatched(
        bytes=built.bytes, entries=tuple(item.index for item in built.receipts), exhibits=names, path=str(built.path),
        to=to, transfer=transfer,
    )  # fmt: skip
    with context.ledger().read() as reader:
        agent = reader.view().agent(to)
    on_paper = agent is not None and agent.ledger is None
    come = f"record {show(names[0])} --document FILE" if on_paper else "import FILE"
    lines = [
        f"{done}: {', '.join(map(show, names))}",
        f"  {show_path(built.path)}, {count_bytes(built.bytes)}; transfer {transfer}",
        f"  in transit until the receipt comes: custody receipt {come}",
    ]
    emit(context.settings, result, lines)


def _compose(
    context: Context,
    exhibits: Sequence[Exhibit],
    road: Mapping[str, str | None],
    *,
    to: str,
    purpose: str,
    request: str | None,
    original: bool,
    onward: str | None,
    transfer: str,
    who: Signing,
    when: When,
) -> list[Composed]:
    """Return a dispatch of each exhibit under the terms of the consent that covers it; ``road`` is how it travels."""
    signers = named_signers(context, who)
    made = []
    for exhibit in exhibits:
        terms = terms_for(context, exhibit, to, request)
        details: Mapping[str, Any] = {
            **road,
            "conditions": terms.conditions or None,
            "consent": terms.consent,
            "item": "original" if original else "copy",
            "onward": _onward(terms, onward),
            "purpose": purpose,
            "request": request,
            "to": to,
            "transfer": transfer,
        }
        anchor = Anchor(case=exhibit.case, exhibit=exhibit.number, link=link_after(exhibit))
        made.append(
            context.ledger().compose("transfer.dispatched", signers=signers, details=details, when=when, anchor=anchor)
        )
    seal = road["seal"]
    if seal is not None:
        for exhibit in exhibits:
            compare_seal(context, exhibit, seal)
    sealed = [exhibit.name for exhibit in exhibits if exhibit.is_sealed]
    if original and sealed and seal is None and road["not_sealed"] is None:
        text = f"note: sealed on record, and under which seal it travels was not said: {', '.join(map(show, sealed))}"
        note_to_signer(context.settings, f"{text}; --seal NUMBER says it (law row C5)")
    if request is None:
        note_to_signer(context.settings, "note: no request on record is named for it; --request names one")
    return made


def _onward(terms: Terms, typed: str | None) -> str:
    """The consent says whether it may be handed on; who sends it can only be stricter.

    Raises:
        UsageError: ``dispatch.onward``.
    """
    if typed is None:
        return terms.onward
    if terms.consent is not None and STRICTNESS.index(typed) < STRICTNESS.index(terms.onward):
        text = f"expected at least --onward {terms.onward}, as the consent says, found {typed}"
        raise UsageError("dispatch.onward", text)
    return typed
