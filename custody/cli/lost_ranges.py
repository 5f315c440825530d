"""Bytes that a medium didn't give: how a registration records them, and how a later check knows them again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from custody.cli.holdings import Holdings, Staged
from custody.evidence.intake import Intake
from schemas import canonical, limits
from schemas.content import Extent
from schemas.details.exhibit import ExhibitRegistered, Lost, LostRange
from schemas.errors import CustodyError


def lost_details(intake: Intake, staged: Staged) -> dict[str, Any] | None:
    """Return the field ``lost`` of a registration, or nothing where all was read; a long list is staged as a document.

    Raises:
        StorageError: as the store does.
    """
    ranges = [
        {"file": sha256, "offset": item.offset, "size": item.size}
        for sha256, extents in sorted(intake.unread)
        for item in extents
    ]
    if not ranges:
        return None
    total = sum(item.size for _, extents in intake.unread for item in extents)
    if len(ranges) <= limits.EXTENTS:
        return {"bytes": total, "ranges": ranges}
    return {
        "bytes": total,
        "document": staged.document_bytes(b"".join(canonical.encode(row) + b"\n" for row in ranges)),
    }


def known_losses(details: object, holdings: Holdings) -> Mapping[str, list[Extent]]:
    """Return the ranges that a registration says were lost, by SHA-256 of the file; a list that is gone counts as none.

    Raises:
        RecordError: for a document that is no such list.
    """
    found: dict[str, list[Extent]] = {}
    if not isinstance(details, ExhibitRegistered) or not isinstance(details.lost, Lost):
        return found
    rows = details.lost.ranges if isinstance(details.lost.ranges, tuple) else ()
    if isinstance(details.lost.document, str):
        try:
            raw = holdings.documents.get(details.lost.document).read_bytes()
        except (CustodyError, OSError):
            return found
        rows = tuple(canonical.decode(line, LostRange, maximum=limits.MANIFEST_LINE) for line in raw.split(b"\n")[:-1])
    for row in rows:
        found.setdefault(row.file, []).append(Extent(offset=row.offset, size=row.size))
    return found
