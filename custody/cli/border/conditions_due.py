"""By when a thing is to be back, or gone, by the terms on which it was accepted or sent (law row C15)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from custody.cli.showing.attention import Attention
from custody.ledger.entries import entries_about, entries_at
from custody.report.safe_text import show
from custody.report.shell_words import shell_word
from custody.report.words import format_utc
from custody.storage.reading import Reader
from custody.storage.search import Search, find_entries
from custody.verify.assets.freezes import HERE
from custody.verify.rules.view import Exhibit
from schemas.details.consent import Condition
from schemas.details.transfer import TransferAccepted, TransferDispatched
from schemas.text import format_time
from schemas.types import Unset

WARN: Final = timedelta(days=15)
"""How long before it is due a term wants attention."""
_ENDS: Final = frozenset({"destroy-after", "return"})


def attention_of_conditions(reader: Reader, exhibits: Iterable[Exhibit], *, now: datetime) -> Iterator[Attention]:
    """Yield what was accepted here and is to be returned or destroyed soon, or should have been; and, of ``exhibits``,
    what was to be back here and is still with whom it was sent to.
    """
    for entry in entries_at(reader, find_entries(reader, Search(types=frozenset({"transfer.accepted"})))):
        event, details = entry.event.event, entry.event.details
        exhibit = reader.view().exhibit(str(event.case), str(event.exhibit))
        if exhibit is not None and exhibit.status in HERE and isinstance(details, TransferAccepted):
            yield from _accepted(exhibit, details, now)
    for exhibit in exhibits:
        if exhibit.status == "transferred" and exhibit.dispatch is not None:
            yield from _sent(reader, exhibit, exhibit.dispatch.transfer, now)


def _accepted(exhibit: Exhibit, details: TransferAccepted, now: datetime) -> Iterator[Attention]:
    name, holder, to = show(exhibit.name), show(exhibit.holder), show(details.from_)
    named = shell_word(exhibit.name)
    original = " --original" if details.item == "original" else ""
    commands = {
        "destroy-after": f"custody dispose {named} --manner destroyed --authority WHO --registrar REG --as {holder}",
        "return": f"custody dispatch {named}{original} --to {to} --purpose return -o FILE --as {holder}",
    }
    for condition in _dated(details.conditions):
        word = "returned" if condition.code == "return" else "destroyed"
        due = str(condition.due)
        if due < format_time(now + WARN):
            was = "was" if due < format_time(now) else "is"
            text = f"{was} to be {word} by {format_utc(due)}, as {to} wants it"
            code = "condition.overdue" if was == "was" else "condition.due"
            yield Attention(code=code, next=commands[condition.code], subject=name, text=text)


def _sent(reader: Reader, exhibit: Exhibit, transfer: str, now: datetime) -> Iterator[Attention]:
    for entry in entries_about(reader, ("transfer", transfer)):
        event, details = entry.event.event, entry.event.details
        is_of_it = (event.case, event.exhibit) == (exhibit.case, exhibit.number)
        if not is_of_it or not isinstance(details, TransferDispatched):
            continue
        for condition in _dated(details.conditions):
            if condition.code == "return" and str(condition.due) < format_time(now):
                name, by = show(exhibit.name), show(event.actor)
                text = f"was to be back from {show(details.to)} by {format_utc(str(condition.due))}: ask them"
                go_on = f"custody receive BUNDLE --as {by}"
                yield Attention(code="exhibit.overdue", next=go_on, subject=name, text=text)


def _dated(conditions: tuple[Condition, ...] | Unset) -> tuple[Condition, ...]:
    return tuple(item for item in conditions or () if item.code in _ENDS and isinstance(item.due, str))
