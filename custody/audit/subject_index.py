"""Every subject counted again: its entries, its value, and the index over all of them at each export."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter, itemgetter

from custody.audit.table_rows import Row, TableRows
from custody.ledger.store import SubjectEntry
from custody.ledger.tiles import HASH_BYTES
from custody.ledger.trie import SubjectTrie
from schemas.merkle import Frontier
from schemas.subject import Subject, SubjectValue, encode_subject, subject_key


@dataclass(slots=True, eq=False)
class Tallied:
    """One subject: its key, the indexes of its entries, and as a frontier the leaf hashes of the first of them."""

    key: bytes
    indexes: array[int] = field(default_factory=lambda: array("Q"))
    frontier: Frontier = field(default_factory=Frontier)


@dataclass(frozen=True, slots=True)
class Difference:
    """Rows of a subject that are not what the entries give; ``index`` is the first entry where they part."""

    subject: str
    index: int
    text: str


class SubjectIndex:
    """Grows with the replay. Mutable: lives as long as one audit. 100,000 subjects take about 60 MB."""

    def __init__(self) -> None:
        self._tallied: dict[Subject, Tallied] = {}
        self._changed: set[Tallied] = set()
        self._trie = SubjectTrie()
        self._leaves = bytearray()

    def add(self, subjects: tuple[Subject, ...], leaf: bytes, index: int) -> None:
        """Add the entry at ``index`` to its subjects."""
        gap = index * HASH_BYTES - len(self._leaves)
        if gap:
            # Of entries that are gone, which no subject asks for.
            self._leaves += bytes(gap)
        self._leaves += leaf
        for subject in subjects:
            known = self._tallied.get(subject)
            if known is None:
                known = self._tallied[subject] = Tallied(subject_key(subject))
            known.indexes.append(index)
            self._changed.add(known)

    def root(self) -> bytes:
        """Return the root over all subjects so far (formats, completeness)."""
        for known in self._changed:
            for index in known.indexes[known.frontier.size :]:
                known.frontier.append(self._leaf(index))
            self._trie.put(known.key, SubjectValue(known.frontier.size, known.frontier.root()))
        self._changed.clear()
        return self._trie.root()

    def names(self) -> list[tuple[bytes, str]]:
        """Return key and name of each subject, in order of the keys."""
        return sorted((known.key, encode_subject(subject).decode()) for subject, known in self._tallied.items())

    def places(self) -> Iterator[SubjectEntry]:
        """Yield the entries of each subject, in order of the keys."""
        for known in sorted(self._tallied.values(), key=attrgetter("key")):
            yield from self._places(known)

    def differences(self, rows: TableRows) -> Iterator[Difference]:
        """Yield where the subjects of the database are not those of the entries.

        Raises:
            Unreadable: at a damaged page.
        """
        by_key = {known.key: (subject, known) for subject, known in self._tallied.items()}
        yield from self._differing_names(rows, by_key)
        yield from self._differing_entries(rows, by_key)

    def _differing_names(self, rows: TableRows, by_key: dict[bytes, tuple[Subject, Tallied]]) -> Iterator[Difference]:
        missing = dict(by_key)
        for key, text in rows.scan("subject", "key", "subject", by="key"):
            found = missing.pop(key, None)
            if found is None:
                yield Difference(str(text), -1, "expected no such subject in the index, found one")
            elif text != (name := encode_subject(found[0]).decode()):
                yield Difference(name, found[1].indexes[0], "expected the name of the subject, found another")
        for subject, known in missing.values():
            name = encode_subject(subject).decode()
            yield Difference(name, known.indexes[0], f"expected the subject {name} in the index, found none")

    def _differing_entries(self, rows: TableRows, by_key: dict[bytes, tuple[Subject, Tallied]]) -> Iterator[Difference]:
        missing = dict(by_key)
        columns = ("key", "position", "entry_index", "frontier")
        for key, places in groupby(rows.scan("subject_entry", *columns, by="key, position"), key=itemgetter(0)):
            found = missing.pop(key, None)
            if found is None:
                yield Difference(_shown(key), -1, "expected no such subject, found entries of one")
                continue
            subject, known = found
            # One subject at a time: the rows of all of them would take too much memory.
            index = self._first_difference(known, list(places))
            if index is not None:
                text = f"expected {len(known.indexes)} entries, each with what it adds up to, found others"
                yield Difference(encode_subject(subject).decode(), index, text)
        for subject, known in missing.values():
            name = encode_subject(subject).decode()
            yield Difference(name, known.indexes[0], f"expected {len(known.indexes)} entries, found none")

    def _first_difference(self, known: Tallied, found: list[Row]) -> int | None:
        """Return the entry at which the rows of a subject part from its entries, or nothing."""
        indexes = known.indexes
        for place, row in zip(self._places(known), found, strict=False):
            if row != place:
                return place.entry_index
        return None if len(indexes) == len(found) else indexes[min(len(indexes) - 1, len(found))]

    def _places(self, known: Tallied) -> Iterator[SubjectEntry]:
        frontier = Frontier()
        for position, index in enumerate(known.indexes):
            frontier.append(self._leaf(index))
            yield SubjectEntry(known.key, position, index, frontier.to_bytes())

    def _leaf(self, index: int) -> bytes:
        return bytes(self._leaves[index * HASH_BYTES : (index + 1) * HASH_BYTES])


def _shown(key: object) -> str:
    return key.hex() if isinstance(key, bytes) else repr(key)[:80]
