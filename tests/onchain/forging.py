"""Chains that fit into a test: small tries, blocks, transactions, made by an encoder of our own for tests only.

Nothing of it is shared with the code under test but the hash function: an encoder that were the decoder's twin would
agree with its mistakes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from Crypto.Hash import keccak

from schemas import canonical
from schemas.asset_proof import AssetProof

ETHEREUM = "eip155:1"
REGTEST = "bip122:0f9188f13cb7b2c71f2a335e3a4fc328"
Tree = Any
"""What is to be spelled: bytes or a list of such."""


def hashed(raw: bytes) -> bytes:
    """Keccak-256."""
    return keccak.new(digest_bits=256, data=raw).digest()


def spell(item: Tree) -> bytes:
    """RLP, by its definition."""
    body = item if isinstance(item, bytes) else b"".join(spell(part) for part in item)
    base = 0x80 if isinstance(item, bytes) else 0xC0
    if isinstance(item, bytes) and len(item) == 1 and item[0] < 0x80:
        return item
    if len(body) <= 55:
        return bytes([base + len(body)]) + body
    size = f"{len(body):x}"
    spelled = bytes.fromhex(size if len(size) % 2 == 0 else f"0{size}")
    return bytes([base + 55 + len(spelled)]) + spelled + body


def number(value: int) -> bytes:
    """A number as RLP spells it."""
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


@dataclass
class Trie:
    """A Merkle-Patricia trie, grown from all its pairs at once; ``nodes`` by their hash."""

    pairs: Mapping[bytes, bytes]
    nodes: dict[bytes, bytes] = field(default_factory=dict)
    root: bytes = b""

    def __post_init__(self) -> None:
        top = spell(self._grow({key.hex(): value for key, value in self.pairs.items()})) if self.pairs else b"\x80"
        self.root = hashed(top)
        if self.pairs:
            self.nodes[self.root] = top

    def _grow(self, pairs: Mapping[str, bytes]) -> Tree:
        if len(pairs) == 1:
            ((path, value),) = pairs.items()
            return [self._path(path, 2), value]
        keys = list(pairs)
        common = 0
        while all(len(key) > common and key[common] == keys[0][common] for key in keys):
            common += 1
        if common:
            below = self._grow({key[common:]: value for key, value in pairs.items()})
            return [self._path(keys[0][:common], 0), self._name(below)]
        children = []
        for digit in "0123456789abcdef":
            own = {key[1:]: value for key, value in pairs.items() if key.startswith(digit)}
            children.append(self._name(self._grow(own)) if own else b"")
        return [*children, pairs.get("", b"")]

    def _name(self, node: Tree) -> Tree:
        raw = spell(node)
        if len(raw) < 32:
            return node
        self.nodes[hashed(raw)] = raw
        return hashed(raw)

    @staticmethod
    def _path(path: str, flag: int) -> bytes:
        return bytes.fromhex(f"{flag + 1}{path}" if len(path) % 2 else f"{flag}0{path}")

    def prove(self, key: bytes) -> list[bytes]:
        """The nodes on the way to a key, or to where it would be."""
        if not self.pairs:
            return []
        found, item, path = [self.nodes[self.root]], _unspell(self.nodes[self.root]), key.hex()
        while True:
            if len(item) == 17:
                if not path:
                    return found
                child, path = item[int(path[0], 16)], path[1:]
            else:
                digits = item[0].hex()
                own = digits[1:] if int(digits[0], 16) & 1 else digits[2:]
                if int(digits[0], 16) & 2 or not path.startswith(own):
                    return found
                child, path = item[1], path[len(own) :]
            if child == b"":
                return found
            if isinstance(child, bytes):
                found.append(self.nodes[child])
                child = _unspell(self.nodes[child])
            item = child


def _unspell(raw: bytes) -> Tree:
    item, rest = _take(raw)
    assert not rest
    return item


def _take(raw: bytes) -> tuple[Tree, bytes]:
    first = raw[0]
    if first < 0x80:
        return raw[:1], raw[1:]
    base = 0x80 if first < 0xC0 else 0xC0
    size, start = first - base, 1
    if size > 55:
        start = 1 + size - 55
        size = int.from_bytes(raw[1:start], "big")
    body, rest = raw[start : start + size], raw[start + size :]
    if base == 0x80:
        return body, rest
    items = []
    while body:
        item, body = _take(body)
        items.append(item)
    return items, rest


@dataclass(frozen=True)
class Account:
    """What is to stand in a block's state."""

    nonce: int = 0
    balance: int = 0
    storage: Mapping[bytes, int] = field(default_factory=dict)
    code: bytes = b""

    @property
    def trie(self) -> Trie:
        """Its storage: keys are hashed, values are numbers."""
        return Trie({hashed(key): spell(number(value)) for key, value in self.storage.items()})

    def spelled(self) -> bytes:
        """The account as the state holds it."""
        return spell([number(self.nonce), number(self.balance), self.trie.root, hashed(self.code)])


def log(address: bytes, topics: Sequence[bytes], data: bytes = b"") -> Tree:
    """A log of a receipt."""
    return [address, list(topics), data]


def receipt(logs: Sequence[Tree], *, kind: int = 2, status: bytes = b"\x01", gas: int = 21000) -> bytes:
    """A receipt, typed unless ``kind`` is 0."""
    return (bytes([kind]) if kind else b"") + spell([status, number(gas), bytes(256), list(logs)])


@dataclass(frozen=True)
class EthereumBlock:
    """A block with a state and receipts."""

    number: int
    accounts: Mapping[bytes, Account] = field(default_factory=dict)
    receipts: Sequence[bytes] = ()
    parent: bytes = bytes(32)

    @property
    def state(self) -> Trie:
        """The trie of accounts."""
        return Trie({hashed(address): account.spelled() for address, account in self.accounts.items()})

    @property
    def receipts_trie(self) -> Trie:
        """The trie of receipts."""
        return Trie({spell(number(place)): raw for place, raw in enumerate(self.receipts)})

    def fields(self) -> list[tuple[str, bytes]]:
        """The header's fields under the names that a node gives them."""
        return [
            ("parentHash", self.parent), ("sha3Uncles", bytes(32)), ("miner", bytes(20)),
            ("stateRoot", self.state.root), ("transactionsRoot", bytes(32)),
            ("receiptsRoot", self.receipts_trie.root), ("logsBloom", bytes(256)), ("difficulty", b""),
            ("number", number(self.number)), ("gasLimit", number(30_000_000)), ("gasUsed", b""),
            ("timestamp", number(1_700_000_000 + 12 * self.number)), ("extraData", b"test"), ("mixHash", bytes(32)),
            ("nonce", bytes(8)), ("baseFeePerGas", number(7)), ("withdrawalsRoot", bytes(32)),
        ]  # fmt: skip

    @property
    def header(self) -> bytes:
        """The header's RLP."""
        return spell([value for _, value in self.fields()])

    @property
    def hash(self) -> bytes:
        """The block's hash."""
        return hashed(self.header)

    def after(self) -> EthereumBlock:
        """An empty block that follows."""
        return EthereumBlock(self.number + 1, parent=self.hash)


def double(raw: bytes) -> bytes:
    """SHA-256 of SHA-256."""
    return sha256(sha256(raw).digest()).digest()


def transaction(outputs: Sequence[tuple[int, bytes]], *, seed: bytes = b"seed") -> bytes:
    """A transaction without witnesses, with one input."""
    spent = sha256(seed).digest() + bytes(4) + b"\x00" + b"\xff" * 4
    paid = b"".join(value.to_bytes(8, "little") + bytes([len(script)]) + script for value, script in outputs)
    return b"\x01\0\0\0" + b"\x01" + spent + bytes([len(outputs)]) + paid + bytes(4)


def branch_of(leaves: Sequence[bytes], index: int) -> tuple[bytes, list[bytes]]:
    """The Merkle root over ids of transactions, and the siblings of one of them."""
    row, found = list(leaves), []
    while len(row) > 1:
        row += row[-1:] if len(row) % 2 else []
        found.append(row[index ^ 1])
        row, index = [double(row[at] + row[at + 1]) for at in range(0, len(row), 2)], index // 2
    return row[0], found


def mine(previous: bytes, root: bytes, *, bits: int = 0x207FFFFF, time: int = 1_600_000_000) -> bytes:
    """A header with the little work that a regression test chain wants."""
    target = (bits & 0xFFFFFF) << 8 * ((bits >> 24) - 3)
    for nonce in range(1 << 20):
        raw = b"\0\0\0\x20" + previous + root + b"".join(word.to_bytes(4, "little") for word in (time, bits, nonce))
        if int.from_bytes(double(raw), "little") <= target:
            return raw
    raise AssertionError("no nonce")


def bitcoin_chain(root: bytes, before: int, after: int) -> list[bytes]:
    """Headers that link: some, then the one with ``root``, then more."""
    headers: list[bytes] = []
    for place in range(before + 1 + after):
        own = root if place == before else sha256(bytes([place % 256])).digest()
        headers.append(mine(double(headers[-1]) if headers else bytes(32), own))
    return headers


def proof(**fields: Any) -> AssetProof:
    """A proof as a stranger reads it: out of its canonical bytes."""
    raw = canonical.encode({"schema": "custody-asset-proof/v1", "place": 0, **fields})
    return canonical.decode(raw, AssetProof, maximum=1 << 24)
