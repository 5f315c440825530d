"""The days within which the provider of a lifted freeze is to be told (law row C18)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from custody.ledger.compose import Anchor
from custody.transfer.deadlines import ClockState
from custody.transfer.freeze_notice import notices_of
from schemas.event import ParsedEvent
from schemas.text import format_time, parse_time
from tests.transfer.test_deadline_table import CHINA
from tests.world import World, settled

CASE = "2026-0417"


def lifted(decided_at: str, change: str = "lifted", **more: object) -> ParsedEvent:
    """Return a change of a freeze that was decided at that time, and recorded at another."""
    world = settled(World())
    world.register(CASE, "EX-1", actor="examiner-1", nature="asset", kind="account", files={"a": b"a"})
    end = {} if change == "lifted" else {"ends_at": "2028-01-01T00:00:00Z"}
    anchor = Anchor(about=(world.about(CASE, "EX-1"),))
    told = {"change": change, "decided_at": decided_at, **end, **more}
    return world.event("asset.freeze-changed", told, actor="examiner-1", anchor=anchor).event


def at(time: str) -> datetime:
    return parse_time(time).astimezone(UTC)


@pytest.mark.parametrize(
    ("decided", "now", "due", "state"),
    [
        ("2026-03-02T10:00:00Z", "2026-03-03T00:00:00Z", "2026-03-05T16:00:00Z", ClockState.RUNNING),
        ("2026-03-02T17:00:00Z", "2026-03-03T00:00:00Z", "2026-03-06T16:00:00Z", ClockState.RUNNING),
        ("2026-03-02T10:00:00Z", "2026-03-05T16:00:00Z", "2026-03-05T16:00:00Z", ClockState.OVERDUE),
        ("2026-09-28T04:00:00Z", "2026-10-02T00:00:00Z", "2026-10-08T16:00:00Z", ClockState.RUNNING),
    ],
)
def test_the_days_run_from_the_decision(decided: str, now: str, due: str, state: ClockState) -> None:
    """By the days of Shanghai, and past its holidays; when it was written down is no matter."""
    (notice,) = notices_of(lifted(decided), at=at(now), country="CN", rest_days=(CHINA,))
    assert (format_time(notice.clock.due), notice.clock.state) == (due, state)
    assert notice.clock.rule.source.row == "C18"


def test_only_a_lifting_starts_them_and_only_where_a_law_says_so() -> None:
    """No other country's law on it is known here, so none of its days are counted."""
    assert notices_of(lifted("2026-03-02T10:00:00Z", "prolonged"), at=at("2026-03-04T00:00:00Z"), country="CN") == ()
    assert notices_of(lifted("2026-03-02T10:00:00Z"), at=at("2026-03-04T00:00:00Z"), country="FR") == ()
    assert notices_of(lifted("2026-03-02T10:00:00Z"), at=at("2026-03-01T00:00:00Z"), country="CN") == ()


def test_what_another_ledger_lifted_is_told_by_its_side() -> None:
    """Who reads in a bundle that a freeze is lifted abroad has nobody to tell."""
    origin = {"event": "ab" * 32, "index": 4, "ledger": "b.example/main", "root": "ef" * 32, "size": 9}
    told = lifted("2026-03-02T10:00:00Z", origin=origin)
    assert notices_of(told, at=at("2026-03-04T00:00:00Z"), country="CN") == ()


def test_a_list_of_holidays_that_ends_is_told() -> None:
    """Three days over a new year that nobody has a calendar of may be counted wrongly."""
    (notice,) = notices_of(
        lifted("2026-12-30T04:00:00Z"), at=at("2026-12-31T00:00:00Z"), country="CN", rest_days=(CHINA,)
    )
    assert "holidays of CN in 2027" in notice.note
