"""Entries of a ledger, parsed: by number, by what they are about, by the hash of the event in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from custody.ledger.store import LedgerReader
from custody.verify.rules.view import Exhibit
from schemas.entry import ParsedEntry, parse_entry
from schemas.subject import Subject


def entries_at(reader: LedgerReader, indexes: Iterable[int]) -> Iterator[ParsedEntry]:
    """Yield the entries of these numbers, in the order asked for, within the moment that the reader has open."""
    return (parse_entry(reader.entry(index)) for index in tuple(indexes))


def entries_about(reader: LedgerReader, subject: Subject) -> list[ParsedEntry]:
    """Return all entries about a subject, in order."""
    return list(entries_at(reader, reader.subject_entries(subject)))


def entries_of(reader: LedgerReader, exhibit: Exhibit) -> list[ParsedEntry]:
    """Return all entries about an exhibit, in order."""
    return entries_about(reader, ("exhibit", exhibit.case, exhibit.number))


def entry_with(reader: LedgerReader, event_hash: str) -> ParsedEntry | None:
    """Return the entry that holds the event of that hash (hex), or nothing."""
    index = reader.event_indexes([event_hash]).get(event_hash)
    return None if index is None else parse_entry(reader.entry(index))


def is_explained(reader: LedgerReader, exhibit: Exhibit, event: str) -> bool:
    """Tell whether an explanation is on record of an event of an exhibit, by its hash (`custody explain`)."""
    return any(
        item.event.type == "record.explained" and any(about.event == event for about in item.event.event.about or ())
        for item in entries_of(reader, exhibit)
    )
