"""Proofs in a Merkle-Patricia trie, of presence and of absence (Ethereum yellow paper, appendix D; EIP-1186).

A proof is the list of nodes on the way from the root towards a key, each named by its Keccak-256 in the one before; a
node of less than 32 bytes stands inside its parent and isn't listed. The way either ends at the key's value, or at a
place that leaves no room for the key.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from custody.onchain import rlp
from custody.onchain.keccak import keccak256
from schemas.errors import VerificationError

EMPTY_ROOT: Final = keccak256(b"\x80")
"""Root of a trie that holds nothing."""

_BRANCH, _SHORT = 17, 2
_VALUE = 16


def look_up(root: bytes, key: bytes, nodes: Sequence[bytes]) -> bytes | None:
    """Return the value that the trie of ``root`` holds under ``key``, or nothing where ``nodes`` prove that none is.

    Raises:
        VerificationError: ``asset.trie`` for a node that isn't the one named, one too few or too many, or a node of a
            form that no trie has; ``asset.rlp``.
    """
    return _Walk(nodes).go(root, key)


def nibbles_of(key: bytes) -> bytes:
    """Return a key as its half bytes, high half first."""
    return bytes(half for byte in key for half in (byte >> 4, byte & 15))


class _Walk:
    """One way through listed nodes. Mutable: lives as long as one look-up."""

    def __init__(self, nodes: Sequence[bytes]) -> None:
        self._nodes: Iterator[bytes] = iter(nodes)
        self._taken = 0

    def go(self, root: bytes, key: bytes) -> bytes | None:
        """Walk to the end, and make sure that nothing is left over."""
        value = None if root == EMPTY_ROOT else self._descend(self._take(root), nibbles_of(key))
        if next(self._nodes, None) is not None:
            raise _fault(f"{self._taken} nodes on the way", "more")
        return value

    def _descend(self, item: rlp.Item, path: bytes) -> bytes | None:
        # Each turn eats a half byte of the path or ends, so the key's length bounds the depth.
        while True:
            match item:
                case list() if len(item) == _BRANCH:
                    if not path:
                        return rlp.as_bytes(item[_VALUE], "value of a branch") or None
                    child, path = item[path[0]], path[1:]
                case list() if len(item) == _SHORT:
                    prefix, is_leaf = _parse_prefix(rlp.as_bytes(item[0], "path of a node"))
                    if is_leaf:
                        return _leaf_value(item[1]) if prefix == path else None
                    if not path.startswith(prefix):
                        return None
                    child, path = item[1], path[len(prefix) :]
                    if child == b"":
                        raise _fault("a node below an extension", "none")
                case _:
                    raise _fault("a node of 17 or 2 items", "another")
            if child == b"":
                return None
            item = self._child(child)

    def _child(self, child: rlp.Item) -> rlp.Item:
        if isinstance(child, bytes):
            if len(child) != 32:
                raise _fault("a node named by 32 bytes", f"{len(child)}")
            return self._take(child)
        if len(rlp.encode(child)) >= 32:
            raise _fault("a node within its parent of less than 32 bytes", "a longer one")
        return child

    def _take(self, name: bytes) -> rlp.Item:
        node = next(self._nodes, None)
        if node is None:
            raise _fault(f"the node {name.hex()}", f"the end of the proof after {self._taken}")
        self._taken += 1
        found = keccak256(node)
        if found != name:
            raise _fault(f"the node {name.hex()}", found.hex())
        return rlp.decode(node)


def _leaf_value(item: rlp.Item) -> bytes:
    value = rlp.as_bytes(item, "value of a leaf")
    if not value:
        raise _fault("a value in a leaf", "none")
    return value


def _parse_prefix(raw: bytes) -> tuple[bytes, bool]:
    """Return the half bytes of a node's path, and whether the node is a leaf (hex-prefix encoding, appendix C)."""
    if not raw:
        raise _fault("a path in a node", "none")
    flag, rest = raw[0] >> 4, raw[0] & 15
    is_odd, is_leaf = bool(flag & 1), bool(flag & 2)
    if flag > 3 or (not is_odd and rest):
        raise _fault("a path that begins as one", f"{raw[0]:02x}")
    path = (bytes([rest]) if is_odd else b"") + nibbles_of(raw[1:])
    if not is_leaf and not path:
        raise _fault("an extension that goes on", "an empty one")
    return path, is_leaf


def _fault(expected: str, found: str) -> VerificationError:
    return VerificationError("asset.trie", f"trie proof: expected {expected}, found {found}")
