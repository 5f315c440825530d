"""Many signatures, checked on all cores.

An append and a replay are one thread each, because each entry rests on those before it; signatures rest on nothing, so
they go to worker processes. Those are spawned, never forked: a forked child of a process with threads may hang, and one
that holds a database may harm it. Where the workers have enough to do, the caller checks a batch itself; so all cores
are busy whichever side is faster. A few thousand aren't worth a process: threads check them, while the caller waits,
for libsodium runs without the interpreter's lock. So it is for any number where processes are not wanted: a spawned one
imports the program's main module again, which must be made for it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import Final

from custody.ledger.signature_work import Failures, Work, failures_in
from custody.ledger.signature_worker import Batch, SignatureWorker, bytes_of

BATCH: Final = 256
_WORTH_IT: Final = 2048
"""Below so many signatures, starting a process costs more than it saves."""
_AHEAD: Final = 48 << 20
"""Bytes of messages that may wait for the workers: so much that they still have work while the caller does, at the end
of an audit, what can't be shared."""
_SWITCH: Final = 0.0005
"""Seconds after which the replay lets the threads that feed the workers have the interpreter."""


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
        self._batch: Batch = []
        self._held_back: list[Batch] = []
        self._waiting: SimpleQueue[Batch | None] = SimpleQueue()
        self._workers: list[SignatureWorker] = []
        self._sent = 0
        self._expected = 0
        self._failed: Failures = []
        self._switch = sys.getswitchinterval()
        self.count = 0

    def __enter__(self) -> SignatureCores:
        return self

    def __exit__(self, *error: object) -> None:
        sys.setswitchinterval(self._switch)
        while self._next() is not None:
            pass
        self._join()

    def expect(self, count: int) -> None:
        """Take note that at least so many signatures are to come: then workers start with the first of them."""
        self._expected = count

    def add(self, work: Iterable[Work]) -> None:
        """Take signatures to check."""
        self._batch.extend(work)
        if len(self._batch) >= BATCH:
            self._send()

    def finish(self) -> Failures:
        """Return the signatures that don't hold, in order of number, once all are checked."""
        batch, self._batch = self._batch, []
        self.count += len(batch)
        self._check(batch)
        self._check_held_back()
        while (waiting := self._next()) is not None:
            self._check(waiting)
        self._join()
        return sorted(self._failed, key=lambda item: item[0])

    def _others(self) -> int:
        """Return how many cores there are beside the caller's."""
        if self._cores is None:
            self._cores = cores_at_hand()
        return self._cores - 1

    def _send(self) -> None:
        batch, self._batch = self._batch, []
        self.count += len(batch)
        if self._others() < 1:
            self._check(batch)
        elif self._workers:
            self._hand_over(batch)
        else:
            self._hold_back(batch)

    def _hold_back(self, batch: Batch) -> None:
        self._held_back.append(batch)
        held = len(self._held_back) * BATCH
        if self._may_spawn and max(held, self._expected) >= _WORTH_IT:
            sys.setswitchinterval(_SWITCH)
            self._workers = [SignatureWorker(self._waiting) for _ in range(self._others())]
            waiting, self._held_back = self._held_back, []
            for item in waiting:
                self._hand_over(item)
        elif held >= _WORTH_IT:
            self._check_held_back()

    def _check_held_back(self) -> None:
        waiting, self._held_back = self._held_back, []
        # One batch, as a single append has, doesn't ask how many cores there are.
        if len(waiting) < 2 or self._others() < 1:
            for batch in waiting:
                self._check(batch)
            return
        with ThreadPoolExecutor(self._others() + 1) as threads:
            for failed in threads.map(failures_in, waiting):
                self._failed += failed

    def _hand_over(self, batch: Batch) -> None:
        if self._sent - sum([worker.taken for worker in self._workers]) < _AHEAD:
            self._sent += bytes_of(batch)
            self._waiting.put(batch)
        else:
            self._check(batch)

    def _next(self) -> Batch | None:
        """Take a batch back that no worker has yet; nothing where there is none."""
        try:
            return self._waiting.get_nowait()
        except Empty:
            return None

    def _join(self) -> None:
        """Let the workers end, and check what those leave that were killed."""
        for _ in self._workers:
            self._waiting.put(None)
        for worker in self._workers:
            worker.join()
            self._failed += worker.failed
            for batch in worker.left:
                self._check(batch)
        self._workers = []

    def _check(self, batch: Batch) -> None:
        self._failed += failures_in(batch)
