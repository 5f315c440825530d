"""The deadlines of a request: when each is due, what is left, and whether it runs, stands still, was met or missed.

Pure: rules are data (`schemas.law.Deadline`), events come from the ledger in its order, the time is an argument. A
clock starts at the first event that starts it. What stands still does not count: the end moves by as much.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from enum import Enum

from msgspec.structs import replace as with_

from custody.transfer.clock import DAY, Place, end_of, find_zone, roll_on
from schemas.details.asset import FreezeChanged
from schemas.details.request import Answer, AnswerReceived, RequestBody, RequestReceived, RequestSent
from schemas.event import ParsedEvent
from schemas.law import Counting, Deadline, RestDays, Span, Trigger
from schemas.text import parse_time
from schemas.types import is_set


class ClockState(Enum):
    """How a deadline stands."""

    RUNNING = "running"
    SUSPENDED = "suspended"
    MET = "met"
    OVERDUE = "overdue"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Clock:
    """A deadline as it stands at some time. ``due`` is in UTC; ``left`` is negative after it, and what was left when a
    clock that stands still was stopped. ``wants_attention`` where the end is near or past; ``ended_at`` where it was
    met, which may have been late.
    """

    rule: Deadline
    started_at: datetime
    due: datetime
    left: timedelta
    state: ClockState
    wants_attention: bool
    ended_at: datetime | None = None

    @property
    def is_late(self) -> bool:
        """Tell whether it was met after its end."""
        return self.ended_at is not None and self.ended_at > self.due


@dataclass(frozen=True, slots=True)
class _Run:
    started_at: datetime
    due: datetime
    """The end as counted; a last day of rest moves it only once all is counted (`_end`)."""
    is_named: bool = False
    """Whether the end is a date that somebody named: that stands, whatever the day."""
    stopped_at: datetime | None = None
    """Since when it stands still."""
    ended_at: datetime | None = None


def happened_at(event: ParsedEvent) -> datetime:
    """Return when that which an event tells happened: a letter counts from its receipt, not from its recording."""
    match event.details:
        case RequestReceived(received_at=told) | AnswerReceived(received_at=told):
            return parse_time(told)
        case FreezeChanged(decided_at=told):
            return parse_time(told)
        case RequestSent(sent_at=told) | Answer(answered_at=told):
            return parse_time(told)
        case _:
            return parse_time(event.event.occurred_at)


def place_of(rule: Deadline, *, zone: str, rest_days: Iterable[RestDays], country: str) -> Place:
    """Return where ``rule`` is counted: in its own zone or else ``zone``, with the days of rest of ``country``.

    Raises:
        UsageError: ``deadline.zone``.
    """
    forum = "EU" if rule.key.startswith("eu.") else country
    known = {item.country: item for item in rest_days}
    return Place(find_zone(str(rule.zone) if is_set(rule.zone) else zone), known.get(country) or known.get(forum))


def run_clock(rule: Deadline, events: Sequence[ParsedEvent], at: datetime, place: Place) -> Clock | None:
    """Return how ``rule`` stands at ``at`` (aware), or nothing where nothing started it by then.

    ``events`` are those of one request, in ledger order; what happened after ``at`` does not count.
    """
    run: _Run | None = None
    begun: datetime | None = None
    named: datetime | None = None
    for event in events:
        moment = happened_at(event)
        if moment > at or (run is not None and run.ended_at is not None):
            continue
        if run is not None:
            run = _go_on(rule, run, event, moment, place)
            continue
        named = _named(rule, event) or named
        begun = moment if begun is None and _fits(rule.starts, event) else begun
        run = None if begun is None else _start(rule, begun, named, place)
    return None if run is None else _read(rule, run, at.astimezone(UTC), place)


def _named(rule: Deadline, event: ParsedEvent) -> datetime | None:
    """Return the end that an event names: a draft, which starts no clock, or whoever confirms or prolongs until then.

    An answer in time is asked for by the request alone: what prolongs a preservation asks for none.
    """
    names = isinstance(event.details, RequestBody) or (rule.named_end == "until" and _fits(rule.extends, event))
    found = getattr(event.details, str(rule.named_end), None) if names and is_set(rule.named_end) else None
    return parse_time(found) if isinstance(found, str) else None


def _start(rule: Deadline, moment: datetime, named: datetime | None, place: Place) -> _Run | None:
    if not is_set(rule.named_end):
        return _Run(moment, end_of(moment, rule.span, _kept(rule), place))  # type: ignore[arg-type]
    return None if named is None else _Run(moment, named, is_named=True)


def _kept(rule: Deadline) -> Counting:
    return with_(rule.counting, rest_days="keep")


def _end(rule: Deadline, run: _Run, place: Place) -> datetime:
    """Return the end: of what stood still or was prolonged, the last day counts, and not an earlier one."""
    by_hours = isinstance(rule.span, Span) and rule.span.unit in ("hours", "days")
    return run.due if run.is_named or by_hours else roll_on(run.due, rule.counting, place)


def _go_on(rule: Deadline, run: _Run, event: ParsedEvent, moment: datetime, place: Place) -> _Run:
    if run.stopped_at is not None and _fits(rule.resumes, event):
        run = replace(run, due=_shift(rule, run.due, run.stopped_at, moment, place), stopped_at=None)
    if _fits(rule.extends, event):
        run = _extend(rule, run, event, place)
    if _fits(rule.stops, event):
        return replace(run, ended_at=moment)
    if run.stopped_at is None and _fits(rule.suspends, event):
        return replace(run, stopped_at=moment)
    return run


def _extend(rule: Deadline, run: _Run, event: ParsedEvent, place: Place) -> _Run:
    until = getattr(event.details, "until", None)
    if isinstance(until, str):
        named = parse_time(until)
        # Whoever keeps data may say that he keeps them longer; who wants them kept can't make him.
        if isinstance(rule.longest, Span) and event.type == "request.extended":
            most = max(run.due, end_of(run.started_at, rule.longest, _kept(rule), place))
            if named > most:
                return replace(run, due=most, is_named=True)
        return replace(run, due=named, is_named=True)
    if not is_set(rule.extension) or event.type != "request.extended":
        return run
    # The last moment of the period, not the first after it, is in its last day.
    due = end_of(run.due - timedelta(seconds=1), rule.extension, _kept(rule), place)  # type: ignore[arg-type]
    return replace(run, due=due)


def _shift(rule: Deadline, due: datetime, stopped: datetime, resumed: datetime, place: Place) -> datetime:
    """Move the end by what stood still: to the second where hours count, else by whole days of the place."""
    if not is_set(rule.span) or rule.span.unit in ("hours", "days") or rule.counting.ends == "same-time":  # type: ignore[union-attr]
        return _later(due, max(resumed - stopped, timedelta()), UTC)
    days = (resumed.astimezone(place.zone).date() - stopped.astimezone(place.zone).date()).days
    return _later(due, max(days, 0) * DAY, place.zone)


def _later(due: datetime, by: timedelta, zone: tzinfo) -> datetime:
    """Add to a time by the clocks of a zone; where the calendar ends, nothing more is added."""
    try:
        return (due.astimezone(zone) + by).astimezone(UTC)
    except OverflowError:
        return due


def _read(rule: Deadline, run: _Run, at: datetime, place: Place) -> Clock:
    due = _end(rule, run, place)
    if run.ended_at is not None:
        return Clock(rule, run.started_at, due, due - run.ended_at, ClockState.MET, False, run.ended_at)
    if run.stopped_at is not None:
        moved = _end(rule, replace(run, due=_shift(rule, run.due, run.stopped_at, at, place)), place)
        return Clock(rule, run.started_at, moved, due - run.stopped_at, ClockState.SUSPENDED, False)
    left = due - at
    if at < due:
        warn = rule.warn if is_set(rule.warn) else None
        near = warn is not None and end_of(at, warn, rule.counting, place) >= due  # type: ignore[arg-type]
        return Clock(rule, run.started_at, due, left, ClockState.RUNNING, near)
    state = ClockState.OVERDUE if rule.kind == "act" else ClockState.EXPIRED
    return Clock(rule, run.started_at, due, left, state, True)


def _fits(triggers: tuple[Trigger, ...], event: ParsedEvent) -> bool:
    outcome = getattr(event.details, "outcome", getattr(event.details, "change", None))
    return any(
        trigger.event == event.type and (not isinstance(trigger.outcomes, tuple) or outcome in trigger.outcomes)
        for trigger in triggers
    )
