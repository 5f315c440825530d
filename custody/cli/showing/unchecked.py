"""Evidence that nobody compared with its check values for long: advice that a daily job repeats (law row R7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from custody.cli.showing.attention import Attention
from custody.ledger.entries import entries_at
from custody.report.safe_text import show
from custody.report.shell_words import shell_word
from custody.storage.reading import Reader
from custody.storage.search import Search, find_entries
from custody.verify.rules.view import Exhibit
from schemas.content import Content
from schemas.details.custody import HandedOver
from schemas.details.exhibit import ExhibitRegistered
from schemas.entry import parse_entry
from schemas.text import format_time
from schemas.types import is_set

LONG: Final = timedelta(days=365)
"""For so long nobody need look again. No text that was read names a time: it is ours."""
_COMPARING: Final = frozenset({"custody.handed-over", "exhibit.checked"})


def attention_of_unchecked(reader: Reader, exhibits: Iterable[Exhibit], *, now: datetime) -> Iterator[Attention]:
    """Yield one line of all ``exhibits`` held here whose files were last read longer than `LONG` ago."""
    held = {exhibit.registration: exhibit for exhibit in exhibits if exhibit.status == "held"}
    since = format_time(now - LONG)
    first = next(find_entries(reader, Search(since=since)), reader.head().size)
    older = {event: place for event, place in reader.event_indexes(tuple(held)).items() if place < first}
    for event in _read_since(reader, since) if older else ():
        older.pop(event, None)
    found = [
        held[event] for event, place in sorted(older.items(), key=lambda pair: pair[1]) if _has_files(reader, place)
    ]
    if not found:
        return
    name = found[0].name
    others = f" and {len(found) - 1} more hold" if len(found) > 1 else " holds"
    yield Attention(
        code="exhibit.unchecked",
        is_due=False,
        next=f"custody check {shell_word(name)} --as {show(found[0].holder)}",
        subject=show(name) + others,
        text="files that nobody compared with their check values for a year, as far as is on record",
    )


def _read_since(reader: Reader, since: str) -> Iterator[str]:
    """Yield the registrations of exhibits of which files were hashed again, as was recorded from ``since`` on."""
    for entry in entries_at(reader, find_entries(reader, Search(types=_COMPARING, since=since))):
        event, details = entry.event.event, entry.event.details
        if isinstance(details, HandedOver):
            known = reader.view().exhibit(str(event.case), str(event.exhibit))
            if known is not None and (is_set(details.rehash_before) or is_set(details.rehash_after)):
                yield known.registration
        else:
            yield from (str(item.exhibit) for item in event.about or () if is_set(item.exhibit))


def _has_files(reader: Reader, index: int) -> bool:
    details = parse_entry(reader.entry(index)).event.details
    return isinstance(details, ExhibitRegistered) and isinstance(details.content, Content)
