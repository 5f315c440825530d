"""Whether somebody has said why an event is as it is."""

from __future__ import annotations

from custody.ledger.store import LedgerReader
from custody.verify.rules.view import Exhibit
from schemas.entry import parse_entry


def is_explained(reader: LedgerReader, exhibit: Exhibit, event: str) -> bool:
    """Tell whether an explanation is on record of an event of an exhibit, by its hash (`custody explain`)."""
    indexes = reader.subject_entries(("exhibit", exhibit.case, exhibit.number))
    events = (parse_entry(reader.entry(item)).event for item in indexes)
    return any(
        item.type == "record.explained" and any(about.event == event for about in item.event.about or ())
        for item in events
    )
