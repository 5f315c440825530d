"""How far a bundle carries what its exhibits come from, or are the same as: up to the latest act that one names.

What happened to it later is known by accident only, where it is about something else as well; so nothing of it is
asked then (docs/spec/completeness.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from schemas.details.exhibit import ExhibitRegistered
from schemas.entry import ParsedEntry
from schemas.event import ParsedEvent
from schemas.types import UNSET

Name = tuple[str, str]


class End(NamedTuple):
    """The last entry that counts of an exhibit, and its event; below every index where it isn't carried."""

    last: int
    event: str


Lineage = Mapping[Name, End | None]
"""The exhibits that a bundle carries, by case and number; nothing stands for one that it carries whole."""


def lineage_of(names: Iterable[Name], entries: Mapping[int, ParsedEntry]) -> dict[Name, End | None]:
    """Return the exhibits of those ``names`` and all that they come from or, under version 2 of the gate, are the same
    as, as registrations among ``entries`` say.
    """
    indexes = {entry.event.hash: index for index, entry in entries.items()}
    registered = {
        (str(entry.event.event.case), str(entry.event.event.exhibit)): entry.event
        for _, entry in sorted(entries.items())
        if isinstance(entry.event.details, ExhibitRegistered)
    }
    is_strict = 0 in entries and getattr(entries[0].event.details, "gate", UNSET) == "v2"
    found: dict[Name, End | None] = dict.fromkeys(names)
    waiting = list(found)
    while waiting:
        for name, event in _origins(registered, waiting.pop(), is_strict=is_strict):
            end, known = End(indexes.get(event, -1), event), found.get(name, UNSET)
            if known is UNSET:
                # What its parents were is said once, at its registration, however often it is named.
                waiting.append(name)
            if known is UNSET or (known is not None and end > known):
                found[name] = end
    return found


def _origins(registered: Mapping[Name, ParsedEvent], name: Name, *, is_strict: bool) -> Iterator[tuple[Name, str]]:
    details = registered[name].details if name in registered else None
    if not isinstance(details, ExhibitRegistered):
        return
    for parent in details.derived_from or ():
        yield (parent.case, parent.exhibit), parent.event
    # What binds it is said at its registration, and binds what is the same (`custody.verify.rules.reducer`).
    for same in (details.same_object_as or ()) if is_strict else ():
        other = registered.get((same.case, same.exhibit))
        yield (same.case, same.exhibit), "" if other is None else other.hash
