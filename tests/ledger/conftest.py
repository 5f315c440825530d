"""Worlds for the tests of the ledger, in memory and on the disk: both stores keep one contract."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from custody.storage.ledger_store import SqliteStore
from tests.memory_store import MemoryStore
from tests.world import World, settled


@pytest.fixture(params=["memory", "sqlite"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A settled world (`tests.world.settled`)."""
    if request.param == "memory":
        yield settled(World(MemoryStore()))
    else:
        with SqliteStore.create(tmp_path) as store:
            yield settled(World(store))
