"""Tree proofs: what RFC 6962 makes is accepted, and nothing else is."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.verify.record.tree import check_consistency, check_inclusion, check_multiproof
from schemas import limits
from schemas.errors import VerificationError
from schemas.merkle import hash_node
from tests import rfc6962
from tests.verify.faults import bit_flips, flip, misfits

LEAVES = rfc6962.leaf_hashes(256)
ROOTS = [rfc6962.root(LEAVES[:size]) for size in range(257)]

SIZES_BELOW_40 = [(first, second) for second in range(1, 40) for first in range(1, second + 1)]


def _is_included(index: int, size: int, nodes: Sequence[bytes], *, leaf: bytes = b"", root: bytes = b"") -> bool:
    try:
        check_inclusion(index=index, size=size, leaf=leaf or LEAVES[index], nodes=nodes, root=root or ROOTS[size])
    except VerificationError as error:
        return error.code != "tree.inclusion"
    return True


def _is_consistent(first: int, second: int, nodes: Sequence[bytes]) -> bool:
    try:
        check_consistency(first=first, second=second, first_root=ROOTS[first], second_root=ROOTS[second], nodes=nodes)
    except VerificationError as error:
        return error.code != "tree.consistency"
    return True


def _holds(size: int, indexes: Sequence[int], nodes: Sequence[bytes]) -> bool:
    try:
        known = {index: LEAVES[index] for index in indexes}
        check_multiproof(size=size, known=known, nodes=nodes, root=ROOTS[size])
    except VerificationError as error:
        return error.code != "tree.multiproof"
    return True


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 100, 255, 256])
def test_every_leaf_of_a_tree_is_proven_by_its_path(size: int) -> None:
    """A true record must never be refused, at any place in a tree of any shape."""
    assert all(_is_included(index, size, rfc6962.path(index, LEAVES[:size])) for index in range(size))


def test_a_path_proves_one_leaf_at_one_place_only() -> None:
    """A record shown at another index would carry another place in the custody order."""
    for size in range(1, 20):
        for index in range(size):
            nodes = rfc6962.path(index, LEAVES[:size])
            for other in range(size):
                # Same leaf, another index; and another leaf at this index.
                assert _is_included(other, size, nodes, leaf=LEAVES[index]) is (other == index)
                assert _is_included(index, size, nodes, leaf=LEAVES[other]) is (other == index)


@pytest.mark.parametrize(("index", "size"), [(0, 1), (0, 2), (1, 3), (2, 3), (4, 7), (6, 7), (10, 21)])
def test_an_altered_inclusion_proof_is_refused(index: int, size: int) -> None:
    """Each bit and each hash of a proof counts, so two byte strings never prove the same thing."""
    nodes = rfc6962.path(index, LEAVES[:size])
    for wrong in (*bit_flips(nodes), *misfits(nodes)):
        assert not _is_included(index, size, wrong)
    for bit in range(256):
        assert not _is_included(index, size, nodes, leaf=flip(LEAVES[index], bit))
        assert not _is_included(index, size, nodes, root=flip(ROOTS[size], bit))


@pytest.mark.parametrize(
    ("index", "size"), [(-1, 4), (4, 4), (5, 4), (0, 0), (3 + 2**53, 4), (3, limits.TREE_SIZE + 1), (3, 2**64)]
)
def test_an_index_outside_the_tree_is_refused(index: int, size: int) -> None:
    """High bits beyond the tree must not be dropped in silence: that gave other verifiers two indexes for one leaf."""
    nodes = rfc6962.path(3, LEAVES[:4])
    assert not _is_included(index, size, nodes, leaf=LEAVES[3], root=ROOTS[4])


def test_a_root_is_never_a_leaf_with_an_empty_proof() -> None:
    """An inner node shown as a leaf would be a record that nobody made."""
    assert not _is_included(0, 4, [], leaf=ROOTS[4])
    assert not _is_included(0, 2, [ROOTS[2]], leaf=ROOTS[2], root=ROOTS[4])


def test_a_path_longer_than_the_tree_is_refused_though_it_leads_to_the_root() -> None:
    """A root that is signed under too small a size would give a leaf a second index."""
    nodes = rfc6962.path(3, LEAVES[:4])
    assert _is_included(3, 4, nodes)
    assert not _is_included(1, 2, nodes, leaf=LEAVES[3], root=ROOTS[4])


def test_a_consistency_proof_longer_than_the_trees_is_refused_though_it_leads_to_the_roots() -> None:
    """Two roots that share a foreign left half are roots of larger trees than they say."""
    nodes, left = rfc6962.consistency(3, LEAVES[:4]), LEAVES[9]
    old, new = hash_node(left, ROOTS[3]), hash_node(left, ROOTS[4])
    with pytest.raises(VerificationError, match="expected fewer hashes"):
        check_consistency(first=3, second=4, first_root=old, second_root=new, nodes=[*nodes, left])


def test_hashes_have_32_bytes_before_anything_is_hashed() -> None:
    """The same bytes cut elsewhere hash alike, so a check of the root alone would let two forms pass."""
    for node in (b"", bytes(31), bytes(33), bytes(64)):
        with pytest.raises(VerificationError, match=r"32 bytes.*tree\.inclusion"):
            check_inclusion(index=0, size=2, leaf=LEAVES[0], nodes=[node], root=ROOTS[2])
        with pytest.raises(VerificationError, match=r"32 bytes.*tree\.consistency"):
            check_consistency(first=1, second=2, first_root=ROOTS[1], second_root=ROOTS[2], nodes=[node])
    known = {0: LEAVES[0] + LEAVES[1][:1], 1: LEAVES[1][1:]}
    with pytest.raises(VerificationError, match=r"32 bytes.*tree\.multiproof"):
        check_multiproof(size=2, known=known, nodes=[], root=ROOTS[2])


@pytest.mark.parametrize(("first", "second"), SIZES_BELOW_40)
def test_a_tree_is_consistent_with_its_beginnings_by_one_proof_only(first: int, second: int) -> None:
    """An auditor who saw a smaller ledger must be able to see that nothing in it changed."""
    nodes = rfc6962.consistency(first, LEAVES[:second])
    assert _is_consistent(first, second, nodes)
    assert not any(_is_consistent(first, second, wrong) for wrong in misfits(nodes))


@pytest.mark.parametrize(("first", "second"), [(1, 2), (3, 4), (4, 8), (6, 7), (5, 21)])
def test_each_bit_of_a_consistency_proof_counts(first: int, second: int) -> None:
    """An altered proof that still passed would mean that some part of it isn't looked at."""
    nodes = rfc6962.consistency(first, LEAVES[:second])
    assert not any(_is_consistent(first, second, wrong) for wrong in bit_flips(nodes))


def test_a_rewritten_past_is_never_consistent() -> None:
    """The whole point of keeping a checkpoint: an operator who alters an old entry is found out."""
    for second in range(2, 24):
        for first in range(1, second):
            forged = [flip(LEAVES[first - 1], 0) if i == first - 1 else leaf for i, leaf in enumerate(LEAVES[:second])]
            nodes = rfc6962.consistency(first, forged)
            with pytest.raises(VerificationError, match=r"tree\.consistency"):
                check_consistency(
                    first=first,
                    second=second,
                    first_root=ROOTS[first],
                    second_root=rfc6962.root(forged),
                    nodes=nodes,
                )


@pytest.mark.parametrize(("first", "second"), [(0, 0), (0, 5), (-1, 5), (6, 5), (5, limits.TREE_SIZE + 1)])
def test_sizes_without_sense_are_never_consistent(first: int, second: int) -> None:
    """From nothing to something always holds, so a reader could take it for a statement that it isn't."""
    with pytest.raises(VerificationError, match=r"tree\.consistency"):
        check_consistency(first=first, second=second, first_root=ROOTS[0], second_root=ROOTS[5], nodes=[])


@given(size=st.integers(1, 256), seed=st.sets(st.integers(0, 255), min_size=1, max_size=40))
def test_any_set_of_leaves_is_proven_together(size: int, seed: set[int]) -> None:
    """A bundle of some entries out of many has one proof for all of them."""
    indexes = sorted({index % size for index in seed})
    assert _holds(size, indexes, rfc6962.multiproof(set(indexes), LEAVES[:size]))


@pytest.mark.parametrize(
    ("size", "indexes"), [(1, (0,)), (2, (1,)), (5, (0, 4)), (8, (0, 1, 2, 3)), (21, (0, 5, 6, 20)), (6, range(6))]
)
def test_an_altered_multiproof_is_refused(size: int, indexes: Sequence[int]) -> None:
    """Left over or missing, swapped or changed: the proof of a bundle has one form."""
    nodes = rfc6962.multiproof(set(indexes), LEAVES[:size])
    assert _holds(size, indexes, nodes)
    for wrong in (*bit_flips(nodes), *misfits(nodes)):
        assert not _holds(size, indexes, wrong)


@given(size=st.integers(2, 64), seed=st.sets(st.integers(0, 63), min_size=1, max_size=8), other=st.integers(0, 63))
def test_a_multiproof_proves_no_other_set(size: int, seed: set[int], other: int) -> None:
    """One entry dropped from a bundle, or slipped into it, must show."""
    indexes = {index % size for index in seed}
    nodes = rfc6962.multiproof(indexes, LEAVES[:size])
    changed = indexes ^ {other % size}
    assert not _holds(size, sorted(changed), nodes)


def test_a_wrong_leaf_anywhere_is_refused() -> None:
    """Each entry is checked, never only the first and the last."""
    indexes, size = (0, 3, 4, 11, 12), 13
    nodes = rfc6962.multiproof(set(indexes), LEAVES[:size])
    for wrong in indexes:
        known = {index: LEAVES[index] if index != wrong else flip(LEAVES[index], 7) for index in indexes}
        with pytest.raises(VerificationError, match=r"tree\.multiproof"):
            check_multiproof(size=size, known=known, nodes=nodes, root=ROOTS[size])


@pytest.mark.parametrize(("size", "index"), [(4, 4), (4, -1), (0, 0), (limits.TREE_SIZE + 1, 0)])
def test_a_known_leaf_outside_the_tree_is_refused(size: int, index: int) -> None:
    """An entry beyond the checkpoint isn't covered by its signature."""
    with pytest.raises(VerificationError, match=r"tree\.multiproof"):
        check_multiproof(size=size, known={index: LEAVES[0]}, nodes=[ROOTS[4]], root=ROOTS[4])


def test_a_proof_about_no_leaf_proves_nothing() -> None:
    """The root alone leads to itself; a bundle without entries must not pass on that."""
    assert not _holds(4, (), [ROOTS[4]])


def test_the_cost_of_a_multiproof_is_that_of_its_bytes() -> None:
    """A hostile bundle that claims a huge ledger must not keep a court's machine busy."""
    with pytest.raises(VerificationError, match="found none"):
        check_multiproof(size=limits.TREE_SIZE, known={0: LEAVES[0]}, nodes=[ROOTS[1]] * 52, root=ROOTS[1])
    with pytest.raises(VerificationError, match="expected the root"):
        check_multiproof(size=limits.TREE_SIZE, known={0: LEAVES[0]}, nodes=[ROOTS[1]] * 53, root=ROOTS[1])
