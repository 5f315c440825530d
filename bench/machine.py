"""The limit of the machine: how many Ed25519 signatures libsodium verifies a second, on one core and on all."""

from __future__ import annotations

import multiprocessing
import time
from typing import Final

from keys.ed25519 import check_signature
from keys.private.signer import Ed25519Signer

COUNT: Final = 8000
MESSAGE: Final = bytes(900)
"""About an event with its frame."""


def verifications(cores: int = 1) -> float:
    """Return verifications a second of ``cores`` processes at once."""
    with multiprocessing.get_context("spawn").Pool(cores) as pool:
        pool.map(_seconds, [1] * cores)
        started = time.perf_counter()
        pool.map(_seconds, [COUNT] * cores, chunksize=1)
        return cores * COUNT / (time.perf_counter() - started)


def _seconds(count: int) -> float:
    signer = Ed25519Signer(agent="bench", seed=bytes(32))
    signature = signer.sign(MESSAGE)
    started = time.perf_counter()
    for _ in range(count):
        check_signature(key=signer.public_key, message=MESSAGE, signature=signature)
    return time.perf_counter() - started
