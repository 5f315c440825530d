"""States of a ledger in bundles, letters and receipts that go along: the new one has to be proven to continue each."""

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
from schemas.receipt import parse_receipt

_ZIP: Final = b"PK\x03\x04"
_DAMAGED: Final = (RecordError, VerificationError)


def sizes_within(paths: Iterable[Path], origin: str) -> frozenset[int]:
    """Return the sizes of all checkpoints of ``origin`` in the bundles and receipts at ``paths``, at any depth.

    What is neither, or a damaged one, has none: whether it may go along is decided elsewhere.

    Raises:
        StorageError: this machine's disk.
    """
    found = set[int]()
    for path in paths:
        with path.open("rb") as file:
            start = file.read(len(_ZIP))
        with suppress(*_DAMAGED):
            if start == _ZIP:
                with open_container(path) as container:
                    found.update(_sizes(container, origin, limits.INHERITED_DEPTH))
            elif start.startswith(b"{") and path.stat().st_size <= limits.JSON_BYTES:
                found.update(_receipt_sizes(path.read_bytes(), origin))
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
        with suppress(*_DAMAGED):
            if raw.startswith(_ZIP):
                yield from _sizes(read_container(Held(raw)), origin, depth - 1)
            elif raw.startswith(b"{"):
                yield from _receipt_sizes(raw, origin)


def _receipt_sizes(raw: bytes, origin: str) -> Iterator[int]:
    for item in parse_receipt(raw):
        if item.proof.checkpoint.origin == origin:
            yield item.proof.checkpoint.size
