"""Chunks to several consumers at once: every one gets all of them, in order, whatever the others do."""

import time

import pytest

from custody.evidence.conveyor import BUFFER_BYTES, Conveyor, Fill


def _numbers(count: int) -> Fill:
    left = iter(range(count))

    def fill(view: memoryview) -> memoryview:
        number = next(left, None)
        if number is None:
            return view[:0]
        view[:8] = number.to_bytes(8, "big")
        return view[:8]

    return fill


@pytest.mark.parametrize("threads", [1, 2, 4])
@pytest.mark.parametrize("count", [0, 1, 5, 500])
def test_every_consumer_gets_every_chunk_once_and_in_order(threads: int, count: int) -> None:
    """A digest over chunks in another order is a digest of another file."""
    taken: list[list[int]] = [[], [], []]

    def consumer(place: int, delay: float) -> object:
        def take(chunk: memoryview) -> None:
            number = int.from_bytes(chunk, "big")
            if delay and number % 50 == 0:
                time.sleep(delay)
            taken[place].append(number)

        return take

    conveyor = Conveyor(threads=threads)
    seen: list[int] = []
    try:
        consumers = [consumer(0, 0.0), consumer(1, 0.002), consumer(2, 0.0)]
        total = conveyor.run(_numbers(count), consumers, each=lambda chunk: seen.append(chunk[7]))  # type: ignore[arg-type]
    finally:
        conveyor.close()
    assert total == 8 * count
    assert taken == [list(range(count))] * 3
    assert seen == [number % 256 for number in range(count)]


def test_an_error_of_a_consumer_ends_the_run_and_the_next_one_works() -> None:
    """A full disk must stop the reading, and no thread may still write into the buffers afterwards."""
    conveyor = Conveyor(threads=2)

    def fail(chunk: memoryview) -> None:
        if chunk[7] == 20:
            raise OSError(28, "full")

    try:
        with pytest.raises(OSError, match="full"):
            conveyor.run(_numbers(5000), [lambda chunk: None, fail])
        found: list[int] = []
        conveyor.run(_numbers(30), [lambda chunk: found.append(chunk[7])])
    finally:
        conveyor.close()
    assert found == list(range(30))


def test_an_interrupt_while_reading_comes_through() -> None:
    """Ctrl-C in the middle of a disk is how most readings end early."""
    conveyor = Conveyor(threads=1)
    source = _numbers(100)

    def fill(view: memoryview) -> memoryview:
        chunk = source(view)
        if chunk[7] == 50:
            raise KeyboardInterrupt
        return chunk

    try:
        with pytest.raises(KeyboardInterrupt):
            conveyor.run(fill, [lambda chunk: None])
    finally:
        conveyor.close()


def test_buffers_are_of_one_size() -> None:
    """Pieces and holes are counted in whole buffers."""
    conveyor = Conveyor(threads=1)
    conveyor.close()
    assert len(conveyor.buffer) == BUFFER_BYTES
