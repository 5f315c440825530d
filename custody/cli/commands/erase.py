"""`custody erase`: destroy private values by order; their commitments stay, and so does the chain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.ledger_access import LedgerAccess
from custody.cli.options import Signing, When, signed, timed
from custody.cli.output import emit
from custody.cli.parameters import DIGEST
from custody.cli.parents import find_event
from custody.cli.receipts import emit_outcome
from custody.cli.results import ActResult
from custody.cli.signing import Recorded, complete, named_signers
from custody.cli.subject_anchors import about_event
from custody.ledger.compose import Anchor
from custody.report.safe_text import show
from custody.verify.places import places_of
from schemas.details.record import DisclosureErased
from schemas.entry import parse_entry
from schemas.errors import UsageError
from schemas.event import ParsedEvent


@command(
    example="""
    custody erase 41 --field seized_from --order "Court order 12/26" --authority "District Court" \\
        --as exam-07 --registrar reg-1
    custody erase 41 --everything --order "Order 12/26" --authority "District Court" --as exam-07 --registrar reg-1
    custody erase --finish
    """,
    result=ActResult,
)
@click.argument("entry", metavar="ENTRY|HASH", required=False)
@click.option("--field", "fields", multiple=True, help="Which value: the name of its field, or its place.")
@click.option("--everything", is_flag=True, help="Every private value of the event.")
@click.option("--order", help="By which order (kept private).")
@click.option("--authority", help="Whose order it is (kept private).")
@click.option("--document", type=DIGEST, metavar="SHA256", help="Digest of the order.")
@click.option("--finish", is_flag=True, help="Destroy what was ordered and is still here, after a crash or a restore.")
@signed
@timed
@pass_custody
def erase(
    context: Context,
    *,
    entry: str | None,
    fields: tuple[str, ...],
    everything: bool,
    order: str | None,
    authority: str | None,
    document: str | None,
    finish: bool,
    who: Signing,
    when: When,
) -> None:
    """Destroy private values of the event in ENTRY by order of an authority; a registrar signs too.

    The value and its salt are overwritten; what was signed still verifies, and the report says by whose order they are
    gone. Who had received them before is listed: they are to be asked separately. Backups keep what they hold.
    """
    access = context.ledger()
    if finish:
        done = destroy_ordered(access)
        emit(context.settings, ActResult(entries=()), (f"orders on record: {done}; all that they name is destroyed",))
        return
    if entry is None or order is None or authority is None:
        raise UsageError("usage.erase", "expected ENTRY, --order and --authority, found one of them missing")
    with access.read() as reader:
        event = find_event(reader, entry)
        anchor = Anchor(about=about_event(reader, event))
    commitments = choose_values(event, fields, everything=everything)
    details = {"authority": authority, "commitments": list(commitments), "document": document, "order": order}
    composed = access.compose(
        "disclosure.erased", signers=named_signers(context, who), details=details, when=when, anchor=anchor
    )
    outcome = complete(context, who, [composed])
    # Recorded first: a value that is gone without an order on record could be anybody's doing.
    notes = list(_recipients(access, commitments))
    if isinstance(outcome, Recorded):
        access.home.store.disclosures.erase(commitments)
    else:
        notes.append("nothing is destroyed yet; when the draft is recorded: custody erase --finish")
    emit_outcome(context, outcome, notes=notes)


def choose_values(event: ParsedEvent, fields: Sequence[str], *, everything: bool) -> tuple[str, ...]:
    """Return the commitments of the values that are meant, by a field's name or its place in the event.

    Raises:
        UsageError: ``usage.field`` where none is named, or one is none of the event's private values.
    """
    places = places_of(event)
    known = ", ".join(place.removeprefix("/details/") for place in places.values()) or "none"
    if everything and places:
        return tuple(places)
    chosen: list[str] = []
    for field in fields:
        wanted = [
            commitment
            for commitment, place in places.items()
            if field in (place, place.removeprefix("/details/"), place.rpartition("/")[2])
        ]
        if not wanted:
            raise UsageError("usage.field", f"expected a private value of the event ({known}), found {field!r}")
        chosen += wanted
    if not chosen:
        raise UsageError("usage.field", f"expected --field with one of {known}, or --everything; found neither")
    return tuple(dict.fromkeys(chosen))


def destroy_ordered(access: LedgerAccess) -> int:
    """Destroy every value that a recorded order names, and return how many orders there are."""
    ordered: list[str] = []
    count = 0
    with access.read() as reader:
        for raw in reader.entries(0, reader.head().size):
            details = parse_entry(raw).event.details
            if isinstance(details, DisclosureErased):
                ordered += details.commitments
                count += 1
    if ordered:
        access.home.store.disclosures.erase(ordered)
    return count


def _recipients(access: LedgerAccess, commitments: Sequence[str]) -> Iterator[str]:
    for receiving in access.home.store.disclosures.recipients(commitments):
        day = f"{receiving.received_at:%Y-%m-%d}"
        yield f"received before by {show(receiving.recipient)}, {day}, event {receiving.event}"
