"""Requests as `custody request list` and `show` give them: one line or one story, in JSON and in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import msgspec

from custody.cli.assistance.requests import MissingField, missing_fields
from custody.cli.results import Result
from custody.cli.showing.freezes import Standing, untold
from custody.report.counts import counted
from custody.report.safe_text import show
from custody.report.words import format_utc
from custody.transfer.deadlines import Clock, ClockState
from custody.transfer.due import Due
from custody.transfer.forum import Forum
from custody.transfer.requests import RequestStory
from schemas.law import cite
from schemas.profile import RequiredField
from schemas.text import format_time
from schemas.types import UNSET, Unset, is_set

_MEDIA = {"letter-undecided": ", read in a letter that is INDETERMINATE", "paper": ", on paper"}


class ForumLine(msgspec.Struct, frozen=True, kw_only=True):
    """A law that a request falls under, and why; ``fallback`` where none is known and standards stand in."""

    fallback: bool
    profile: str
    text: str


class LeadLine(msgspec.Struct, frozen=True, kw_only=True):
    """Where an answer leads, by country or unknown, and the requests that follow it (law row B6)."""

    country: str | Unset = UNSET
    followed_by: tuple[str, ...]


class ClockLine(msgspec.Struct, frozen=True, kw_only=True):
    """A deadline as it stands; ``left`` in seconds, negative when it is past; ``mark`` says how its source is known.

    ``note`` says what is not known of the days of rest by which it was counted, ``unconfirmed`` that data are asked to
    be kept until then, and nobody has confirmed it.
    """

    alarm: str | Unset = UNSET
    attention: bool
    due: str
    key: str
    late: bool
    left: int
    mark: str
    note: str | Unset = UNSET
    source: str
    started_at: str
    state: str
    unconfirmed: str | Unset = UNSET


class RequestLine(Result, frozen=True, kw_only=True, tag="custody-request/v1"):
    """A request as it stands; ``medium`` says whether it came or went on ``paper``, by ``letter``, or
    neither yet (``none``), and ``letter-undecided`` where a letter was taken on which the verdict was INDETERMINATE.

    ``answered_after`` is how many seconds passed until the first answer.
    """

    answered_after: int | Unset = UNSET
    clocks: tuple[ClockLine, ...]
    direction: str
    forums: tuple[ForumLine, ...]
    kind: str
    leads: tuple[LeadLine, ...]
    medium: str
    missing: tuple[MissingField, ...]
    outcome: str | Unset = UNSET
    peer: str
    request: str
    status: str
    until: str | Unset = UNSET


class FreezeLine(msgspec.Struct, frozen=True, kw_only=True):
    """A freeze of an asset: ``state`` is ``running``, ``ending``, ``expired``, ``open`` (no end on record) or
    ``lifted`` (and its provider not told: by when he has to be, where a law says so, is ``notice``); ``entry`` and
    ``by`` are of its newest record. Where that only repeats another ``ledger``, ``size`` is how many entries it had.
    """

    attention: bool
    by: str
    case: str
    ends_at: str | Unset = UNSET
    entry: int
    exhibit: str
    ledger: str | Unset = UNSET
    notice: ClockLine | Unset = UNSET
    size: int | Unset = UNSET
    state: str


class RequestList(Result, frozen=True, kw_only=True, tag="custody-requests/v1"):
    """Requests in the order in which they were opened, and with --due the freezes of assets; ``attention`` counts what
    is due, overdue or expired.
    """

    attention: int
    freezes: tuple[FreezeLine, ...]
    requests: tuple[RequestLine, ...]


class RequestStep(Result, frozen=True, kw_only=True, tag="custody-request-step/v1"):
    """One entry of a request; ``facts`` are pairs of label and value, private values as far as they are here."""

    entry: int
    facts: tuple[tuple[str, str], ...]
    headline: str
    medium: str
    occurred_at: str
    recorded_at: str


class RequestStoryResult(Result, frozen=True, kw_only=True, tag="custody-request-story/v1"):
    """A request and all that became of it."""

    request: RequestLine
    steps: tuple[RequestStep, ...]


def request_line(
    story: RequestStory,
    dues: Iterable[Due],
    missing: Iterable[RequiredField],
    forums: Iterable[Forum],
    stories: Iterable[RequestStory],
) -> RequestLine:
    """Return a request as a program reads it; ``stories`` are all of the ledger, among which others may follow it."""
    state, taken = story.state, story.answered_after
    return RequestLine(
        answered_after=UNSET if taken is None else int(taken.total_seconds()),
        clocks=tuple(clock_line(due) for due in dues),
        direction=state.direction,
        forums=tuple(map(_forum_line, forums)),
        kind=state.kind,
        leads=tuple(_leads(story, stories)),
        medium=medium_of_story(story),
        missing=missing_fields(missing),
        outcome=UNSET if state.outcome is None else state.outcome,
        peer=state.peer,
        request=state.id,
        status=state.status,
        until=UNSET if state.until is None else state.until,
    )


def _forum_line(forum: Forum) -> ForumLine:
    return ForumLine(fallback=forum.is_fallback, profile=forum.profile.name, text=forum.text)


def _leads(story: RequestStory, stories: Iterable[RequestStory]) -> Iterator[LeadLine]:
    """One line for each country: who else there has data is private, and stands in the story."""
    followers = tuple(other.state.id for other in stories if other.body.follows == story.state.id)
    for country in sorted({str(lead.country) if is_set(lead.country) else "" for lead in story.leads}):
        yield LeadLine(country=country or UNSET, followed_by=followers)


def medium_of_story(story: RequestStory) -> str:
    """Return how a request crossed: ``paper``, ``letter``, ``letter-undecided`` where some of it was read in a letter
    that is INDETERMINATE, or ``none`` where it has not.
    """
    if story.is_on_paper:
        return "paper"
    if story.is_undecided:
        return "letter-undecided"
    return "letter" if story.sent_at is not None or story.origin is not None else "none"


def freeze_line(item: Standing, at: datetime) -> FreezeLine:
    """Return a freeze as a program reads it."""
    state, frozen = item.state(at), item.frozen
    return FreezeLine(
        attention=state in {"ending", "expired"} or not frozen.is_told,
        by=item.by,
        case=item.exhibit.case,
        ends_at=frozen.ends_at or UNSET,
        entry=frozen.index,
        exhibit=item.exhibit.number,
        notice=UNSET if item.notice is None else _clock_line(item.notice.clock, note=item.notice.note or UNSET),
        ledger=UNSET if item.told is None else item.told[0],
        size=UNSET if item.told is None else item.told[1],
        state=state,
    )


def freeze_lines(freezes: Iterable[Standing], at: datetime, *, only_attention: bool) -> Iterator[str]:
    """Yield the freezes in words."""
    for item, line in ((item, freeze_line(item, at)) for item in freezes):
        if line.attention or not only_attention:
            end = format_utc(item.frozen.ends_at) if item.frozen.ends_at else ""
            told = {
                "expired": f"EXPIRED {end}",
                "lifted": f"lifted, and {untold(None)}",
                "open": "no end is on record",
            }.get(line.state, f"ends {end}")
            yield f"freeze of {item.name}: {told} (entry {line.entry}, by {line.by}{item.told_by})"
            if item.notice is not None:
                yield f"  {_words(item.notice.clock)}; {cite(item.notice.clock.rule.source)}"
                yield from (f"    {note}" for note in (item.notice.note,) if note)


def clock_line(due: Due) -> ClockLine:
    """Return a deadline as a program reads it."""
    return _clock_line(
        due.clock, alarm=due.alarm or UNSET, note=due.note or UNSET, unconfirmed=due.unconfirmed or UNSET
    )


def _clock_line(
    clock: Clock, *, alarm: str | Unset = UNSET, note: str | Unset = UNSET, unconfirmed: str | Unset = UNSET
) -> ClockLine:
    rule = clock.rule
    return ClockLine(
        alarm=alarm,
        attention=clock.wants_attention or is_set(alarm),
        due=format_time(clock.due),
        key=rule.key,
        late=clock.is_late,
        left=int(clock.left.total_seconds()),
        mark=rule.source.mark,
        note=note,
        source=rule.source.text,
        started_at=format_time(clock.started_at),
        state=clock.state.value,
        unconfirmed=unconfirmed,
    )


def headline(line: RequestLine) -> str:
    """Return a request in one line."""
    arrow = "from" if line.direction == "incoming" else "to"
    outcome = "" if not is_set(line.outcome) else f", {line.outcome}"
    how = _MEDIA.get(line.medium, "")
    lacks = f", lacks {counted(len(line.missing), 'field', 'fields')}" if line.missing else ""
    taken = line.answered_after
    after = f" after {format_left(timedelta(seconds=taken))}" if isinstance(taken, int) else ""
    state = f"{line.status}{after}{outcome}"
    if after and line.status != "answered":
        # A reader would take the time as that of the state.
        state = f"{line.status} (answered{after}{outcome.replace(',', ':')})"
    return f"{line.request}: {line.kind} {arrow} {show(line.peer)}, {state}{how}{lacks}"


def standing_lines(line: RequestLine) -> Iterator[str]:
    """Yield by which law a request is looked at, and where its answers lead."""
    for forum in line.forums:
        yield f"  under {forum.text}"
    for lead in line.leads:
        where = lead.country if is_set(lead.country) else "another provider"
        told = f"followed by {', '.join(lead.followed_by)}" if lead.followed_by else "no request follows it yet"
        yield f"  the answer leads to {where}: {told}"


def clock_lines(dues: Iterable[Due]) -> Iterator[str]:
    """Yield deadlines in words, each with what is left and its source."""
    for due in dues:
        asked = "ASKED, NOT CONFIRMED: " if due.unconfirmed else ""
        yield f"  {asked}{_words(due.clock)}; {cite(due.clock.rule.source)}"
        for told in (due.unconfirmed, due.alarm, due.note):
            if told:
                yield f"    {told}"


def _words(clock: Clock) -> str:
    end = format_utc(format_time(clock.due))
    title = f"{clock.rule.title} [{clock.rule.key}]"
    match clock.state:
        case ClockState.RUNNING:
            return f"{title}: {format_left(clock.left)} left, until {end}"
        case ClockState.SUSPENDED:
            return f"{title}: stands still, {format_left(clock.left)} left"
        case ClockState.MET:
            return f"{title}: {'met late' if clock.is_late else 'met'}, the end was {end}"
        case ClockState.OVERDUE:
            return f"{title}: OVERDUE by {format_left(-clock.left)}, the end was {end}"
        case ClockState.EXPIRED:
            return f"{title}: EXPIRED {format_left(-clock.left)} ago, at {end}"


def format_left(left: timedelta) -> str:
    """Return a span of time in days and hours, or in hours and minutes where it is shorter than two days."""
    minutes = int(left.total_seconds()) // 60
    hours, days = minutes // 60, minutes // 1440
    return f"{days} days {hours % 24} h" if days >= 2 else f"{hours} h {minutes % 60} min"
