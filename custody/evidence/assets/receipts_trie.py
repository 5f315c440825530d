"""The trie over all receipts of a block, built anew, for the way to one of them (yellow paper, appendix D).

No call of a node gives that way, but all receipts of the block do; that they are all, and unaltered, shows in the root.
"""

from __future__ import annotations

from collections.abc import Sequence

from custody.onchain import rlp
from custody.onchain.keccak import keccak256
from custody.onchain.patricia import EMPTY_ROOT, nibbles_of

_Pair = tuple[bytes, bytes]
"""What is left of a key, in half bytes, and its value."""


def build_trie(values: Sequence[bytes], index: int) -> tuple[bytes, list[bytes]]:
    """Return the root over ``values``, each under the RLP of its place, and the nodes on the way to ``index``."""
    if not values:
        return EMPTY_ROOT, []
    wanted = values[index]
    pairs = [(nibbles_of(rlp.encode(rlp.encode_number(at))), value) for at, value in enumerate(values)]
    target = nibbles_of(rlp.encode(rlp.encode_number(index)))
    assert wanted, "no receipt is empty"
    way: list[bytes] = []
    root = _build(pairs, target, way)
    if not way or way[-1] != root:
        way.append(root)
    return keccak256(root), way[::-1]


def _build(pairs: Sequence[_Pair], target: bytes | None, way: list[bytes]) -> bytes:
    """Return the RLP of the node over ``pairs``; one of 32 bytes or more on the way to ``target`` goes to ``way``."""
    node = rlp.encode(_node(pairs, target, way))
    if target is not None and len(node) >= 32:
        way.append(node)
    return node


def _node(pairs: Sequence[_Pair], target: bytes | None, way: list[bytes]) -> rlp.Item:
    if len(pairs) == 1:
        key, value = pairs[0]
        return [_prefix(key, is_leaf=True), value]
    shared = _shared([key for key, _ in pairs])
    if shared:
        rest = None if target is None else target[shared:]
        below = _build([(key[shared:], value) for key, value in pairs], rest, way)
        return [_prefix(pairs[0][0][:shared], is_leaf=False), _reference(below)]
    items: list[rlp.Item] = []
    for nibble in range(16):
        own = [(key[1:], value) for key, value in pairs if key[:1] == bytes([nibble])]
        is_on_way = target is not None and target[:1] == bytes([nibble])
        rest = target[1:] if is_on_way and target is not None else None
        items.append(_reference(_build(own, rest, way)) if own else b"")
    return [*items, next((value for key, value in pairs if not key), b"")]


def _reference(node: bytes) -> rlp.Item:
    return rlp.decode(node) if len(node) < 32 else keccak256(node)


def _prefix(path: bytes, *, is_leaf: bool) -> bytes:
    flag = 2 * is_leaf + len(path) % 2
    halves = bytes([flag]) + (b"" if len(path) % 2 else b"\0") + path
    return bytes(high << 4 | low for high, low in zip(halves[::2], halves[1::2], strict=True))


def _shared(keys: Sequence[bytes]) -> int:
    first, last = min(keys), max(keys)
    return next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
