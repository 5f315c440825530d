"""The write path: single durable appends against plain SQLite, batches against libsodium, large against small."""

from __future__ import annotations

import sqlite3
import statistics
import time
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figure import Figure
from bench.ledgers import BATCH, PER_CASE, SIGNATURES, Ledgers, exhibits
from bench.machine import verifications
from custody.ledger.append import append
from custody.ledger.submission import Submission
from tests.world import World

SINGLE = 300
BULK = 10_000
SMALL = 1000
ROW = bytes(1024)


def run(ledgers: Ledgers, entries: int) -> tuple[Figure, ...]:
    """Return the figures of the write path. The ledgers grow by it."""
    small, large = ledgers.of(SMALL), ledgers.of(entries)
    plain = _plain_commits()
    at_small, at_large = _single_appends(small, large)
    before = verifications(1)
    rate = _bulk_append(small)
    limit = (before + verifications(1)) / 2
    return (
        Figure(
            name="durable single appends, to plain SQLite commits",
            measured=plain / at_small,
            target=0.3,
            unit="x",
            note=f"{1 / at_small:,.0f}/s to {1 / plain:,.0f}/s",
        ),
        Figure(
            name="bulk append, signatures, to libsodium on one core",
            measured=rate * SIGNATURES / BATCH / limit,
            target=0.6,
            unit="x",
            note=f"{rate:,.0f} entries/s; libsodium {limit:,.0f}/s; entries alone {rate / limit:.2f}",
        ),
        Figure(
            name=f"append at {entries:,} entries, to append at {SMALL:,}",
            measured=at_large / at_small,
            target=1.2,
            unit="x",
            is_most=True,
            note=f"{at_large * 1e3:.2f} ms to {at_small * 1e3:.2f} ms",
        ),
    )


def _plain_commits() -> float:
    """Return the median seconds of inserting one row of 1 KiB and committing it, as durably as a ledger does."""
    with TemporaryDirectory(prefix="custody-bench-") as folder:
        connection = sqlite3.connect(Path(folder, "plain.db"), isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE row (number INTEGER PRIMARY KEY, content BLOB) STRICT")
        seconds = []
        for _ in range(SINGLE):
            started = time.perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO row (content) VALUES (?)", (ROW,))
            connection.execute("COMMIT")
            seconds.append(time.perf_counter() - started)
        connection.close()
    return statistics.median(seconds)


def _single_appends(small: World, large: World) -> tuple[float, float]:
    """Return the median seconds of one append to each, in turn, so that both have the same moments of the machine."""
    waiting = [(world, _made(world, SINGLE), list[float]()) for world in (small, large)]
    for number in range(SINGLE):
        for world, submissions, seconds in waiting:
            started = time.perf_counter()
            append(world.store, (submissions[number],), at=world.at, log_signers=(world.log_signer,))
            seconds.append(time.perf_counter() - started)
    first, second = (statistics.median(seconds) for _, _, seconds in waiting)
    return first, second


def _bulk_append(world: World) -> float:
    """Return entries a second of one large batch."""
    submissions = _made(world, BULK)
    started = time.perf_counter()
    append(world.store, submissions, at=world.at, log_signers=(world.log_signer,), may_spawn=True)
    return len(submissions) / (time.perf_counter() - started)


def _made(world: World, count: int) -> list[Submission]:
    """Return signed events, made beforehand; their values stay with their sender, as those of a scene may."""
    with world.store.read() as reader:
        # From a case of their own on, as nobody knows how far the last one was used.
        start = len(reader.cases()) * PER_CASE
    made = chain.from_iterable(exhibits(world, -(-count // BATCH), start=start))
    return [Submission(item.envelope) for item in made][:count]
