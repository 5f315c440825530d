"""A medium of several kinds of chunks, and the way of reading an image that the tests share."""

import os
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from custody.evidence.images.job import Found, Job
from custody.evidence.images.supervise import read_apart
from schemas.details.image import Container
from tests.evidence.images.forge_ewf import CHUNK_BYTES

Read = Callable[..., Found]


@pytest.fixture
def medium() -> bytes:
    """Eleven chunks: noise, one byte repeated, zeros, and a shorter last one."""
    source = random.Random(7)
    chunks = [
        source.randbytes(CHUNK_BYTES) if place % 3 == 0 else bytes([place % 5]) * CHUNK_BYTES for place in range(10)
    ]
    return b"".join(chunks) + b"the end!" * 320


@pytest.fixture
def read() -> Read:
    """Read an image in a process of its own, as a registration does."""

    def run(paths: Sequence[Path], container: Container = "ewf-e01", **more: object) -> Found:
        return read_apart(Job(container=container, paths=tuple(map(os.fsencode, paths))), **more)  # type: ignore[arg-type]

    return run
