"""How exhibits stood at a date: by when things happened, as known now, recorded later or not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from custody.audit.custody_at import CustodyAt, CustodyWatch
from custody.ledger.store import INDEX_HINT
from custody.storage.lookup import rows_among
from custody.storage.reading import Reader
from custody.verify.fold.fold import Fold
from custody.verify.rules.view import Exhibit
from schemas.entry import parse_entry
from schemas.errors import StorageError
from schemas.report import Findings

Standings = dict[tuple[str, str], CustodyAt]
"""By case and number; an exhibit that did not exist yet is not in it."""


def standings_at(
    reader: Reader,
    exhibits: Sequence[Exhibit],
    as_of: str,
    *,
    step: Callable[[int, int], None] = lambda done, all: None,
) -> Standings:
    """Return how ``exhibits`` stood after the last act that happened by ``as_of``, a time as records write it.

    What stands since before then is read off; where acts followed, the reducer is run again over those until then.
    ``step`` is told how many entries of how many were folded.

    Raises:
        StorageError: ``ledger.unreadable`` where the rows beside the entries don't fit them.
        RecordError: an entry that is none any more.
    """
    standing = [exhibit for exhibit in exhibits if exhibit.occurred_at <= as_of]
    found = _as_now(reader, standing, as_of)
    moved = [exhibit for exhibit in exhibits if exhibit.occurred_at > as_of]
    wanted = {(exhibit.case, exhibit.number) for exhibit in moved}
    indexes = sorted(_acts_until(reader, moved, as_of))
    if not indexes:
        return found
    watch, fold = CustodyWatch(as_of), Fold(Findings(), is_whole=False)
    needed = sorted({*indexes, *_frame(reader, moved, last=indexes[-1])})
    for place, index in enumerate(needed):
        step(place, len(needed))
        parsed = parse_entry(reader.entry(index))
        placed, _ = fold.add(parsed)
        watch.watch(parsed, placed, fold.state)
    found.update({(at.case, at.exhibit): at for at in watch.result() if (at.case, at.exhibit) in wanted})
    return found


def _as_now(reader: Reader, exhibits: Sequence[Exhibit], as_of: str) -> Standings:
    """Read off how exhibits stand whose newest act is not after the date."""
    rows = _rows(reader, "event_hash", [bytes.fromhex(exhibit.head) for exhibit in exhibits], "recorded_at")
    places = {head.hex(): (index, recorded_at) for head, index, recorded_at in rows}
    found = {}
    for exhibit in exhibits:
        if exhibit.head not in places:
            text = f"expected the newest act of {exhibit.name} among the entries, found none"
            raise StorageError("ledger.unreadable", text, hint=INDEX_HINT)
        index, recorded_at = places[exhibit.head]
        found[exhibit.case, exhibit.number] = CustodyAt(
            case=exhibit.case,
            entry=index,
            exhibit=exhibit.number,
            holder=exhibit.holder,
            occurred_at=exhibit.occurred_at,
            recorded_at=recorded_at,
            recorded_later=recorded_at > as_of,
            sealed=exhibit.is_sealed,
            status=exhibit.status,
        )
    return found


def _acts_until(reader: Reader, exhibits: Sequence[Exhibit], as_of: str) -> set[int]:
    """Return the acts of exhibits up to the last entry, of any of them, that happened by the date."""
    subjects = [("exhibit", exhibit.case, exhibit.number) for exhibit in exhibits]
    entries = [index for subject in subjects for index in reader.subject_entries(subject)]
    rows = _rows(reader, "entry_index", entries, "sequence", "occurred_at")
    acts = {index: occurred_at for index, _, sequence, occurred_at in rows if sequence is not None}
    last = max((index for index, occurred_at in acts.items() if occurred_at <= as_of), default=-1)
    # All of them up to there: a child's registration names an act of its parent, which must be there with the parent.
    return {index for index in acts if index <= last}


def _frame(reader: Reader, exhibits: Sequence[Exhibit], *, last: int) -> Iterable[int]:
    """Return the entries up to ``last`` that say who may act, and which cases there are."""
    subjects: list[tuple[str, ...]] = [("ledger",)]
    subjects += [("agent", agent.id) for agent in reader.agents()]
    subjects += [("case", case) for case in sorted({exhibit.case for exhibit in exhibits})]
    return (index for subject in subjects for index in reader.subject_entries(subject) if index <= last)


def _rows(reader: Reader, column: str, values: Sequence[Any], *more: str) -> list[tuple[Any, ...]]:
    return list(rows_among(reader.connection, "entry", column, values, (column, "entry_index", *more)))
