"""Proofs about the index of subjects: this value and no other, or no such subject.

The bits of the key alone say where a leaf may stand, so under one root a subject has one value or none. A subtree with
one leaf is that leaf: the last sibling is therefore never empty, and each fact has one proof.
"""

from __future__ import annotations

from collections.abc import Sequence

from schemas import limits
from schemas.errors import VerificationError
from schemas.subject import (
    EMPTY_TRIE,
    OtherLeaf,
    Subject,
    SubjectValue,
    hash_trie_leaf,
    hash_trie_node,
    leaf_of,
    subject_key,
)


def check_subject(
    *,
    subject: Subject,
    value: SubjectValue | None,
    siblings: Sequence[bytes],
    root: bytes,
    other_leaf: OtherLeaf | None = None,
) -> None:
    """Hold that ``subject`` has ``value`` under ``root``, or, where that is None, that it's not there.

    ``siblings`` go from the root down. An absence ends at an empty place, or at ``other_leaf``, whose key agrees with
    the subject's in the bits walked.

    Raises:
        VerificationError: ``trie.siblings`` for a proof of the wrong form, ``trie.other-leaf`` for a leaf that proves
            no absence, ``trie.root`` where the proof leads to another root.
    """
    _check_siblings(siblings)
    key = subject_key(subject)
    if other_leaf is not None:
        _check_other_leaf(key, other_leaf, depth=len(siblings), is_absence=value is None)
        node = hash_trie_leaf(other_leaf.key, other_leaf.digest)
    else:
        node = EMPTY_TRIE if value is None else leaf_of(key, value)
    bits = int.from_bytes(key, "big") >> (256 - len(siblings))
    for sibling in reversed(siblings):
        node = hash_trie_node(sibling, node) if bits & 1 else hash_trie_node(node, sibling)
        bits >>= 1
    if node != root:
        raise VerificationError("trie.root", f"expected the index root {root.hex()}, found {node.hex()}")


def _check_siblings(siblings: Sequence[bytes]) -> None:
    if len(siblings) > limits.SIBLINGS or any(len(sibling) != 32 for sibling in siblings):
        raise VerificationError("trie.siblings", f"expected at most {limits.SIBLINGS} siblings of 32 bytes")
    if siblings and siblings[-1] == EMPTY_TRIE:
        raise VerificationError("trie.siblings", "expected a last sibling that is not empty")


def _check_other_leaf(key: bytes, other: OtherLeaf, *, depth: int, is_absence: bool) -> None:
    if not is_absence:
        raise VerificationError("trie.other-leaf", "expected no other leaf beside a value")
    if len(other.key) != 32 or len(other.digest) != 32 or other.key == key:
        raise VerificationError("trie.other-leaf", "expected the leaf of another subject")
    apart = int.from_bytes(other.key, "big") ^ int.from_bytes(key, "big")
    if 256 - apart.bit_length() < depth:
        raise VerificationError("trie.other-leaf", f"expected a leaf that agrees in the {depth} bits walked")
