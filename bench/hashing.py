"""One large file: all digests in one pass, against other programs on the same file, pair by pair.

What reads is what `custody register` reads with: two digests and the digests of pieces, and MD5 and SHA-1 beside them.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from bench.figure import Figure
from custody.evidence.hashing import Hasher
from custody.evidence.medium import FileMedium, MediumReader
from custody.evidence.piece_digests import PieceDigests

SIZE = 1 << 30
PAIRS = 5
SPARSE = 20 << 30
MEMORY_MB = 150
_LEGACY = ("md5", "sha1")

_SPARSE = """
import resource, sys
from itertools import count
from pathlib import Path
from custody.evidence.intake import take_in
from custody.evidence.store import EvidenceStore
numbers = count()
store = EvidenceStore(Path(sys.argv[2], "files"))
with store.begin() as batch:
    salts = lambda: next(numbers).to_bytes(16, "big")
    take_in([Path(sys.argv[1])], salts=salts, spool=Path(sys.argv[2], "manifests"), batch=batch)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def run() -> tuple[Figure, ...]:
    """Hash 1 GiB from the page cache in every way, in turn; return medians of ratios, and memory of a sparse file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "image.raw")
        _fill(path)
        return (
            _faster("1 GiB, SHA-256, BLAKE3, pieces, to openssl", path, ("openssl", "dgst", "-sha256"), (), 0.95),
            _faster("with MD5 and SHA-1, to md5sum", path, ("md5sum",), _LEGACY, 0.9),
            _faster("with MD5 and SHA-1, to hashdeep", path, ("hashdeep", "-c", "md5,sha256"), _LEGACY, 2.5, pairs=2),
            _cost_of_pieces(path),
            _memory(Path(folder)),
        )


def _faster(
    name: str, path: Path, peer: tuple[str, ...], digests: tuple[str, ...], target: float, *, pairs: int = PAIRS
) -> Figure:
    if shutil.which(peer[0]) is None:
        return Figure(name=name, measured=None, target=target, unit="x", note=f"{peer[0]} is not installed")
    ratios = [_timed(lambda: _run(*peer, str(path))) / _timed(lambda: _ours(path, digests)) for _ in range(pairs)]
    note = f"{min(ratios):.2f} to {max(ratios):.2f}"
    return Figure(name=name, measured=statistics.median(ratios), target=target, unit="x", note=note)


def _cost_of_pieces(path: Path) -> Figure:
    costs = [_timed(lambda: _ours(path)) / _timed(lambda: _ours(path, has_pieces=False)) - 1 for _ in range(2 * PAIRS)]
    note = f"{100 * min(costs):.0f} to {100 * max(costs):.0f} %"
    measured = 100 * statistics.median(costs)
    return Figure(name="digests of pieces, of the pass", measured=measured, target=5, unit="%", is_most=True, note=note)


def _memory(folder: Path) -> Figure:
    """Take in 20 GiB of holes with some data, in a process of its own."""
    path = folder / "sparse.raw"
    with path.open("wb") as file:
        file.truncate(SPARSE)
        for place in range(0, SPARSE, SPARSE // 20):
            file.seek(place)
            file.write(b"data")
    seconds = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _SPARSE, str(path), str(folder / "home")], check=True, capture_output=True, text=True
    )
    seconds = time.perf_counter() - seconds
    megabytes = int(done.stdout) / 1024
    name, note = "memory for a sparse file of 20 GiB", f"{seconds:.0f} s"
    return Figure(name=name, measured=megabytes, target=MEMORY_MB, unit="MB", is_most=True, note=note)


def _fill(path: Path) -> None:
    block = Random(1).randbytes(1 << 24)
    with path.open("wb") as file:
        for _ in range(SIZE // len(block)):
            file.write(block)


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _ours(path: Path, digests: tuple[str, ...] = (), *, has_pieces: bool = True) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        medium = FileMedium(descriptor)
        reader = MediumReader(medium, size=medium.size)
        with Hasher() as hasher:
            hasher.digest_stream(reader.fill, names=digests, pieces=PieceDigests() if has_pieces else None)
    finally:
        os.close(descriptor)
