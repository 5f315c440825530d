"""What goes into the process that reads a medium, and what comes out of it."""

from __future__ import annotations

from typing import Any

import msgspec

from custody.evidence.images.findings import Fault
from schemas.details.image import Compression, Container, NotRead


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """An image to be read: its files in order of their names, as raw paths, and the digests wanted beside the usual."""

    container: Container
    paths: tuple[bytes, ...]
    algorithms: tuple[str, ...] = ()


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in an image.

    ``order`` are the places of the files in the order of the medium; ``missing`` runs of segment numbers, first and
    length. ``digests`` and ``size`` stand exactly where the medium was read to its end, else ``not_read``. ``damaged``
    are bytes, start and length, that came out as zeros; ``unreadable`` sectors, first and number, that the acquisition
    couldn't read.
    """

    order: tuple[int, ...]
    missing: tuple[tuple[int, int], ...] = ()
    size: int = 0
    sector_size: int | None = None
    digests: dict[str, str] = {}
    not_read: NotRead | None = None
    not_read_text: str = ""
    compression: Compression | None = None
    header: dict[str, Any] = {}
    stored: dict[str, str] = {}
    damaged: tuple[tuple[int, int], ...] = ()
    unreadable: tuple[tuple[int, int], ...] = ()
    readers: dict[str, str] = {}
    faults: tuple[Fault, ...] = ()


class Progressed(msgspec.Struct, frozen=True, kw_only=True, tag="progress"):
    """So many bytes of the medium were read, of so many."""

    done: int
    total: int


class Finished(msgspec.Struct, frozen=True, kw_only=True, tag="finished"):
    """The last line."""

    found: Found
