"""Proofs about the index of subjects: this value and no other.

The bits of the key alone say where a leaf may stand, so under one root a subject has one value or none. A subtree with
one leaf is that leaf: the last sibling is therefore never empty, and each fact has one proof.
"""

from __future__ import annotations

from collections.abc import Sequence

from schemas import limits
from schemas.errors import VerificationError
from schemas.subject import EMPTY_TRIE, Subject, SubjectValue, hash_trie_node, leaf_of, subject_key


def check_subject(*, subject: Subject, value: SubjectValue, siblings: Sequence[bytes], root: bytes) -> None:
    """Hold that ``subject`` has ``value`` under ``root``. ``siblings`` go from the root down.

    Raises:
        VerificationError: ``trie.siblings`` for a proof of the wrong form, ``trie.root`` for one of another root.
    """
    _check_siblings(siblings)
    key = subject_key(subject)
    node = leaf_of(key, value)
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
