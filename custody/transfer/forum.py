"""Under which law a request falls, and the clocks that run on it: it follows from both countries.

A country with a profile of its own deals by that, whoever is on the other side. Beside it stands the closest instrument
that binds both (`schemas.law.Memberships`), with the profile that says what it asks for. Where neither is known, the
generic profile is applied, which is nobody's law, and whatever prints it says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from custody.transfer.due import Due, dues_of
from custody.transfer.law_files import deadlines, memberships, national_profile, shipped_profile
from custody.transfer.requests import RequestStory, lacking_of
from custody.verify.rules.view import View
from schemas.law import Instrument, LawSource, RestDays, cite
from schemas.profile import Profile, RequiredField
from schemas.types import is_set

_GENERIC: Final = "generic"
_APOSTILLE: Final = "apostille"
_MARKS: Final = ("T", "S", "M")
"""How well a source is known: the text was read, a secondary source, nobody confirmed it."""


@dataclass(frozen=True, slots=True)
class Forum:
    """A law that a request falls under: its profile, and why; ``source`` of that, none for the country's own law.

    ``is_fallback`` where no law of both is known and the generic profile stands in.
    """

    profile: Profile
    why: str
    source: LawSource | None = None
    is_fallback: bool = False

    @property
    def text(self) -> str:
        """The forum in one line, with its source."""
        return f"{self.profile.name}: {self.why}" + (f"; {cite(self.source)}" if self.source is not None else "")


def shared_by(country: str, other: str | None) -> tuple[tuple[Instrument, LawSource], ...]:
    """Return the instruments that bind both countries, the closest first, each with how well that is known: the worse
    known of the two memberships. Those that aren't in force are among them.
    """
    found = []
    for instrument in memberships().instruments:
        own, theirs = (None if name is None else instrument.source_of(name) for name in (country, other))
        if own is not None and theirs is not None and country != other:
            found.append((instrument, max(own, theirs, key=lambda source: _MARKS.index(source.mark))))
    return tuple(found)


def apostille_between(country: str, other: str) -> LawSource | None:
    """Return how it is known that ``country`` and ``other`` are both parties to the Apostille Convention, or nothing
    (law row C9). Whether one of them objected to the other no list here says.
    """
    return next((source for instrument, source in shared_by(country, other) if instrument.key == _APOSTILLE), None)


def forums_of(country: str, other: str | None) -> tuple[Forum, ...]:
    """Return the laws by which ``country`` deals with ``other``, its own first; one at the least."""
    found = _national(country)
    for instrument, source in shared_by(country, other):
        if instrument.in_force and is_set(instrument.profile):
            why = f"{country} and {other} both stand on the list of those bound by the {instrument.title}"
            found.append(Forum(shipped_profile(str(instrument.profile)), why, source))
            break  # the closest one: what is farther off only says the same more loosely
    if not found:
        why = f"no law of {_both(country, other)} is known here; standards are applied, which bind nobody"
        found.append(Forum(shipped_profile(_GENERIC), why, is_fallback=True))
    return tuple(found)


def laws_of(country: str) -> tuple[Forum, ...]:
    """Return the laws by which a ledger of ``country`` is looked at, its own first; one at the least.

    They hold at once: its own law, and every instrument in force that binds it, the closest first. Which of them a
    request falls under follows from both countries (`forums_of`).
    """
    found = _national(country)
    for instrument in memberships().instruments:
        source = instrument.source_of(country)
        if instrument.in_force and is_set(instrument.profile) and source is not None:
            why = f"{country} stands on the list of those bound by the {instrument.title}"
            found.append(Forum(shipped_profile(str(instrument.profile)), why, source))
    if not found:
        why = f"no law of {country} is known here; standards are applied, which bind nobody"
        found.append(Forum(shipped_profile(_GENERIC), why, is_fallback=True))
    return tuple(found)


def members_under(profile: str) -> tuple[str, ...]:
    """Return, in order, the countries that an instrument in force binds of which ``profile`` says what it asks for."""
    found = (item.members for item in memberships().instruments if item.profile == profile and item.in_force)
    return tuple(sorted({country for groups in found for group in groups for country in group.countries}))


def _national(country: str) -> list[Forum]:
    own = national_profile(country)
    return [] if own is None else [Forum(own, f"the law of {country} itself")]


def _both(country: str, other: str | None) -> str:
    if other is None:
        return f"{country} and a country that is not on record"
    return f"{country} and {other}" if other != country else f"{country} for requests at home"


def forums_now(view: View, story: RequestStory) -> tuple[Forum, ...]:
    """Return the laws that a request on record falls under: those of the country that is asked."""
    return forums_of(*_asked(view, story))


def wanted_of(view: View, names: frozenset[str], *, kind: str, direction: str, peer: str) -> tuple[RequiredField, ...]:
    """Return what a request that states ``names`` lacks, by the procedure of both countries (B1, C13, C16, C17, E1).

    A request that goes out is read where it arrives: what is wanted there counts too. Of two laws that want a field the
    one is named of which more is known.
    """
    own, there = _countries(view, peer)
    asked = [(forum, direction) for forum in forums_of(own, there)]
    if direction == "outgoing" and there is not None:
        asked += [(forum, "incoming") for forum in forums_of(there, own)]
    found: dict[str, RequiredField] = {}
    for forum, side in asked:
        for item in lacking_of(names, forum.profile, kind=kind, direction=side):
            known = found.get(item.name)
            if known is None or _MARKS.index(item.source.mark) < _MARKS.index(known.source.mark):
                found[item.name] = item
    return tuple(found[name] for name in sorted(found))


def lacking_now(view: View, story: RequestStory) -> tuple[RequiredField, ...]:
    """Return what a request on record lacks."""
    state = story.state
    return wanted_of(view, story.names, kind=state.kind, direction=state.direction, peer=state.peer)


def dues_now(
    view: View, stories: Sequence[RequestStory], *, at: datetime, rest_days: Iterable[RestDays] = ()
) -> tuple[Due, ...]:
    """Return the clocks that run on requests as of ``at`` (aware), the first that is due first.

    They are those of the country that is asked, of the instrument that it shares with the other, and those that a
    request itself names. Requests that renew or follow each other go to the same authority, so they are looked at
    together. ``rest_days`` stand in for what is shipped for the same countries.

    Raises:
        UsageError: ``deadline.zone``.
    """
    law = deadlines()
    given = {item.country: item for item in (*law.rest_days, *rest_days)}
    groups: dict[tuple[tuple[Profile, ...], str], list[RequestStory]] = {}
    for story in stories:
        asked, asking = _asked(view, story)
        profiles = tuple(forum.profile for forum in forums_of(asked, asking))
        groups.setdefault((profiles, asked), []).append(story)
    found = [
        due
        for (profiles, asked), group in groups.items()
        for due in dues_of(group, profiles, law, at=at, country=asked, rest_days=tuple(given.values()))
    ]
    return tuple(sorted(found, key=lambda due: (due.clock.due, due.story.state.id, due.clock.rule.key)))


def _asked(view: View, story: RequestStory) -> tuple[str, str | None]:
    """Return the country that is asked and the one that asks; where the asked one isn't on record, our own stands in
    for it.
    """
    own, there = _countries(view, story.state.peer)
    if story.state.direction == "incoming":
        return own, there
    return (own, None) if there is None else (there, own)


def _countries(view: View, peer: str) -> tuple[str, str | None]:
    ledger, agent = view.ledger(), view.agent(peer)
    assert ledger is not None, "the ledger was opened"
    return ledger.country, None if agent is None else agent.country
