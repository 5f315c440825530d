"""What carried orders say is destroyed: values, names of files, files. An order speaks for the exhibits in its `about`.

A value's commitment stands once in a ledger, and a list of names belongs to its content root, so both are destroyed
wherever they stood. A file may belong to several exhibits: it is missing by order from those alone that the order is
about, or one order could excuse what was lost elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from schemas.content import Content, Digests, FileRecord
from schemas.details.record import DisclosureErased
from schemas.entry import ParsedEntry
from schemas.event import ParsedEvent


class Erasures(msgspec.Struct, frozen=True):
    """The first entry that ordered each thing to be destroyed; exhibits by the event hash of their registration."""

    values: Mapping[str, int]
    """By commitment."""
    names: Mapping[str, int]
    """By content root."""
    files: Mapping[tuple[str, str], int]
    """By exhibit and SHA-256."""
    contents: Mapping[tuple[str, str], int]
    """By exhibit and content root."""

    orders: Mapping[str, frozenset[str]]
    """By exhibit: the digests of files."""
    named: frozenset[str]
    """The digests of files that an order about any exhibit names."""

    @property
    def speaks_of_files(self) -> bool:
        """Whether any file of any exhibit was ordered to be destroyed."""
        return bool(self.files or self.contents)

    def value(self, commitment: str) -> int | None:
        """Return the entry that orders the value of an event or a file record to be destroyed, or nothing."""
        return self.values.get(commitment)

    def name(self, root: str, commitment: str) -> int | None:
        """Return the entry that orders a name in the list of a content root to be destroyed, or nothing."""
        return _first(self.values.get(commitment), self.names.get(root))

    def file(self, registration: str, root: str, sha256: str) -> int | None:
        """Return the entry that orders a file of an exhibit to be destroyed, or nothing."""
        return _first(self.files.get((registration, sha256)), self.contents.get((registration, root)))

    def record(self, registration: str, content: Content, record: FileRecord) -> int | None:
        """Return the entry that orders the file of a record to be destroyed, or nothing; also for one without."""
        digests = record.digests
        return self.file(registration, content.root, digests.sha256) if isinstance(digests, Digests) else None


def erasures_of(entries: Mapping[int, ParsedEntry]) -> Erasures:
    """Return what the orders among ``entries`` destroy."""
    return find_erasures((index, entries[index].event) for index in sorted(entries))


def find_erasures(events: Iterable[tuple[int, ParsedEvent]]) -> Erasures:
    """Return what the orders among ``events``, which come in order of index, destroy."""
    values: dict[str, int] = {}
    names: dict[str, int] = {}
    files: dict[tuple[str, str], int] = {}
    contents: dict[tuple[str, str], int] = {}
    for index, event in events:
        details = event.details
        if not isinstance(details, DisclosureErased):
            continue
        for commitment in details.commitments:
            values.setdefault(commitment, index)
        for root in details.names or ():
            names.setdefault(root, index)
        for exhibit in (item.exhibit for item in event.event.about or () if item.exhibit):
            for digest in details.files or ():
                files.setdefault((exhibit, digest), index)
            for root in details.contents or ():
                contents.setdefault((exhibit, root), index)
    orders: dict[str, set[str]] = {}
    for exhibit, digest in files:
        orders.setdefault(exhibit, set()).add(digest)
    told = {exhibit: frozenset(digests) for exhibit, digests in orders.items()}
    return Erasures(values, names, files, contents, told, frozenset(digest for _, digest in files))


def _first(one: int | None, other: int | None) -> int | None:
    found = [index for index in (one, other) if index is not None]
    return min(found, default=None)
