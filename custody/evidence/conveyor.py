"""Bytes read once and handed to several consumers at the same time, in constant memory, on all cores at hand.

Hash libraries let go of the interpreter's lock while they work, so threads are enough. Each consumer gets every chunk,
in order and one at a time. A thread that is free takes the consumer that lags most: the slowest one then never waits,
and the pass takes as long as the larger of its slowest consumer and the sum of all divided by the cores.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Condition
from typing import Final

BUFFER_BYTES: Final = 1 << 20
"""One chunk: large enough that a hand-over between threads costs nothing, small enough for the second-level cache."""
_BUFFERS: Final = 6
_MOST_THREADS: Final = 4

Consumer = Callable[[memoryview], object]
"""Takes one chunk, and is done with it when it returns."""
Fill = Callable[[memoryview], memoryview]
"""Gives the next bytes: a part of the buffer that it gets, or a view of its own; an empty one at the end."""


class Conveyor:
    """Buffers and threads that are used for one file after the other; close it when done."""

    def __init__(self, *, threads: int | None = None) -> None:
        """Make room for up to ``threads`` helpers beside the calling thread; by default one for each further core."""
        self._buffers = tuple(memoryview(bytearray(BUFFER_BYTES)) for _ in range(_BUFFERS))
        self._threads = max(1, min(_MOST_THREADS, _cores() - 1)) if threads is None else threads
        self._pool = ThreadPoolExecutor(max_workers=max(self._threads, 1), thread_name_prefix="digest")

    @property
    def buffer(self) -> memoryview:
        """The first buffer, for a file that fits into it; free between two runs."""
        return self._buffers[0]

    def close(self) -> None:
        """Stop the threads."""
        self._pool.shutdown()

    def run(self, fill: Fill, consumers: Sequence[Consumer], *, each: Consumer | None = None) -> int:
        """Move bytes from ``fill`` to every consumer until there are none, and return their number.

        ``each`` gets every chunk in the calling thread, as soon as it is read. What any of them raises passes through,
        when no thread uses the buffers any more.
        """
        belt = _Belt(self._buffers, consumers)
        helpers: list[Future[None]] = []
        total = 0
        try:
            while True:
                belt.wait_for_room()
                chunk = fill(belt.buffer)
                if not len(chunk):
                    break
                total += len(chunk)
                belt.put(chunk)
                if not helpers:
                    helpers = [self._pool.submit(belt.help) for _ in range(min(self._threads, len(consumers)))]
                if each is not None:
                    each(chunk)
            belt.finish()
        finally:
            # The buffers belong to the next file from here on, also after an error.
            belt.stop()
            wait(helpers)
        return total


class _Belt:
    """One run: chunks by number, and for each consumer how many it has taken."""

    def __init__(self, buffers: Sequence[memoryview], consumers: Sequence[Consumer]) -> None:
        self._buffers = buffers
        self._chunks: list[memoryview | None] = [None] * len(buffers)
        self._consumers = consumers
        self._taken = [0] * len(consumers)
        self._busy = [False] * len(consumers)
        self._put = 0
        self._is_stopped = False
        self._error: BaseException | None = None
        self._changed = Condition()

    @property
    def buffer(self) -> memoryview:
        """The buffer that the next chunk may use."""
        return self._buffers[self._put % len(self._buffers)]

    def wait_for_room(self) -> None:
        """Return when the next buffer is free, consuming meanwhile."""
        self._work_until(lambda: self._put - min(self._taken) < len(self._buffers))

    def put(self, chunk: memoryview) -> None:
        """Add a chunk at the end."""
        with self._changed:
            self._chunks[self._put % len(self._buffers)] = chunk
            self._put += 1
            self._changed.notify_all()

    def finish(self) -> None:
        """Return when every consumer has taken every chunk."""
        self._work_until(lambda: min(self._taken) == self._put)

    def stop(self) -> None:
        """Let every helper end after the chunk that it has."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()

    def help(self) -> None:
        """Consume until the belt stops."""
        while (place := self._claim(lambda: False)) is not None:
            self._feed(place)

    def _work_until(self, is_reached: Callable[[], bool]) -> None:
        while (place := self._claim(is_reached)) is not None:
            self._feed(place)
        if self._error is not None:
            raise self._error

    def _claim(self, is_reached: Callable[[], bool]) -> int | None:
        """Return the consumer that lags most and is idle; nothing when ``is_reached``, or the belt has stopped."""
        with self._changed:
            while True:
                if self._is_stopped or is_reached():
                    return None
                place = self._most_behind()
                if place is not None:
                    self._busy[place] = True
                    return place
                self._changed.wait()

    def _most_behind(self) -> int | None:
        found, least = None, self._put
        for place, taken in enumerate(self._taken):
            if taken < least and not self._busy[place]:
                found, least = place, taken
        return found

    def _feed(self, place: int) -> None:
        error: BaseException | None = None
        chunk = self._chunks[self._taken[place] % len(self._buffers)]
        assert chunk is not None, "a consumer takes what was put"
        try:
            self._consumers[place](chunk)
        except BaseException as raised:  # noqa: BLE001 it is raised again in the thread that reads
            error = raised
        with self._changed:
            self._busy[place] = False
            self._taken[place] += 1
            if error is not None:
                self._error = self._error or error
                self._is_stopped = True
            self._changed.notify_all()


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1
