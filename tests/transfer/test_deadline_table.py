"""Every deadline that is shipped, by exact dates: where it begins, ends, stands still, goes on, and is prolonged.

The dates were counted by a calendar, not by the code under test. Leap years, the end of a year in another zone, and
both changes of the clock are among them.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from custody.transfer.clock import rest_note, roll_on
from custody.transfer.deadlines import Clock, ClockState, place_of, run_clock
from custody.transfer.law_files import deadlines
from schemas.law import Deadline, LawSource, RestDays, Trigger
from schemas.text import format_time, parse_time
from schemas.types import UNSET, is_set
from tests.transfer.asking import Asking

RULES = deadlines().deadlines
NAMED = [rule for rule in RULES if is_set(rule.named_end)]
COUNTED = [rule for rule in RULES if is_set(rule.span)]
STOPPING = [(rule, trigger) for rule in RULES for trigger in rule.stops]
LONG_AFTER = "2099-01-01T00:00:00Z"
OUTCOMES = {"conflict-of-law", "postponed", "refused"}

# fmt: off
ENDS = [
    ("coe.art16", "2026-03-02T10:00:00Z", "UTC", "2026-06-01T00:00:00Z"),
    ("coe.art16", "2028-02-15T23:30:00Z", "UTC", "2028-05-16T00:00:00Z"),
    ("coe.art16", "2026-12-31T23:30:00Z", "Europe/Paris", "2027-04-01T22:00:00Z"),
    ("coe.art16", "2026-03-20T12:00:00Z", "Europe/Paris", "2026-06-18T22:00:00Z"),
    ("coe.art16", "2026-10-25T12:00:00Z", "America/New_York", "2027-01-24T05:00:00Z"),
    ("coe.art29", "2026-03-02T10:00:00Z", "UTC", "2026-05-02T00:00:00Z"),
    ("coe.art29", "2028-02-15T23:30:00Z", "UTC", "2028-04-16T00:00:00Z"),
    ("coe.art29", "2026-12-31T23:30:00Z", "Europe/Paris", "2027-03-02T23:00:00Z"),
    ("coe.art29", "2026-03-20T12:00:00Z", "Europe/Paris", "2026-05-19T22:00:00Z"),
    ("coe.art29", "2026-10-25T12:00:00Z", "America/New_York", "2026-12-25T05:00:00Z"),
    ("coe.p2.art7", "2026-03-02T10:00:00Z", "UTC", "2026-04-02T00:00:00Z"),
    ("coe.p2.art7", "2028-02-15T23:30:00Z", "UTC", "2028-03-17T00:00:00Z"),
    ("coe.p2.art7", "2026-12-31T23:30:00Z", "Europe/Paris", "2027-01-31T23:00:00Z"),
    ("coe.p2.art7", "2026-03-20T12:00:00Z", "Europe/Paris", "2026-04-19T22:00:00Z"),
    ("coe.p2.art7", "2026-10-25T12:00:00Z", "America/New_York", "2026-11-25T05:00:00Z"),
    ("coe.p2.art8.serve", "2026-03-02T10:00:00Z", "UTC", "2026-04-17T00:00:00Z"),
    ("coe.p2.art8.serve", "2028-02-15T23:30:00Z", "UTC", "2028-04-01T00:00:00Z"),
    ("coe.p2.art8.serve", "2026-12-31T23:30:00Z", "Europe/Paris", "2027-02-15T23:00:00Z"),
    ("coe.p2.art8.serve", "2026-03-20T12:00:00Z", "Europe/Paris", "2026-05-04T22:00:00Z"),
    ("coe.p2.art8.serve", "2026-10-25T12:00:00Z", "America/New_York", "2026-12-10T05:00:00Z"),
    ("coe.p2.art8.subscriber", "2026-03-02T10:00:00Z", "UTC", "2026-03-23T00:00:00Z"),
    ("coe.p2.art8.subscriber", "2028-02-15T23:30:00Z", "UTC", "2028-03-07T00:00:00Z"),
    ("coe.p2.art8.subscriber", "2026-12-31T23:30:00Z", "Europe/Paris", "2027-01-21T23:00:00Z"),
    ("coe.p2.art8.subscriber", "2026-03-20T12:00:00Z", "Europe/Paris", "2026-04-09T22:00:00Z"),
    ("coe.p2.art8.subscriber", "2026-10-25T12:00:00Z", "America/New_York", "2026-11-15T05:00:00Z"),
    ("coe.p2.art8.traffic", "2026-03-02T10:00:00Z", "UTC", "2026-04-17T00:00:00Z"),
    ("coe.p2.art8.traffic", "2028-02-15T23:30:00Z", "UTC", "2028-04-01T00:00:00Z"),
    ("coe.p2.art8.traffic", "2026-12-31T23:30:00Z", "Europe/Paris", "2027-02-15T23:00:00Z"),
    ("coe.p2.art8.traffic", "2026-03-20T12:00:00Z", "Europe/Paris", "2026-05-04T22:00:00Z"),
    ("coe.p2.art8.traffic", "2026-10-25T12:00:00Z", "America/New_York", "2026-12-10T05:00:00Z"),
    ("eu.epocpr", "2026-03-02T10:00:00Z", "UTC", "2026-05-02T00:00:00Z"),
    ("eu.epocpr", "2028-02-15T23:30:00Z", "UTC", "2028-04-16T00:00:00Z"),
    ("eu.epocpr", "2026-12-31T23:30:00Z", "Europe/Paris", "2027-03-02T23:00:00Z"),
    ("eu.epocpr", "2026-03-20T12:00:00Z", "Europe/Paris", "2026-05-19T22:00:00Z"),
    ("eu.epocpr", "2026-10-25T12:00:00Z", "America/New_York", "2026-12-25T05:00:00Z"),
    ("un.art25", "2026-03-02T10:00:00Z", "UTC", "2026-06-01T00:00:00Z"),
    ("un.art25", "2028-02-15T23:30:00Z", "UTC", "2028-05-16T00:00:00Z"),
    ("un.art25", "2026-12-31T23:30:00Z", "Europe/Paris", "2027-04-01T22:00:00Z"),
    ("un.art25", "2026-03-20T12:00:00Z", "Europe/Paris", "2026-06-18T22:00:00Z"),
    ("un.art25", "2026-10-25T12:00:00Z", "America/New_York", "2027-01-24T05:00:00Z"),
    ("un.art42", "2026-03-02T10:00:00Z", "UTC", "2026-05-02T00:00:00Z"),
    ("un.art42", "2028-02-15T23:30:00Z", "UTC", "2028-04-16T00:00:00Z"),
    ("un.art42", "2026-12-31T23:30:00Z", "Europe/Paris", "2027-03-02T23:00:00Z"),
    ("un.art42", "2026-03-20T12:00:00Z", "Europe/Paris", "2026-05-19T22:00:00Z"),
    ("un.art42", "2026-10-25T12:00:00Z", "America/New_York", "2026-12-25T05:00:00Z"),
    ("us.2703f", "2026-03-02T10:00:00Z", "UTC", "2026-06-01T00:00:00Z"),
    ("us.2703f", "2028-02-15T23:30:00Z", "UTC", "2028-05-16T00:00:00Z"),
    ("us.2703f", "2026-12-31T23:30:00Z", "Europe/Paris", "2027-04-01T22:00:00Z"),
    ("us.2703f", "2026-03-20T12:00:00Z", "Europe/Paris", "2026-06-18T22:00:00Z"),
    ("us.2703f", "2026-10-25T12:00:00Z", "America/New_York", "2027-01-24T05:00:00Z"),
    ("eu.epoc", "2026-03-02T10:00:00Z", "UTC", "2026-03-13T00:00:00Z"),
    ("eu.epoc", "2028-02-15T23:30:00Z", "UTC", "2028-02-26T00:00:00Z"),
    ("eu.epoc", "2026-12-31T23:30:00Z", "Europe/Paris", "2027-01-11T23:00:00Z"),
    ("eu.epoc", "2026-03-20T12:00:00Z", "Europe/Paris", "2026-03-30T22:00:00Z"),
    ("eu.epoc", "2026-10-25T12:00:00Z", "America/New_York", "2026-11-05T05:00:00Z"),
    ("eu.epoc.objection", "2026-03-02T10:00:00Z", "UTC", "2026-03-13T00:00:00Z"),
    ("eu.epoc.objection", "2028-02-15T23:30:00Z", "UTC", "2028-02-26T00:00:00Z"),
    ("eu.epoc.objection", "2026-12-31T23:30:00Z", "Europe/Paris", "2027-01-11T23:00:00Z"),
    ("eu.epoc.objection", "2026-03-20T12:00:00Z", "Europe/Paris", "2026-03-30T22:00:00Z"),
    ("eu.epoc.objection", "2026-10-25T12:00:00Z", "America/New_York", "2026-11-05T05:00:00Z"),
    ("cn.assistance", "2026-03-02T10:00:00Z", "UTC", "2026-04-16T16:00:00Z"),
    ("cn.assistance", "2028-02-15T23:30:00Z", "UTC", "2028-04-03T16:00:00Z"),
    ("cn.assistance", "2026-12-31T23:30:00Z", "Europe/Paris", "2027-02-15T16:00:00Z"),
    ("cn.assistance", "2026-03-20T12:00:00Z", "Europe/Paris", "2026-05-04T16:00:00Z"),
    ("cn.assistance", "2026-10-25T12:00:00Z", "America/New_York", "2026-12-09T16:00:00Z"),
    ("cn.assistance.execution", "2026-03-02T10:00:00Z", "UTC", "2026-06-01T16:00:00Z"),
    ("cn.assistance.execution", "2028-02-15T23:30:00Z", "UTC", "2028-05-16T16:00:00Z"),
    ("cn.assistance.execution", "2026-12-31T23:30:00Z", "Europe/Paris", "2027-04-01T16:00:00Z"),
    ("cn.assistance.execution", "2026-03-20T12:00:00Z", "Europe/Paris", "2026-06-18T16:00:00Z"),
    ("cn.assistance.execution", "2026-10-25T12:00:00Z", "America/New_York", "2027-01-25T16:00:00Z"),
    ("cn.assistance.priority", "2026-03-02T10:00:00Z", "UTC", "2026-04-01T16:00:00Z"),
    ("cn.assistance.priority", "2028-02-15T23:30:00Z", "UTC", "2028-03-17T16:00:00Z"),
    ("cn.assistance.priority", "2026-12-31T23:30:00Z", "Europe/Paris", "2027-02-01T16:00:00Z"),
    ("cn.assistance.priority", "2026-03-20T12:00:00Z", "Europe/Paris", "2026-04-20T16:00:00Z"),
    ("cn.assistance.priority", "2026-10-25T12:00:00Z", "America/New_York", "2026-11-24T16:00:00Z"),
    ("cn.assistance.urgent", "2026-03-02T10:00:00Z", "UTC", "2026-03-17T16:00:00Z"),
    ("cn.assistance.urgent", "2028-02-15T23:30:00Z", "UTC", "2028-03-02T16:00:00Z"),
    ("cn.assistance.urgent", "2026-12-31T23:30:00Z", "Europe/Paris", "2027-01-18T16:00:00Z"),
    ("cn.assistance.urgent", "2026-03-20T12:00:00Z", "Europe/Paris", "2026-04-06T16:00:00Z"),
    ("cn.assistance.urgent", "2026-10-25T12:00:00Z", "America/New_York", "2026-11-09T16:00:00Z"),
    ("cn.unfreeze", "2026-03-02T10:00:00Z", "UTC", "2026-03-05T16:00:00Z"),
    ("cn.unfreeze", "2028-02-15T23:30:00Z", "UTC", "2028-02-21T16:00:00Z"),
    ("cn.unfreeze", "2026-12-31T23:30:00Z", "Europe/Paris", "2027-01-04T16:00:00Z"),
    ("cn.unfreeze", "2026-03-20T12:00:00Z", "Europe/Paris", "2026-03-23T16:00:00Z"),
    ("cn.unfreeze", "2026-10-25T12:00:00Z", "America/New_York", "2026-10-28T16:00:00Z"),
    ("eu.epoc.emergency", "2026-03-02T10:00:00Z", "UTC", "2026-03-02T18:00:00Z"),
    ("eu.epoc.emergency", "2028-02-15T23:30:00Z", "UTC", "2028-02-16T07:30:00Z"),
    ("eu.epoc.emergency", "2026-12-31T23:30:00Z", "Europe/Paris", "2027-01-01T07:30:00Z"),
    ("eu.epoc.emergency", "2026-03-20T12:00:00Z", "Europe/Paris", "2026-03-20T20:00:00Z"),
    ("eu.epoc.emergency", "2026-10-25T12:00:00Z", "America/New_York", "2026-10-25T20:00:00Z"),
    ("eu.epoc.objection.emergency", "2026-03-02T10:00:00Z", "UTC", "2026-03-06T10:00:00Z"),
    ("eu.epoc.objection.emergency", "2028-02-15T23:30:00Z", "UTC", "2028-02-19T23:30:00Z"),
    ("eu.epoc.objection.emergency", "2026-12-31T23:30:00Z", "Europe/Paris", "2027-01-04T23:30:00Z"),
    ("eu.epoc.objection.emergency", "2026-03-20T12:00:00Z", "Europe/Paris", "2026-03-24T12:00:00Z"),
    ("eu.epoc.objection.emergency", "2026-10-25T12:00:00Z", "America/New_York", "2026-10-29T12:00:00Z"),
]
"""Rule, when it was received (or withdrawn), where days are counted, and the first moment after its end."""

STOOD_STILL = [
    ("coe.p2.art7", "2026-04-02T00:00:00Z", "2026-04-07T00:00:00Z"),
    ("coe.p2.art8.serve", "2026-04-17T00:00:00Z", "2026-04-22T00:00:00Z"),
    ("coe.p2.art8.subscriber", "2026-03-23T00:00:00Z", "2026-03-28T00:00:00Z"),
    ("coe.p2.art8.traffic", "2026-04-17T00:00:00Z", "2026-04-22T00:00:00Z"),
    ("eu.epoc", "2026-03-13T00:00:00Z", "2026-03-18T00:00:00Z"),
    ("eu.epoc.emergency", "2026-03-02T18:00:00Z", "2026-03-07T18:00:00Z"),
    ("eu.epoc.objection", "2026-03-13T00:00:00Z", "2026-03-18T00:00:00Z"),
    ("eu.epoc.objection.emergency", "2026-03-06T10:00:00Z", "2026-03-11T10:00:00Z"),
]
"""Rule, its end when it came on 2 March 2026 at ten, and its end when it stood still from noon for five days."""

PROLONGED = [
    ("coe.art16", "2026-05-31T12:00:00Z", "2026-09-01T00:00:00Z"),
    ("coe.art29", "2026-04-30T12:00:00Z", "2026-09-01T00:00:00Z"),
    ("cn.rerequest", "2026-05-31T12:00:00Z", "2026-09-01T00:00:00Z"),
    ("eu.epocpr", "2026-04-30T12:00:00Z", "2026-05-20T00:00:00Z"),
    ("generic.preserved-until", "2026-05-31T12:00:00Z", "2026-09-01T00:00:00Z"),
    ("generic.respond-by", "2026-05-31T12:00:00Z", "2026-09-01T00:00:00Z"),
    ("un.art25", "2026-05-31T12:00:00Z", "2026-09-01T00:00:00Z"),
    ("un.art42", "2026-04-30T12:00:00Z", "2026-09-01T00:00:00Z"),
    ("us.2703f", "2026-05-31T12:00:00Z", "2026-09-01T00:00:00Z"),
]
"""Rule, when it was prolonged, and until when."""
# fmt: on


def rule(key: str) -> Deadline:
    found = deadlines().find(key)
    assert found is not None
    return found


def begun(law: Deadline, at: str, **body: str) -> Asking:
    """Return a request on which ``law`` starts to run at ``at``: by its arrival, or by its withdrawal."""
    if any(trigger.event == "request.received" for trigger in law.starts):
        return Asking(**body).received(at)
    return Asking(**body).received("2025-01-01T00:00:00Z").withdrawn(at)


def clock(law: Deadline, asking: Asking, at: str, zone: str = "UTC") -> Clock:
    place = place_of(law, zone=zone, rest_days=deadlines().rest_days, country="CN" if law.key[:2] == "cn" else "FR")
    found = run_clock(law, asking.events, parse_time(at), place)
    assert found is not None
    return found


def happens(asking: Asking, trigger: Trigger, at: str) -> Asking:
    """Let what ``trigger`` names happen, with the first of its outcomes."""
    outcome = trigger.outcomes[0] if isinstance(trigger.outcomes, tuple) else "granted"
    told = {"reasons": "x"} if outcome in OUTCOMES else {}
    told |= {"ground": "other"} if outcome == "refused" else {}
    match trigger.event:
        case "request.answered":
            return asking.answered(at, outcome, **told)
        case "request.answer-received":
            return asking.answer_received(at, outcome, **told)
        case "request.withdrawn":
            return asking.withdrawn(at)
        case "request.closed":
            return asking.closed(at)
        case event:
            raise AssertionError(f"no test lets {event} happen")


def test_every_rule_stands_in_the_tables() -> None:
    """A rule that is added without dates here would be counted by nobody."""
    assert {key for key, *_ in ENDS} | {item.key for item in NAMED} == {item.key for item in RULES}
    assert {key for key, *_ in STOOD_STILL} == {item.key for item in RULES if item.suspends}
    assert {key for key, *_ in PROLONGED} == {item.key for item in RULES if item.extends}


@pytest.mark.parametrize(("key", "start", "zone", "end"), ENDS)
def test_a_period_ends_where_the_calendar_says(key: str, start: str, zone: str, end: str) -> None:
    """To the second: one second before the end there is time left, at the end there is none."""
    law = rule(key)
    found = clock(law, begun(law, start), start, zone)
    assert (format_time(found.started_at), format_time(found.due)) == (start, end)
    assert clock(law, begun(law, start), end, zone).state in (ClockState.OVERDUE, ClockState.EXPIRED)
    assert clock(law, begun(law, start), before(end), zone).state is ClockState.RUNNING


def before(moment: str) -> str:
    """Return the second before."""
    return format_time(parse_time(moment) - timedelta(seconds=1))


@pytest.mark.parametrize("law", NAMED, ids=lambda law: law.key)
def test_a_named_end_is_the_end(law: Deadline) -> None:
    """The date that the request itself names, on a leap day too; without one no clock runs."""
    end = "2028-02-29T12:00:00Z"
    asking = begun(law, "2028-01-31T10:00:00Z", **{str(law.named_end): end})
    assert format_time(clock(law, asking, "2028-02-01T00:00:00Z").due) == end
    assert clock(law, asking, before(end)).state is ClockState.RUNNING
    assert clock(law, asking, end).state in (ClockState.OVERDUE, ClockState.EXPIRED)
    place = place_of(law, zone="UTC", rest_days=(), country="FR")
    assert run_clock(law, begun(law, "2028-01-31T10:00:00Z").events, parse_time(LONG_AFTER), place) is None


@pytest.mark.parametrize("law", [rule for rule in NAMED if rule.named_end == "until"], ids=lambda law: law.key)
@pytest.mark.parametrize("side", ["answered", "answer_received"])
def test_a_date_that_only_the_answer_names_is_watched(law: Deadline, side: str) -> None:
    """Who asks without a date and hears one has to come back before it, as much as who named it himself."""
    asking = begun(law, "2026-03-02T10:00:00Z")
    getattr(asking, side)("2026-03-03T10:00:00Z", "preserved", until="2026-12-01T23:59:59Z")
    found = clock(law, asking, "2026-11-22T00:00:00Z")
    assert (format_time(found.started_at), format_time(found.due)) == ("2026-03-02T10:00:00Z", "2026-12-01T23:59:59Z")
    assert found.wants_attention
    place = place_of(law, zone="UTC", rest_days=(), country="FR")
    assert run_clock(law, asking.events, parse_time("2026-03-02T12:00:00Z"), place) is None
    asking.extended("2026-11-22T10:00:00Z", "2027-12-10T00:00:00Z")
    assert format_time(clock(law, asking, "2026-11-23T00:00:00Z").due) == "2027-12-10T00:00:00Z"


@pytest.mark.parametrize("law", NAMED, ids=lambda law: law.key)
def test_a_preservation_that_is_prolonged_asks_for_no_answer_by_then(law: Deadline) -> None:
    """A date until which data are kept is watched as such, be it named before the request is sent or after."""
    drafted = (
        Asking("preservation").drafted("2026-03-01T10:00:00Z").extended("2026-03-02T09:00:00Z", "2026-12-01T00:00:00Z")
    )
    sent = drafted.sent("2026-03-02T10:00:00Z")
    place = place_of(law, zone="UTC", rest_days=(), country="FR")
    found = run_clock(law, sent.events, parse_time("2026-03-03T00:00:00Z"), place)
    ends = None if found is None else format_time(found.due)
    assert ends == ("2026-12-01T00:00:00Z" if law.named_end == "until" else None)


@pytest.mark.parametrize(
    ("law", "trigger"), STOPPING, ids=lambda item: getattr(item, "key", getattr(item, "event", ""))
)
def test_what_stops_a_clock_meets_it(law: Deadline, trigger: Trigger) -> None:
    """In time or late, and both are told apart for ever."""
    body = {str(law.named_end): "2026-03-20T00:00:00Z"} if is_set(law.named_end) else {}
    for at, is_late in (("2026-03-02T11:00:00Z", False), ("2027-03-02T11:00:00Z", True)):
        asking = happens(begun(law, "2026-03-02T10:00:00Z", **body), trigger, at)
        found = clock(law, asking, LONG_AFTER)
        assert (found.state, found.is_late) == (ClockState.MET, is_late)
        assert found.ended_at is not None
        assert format_time(found.ended_at) == at


@pytest.mark.parametrize(("key", "plain", "moved"), STOOD_STILL)
@pytest.mark.parametrize("outcome", ["clarification-wanted", "postponed"])
@pytest.mark.parametrize("side", ["answered", "answer_received"])
def test_what_stands_still_moves_the_end(key: str, plain: str, moved: str, outcome: str, side: str) -> None:
    """Days where days count, hours where hours do; meanwhile nobody is late."""
    law = rule(key)
    asking = begun(law, "2026-03-02T10:00:00Z")
    assert format_time(clock(law, asking, "2026-03-02T11:00:00Z").due) == plain
    told = {"reasons": "x"} if outcome == "postponed" else {}
    getattr(asking, side)("2026-03-02T12:00:00Z", outcome, **told)
    assert clock(law, asking, LONG_AFTER).state is ClockState.SUSPENDED
    asking.completed("2026-03-07T12:00:00Z")
    assert format_time(clock(law, asking, "2026-03-07T12:00:00Z").due) == moved


@pytest.mark.parametrize(
    ("start", "resumed", "end"),
    [
        ("2026-03-02T10:00:00Z", "2026-03-06T12:00:00Z", "2026-03-17T00:00:00Z"),  # 12 March and two: a Saturday
        ("2026-03-04T10:00:00Z", "2026-03-06T12:00:00Z", "2026-03-17T00:00:00Z"),  # Saturday the 14th and two: a Monday
        ("2026-03-04T10:00:00Z", "2026-03-07T12:00:00Z", "2026-03-18T00:00:00Z"),  # and three: a Tuesday
    ],
)
def test_the_last_day_is_that_after_what_stood_still(start: str, resumed: str, end: str) -> None:
    """A day of rest moves the end once, where it falls on it after all; it stopped on 4 March 2026 at noon."""
    law = rule("eu.epoc")
    asking = begun(law, start).answered("2026-03-04T12:00:00Z", "clarification-wanted").completed(resumed)
    assert format_time(clock(law, asking, resumed).due) == end


@pytest.mark.parametrize(("key", "at", "until"), PROLONGED)
def test_a_prolonged_period_ends_at_its_new_end(key: str, at: str, until: str) -> None:
    """The date of the decision counts, by our own extension or, for what is kept, by an answer that preserves."""
    law = rule(key)
    body = {str(law.named_end): "2026-06-01T00:00:00Z"} if is_set(law.named_end) else {}
    extended = begun(law, "2026-03-02T10:00:00Z", **body).extended(at, until)
    assert format_time(clock(law, extended, at).due) == until
    assert format_time(clock(law, extended, before(at)).due) != until
    answers = [trigger for trigger in law.extends if trigger.event != "request.extended"]
    assert len(answers) == (2 if law.kind == "keep" else 0)
    for trigger in answers:
        name = "answered" if trigger.event == "request.answered" else "answer_received"
        asking = begun(law, "2026-03-02T10:00:00Z", **body)
        getattr(asking, name)(at, "preserved", until=until)
        assert format_time(clock(law, asking, at).due) == until


@pytest.mark.parametrize("law", RULES, ids=lambda law: law.key)
def test_a_clock_warns_as_long_before_as_its_rule_says(law: Deadline) -> None:
    """Not a day later: somebody has to have the time to act."""
    assert is_set(law.warn)
    start = "2026-03-02T10:00:00Z"
    body = {str(law.named_end): "2026-12-01T00:00:00Z"} if is_set(law.named_end) else {}
    asking = begun(law, start, **body)
    assert not clock(law, asking, start).wants_attention
    assert clock(law, asking, before(format_time(clock(law, asking, start).due))).wants_attention


CHINA = RestDays(
    country="CN", holidays=("2026-10-01", "2026-10-02", "2026-10-05", "2026-10-06", "2026-10-07"),
    source=LawSource(mark="M", row="C18", text="made up for a test"), weekend=(6, 7),
)  # fmt: skip


def test_a_list_of_holidays_moves_an_end() -> None:
    """Three days from 28 September 2026 end on the first of October, which with the list is eight days later."""
    law = rule("cn.unfreeze")
    asking = begun(law, "2026-09-28T04:00:00Z")
    for rest_days, end in ((deadlines().rest_days, "2026-10-01T16:00:00Z"), ((CHINA,), "2026-10-08T16:00:00Z")):
        place = place_of(law, zone="UTC", rest_days=rest_days, country="CN")
        found = run_clock(law, asking.events, parse_time("2026-09-29T00:00:00Z"), place)
        assert found is not None
        assert format_time(found.due) == end


def test_a_saturday_that_is_worked_is_no_day_of_rest() -> None:
    """A period that rolled on past it would be shown as running when it is over."""
    law = rule("cn.unfreeze")
    row = next(item for item in deadlines().rest_days if item.country == "CN")
    for worked, end in ((UNSET, "2026-10-12T16:00:00Z"), (("2026-10-10",), "2026-10-10T16:00:00Z")):
        place = place_of(law, zone="UTC", rest_days=(replace(row, worked=worked),), country="CN")
        found = run_clock(law, begun(law, "2026-10-07T04:00:00Z").events, parse_time("2026-10-07T05:00:00Z"), place)
        assert found is not None
        assert format_time(found.due) == end


def test_an_end_at_an_hour_moves_by_whole_days_and_keeps_its_hour() -> None:
    """No shipped rule has it; a rule of one's own may, and one in hours never moves."""
    saturday = parse_time("2026-03-14T10:00:00Z")
    counting = replace(rule("eu.epoc").counting, ends="same-time")
    place = place_of(rule("eu.epoc"), zone="UTC", rest_days=deadlines().rest_days, country="FR")
    assert format_time(roll_on(saturday, counting, place)) == "2026-03-16T10:00:00Z"
    assert roll_on(saturday, replace(counting, rest_days="keep"), place) == saturday
    hours = replace(rule("eu.epoc.emergency"), counting=replace(counting, day_zero=True))
    asking = begun(hours, "2026-03-14T02:00:00Z")
    assert format_time(clock(hours, asking, "2026-03-14T03:00:00Z").due) == format_time(saturday)


def note(key: str, start: str, end: str, rest_days: tuple[RestDays, ...], country: str) -> str:
    law = rule(key)
    place = place_of(law, zone="UTC", rest_days=rest_days, country=country)
    return rest_note(law.span, law.counting, place, parse_time(start), parse_time(end), country)


@pytest.mark.parametrize(
    ("key", "start", "end", "rest_days", "country", "told"),
    [
        ("cn.unfreeze", "2026-09-28T04:00:00Z", "2026-10-08T16:00:00Z", (CHINA,), "CN", ""),
        ("cn.unfreeze", "2026-12-30T04:00:00Z", "2027-01-04T16:00:00Z", (CHINA,), "CN", "holidays of CN in 2027"),
        ("cn.unfreeze", "2026-12-28T04:00:00Z", "2026-12-31T16:00:00Z", (CHINA,), "CN", ""),
        ("cn.unfreeze", "2026-09-28T04:00:00Z", "2026-10-01T16:00:00Z", (), "CN", "none of CN are known, not even"),
        ("coe.art29", "2026-09-28T04:00:00Z", "2026-11-28T00:00:00Z", (), "CH", ""),
        ("eu.epoc.emergency", "2026-09-28T04:00:00Z", "2026-09-28T12:00:00Z", (), "FR", ""),
        ("eu.epoc", "2026-09-28T04:00:00Z", "2026-10-09T00:00:00Z", deadlines().rest_days, "FR", "of FR in 2026"),
    ],
)
def test_what_is_not_known_of_days_of_rest_is_said(
    key: str, start: str, end: str, rest_days: tuple[RestDays, ...], country: str, told: str
) -> None:
    """Only where the end depends on them, and only for years of which no holiday is listed."""
    found = note(key, start, end, rest_days, country)
    assert told in found
    assert bool(told) == bool(found)


def test_every_shipped_row_of_rest_days_has_its_weekend_and_says_that_holidays_are_missing() -> None:
    """No program knows next year's holidays; one that seems to is believed."""
    for row in deadlines().rest_days:
        assert len(row.weekend) == 2
        assert row.holidays == ()
        assert "to be added" in row.source.text
