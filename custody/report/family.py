"""From which exhibits one was made, and which were made from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from custody.storage.reading import Reader
from custody.storage.registrations import alignments, find_registrations
from schemas.details.exhibit import ExhibitRegistered, Parent
from schemas.entry import parse_entry
from schemas.types import UNSET

_FIELD: Final = b'"derived_from":['


@dataclass(frozen=True, slots=True)
class Relative:
    """An exhibit from which another was made, or that was made: ``act`` is the entry by which, ``entry`` where the
    made one was registered.
    """

    case: str
    exhibit: str
    act: int | None
    entry: int


def parents_of(reader: Reader, details: ExhibitRegistered, entry: int) -> tuple[Relative, ...]:
    """Return what an exhibit was made from that ``entry`` registers."""
    parents = _parents(details)
    acts = reader.event_indexes([parent.event for parent in parents])
    return tuple(Relative(parent.case, parent.exhibit, acts.get(parent.event), entry) for parent in parents)


def children_of(reader: Reader, case: str, number: str, entry: int) -> tuple[Relative, ...]:
    """Return what was made from an exhibit that ``entry`` registers, in any case, in order of registration."""
    found = []
    for raw in find_registrations(reader.connection, after=entry, holding=alignments(_FIELD)):
        parsed = parse_entry(raw)
        details = parsed.event.details
        if not isinstance(details, ExhibitRegistered):
            continue  # the column beside it says so, and the bytes don't: that is for an audit to tell
        mine = [item for item in _parents(details) if (item.case, item.exhibit) == (case, number)]
        acts = reader.event_indexes([item.event for item in mine])
        inner = parsed.event.event
        found += [
            Relative(str(inner.case), str(inner.exhibit), acts.get(item.event), parsed.entry.index) for item in mine
        ]
    return tuple(found)


def _parents(details: ExhibitRegistered) -> tuple[Parent, ...]:
    return details.derived_from if details.derived_from is not UNSET else ()
