"""Private values lie in one file, from which they can be erased; the ledger itself holds none."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from custody.storage.disclosures import Receiving
from custody.storage.ledger_store import SqliteStore
from schemas.entry import parse_entry
from schemas.errors import StorageError
from schemas.private import make_disclosure
from schemas.text import format_base64url
from tests.world import START, World, settled

CASE = "2026-0417"
SECRETS = ("Zacharias Quillfeather", "Obsidian Lane 77", "diary-of-z.q.txt", "IMEI-990000862471854")


@pytest.fixture
def world(world: World) -> World:
    """A world in which every kind of private value was given."""
    world.register(
        CASE, "EX-1", actor="examiner-1", place=SECRETS[1], seized_from=SECRETS[0], identifiers=[SECRETS[3]],
        files={SECRETS[2]: b"content"},
        attestations=[{"manner": "refused", "person": SECRETS[0], "role": "suspect"}],
    )  # fmt: skip
    world.act(
        "custody.handed-over", CASE, "EX-1", {"purpose": SECRETS[1]}, actor="examiner-1", to="custodian-1"
    )  # fmt: skip
    return world


def ledger_bytes(folder: Path) -> Iterator[bytes]:
    """Yield the content of every file but the one that is meant to hold private values."""
    for path in folder.iterdir():
        if not path.name.startswith("disclosures.db"):
            yield path.read_bytes()


def test_no_private_value_stands_in_the_ledger(world: World, folder: Path) -> None:
    """Entries can't be changed: a name in them is there for 75 years."""
    files = list(ledger_bytes(folder))
    assert len(files) > 1
    events = [parse_entry(raw).event.raw for raw in world.entries()]
    for secret in SECRETS:
        shown = [secret.encode(), format_base64url(secret.encode()).encode()[2:-2]]
        assert not any(form in content for content in [*files, *events] for form in shown)


def test_private_values_are_where_they_belong(world: World, folder: Path) -> None:
    """The search above would find them if they were anywhere: it does in their own file."""
    kept = world.store.disclosures.get([item.commitment for item in world.disclosed])
    assert len(kept) == len(world.disclosed)
    assert all(any(secret in str(item.value) for item in kept.values()) for secret in SECRETS)


def test_an_erased_value_is_gone_from_the_disk(world: World, folder: Path) -> None:
    """A court orders it; the commitment stays, and the chain holds."""
    lost = [item for item in world.disclosed if any(secret in str(item.value) for secret in SECRETS)]
    commitments = [item.commitment for item in lost]
    stored = b"".join(path.read_bytes() for path in folder.glob("disclosures.db*"))
    assert all(item.text.encode() in stored for item in lost)
    world.store.disclosures.erase(commitments)
    stored = b"".join(path.read_bytes() for path in folder.glob("disclosures.db*"))
    assert not any(item.text.encode() in stored for item in lost)
    assert world.store.disclosures.get(commitments) == {}
    assert world.store.disclosures.erased([*commitments, "ab" * 32]) == frozenset(commitments)
    kept = [item for item in world.disclosed if item not in lost]
    assert len(world.store.disclosures.get([item.commitment for item in kept])) == len(kept)


def test_an_erased_value_does_not_come_back(world: World) -> None:
    """A draft that was submitted again, or a bundle read in again, must not undo a court's order."""
    item = world.disclosed[0]
    world.store.disclosures.erase([item.commitment])
    world.store.disclosures.put([item])
    assert world.store.disclosures.get([item.commitment]) == {}


def test_a_value_may_be_erased_before_it_was_here(world: World) -> None:
    """The order names commitments; a copy of the value that arrives later must not stay."""
    item = make_disclosure(salt=b"7" * 16, path="/details/place", value="x")
    world.store.disclosures.erase([item.commitment])
    world.store.disclosures.put([item])
    assert world.store.disclosures.get([item.commitment]) == {}


def test_who_received_a_value_is_remembered(world: World) -> None:
    """An erasure by order must be told to everybody who has the value."""
    store, item = world.store.disclosures, world.disclosed[0]
    first = Receiving(item.commitment, "court-2", START, "ab" * 32)
    second = Receiving(item.commitment, "court-1", START, "cd" * 32)
    store.note_recipients([first, second, first])
    assert store.recipients([item.commitment]) == (second, first)
    assert store.recipients(["ab" * 32]) == ()
    store.erase([item.commitment])
    assert len(store.recipients([item.commitment])) == 2


def test_a_damaged_value_is_noticed(world: World) -> None:
    """A wrong name under a right commitment would be believed."""
    first, second = world.disclosed[:2]
    with world.store.disclosures.database.transaction(is_write=True) as connection:
        connection.execute(
            "UPDATE disclosure SET text = ? WHERE commitment = ?", (second.text, bytes.fromhex(first.commitment))
        )
    with pytest.raises(StorageError) as caught:
        world.store.disclosures.get([first.commitment])
    assert caught.value.code == "disclosures.damaged"


def test_a_refused_event_leaves_no_values(folder: Path) -> None:
    """What the ledger didn't take, it doesn't keep either."""
    with SqliteStore.create(folder) as store:
        world = settled(World(store))
        refused = world.sign(world.registration("unknown case", "EX-1", actor="examiner-1"))
        with pytest.raises(Exception, match="case"):
            world.append(refused)
        assert store.disclosures.get([item.commitment for item in refused.disclosures]) == {}
