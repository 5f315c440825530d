"""Files from abroad that were registered anew: said at registration, and bound at the border as where they came from.

`custody.ledger.bound_content` says what is compared. Only bound exhibits are read, of which a ledger has few; a look
along all registrations follows only where a file is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

from msgspec.structs import replace

from custody.cli.acting.exhibit_selection import format_exhibit
from custody.cli.context import Context
from custody.cli.output import note
from custody.ledger.bound_content import CODE, Taken, files_of, firsts_of, is_let_go
from custody.ledger.store import LedgerReader
from custody.ledger.working import WorkingState
from custody.report.safe_text import show
from custody.verify.view import Exhibit
from schemas.details.exhibit import ExhibitRegistered
from schemas.details.record import RecordExplained
from schemas.entry import parse_entry
from schemas.event import ParsedEvent
from schemas.types import is_set


def warn_bound(context: Context, events: Iterable[ParsedEvent]) -> None:
    """Tell of registrations about to be signed that hold the files of a bound exhibit, and don't say so."""
    for event in events:
        details = event.details
        if not isinstance(details, ExhibitRegistered) or is_set(details.derived_from) or is_set(details.foreign):
            continue
        with context.ledger().read() as reader:
            taken = _taken(reader, files_of(event))
        if taken is not None and taken.is_whole:
            note(context.settings, _told(f"{event.event.case}/{event.event.exhibit}", taken))
            parent = show(format_exhibit(taken.bound[0]))
            note(context.settings, f"  if it was made from that: --derived-from {parent}, so that it stays bound")


def bind(reader: LedgerReader, state: WorkingState, exhibits: Iterable[Exhibit]) -> tuple[str, ...]:
    """Bind in ``state`` those of ``exhibits`` that are not bound, and hold the files of one that is, as that one.

    Nothing is recorded: the gate is asked so. Returns a warning for each; none for what is explained on record.
    """
    told = []
    for exhibit in exhibits:
        taken = None if exhibit.bound_to else _taken_by(reader, exhibit)
        if taken is not None and taken.is_whole and not _is_explained(reader, exhibit):
            state.put([replace(exhibit, bound_to=taken.origins)])
            told.append(_told(format_exhibit(exhibit), taken))
    return tuple(told)


def _told(name: str, taken: Taken) -> str:
    bound = ", ".join(show(format_exhibit(item)) for item in taken.bound)
    text = (
        f"warning: {show(name)} holds files of {bound}, which go on with the consent of {', '.join(taken.origins)} only"
    )
    return f"{text} [{CODE}]"


def _taken_by(reader: LedgerReader, exhibit: Exhibit) -> Taken | None:
    place = reader.event_indexes([exhibit.registration]).get(exhibit.registration)
    event = None if place is None else parse_entry(reader.entry(place)).event
    return None if event is None or is_let_go(event) else _taken(reader, files_of(event))


def _taken(reader: LedgerReader, mine: Set[str]) -> Taken | None:
    bound = [item.registration for item in reader.bound_exhibits()] if mine else []
    entries = (parse_entry(reader.entry(index)) for index in reader.event_indexes(bound).values())
    alike = {digest for files in map(files_of, (entry.event for entry in entries)) if files & mine for digest in files}
    return firsts_of(reader.view().holders(tuple(sorted(alike)))).taken_by(mine) if alike else None


def _is_explained(reader: LedgerReader, exhibit: Exhibit) -> bool:
    """Tell whether somebody signed how this exhibit came to hold these files."""
    places = reader.subject_entries(("exhibit", exhibit.case, exhibit.number))
    return any(exhibit.registration in _cured(parse_entry(reader.entry(index)).event) for index in places)


def _cured(event: ParsedEvent) -> Iterator[str]:
    details, about = event.details, event.event.about
    if isinstance(details, RecordExplained) and isinstance(details.cures, tuple) and CODE in details.cures:
        yield from (str(item.event) for item in about) if isinstance(about, tuple) else ()
