"""The proofs of a bundle as of its exporting entry: multiproof, subjects under the index root, consistency.

The ledger may have grown since the export, so everything is computed as of that entry: the index root covers the
entries before it, and the subjects that later entries touched are taken back to where they stood.
"""

from __future__ import annotations

from collections.abc import Sequence

from custody.bundle.closure import LedgerClosure
from custody.ledger.prove import TileNodes, prove_consistency, prove_consistency_of, prove_multi
from custody.ledger.store import LedgerReader
from custody.ledger.trie import SubjectTrie
from custody.verify.rules.subjects import subjects_of
from schemas.entry import ParsedEntry, parse_entry
from schemas.merkle import root_of
from schemas.proof import ConsistencyFrom, Proof, SubjectProof
from schemas.subject import Subject, SubjectValue, encode_subject, subject_key
from schemas.types import UNSET


def make_proof(reader: LedgerReader, closure: LedgerClosure, *, earlier: Sequence[int]) -> Proof:
    """Return the proofs for ``closure``, whose last entry is the export; ``earlier`` are sizes exported before."""
    size = closure.size
    nodes = TileNodes(reader.tiles(), size)
    known = set(closure.entries) | {index - 1 for index in closure.entries if index}
    values = _values_before(reader, size - 1)
    trie = SubjectTrie()
    for subject, value in values.items():
        trie.put(subject_key(subject), value)
    subjects = [
        _prove_subject(reader, closure, subject, values[subject], trie)
        for subject in sorted(closure.wanted, key=encode_subject)
    ]
    return Proof(
        consistency=tuple(
            ConsistencyFrom(first=first, nodes=_hex(prove_consistency(nodes, first, size)))
            for first in sorted(set(earlier))
            if 0 < first < size
        ),
        nodes=_hex(prove_multi(nodes, sorted(known), size)),
        schema="custody-proof/v1",
        subjects=tuple(subjects),
    )


def _values_before(reader: LedgerReader, size: int) -> dict[Subject, SubjectValue]:
    """Return the value of every subject over the first ``size`` entries."""
    values = {tally.subject: tally.value for tally in reader.tallies()}
    touched = {
        subject
        for raw in reader.entries(size, reader.head().size)
        for subject in subjects_of(reader.view(), parse_entry(raw).event)
    }
    for subject in touched:
        indexes = [index for index in reader.subject_entries(subject) if index < size]
        if indexes:
            values[subject] = SubjectValue(len(indexes), root_of(reader.leaves(indexes)))
        else:
            values.pop(subject, None)
    return values


def _prove_subject(
    reader: LedgerReader, closure: LedgerClosure, subject: Subject, value: SubjectValue, trie: SubjectTrie
) -> SubjectProof:
    carried = [index for index in closure.indexes[subject] if index < closure.size - 1]
    nodes: tuple[str, ...] = ()
    if len(carried) < value.count:
        every = [index for index in reader.subject_entries(subject) if index < closure.size - 1]
        nodes = _hex(prove_consistency_of(reader.leaves(every), len(carried)))
    return SubjectProof(
        count=value.count,
        nodes=nodes or UNSET,
        root=value.root.hex(),
        siblings=_hex(trie.prove(subject_key(subject))),
        subject=subject,
    )


def earlier_exports(entries: Sequence[ParsedEntry]) -> tuple[int, ...]:
    """Return the checkpoint sizes of the exports among ``entries``."""
    return tuple(entry.entry.index + 1 for entry in entries if entry.event.type == "bundle.exported")


def _hex(nodes: Sequence[bytes]) -> tuple[str, ...]:
    return tuple(node.hex() for node in nodes)
