"""How a freeze stands by its term; apart from the search for freezes, for which SQL is built."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal

from custody.verify.assets.freezes import Frozen
from schemas.text import format_time

WARN: Final = timedelta(days=15)
"""How long before its end a freeze wants attention: as long as what has to be asked for again."""
State = Literal["ending", "expired", "lifted", "open", "running"]


def state_of(frozen: Frozen, now: datetime) -> State:
    """Return how a freeze stands: ``open`` has no end on record, ``ending`` ends within `WARN`."""
    if frozen.is_lifted:
        return "lifted"
    if not frozen.ends_at:
        return "open"
    if frozen.ends_at < format_time(now):
        return "expired"
    return "ending" if frozen.ends_at < format_time(now + WARN) else "running"
