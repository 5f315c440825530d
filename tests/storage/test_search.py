"""Finding entries by the index says the same as reading all of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from custody.storage.ledger_store import SqliteStore
from custody.storage.registrations import find_registrations
from custody.storage.search import Search, find_entries
from schemas.entry import ParsedEntry, parse_entry
from schemas.types import UNSET
from tests.busy_world import CASE, OTHER, busy_world, entries_of
from tests.world import World

TIMES = ("2026-11-21T08:05:00Z", "2026-11-21T08:10:30Z", "2026-11-21T10:15:00Z", "2030-01-01T00:00:00Z")


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A ledger with some history, on the disk."""
    folder: Path = tmp_path_factory.mktemp("busy")
    with SqliteStore.create(folder) as store:
        yield busy_world(store)


def _found(world: World, search: Search) -> list[int]:
    with world.store.read() as reader:
        return list(find_entries(reader, search))


def _subjects(world: World, entry: ParsedEntry) -> set[tuple[str, str]]:
    """Return the case and number of what an entry is about; the number is empty for a case itself."""
    event = entry.event.event
    found = {(str(event.case), str(event.exhibit or ""))} if event.case is not UNSET else set()
    with world.store.read() as reader:
        for about in event.about if isinstance(event.about, tuple) else ():
            exhibit = reader.view().registered(str(about.exhibit))
            found |= {(exhibit.case, exhibit.number)} if exhibit is not None else {(str(about.case), "")}
    return {(case, "" if number == "UNSET" else number) for case, number in found}


def _fits(entry: ParsedEntry, subjects: set[tuple[str, str]], search: Search) -> bool:
    """Tell the slow way whether an entry is looked for."""
    event = entry.event.event
    agents = {name for signer in event.signers for name in (signer.agent, signer.party)}
    named = getattr(entry.event.details, "agent", None)
    enrolled = {agent.agent for agent in getattr(entry.event.details, "agents", ())}
    return (
        (search.case is None or search.case in {case for case, _ in subjects})
        and (search.exhibit is None or (search.exhibit.case, search.exhibit.number) in subjects)
        and (search.agent is None or search.agent in agents | enrolled | {named})
        and (not search.types or event.type in search.types)
        and (search.since is None or entry.entry.recorded_at >= search.since)
        and (search.until is None or entry.entry.recorded_at <= search.until)
    )


def _searches(world: World) -> Iterator[Search]:
    exhibits = [None, world.exhibit(CASE, "EX-1"), world.exhibit(OTHER, "COPY-1")]
    types = [frozenset[str](), frozenset({"custody.handed-over", "exhibit.registered", "case.opened"})]
    spans = [(None, None), (TIMES[0], TIMES[2]), (TIMES[1], None), (TIMES[3], None)]
    for case, exhibit, agent, type, (since, until) in product(
        (None, CASE), exhibits, (None, "examiner-1", "system"), types, spans
    ):
        yield Search(case=case, exhibit=exhibit, agent=agent, types=type, since=since, until=until)


def test_the_index_finds_what_reading_everything_finds(busy: World) -> None:
    """A log that leaves out an entry tells a false story, whatever it was asked for."""
    entries = [(entry, _subjects(busy, entry)) for entry in entries_of(busy)]
    searches = list(_searches(busy))
    for search in searches:
        expected = [entry.entry.index for entry, subjects in entries if _fits(entry, subjects, search)]
        assert _found(busy, search) == expected, search
    assert _found(busy, Search(is_reversed=True)) == list(range(len(entries)))[::-1]
    assert len({len(_found(busy, search)) for search in searches}) > 5


def test_a_limited_query_reads_no_more_than_it_is_asked(busy: World) -> None:
    """On a ledger of 200,000 entries the first ten must not wait for the others."""
    with busy.store.read() as reader:
        steps: list[int] = []
        reader.connection.set_progress_handler(lambda: steps.append(1), 1)
        next(find_entries(reader, Search(is_reversed=True)))
        first = len(steps)
        list(find_entries(reader, Search(is_reversed=True)))
        reader.connection.set_progress_handler(None, 0)
    assert first * 2 < len(steps) - first


def test_an_entry_left_half_read_is_no_error(busy: World) -> None:
    """`custody log | head -1` leaves in the middle; nothing may be said of it."""
    with busy.store.read() as reader:
        unread = find_entries(reader, Search())
        next(unread)
    del unread


def test_registrations_are_found_by_what_their_bytes_hold(busy: World) -> None:
    """It only spares decoding: whoever asks looks at what it finds."""
    with busy.store.read() as reader:
        every = [
            parse_entry(raw) for raw in find_registrations(reader.connection, after=-1, holding=(b"custody-entry/v1",))
        ]
        assert [str(entry.event.event.exhibit) for entry in every] == ["EX-1", "EX-2", "COPY-1"]
        first = every[0].entry.index
        assert len(list(find_registrations(reader.connection, after=first, holding=(b"custody-entry/v1",)))) == 2
        assert list(find_registrations(reader.connection, after=-1, holding=(b"nothing like it",))) == []
