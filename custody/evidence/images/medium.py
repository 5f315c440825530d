"""Reading the medium inside a container, whatever its kind; runs in a process of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any, Final

from custody.evidence.images.digesting import digest_pieces
from custody.evidence.images.ewf_medium import read_ewf
from custody.evidence.images.findings import Fault
from custody.evidence.images.job import Found, Job
from custody.evidence.images.libraries import NotReadable, Opened, import_library, open_vhd, open_vmdk
from custody.evidence.images.outcome import MEDIUM_BYTES, Report, counter, first_line, size_problem, unread
from custody.evidence.images.qcow import open_qcow

_READ: Final = 1 << 20
_LIBRARIES: Final[dict[str, tuple[str, Callable[[Any, Sequence[Any]], Opened]]]] = {
    "qcow2": ("libqcow", open_qcow),
    "vhd": ("libvhdi", open_vhd),
    "vhdx": ("libvhdi", open_vhd),
    "vmdk": ("libvmdk", open_vmdk),
}


def read_medium(job: Job, *, report: Report) -> Found:
    """Return what is in an image and its medium.

    Raises:
        OSError: its files can't be opened.
    """
    match job.container:
        case "raw" | "split-raw":
            return _read_raw(job, report)
        case "ewf-e01" | "ewf-s01" | "ewf-ex01":
            return read_ewf(job, report=report)
        case "qcow2" | "vhd" | "vhdx" | "vmdk":
            return _read_virtual(job, report)
        case _:
            return unread(job, "unsupported", "no kept library reads its medium")


def _read_raw(job: Job, report: Report) -> Found:
    total = sum(os.stat(path).st_size for path in job.paths)

    def pieces() -> Iterator[bytes]:
        for path in job.paths:
            with open(path, "rb", buffering=0) as file:
                while piece := file.read(_READ):
                    yield piece

    digests, size = digest_pieces(pieces(), algorithms=job.algorithms, tick=counter(report, total))
    return Found(order=tuple(range(len(job.paths))), size=size, digests=digests)


def _read_virtual(job: Job, report: Report) -> Found:
    name, open_image = _LIBRARIES[job.container]
    module = import_library(name)
    if module is None:
        return unread(job, "library-absent", f"{name} is not installed")
    readers = {name: str(module.get_version())}
    with ExitStack() as stack:
        files = [stack.enter_context(open(path, "rb", buffering=0)) for path in job.paths]
        try:
            image = open_image(module, files)
            too_large = size_problem(image.size, job)
            if too_large is not None:
                faults = (Fault("container-structure", too_large),) if image.size > MEDIUM_BYTES else ()
                return unread(job, "too-large", too_large, readers=readers, faults=faults)
            tick = counter(report, image.size)
            digests, size = digest_pieces(image.pieces(), algorithms=job.algorithms, tick=tick)
        except NotReadable as error:
            return unread(job, error.reason, str(error), readers=readers)
        except (OSError, RuntimeError, MemoryError) as error:
            fault = Fault("container-structure", first_line(error))
            return unread(job, "library-failed", first_line(error), readers=readers, faults=(fault,))
        if size != image.size:
            fault = Fault("medium-short", f"{size:,} of {image.size:,} bytes are there")
            return unread(job, "damaged", fault.text, readers=readers, faults=(fault,))
    order = tuple(range(len(job.paths)))
    return Found(order=order, size=size, sector_size=image.sector_size, digests=digests, readers=readers)
