"""The auditor's replay of a large ledger, against what libsodium alone would need for its signatures."""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

from bench.figure import Figure
from bench.ledgers import Ledgers
from bench.machine import verifications
from custody.audit.audit import audit
from custody.audit.wanted import Wanted
from custody.storage.ledger_store import SqliteStore
from schemas.report import Verdict
from tests.world import ORIGIN, START

CORES = 2


def run(ledgers: Ledgers, entries: int) -> tuple[Figure, ...]:
    """Return the rate of signatures on two cores over libsodium's, and the memory of all processes in MB."""
    world = ledgers.of(entries)
    before = verifications(CORES)
    # A process of its own, so that its memory is the audit's and not that of making the ledger.
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        size, signatures, seconds, memory = pool.submit(_audit, world.store.database.path.parent).result()
    limit = (before + verifications(CORES)) / 2
    note = (
        f"{size:,} entries, {signatures:,} signatures in {seconds:.1f} s; libsodium {limit:,.0f}/s; "
        f"entries alone {size / seconds / limit:.2f}"
    )
    return (
        Figure(
            name=f"audit of {entries:,} entries, signatures, 2 cores",
            measured=signatures / seconds / limit,
            target=0.6,
            unit="x",
            note=note,
        ),
        Figure(name="memory of that audit, all processes", measured=memory, target=400, unit="MB", is_most=True),
    )


def _audit(folder: Path) -> tuple[int, int, float, float]:
    with SqliteStore(folder) as store:
        started = time.perf_counter()
        report = audit(store, origin=ORIGIN, at=START, wanted=Wanted(cores=CORES)).report
        seconds = time.perf_counter() - started
    assert report.verdict is Verdict.PASSED, report.findings
    kilobytes = getrusage(RUSAGE_SELF).ru_maxrss + getrusage(RUSAGE_CHILDREN).ru_maxrss * (CORES - 1)
    assert report.ledger, "a ledger that passed has a size"
    return report.ledger.size, report.signatures, seconds, kilobytes / 1024
