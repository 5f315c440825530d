"""Ranges that could not be read when an exhibit was registered: they may be unreadable still, and no others."""

from __future__ import annotations

from collections.abc import Mapping

from custody.evidence.store import EvidenceStore
from schemas import canonical, limits
from schemas.content import Extent
from schemas.details.exhibit import Lost, LostRange
from schemas.errors import CustodyError


def known_losses(lost: object, *, documents: EvidenceStore | None) -> Mapping[str, list[Extent]]:
    """Return what the field ``lost`` of a registration says, by SHA-256 of the file; a list that is gone says nothing.

    Raises:
        RecordError: for a document that is no such list.
    """
    found: dict[str, list[Extent]] = {}
    if not isinstance(lost, Lost):
        return found
    rows = lost.ranges or ()
    if isinstance(lost.document, str) and documents is not None:
        rows = _read_list(lost.document, documents)
    for row in rows:
        found.setdefault(row.file, []).append(Extent(offset=row.offset, size=row.size))
    return found


def _read_list(sha256: str, documents: EvidenceStore) -> tuple[LostRange, ...]:
    try:
        raw = documents.get(sha256).read_bytes()
    except (CustodyError, OSError):
        return ()
    return tuple(canonical.decode(line, LostRange, maximum=limits.MANIFEST_LINE) for line in raw.split(b"\n")[:-1])
