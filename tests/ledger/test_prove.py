"""Proofs from tiles: what is made is what RFC 6962 defines and what the verifier accepts."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.ledger.prove import (
    LeafNodes,
    Nodes,
    TileNodes,
    prove_consistency,
    prove_consistency_of,
    prove_inclusion,
    prove_multi,
    subtree_root,
    tree_root,
)
from custody.ledger.tiles import append_leaves
from custody.verify.record.tree import check_consistency, check_inclusion, check_multiproof
from schemas.errors import StorageError, UsageError
from schemas.merkle import EMPTY_ROOT, root_of
from tests import rfc6962
from tests.memory_store import MemoryTiles

LEAVES = rfc6962.leaf_hashes(256)
LARGE = [index.to_bytes(32, "big") for index in range(66_100)]
"""Enough for three levels of tiles."""


def _from_tiles(leaves: Sequence[bytes], *, cache: int = 256) -> Nodes:
    store = MemoryTiles()
    return TileNodes(store, append_leaves(store, size=0, leaves=leaves), cache=cache)


@pytest.fixture(scope="module")
def large() -> Nodes:
    """A tree of three levels of tiles behind a cache that can't hold it."""
    return _from_tiles(LARGE, cache=3)


@pytest.fixture(params=[_from_tiles, LeafNodes])
def nodes(request: pytest.FixtureRequest) -> Nodes:
    """The same 256 leaves out of tiles, and out of a list."""
    make: Callable[[Sequence[bytes]], Nodes] = request.param
    return make(LEAVES)


def test_roots_of_all_sizes_are_those_of_the_reference(nodes: Nodes) -> None:
    """An older size is proven from the same tiles as the newest."""
    assert [tree_root(nodes, size) for size in range(257)] == [rfc6962.root(LEAVES[:size]) for size in range(257)]
    assert tree_root(nodes, 0) == EMPTY_ROOT


def test_every_leaf_of_every_size_is_proven(nodes: Nodes) -> None:
    """Whatever is in the ledger can be shown, at any checkpoint since."""
    for size in (*range(1, 70), 127, 128, 129, 200, 255, 256):
        root = tree_root(nodes, size)
        for index in range(size):
            proof = prove_inclusion(nodes, index, size)
            check_inclusion(index=index, size=size, leaf=LEAVES[index], nodes=proof, root=root)
            if size < 40 or index % 17 == 0:
                assert proof == rfc6962.path(index, LEAVES[:size])


def test_any_two_sizes_are_proven_consistent(nodes: Nodes) -> None:
    """An auditor may have kept any checkpoint."""
    roots = [tree_root(nodes, size) for size in range(257)]
    for second in (*range(1, 70), 127, 128, 129, 255, 256):
        for first in range(1, second + 1):
            proof = prove_consistency(nodes, first, second)
            check_consistency(
                first=first, second=second, first_root=roots[first], second_root=roots[second], nodes=proof
            )
            if second < 30 or first % 23 == 0:
                assert proof == rfc6962.consistency(first, LEAVES[:second])


@given(size=st.integers(1, 256), seed=st.sets(st.integers(0, 255), min_size=1, max_size=60))
def test_any_set_of_leaves_is_proven_by_the_reference_proof(size: int, seed: set[int]) -> None:
    """The multiproof of a bundle has one form, whoever makes it."""
    indexes = {index % size for index in seed}
    tree = LeafNodes(LEAVES)
    proof = prove_multi(tree, indexes, size)
    assert proof == rfc6962.multiproof(indexes, LEAVES[:size])
    known = {index: LEAVES[index] for index in indexes}
    check_multiproof(size=size, known=known, nodes=proof, root=tree_root(tree, size))


@pytest.mark.parametrize("size", [256, 257, 300, 65_535, 65_536, 65_537, 66_100])
def test_proofs_across_levels_of_tiles_hold(large: Nodes, size: int) -> None:
    """Where a path leaves one tile and enters the next is where an off-by-one hides."""
    root = root_of(LARGE[:size])
    assert tree_root(large, size) == root
    places = sorted({place for place in (0, 1, 255, 256, 257, 299, 65_279, 65_535, 65_536, size - 1) if place < size})
    for index in places:
        proof = prove_inclusion(large, index, size)
        check_inclusion(index=index, size=size, leaf=LARGE[index], nodes=proof, root=root)
    for first in places[1:]:
        proof = prove_consistency(large, first, size)
        first_root = root_of(LARGE[:first])
        check_consistency(first=first, second=size, first_root=first_root, second_root=root, nodes=proof)
    known = {index: LARGE[index] for index in places}
    check_multiproof(size=size, known=known, nodes=prove_multi(large, places, size), root=root)


def test_a_growing_ledger_is_proven_through_one_reader() -> None:
    """A service that keeps its cache must never prove from a tile as it was before."""
    store, size = MemoryTiles(), 0
    tree = TileNodes(store, 0)
    for count in (1, 2, 250, 3, 1, 300, 66):
        size = append_leaves(store, size=size, leaves=LARGE[size : size + count])
        tree.size = size
        root = root_of(LARGE[:size])
        for index in {0, size // 2, size - 1}:
            proof = prove_inclusion(tree, index, size)
            check_inclusion(index=index, size=size, leaf=LARGE[index], nodes=proof, root=root)


def test_a_subtree_has_the_root_of_its_leaves() -> None:
    """The one function that all proofs are made of."""
    tree = LeafNodes(LEAVES)
    assert subtree_root(tree, 128, 201) == rfc6962.root(LEAVES[128:201])
    assert subtree_root(tree, 64, 65) == LEAVES[64]


def test_the_entries_of_an_ancestor_are_shown_to_be_the_first_of_all() -> None:
    """Of an ancestor a bundle carries the beginning; the index speaks of all its entries."""
    for count in (1, 2, 5, 12):
        for first in range(1, count + 1):
            assert prove_consistency_of(LEAVES[:count], first) == rfc6962.consistency(first, LEAVES[:count])


def test_proofs_read_each_tile_once() -> None:
    """Making a proof costs the reading of tiles; those near the root are needed by every one."""
    reads: list[tuple[int, int, int]] = []

    class Store(MemoryTiles):
        def get(self, level: int, number: int, width: int) -> bytes:
            reads.append((level, number, width))
            return super().get(level, number, width)

    store = Store()
    size = append_leaves(store, size=0, leaves=LARGE[:2_000])
    reads.clear()
    tree = TileNodes(store, size)
    for index in range(0, 256, 5):
        prove_inclusion(tree, index, size)
    assert sorted(reads) == [(0, 0, 256), (0, 7, 208), (1, 0, 7)]


def test_a_lost_tile_is_a_storage_error() -> None:
    """The operator must hear that the disk failed, not that the evidence is wrong."""
    with pytest.raises(StorageError, match=r"tiles\.missing"):
        prove_inclusion(TileNodes(MemoryTiles(), 300), 5, 300)


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0)])
def test_a_leaf_that_is_not_there_is_not_proven(index: int, size: int) -> None:
    """A question without sense is the caller's mistake and is named as such."""
    tree = LeafNodes(LEAVES[:8])
    with pytest.raises(UsageError, match=r"prove\.index"):
        prove_inclusion(tree, index, size)
    with pytest.raises(UsageError, match=r"prove\.index"):
        prove_multi(tree, [index], size)


def test_a_proof_about_no_leaf_is_not_made() -> None:
    """The verifier refuses one, so it would be a bundle that never passes."""
    with pytest.raises(UsageError, match=r"prove\.index"):
        prove_multi(LeafNodes(LEAVES), [], 5)


@pytest.mark.parametrize(("first", "second"), [(0, 5), (-1, 5), (6, 5), (0, 0)])
def test_sizes_out_of_order_are_not_proven(first: int, second: int) -> None:
    """From size 0 every tree grows, so the verifier refuses a proof of it."""
    with pytest.raises(UsageError, match=r"prove\.sizes"):
        prove_consistency(LeafNodes(LEAVES), first, second)
