"""`custody freeze`: what became of the freeze of an asset at the provider that holds it."""

from __future__ import annotations

from functools import reduce
from pathlib import Path

import click

from custody.cli.acting.act_options import words_of
from custody.cli.acting.acts import Target, record_notes
from custody.cli.acting.exhibit_selection import Selection, select, selecting
from custody.cli.border.freezes_told import record_told
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.options import FILE, Signing, When, acting
from custody.cli.output import note_to_signer
from custody.cli.periods import end_of, start_of
from custody.cli.results import ActResult
from custody.cli.showing.holdings import staging
from custody.ledger.entries import entries_of
from custody.ledger.store import LedgerReader
from custody.report.safe_text import show
from custody.verify.assets.freezes import fault_of, follow
from custody.verify.rules.view import Exhibit
from schemas.details.asset import FreezeChanged
from schemas.details.exhibit import ExhibitRegistered
from schemas.errors import UsageError
from schemas.text import format_time


@command(
    example="""
    custody freeze EX-9 --change prolonged --until 2027-06-30 --order "order 9/27" --approved-by "court 1" --as exam-07
    custody freeze EX-9 --change lifted --decided 2027-03-02 --notified 2027-03-03 --document notice.pdf --as exam-07
    custody freeze EX-9 --change placed --until 2027-01-31 --provider "an exchange" --as exam-07
    custody freeze EX-9 --told-in news.zip --as exam-07
    """,
    result=ActResult,
)
@selecting
@click.option("--change", type=click.Choice(words_of(FreezeChanged, "change")), help="What became of it.")
@click.option(
    "--told-in", "told_in", type=FILE, help="A newer bundle of the ledger it came from, which says what became of it."
)
@click.option("--until", metavar="TIME", help="When it ends now; a day alone up to its end.")
@click.option("--decided", metavar="TIME", help="When that was decided; now, if not said.")
@click.option("--approved-by", help="Who approved it (kept private).")
@click.option("--order", help="The order (kept private).")
@click.option("--provider", help="The provider, where it is not the one of the registration (kept private).")
@click.option("--notified", metavar="TIME", help="When the provider was told that the freeze is lifted.")
@click.option("--document", type=FILE, help="The order or the notice, kept in the home.")
@click.option("--reason", help="Why (kept private).")
@acting
@pass_custody
def freeze(
    context: Context,
    *,
    selection: Selection,
    change: str | None,
    told_in: Path | None,
    until: str | None,
    decided: str | None,
    notified: str | None,
    document: Path | None,
    who: Signing,
    when: When,
    **given: str | None,
) -> None:
    """Record that the freeze of assets was placed, prolonged or lifted, and by whose decision.

    A freeze whose end has passed is a finding of verify and check-procedure, and is told by status and request list
    --due, as an expired preservation is. Of what came from another ledger, a newer bundle of that one tells what became
    of the freeze: --told-in verifies it, and records what is new.
    """
    if told_in is not None:
        others = (change, until, decided, notified, document, *given.values())
        if any(value is not None for value in others):
            raise UsageError("usage.freeze", "expected --told-in alone, found what the bundle says beside it")
        record_told(context, select(context, selection).exhibits, told_in, who=who, when=when)
        return
    if change is None:
        raise UsageError("usage.freeze", "expected --change or --told-in, found neither")
    moment, _ = when.moment(context.now())
    times = {
        "decided_at": start_of(context, decided) or format_time(moment),
        "ends_at": end_of(context, until),
        "notified_at": start_of(context, notified),
    }
    _check_times(change, times)
    with staging(context) as staged:
        shared = {**given, **times, "change": change, "document": staged.document(document)}

        def details(target: Target) -> dict[str, str | None]:
            with context.ledger().read() as reader:
                _check_frozen(reader, target.exhibit, change, times["ends_at"])
            return shared

        if change == "lifted" and times["notified_at"] is None:
            note_to_signer(
                context.settings, "note: that the provider was told is not on record: --notified TIME says so"
            )
        elif change != "lifted" and given["approved_by"] is None:
            note_to_signer(
                context.settings, "note: who approved it is not on record (law row C18): --approved-by says so"
            )
        record_notes(context, "asset.freeze-changed", details, selection, who=who, when=when, keep=staged.keep)


def _check_times(change: str, times: dict[str, str | None]) -> None:
    """Raise where the times don't go with the change.

    Raises:
        UsageError: ``usage.freeze``.
    """
    decided, ends, notified = times["decided_at"], times["ends_at"], times["notified_at"]
    if change == "prolonged" and ends is None:
        raise UsageError("usage.freeze", "expected --until beside --change prolonged, found none")
    if change == "lifted" and ends is not None:
        raise UsageError("usage.freeze", f"expected no --until beside --change lifted, found {ends}")
    if change != "lifted" and notified is not None:
        raise UsageError("usage.freeze", f"expected --notified beside --change lifted only, found {change}")
    if ends is not None and ends < str(decided):
        hint = "--decided TIME, if it was decided earlier than now"
        raise UsageError(
            "usage.freeze", f"expected --until after {decided}, when it was decided, found {ends}", hint=hint
        )


def _check_frozen(reader: LedgerReader, exhibit: Exhibit, change: str, ends_at: str | None) -> None:
    """Raise unless the exhibit is an asset, and one that is frozen where that is to be prolonged or lifted; what is
    prolonged ends later.

    Raises:
        UsageError: ``usage.freeze``.
    """
    entries = entries_of(reader, exhibit)
    natures = [item.event.details.nature for item in entries if isinstance(item.event.details, ExhibitRegistered)]
    name, frozen = show(exhibit.name), reduce(follow, entries, None)
    fault = fault_of(name, next(iter(natures), "none"), frozen, change)
    if fault is not None:
        untold = frozen if change == "lifted" and frozen is not None and not frozen.is_told else None
        hint = f"custody explain {untold.index} --cures freeze says when the provider was told" if untold else ""
        raise UsageError("usage.freeze", fault[1], hint=hint)
    if change == "prolonged" and frozen is not None and frozen.ends_at and str(ends_at) <= frozen.ends_at:
        text = f"expected --until after {frozen.ends_at}, when the freeze of {name} ends on record, found {ends_at}"
        hint = f"a wrong end on record: custody correct {frozen.index}; one that ends early is lifted on that day"
        raise UsageError("usage.freeze", text, hint=hint)
