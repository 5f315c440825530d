"""RFC 6962 Merkle tree hashing: leaves, nodes, and roots of whole lists.

    leaf  = SHA-256(0x00 || record)
    node  = SHA-256(0x01 || left || right)
    empty = SHA-256 of nothing

The prefixes keep a node from being shown as a leaf (RFC 6962 section 2.1). A `Frontier` holds the roots of the full
subtrees of a growing list, largest first, so that appending costs about one hash and no list is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

EMPTY_ROOT: Final = sha256().digest()
"""Root of a tree without leaves."""


def hash_leaf(record: bytes) -> bytes:
    """Return the 32-byte leaf hash of ``record`` (RFC 6962 section 2.1)."""
    return sha256(b"\x00" + record).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """Return the 32-byte hash of an inner node (RFC 6962 section 2.1)."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The full subtrees of a list of ``size`` leaf hashes, and nothing else.

    Mutable on purpose: it is the accumulator of a replay. ``to_bytes`` and ``from_bytes`` keep it between runs.
    """

    __slots__ = ("_nodes", "size")

    def __init__(self, size: int = 0, nodes: Iterable[bytes] = ()) -> None:
        self.size = size
        self._nodes = list(nodes)
        assert len(self._nodes) == size.bit_count(), "one node for each bit of the size"

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash of 32 bytes."""
        size, nodes = self.size, self._nodes
        while size & 1:
            leaf = sha256(b"\x01" + nodes.pop() + leaf).digest()
            size >>= 1
        nodes.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """Return the RFC 6962 root of all leaves appended."""
        if not self._nodes:
            return EMPTY_ROOT
        root = self._nodes[-1]
        for node in reversed(self._nodes[:-1]):
            root = hash_node(node, root)
        return root

    def to_bytes(self) -> bytes:
        """Return the nodes, 32 bytes each, largest subtree first."""
        return b"".join(self._nodes)

    @classmethod
    def from_bytes(cls, size: int, raw: bytes) -> Frontier:
        """Return the frontier that `to_bytes` wrote for ``size`` leaves."""
        return cls(size, (raw[i : i + 32] for i in range(0, len(raw), 32)))


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Return the RFC 6962 root over leaf hashes in order."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()
