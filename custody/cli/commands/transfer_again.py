"""`custody transfer again`: the parcel of a dispatch that is on record is written once more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from custody.bundle.disclose import Choice
from custody.cli.border.disclosing import choosing_of_exhibits
from custody.cli.border.encryption import Encrypting, encrypting
from custody.cli.border.exporting import Outgoing, export
from custody.cli.command import command
from custody.cli.commands.dispatch import Dispatched, tell_parcel
from custody.cli.context import Context, pass_custody
from custody.cli.options import FILE, Signing, When, signed_at_once, timed
from custody.cli.parameters import TOKEN
from custody.ledger.entries import entries_about
from custody.storage.sent import ExportRecord
from custody.verify.rules.view import Exhibit
from schemas.details.record import BundleExported
from schemas.details.transfer import TransferDispatched
from schemas.entry import parse_entry
from schemas.errors import UsageError
from schemas.types import Private, is_set


@command(example="custody transfer again 5f1c0e... -o parcel.zip --as reg-a1", result=Dispatched)
@click.argument("transfer", type=TOKEN)
@click.option("--out", "-o", "target", type=FILE, required=True, help="The bundle to write.")
@choosing_of_exhibits
@encrypting
@signed_at_once
@timed
@pass_custody
def transfer_again(
    context: Context,
    *,
    transfer: str,
    target: Path,
    choice: Choice,
    encrypting: Encrypting,
    who: Signing,
    when: When,
) -> None:
    """Write the parcel of TRANSFER once more, while it is on its way: after a crash, or where the file was lost.

    Nothing is dispatched anew: the receiver can accept one of the two, and only once. The second file is an export of
    its own, so the ledger says that it left, and the consent must still cover it. What was withheld by hand the first
    time stays here again. Of what was refused or recalled nothing is written again: it is here, and custody dispatch
    sends it under a new number.
    """
    exhibits, sent = _on_its_way(context, transfer)
    before = _exports(context, transfer)
    kept = sorted({(item.type, item.field) for record in before for item in record.withheld if item.reason == "hand"})
    is_detached = any(record.detached for record in before)
    keys = [key for record in before for key in record.encrypted_to]
    keys += encrypting.recipients(context, to=sent.to, is_detached=is_detached)
    outgoing = Outgoing(
        to=sent.to, target=target, exhibits=exhibits, request=str(sent.request) if is_set(sent.request) else None,
        transfer=transfer, purpose=_purpose(context, sent),
        choice=replace(choice, withhold=(*choice.withhold, *kept)),
        is_detached=is_detached,
        recipients=tuple(dict.fromkeys(keys)), tried="dispatch",
    )  # fmt: skip
    built = export(context, outgoing, who=who, when=when)
    tell_parcel(context, built, exhibits, to=sent.to, transfer=transfer, done=f"written again for {sent.to}")


def _on_its_way(context: Context, transfer: str) -> tuple[tuple[Exhibit, ...], TransferDispatched]:
    """Return what is on its way under a transfer, and the dispatch of the first of it.

    Raises:
        UsageError: ``transfer.not-on-its-way``.
    """
    with context.ledger().home.store.read() as reader:
        exhibits = tuple(
            item
            for item in reader.exhibits()
            if item.status == "dispatched" and item.dispatch is not None and item.dispatch.transfer == transfer
        )
        details = [entry.event.details for entry in entries_about(reader, ("transfer", transfer))]
        is_back = any(transfer in (item.recalled or ()) for item in reader.exhibits())
    sent = [item for item in details if isinstance(item, TransferDispatched)]
    if not exhibits or not sent:
        text = f"expected a transfer that is on its way, found none of number {transfer}"
        hint = "custody transfer list shows what is on its way"
        if is_back:
            hint = "it is back here (refused or recalled); custody dispatch sends it anew, under another number"
        raise UsageError("transfer.not-on-its-way", text, hint=hint)
    return exhibits, sent[0]


def _exports(context: Context, transfer: str) -> Sequence[ExportRecord]:
    """Return what is noted of the exports of a transfer; nothing where a crash came before the first."""
    store = context.ledger().home.store
    records = {record.event: record for record in store.disclosures.sent.exports()}
    with store.read() as reader:
        places = reader.event_indexes(sorted(records))
        details = {event: parse_entry(reader.entry(index)).event.details for event, index in places.items()}
    return [
        records[event]
        for event, item in details.items()
        if isinstance(item, BundleExported) and item.transfer == transfer
    ]


def _purpose(context: Context, sent: TransferDispatched) -> str | None:
    purpose: Private = sent.purpose
    known = context.ledger().home.store.disclosures.get([purpose.commitment]).get(purpose.commitment)
    return None if known is None else str(known.value)
