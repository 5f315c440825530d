"""What the registration says of an image, from what was found in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from custody.evidence.images.findings import Fault
from custody.evidence.images.job import Found
from schemas import canonical, limits
from schemas.details.image import Container

KeepDocument = Callable[[bytes], str]
"""Keeps a document of ours and returns its SHA-256."""
_BRIEF: Final = 2
"""Places and segments in the record of one of several images: a list in an event has an end."""


def describe_image(
    container: Container,
    found: Found,
    *,
    files: Sequence[str],
    missing: Iterable[tuple[int, int]],
    faults: Iterable[Fault],
    keep: KeepDocument,
    is_brief: bool = False,
) -> dict[str, Any]:
    """Return the details of an image in plain values.

    ``files`` are the SHA-256 of its files in order of their names; ``missing`` and ``faults`` what their names and
    bytes say beyond what was found inside. Many places or segments are kept as a document; ``is_brief`` leaves even
    fewer in the record itself, and makes one private value of what the header says.
    """
    room = _BRIEF if is_brief else limits.SPANS_IN_EVENT
    every = {fault.damage for fault in (*faults, *found.faults)}
    is_read = found.not_read is None
    stored = [_describe_stored(name, value, found.digests) for name, value in sorted(found.stored.items())]
    medium = {"digests": found.digests, "sector_size": found.sector_size, "size": found.size}
    return {
        "compression": found.compression,
        "container": container,
        "damage": sorted(every) or None,
        "damaged": describe_spans(found.damaged, keep=keep, room=room),
        "header": _describe_header(found.header, is_brief=is_brief) or None,
        "medium": medium if is_read else None,
        "not_read": found.not_read,
        "readers": [{"name": name, "version": text} for name, text in sorted(found.readers.items())] or None,
        "segments": _describe_segments([files[place] for place in found.order], (*missing, *found.missing), keep, room),
        "stored": stored or None,
        "unreadable": describe_spans(found.unreadable, keep=keep, room=room),
    }


def describe_spans(spans: Iterable[tuple[int, int]], *, keep: KeepDocument, room: int) -> dict[str, Any] | None:
    """Return places, start and length of each, in the form of a record; nothing for none."""
    listed = [{"length": length, "start": start} for start, length in sorted(set(spans))]
    if not listed:
        return None
    document = None
    if len(listed) > room:
        document = keep(b"".join(canonical.encode(span) + b"\n" for span in listed))
    return {
        "count": len(listed),
        "document": document,
        "first": listed[:room],
        "total": sum(span["length"] for span in listed),
    }


def _describe_header(header: Mapping[str, Any], *, is_brief: bool) -> dict[str, Any]:
    if not is_brief or not header:
        return dict(header)
    return {"other": {**header.get("other", {}), **{name: header[name] for name in header if name != "other"}}}


def _describe_segments(
    order: Sequence[str], missing: Iterable[tuple[int, int]], keep: KeepDocument, room: int
) -> dict[str, Any]:
    is_long = len(order) > room
    return {
        "count": len(order),
        "document": keep(b"".join(canonical.encode(sha256) + b"\n" for sha256 in order)) if is_long else None,
        "missing": describe_spans(missing, keep=keep, room=room),
        "order": None if is_long else list(order),
    }


def _describe_stored(name: str, value: str, digests: Mapping[str, str]) -> dict[str, Any]:
    match = digests[name] == value if name in digests else None
    return {"algorithm": name, "match": match, "value": value}
