"""`custody recall` and `custody transfer`: what is on its way is taken back, is lost, or is looked up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from custody.cli.acting.acts import Target, record_act
from custody.cli.acting.exhibit_selection import Selection, selecting
from custody.cli.acting.seals import seal_as_seen, tell_of_unsaid
from custody.cli.border.recalled import Disputed, check_paper_alone, disputed
from custody.cli.border.sent_away import Sent, sent_away
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.options import FILE, Signing, When, acting
from custody.cli.output import emit, note
from custody.cli.periods import told
from custody.cli.results import ActResult, Result
from custody.cli.showing.holdings import staging
from custody.cli.typed_again import typed_again
from custody.report.safe_text import show
from custody.verify.rules.view import Exhibit
from schemas.errors import RefusedError


class OnItsWay(Result, frozen=True, kw_only=True, tag="custody-on-its-way/v1"):
    """One exhibit that was dispatched: by whom, to whom, in which transfer, whether it was reported lost, and whether
    the receiver has it, or only his paper says so (``on_paper``) though he keeps a ledger. ``status`` is ``recalled``
    where a receipt came for what was recalled or refused, ``on-paper`` where it is back on paper alone from an
    authority whose own ledger holds it too, ``after-refusal`` where it came from ``sender`` and was accepted here after
    a parcel of it was refused. ``next`` is the command that goes on.
    """

    case: str
    exhibit: str
    lost: bool
    next: str
    on_paper: bool
    original: bool
    sender: str
    status: str
    to: str
    transfer: str


class Transfers(Result, frozen=True, kw_only=True, tag="custody-transfers/v1"):
    """Everything that was sent and did not come back, and what two ledgers may hold."""

    transfers: tuple[OnItsWay, ...]


def _dispatch_of(exhibit: Exhibit) -> str:
    if exhibit.dispatch is None or exhibit.status != "dispatched":
        text = f"expected {exhibit.name} on its way, found it is {exhibit.status}"
        raise RefusedError("transfer.not-sent", text, hint="custody transfer list shows what is on its way")
    return exhibit.dispatch.transfer


def _sent(item: Sent) -> OnItsWay:
    exhibit, dispatch = item.exhibit, item.dispatch
    return OnItsWay(
        case=exhibit.case, exhibit=exhibit.number, lost=item.how == "lost", next=item.next,
        on_paper=item.how == "on-their-paper", original=dispatch.is_original, sender=dispatch.sender,
        status=exhibit.status, to=dispatch.to, transfer=dispatch.transfer,
    )  # fmt: skip


def _contested(item: Disputed) -> OnItsWay:
    to = item.exhibit.holder if item.why == "after-refusal" else item.other
    return OnItsWay(
        case=item.exhibit.case, exhibit=item.exhibit.number, lost=False, next=item.next, on_paper=False,
        original=item.is_original, sender=item.sender, status=item.why, to=to, transfer=item.transfer,
    )  # fmt: skip


@command(example='custody recall 2026-0417/EX-1-C1 --reason "sent to the wrong court" --as reg-a1', result=ActResult)
@selecting
@click.option("--reason", required=True, help="Why (kept private).")
@click.option("--document", type=FILE, help="The order or letter.")
@acting
@pass_custody
def recall(
    context: Context, *, selection: Selection, reason: str, document: Path | None, who: Signing, when: When
) -> None:
    """Take back what was dispatched and not yet accepted: it is with its sender again.

    A copy is held at once; a thing is on the road back, until custody move says where it arrived. A receipt that comes
    later changes nothing.
    """
    receivers: dict[str, None] = {}
    with staging(context) as staged:
        kept = staged.document(document)

        def details(target: Target) -> dict[str, Any]:
            transfer = _dispatch_of(target.exhibit)
            receivers[target.exhibit.holder] = None
            return {"document": kept, "reason": reason, "transfer": transfer}

        record_act(context, "transfer.recalled", details, selection, who=who, when=when, keep=staged.keep)
    names = ", ".join(map(show, receivers))
    note(context.settings, f"note: tell {names}: who has the parcel, and doesn't know of this, can still accept it")


@command(
    example='custody transfer lost EX-2 --reason "not in the parcel" --discovered-at 2026-11-25 --as reg-a1',
    result=ActResult,
)
@selecting
@click.option("--reason", required=True, help="What happened (kept private).")
@click.option("--discovered-at", metavar="TIME", required=True, help="When it was noticed.")
@click.option("--reported-to", help="To whom it was reported (kept private).")
@click.option("--document", type=FILE, help="The report.")
@acting
@pass_custody
def transfer_lost(
    context: Context,
    *,
    selection: Selection,
    reason: str,
    discovered_at: str,
    reported_to: str | None,
    document: Path | None,
    who: Signing,
    when: When,
) -> None:
    """Record that what was dispatched did not arrive; it stays on its way, and every report says that it is lost."""
    with context.ledger().home.store.read() as reader:
        known = {item.exhibit.registration for item in sent_away(reader, reader.exhibits()) if item.how == "lost"}
    with staging(context) as staged:
        kept = staged.document(document)

        def details(target: Target) -> dict[str, Any]:
            exhibit = target.exhibit
            if exhibit.registration in known:
                text = f"expected {exhibit.name} not reported lost yet, found that on record"
                raise RefusedError("transfer.lost-known", text, hint="custody incident or correct adds to it")
            return {
                "discovered_at": told(context, when, discovered_at), "document": kept, "reason": reason,
                "reported_to": reported_to, "transfer": _dispatch_of(target.exhibit),
            }  # fmt: skip

        record_act(context, "transfer.lost", details, selection, who=who, when=when, keep=staged.keep)


@command(
    example='custody transfer return EX-2 --from police-c --document letter.pdf --place "Room 4" --as reg-a1',
    result=ActResult,
)
@selecting
@click.option("--from", "sender", required=True, metavar="AGENT", help="Who gave it back, as enrolled.")
@click.option("--document", type=FILE, required=True, help="The paper that came with it.")
@click.option("--condition", help="In which condition it is (kept private).")
@click.option("--place", help="Where it is kept now (kept private).")
@click.option("--seal", help="The seal as it arrived (kept private).")
@click.option("--seal-intact/--seal-broken", "intact", default=None, help="As it was seen.")
@click.option("--paper-only", is_flag=True, help="Though they have a ledger, which goes on saying that they hold it.")
@acting
@pass_custody
def transfer_return(
    context: Context,
    *,
    selection: Selection,
    sender: str,
    document: Path,
    condition: str | None,
    place: str | None,
    seal: str | None,
    intact: bool | None,
    paper_only: bool,
    who: Signing,
    when: When,
) -> None:
    """Take back what an authority without a ledger gives back, with its paper; custody goes on where it was left.

    What was recalled but had been accepted all the same comes back like this too, and every report says so.
    What comes back from another ledger comes as a bundle: custody receive takes it back. With --paper-only it is here
    all the same, and status and transfer list name both holders until it leaves again.
    """
    seen = seal_as_seen(seal, intact)
    both: list[str] = []
    with staging(context) as staged:
        kept = staged.document(document)

        def details(target: Target) -> dict[str, Any]:
            exhibit = target.exhibit
            # What was recalled may have been accepted all the same: the last one is what they give back.
            away = exhibit.recalled or () if exhibit.dispatch is None else (exhibit.dispatch.transfer,)
            try:
                check_paper_alone(context, exhibit, sender=sender, transfer=away[-1] if away else None)
            except RefusedError:
                if not paper_only and away:
                    raise
                both.append(exhibit.name)
            tell_of_unsaid(context, exhibit, seal)
            return {
                "condition": condition, "document": kept, "from": sender, "place": place,
                "seal": seen, "sent": away[-1] if away else None, "transfer": context.random(16).hex(),
            }  # fmt: skip

        record_act(context, "transfer.returned", details, selection, who=who, when=when, keep=staged.keep)
    if both:
        names = ", ".join(map(show, both))
        text = f"warning: the ledger of {show(sender)} goes on saying that it holds {names}; custody status names it"
        note(context.settings, text)


@command(example="custody transfer list", result=Transfers)
@pass_custody
def transfer_list(context: Context) -> None:
    """List what was sent to other authorities: on its way without a receipt, lost on the way, or with them.

    So is what was taken back here (recalled, or refused by them) and a receipt came all the same, and what came back on
    paper alone from an authority whose own ledger holds it too: ask them. So is what was accepted here after a parcel
    of it had been refused.
    """
    with context.ledger().home.store.read() as reader:
        found = (*map(_contested, disputed(reader)), *map(_sent, sent_away(reader, reader.exhibits())))
    rows = tuple(replace(row, next=typed_again(context.settings, row.next)) for row in found)
    words = {
        "after-refusal": "accepted here after a refusal; they may have it back",
        "dispatched": "on its way, no receipt yet",
        "on-their-paper": "with the receiver, by his paper alone",
        "on-paper": "back here on paper alone, and their ledger holds it too",
        "recalled": "taken back here, and a receipt came all the same: who has it?",
        "transferred": "with the receiver",
    }
    lines = []
    for row in rows:
        other = f"from {show(row.sender)}" if row.status == "after-refusal" else f"to {show(row.to)}"
        text = "reported lost on the way" if row.lost else words["on-their-paper" if row.on_paper else row.status]
        lines.append(f"{show(f'{row.case}/{row.exhibit}')}  {other}: {text}; {row.transfer}")
        lines += [f"  next: {row.next}"] if row.next else []
    emit(context.settings, Transfers(transfers=rows), lines or ["nothing that was sent is away"])
