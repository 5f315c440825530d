"""Bytes that a medium didn't give: how a registration records them."""

from __future__ import annotations

from typing import Any

from custody.cli.showing.holdings import Staged
from custody.evidence.intake import Intake
from schemas import canonical, limits


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
