"""One large file: both digests in one pass, against ``openssl dgst -sha256`` on the same file, pair by pair."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from random import Random

from bench.figure import Figure
from custody.evidence.hashing import Hasher

SIZE = 1 << 30
PAIRS = 5
TARGET = 0.9


def run() -> tuple[Figure, ...]:
    """Hash 1 GiB both ways in turn, from the page cache, and return the median ratio of speeds."""
    openssl = shutil.which("openssl")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "image.raw")
        _fill(path)
        ratios = [_openssl(path) / _ours(path) for _ in range(PAIRS)] if openssl else []
    return (
        Figure(
            name="1 GiB, SHA-256 and BLAKE3, against openssl",
            measured=statistics.median(ratios) if ratios else None,
            target=TARGET,
            unit="x",
            note=f"{min(ratios):.2f} to {max(ratios):.2f}" if ratios else "openssl is not installed",
        ),
    )


def _fill(path: Path) -> None:
    block = Random(1).randbytes(1 << 24)
    with path.open("wb") as file:
        for _ in range(SIZE // len(block)):
            file.write(block)


def _openssl(path: Path) -> float:
    start = time.perf_counter()
    subprocess.run(["openssl", "dgst", "-sha256", str(path)], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def _ours(path: Path) -> float:
    start = time.perf_counter()
    descriptor = os.open(path, os.O_RDONLY)
    try:
        with Hasher() as hasher:
            hasher.digest(descriptor)
    finally:
        os.close(descriptor)
    return time.perf_counter() - start
