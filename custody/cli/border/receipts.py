"""Telling people and programs what became of an act."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from custody.cli.acting.signing import Drafted, Outcome, Recorded
from custody.cli.context import Context
from custody.cli.output import emit
from custody.cli.results import ActResult, LeftOut, RecordedEntry
from custody.cli.typed_again import typed_again
from custody.ledger.appending import Receipt
from custody.report.safe_text import show, show_path
from custody.report.shell_words import shell_word
from custody.report.words import NameOf, format_utc, hash_name, tell
from schemas.event import ParsedEvent
from schemas.types import UNSET


def emit_outcome(
    context: Context, outcome: Outcome, *, notes: Sequence[str] = (), left_out: Sequence[LeftOut] = ()
) -> None:
    """Print the receipts of an act, or where its draft waits and for whom; ``notes`` follow as lines of text."""
    result = msgspec.structs.replace(act_result(outcome), left_out=tuple(left_out) or UNSET)
    missed = [
        f"left out: {show(f'{item.case}/{item.exhibit}')}: {show(item.reason)} [{item.code}]" for item in left_out
    ]
    emit(context.settings, result, (*outcome_lines(context, outcome), *missed, *notes))


def act_result(outcome: Outcome) -> ActResult:
    """Return what --json prints of an act."""
    match outcome:
        case Recorded(events=events, receipts=receipts):
            entries = tuple(recorded_entry(*pair) for pair in zip(events, receipts, strict=True))
            return ActResult(entries=entries, size=receipts[-1].size)
        case Drafted(path=path, missing=missing):
            return ActResult(entries=(), draft=str(path), waiting_for=missing)


def recorded_entry(event: ParsedEvent, receipt: Receipt) -> RecordedEntry:
    """Return one receipt as a program reads it."""
    inner = event.event
    return RecordedEntry(
        entry=receipt.index,
        event=receipt.event_hash,
        hash=receipt.leaf.hex(),
        recorded_at=receipt.recorded_at,
        type=event.type,
        case=inner.case,
        exhibit=inner.exhibit,
    )


def receipt_lines(context: Context, events: Sequence[ParsedEvent], receipts: Sequence[Receipt]) -> Iterator[str]:
    """Yield for each receipt its entry number, what happened, when it was recorded, and its hash."""
    name_of = names(context)
    for event, receipt in zip(events, receipts, strict=True):
        yield f"entry {receipt.index}: {tell(event, {}, name_of=name_of).headline}"
        yield f"  recorded: {format_utc(receipt.recorded_at)}"
        yield f"  receipt:  {receipt.leaf.hex()}"


def names(context: Context) -> NameOf:
    """Return how subjects of annotations are named: by the ledger, where its home is at hand."""
    return hash_name if context.find_home() is None else context.ledger().name_of


def outcome_lines(context: Context, outcome: Outcome) -> Iterator[str]:
    """Yield what became of an act in words."""
    match outcome:
        case Recorded(events=events, receipts=receipts):
            yield from receipt_lines(context, events, receipts)
        case Drafted(events=events, path=path, missing=missing):
            name_of = names(context)
            yield from (f"not recorded yet: {tell(event, {}, name_of=name_of).headline}" for event in events)
            yield f"draft: {show_path(path)}"
            if missing:
                yield f"waiting for: {', '.join(map(show, missing))}"
                again = f"custody sign {shell_word(path)} --as {missing[0]}"
                yield f"next: {typed_again(context.settings, again)}"
            else:
                again = typed_again(context.settings, f"custody submit {shell_word(path)}")
                yield f"next: where the ledger is, {again} records it or says who is missing"
