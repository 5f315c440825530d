"""Clocks of requests: days are not hours, what stands still does not count, and what was missed says so."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from custody.transfer.clock import Place, end_of, find_zone
from custody.transfer.deadlines import Clock, ClockState, place_of, run_clock
from custody.transfer.law_files import deadlines
from schemas.errors import UsageError
from schemas.law import Counting, Deadline, LawSource, RestDays, Span
from schemas.text import format_time, parse_time
from tests.transfer.asking import Asking

SOURCE = LawSource(mark="M", row="R1", text="made up for a test")
WEEKEND = RestDays(country="XA", holidays=("2026-12-25",), source=SOURCE, weekend=(6, 7))
MOMENTS = st.integers(631_152_000, 3_786_912_000).map(lambda value: datetime.fromtimestamp(value, UTC))
ZONES = st.sampled_from(["UTC", "Asia/Shanghai", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "+05:45"])


def rule(key: str) -> Deadline:
    found = deadlines().find(key)
    assert found is not None
    return found


def counting(**more: Any) -> Counting:
    return Counting(**{"day_zero": False, "ends": "end-of-day", "rest_days": "keep", "source": SOURCE, **more})


def clock(key: str, asking: Asking, at: str, zone: str = "UTC") -> Clock:
    law = deadlines()
    place = place_of(rule(key), zone=zone, rest_days=law.rest_days, country="XA")
    found = run_clock(rule(key), asking.events, parse_time(at), place)
    assert found is not None
    return found


def test_ten_days_are_not_240_hours() -> None:
    """An order that came on a Monday morning may be answered until the last hour of the tenth day after that."""
    due = clock("eu.epoc", Asking().received("2026-03-02T10:00:00Z"), "2026-03-03T00:00:00Z").due
    assert format_time(due) == "2026-03-13T00:00:00Z"


def test_a_last_day_of_rest_moves_to_the_next_working_day() -> None:
    """Regulation No 1182/71: a period never ends on a Saturday."""
    due = clock("eu.epoc", Asking().received("2026-03-04T10:00:00Z"), "2026-03-05T00:00:00Z").due
    assert format_time(due) == "2026-03-17T00:00:00Z"  # 14 March is a Saturday; Monday the 16th is the last day


def test_hours_run_through_the_night() -> None:
    """Eight hours in an emergency are eight hours."""
    due = clock("eu.epoc.emergency", Asking("emergency").received("2026-03-06T22:00:00Z"), "2026-03-06T23:00:00Z").due
    assert format_time(due) == "2026-03-07T06:00:00Z"


def test_the_zone_decides_when_a_day_ends() -> None:
    """Three days in Shanghai end eight hours before three days in London do."""
    asking = Asking("preservation").received("2026-03-01T00:00:00Z").withdrawn("2026-03-02T15:59:00Z")
    assert format_time(clock("cn.unfreeze", asking, "2026-03-03T00:00:00Z").due) == "2026-03-05T16:00:00Z"
    later = Asking("preservation").received("2026-03-01T00:00:00Z").withdrawn("2026-03-02T16:01:00Z")
    assert format_time(clock("cn.unfreeze", later, "2026-03-03T00:00:00Z").due) == "2026-03-06T16:00:00Z"


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [("2026-01-31", 1, "2026-02-28"), ("2028-01-31", 1, "2028-02-29"), ("2026-08-31", 6, "2027-02-28")],
)
def test_a_month_from_its_end_is_the_end_of_a_shorter_one(first: str, months: int, last: str) -> None:
    """There is no 31 February, and no court takes 3 March for it."""
    end = end_of(parse_time(f"{first}T12:00:00Z"), Span(length=months, unit="months"), counting(), Place())
    assert end == datetime.combine(date.fromisoformat(last) + timedelta(days=1), datetime.min.time(), UTC)


def test_a_day_of_23_hours_is_a_day() -> None:
    """The clocks go forward in Paris on 29 March 2026; the period still ends at midnight there."""
    paris = Place(find_zone("Europe/Paris"))
    end = end_of(parse_time("2026-03-28T12:00:00Z"), Span(length=1, unit="calendar-days"), counting(), paris)
    assert format_time(end) == "2026-03-29T22:00:00Z"
    same = end_of(
        parse_time("2026-03-28T12:00:00Z"), Span(length=1, unit="calendar-days"), counting(ends="same-time"), paris
    )
    assert format_time(same) == "2026-03-29T11:00:00Z"


def test_working_days_leave_out_weekends_and_holidays() -> None:
    """Christmas Day 2026 is a Friday: three working days from the 23rd end with Tuesday the 29th."""
    end = end_of(
        parse_time("2026-12-23T12:00:00Z"), Span(length=3, unit="working-days"), counting(), Place(UTC, WEEKEND)
    )
    assert format_time(end) == "2026-12-30T00:00:00Z"


def test_an_unknown_zone_is_refused() -> None:
    """A zone that was mistyped must not silently be UTC."""
    for name in ("Asia/Nowhere", "../etc/passwd", ""):
        with pytest.raises(UsageError) as caught:
            find_zone(name)
        assert caught.value.code == "deadline.zone"


@given(MOMENTS, st.integers(1, 400), ZONES, st.sampled_from(["calendar-days", "months", "working-days"]))
def test_a_longer_period_never_ends_earlier(start: datetime, length: int, zone: str, unit: Any) -> None:
    """Month ends, leap years and changing clocks may shift an end, but never swap two."""
    place = Place(find_zone(zone), WEEKEND)
    for rest in ("keep", "next-working-day"):
        short = end_of(start, Span(length=length, unit=unit), counting(rest_days=rest), place)
        longer = end_of(start, Span(length=length + 1, unit=unit), counting(rest_days=rest), place)
        assert start < short <= longer


@given(MOMENTS, st.integers(1, 400), ZONES)
def test_calendar_days_end_at_a_midnight_that_many_days_on(start: datetime, length: int, zone: str) -> None:
    """The day of the event does not count, and the last one counts whole."""
    place = Place(find_zone(zone))
    end = end_of(start, Span(length=length, unit="calendar-days"), counting(), place).astimezone(place.zone)
    assert (end.date() - start.astimezone(place.zone).date()).days == length + 1
    assert end.replace(tzinfo=None) == datetime.combine(end.date(), datetime.min.time())


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_hours_that_stand_still_do_not_count(before: int, still: int, after: int) -> None:
    """However long a clarification takes, what is left afterwards is what was left before."""
    start = parse_time("2026-03-02T10:00:00Z")
    stopped = start + timedelta(minutes=before)
    resumed = stopped + timedelta(minutes=still)
    asking = Asking("emergency").received(format_time(start))
    asking.answered(format_time(stopped), "clarification-wanted").completed(format_time(resumed))
    found = clock("eu.epoc.emergency", asking, format_time(resumed + timedelta(minutes=after)))
    assert found.due - start == timedelta(hours=8, minutes=still)
    assert (found.state is ClockState.RUNNING) == (before + after < 480)


@given(st.integers(0, 60), st.integers(0, 60))
def test_a_clock_that_stands_still_is_never_overdue(before: int, still: int) -> None:
    """Nobody is late while the other side owes an explanation."""
    start = parse_time("2026-03-02T10:00:00Z")
    stopped = start + timedelta(days=min(before, 9))
    asking = Asking().received(format_time(start)).answered(format_time(stopped), "clarification-wanted")
    found = clock("eu.epoc", asking, format_time(stopped + timedelta(days=still)))
    assert found.state is ClockState.SUSPENDED
    assert not found.wants_attention


def test_what_happens_after_the_time_asked_for_does_not_count() -> None:
    """A list as of yesterday must not know the answer of today."""
    asking = Asking().received("2026-03-02T10:00:00Z").answered("2026-03-20T10:00:00Z", "granted")
    assert clock("eu.epoc", asking, "2026-03-14T00:00:00Z").state is ClockState.OVERDUE
    met = clock("eu.epoc", asking, "2026-03-21T00:00:00Z")
    assert (met.state, met.is_late) == (ClockState.MET, True)


def test_the_end_itself_is_over() -> None:
    """At midnight the last day has ended."""
    asking = Asking().received("2026-03-02T10:00:00Z")
    assert clock("eu.epoc", asking, "2026-03-12T23:59:59Z").state is ClockState.RUNNING
    assert clock("eu.epoc", asking, "2026-03-13T00:00:00Z").state is ClockState.OVERDUE


def test_a_preservation_expires_and_is_prolonged() -> None:
    """What nobody renews is deleted: that is another thing than being late."""
    asking = Asking("preservation").received("2026-03-02T10:00:00Z")
    assert clock("coe.art29", asking, "2026-04-20T00:00:00Z").wants_attention
    assert clock("coe.art29", asking, "2026-05-02T00:00:00Z").state is ClockState.EXPIRED
    asking.extended("2026-04-30T10:00:00Z", "2026-07-01T00:00:00Z")
    found = clock("coe.art29", asking, "2026-05-02T00:00:00Z")
    assert (found.state, format_time(found.due)) == (ClockState.RUNNING, "2026-07-01T00:00:00Z")


def test_an_answer_that_preserves_says_until_when() -> None:
    """The date in the provider's own answer is the one that counts."""
    asking = Asking("preservation", until="2026-05-01T00:00:00Z").received("2026-03-02T10:00:00Z")
    assert format_time(clock("generic.preserved-until", asking, "2026-03-03T00:00:00Z").due) == "2026-05-01T00:00:00Z"
    asking.answered("2026-03-04T00:00:00Z", "preserved", until="2026-06-01T00:00:00Z")
    assert format_time(clock("generic.preserved-until", asking, "2026-03-05T00:00:00Z").due) == "2026-06-01T00:00:00Z"


def test_what_was_asked_for_in_the_draft_runs_from_the_sending() -> None:
    """The date stands in the request; nobody is late with a letter that lies in a drawer."""
    asking = Asking(respond_by="2026-05-01T00:00:00Z").drafted("2026-03-01T10:00:00Z")
    late = parse_time("2026-06-01T00:00:00Z")
    assert run_clock(rule("generic.respond-by"), asking.events, late, Place()) is None
    asking.sent("2026-03-02T10:00:00Z")
    found = clock("generic.respond-by", asking, "2026-06-01T00:00:00Z")
    assert (found.state, format_time(found.due)) == (ClockState.OVERDUE, "2026-05-01T00:00:00Z")


@given(st.integers(0, 9), st.integers(0, 40), st.integers(0, 23), ZONES)
def test_days_that_stand_still_are_whole_days_of_the_place(before: int, still: int, hour: int, zone: str) -> None:
    """A clarification of so many days moves the last day by as many, and it still ends at midnight there."""
    start = parse_time("2026-03-02T10:00:00Z")
    stopped = start + timedelta(days=before, hours=hour)
    resumed = stopped + timedelta(days=still)
    asking = Asking().received(format_time(start))
    plain = clock("coe.p2.art7", asking, format_time(start), zone)
    asking.answered(format_time(stopped), "clarification-wanted").completed(format_time(resumed))
    moved = clock("coe.p2.art7", asking, format_time(resumed), zone)
    local, there = moved.due.astimezone(find_zone(zone)), plain.due.astimezone(find_zone(zone))
    asked = (resumed.astimezone(find_zone(zone)).date() - stopped.astimezone(find_zone(zone)).date()).days
    assert (local.date() - there.date()).days == asked
    assert (local.hour, local.minute) == (0, 0)


def test_an_extension_without_a_date_is_as_long_as_the_law_says() -> None:
    """Sixty days and thirty are ninety, whatever the weekday."""
    law = rule("eu.epocpr")
    assert isinstance(law.extension, Span)
    start = parse_time("2026-03-02T10:00:00Z")
    first = end_of(start, law.span, law.counting, Place())  # type: ignore[arg-type]
    both = end_of(start, Span(length=90, unit="calendar-days"), law.counting, Place())
    assert end_of(first - timedelta(seconds=1), law.extension, law.counting, Place()) == both


def test_nothing_runs_before_it_is_started() -> None:
    """A draft that was never sent asks nobody for anything."""
    asking = Asking().drafted("2026-03-02T10:00:00Z")
    place = Place()
    assert run_clock(rule("eu.epoc"), asking.events, parse_time("2027-01-01T00:00:00Z"), place) is None


def test_an_event_of_another_outcome_moves_nothing() -> None:
    """Records that roll in do not answer the request yet."""
    asking = Asking().received("2026-03-02T10:00:00Z").answered("2026-03-03T10:00:00Z", "rolling")
    assert clock("eu.epoc", asking, "2026-03-04T00:00:00Z").state is ClockState.RUNNING


def test_the_far_end_of_the_calendar_is_an_end_too() -> None:
    """A request of the year 9999 must not end in a crash."""
    huge = replace(rule("eu.epoc"), span=Span(length=36_500, unit="months"))
    asking = Asking().received("9990-03-02T10:00:00Z")
    found = run_clock(huge, asking.events, parse_time("9991-01-01T00:00:00Z"), Place(find_zone("Asia/Shanghai")))
    assert found is not None
    assert found.state is ClockState.RUNNING
    asking.answered("9990-04-01T10:00:00Z", "postponed", reasons="war").completed("9995-04-01T10:00:00Z")
    found = run_clock(huge, asking.events, parse_time("9996-01-01T00:00:00Z"), Place(find_zone("Asia/Shanghai")))
    assert found is not None
    assert found.state is ClockState.RUNNING
