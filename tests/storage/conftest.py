"""A settled world on the disk."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from custody.storage.ledger_store import SqliteStore
from tests.world import World, settled


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the ledger of `world` lies."""
    made = tmp_path / "ledger"
    made.mkdir()
    return made


@pytest.fixture
def world(folder: Path) -> Iterator[World]:
    """A settled world (`tests.world.settled`) in `folder`."""
    with SqliteStore.create(folder) as store:
        yield settled(World(store))
