"""What lies in a ledger's home, and how one is recognised; this module opens no database, so any command may ask.

custody.json      {"format":2,"origin":"evidence.police.example/main","schema":"custody-home/v1"}
ledger.db         entries, tiles, checkpoints, and rows that can be rebuilt from them
disclosures.db    private values, and who received them
documents/        warrants, photos, certificates, and of each bundle its payload manifest and bundle.json, by digest
drafts/           events that wait for signatures
evidence/         files of evidence, by digest
inherited/        bundles with which exhibits of other ledgers came, without their files
keys/             the ledger's own keys: of the log, and of the agent system
locations/        where evidence lies that was left in place
manifests/        file records of exhibits with more than 16 files
before-rebuild-*  databases as they were before their rows were made anew from the entries
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Final, Literal

from msgspec import Meta

from schemas import canonical
from schemas.errors import StorageError
from schemas.types import Origin, Record

HOME_FILE: Final = "custody.json"
LEDGER_FILE: Final = "ledger.db"
DISCLOSURES_FILE: Final = "disclosures.db"
DOCUMENTS: Final = "documents"
DRAFTS: Final = "drafts"
EVIDENCE: Final = "evidence"
INHERITED: Final = "inherited"
KEYS: Final = "keys"
LOCATIONS: Final = "locations"
MANIFESTS: Final = "manifests"
FOLDERS: Final = (DOCUMENTS, DRAFTS, EVIDENCE, INHERITED, KEYS, LOCATIONS, MANIFESTS)

_BYTES: Final = 1024
_FORMAT: Final = 2


class HomeRecord(Record, frozen=True, kw_only=True):
    """``custody.json``: whose home it is, and in which form things lie in it."""

    SCHEMA: ClassVar[str] = "custody-home/v1"

    format: Annotated[int, Meta(ge=1, le=1_000_000)]
    origin: Origin
    schema: Literal["custody-home/v1"] = "custody-home/v1"


def is_home(folder: Path) -> bool:
    """Tell whether ``folder`` looks like the home of a ledger."""
    return (folder / HOME_FILE).is_file() and (folder / LEDGER_FILE).is_file()


def find_home(start: Path) -> Path | None:
    """Return the nearest home at or above ``start``, an absolute path, as git finds its repository."""
    return next((folder for folder in (start, *start.parents) if is_home(folder)), None)


def is_kept(path: Path) -> bool:
    """Tell whether a path within a home is one of the ledger's own; who works in the home may write beside them, and
    into the folder of drafts.
    """
    first = path.parts[0]
    return first in {HOME_FILE, *FOLDERS} - {DRAFTS} or first.startswith((LEDGER_FILE, DISCLOSURES_FILE))


def format_home(origin: str) -> bytes:
    """Return ``custody.json`` of a new home."""
    return canonical.encode(HomeRecord(format=_FORMAT, origin=origin))


def parse_home(raw: bytes) -> HomeRecord:
    """Return what ``custody.json`` says.

    Raises:
        RecordError: ``record.*``.
    """
    return canonical.decode(raw, HomeRecord, maximum=_BYTES)


def read_home(folder: Path) -> HomeRecord:
    """Return what the home in ``folder`` says of itself.

    Raises:
        StorageError: ``home.absent``, ``home.unreadable``, ``home.newer`` where a later release made it, ``home.older``
            where an earlier one did whose tables were others.
    """
    path = folder / HOME_FILE
    try:
        # What is no file, such as a pipe, would be waited for.
        if not path.is_file():
            raise StorageError("home.absent", f"expected the home of a ledger in {folder}, found none")
        with path.open("rb") as file:
            raw = file.read(_BYTES + 1)
    except OSError as error:
        raise StorageError("home.unreadable", f"expected to read {path}, found: {error.strerror}") from None
    record = parse_home(raw)
    if record.format < _FORMAT:
        text = f"expected a home of format {_FORMAT}, found {record.format} in {path}"
        hint = "its release still reads it: make bundles with that, and register anew what goes on"
        raise StorageError("home.older", text, hint=hint)
    if record.format != _FORMAT:
        text = f"expected a home of format {_FORMAT}, found {record.format} in {path}"
        raise StorageError("home.newer", text, hint="use a newer release")
    return record
