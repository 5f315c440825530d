"""What is due on requests: the clocks of each, by the profile and by what the request itself names, and the alarms.

Pure, on stories that the caller read. An alarm is what no single clock shows, because it is about two requests: data
were preserved and the request for them was never sent (law row B2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from custody.transfer.clock import Place, rest_note
from custody.transfer.deadlines import Clock, ClockState, place_of, run_clock
from custody.transfer.requests import RequestStory
from schemas.details.request import Answer, RequestExtended, RequestSent
from schemas.law import Deadline, Deadlines, RestDays
from schemas.profile import Profile
from schemas.text import format_time
from schemas.types import UNSET, is_set

_OVER: Final = ("closed", "withdrawn")
_FOLLOWS: Final = ("mla", "production")
"""Kinds of request that ask for what a preservation kept."""
_CONFIRMS: Final = ("granted", "preserved")
_ASKED: Final = "asked for, not confirmed"


@dataclass(frozen=True, slots=True)
class Due:
    """A clock of one request. ``alarm`` is set where something else is amiss than the clock says, ``note`` where its
    end rests on days of rest that are not known, or is earlier than it was prolonged to, ``unconfirmed`` where nobody
    abroad has said yet that data are kept until then.
    """

    story: RequestStory
    clock: Clock
    alarm: str = ""
    note: str = ""
    unconfirmed: str = ""

    @property
    def wants_attention(self) -> bool:
        """Tell whether somebody should look: near, overdue, expired, or an alarm."""
        return self.clock.wants_attention or bool(self.alarm)


def rules_for(story: RequestStory, profiles: Iterable[Profile], law: Deadlines) -> tuple[Deadline, ...]:
    """Return the deadlines that run on a request, in order of key; a key that the law does not have is left out."""
    state = story.state
    keys = {
        applied.deadline
        for profile in profiles
        for applied in profile.deadlines
        if applied.kind == state.kind and (not is_set(applied.direction) or applied.direction == state.direction)
    }
    named = story.body.deadlines
    keys |= set(named or ())
    return tuple(rule for rule in law.deadlines if rule.key in keys)


def dues_of(
    stories: Sequence[RequestStory],
    profiles: Sequence[Profile],
    law: Deadlines,
    *,
    at: datetime,
    country: str,
    rest_days: Sequence[RestDays] | None = None,
) -> tuple[Due, ...]:
    """Return every clock that was started by ``at`` (aware), the first to end at the top; ``country`` is the one asked.

    Clocks that were met are among them; a request that is over has none that still runs. Days are counted in the zone
    of the first profile that has one. ``rest_days`` stand in for those of ``law``.

    Raises:
        UsageError: ``deadline.zone`` where this system does not know a zone.
    """
    zone = next((str(profile.zone) for profile in profiles if is_set(profile.zone)), "UTC")
    # A renewal that lies in a drawer keeps no data, and one that nobody answered takes no confirmed date away.
    sent = [story for story in stories if story.state.status != "drafted"]
    renewed = {str(story.body.renewal_of) for story in sent if not _lacks_confirmation(story)}
    asked = {str(story.body.renewal_of) for story in sent}
    renewed |= {story.state.id for story in stories if story.state.id in asked and _lacks_confirmation(story)}
    found = []
    for story in stories:
        for rule in rules_for(story, profiles, law):
            known = law.rest_days if rest_days is None else rest_days
            place = place_of(rule, zone=zone, rest_days=known, country=country)
            clock = run_clock(rule, story.events, at, place)
            if clock is None or (clock.state is not ClockState.MET and _is_over(story, rule, renewed)):
                continue
            clock, cut = _prolonged(clock, story, stories, at, place) if is_set(rule.longest) else (clock, "")
            rest = rest_note(rule.span, rule.counting, place, clock.started_at, clock.due, country)
            note = "; ".join(filter(None, (cut, rest)))
            found.append(Due(story, clock, _alarm(story, stories, clock), note, _unconfirmed(story, rule)))
    return tuple(sorted(found, key=lambda due: (due.clock.due, due.story.state.id, due.clock.rule.key)))


def open_dues(dues: Iterable[Due]) -> tuple[Due, ...]:
    """Return those that still run, stand still or are missed: what a list of due requests shows."""
    return tuple(due for due in dues if due.clock.state is not ClockState.MET or due.alarm)


def _prolonged(
    clock: Clock, story: RequestStory, stories: Sequence[RequestStory], at: datetime, place: Place
) -> tuple[Clock, str]:
    """Return the clock as it runs where the data themselves were asked for, which keeps them as long as that takes;
    else as it is, with a note where somebody prolonged it further than the law lets him.
    """
    free = run_clock(replace(clock.rule, longest=UNSET), story.events, at, place) or clock
    if free.due <= clock.due or any(_follows(other, story) for other in stories):
        return free, ""
    until = format_time(free.due)
    return clock, f"prolonged until {until}, which the law lets nobody do before the data themselves are asked for"


def _is_over(story: RequestStory, rule: Deadline, renewed: set[str]) -> bool:
    """A preservation that another request renewed has not expired; the new one has its own clock."""
    if rule.kind == "keep" and story.state.id in renewed:
        return True
    # A withdrawal itself may start a clock, such as that of a notice; only a closing ends them all.
    return story.state.status == "closed" or (story.state.status in _OVER and rule.kind == "keep")


def _confirmation(story: RequestStory) -> Answer | None:
    """Return the last answer by which the other side confirmed that it keeps data."""
    found = [item.details for item in story.events if isinstance(item.details, Answer)]
    return next((item for item in reversed(found) if item.outcome in _CONFIRMS), None)


def _lacks_confirmation(story: RequestStory) -> bool:
    """Tell whether we asked, be it for longer than before, and nobody has confirmed since."""
    if story.state.direction != "outgoing":
        return False
    told = [item for item in story.events if isinstance(item.details, Answer | RequestExtended | RequestSent)]
    last = [item for item in told if not isinstance(item.details, Answer) or item.details.outcome in _CONFIRMS]
    return not last or not isinstance(last[-1].details, Answer)


def _unconfirmed(story: RequestStory, rule: Deadline) -> str:
    if rule.kind != "keep" or not _lacks_confirmation(story):
        return ""
    confirmed = _confirmation(story)
    until = confirmed.until if confirmed is not None else None
    return _ASKED + (f"; confirmed until {until}" if isinstance(until, str) else "")


def _alarm(story: RequestStory, stories: Sequence[RequestStory], clock: Clock) -> str:
    """Say that data were preserved for us and nobody has asked for them, once the end is near (law rows B2, E2)."""
    state = story.state
    is_ours = state.kind == "preservation" and state.direction == "outgoing" and clock.rule.kind == "keep"
    if not is_ours or not clock.wants_attention or any(_follows(other, story) for other in stories):
        return ""
    return "no request for the preserved data has been sent"


def _follows(other: RequestStory, story: RequestStory) -> bool:
    """Tell whether another request, sent or received as this one was, asks for the data that this one preserves."""
    is_draft = other.state.direction == "outgoing" and other.sent_at is None
    if other.state.kind not in _FOLLOWS or other.state.direction != story.state.direction or is_draft:
        return False
    if story.state.id in (other.body.renewal_of, other.body.follows):
        return True
    same_case = is_set(story.body.case) and other.body.case == story.body.case
    return same_case and other.state.peer == story.state.peer


def by_request(dues: Iterable[Due]) -> Mapping[str, tuple[Due, ...]]:
    """Return the clocks by the id of their request."""
    found: dict[str, tuple[Due, ...]] = {}
    for due in dues:
        found[due.story.state.id] = (*found.get(due.story.state.id, ()), due)
    return found
