"""What is due on requests, as `custody status` tells it beside everything else that somebody should look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from custody.cli.assistance.requests import all_stories
from custody.cli.showing.attention import Attention
from custody.report.words import format_utc
from custody.storage.reading import Reader
from custody.transfer.deadlines import ClockState
from custody.transfer.due import open_dues
from custody.transfer.forum import dues_now
from schemas.law import RestDays
from schemas.text import format_time

_CODES: Final = {ClockState.EXPIRED: "request.expired", ClockState.OVERDUE: "request.overdue"}


def attention_of_requests(reader: Reader, *, now: datetime, rest_days: Sequence[RestDays] = ()) -> Iterator[Attention]:
    """Yield the deadlines of requests that are near, missed or expired.

    Raises:
        UsageError: ``deadline.zone``.
    """
    dues = dues_now(reader.view(), all_stories(reader), at=now.astimezone(UTC), rest_days=rest_days)
    for due in open_dues(dues):
        if due.wants_attention:
            code = _CODES.get(due.clock.state, "request.due")
            told = "".join(f"; {item}" for item in (due.unconfirmed, due.alarm, due.note) if item)
            text = f"has a term that ends {format_utc(format_time(due.clock.due))}: {due.clock.rule.title}{told}"
            yield Attention(code=code, subject=f"request {due.story.state.id}", text=text)
