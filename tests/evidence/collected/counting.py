"""Counting the records of bytes, as the tests of every format do."""

from datetime import UTC, datetime, tzinfo
from io import BytesIO
from typing import Any

from custody.evidence.collected.formats import format_of
from custody.evidence.collected.tally import Stated, Tally


def stated(zone: tzinfo | None = None, *period: str) -> Stated:
    """Return what somebody states: a zone, and a period as two days."""
    return Stated(zone, *(datetime.fromisoformat(day).replace(tzinfo=UTC) for day in period))


def count(raw: bytes, said: Stated | None = None, *, name: bytes = b"x") -> tuple[str, dict[str, Any]]:
    """Return the format of a file and what was counted in it, without what is zero or absent."""
    found = format_of(raw[:65_536], name)
    assert found is not None, raw[:80]
    tally = Tally(said or Stated())
    found.read(BytesIO(raw), tally)
    details = {name: value for name, value in tally.details().items() if value not in {None, 0}}
    return found.name, details


def span(details: dict[str, Any]) -> tuple[str, str]:
    """Return the first and the last time."""
    return details["first_at"], details["last_at"]
