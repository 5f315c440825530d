"""The index of subjects in memory: what a replay keeps, and what proofs are made from.

The form of the trie is in `schemas.subject`. Only its inner nodes are objects; a leaf is its key, an empty place is
None. A changed value marks the nodes above it, and they are hashed again when somebody asks for the root: a ledger with
many entries between two exports pays for each path once. 100,000 subjects take about 40 MB.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

from schemas.errors import UsageError
from schemas.subject import EMPTY_TRIE, SubjectValue, digest_value, hash_trie_leaf, hash_trie_node


class _Inner:
    """A place where at least two keys part or have yet to part; ``hash`` is None while it isn't known."""

    __slots__ = ("hash", "left", "right")

    def __init__(self) -> None:
        self.hash: bytes | None = None
        self.left: _Node = None
        self.right: _Node = None


_Node: TypeAlias = _Inner | bytes | None


class SubjectTrie:
    """A growing trie from subject keys (32 bytes, `schemas.subject.subject_key`) to the digests of their values.

    Mutable on purpose: it's the accumulator of a replay. Subjects are never removed.
    """

    __slots__ = ("_digests", "_top")

    def __init__(self) -> None:
        self._digests: dict[bytes, bytes] = {}
        self._top: _Node = None

    def __len__(self) -> int:
        """Return the number of subjects."""
        return len(self._digests)

    def __contains__(self, key: bytes) -> bool:
        """Tell whether there is a subject with this key."""
        return key in self._digests

    def put(self, key: bytes, value: SubjectValue) -> None:
        """Add a subject, or give it a new value."""
        assert len(key) == 32, "a key is a SHA-256"
        is_new = key not in self._digests
        self._digests[key] = digest_value(value)
        node, above, depth = self._top, None, 0
        while isinstance(node, _Inner):
            node.hash = None
            above, node = node, node.right if _bit(key, depth) else node.left
            depth += 1
        if not is_new:
            return
        place = key if node is None else _part(node, key, depth)
        if above is None:
            self._top = place
        elif _bit(key, depth - 1):
            above.right = place
        else:
            above.left = place

    def root(self) -> bytes:
        """Return the 32-byte root; hashes only what changed since it was last asked for."""
        return self._hash(self._top)

    def prove(self, key: bytes) -> list[bytes]:
        """Return the siblings that lead from the root to the leaf of ``key``.

        Raises:
            UsageError: ``trie.absent`` if there's no such subject.
        """
        siblings: list[bytes] = []
        node = self._top
        while isinstance(node, _Inner):
            if _bit(key, len(siblings)):
                sibling, node = node.left, node.right
            else:
                sibling, node = node.right, node.left
            siblings.append(self._hash(sibling))
        if node != key:
            raise UsageError("trie.absent", f"expected a subject with the key {key.hex()}, found none")
        return siblings

    def _hash(self, node: _Node) -> bytes:
        """Return the hash of a subtree; at most 256 calls deep."""
        if node is None:
            return EMPTY_TRIE
        if isinstance(node, bytes):
            return hash_trie_leaf(node, self._digests[node])
        if node.hash is None:
            node.hash = hash_trie_node(self._hash(node.left), self._hash(node.right))
        return node.hash


def _bit(key: bytes, depth: int) -> int:
    return key[depth >> 3] >> (7 - (depth & 7)) & 1


def _part(old: bytes, new: bytes, depth: int) -> _Inner:
    """Return the subtree at ``depth`` of two keys that agree so far."""
    top = place = _Inner()
    while (bit := _bit(new, depth)) == _bit(old, depth):
        below = _Inner()
        if bit:
            place.right = below
        else:
            place.left = below
        place, depth = below, depth + 1
    place.left, place.right = (old, new) if bit else (new, old)
    return top


def root_from_sorted(items: Sequence[tuple[bytes, bytes]]) -> bytes:
    """Return the root over pairs of key and leaf hash (`schemas.subject.leaf_of`) in ascending order of the keys."""
    keys = [int.from_bytes(key, "big") for key, _ in items]
    assert all(first < second for first, second in pairwise(keys)), "keys come in order, each once"

    def fold(low: int, high: int, bit: int) -> bytes:
        if high - low < 2:
            return items[low][1] if high > low else EMPTY_TRIE
        # The least key of this subtree whose bit is one: all of them agree in the bits before.
        middle = bisect_left(keys, (keys[low] >> bit | 1) << bit, low, high)
        return hash_trie_node(fold(low, middle, bit - 1), fold(middle, high, bit - 1))

    return fold(0, len(items), 255)
