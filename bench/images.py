"""An E01 of 256 MiB: its medium read and hashed, against ewfverify on the same image, pair by pair.

The image stores an MD5 and a SHA-1, as many do. ewfverify leaves the second alone unless it is told to compute it, so
it is told: then both programs compare whatever the image stores, and ours adds SHA-256 and BLAKE3. Where ewfverify
isn't installed, against the least that it does: each chunk unpacked by zlib and its MD5, on one core.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from hashlib import md5
from multiprocessing import get_context
from pathlib import Path
from random import Random

from bench.figure import Figure
from custody.evidence.images.ewf import read_structure
from custody.evidence.images.ewf_chunks import Chunks
from custody.evidence.images.job import Job
from custody.evidence.images.supervise import read_apart
from tests.evidence.images.forge_ewf import CHUNK_BYTES, forge

SIZE = 1 << 28
PAIRS = 5
TARGET = 0.9


def run() -> tuple[Figure, ...]:
    """Return the median ratio of speeds. Making the image takes a gigabyte, which a process of its own takes along:
    else every child of this one would seem to need as much.
    """
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(_measure).result()


def _measure() -> tuple[Figure, ...]:
    """Read the medium both ways in turn, from the page cache."""
    peer = _ewfverify if shutil.which("ewfverify") else _floor
    with tempfile.TemporaryDirectory() as folder:
        (path,) = forge(_medium()).write(Path(folder))
        for measure in (peer, _ours):
            measure(path)
        pairs = [(_timed(peer, path), _timed(_ours, path)) for _ in range(PAIRS)]
    ratios = [theirs.wall / ours.wall for theirs, ours in pairs]
    cpu = statistics.median(theirs.cpu / ours.cpu for theirs, ours in pairs)
    against = "ewfverify -d sha1" if peer is _ewfverify else "zlib and MD5 on one core; ewfverify is not installed"
    return (
        Figure(
            name="E01 medium of 256 MiB, read and hashed",
            measured=statistics.median(ratios),
            target=TARGET,
            unit="x",
            note=f"{min(ratios):.2f} to {max(ratios):.2f}, by processor time {cpu:.2f}, against {against}",
        ),
    )


@dataclass(frozen=True, slots=True)
class _Taken:
    """Seconds that passed, and seconds of all cores together."""

    wall: float
    cpu: float


def _timed(measure: Callable[[Path], None], path: Path) -> _Taken:
    start, cpu = time.perf_counter(), _cpu()
    measure(path)
    return _Taken(time.perf_counter() - start, _cpu() - cpu)


def _cpu() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)


def _medium() -> bytes:
    """Return a disk as disks are: a quarter noise, a quarter empty, half of it packs well."""
    source = Random(1)
    words = [source.randbytes(source.randrange(3, 9)) for _ in range(4000)]
    kinds = [source.randbytes(CHUNK_BYTES), bytes(CHUNK_BYTES)]
    kinds += [b"".join(source.choices(words, k=9000))[:CHUNK_BYTES].ljust(CHUNK_BYTES) for _ in range(2)]
    return b"".join(kinds) * (SIZE // CHUNK_BYTES // len(kinds))


def _ewfverify(path: Path) -> None:
    """Run it; it ends with an error where a stored hash doesn't match."""
    command = ["ewfverify", "-q", "-d", "sha1", str(path)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _ours(path: Path) -> None:
    """Do the whole of it: the process, the structure, every digest, the samples that libewf reads as well."""
    found = read_apart(Job(container="ewf-e01", paths=(os.fsencode(path),)))
    assert found.not_read is None, found.not_read_text
    assert set(found.stored) == {"md5", "sha1"}, "the image stores both"
    assert all(found.digests[name] == value for name, value in found.stored.items()), "forged whole"


def _floor(path: Path) -> None:
    digest = md5(usedforsecurity=False)
    with path.open("rb", buffering=0) as file:
        structure = read_structure([file.fileno()])
        assert structure.geometry is not None, "forged whole"
        for segment, batch in Chunks(structure, structure.geometry).batches():
            first = batch[0].start
            raw = os.pread(segment.fd, batch[-1].end - first, first)
            for chunk in batch:
                stored = raw[chunk.start - first : chunk.end - first]
                digest.update(zlib.decompress(stored, 15, chunk.size) if chunk.is_compressed else stored[:-4])
