"""10,000 files of 16 KiB as one exhibit, against hashdeep on the same folder; and the memory that 100,000 take.

Reading, hashing and recording is measured in one process, as hashdeep has nothing to start, sign or commit; the whole
command beside it, with the seconds by which it is slower.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from bench.figure import Figure
from bench.session import Session
from custody.evidence.intake import take_in

FILES = 10_000
MANY = 100_000
SIZE = 16 * 1024
ROUNDS = 3
BEYOND = 1.0
"""Seconds of fixed cost: start, key, signature, commit."""
GROWTH_MB = 10
"""Megabytes by which ten times the files may take more memory."""

_MEMORY = """
import os, resource, sys
from pathlib import Path
from custody.evidence.intake import take_in
take_in([Path(sys.argv[1])], salts=lambda: os.urandom(16), spool=Path(sys.argv[2]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def run() -> tuple[Figure, ...]:
    """Return how reading compares with ``hashdeep -c sha256 -j2 -r``, and how many seconds longer a command takes."""
    has_peer = shutil.which("hashdeep") is not None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _fill(folder / "files", FILES, SIZE)
        session = Session(folder)
        session.open()
        peer = [_hashdeep(folder / "files") for _ in range(ROUNDS)] if has_peer else []
        read = [_read(folder, number) for number in range(ROUNDS)]
        left = [session.register("files", f"EX-{number}", "--in-place") for number in range(ROUNDS)]
        copied = session.register("files", "EX-copied")
        return (
            _ratio(statistics.median(read), peer),
            _figure("10,000 files left in place, beyond hashdeep", statistics.median(left), peer),
            _figure("10,000 files copied to the store, beyond hashdeep", copied, peer),
            _memory(folder),
        )


def _ratio(ours: float, peer: list[float]) -> Figure:
    name = "10,000 files read and recorded, to hashdeep"
    if not peer:
        return Figure(name=name, measured=None, target=1.0, unit="x", note="hashdeep is not installed")
    theirs = statistics.median(peer)
    return Figure(name=name, measured=theirs / ours, target=1.0, unit="x", note=f"{ours:.2f} s and {theirs:.2f} s")


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


def _memory(folder: Path) -> Figure:
    """Compare the memory for 10,000 and for 100,000 small files, each in a process of its own."""
    _fill(folder / "many", MANY, 64)
    few, many = (_peak(folder, name) for name in ("files", "many"))
    name, note = "memory of 100,000 files, beyond 10,000", f"{many:.0f} MB and {few:.0f} MB"
    return Figure(name=name, measured=many - few, target=GROWTH_MB, unit="MB", is_most=True, note=note)


def _peak(folder: Path, name: str) -> float:
    command = [sys.executable, "-c", _MEMORY, str(folder / name), str(folder / f"spool-{name}")]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout) / 1024


def _fill(folder: Path, count: int, size: int) -> None:
    random = Random(2)
    for number in range(count):
        path = folder / f"{number // 100:04d}" / f"{number:06d}.bin"
        if number % 100 == 0:
            path.parent.mkdir(parents=True)
        path.write_bytes(random.randbytes(size))


def _read(folder: Path, number: int) -> float:
    start = time.perf_counter()
    take_in([folder / "files"], salts=lambda: os.urandom(16), spool=folder / f"spool-{number}")
    return time.perf_counter() - start


def _hashdeep(folder: Path) -> float:
    start = time.perf_counter()
    subprocess.run(["hashdeep", "-c", "sha256", "-j2", "-r", str(folder)], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start
