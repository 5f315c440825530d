"""Checking many signatures at once, on two cores.

libsodium runs without the interpreter's lock, so two threads check nearly twice as fast as one. The thread that asks
waits meanwhile: if it computed, each of the others would wait up to 5 ms for the lock after every signature.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, TypeAlias

from custody.verify.signing import SignatureJob
from schemas.errors import VerificationError

THREADS: Final = 2
_WORTH_IT: Final = 16
"""Below so many signatures a thread costs more than it saves."""

Jobs: TypeAlias = Sequence[tuple[int, SignatureJob]]


@dataclass(frozen=True, slots=True)
class Failure:
    """The signature that doesn't hold: whose, by place in the batch, and why."""

    place: int
    error: VerificationError


class SignaturePool:
    """Threads that are started when they are first worth it."""

    __slots__ = ("_executor",)

    def __init__(self) -> None:
        self._executor: ThreadPoolExecutor | None = None

    def first_failure(self, batch: Sequence[Sequence[SignatureJob]]) -> Failure | None:
        """Return the first event of ``batch`` one of whose signatures fails, or nothing if all hold."""
        jobs = [(place, job) for place, item in enumerate(batch) for job in item]
        if len(jobs) < _WORTH_IT:
            return _check(jobs)
        if self._executor is None:
            self._executor = ThreadPoolExecutor(THREADS, "signatures")
        step = -(-len(jobs) // THREADS)
        parts = self._executor.map(_check, [jobs[at : at + step] for at in range(0, len(jobs), step)])
        return next((failure for failure in parts if failure is not None), None)

    def close(self) -> None:
        """End the threads."""
        if self._executor is not None:
            self._executor.shutdown()


def _check(jobs: Jobs) -> Failure | None:
    for place, job in jobs:
        try:
            job.check()
        except VerificationError as error:
            return Failure(place, error)
    return None
