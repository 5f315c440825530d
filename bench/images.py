"""An E01 of 256 MiB: its medium read and hashed, against ewfverify on the same image, pair by pair.

Where ewfverify isn't installed, against the least that it does: each chunk unpacked by zlib and its MD5, on one core.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import tempfile
import time
import zlib
from hashlib import md5
from pathlib import Path
from random import Random

from bench.figure import Figure
from custody.evidence.images.ewf import read_structure
from custody.evidence.images.ewf_chunks import Chunks
from custody.evidence.images.job import Job
from custody.evidence.images.supervise import read_apart
from tests.evidence.images.forge_ewf import CHUNK_BYTES, forge

SIZE = 1 << 28
PAIRS = 3
TARGET = 0.9


def run() -> tuple[Figure, ...]:
    """Read the medium both ways in turn, from the page cache, and return the median ratio of speeds."""
    peer = shutil.which("ewfverify")
    with tempfile.TemporaryDirectory() as folder:
        (path,) = forge(_medium()).write(Path(folder))
        ratios = [(_ewfverify(path) if peer else _floor(path)) / _ours(path) for _ in range(PAIRS)]
    against = "ewfverify" if peer else "zlib and MD5 on one core; ewfverify is not installed"
    return (
        Figure(
            name="E01 medium of 256 MiB, read and hashed",
            measured=statistics.median(ratios),
            target=TARGET,
            unit="x",
            note=f"{min(ratios):.2f} to {max(ratios):.2f}, against {against}",
        ),
    )


def _medium() -> bytes:
    """Return a disk as disks are: a quarter noise, a quarter empty, half of it packs well."""
    source = Random(1)
    words = [source.randbytes(source.randrange(3, 9)) for _ in range(4000)]
    kinds = [source.randbytes(CHUNK_BYTES), bytes(CHUNK_BYTES)]
    kinds += [b"".join(source.choices(words, k=9000))[:CHUNK_BYTES].ljust(CHUNK_BYTES) for _ in range(2)]
    return b"".join(kinds) * (SIZE // CHUNK_BYTES // len(kinds))


def _ewfverify(path: Path) -> float:
    start = time.perf_counter()
    subprocess.run(["ewfverify", "-q", str(path)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def _ours(path: Path) -> float:
    """Time the whole of it: the process, the structure, every digest, the samples that libewf reads as well."""
    start = time.perf_counter()
    found = read_apart(Job(container="ewf-e01", paths=(os.fsencode(path),)))
    assert found.not_read is None, found.not_read_text
    return time.perf_counter() - start


def _floor(path: Path) -> float:
    start = time.perf_counter()
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
    return time.perf_counter() - start
