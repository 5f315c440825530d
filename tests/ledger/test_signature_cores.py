"""Signatures on all cores: none is left unchecked, whoever checks it and whatever happens to a worker."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from queue import SimpleQueue

import pytest

from custody.ledger import signature_cores
from custody.ledger.signature_cores import SignatureCores
from custody.ledger.signature_work import Work
from custody.ledger.signature_worker import Batch, SignatureWorker
from keys.private.signer import Ed25519Signer

COUNT = 600
FORGED = (0, 130, 599)
_SIGNER = Ed25519Signer(agent="examiner-1", seed=b"7" * 32)


def works() -> Iterator[Work]:
    """Yield signed messages by number, of which the forged ones bear the signature of another."""
    for number in range(COUNT):
        message = b"message %d" % number
        yield number, _SIGNER.public_key, message, _SIGNER.sign(b"another" if number in FORGED else message)


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Work]]:
    """Signatures in handfuls, and workers that start with the first of them."""
    monkeypatch.setattr(signature_cores, "_WORTH_IT", 1)
    monkeypatch.setattr(signature_cores, "BATCH", 50)
    items = list(works())
    return iter([items[at : at + 50] for at in range(0, COUNT, 50)])


def failed(cores: SignatureCores) -> tuple[int, ...]:
    """Return the numbers of the signatures that don't hold."""
    return tuple(number for number, _ in cores.finish())


@pytest.mark.parametrize("count", [1, 2, 3])
def test_any_number_of_cores_finds_the_same(batches: Iterator[list[Work]], count: int) -> None:
    """Who checks a signature must not matter."""
    with SignatureCores(cores=count) as cores:
        for batch in batches:
            cores.add(batch)
        assert failed(cores) == FORGED
        assert cores.count == COUNT


@pytest.mark.parametrize("ahead", [0, 1200])
def test_the_caller_checks_what_is_too_much_for_the_workers(
    batches: Iterator[list[Work]], ahead: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits is held in memory, so only so much of it may."""
    monkeypatch.setattr(signature_cores, "_AHEAD", ahead)
    with SignatureCores(cores=2) as cores:
        for batch in batches:
            cores.add(batch)
        assert failed(cores) == FORGED


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="a worker can't be killed so")
def test_a_worker_that_is_killed_leaves_nothing_unchecked(batches: Iterator[list[Work]]) -> None:
    """The system kills what takes too much memory, and a verdict must not rest on what it had in hand."""
    with SignatureCores(cores=2) as cores:
        cores.add(next(batches))
        (worker,) = cores._workers
        os.kill(worker._process.pid or 0, signal.SIGKILL)
        for batch in batches:
            cores.add(batch)
        assert failed(cores) == FORGED
        assert cores.count == COUNT


def test_workers_end_with_an_audit_that_breaks_off(batches: Iterator[list[Work]]) -> None:
    """A damaged ledger ends an audit early; no process may stay behind."""
    with SignatureCores(cores=3) as cores:
        cores.add(next(batches))
        workers = list(cores._workers)
    assert [worker._process.exitcode for worker in workers] == [0, 0]


def test_batches_in_which_nothing_holds_are_answered() -> None:
    """Neither side may wait for the other to read, however much a worker has to tell of what was forged."""
    batch = [(number, _SIGNER.public_key, b"%d" % number * 500, bytes(64)) for number in range(3000)]
    waiting: SimpleQueue[Batch | None] = SimpleQueue()
    for item in (batch, batch, batch, None):
        waiting.put(item)
    worker = SignatureWorker(waiting)
    worker._thread.join(60)
    try:
        assert not worker._thread.is_alive()
        assert len(worker.failed) == 3 * len(batch)
    finally:
        worker._process.kill()
        worker.join()
