"""RFC 6962 section 2.1 word for word, slow on purpose: what our trees and proofs are compared with."""

from collections.abc import Sequence
from hashlib import sha256


def leaf_hashes(count: int) -> list[bytes]:
    """Return leaf hashes that differ, the same on every run."""
    return [sha256(b"\x00" + b"record %d" % index).digest() for index in range(count)]


def split(count: int) -> int:
    """Return the largest power of two below ``count``."""
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def root(leaves: Sequence[bytes]) -> bytes:
    """Return MTH(D)."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    middle = split(len(leaves))
    return sha256(b"\x01" + root(leaves[:middle]) + root(leaves[middle:])).digest()


def path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Return PATH(m, D)."""
    if len(leaves) == 1:
        return []
    middle = split(len(leaves))
    if index < middle:
        return [*path(index, leaves[:middle]), root(leaves[middle:])]
    return [*path(index - middle, leaves[middle:]), root(leaves[:middle])]


def consistency(first: int, leaves: Sequence[bytes], *, whole: bool = True) -> list[bytes]:
    """Return SUBPROOF(m, D, b)."""
    if first == len(leaves):
        return [] if whole else [root(leaves)]
    middle = split(len(leaves))
    if first <= middle:
        return [*consistency(first, leaves[:middle], whole=whole), root(leaves[middle:])]
    return [*consistency(first - middle, leaves[middle:], whole=False), root(leaves[:middle])]


def multiproof(known: set[int], leaves: Sequence[bytes], *, low: int = 0) -> list[bytes]:
    """Return the roots of the largest subtrees without a known leaf, in preorder."""
    if not any(low <= index < low + len(leaves) for index in known):
        return [root(leaves)]
    if len(leaves) == 1:
        return []
    middle = split(len(leaves))
    return multiproof(known, leaves[:middle], low=low) + multiproof(known, leaves[middle:], low=low + middle)
