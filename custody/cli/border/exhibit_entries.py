"""All that is on record about one exhibit, and whether somebody has said why an event of it is as it is."""

from __future__ import annotations

from custody.ledger.store import LedgerReader
from custody.verify.rules.view import Exhibit
from schemas.entry import ParsedEntry, parse_entry


def entries_of(reader: LedgerReader, exhibit: Exhibit) -> list[ParsedEntry]:
    """Return the entries about an exhibit, in order."""
    indexes = reader.subject_entries(("exhibit", exhibit.case, exhibit.number))
    return [parse_entry(reader.entry(index)) for index in indexes]


def is_explained(reader: LedgerReader, exhibit: Exhibit, event: str) -> bool:
    """Tell whether an explanation is on record of an event of an exhibit, by its hash (`custody explain`)."""
    return any(
        item.event.type == "record.explained" and any(about.event == event for about in item.event.event.about or ())
        for item in entries_of(reader, exhibit)
    )
