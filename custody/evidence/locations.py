"""Where the files of an exhibit lie that were left in place, so that they can be found and checked again.

    <base>/<event hash of the registration>.json
    {"schema":"custody-location/v1","sources":[{"kind":"directory","path":"/cases/17/disk","prefix":""}]}

This is bookkeeping of one machine, outside of everything signed: a file that was moved is recorded anew.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Final, Literal

from custody.evidence import left_over
from custody.evidence.disk import as_storage_error, disk_errors, sync_directory
from custody.evidence.sources import Kind, Source
from schemas import canonical, limits, text
from schemas.content import path_bytes, path_value
from schemas.types import Record

SCHEMA: Final = "custody-location/v1"


class _Place(Record, frozen=True, kw_only=True):
    """One source; raw paths as `schemas.content.path_value` writes them."""

    kind: Kind
    path: Any
    prefix: Any


class _Location(Record, frozen=True, kw_only=True):
    """The sources of one exhibit."""

    SCHEMA: ClassVar[str] = SCHEMA

    schema: Literal["custody-location/v1"]
    sources: tuple[_Place, ...]


class Locations:
    """A directory with one small file for each exhibit that was left in place."""

    def __init__(self, base: Path) -> None:
        self._base = base

    def record(self, registration: str, sources: Sequence[Source]) -> None:
        """Keep where an exhibit lies, durably, in place of what was known before; ``registration`` is its event hash.

        Raises:
            RecordError: ``text.hex`` unless ``registration`` is 64 lower-case hex digits.
            StorageError: ``store.full`` or ``store.failed``.
        """
        target = self._path(registration)
        places = tuple(
            _Place(kind=source.kind, path=path_value(source.path), prefix=path_value(source.prefix))
            for source in sources
        )
        raw = canonical.encode(_Location(schema=SCHEMA, sources=places))
        with disk_errors("keeping where the evidence lies"):
            self._base.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(target, raw)

    def find(self, registration: str) -> tuple[Source, ...] | None:
        """Return where an exhibit lies; nothing if it wasn't left in place on this machine.

        Raises:
            RecordError: ``text.hex`` as above; the code of the layer that refused a damaged file.
            StorageError: ``store.failed``.
        """
        path = self._path(registration)
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise as_storage_error(error, "reading where the evidence lies") from None
        location = canonical.decode(raw, _Location, maximum=limits.JSON_BYTES)
        return tuple(
            Source(prefix=path_bytes(place.prefix), path=path_bytes(place.path), kind=place.kind)
            for place in location.sources
        )

    def _path(self, registration: str) -> Path:
        text.parse_hex(registration, size=32)
        return self._base / f"{registration}.json"


def write_whole(target: Path, raw: bytes) -> None:
    """Write a file that is there as a whole or not at all, whatever happens."""
    fd, name = left_over.begin(target.parent, left_over.NEW)
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise
    sync_directory(target.parent)
