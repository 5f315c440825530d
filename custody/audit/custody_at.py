"""Who held what at a date: by when things happened, as far as it is known now."""

from __future__ import annotations

from custody.verify.fold.fold import Placed
from custody.verify.fold.state import State
from schemas.entry import ParsedEntry
from schemas.types import Record, is_set


class CustodyAt(Record, frozen=True, kw_only=True):
    """An exhibit at a date. ``entry`` is the last act until then; ``recorded_later`` says that nobody knew it then."""

    case: str
    entry: int
    exhibit: str
    holder: str
    occurred_at: str
    recorded_at: str
    recorded_later: bool
    sealed: bool
    status: str


class CustodyWatch:
    """Watches a replay, and keeps each exhibit as the last act until ``as_of`` left it. Mutable."""

    def __init__(self, as_of: str) -> None:
        self._as_of = as_of
        self._found: dict[tuple[str, str], CustodyAt] = {}

    def watch(self, parsed: ParsedEntry, placed: Placed, state: State) -> None:
        """Look at an entry that was just folded."""
        event = parsed.event.event
        if not placed.is_applied or not is_set(event.link) or event.occurred_at > self._as_of:
            return
        exhibit = state.exhibit(str(event.case), str(event.exhibit))
        assert exhibit is not None, "the rules took the act, so the exhibit is there"
        self._found[exhibit.case, exhibit.number] = CustodyAt(
            case=exhibit.case,
            entry=placed.index,
            exhibit=exhibit.number,
            holder=exhibit.holder,
            occurred_at=event.occurred_at,
            recorded_at=parsed.entry.recorded_at,
            recorded_later=parsed.entry.recorded_at > self._as_of,
            sealed=exhibit.is_sealed,
            status=exhibit.status,
        )

    def result(self) -> tuple[CustodyAt, ...]:
        """Return the exhibits that were there at the date, in order of case and number."""
        return tuple(found for _, found in sorted(self._found.items()))
