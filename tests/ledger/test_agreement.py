"""What is told or sent of an exhibit is held against the rows: whoever edits one of the two is noticed at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from custody.report.ledger_story import tell_exhibit
from custody.report.papers.reading import read_ledger
from custody.storage.ledger_store import SqliteStore
from schemas.errors import StorageError
from schemas.subject import subject_key
from tests.audit.tampering import run
from tests.bundle.test_build import Office
from tests.world import World, settled

CASE = "2026-0417"
NOW = "2026-12-01T00:00:00Z"
EXHIBIT = subject_key(("exhibit", CASE, "EX-1"))
AGENT = subject_key(("agent", "examiner-1"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A ledger in which an exhibit was sealed and handed over by somebody whose key was revoked since."""
    (tmp_path / "ledger").mkdir()
    with SqliteStore.create(tmp_path / "ledger") as store:
        world = settled(World(store))
        world.register(CASE, "EX-1", actor="examiner-1")
        world.act("exhibit.sealed", CASE, "EX-1", {"seal": {"number": "7"}}, actor="examiner-1")
        world.act("custody.handed-over", CASE, "EX-1", {"purpose": "keeping"}, actor="examiner-1", to="custodian-1")
        key, last = world.signers["examiner-1"][-1].key_id, len(world.entries()) - 1
        details = {"agent": "examiner-1", "key_id": key, "last_valid_index": last, "reason": "superseded"}
        world.append(
            world.sign(world.event("agent.key-revoked", details, actor="registrar-1", registrar="registrar-2"))
        )
    return tmp_path / "ledger"


def told(folder: Path) -> None:
    """Tell the exhibit's story, in both ways."""
    with SqliteStore(folder) as store, store.read() as reader:
        exhibit = reader.view().exhibit(CASE, "EX-1")
        assert exhibit is not None
        read_ledger(reader, store.disclosures, [(CASE, "EX-1")], at=NOW)
        tell_exhibit(reader, store.disclosures, exhibit, at=NOW)


def test_an_honest_story_is_told(folder: Path) -> None:
    """Rows and entries agree."""
    told(folder)


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        ("DELETE FROM subject_entry WHERE key = ? AND position >= 2", (EXHIBIT,)),
        ("DELETE FROM subject_entry WHERE key = ? AND position >= 1", (EXHIBIT,)),
        ("UPDATE exhibit SET record = replace(record, 'custodian-1', 'examiner-1')", ()),
        ("UPDATE exhibit SET record = replace(record, ?, ?)", ('"is_sealed":true', '"is_sealed":false')),
        (
            "DELETE FROM subject_entry WHERE key = ?1 AND position ="
            " (SELECT max(position) FROM subject_entry WHERE key = ?1)",
            (AGENT,),
        ),
        ("UPDATE signing_key SET record = replace(record, 'revoked_at', 'revoked_by')", ()),
        ("UPDATE ledger SET record = replace(record, '\"first\":0', '\"first\":1')", ()),
    ],
)  # fmt: skip
def test_a_story_from_which_rows_hide_something_is_not_told(
    folder: Path, statement: str, values: tuple[object, ...]
) -> None:
    """The newest acts of an exhibit, its holder, its seal, or the end of a key."""
    run(folder, statement, *values)
    with pytest.raises(StorageError) as caught:
        told(folder)
    assert caught.value.code == "ledger.unreadable"


def test_a_bundle_whose_newest_act_is_hidden_is_not_made(tmp_path: Path) -> None:
    """The operator would sign a story that his own ledger contradicts."""
    office = Office(tmp_path)
    office.world.act("exhibit.sealed", CASE, "EX-1", {"seal": {"number": "7"}}, actor="examiner-1")
    places = office.world.store.ledger.places["exhibit", CASE, "EX-1"]
    hidden = places.pop()
    with pytest.raises(StorageError, match="rows of exhibit"):
        office.build("hidden.zip")
    assert not (tmp_path / "hidden.zip").exists()
    places.append(hidden)
    assert office.build("told.zip").path.exists()
