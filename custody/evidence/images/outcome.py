"""What every reader of a medium says in the same way: why it wasn't read, how far it is, what is too large."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Final

from custody.evidence.images.digesting import Tick
from custody.evidence.images.job import Found, Job
from schemas.details.image import NotRead

MEDIUM_BYTES: Final = 1 << 47
"""The largest medium that is read (128 TiB); a header that says more lies."""
SPARSE_FREE: Final = 1 << 40
SPARSE_FACTOR: Final = 1000
"""A medium above 1 TiB that is a thousand times as large as its files is nothing but holes, or a bomb."""

Report = Callable[[int, int], None]
"""Gets the bytes of the medium that were read, and the number of all."""


def unread(job: Job, reason: NotRead, text: str, **more: Any) -> Found:
    """Return that the medium wasn't read, and why, with what is known all the same."""
    return Found(**{"order": tuple(range(len(job.paths))), **more}, not_read=reason, not_read_text=text[:500])


def size_problem(size: int, job: Job) -> str | None:
    """Return in words why a medium of ``size`` bytes isn't read; nothing where it is.

    Raises:
        OSError: a file of the image is gone.
    """
    held = sum(os.stat(path).st_size for path in job.paths)
    if not 0 <= size <= MEDIUM_BYTES:
        return f"it declares {size:,} bytes, expected at most {MEDIUM_BYTES:,}"
    if size > SPARSE_FREE and size > held * SPARSE_FACTOR:
        return f"it declares {size:,} bytes in files of {held:,}"
    return None


def counter(report: Report, total: int) -> Tick:
    """Return what turns pieces into progress."""
    done = 0

    def tick(count: int) -> None:
        nonlocal done
        done += count
        report(done, total)

    return tick


def first_line(error: BaseException) -> str:
    """Return the first words of an error; libraries append a trace of theirs."""
    return (str(error).splitlines() or [type(error).__name__])[0][:300]
