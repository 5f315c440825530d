"""RFC 6962 tree proofs: one leaf, two sizes, many leaves.

Every check knows how many hashes the proof must have: one too many or too few fails, and so does one of another length
than 32 bytes. Sizes, indexes and roots come from signed checkpoints and checked entries, never from the proof.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from schemas import limits
from schemas.errors import VerificationError
from schemas.merkle import hash_node


def check_inclusion(*, index: int, size: int, leaf: bytes, nodes: Sequence[bytes], root: bytes) -> None:
    """Hold that ``leaf`` is the leaf hash at ``index`` of the tree of ``size`` with ``root`` (RFC 9162 2.1.3.2).

    Raises:
        VerificationError: ``tree.inclusion``.
    """
    code = "tree.inclusion"
    if not 0 <= index < size <= limits.TREE_SIZE:
        raise VerificationError(code, f"expected an index below the size {size}, found {index}")
    _check_lengths(code, (leaf, *nodes))
    found, where = leaf, f"for index {index} of {size}, found {len(nodes)}"
    for node, is_left in _path(code, where, place=index, last=size - 1, nodes=nodes):
        found = hash_node(node, found) if is_left else hash_node(found, node)
    _check_root(code, expected=root, found=found)


def _path(code: str, where: str, *, place: int, last: int, nodes: Sequence[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield each hash on the way from ``place`` to the root, ``last`` being the last one of its row, and whether it is
    the left of its pair. A hash too many or too few is an error.
    """
    for node in nodes:
        if last == 0:
            raise VerificationError(code, f"expected fewer hashes {where}")
        is_left = bool(place & 1) or place == last
        while is_left and place and not place & 1:
            place, last = place >> 1, last >> 1
        yield node, is_left
        place, last = place >> 1, last >> 1
    if last:
        raise VerificationError(code, f"expected more hashes {where}")


def check_consistency(
    *, first: int, second: int, first_root: bytes, second_root: bytes, nodes: Sequence[bytes]
) -> None:
    """Hold that the tree of ``second`` leaves begins with the tree of ``first`` leaves (RFC 9162 2.1.4.2).

    Size 0 is refused: every tree begins with nothing, so such a proof says nothing. Equal sizes want no hash.

    Raises:
        VerificationError: ``tree.consistency``.
    """
    code = "tree.consistency"
    if not 0 < first <= second <= limits.TREE_SIZE:
        raise VerificationError(code, f"expected sizes from 1 in order, found {first} and {second}")
    _check_lengths(code, nodes)
    if first == second:
        if nodes:
            raise VerificationError(code, f"expected no hashes between equal sizes, found {len(nodes)}")
        _check_root(code, expected=first_root, found=second_root)
        return
    # The first tree, where it's a full subtree of the second, is the first hash of the path, and isn't sent.
    path = [first_root, *nodes] if first & (first - 1) == 0 else list(nodes)
    if not path:
        raise VerificationError(code, f"expected hashes between {first} and {second}, found none")
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for node, is_left in _path(code, f"between {first} and {second}", place=place, last=last, nodes=path[1:]):
        old = hash_node(node, old) if is_left else old
        new = hash_node(node, new) if is_left else hash_node(new, node)
    _check_root(code, expected=first_root, found=old)
    _check_root(code, expected=second_root, found=new)


def check_multiproof(*, size: int, known: Mapping[int, bytes], nodes: Sequence[bytes], root: bytes) -> None:
    """Hold that every leaf hash in ``known``, by index, stands in the tree of ``size`` with ``root``.

    ``nodes`` are the roots of the largest subtrees without a known leaf, in preorder (docs/spec/tree.md). The
    work grows with the known leaves and the nodes, not with the size.

    Raises:
        VerificationError: ``tree.multiproof``.
    """
    code = "tree.multiproof"
    indexes = sorted(known)
    if not indexes or indexes[0] < 0 or not indexes[-1] < size <= limits.TREE_SIZE:
        raise VerificationError(code, f"expected known leaves, each below the size {size}")
    _check_lengths(code, (*known.values(), *nodes))
    left_over = iter(nodes)

    def fold(low: int, high: int, start: int, stop: int) -> bytes:
        """Return the root over leaves low to high, of which indexes[start:stop] are known."""
        if start == stop:
            node = next(left_over, None)
            if node is None:
                raise VerificationError(code, f"expected a hash for leaves {low} to {high - 1}, found none")
            return node
        if high - low == 1:
            return known[low]
        middle = low + (1 << (high - low - 1).bit_length() - 1)
        cut = bisect_left(indexes, middle, start, stop)
        left = fold(low, middle, start, cut)
        return hash_node(left, fold(middle, high, cut, stop))

    found = fold(0, size, 0, len(indexes))
    if next(left_over, None) is not None:
        raise VerificationError(code, f"expected fewer hashes than {len(nodes)}")
    _check_root(code, expected=root, found=found)


def _check_lengths(code: str, hashes: Sequence[bytes]) -> None:
    """Hashes of 31 and 33 bytes side by side would be read as two of 32."""
    for item in hashes:
        if len(item) != 32:
            raise VerificationError(code, f"expected hashes of 32 bytes, found one of {len(item)}")


def _check_root(code: str, *, expected: bytes, found: bytes) -> None:
    if found != expected:
        raise VerificationError(code, f"expected the root {expected.hex()}, found {found.hex()}")
