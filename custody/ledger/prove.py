"""Making the proofs that `custody.verify.record.tree` checks.

Every proof is made of roots of subtrees, and each of those of full subtrees, which never change as the tree grows. So
all that is asked of a tree is one function, ``node(level, place)``: the root over the 2^level leaves from
place * 2^level on. `TileNodes` answers from stored tiles, `LeafNodes` from a list.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import TypeAlias

from custody.ledger.tiles import HASH_BYTES, TILE_HEIGHT, TILE_WIDTH, TileStore, complete_levels, tile_width
from schemas.errors import UsageError
from schemas.merkle import EMPTY_ROOT, hash_node

Nodes: TypeAlias = Callable[[int, int], bytes]
"""``node(level, place)``: root over the leaves from place * 2^level on, 2^level of them, all present."""


class TileNodes:
    """Full subtrees of a tree of ``size`` leaves out of its tiles; keeps the ``cache`` tiles used last.

    A tile with all that stands between its hashes and their root takes 16 KiB, and 255 hashes to make: so many are kept
    that proofs of a quarter of a million entries, in any order, make each once. ``size`` may be raised as the ledger
    grows; what was kept stays right.
    """

    __slots__ = ("_load", "_store", "size")

    def __init__(self, store: TileStore, size: int, *, cache: int = 1024) -> None:
        self._store = store
        self.size = size
        self._load = lru_cache(maxsize=cache)(self._read)

    def __call__(self, level: int, place: int) -> bytes:
        """Return the root over the 2^level leaves from place * 2^level on.

        Raises:
            StorageError: as the store does.
        """
        tile_level, height = divmod(level, TILE_HEIGHT)
        number, offset = divmod(place << height, TILE_WIDTH)
        width = tile_width(self.size, level=tile_level, number=number)
        start = (offset >> height) * HASH_BYTES
        return self._load(tile_level, number, width)[height][start : start + HASH_BYTES]

    def _read(self, level: int, number: int, width: int) -> tuple[bytes, ...]:
        return complete_levels(self._store.get(level, number, width))


class LeafNodes:
    """Full subtrees of a list of leaf hashes, all computed at once."""

    __slots__ = ("_levels", "size")

    def __init__(self, leaves: Iterable[bytes]) -> None:
        self._levels = complete_levels(b"".join(leaves))
        self.size = len(self._levels[0]) // HASH_BYTES

    def __call__(self, level: int, place: int) -> bytes:
        """Return the root over the 2^level leaves from place * 2^level on."""
        return self._levels[level][place * HASH_BYTES : (place + 1) * HASH_BYTES]


def subtree_root(nodes: Nodes, low: int, high: int) -> bytes:
    """Return the root over leaves ``low`` to ``high`` - 1, a subtree as RFC 6962 2.1 splits them."""
    count = high - low
    level = (count & -count).bit_length() - 1
    root = nodes(level, (high >> level) - 1)
    high -= 1 << level
    # From the smallest full subtree at the right edge to the largest, at the left.
    while high > low:
        rest = high - low
        level = (rest & -rest).bit_length() - 1
        root = hash_node(nodes(level, (high >> level) - 1), root)
        high -= 1 << level
    return root


def tree_root(nodes: Nodes, size: int) -> bytes:
    """Return the RFC 6962 root of the first ``size`` leaves."""
    return subtree_root(nodes, 0, size) if size else EMPTY_ROOT


def prove_inclusion(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """Return the inclusion proof of the leaf at ``index`` in the tree of ``size`` (RFC 9162 2.1.3.1).

    The leaf's sibling comes first.

    Raises:
        UsageError: ``prove.index`` unless the index is below the size.
    """
    _check_index(index, size)
    proof, level = [], 0
    last = size - 1
    while last >> level:
        sibling = (index >> level) ^ 1
        low = sibling << level
        if low + (1 << level) <= size:
            proof.append(nodes(level, sibling))
        elif low < size:
            proof.append(subtree_root(nodes, low, size))
        level += 1
    return proof


def prove_consistency(nodes: Nodes, first: int, second: int) -> list[bytes]:
    """Return the proof that the tree of ``second`` begins with that of ``first`` (RFC 9162 2.1.4.1).

    Raises:
        UsageError: ``prove.sizes`` unless 1 <= first <= second.
    """
    if not 0 < first <= second:
        raise UsageError("prove.sizes", f"expected sizes from 1 in order, found {first} and {second}")
    return _prove_consistency(nodes, first, 0, second, is_left_edge=True)


def _prove_consistency(nodes: Nodes, first: int, low: int, high: int, *, is_left_edge: bool) -> list[bytes]:
    """Return RFC 9162's SUBPROOF: the first tree ends at ``first``, within leaves ``low`` to ``high`` - 1."""
    if first == high:
        return [] if is_left_edge else [subtree_root(nodes, low, high)]
    middle = _middle(low, high)
    if first <= middle:
        proof = _prove_consistency(nodes, first, low, middle, is_left_edge=is_left_edge)
        return [*proof, subtree_root(nodes, middle, high)]
    proof = _prove_consistency(nodes, first, middle, high, is_left_edge=False)
    return [*proof, subtree_root(nodes, low, middle)]


def prove_consistency_of(leaves: Sequence[bytes], first: int) -> list[bytes]:
    """Return the proof that the tree over ``leaves`` begins with that over the ``first`` of them.

    Raises:
        UsageError: ``prove.sizes`` unless 1 <= first <= their number.
    """
    return prove_consistency(LeafNodes(leaves), first, len(leaves))


def prove_multi(nodes: Nodes, indexes: Iterable[int], size: int) -> list[bytes]:
    """Return the multiproof of the leaves at ``indexes`` in the tree of ``size``, in preorder (docs/spec/tree.md).

    Raises:
        UsageError: ``prove.index`` unless there are indexes, all below the size.
    """
    known = sorted(set(indexes))
    for index in (known[0], known[-1]) if known else (-1,):
        _check_index(index, size)
    proof: list[bytes] = []

    def walk(low: int, high: int, start: int, stop: int) -> None:
        """Add what is needed for leaves low to high, of which known[start:stop] are known."""
        if start == stop:
            proof.append(subtree_root(nodes, low, high))
        elif high - low > 1:
            middle = _middle(low, high)
            cut = bisect_left(known, middle, start, stop)
            walk(low, middle, start, cut)
            walk(middle, high, cut, stop)

    walk(0, size, 0, len(known))
    return proof


def _middle(low: int, high: int) -> int:
    """Return where RFC 6962 2.1 splits: after the largest power of two of leaves below their number."""
    return low + (1 << (high - low - 1).bit_length() - 1)


def _check_index(index: int, size: int) -> None:
    if not 0 <= index < size:
        raise UsageError("prove.index", f"expected an index below the size {size}, found {index}")
