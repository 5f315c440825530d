"""Both verifiers judge stories alike that nobody wrote down: the vectors', each told otherwise somewhere."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from tests.second.judging import disagreements
from tests.second.retelling import retold
from tests.second.spoiling import spoiled
from tests.vectors import generate
from tests.vectors.setting import Vector

Telling = Callable[[Random], Iterator[tuple[str, list[str], Vector]]]


def _compare(telling: Telling, seed: str, count: int, folder: Path) -> None:
    path = folder / "bundle.zip"
    for name, done, vector in itertools.islice(telling(Random(seed)), count):
        path.write_bytes(vector.bundle)
        described = json.loads(json.dumps(generate.describe(name, vector)))
        assert disagreements(path, described) == [], (name, done)


@pytest.mark.parametrize("seed", range(10))
def test_both_verifiers_agree_over_spoiled_stories(seed: int, tmp_path: Path) -> None:
    """A rule that no vector asks for is held to the other verifier by chance."""
    _compare(spoiled, f"spoiled {seed}", 6, tmp_path)


@pytest.mark.parametrize("seed", range(4))
def test_both_verifiers_agree_over_records_that_no_program_writes(seed: int, tmp_path: Path) -> None:
    """Whoever runs a ledger can sign whatever can be encoded: an unknown field, a swapped entry, another's place."""
    _compare(retold, f"retold {seed}", 4, tmp_path)
