"""One honest ledger, made once; every test works on a copy of its files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from custody.ledger.compose import Anchor
from custody.storage.ledger_store import SqliteStore
from keys.note import parse_note
from schemas.checkpoint import parse_checkpoint
from schemas.event import Seen
from tests.world import World, settled

CASE = "2026-0417"
REGISTERED, SEALED, EXPORTED, HANDED_OVER, SEEN, LAST_EXPORT, NEWEST = 6, 7, 8, 9, 10, 11, 12
"""Where the entries of the story stand."""
SIZE = 13
MANY = 300


@dataclass(frozen=True, slots=True)
class Ledger:
    """A ledger on the disk, and the signed checkpoints that were made on the way, by size."""

    folder: Path
    notes: dict[int, bytes]
    world: World


def tell(world: World) -> dict[int, bytes]:
    """Play the story up to the newest entry but one, and return the checkpoints."""
    notes: dict[int, bytes] = {}
    settled(world)
    world.register(CASE, "EX-1", actor="examiner-1", files={"a.txt": b"hello", "b.txt": b"world"})
    world.act("exhibit.sealed", CASE, "EX-1", {"seal": {"number": "7"}}, actor="examiner-1")
    notes[8] = world.checkpoint()
    world.export((CASE, "EX-1"), actor="examiner-1")
    world.act("custody.handed-over", CASE, "EX-1", {"purpose": "keeping"}, actor="examiner-1", to="custodian-1")
    seen = parse_checkpoint(parse_note(notes[8]).text)
    composed = world.event(
        "case.opened",
        {"authority": "prosecutor of Example", "legal_basis": "order 8", "offences": ()},
        actor="registrar-1",
        anchor=Anchor(case="2026-0500"),
        seen=Seen(root=seen.root.hex(), size=seen.size),
    )
    world.append(world.sign(composed))
    world.export((CASE, "EX-1"), actor="custodian-1")
    notes[12] = world.checkpoint()
    return notes


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """The ledger that nobody may touch."""
    folder = tmp_path_factory.mktemp("audit") / "ledger"
    folder.mkdir()
    with SqliteStore.create(folder) as store:
        world = World(store)
        notes = tell(world)
        world.act("custody.moved", CASE, "EX-1", {"place": "vault"}, actor="custodian-1")
        notes[SIZE] = world.checkpoint()
        yield Ledger(folder, notes, world)


@pytest.fixture
def ledger(made: Ledger, tmp_path: Path) -> Ledger:
    """A copy of it, to tamper with."""
    return copied(made, tmp_path)


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """A ledger of more than one tile, 256 entries: it has one tile stored."""
    folder = tmp_path_factory.mktemp("audit-many") / "ledger"
    folder.mkdir()
    with SqliteStore.create(folder) as store:
        world = settled(World(store))
        details = {"authority": "prosecutor of Example", "legal_basis": "order 7", "offences": ()}
        cases = [f"2027-{number:04d}" for number in range(MANY - 6)]
        events = [world.event("case.opened", details, actor="registrar-1", anchor=Anchor(case=case)) for case in cases]
        world.append_all(map(world.sign, events))
        yield Ledger(folder, {MANY: world.checkpoint()}, world)


@pytest.fixture
def large(many: Ledger, tmp_path: Path) -> Ledger:
    """A copy of it, to tamper with."""
    return copied(many, tmp_path)


def copied(ledger: Ledger, target: Path) -> Ledger:
    """Copy a ledger's files, with what still lies in its log."""
    return Ledger(Path(shutil.copytree(ledger.folder, target / "ledger")), ledger.notes, ledger.world)
