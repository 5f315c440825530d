"""Which files stand in registrations, which documents an event names (warrants, photos, certificates), and which of
them this side put to a request: what the gate compares.

A document of a letter that is a file of an exhibit is evidence that leaves, whatever it is called (law row C10). Only a
whole ledger can tell: a bundle carries some exhibits of many.
"""

from __future__ import annotations

from binascii import unhexlify
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from schemas.content import Content, Digests, FileRecord
from schemas.details.exhibit import ExhibitRegistered
from schemas.details.image import Image, Medium
from schemas.event import ParsedEvent
from schemas.subject import Subject
from schemas.types import UNSET, Private, Record, is_set

_BYTES: Final = 32


def content_root(details: object) -> str | None:
    """Return the root of the content of which an exhibit's first act speaks; nothing for another act, or a thing."""
    content = details.content if isinstance(details, ExhibitRegistered) else None
    return content.root if isinstance(content, Content) else None


def files_in(content: object) -> tuple[FileRecord, ...]:
    """Return the file records that stand in an event itself; none where they are in a list, or there is no content."""
    return content.files if isinstance(content, Content) and isinstance(content.files, tuple) else ()


def names_of(record: FileRecord) -> Iterator[str]:
    """Yield the commitments of a file record."""
    for value in (record.path, record.target, record.error):
        if isinstance(value, Private):
            yield value.commitment


def digests_of(details: Record) -> Iterator[str]:
    """Yield what a registration says in clear of an exhibit's bytes: the SHA-256 of each file of up to 16 that isn't
    empty, of each image's segments and medium, and the content root.
    """
    if not isinstance(details, ExhibitRegistered) or not isinstance(details.content, Content):
        return
    yield details.content.root
    for item in files_in(details.content):
        if isinstance(item.digests, Digests) and item.size:
            yield item.digests.sha256
    for image in images_of(details):
        yield from image.segments.order or ()
        if isinstance(image.medium, Medium) and image.medium.size:
            yield image.medium.digests.sha256


def images_of(details: ExhibitRegistered) -> tuple[Image, ...]:
    """Return the images of an exhibit, the first one first."""
    return (details.image, *(details.further_images or ())) if isinstance(details.image, Image) else ()


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


def own_documents(parsed: ParsedEvent) -> Iterator[str]:
    """Yield the documents that an event names, unless it repeats what was read in a letter of the other side."""
    if not is_set(getattr(parsed.details, "origin", UNSET)):
        yield from documents_of(parsed)


class Contents:
    """What is remembered of the events of a whole ledger, or of a transaction. Mutable; 32 bytes for each digest."""

    __slots__ = ("_digests", "_documents")

    def __init__(self) -> None:
        self._digests: dict[str, bytes] = {}
        self._documents: dict[str, dict[str, None]] = {}

    def add(self, parsed: ParsedEvent, subjects: Iterable[Subject]) -> None:
        """Take in an event that the rules took."""
        # Most events are no registrations.
        if isinstance(parsed.details, ExhibitRegistered):
            digests = b"".join(map(unhexlify, digests_of(parsed.details)))
            if digests:
                self._digests[parsed.hash] = digests
        for subject in subjects:
            if subject[0] == "request":
                self._documents.setdefault(subject[1], {}).update(dict.fromkeys(own_documents(parsed)))

    def registrations(self, digest: str) -> list[str]:
        """Return the event hashes of the registrations that hold ``digest``, in ledger order."""
        wanted = unhexlify(digest)
        held = ((registration, raw) for registration, raw in self._digests.items() if wanted in raw)
        return [
            registration
            for registration, raw in held
            if any(raw[place : place + _BYTES] == wanted for place in range(0, len(raw), _BYTES))
        ]

    def files(self) -> Iterator[tuple[str, list[str]]]:
        """Yield, in ledger order, the event hash of each registration with its digests, the content root first."""
        for registration in self._digests:
            yield registration, self.of(registration)

    def of(self, registration: str) -> list[str]:
        """Return the digests of one registration, the content root first."""
        raw = self._digests.get(registration, b"")
        return [raw[at : at + _BYTES].hex() for at in range(0, len(raw), _BYTES)]

    def documents(self, request: str) -> tuple[str, ...]:
        """Return the documents that this side put to a request, each once."""
        return tuple(self._documents.get(request, ()))
