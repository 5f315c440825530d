"""Reading a medium in a process of its own, watched from outside."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from custody.evidence.images.findings import Fault
from custody.evidence.images.job import Finished, Found, Job, Progressed

STALL_SECONDS: Final = 120.0
"""Without progress for so long, a library is taken for one that never ends."""
LINE_BYTES: Final = 256 << 20
"""All that the process may answer: its longest line lists damaged places, of which a container can hold millions."""
_CHILD: Final = ("-P", "-m", "custody.evidence.images.child")
_Line = Progressed | Finished

Report = Callable[[int, int], None]


def read_apart(
    job: Job, *, report: Report | None = None, command: Sequence[str] = (), stall_seconds: float = STALL_SECONDS
) -> Found:
    """Return what a process of its own finds in an image.

    A process that crashes, outgrows its limits or stands still is a finding about the image and not an error: the
    container is evidence whether or not its medium can be read. ``report`` gets bytes done and all.
    """
    with _readable_names(job.paths) as paths:
        process = subprocess.Popen(
            [*(command or (sys.executable, *_CHILD))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert process.stdin is not None, "it was asked for"
            with process.stdin:
                process.stdin.write(msgspec.msgpack.encode(msgspec.structs.replace(job, paths=paths)))
            found = _await(process, report, stall_seconds)
        except BrokenPipeError:
            found = None
        finally:
            process.kill()
            code = process.wait()
            if process.stdout is not None:
                process.stdout.close()
    if isinstance(found, Found):
        return found
    text = found if isinstance(found, str) else f"the process that read it ended: {_how_it_ended(code)}"
    fault = Fault("container-structure", text)
    order = tuple(range(len(job.paths)))
    return Found(order=order, not_read="library-failed", not_read_text=text, faults=(fault,))


def _await(process: subprocess.Popen[bytes], report: Report | None, stall_seconds: float) -> Found | str | None:
    """Return what the process found; a text where it stands still or says too much; nothing where it ended early."""
    assert process.stdout is not None, "it was asked for"
    out, pending = process.stdout.fileno(), bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(out, selectors.EVENT_READ)
        while selector.select(stall_seconds):
            piece = os.read(out, 1 << 16)
            if not piece:
                # What it wrote as its last words has no line feed; give it the time to end by itself.
                process.wait(stall_seconds)
                return None
            pending += piece
            if len(pending) > LINE_BYTES:
                return "the process that read it answered without end"
            while (end := pending.find(b"\n")) >= 0:
                line = _parse(bytes(pending[:end]))
                del pending[: end + 1]
                if isinstance(line, Finished):
                    return line.found
                if line is not None and report is not None:
                    report(line.done, line.total)
    return f"the process that read it made no progress for {stall_seconds:.0f} seconds"


def _parse(raw: bytes) -> _Line | None:
    try:
        line: _Line = msgspec.json.decode(raw, type=_Line)
    except msgspec.DecodeError:
        return None
    return line


def _how_it_ended(code: int) -> str:
    if code < 0:
        return f"signal {signal.Signals(-code).name}"
    return f"exit code {code}"


@contextmanager
def _readable_names(paths: Sequence[bytes]) -> Iterator[tuple[bytes, ...]]:
    """Give the files names that libraries can open: theirs take only UTF-8."""
    try:
        for path in paths:
            path.decode("utf-8")
    except UnicodeDecodeError:
        with tempfile.TemporaryDirectory(prefix="custody-image-") as folder:
            links = tuple(os.fsencode(Path(folder) / f"{number:06d}") for number in range(len(paths)))
            for path, link in zip(paths, links, strict=True):
                os.symlink(os.path.abspath(path), link)
            yield links
    else:
        yield tuple(paths)
