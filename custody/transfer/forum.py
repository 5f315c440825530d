"""Which procedure a request falls under, and the clocks that run on it.

A profile of one country is its own law, and holds for whoever asks there. One of several countries is a treaty or a
regulation between them, and holds where both sides are among them; where they are not, the generic profile does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from custody.transfer.due import Due, dues_of
from custody.transfer.law_files import deadlines, profile_for, shipped_profile
from custody.transfer.requests import RequestStory, lacking_of
from custody.verify.state import View
from schemas.profile import Profile, RequiredField

_GENERIC: Final = "generic"
_MARKS: Final = ("T", "S", "M")
"""How well a source is known: the text was read, a secondary source, nobody confirmed it."""


def forum_of(country: str, other: str | None) -> Profile:
    """Return the profile by which ``country`` deals with ``other``."""
    profile = profile_for(country)
    is_shared = len(profile.countries) > 1
    return shipped_profile(_GENERIC) if is_shared and other not in profile.countries else profile


def wanted_of(view: View, names: frozenset[str], *, kind: str, direction: str, peer: str) -> tuple[RequiredField, ...]:
    """Return what a request that states ``names`` lacks, by the procedure of both countries (B1, C13, C16, C17, E1).

    A request that goes out is read where it arrives: what is wanted there counts too. Of two laws that want a field the
    one is named of which more is known.
    """
    own, there = _countries(view, peer)
    found = {item.name: item for item in lacking_of(names, forum_of(own, there), kind=kind, direction=direction)}
    if direction == "outgoing" and there is not None:
        for item in lacking_of(names, forum_of(there, own), kind=kind, direction="incoming"):
            known = found.get(item.name)
            if known is None or _MARKS.index(item.source.mark) < _MARKS.index(known.source.mark):
                found[item.name] = item
    return tuple(found[name] for name in sorted(found))


def lacking_now(view: View, story: RequestStory) -> tuple[RequiredField, ...]:
    """Return what a request on record lacks."""
    state = story.state
    return wanted_of(view, story.names, kind=state.kind, direction=state.direction, peer=state.peer)


def dues_now(view: View, stories: Sequence[RequestStory], *, at: datetime) -> tuple[Due, ...]:
    """Return the clocks that run on requests as of ``at`` (aware), the first that is due first.

    They are those of the country that is asked, and those that a request itself names. Requests that renew or follow
    each other go to the same authority, so they are looked at together.

    Raises:
        UsageError: ``deadline.zone``.
    """
    groups: dict[tuple[str, str], list[RequestStory]] = {}
    profiles: dict[str, Profile] = {}
    for story in stories:
        own, there = _countries(view, story.state.peer)
        asked, asking = (own, there) if story.state.direction == "incoming" else (there or own, own)
        profile = forum_of(asked, asking)
        profiles[profile.name] = profile
        groups.setdefault((profile.name, asked), []).append(story)
    found = [
        due
        for (name, asked), group in groups.items()
        for due in dues_of(group, profiles[name], deadlines(), at=at, country=asked)
    ]
    return tuple(sorted(found, key=lambda due: (due.clock.due, due.story.state.id, due.clock.rule.key)))


def _countries(view: View, peer: str) -> tuple[str, str | None]:
    ledger, agent = view.ledger(), view.agent(peer)
    assert ledger is not None, "the ledger was opened"
    return ledger.country, None if agent is None else agent.country
