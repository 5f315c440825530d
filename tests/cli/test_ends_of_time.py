"""Times at and beyond the ends of what a calendar has: refused as typed wrongly, and never a bug."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from custody.cli.exits import Exit
from custody.cli.options import When
from schemas.errors import UsageError
from tests.cli.machine import CASE, Machine
from tests.cli.script import Stage

BEYOND = ("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00")
ASKED = (
    "show EX-1 --as-of {}", "list --as-of {}", "audit --as-of {}", "log --since {}", "log --until {}",
    "verify nowhere.zip --at {}", "move EX-1 --place x --as exam-07 --at {}",
    "incident EX-1 --kind damaged --description d --as exam-07 --discovered-at {}",
    "correct EX-1 --field occurred_at --value {} --reason r --as exam-07",
)  # fmt: skip


def test_a_time_that_no_year_of_utc_has_is_refused(stage: Stage) -> None:
    """It is a slip of whoever typed it, and no bug."""
    machine = Machine(stage)
    (stage.folder / "a.txt").write_bytes(b"a")
    machine.do(f"register a.txt --case {CASE} --exhibit EX-1 --as exam-07")
    for line in (item.format(typed) for item in ASKED for typed in BEYOND):
        machine.fail(line, Exit.USAGE, "usage.time")


@pytest.mark.parametrize("typed", [*BEYOND, "9998-12-31 23:59:59", "1970-01-01"])
@pytest.mark.parametrize("hours", [-14, 14])
@pytest.mark.parametrize("ahead", [-(10**30), -(10**8), 0, 10**8, 10**30])
def test_whatever_is_typed_has_a_time_in_utc_or_is_refused(typed: str, hours: int, ahead: int) -> None:
    """In every zone, with every clock: what else were raised, would be a bug at the prompt."""
    now = datetime(2026, 11, 22, tzinfo=timezone(timedelta(hours=hours)))
    for offset in (None, "-14:00", "+14:00"):
        try:
            moment, _ = When(at=typed, clock_offset=ahead, utc_offset=offset).moment(now)
        except UsageError:
            continue
        assert moment.tzinfo is UTC
