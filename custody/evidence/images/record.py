"""What the registration says of an image, from what was found in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from custody.evidence.images.findings import Fault
from custody.evidence.images.job import Found
from schemas import canonical, limits
from schemas.details.image import Container

KeepDocument = Callable[[bytes], str]
"""Keeps a document of ours and returns its SHA-256."""


def describe_image(
    container: Container,
    found: Found,
    *,
    files: Sequence[str],
    missing: Iterable[tuple[int, int]],
    faults: Iterable[Fault],
    keep: KeepDocument,
) -> dict[str, Any]:
    """Return the details of an image in plain values.

    ``files`` are the SHA-256 of its files in order of their names; ``missing`` and ``faults`` what their names and
    bytes say beyond what was found inside.
    """
    every = {fault.damage for fault in (*faults, *found.faults)}
    is_read = found.not_read is None
    stored = [_describe_stored(name, value, found.digests) for name, value in sorted(found.stored.items())]
    medium = {"digests": found.digests, "sector_size": found.sector_size, "size": found.size}
    return {
        "compression": found.compression,
        "container": container,
        "damage": sorted(every) or None,
        "damaged": describe_spans(found.damaged, keep=keep),
        "header": found.header or None,
        "medium": medium if is_read else None,
        "not_read": found.not_read,
        "readers": [{"name": name, "version": text} for name, text in sorted(found.readers.items())] or None,
        "segments": _describe_segments([files[place] for place in found.order], (*missing, *found.missing), keep),
        "stored": stored or None,
        "unreadable": describe_spans(found.unreadable, keep=keep),
    }


def describe_spans(spans: Iterable[tuple[int, int]], *, keep: KeepDocument) -> dict[str, Any] | None:
    """Return places, start and length of each, in the form of a record; nothing for none."""
    listed = [{"length": length, "start": start} for start, length in sorted(set(spans))]
    if not listed:
        return None
    document = None
    if len(listed) > limits.SPANS_IN_EVENT:
        document = keep(b"".join(canonical.encode(span) + b"\n" for span in listed))
    return {
        "count": len(listed),
        "document": document,
        "first": listed[: limits.SPANS_IN_EVENT],
        "total": sum(span["length"] for span in listed),
    }


def _describe_segments(order: Sequence[str], missing: Iterable[tuple[int, int]], keep: KeepDocument) -> dict[str, Any]:
    is_long = len(order) > limits.SPANS_IN_EVENT
    return {
        "count": len(order),
        "document": keep(b"".join(canonical.encode(sha256) + b"\n" for sha256 in order)) if is_long else None,
        "missing": describe_spans(missing, keep=keep),
        "order": None if is_long else list(order),
    }


def _describe_stored(name: str, value: str, digests: Mapping[str, str]) -> dict[str, Any]:
    match = digests[name] == value if name in digests else None
    return {"algorithm": name, "match": match, "value": value}
