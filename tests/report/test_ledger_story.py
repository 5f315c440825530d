"""The story of an exhibit out of the ledger, how exhibits stood at a date, and what a list says of them."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.report.as_of import standings_at
from custody.report.columns import cut, pad, width_of
from custody.report.family import children_of, parents_of
from custody.report.glance import Glance, glances
from custody.report.ledger_story import LedgerStory, tell_exhibit
from custody.report.ledger_words import disputed_entries
from custody.storage.ledger_store import SqliteStore
from custody.storage.registrations import alignments
from schemas.entry import parse_entry
from schemas.report import Severity
from schemas.types import UNSET
from tests.busy_world import CASE, OTHER, busy_world, dispute, entries_of, stood_at
from tests.world import World

NOW = "2026-12-01T00:00:00Z"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the ledger of `busy` lies."""
    return tmp_path


@pytest.fixture
def busy(folder: Path) -> Iterator[World]:
    """A ledger with some history, on the disk."""
    with SqliteStore.create(folder) as store:
        yield busy_world(store)


def _story(world: World, case: str, number: str, as_of: str | None = None) -> LedgerStory:
    exhibit = world.exhibit(case, number)
    assert exhibit is not None
    with world.store.read() as reader:
        return tell_exhibit(reader, world.store.disclosures, exhibit, at=NOW, as_of=as_of)


def _times(world: World) -> list[str]:
    """Return every time at which something happened, and one before all of it."""
    return sorted({"2026-01-01T00:00:00Z", *(entry.event.event.occurred_at for entry in entries_of(world))})


def test_every_entry_about_an_exhibit_is_told_in_order(busy: World) -> None:
    """A story from which an act is missing is a false one."""
    told = [item.entry.entry.index for item in _story(busy, CASE, "EX-1").told]
    with busy.store.read() as reader:
        assert told == list(reader.subject_entries(("exhibit", CASE, "EX-1")))
    assert told == sorted(told)


def test_all_signatures_are_checked_when_the_story_is_told(busy: World, folder: Path) -> None:
    """'The signature holds' is said of bytes that were looked at, not of a column that says so."""
    assert not _story(busy, CASE, "EX-1").has_failed
    index = _story(busy, CASE, "EX-1").told[1].entry.entry.index
    parsed = entries_of(busy)[index]
    payload = parsed.event.raw
    changed = payload.replace(b'"utc_offset":"+08:00"', b'"utc_offset":"+09:00"')
    raw = parsed.raw.replace(base64.b64encode(payload), base64.b64encode(changed))
    assert parse_entry(raw).event.event.utc_offset == "+09:00"
    connection = sqlite3.connect(folder / "ledger.db")
    connection.execute("DROP TRIGGER entry_stays")
    connection.execute("UPDATE entry SET raw = ? WHERE entry_index = ?", (raw, index))
    connection.commit()
    connection.close()
    story = _story(busy, CASE, "EX-1")
    assert story.has_failed
    assert "NOT all signatures hold" in story.told[1].act.signed


def test_an_exhibit_stood_as_a_full_replay_says_at_every_time(busy: World) -> None:
    """Late records and acts out of order are where a short cut would go wrong."""
    with busy.store.read() as reader:
        exhibits = reader.exhibits()
        for as_of in _times(busy):
            expected = stood_at(busy, as_of)
            assert tuple(at for _, at in sorted(standings_at(reader, exhibits, as_of).items())) == expected
            for at in expected:
                story = _story(busy, at.case, at.exhibit, as_of)
                found = (story.exhibit.holder, story.exhibit.status, story.exhibit.sealed)
                assert found == (at.holder, at.status, at.sealed)


def test_only_what_happened_by_then_is_told_and_what_came_late_is_marked(busy: World) -> None:
    """Who asks what was the case in March is not told of May, but is told what was found out in May about March."""
    late = 0
    everything = len(_story(busy, CASE, "EX-1").told)
    for as_of in _times(busy):
        story = _story(busy, CASE, "EX-1", as_of)
        assert len(story.told) + story.left_out == everything
        for item in story.told:
            assert item.entry.event.event.occurred_at <= as_of
            assert item.is_late == (item.entry.entry.recorded_at > as_of)
            assert item.is_late == any("Recorded later" in mark.text for mark in item.act.marks)
            late += item.is_late
    assert late


def test_an_exhibit_that_did_not_exist_yet_has_no_holder(busy: World) -> None:
    """Nobody held it, and no entry is told."""
    story = _story(busy, OTHER, "COPY-1", "2026-11-21T08:10:00Z")
    assert (story.exhibit.holder, story.told, story.place) == (UNSET, (), None)


def test_a_correction_stands_beside_what_it_corrects(busy: World) -> None:
    """The wrong value stays on record; a reader of it must not miss the right one."""
    story = _story(busy, CASE, "EX-2")
    assert story.place is not None
    _, line = story.place
    assert line is not None
    assert line.value == "Romo 6"
    assert "Room 6" in line.corrections[0]
    assert story.linked == ((OTHER, story.told[-1].entry.entry.index),)


def test_a_disputed_act_is_marked_in_story_and_log(busy: World) -> None:
    """What a stolen key signed keeps its effect until somebody affirms it; nobody may read over that."""
    with busy.store.read() as reader:
        assert disputed_entries(reader) == {}
    sealed, revoked = dispute(busy)
    with busy.store.read() as reader:
        assert disputed_entries(reader) == {sealed: revoked}
    marks = [mark for item in _story(busy, CASE, "EX-3").told for mark in item.act.marks]
    assert [mark.severity for mark in marks] == [Severity.INDETERMINATE]
    assert "DISPUTED" in marks[0].text


def test_a_value_that_was_erased_says_so(busy: World) -> None:
    """Nobody may take a value that is gone for one that never was."""
    story = _story(busy, CASE, "EX-2")
    place = story.registration.event.details.place.commitment  # type: ignore[attr-defined]
    details = {"authority": "court", "commitments": (place,), "order": "order 9"}
    about = busy.about(CASE, "EX-2")
    receipt = busy.annotate("disclosure.erased", about, details, actor="examiner-2", registrar="registrar-1")
    busy.store.disclosures.erase([place])
    lines = {line.label: line.value for line in _story(busy, CASE, "EX-2").told[0].act.lines}
    assert lines["place"] == f"(erased by order, entry {receipt.index})"


def test_relatives_are_found_in_any_case(busy: World) -> None:
    """A copy that was registered in another case is still a copy."""
    first, copy = _story(busy, CASE, "EX-1"), _story(busy, OTHER, "COPY-1")
    with busy.store.read() as reader:
        (child,) = children_of(reader, CASE, "EX-1", first.registration.entry.index)
        (parent,) = parents_of(reader, copy.details, copy.registration.entry.index)
        assert children_of(reader, OTHER, "COPY-1", copy.registration.entry.index) == ()
    assert (child.case, child.exhibit, child.entry) == (OTHER, "COPY-1", copy.registration.entry.index)
    assert (parent.case, parent.exhibit) == (CASE, "EX-1")
    assert child.act == parent.act
    assert entries_of(busy)[child.act or 0].event.type == "exhibit.copied"


@given(before=st.binary(max_size=40), after=st.binary(max_size=40))
def test_a_word_is_found_in_base64_wherever_it_stands(before: bytes, after: bytes) -> None:
    """A search that sees only two of three alignments would lose a third of all copies."""
    found = base64.b64encode(before + b'"derived_from":[' + after)
    assert any(part in found for part in alignments(b'"derived_from":['))


def test_a_list_takes_corrections_in_and_leaves_out_what_came_later(busy: World) -> None:
    """Who looks for an exhibit goes where the list says."""

    def look(as_of: str | None = None) -> dict[str, Glance]:
        with busy.store.read() as reader:
            found = glances(reader, busy.store.disclosures, reader.exhibits(), as_of=as_of)
            return {item.exhibit.number: item for item in found}

    assert {name: item.place for name, item in look().items()} == {"COPY-1": "", "EX-1": "Room 4", "EX-2": "Room 6"}
    assert look("2026-11-21T09:00:00Z")["EX-2"].place == "Room 5"
    assert look()["EX-1"].description == "description of EX-1"
    assert (look()["EX-1"].kind, look()["EX-1"].nature) == ("directory", "data")


@given(st.text(max_size=30), st.integers(min_value=3, max_value=30))
def test_columns_keep_their_width(text: str, width: int) -> None:
    """Chinese takes two cells a character: without that, a table of names is no table."""
    assert width_of(cut(text, width)) <= width
    assert width_of(pad(cut(text, width), width)) == width


def test_wide_and_joined_characters_are_counted_by_cells() -> None:
    """The yardstick is a terminal, not the length of a string."""
    assert [width_of(text) for text in ("abc", "证据", "e\u0301", "شاهد")] == [3, 4, 1, 4]
    assert cut("证据证据证据", 9) == "证据证..."
