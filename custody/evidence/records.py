"""From what was read to file records: salted, committed to, folded into the content root, spooled when there are many.

Up to `limits.CONTENT_IN_EVENT` records stand in the event itself and their private values in its disclosures; more go
into a manifest, line by line. Pointers start at the record in both, so that a record and its values can move.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import msgspec

from custody.evidence.hashing import FileDigests
from custody.evidence.manifest import Spool
from custody.evidence.sources import Kind
from schemas import canonical, limits, merkle
from schemas import text as texts
from schemas.content import Content, FileRecord, check_path, content_of, path_value
from schemas.pieces import commit_to
from schemas.private import Disclosure, make_disclosure
from schemas.types import UNSET, Private, Unset

_LAST_SECOND = int(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())


class Found(msgspec.Struct, frozen=True):
    """One name in clear: ``digests`` exactly for files that were read, ``target`` for links, ``error`` in words."""

    path: bytes
    kind: Kind
    digests: FileDigests | None = None
    modified_ns: int | None = None
    target: bytes | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Records:
    """All records of an exhibit: ``disclosures`` for those in the event, ``spool`` for those in a manifest."""

    content: Content
    disclosures: tuple[Disclosure, ...]
    spool: Path | None


class Recorder:
    """Takes names in order of raw path bytes and gives the content at the end. Mutable on purpose: an accumulator.

    ``salts`` gives 16 fresh random bytes at each call; ``directory`` is where a spool file may be made.
    """

    def __init__(self, *, salts: Callable[[], bytes], directory: Path) -> None:
        self._salts = salts
        self._directory = directory
        self._first: list[Found] = []
        self._spool: Spool | None = None
        self._leaves = merkle.Frontier()
        self._bytes = 0

    def add(self, found: Found) -> None:
        """Record one more name.

        Raises:
            RecordError: ``content.path`` for a name that no record can hold; ``private.size`` likewise.
            StorageError: ``store.full`` or ``store.failed`` for the spool file.
        """
        check_path(found.path)
        if self._spool is None:
            self._first.append(found)
            if len(self._first) > limits.CONTENT_IN_EVENT:
                self._start_spool()
        else:
            self._write(found, self._spool)

    def finish(self) -> Records:
        """Return the content; the spool file is complete and on disk.

        Raises:
            StorageError: ``store.full`` or ``store.failed`` for the spool file.
        """
        if self._spool is None:
            return self._in_event()
        content = Content(bytes=self._bytes, count=self._leaves.size, root=self._leaves.root().hex())
        return Records(content=content, disclosures=(), spool=self._spool.finish())

    def discard(self) -> None:
        """Remove the spool file of an intake that failed."""
        if self._spool is not None:
            self._spool.discard()

    def _in_event(self) -> Records:
        records: list[FileRecord] = []
        disclosures: list[Disclosure] = []
        for found in self._first:
            record, values = make_record(found, salts=self._salts)
            records.append(record)
            disclosures.extend(values)
        return Records(content=content_of(records), disclosures=tuple(disclosures), spool=None)

    def _start_spool(self) -> None:
        self._spool = Spool(self._directory)
        for found in self._first:
            self._write(found, self._spool)
        self._first.clear()

    def _write(self, found: Found, spool: Spool) -> None:
        record, values = make_record(found, salts=self._salts)
        raw = canonical.encode(record)
        self._leaves.append(merkle.hash_leaf(raw))
        self._bytes += found.digests.size if found.digests else 0
        spool.write_record(raw, [value.text for value in values])


def make_record(found: Found, *, salts: Callable[[], bytes]) -> tuple[FileRecord, tuple[Disclosure, ...]]:
    """Return the record of ``found`` and the disclosures of its private values; their JSON Pointers start at it.

    Raises:
        RecordError: ``private.salt`` or ``private.size``.
    """
    disclosures: list[Disclosure] = []

    def conceal(name: str, value: object) -> Private:
        disclosures.append(make_disclosure(salt=salts(), path=f"/{name}", value=value))
        return disclosures[-1].private

    digests = found.digests
    record = FileRecord(
        digests=UNSET if digests is None else digests.record,
        error=UNSET if found.error is None else conceal("error", found.error),
        modified=_format_modified(found.modified_ns),
        path=conceal("path", path_value(found.path)),
        pieces=UNSET if digests is None or not digests.pieces else commit_to(digests.pieces),
        size=UNSET if digests is None else digests.size,
        target=UNSET if found.target is None else conceal("target", path_value(found.target)),
        # A device is recorded as the one file that it was read as, what is special as a file that was not read.
        type="file" if found.kind == "device" or found.kind == "special" else found.kind,
    )
    return record, tuple(disclosures)


def _format_modified(modified_ns: int | None) -> str | Unset:
    """Return whole seconds in UTC; a time outside of 1970 to 9999, which a record can't hold, is left out."""
    if modified_ns is None:
        return UNSET
    seconds = modified_ns // 1_000_000_000
    if not 0 <= seconds <= _LAST_SECOND:
        return UNSET
    return _format_seconds(seconds)


@lru_cache(maxsize=1024)
def _format_seconds(seconds: int) -> str:
    # What was copied or unpacked together has few different times.
    return texts.format_time(datetime.fromtimestamp(seconds, UTC))
