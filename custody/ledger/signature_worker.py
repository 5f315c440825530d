"""One worker process, and the thread by which it gets batches of signatures and says which don't hold.

The thread sends a batch while the one before is being checked: so the worker finds its next one in the pipe, and waits
neither for the interpreter nor for the caller, who may be busy with anything.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from queue import SimpleQueue
from threading import Thread
from typing import Final

from custody.ledger.signature_work import Failures, Work, failures_in, serve

Batch = list[Work]
_UNDER_WAY: Final = 2
"""Batches that a worker has at most: one in hand and one in the pipe."""


class SignatureWorker:
    """Checks batches from a queue until it gets None. Mutable: ``failed``, and ``left``, the batches without an answer
    from a worker that was killed, are there after `join`.
    """

    def __init__(self, waiting: SimpleQueue[Batch | None]) -> None:
        # Spawned, never forked: a forked child of a process with threads may hang.
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        self._waiting = waiting
        self.failed: Failures = []
        self.left: deque[Batch] = deque()
        self.taken = 0
        """Bytes of messages that it took from the queue."""
        self._thread = Thread(target=self._feed, name="signatures", daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Wait until it has answered all that it took; there must be a None for it in the queue."""
        self._thread.join()
        self._connection.close()
        self._process.join()

    def _feed(self) -> None:
        try:
            while (batch := self._waiting.get()) is not None:
                self.taken += bytes_of(batch)
                self.left.append(batch)
                self._connection.send(batch)
                self._collect(_UNDER_WAY - 1)
            self._collect(0)
        except (EOFError, OSError):
            # Killed, by the system or by hand: the caller checks what is left.
            return

    def _collect(self, most: int) -> None:
        """Wait for answers until no more than ``most`` are outstanding; they come in the order of the batches."""
        while len(self.left) > most:
            answer = self._connection.recv_bytes()
            self.failed += failures_in([work for work, holds in zip(self.left[0], answer, strict=True) if not holds])
            self.left.popleft()


def bytes_of(batch: Batch) -> int:
    """Return the size of the messages in a batch."""
    return sum([len(message) for _, _, message, _ in batch])
