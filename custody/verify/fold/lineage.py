"""How far a bundle carries what its exhibits come from, or are the same as: up to the latest act that one names.

What happened to it later is known by accident only, where it is about something else as well; so nothing of it is
asked then (docs/spec/completeness.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from schemas.details.exhibit import ExhibitRegistered
from schemas.entry import ParsedEntry
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
        details = getattr(registered.get(waiting.pop()), "details", None)
        origins = [((item.case, item.exhibit), item.event) for item in getattr(details, "derived_from", UNSET) or ()]
        # What binds it is said at its registration, and binds what is the same (`custody.verify.rules.reducer`).
        for item in (getattr(details, "same_object_as", UNSET) or ()) if is_strict else ():
            name = item.case, item.exhibit
            origins.append((name, registered[name].hash if name in registered else ""))
        for name, event in origins:
            end, known = End(indexes.get(event, -1), event), found.get(name, UNSET)
            # What its parents were is said once, at its registration, however often it is named.
            waiting += [name] if known is UNSET else []
            if known is UNSET or (known is not None and end > known):
                found[name] = end
    return found
