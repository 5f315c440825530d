"""Telling people and programs what became of an act."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from custody.cli.context import Context
from custody.cli.output import emit
from custody.cli.results import ActResult, RecordedEntry
from custody.cli.signing import Drafted, Outcome, Recorded
from custody.ledger.appending import Receipt
from custody.report.safe_text import show, show_path
from custody.report.words import format_utc, tell
from schemas.event import ParsedEvent
from schemas.types import UNSET


def emit_outcome(context: Context, outcome: Outcome, *, notes: Sequence[str] = ()) -> None:
    """Print the receipts of an act, or where its draft waits and for whom; ``notes`` follow as lines of text."""
    emit(context.settings, act_result(outcome), (*_lines(context, outcome), *notes))


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
        case=inner.case if isinstance(inner.case, str) else UNSET,
        exhibit=inner.exhibit if isinstance(inner.exhibit, str) else UNSET,
    )


def receipt_lines(context: Context, events: Sequence[ParsedEvent], receipts: Sequence[Receipt]) -> Iterator[str]:
    """Yield one line a receipt: entry number, what happened, when it was recorded, and its hash."""
    name_of = context.ledger().name_of
    for event, receipt in zip(events, receipts, strict=True):
        told = tell(event, {}, name_of=name_of)
        yield f"entry {receipt.index}: {told.headline}"
        yield f"  recorded: {format_utc(receipt.recorded_at)}"
        yield f"  receipt:  {receipt.leaf.hex()}"


def _lines(context: Context, outcome: Outcome) -> Iterator[str]:
    match outcome:
        case Recorded(events=events, receipts=receipts):
            yield from receipt_lines(context, events, receipts)
        case Drafted(events=events, path=path, missing=missing):
            for event in events:
                yield f"not recorded yet: {tell(event, {}, name_of=context.ledger().name_of).headline}"
            yield f"waiting for: {', '.join(map(show, missing))}"
            yield f"draft: {show_path(path)}"
            yield f"next: custody sign {show_path(path)} --as {missing[0]}"
