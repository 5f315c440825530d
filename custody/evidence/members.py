"""The records of an exhibit together with what is known of them in clear, from its event or from its manifest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from custody.evidence.manifest import read_manifest
from schemas.content import Content, FileRecord, ManifestLine, path_bytes
from schemas.errors import VerificationError
from schemas.private import Disclosure, parse_disclosure
from schemas.types import Private


@dataclass(frozen=True, slots=True)
class Member:
    """One record, with its raw ``path`` and link ``target``, and why it wasn't read, where they are disclosed."""

    record: FileRecord
    path: bytes | None
    target: bytes | None
    error: str | None = None


def members_of_event(content: Content, disclosures: Mapping[str, Disclosure]) -> Iterator[Member]:
    """Yield the members of an exhibit whose event holds all records; ``disclosures`` by commitment.

    Raises:
        RecordError: ``content.path`` for a disclosed path that is none.
    """
    for record in content.files or ():
        yield _member(record, disclosures)


def members_of_manifest(path: Path, *, content: Content) -> Iterator[Member]:
    """Yield the members of an exhibit from the manifest at ``path``, which must be the one that ``content`` names.

    Raises:
        RecordError, VerificationError, StorageError: as `read_manifest`; ``content.disclosure`` for a disclosure that
            belongs to no private value of its record.
    """
    for line in read_manifest(path, content=content):
        yield _member(line.record, _disclosures_of(line))


def _member(record: FileRecord, disclosures: Mapping[str, Disclosure]) -> Member:
    told = disclosures.get(record.error.commitment) if isinstance(record.error, Private) else None
    return Member(
        record=record,
        path=_reveal(record.path, disclosures),
        target=_reveal(record.target, disclosures),
        error=None if told is None else str(told.value),
    )


def _reveal(value: object, disclosures: Mapping[str, Disclosure]) -> bytes | None:
    found = disclosures.get(value.commitment) if isinstance(value, Private) else None
    return None if found is None else path_bytes(found.value)


def _disclosures_of(line: ManifestLine) -> dict[str, Disclosure]:
    texts = line.disclosures or ()
    found = {disclosure.commitment: disclosure for disclosure in map(parse_disclosure, texts)}
    private = (line.record.path, line.record.target, line.record.error)
    if not found.keys() <= {value.commitment for value in private if isinstance(value, Private)}:
        raise VerificationError("content.disclosure", "expected disclosures of the record beside which they stand")
    return found
