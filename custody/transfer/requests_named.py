"""Which requests the entries about exhibits name: a production answers one, a dispatch goes out under one."""

from __future__ import annotations

from collections.abc import Iterable

from custody.ledger.store import LedgerReader
from schemas.details.source import Source
from schemas.entry import parse_entry


def requests_of(reader: LedgerReader, exhibits: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return the ids of the requests on record that the entries about ``exhibits`` name, in order."""
    found: set[str] = set()
    for case, number in exhibits:
        for index in reader.subject_entries(("exhibit", case, number)):
            details = parse_entry(reader.entry(index)).event.details
            source = getattr(details, "source", None)
            for named in (getattr(details, "request", None), source.request if isinstance(source, Source) else None):
                if isinstance(named, str):
                    found.add(named)
    return tuple(sorted(request for request in found if reader.view().request(request) is not None))
