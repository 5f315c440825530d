"""A letter leaves: acts on a request are recorded and, in the same transaction, the export that carries them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from custody.bundle.build import Built
from custody.cli.acting.acts import compose_event
from custody.cli.assistance.letter_options import Sending
from custody.cli.assistance.requests import RequestResult, missing_fields, missing_lines, record_request
from custody.cli.border.exporting import Outgoing, export
from custody.cli.border.receipts import recorded_entry
from custody.cli.border.sent_records import tell_withheld, withheld_lines
from custody.cli.context import Context
from custody.cli.output import emit, note
from custody.cli.showing.holdings import Staged
from custody.ledger.entries import entries_at
from custody.report.counts import count_bytes
from custody.report.safe_text import show_path
from custody.report.words import format_utc, tell
from custody.transfer.requests import RequestStory
from schemas.profile import RequiredField


def record_or_send(
    context: Context,
    story: RequestStory,
    events: Sequence[tuple[str, Mapping[str, Any]]],
    sending: Sending,
    *,
    staged: Staged,
    missing: tuple[RequiredField, ...] = (),
) -> None:
    """Record events about one request; where a letter is sent, write it, in one transaction with the events it carries.

    Raises:
        UsageError: ``bundle.exists`` where something is at its place.
        CustodyError: as `export` or `custody.cli.acting.signing.complete`; nothing is recorded then.
    """
    who, when = sending.who, sending.when
    if sending.out is None:
        record_request(context, events, who=who, when=when, keep=staged.keep, missing=missing)
        return
    acts = tuple(compose_event(context, type, details, who=who, when=when) for type, details in events)
    # Kept before: the letter carries the documents that its acts name.
    staged.keep()
    request = story.state.id
    outgoing = Outgoing(
        to=story.state.peer, target=sending.out, requests=(request,), purpose=sending.purpose or f"request {request}",
        choice=sending.choice, acts=acts,
    )  # fmt: skip
    built = export(context, outgoing, who=who, when=when)
    _emit(context, story, built, len(acts), missing)


def _emit(context: Context, story: RequestStory, built: Built, acts: int, missing: tuple[RequiredField, ...]) -> None:
    last = built.receipt.index
    with context.ledger().read() as reader:
        entries = list(entries_at(reader, range(last - acts, last + 1)))
        to = reader.view().agent(story.state.peer)
    withheld = withheld_lines(built.kept)
    result = RequestResult(
        entries=tuple(map(recorded_entry, (item.event for item in entries), built.receipts)),
        letter=str(built.path), missing=missing_fields(missing),
        request=story.state.id, size=built.receipt.size, withheld=withheld,
    )  # fmt: skip
    lines = [f"entry {item.entry.index}: {tell(item.event, {}).headline}" for item in entries[:-1]]
    lines.append(f"letter: {show_path(built.path)} to {story.state.peer}, {count_bytes(built.bytes)}")
    lines.append(f"  recorded: {format_utc(built.receipt.recorded_at)}, as entry {last}")
    lines.extend(tell_withheld(withheld))
    emit(context.settings, result, (*lines, *missing_lines(missing)))
    if to is not None and to.ledger is None:
        note(context.settings, f"note: no ledger of {to.id} is on record; the letter can be verified, not received")
