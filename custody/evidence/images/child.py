"""The process that reads a medium: ``python -m custody.evidence.images.child``, a job on stdin, JSON lines on stdout.

Image libraries are written in C and run on whatever was seized. Here a crash ends this process alone, a bomb meets the
limit of its memory, and an endless loop is seen from outside, as no line comes any more. Nothing is written to disk.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from typing import Final

import msgspec

from custody.evidence.images.job import Finished, Job, Progressed
from custody.evidence.images.medium import read_medium

MEMORY_BYTES: Final = 3 << 30
"""Address space: libewf keeps some 100 bytes for each chunk, 32 KiB of the medium or more."""
_EVERY_SECONDS: Final = 0.2


def main() -> None:
    """Read the job, the image, and write what was found."""
    limit_process()
    out = os.dup(1)
    # What a library prints must not be taken for an answer.
    os.dup2(2, 1)
    job = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Job)
    last = 0.0

    def report(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= _EVERY_SECONDS:
            last = time.monotonic()
            _write(out, Progressed(done=done, total=total))

    _write(out, Finished(found=read_medium(job, report=report)))


def limit_process() -> None:
    """Bound memory, written files and core dumps; allow as many open files as the system does."""
    for what, limit in ((resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        _, most = resource.getrlimit(what)
        wanted = limit if most == resource.RLIM_INFINITY else min(limit, most)
        resource.setrlimit(what, (wanted, wanted))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _write(out: int, line: Progressed | Finished) -> None:
    raw = memoryview(msgspec.json.encode(line) + b"\n")
    while len(raw):
        raw = raw[os.write(out, raw) :]


if __name__ == "__main__":
    main()
