"""Checking many signatures at once, on two cores.

libsodium runs without the interpreter's lock, so two threads check nearly twice as fast as one. Meanwhile the thread
that asked writes rows, which is done without the lock too, and then waits. If it computed instead, each of the others
would wait up to 5 ms for the lock after every signature.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
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

    __slots__ = ("_executor", "_parts")

    def __init__(self) -> None:
        self._executor: ThreadPoolExecutor | None = None
        self._parts: list[Future[Failure | None]] = []

    def start(self, batch: Sequence[Sequence[SignatureJob]]) -> Failure | None:
        """Begin to check the signatures of ``batch``, given by event; a few are checked at once, and the first failure
        is returned. Else `finish` says.
        """
        jobs = [(place, job) for place, item in enumerate(batch) for job in item]
        if len(jobs) < _WORTH_IT:
            return _check(jobs)
        if self._executor is None:
            self._executor = ThreadPoolExecutor(THREADS, "signatures")
        step = -(-len(jobs) // THREADS)
        parts = [jobs[at : at + step] for at in range(0, len(jobs), step)]
        self._parts = [self._executor.submit(_check, part) for part in parts]
        return None

    def finish(self) -> Failure | None:
        """Wait for what was begun, and return the first event one of whose signatures fails, or nothing."""
        found = [part.result() for part in self._parts]
        self._parts = []
        return next((failure for failure in found if failure is not None), None)

    def close(self) -> None:
        """End the threads."""
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)


def _check(jobs: Jobs) -> Failure | None:
    for place, job in jobs:
        try:
            job.check()
        except VerificationError as error:
            return Failure(place, error)
    return None
