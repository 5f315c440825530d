"""What was recalled here, and about which the receiver says afterwards that he decided on it: both can't be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from custody.storage.reading import Reader
from custody.storage.search import Search, find_entries
from custody.verify.view import Exhibit
from schemas.details.transfer import TransferContested, TransferDispatched
from schemas.entry import parse_entry
from schemas.event import ParsedEvent


@dataclass(frozen=True, slots=True)
class Disputed:
    """An exhibit held here that did not come back from a transfer, whose dispatch ``sent`` is."""

    exhibit: Exhibit
    sent: ParsedEvent
    details: TransferDispatched


def disputed(reader: Reader) -> Iterator[Disputed]:
    """Yield each recalled exhibit for which a receipt came all the same, until it is given back."""
    seen = set()
    for index in list(find_entries(reader, Search(types=frozenset({"transfer.contested"})))):
        event = parse_entry(reader.entry(index)).event
        contested = event.details
        if not isinstance(contested, TransferContested) or contested.reason != "after-recall":
            continue
        for about in event.event.about if isinstance(event.event.about, tuple) else ():
            exhibit = reader.view().registered(str(about.exhibit))
            key = (about.exhibit, contested.transfer)
            if exhibit is None or key in seen or contested.transfer not in (exhibit.recalled or ()):
                continue
            seen.add(key)
            yield from _sent(reader, exhibit, str(contested.transfer))


def _sent(reader: Reader, exhibit: Exhibit, transfer: str) -> Iterator[Disputed]:
    for index in reader.subject_entries(("transfer", transfer)):
        event = parse_entry(reader.entry(index)).event
        details, inner = event.details, event.event
        if isinstance(details, TransferDispatched) and (inner.case, inner.exhibit) == (exhibit.case, exhibit.number):
            yield Disputed(exhibit, event, details)
