"""10,000 files of 16 KiB, registered as one exhibit by the command, against hashdeep on the same folder."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from random import Random

from bench.figure import Figure
from bench.session import Session

FILES = 10_000
SIZE = 16 * 1024
ROUNDS = 3
BEYOND = 1.0
"""Seconds of fixed cost: start, key, signature, commit."""


def run() -> tuple[Figure, ...]:
    """Return how many seconds longer than ``hashdeep -c sha256 -j2 -r`` a registration takes, in place and copied."""
    has_peer = shutil.which("hashdeep") is not None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _fill(folder / "files")
        session = Session(folder)
        session.open()
        peer = [_hashdeep(folder / "files") for _ in range(ROUNDS)] if has_peer else []
        left = [session.register("files", f"EX-{number}", "--in-place") for number in range(ROUNDS)]
        copied = session.register("files", "EX-copied")
    return (
        _figure("10,000 files left in place, beyond hashdeep", statistics.median(left), peer),
        _figure("10,000 files copied to the store, beyond hashdeep", copied, peer),
    )


def _figure(name: str, ours: float, peer: list[float]) -> Figure:
    if not peer:
        return Figure(name=name, measured=None, target=BEYOND, unit="s", is_most=True, note="hashdeep is not installed")
    theirs = statistics.median(peer)
    return Figure(
        name=name,
        measured=ours - theirs,
        target=BEYOND,
        unit="s",
        is_most=True,
        note=f"{ours:.2f} s and {theirs:.2f} s",
    )


def _fill(folder: Path) -> None:
    random = Random(2)
    for number in range(FILES):
        path = folder / f"{number // 100:03d}" / f"{number:05d}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(random.randbytes(SIZE))


def _hashdeep(folder: Path) -> float:
    start = time.perf_counter()
    subprocess.run(["hashdeep", "-c", "sha256", "-j2", "-r", str(folder)], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start
