"""Proofs of Bitcoin transactions out of captured answers: the place in the block, and headers that follow each other.

The place comes from ``gettxoutproof`` (a Merkle block, BIP-37), from ``getblock`` with its list of transactions, or
from Electrum's ``blockchain.transaction.get_merkle``; headers from these, ``getblockheader`` and Electrum.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from custody.evidence.assets.answers import Answers, as_bytes, as_count, as_list
from custody.onchain.bitcoin import (
    HEADER_BYTES,
    Header,
    Transaction,
    double_sha256,
    parse_header,
    parse_transactions,
    reversed_hex,
)
from schemas import limits
from schemas.asset_proof import AssetProof, TransactionProof
from schemas.errors import RecordError, VerificationError

_TRANSACTIONS = 1_000_000
_HEIGHT = 1 << 40


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a transaction is: its block, its number there, and the siblings up to the root."""

    header: Header
    index: int
    branch: tuple[bytes, ...]


@dataclass(slots=True)
class _Known:
    """Headers by hash, and the heights that answers gave for some of them."""

    headers: dict[bytes, Header] = field(default_factory=dict)
    heights: dict[bytes, int] = field(default_factory=dict)

    def add(self, raw: bytes, height: int | None = None) -> Header:
        header = parse_header(raw)
        self.headers[header.hash] = header
        if height is not None and self.heights.setdefault(header.hash, height) != height:
            raise RecordError("asset.answer", f"expected one height of {reversed_hex(header.hash)}, found two")
        return header


def bitcoin_proofs(answers: Answers, chain: str) -> list[AssetProof]:
    """Return a proof of each captured transaction.

    Raises:
        RecordError: ``asset.answer`` for an answer of a form that the call doesn't give, ``asset.answer-missing``
            where a transaction's place or every height is missing.
    """
    known = _Known()
    for raw in answers.headers:
        known.add(raw)
    places = dict(_merkle_places(answers, known))
    for head in answers.heads:
        header = known.add(_header_of(head), as_count(head["height"], "height", _HEIGHT))
        places.update(_listed_places(head, header))
    transactions = {transaction.id: transaction for transaction in answers.transactions}
    for transaction in transactions.values():
        if transaction.id not in places and (place := _electrum_place(answers, transaction, known)):
            places[transaction.id] = place
    return [_proof(transaction, places.get(transaction.id), known, chain) for transaction in transactions.values()]


def _proof(transaction: Transaction, place: _Place | None, known: _Known, chain: str) -> AssetProof:
    name = reversed_hex(transaction.id)
    if place is None:
        hint = "capture gettxoutproof for it as well"
        raise RecordError("asset.answer-missing", f"expected the place of transaction {name}, found none", hint=hint)
    headers, at = _around(place.header, known)
    height = _height(headers, known)
    if height is None:
        hint = "capture getblockheader for its block, which tells the height"
        raise RecordError("asset.answer-missing", f"expected the height of the block of {name}, found none", hint=hint)
    return AssetProof(
        chain=chain,
        headers=tuple(header.raw.hex() for header in headers),
        height=height,
        place=at,
        schema="custody-asset-proof/v1",
        transaction=TransactionProof(
            branch=tuple(sibling.hex() for sibling in place.branch),
            index=place.index,
            raw=transaction.stripped.hex(),
        ),
    )


def _around(header: Header, known: _Known) -> tuple[list[Header], int]:
    """Return the headers that link to ``header`` without a gap, and its place among them; later ones go first."""
    after = {item.previous: item for item in known.headers.values()}
    found = [header]
    while len(found) < limits.CHAIN_HEADERS and (following := after.get(found[-1].hash)):
        found.append(following)
    before: list[Header] = []
    earliest = header
    while len(found) + len(before) < limits.CHAIN_HEADERS and (found_before := known.headers.get(earliest.previous)):
        earliest = found_before
        before.append(earliest)
    return [*reversed(before), *found], len(before)


def _height(headers: Sequence[Header], known: _Known) -> int | None:
    """Return the height of the first header, from any of them whose height was told."""
    told = {known.heights[header.hash] - at for at, header in enumerate(headers) if header.hash in known.heights}
    if len(told) > 1 or any(height < 0 for height in told):
        raise RecordError("asset.answer", "expected heights that follow each other, found others")
    return told.pop() if told else None


def _header_of(head: dict[str, object]) -> bytes:
    """Return the 80 bytes of a header that a node took apart, compared with the hash that it gave.

    Raises:
        RecordError: ``asset.answer``.
    """
    version = as_bytes(head.get("versionHex"), "versionHex", 4)[::-1]
    previous = as_bytes(head.get("previousblockhash", "00" * 32), "previousblockhash", 32)[::-1]
    root = as_bytes(head.get("merkleroot"), "merkleroot", 32)[::-1]
    time, nonce = (as_count(head.get(name), name, (1 << 32) - 1).to_bytes(4, "little") for name in ("time", "nonce"))
    raw = version + previous + root + time + as_bytes(head.get("bits"), "bits", 4)[::-1] + nonce
    if double_sha256(raw)[::-1] != as_bytes(head.get("hash"), "hash", 32):
        raise RecordError("asset.answer", f"expected a header of the hash given with it, found {raw.hex()}")
    return raw


def _listed_places(head: dict[str, object], header: Header) -> Iterator[tuple[bytes, _Place]]:
    """Yield the place of each transaction of a block whose transactions are all listed."""
    listed = head.get("tx")
    if not isinstance(listed, list) or len(listed) > _TRANSACTIONS:
        return
    ids = [item.get("txid") if isinstance(item, dict) else item for item in listed]
    yield from _places_of([as_bytes(item, "id of a transaction", 32)[::-1] for item in ids], header)


def _places_of(leaves: list[bytes], header: Header) -> Iterator[tuple[bytes, _Place]]:
    """Yield the place of each of all transactions of a block."""
    if not leaves:
        return
    levels = [leaves]
    while len(levels[-1]) > 1:
        row = levels[-1]
        row = [*row, row[-1]] if len(row) & 1 else row
        levels[-1] = row
        levels.append([double_sha256(row[at] + row[at + 1]) for at in range(0, len(row), 2)])
    for index, leaf in enumerate(leaves):
        branch = tuple(row[index >> depth ^ 1] for depth, row in enumerate(levels[:-1]))
        yield leaf, _Place(header, index, branch)


def _electrum_place(answers: Answers, transaction: Transaction, known: _Known) -> _Place | None:
    roots = {header.merkle_root: header for header in known.headers.values()}
    for place in answers.places:
        branch = tuple(as_bytes(item, "merkle", 32)[::-1] for item in as_list(place["merkle"], "merkle"))
        index = as_count(place["pos"], "pos", _TRANSACTIONS)
        node = transaction.id
        for depth, sibling in enumerate(branch):
            node = double_sha256(sibling + node if index >> depth & 1 else node + sibling)
        if node in roots:
            height = as_count(place["block_height"], "block_height", _HEIGHT)
            return _Place(known.add(roots[node].raw, height), index, branch)
    return None


def _merkle_places(answers: Answers, known: _Known) -> Iterator[tuple[bytes, _Place]]:
    for raw in answers.merkle_blocks:
        header = known.add(raw[:HEADER_BYTES])
        leaves = _block_leaves(raw)
        if leaves is not None:
            yield from _places_of(leaves, header)
            continue
        for leaf, index, branch in _PartialTree(raw[HEADER_BYTES:]).matches():
            yield leaf, _Place(header, index, tuple(branch))


def _block_leaves(raw: bytes) -> list[bytes] | None:
    """Return the ids of all transactions of a whole block as getblock answers it in hex, or nothing for other bytes."""
    try:
        found = parse_transactions(raw[HEADER_BYTES:])
    except VerificationError:
        return None
    return [transaction.id for transaction in found]


class _PartialTree:
    """A partial Merkle tree (BIP-37): hashes and flags in preorder. Lives as long as one reading.

    Raises:
        RecordError: ``asset.answer``.
    """

    def __init__(self, raw: bytes) -> None:
        self._raw, self._at = raw, 0
        self._total = int.from_bytes(self._take(4), "little")
        self._hashes = [self._take(32) for _ in range(self._count())]
        flags = self._take(self._count())
        self._flags = [byte >> bit & 1 for byte in flags for bit in range(8)]
        if self._at != len(raw) or not 0 < self._total <= _TRANSACTIONS or len(self._hashes) > self._total:
            raise _tree_fault()
        self._next_hash = self._next_flag = 0

    def matches(self) -> list[tuple[bytes, int, list[bytes]]]:
        """Return id, index and branch of each transaction that the tree is about."""
        height = (self._total - 1).bit_length()
        _, found = self._walk(height, 0)
        if self._next_hash != len(self._hashes) or (self._next_flag + 7) // 8 * 8 != len(self._flags):
            raise _tree_fault()
        return found

    def _walk(self, height: int, place: int) -> tuple[bytes, list[tuple[bytes, int, list[bytes]]]]:
        if self._next_flag >= len(self._flags):
            raise _tree_fault()
        is_on_path = self._flags[self._next_flag]
        self._next_flag += 1
        if height == 0 or not is_on_path:
            node = self._hash()
            return node, [(node, place, [])] if is_on_path else []
        left, found = self._walk(height - 1, 2 * place)
        has_right = (2 * place + 1) << (height - 1) < self._total
        right, more = self._walk(height - 1, 2 * place + 1) if has_right else (left, [])
        for _, _, branch in found:
            branch.append(right)
        for _, _, branch in more:
            branch.append(left)
        return double_sha256(left + right), [*found, *more]

    def _hash(self) -> bytes:
        if self._next_hash >= len(self._hashes):
            raise _tree_fault()
        self._next_hash += 1
        return self._hashes[self._next_hash - 1]

    def _take(self, size: int) -> bytes:
        if size > len(self._raw) - self._at:
            raise _tree_fault()
        self._at += size
        return self._raw[self._at - size : self._at]

    def _count(self) -> int:
        first = self._take(1)[0]
        size = {0xFD: 2, 0xFE: 4, 0xFF: 8}.get(first)
        return first if size is None else int.from_bytes(self._take(size), "little")


def _tree_fault() -> RecordError:
    return RecordError("asset.answer", "expected a Merkle block as gettxoutproof answers it, found other bytes")
