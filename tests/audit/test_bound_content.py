"""What came from abroad under a condition, and stands in the ledger again without it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from custody.storage.ledger_store import SqliteStore
from tests.audit.conftest import CASE
from tests.audit.tampering import audit
from tests.world import World, settled

HASH = "ab" * 32
ABROAD = {
    "case": "C", "exhibit": "EX-7", "head": HASH, "ledger": "b.example/main", "manifest": HASH, "root": HASH, "size": 9,
}  # fmt: skip
THEIRS = {"one.txt": b"one", "two.txt": b"two"}


def found(folder: Path) -> set[tuple[str, str]]:
    """Return severity and subject of each finding about content that is bound."""
    return {
        (item.severity.name.lower(), item.subject)
        for item in audit(folder).findings
        if item.code == "release.bound-content"
    }


@pytest.mark.parametrize(
    ("files", "severity"),
    [
        (THEIRS, "defect"),
        ({"renamed": b"one"}, "defect"),
        ({**THEIRS, "mine.txt": b"mine"}, "defect"),
        ({"one.txt": b"one", "mine.txt": b"mine"}, "note"),
        ({"mine.txt": b"mine"}, None),
        ({"empty": b""}, None),
        (None, None),
    ],
)
def test_files_from_abroad_that_stand_here_unbound_are_found(tmp_path: Path, files: Any, severity: str | None) -> None:
    """Unpacked and registered anew, it would go on to a third country with the consent of this one alone."""
    with SqliteStore.create(tmp_path) as store:
        world = settled(World(store))
        world.register(CASE, "EX-1", actor="examiner-1", files={**THEIRS, "empty": b""}, foreign=ABROAD)
        again = world.register(CASE, "EX-2", actor="examiner-1", files=files)
    assert found(tmp_path) == (set() if severity is None else {(severity, f"entry {again.index}")})
    assert audit(tmp_path).verdict == "PASSED"


def test_what_was_here_before_is_not_bound_by_what_came(tmp_path: Path) -> None:
    """A copy that comes home is bound; the original of it is not, nor what is made from that later."""
    with SqliteStore.create(tmp_path) as store:
        world = settled(World(store))
        world.register(CASE, "EX-1", actor="examiner-1", files=THEIRS)
        world.register(CASE, "EX-2", actor="examiner-1", files=THEIRS, foreign=ABROAD)
        world.register(CASE, "EX-3", actor="examiner-1", files=THEIRS)
    assert found(tmp_path) == set()


def test_what_says_that_it_came_from_there_is_bound_itself(tmp_path: Path) -> None:
    """A second parcel with the same file, and nothing hidden."""
    with SqliteStore.create(tmp_path) as store:
        world = settled(World(store))
        world.register(CASE, "EX-1", actor="examiner-1", files=THEIRS, foreign=ABROAD)
        world.register(CASE, "EX-2", actor="examiner-1", files=THEIRS, foreign=ABROAD)
    assert found(tmp_path) == set()


@pytest.mark.parametrize(
    ("files", "severity"),
    [({"c": b"of c"}, "defect"), ({"c": b"of c", "own": b"own"}, "defect"), ({"b": b"of b"}, None)],
)
def test_what_one_country_binds_hides_nothing_of_another(tmp_path: Path, files: Any, severity: str | None) -> None:
    """Said to be made from what b sent, it would take the files of c along with the consent of b alone."""
    with SqliteStore.create(tmp_path) as store:
        world = settled(World(store))
        world.register(CASE, "EX-1", actor="examiner-1", files={"b": b"of b"}, foreign=ABROAD)
        theirs = {**ABROAD, "ledger": "c.example/main"}
        world.register(CASE, "EX-2", actor="examiner-1", files={"c": b"of c"}, foreign=theirs)
        known = world.exhibit(CASE, "EX-1")
        assert known is not None
        parent = {"case": CASE, "event": known.registration, "exhibit": "EX-1"}
        made = world.register(CASE, "EX-3", actor="examiner-1", files=files, derived_from=[parent])
    assert found(tmp_path) == (set() if severity is None else {(severity, f"entry {made.index}")})
