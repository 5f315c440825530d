"""The procedure profile of a ledger: that of every law that holds for its country, in one.

A member state of the EU is a party to the Budapest Convention as well, and the United States have a law of their own
beside it. What several laws want is asked once; named is the one of which more is known, and of two as well known the
closer. What a request must state follows from both countries, so it is asked by what those two go by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, Protocol, TypeVar

from msgspec.structs import replace

from custody.transfer.forum import forums_of, laws_of
from schemas.law import LawSource
from schemas.profile import Profile, RequiredFields
from schemas.types import UNSET, is_set

_MARKS: Final = ("T", "S", "M")
"""How well a source is known, the best first."""


class Sourced(Protocol):
    """What a profile asks for, and by which law."""

    @property
    def source(self) -> LawSource:
        """The law, and how well it is known."""


One = TypeVar("One", bound=Sourced)


def profile_for(country: str, *other: str | None) -> Profile:
    """Return the profile of a ledger of ``country``: all its laws in one, or ``generic`` where none is known.

    With ``other``, the country of an authority (None where it isn't on record), only what the two go by.
    """
    found = forums_of(country, *other) if other else laws_of(country)
    return combined(tuple(forum.profile for forum in found))


def combined(profiles: Sequence[Profile]) -> Profile:
    """Return profiles as one, the closest of them first. What several want stands in it once, by the law of which more
    is known.
    """
    first, *others = profiles
    if not others:
        return first
    rows: dict[tuple[object, ...], list[RequiredFields]] = {}
    for row in (row for one in profiles for row in one.requests):
        rows.setdefault((row.kind, row.direction, row.stating), []).append(row)
    return replace(
        first,
        checks=_best((item for one in profiles for item in one.checks), lambda item: item.rule),
        countries=(),
        deadlines=tuple(dict.fromkeys(item for one in profiles for item in one.deadlines)),
        digests=_best((item for one in profiles for item in one.digests), lambda item: item.digest),
        gates=tuple(dict.fromkeys(item for one in profiles for item in one.gates)),
        name="-and-".join(one.name for one in profiles),
        papers=tuple(sorted({paper for one in profiles for paper in one.papers})),
        requests=tuple(
            replace(same[0], fields=_best((item for row in same for item in row.fields), lambda item: item.name))
            for same in rows.values()
        ),
        title="; ".join(one.title for one in profiles),
        zone=next((one.zone for one in profiles if is_set(one.zone)), UNSET),
    )


def _best(items: Iterable[One], key: Callable[[One], str]) -> tuple[One, ...]:
    """Return each once, in order of ``key``: the one whose source is known best, the first of those as well known."""
    found: dict[str, One] = {}
    for item in items:
        known = found.setdefault(key(item), item)
        if _MARKS.index(item.source.mark) < _MARKS.index(known.source.mark):
            found[key(item)] = item
    return tuple(found[name] for name in sorted(found))
