"""Ledgers to measure on: exhibits with five acts each, three of them under four eyes: eight signatures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from custody.ledger.append import append
from custody.ledger.submission import Submission
from custody.storage.ledger_store import SqliteStore
from schemas.details.ledger import NEWEST_GATE
from schemas.event import Link
from tests.world import World

PER_CASE: Final = 500
_SEAL: Final = {"seal": {"number": "A 1204"}}
_HERE: Final = {"to_country": "XA"}
"""Under the gate an act says in clear where a thing goes."""
_ACTS: Final[tuple[tuple[str, dict[str, Any], str | None], ...]] = (
    ("exhibit.sealed", _SEAL, "examiner-2"),
    ("custody.moved", {"place": "room 4, shelf 2", **_HERE}, None),
    ("exhibit.unsealed", {"intact": True, "reason": "examination", **_SEAL}, "examiner-2"),
    ("custody.moved", {"place": "laboratory", **_HERE}, None),
)
"""Type, details, and the second officer who signs."""
BATCH: Final = 1 + len(_ACTS)
"""Entries of one exhibit."""
SIGNATURES: Final = BATCH + 1 + sum(second is not None for _, _, second in _ACTS)
"""Signatures of one exhibit: each act has its actor's, and a registration a second one."""


def new_world(folder: Path) -> World:
    """Return a world with two examiners, on a new ledger in ``folder``."""
    folder.mkdir(parents=True)
    world = World(SqliteStore.create(folder))
    # Under the gate, as every ledger is that people make today.
    world.init(gate=NEWEST_GATE)
    for examiner in ("examiner-1", "examiner-2"):
        world.enrol(examiner, country=world.country)
    return world


def exhibits(world: World, count: int, *, start: int = 0) -> Iterator[tuple[Submission, ...]]:
    """Yield the signed events of ``count`` exhibits, and of the cases that they need, made when they are asked for."""
    for number in range(start, start + count):
        case = f"2026-{number // PER_CASE:05d}"
        if number % PER_CASE == 0:
            world.open_case(case)
        yield _events(world, case, f"EX-{number}")


def _events(world: World, case: str, exhibit: str) -> tuple[Submission, ...]:
    files = {"image.raw": exhibit.encode()}
    composed = world.registration(case, exhibit, actor="examiner-1", second="examiner-2", files=files)
    made = [world.sign(composed)]
    for sequence, (kind, details, second) in enumerate(_ACTS, 1):
        link = Link(previous=composed.event.hash, sequence=sequence)
        composed = world.custody_act(kind, case, exhibit, details, actor="examiner-1", second=second, link=link)
        made.append(world.sign(composed))
    return tuple(made)


def fill(world: World, entries: int, *, at_once: int = 500) -> None:
    """Append exhibits until the ledger has at least ``entries`` entries, in transactions of ``at_once``."""
    batch: list[Submission] = []
    with world.store.read() as reader:
        size, known = reader.head().size, len(reader.exhibits())
    for submissions in exhibits(world, -(-(entries - size) // BATCH), start=known):
        batch += submissions
        if len(batch) >= at_once:
            _append(world, batch)
    if batch:
        _append(world, batch)


def _append(world: World, batch: list[Submission]) -> None:
    append(world.store, batch, at=world.at, log_signers=(world.log_signer,))
    world.tick(1)
    batch.clear()


class Ledgers:
    """Ledgers in a temporary folder, each made once a run. Close it when done."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="custody-bench-")
        self._made: dict[int, World] = {}

    def of(self, entries: int) -> World:
        """Return a world with a ledger of at least ``entries`` entries."""
        if entries not in self._made:
            world = new_world(Path(self._folder.name, str(entries)))
            fill(world, entries)
            self._made[entries] = world
        return self._made[entries]

    def close(self) -> None:
        """Remove them."""
        for world in self._made.values():
            world.store.close()
        self._folder.cleanup()
