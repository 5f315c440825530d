"""What an annotation is about, made from the event that it speaks of."""

from __future__ import annotations

from custody.ledger.store import LedgerReader
from schemas.errors import UsageError
from schemas.event import About, ParsedEvent


def about_event(reader: LedgerReader, event: ParsedEvent) -> tuple[About, ...]:
    """Return the subjects of a recorded event, each with the event, as an annotation names them.

    Raises:
        UsageError: ``usage.event`` for one whose subjects are of several kinds, as those of entry 0 are.
    """
    view = reader.view()
    place = view.event(event.hash)
    assert place is not None, "it was read from this ledger"
    found = []
    for kind, *names in place.subjects:
        if kind == "exhibit":
            exhibit = view.exhibit(names[0], names[1])
            assert exhibit is not None, "the ledger knows the subjects of its events"
            found.append(About(exhibit=exhibit.registration, event=event.hash))
        elif kind == "agent":
            found.append(About(agent=names[0], event=event.hash))
        elif kind == "case":
            found.append(About(case=names[0], event=event.hash))
        elif kind == "request":
            found.append(About(request=names[0], event=event.hash))
        elif kind == "ledger":
            found.append(About(ledger=event.event.ledger, event=event.hash))
    if len({about.kind for about in found}) != 1:
        raise UsageError("usage.event", f"expected an event about one kind of thing, found {event.type}")
    return tuple(found)
