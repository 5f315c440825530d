"""States of a ledger that bundles and letters hold which go along: the new one has to be proven to continue each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from custody.bundle.container import Container, open_container, read_container
from custody.bundle.region import Held
from keys.note import parse_note
from schemas import layout, limits
from schemas.checkpoint import parse_checkpoint
from schemas.errors import RecordError, VerificationError

_ZIP: Final = b"PK\x03\x04"
_DAMAGED: Final = (RecordError, VerificationError)


def sizes_within(paths: Iterable[Path], origin: str) -> frozenset[int]:
    """Return the sizes of all checkpoints of ``origin`` in the bundles at ``paths``, at any depth.

    What is no bundle, or a damaged one, has none: whether it may go along is decided elsewhere.

    Raises:
        StorageError: this machine's disk.
    """
    found = set[int]()
    for path in paths:
        with path.open("rb") as file:
            is_zip = file.read(len(_ZIP)) == _ZIP
        if is_zip:
            with suppress(*_DAMAGED), open_container(path) as container:
                found.update(_sizes(container, origin, limits.INHERITED_DEPTH))
    return frozenset(found)


def _sizes(container: Container, origin: str, depth: int) -> Iterator[int]:
    checkpoint = parse_checkpoint(parse_note(container.read(layout.CHECKPOINT, maximum=limits.NOTE_BYTES)).text)
    if checkpoint.origin == origin:
        yield checkpoint.size
    for name in container.names(layout.INHERITED) if depth else ():
        yield from _sizes(container.nested(name), origin, depth - 1)
    for name in container.names(layout.DOCUMENTS) if depth else ():
        size = container.members[name].size
        raw = container.read(name, maximum=size) if size <= limits.JSON_BYTES else b""
        if raw.startswith(_ZIP):
            with suppress(*_DAMAGED):
                yield from _sizes(read_container(Held(raw)), origin, depth - 1)
