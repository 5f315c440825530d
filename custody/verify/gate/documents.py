"""Which documents an event names: warrants, photos, certificates, by digest (docs/spec/events.md)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from schemas.event import ParsedEvent

DOCUMENT_FIELDS: Final = frozenset(
    {"certificate", "document", "documents", "of", "photos", "photos_after", "photos_before"}
)
"""Fields of details that name documents by digest."""


def documents_of(event: ParsedEvent) -> Iterator[str]:
    """Yield the digests of the documents that an event names."""
    yield from _named(msgspec.json.decode(bytes(event.event.details)))


def _named(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key in DOCUMENT_FIELDS:
                yield from [item] if isinstance(item, str) else item
            else:
                yield from _named(item)
    elif isinstance(value, list):
        for item in value:
            yield from _named(item)
