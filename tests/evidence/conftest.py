"""Fixtures of the evidence tests: salts that never repeat, a place to write, a user who may not read everything."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from custody.evidence.hashing import Hasher
from custody.evidence.store import EvidenceStore

Salts = Callable[[], bytes]
NOBODY = 65534


@pytest.fixture
def salts() -> Salts:
    """Give 16 bytes at each call, never the same twice."""
    numbers = count()
    return lambda: next(numbers).to_bytes(16, "big")


@pytest.fixture
def hasher() -> Iterator[Hasher]:
    with Hasher() as made:
        yield made


@pytest.fixture
def seized(tmp_path: Path) -> Path:
    """An empty directory, apart from the ledger's own."""
    path = tmp_path / "seized"
    path.mkdir()
    return path


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return tmp_path / "home" / "manifests"


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return EvidenceStore(tmp_path / "home" / "files")


@pytest.fixture
def public() -> Iterator[Path]:
    """A directory that every user can enter and write, which pytest's own ones are not."""
    path = Path(tempfile.mkdtemp())
    path.chmod(0o777)
    yield path
    shutil.rmtree(path)


@contextmanager
def unprivileged() -> Iterator[None]:
    """Act as a user to whom permissions apply; for an ordinary user they do already."""
    mine = os.geteuid()
    if mine == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if mine == 0:
            os.seteuid(0)
