"""Many signatures, checked on all cores.

An append and a replay are one thread each, because each entry rests on those before it; signatures rest on nothing, so
they go to worker processes. Those are spawned, never forked: a forked child of a process with threads may hang, and one
that holds a database may harm it. Where the workers have enough to do, the caller checks a batch itself; so all cores
are busy whichever side is faster. A few thousand aren't worth a process: threads check them, while the caller waits,
for libsodium runs without the interpreter's lock. So it is for any number where processes are not wanted: a spawned one
imports the program's main module again, which must be made for it.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Final

from custody.ledger.signature_work import Work, failures_in
from schemas.errors import VerificationError

BATCH: Final = 256
_LARGE_BATCH: Final = 1024
"""Between two batches a worker waits a millisecond for the next one; so they are larger while many wait for it."""
_MANY: Final = 4 << 20
"""Bytes of messages ahead of the workers from which on batches are large: towards the end small ones share better."""
_WORTH_IT: Final = 2048
"""Below so many signatures, starting a process costs more than it saves."""
_AHEAD: Final = 48 << 20
"""Bytes of messages that may wait for the workers: so much that they still have work while the caller does, at the end
of an audit, what can't be shared."""
_SWITCH: Final = 0.0005
"""Seconds after which the replay lets the threads that feed the workers have the interpreter."""

Failures = list[tuple[int, VerificationError]]


def cores_at_hand() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class SignatureCores:
    """Takes signatures in any order, and says in the end which don't hold. Mutable: lives as long as one append
    or audit. Without ``cores`` it uses all that this process may.
    """

    def __init__(self, *, cores: int | None = None, may_spawn: bool = True) -> None:
        self._cores = cores
        self._may_spawn = may_spawn
        self._batch: list[Work] = []
        self._held_back: list[list[Work]] = []
        self._pool: ProcessPoolExecutor | None = None
        self._waiting: deque[tuple[Future[Failures], list[Work]]] = deque()
        self._ahead = 0
        self._expected = 0
        self._failed: Failures = []
        self._switch = sys.getswitchinterval()
        self.count = 0

    def __enter__(self) -> SignatureCores:
        return self

    def __exit__(self, *error: object) -> None:
        sys.setswitchinterval(self._switch)
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def expect(self, count: int) -> None:
        """Take note that at least so many signatures are to come: then workers start with the first of them."""
        self._expected = count

    def add(self, work: Iterable[Work]) -> None:
        """Take signatures to check."""
        self._batch.extend(work)
        if len(self._batch) >= (BATCH if self._ahead < _MANY else _LARGE_BATCH):
            self._send()

    def finish(self) -> Failures:
        """Return the signatures that don't hold, in order of number, once all are checked."""
        self._check(self._batch)
        self._batch = []
        self._check_held_back()
        while self._waiting:
            # The newest first, which the workers reach last.
            future, batch = self._waiting.pop()
            self._ahead -= _bytes_of(batch)
            if future.cancel():
                self._check(batch, again=True)
            else:
                self._collect(future, batch)
        return sorted(self._failed, key=lambda item: item[0])

    def _workers(self) -> int:
        if self._cores is None:
            self._cores = cores_at_hand()
        return self._cores - 1

    def _send(self) -> None:
        batch, self._batch = self._batch, []
        if self._workers() < 1:
            self._check(batch)
            return
        if self._pool is None:
            self._held_back.append(batch)
            held = len(self._held_back) * BATCH
            if self._may_spawn and max(held, self._expected) >= _WORTH_IT:
                self._start()
            elif held >= _WORTH_IT:
                self._check_held_back()
            return
        while self._waiting and self._waiting[0][0].done():
            future, done = self._waiting.popleft()
            self._ahead -= _bytes_of(done)
            self._collect(future, done)
        if self._ahead < _AHEAD:
            self._hand_over(batch)
        else:
            self._check(batch)

    def _check_held_back(self) -> None:
        waiting, self._held_back = self._held_back, []
        # One batch, as a single append has, doesn't ask how many cores there are.
        if len(waiting) < 2 or self._workers() < 1:
            for batch in waiting:
                self._check(batch)
            return
        with ThreadPoolExecutor(self._workers() + 1) as threads:
            for batch, failed in zip(waiting, threads.map(failures_in, waiting), strict=True):
                self._failed += failed
                self.count += len(batch)

    def _start(self) -> None:
        sys.setswitchinterval(_SWITCH)
        self._pool = ProcessPoolExecutor(self._workers(), multiprocessing.get_context("spawn"))
        waiting, self._held_back = self._held_back, []
        for batch in waiting:
            self._hand_over(batch)

    def _hand_over(self, batch: list[Work]) -> None:
        assert self._pool is not None, "started before"
        try:
            self._waiting.append((self._pool.submit(failures_in, batch), batch))
            self._ahead += _bytes_of(batch)
        except BrokenProcessPool:
            # Workers that were killed, by the system or by hand, leave nothing unchecked.
            self._check(batch)
            return
        self.count += len(batch)

    def _collect(self, future: Future[Failures], batch: list[Work]) -> None:
        try:
            self._failed += future.result()
        except BrokenProcessPool:
            self._check(batch, again=True)

    def _check(self, batch: list[Work], *, again: bool = False) -> None:
        self._failed += failures_in(batch)
        self.count += 0 if again else len(batch)


def _bytes_of(batch: list[Work]) -> int:
    return sum(len(message) for _, _, message, _ in batch)
