"""Every subject counted again: its entries, its value, and the index over all of them at each export."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from custody.audit.table_rows import TableRows
from custody.ledger.trie import SubjectTrie
from schemas.merkle import Frontier
from schemas.subject import Subject, SubjectValue, encode_subject, subject_key


@dataclass(slots=True)
class Tallied:
    """One subject: its key, the leaf hashes of its entries as a frontier, and their indexes."""

    key: bytes
    frontier: Frontier = field(default_factory=Frontier)
    indexes: array[int] = field(default_factory=lambda: array("Q"))


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
        self._changed: set[Subject] = set()
        self._trie = SubjectTrie()

    def add(self, subjects: tuple[Subject, ...], leaf: bytes, index: int) -> None:
        """Add the entry at ``index`` to its subjects."""
        for subject in subjects:
            known = self._tallied.get(subject)
            if known is None:
                known = self._tallied[subject] = Tallied(subject_key(subject))
            known.frontier.append(leaf)
            known.indexes.append(index)
        self._changed.update(subjects)

    def root(self) -> bytes:
        """Return the root over all subjects so far (formats, completeness)."""
        for subject in self._changed:
            known = self._tallied[subject]
            self._trie.put(known.key, SubjectValue(known.frontier.size, known.frontier.root()))
        self._changed.clear()
        return self._trie.root()

    def differences(self, rows: TableRows) -> Iterator[Difference]:
        """Yield where the subjects of the database are not those of the entries.

        Raises:
            Unreadable: at a damaged page.
        """
        by_key = {known.key: (subject, known) for subject, known in self._tallied.items()}
        yield from self._differing_values(rows, by_key)
        yield from self._differing_entries(rows, by_key)

    def _differing_values(self, rows: TableRows, by_key: dict[bytes, tuple[Subject, Tallied]]) -> Iterator[Difference]:
        missing = dict(by_key)
        for key, text, size, frontier in rows.scan("subject", "key", "subject", "size", "frontier", by="key"):
            found = missing.pop(key, None)
            if found is None:
                yield Difference(str(text), -1, "expected no such subject in the index, found one")
                continue
            subject, known = found
            expected = (encode_subject(subject).decode(), known.frontier.size, known.frontier.to_bytes())
            if (text, size, frontier) != expected:
                text = f"expected {expected[1]} entries in the index, found {size}, or others"
                yield Difference(expected[0], known.indexes[-1], text)
        for subject, known in missing.values():
            name = encode_subject(subject).decode()
            yield Difference(name, known.indexes[0], f"expected the subject {name} in the index, found none")

    def _differing_entries(self, rows: TableRows, by_key: dict[bytes, tuple[Subject, Tallied]]) -> Iterator[Difference]:
        found: dict[bytes, array[int]] = {key: array("Q") for key in by_key}
        for key, position, index in rows.scan("subject_entry", "key", "position", "entry_index", by="key, position"):
            places = found.get(key)
            if places is None or position != len(places) or index < 0:
                yield Difference(key.hex(), index, "expected no such place in a subject, found one")
            else:
                places.append(index)
        for key, places in found.items():
            subject, known = by_key[key]
            if places != known.indexes:
                name = encode_subject(subject).decode()
                index = _first_difference(known.indexes, places)
                yield Difference(name, index, f"expected {len(known.indexes)} entries, found {len(places)}, or others")


def _first_difference(expected: array[int], found: array[int]) -> int:
    """Return the entry at which two lists of entries part."""
    for one, other in zip(expected, found, strict=False):
        if one != other:
            return min(one, other)
    longer = max(expected, found, key=len)
    return longer[min(len(expected), len(found))]
