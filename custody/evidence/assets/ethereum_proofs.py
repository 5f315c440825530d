"""Proofs about accounts, storage and receipts of Ethereum out of captured answers.

Headers come from ``eth_getBlockByNumber`` or ``-ByHash``, accounts and storage from ``eth_getProof`` (EIP-1186), which
doesn't name its block: the root does. A receipt is proven by ``eth_getBlockReceipts``, all receipts of its block.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from custody.evidence.assets.answers import Answers, as_bytes, as_list, as_quantity
from custody.evidence.assets.receipts_trie import build_trie
from custody.onchain import rlp
from custody.onchain.caip import Account, Asset
from custody.onchain.ethereum import Header, balance_key, owner_key, parse_header, token_balance_key
from custody.onchain.keccak import keccak256
from custody.onchain.patricia import EMPTY_ROOT
from custody.onchain.transfers import Moved, moves_of, parse_receipt
from schemas import limits
from schemas.asset_proof import AccountProof, AssetProof, Layout, ReceiptProof, StorageProof
from schemas.errors import RecordError, VerificationError
from schemas.types import UNSET

_FIELDS: Final = (
    "parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot", "receiptsRoot", "logsBloom", "difficulty",
    "number", "gasLimit", "gasUsed", "timestamp", "extraData", "mixHash", "nonce",
)  # fmt: skip
_LATER: Final = (
    "baseFeePerGas", "withdrawalsRoot", "blobGasUsed", "excessBlobGas", "parentBeaconBlockRoot", "requestsHash"
)  # fmt: skip
_NUMBERS: Final = frozenset(
    {"difficulty", "number", "gasLimit", "gasUsed", "timestamp", "baseFeePerGas", "blobGasUsed", "excessBlobGas"}
)
_SLOTS: Final = 256
"""Slots that are tried when a storage key is explained; a contract has fewer mappings."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What the proofs are to be about: the asset, accounts that may hold it, perhaps the transfer's transaction."""

    asset: Asset | None
    accounts: tuple[Account, ...]
    transaction: str | None
    slots: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Block:
    raw: bytes
    header: Header


def ethereum_proofs(answers: Answers, chain: str, subject: Subject) -> list[AssetProof]:
    """Return a proof of each captured account, and of the transfer among captured receipts.

    Raises:
        RecordError: ``asset.answer`` for an answer of a form that the call doesn't give, ``asset.answer-missing``
            where the block is missing or the transfer isn't there.
        VerificationError: ``asset.trie``, ``asset.rlp``: a proof that doesn't hold.
    """
    blocks = [_block(found) for found in answers.blocks]
    proofs = []
    for found in answers.accounts:
        account = _account(found, subject)
        root = keccak256(bytes.fromhex(account.nodes[0])) if account.nodes else EMPTY_ROOT
        at = _find(blocks, [block.header.state_root for block in blocks], root, "state")
        proofs.append(_proof(blocks, at, chain, account=account))
    for receipts in (*answers.receipts, *answers.single_receipts.values()):
        at, receipt = _receipt(receipts, blocks, subject)
        proofs.append(_proof(blocks, at, chain, receipt=receipt))
    return proofs


def _proof(blocks: Sequence[_Block], at: int, chain: str, **part: Any) -> AssetProof:
    following = {block.header.parent: block for block in blocks}
    run = [blocks[at]]
    while len(run) < limits.CHAIN_HEADERS and (after := following.get(run[-1].header.hash)):
        run.append(after)
    return AssetProof(
        chain=chain,
        headers=tuple(block.raw.hex() for block in run),
        height=run[0].header.number,
        place=0,
        schema="custody-asset-proof/v1",
        **part,
    )


def _find(blocks: Sequence[_Block], roots: Sequence[bytes], root: bytes, what: str) -> int:
    if root not in roots:
        hint = "capture eth_getBlockByNumber for that block as well"
        raise RecordError(
            "asset.answer-missing",
            f"expected a block with the {what} root {root.hex()}, found {len(blocks)} others",
            hint=hint,
        )
    return roots.index(root)


def _block(found: dict[str, Any]) -> _Block:
    """Return the header of a block that a node took apart, compared with the hash that it gave.

    Raises:
        RecordError: ``asset.answer``.
    """
    names = [*_FIELDS, *(name for name in _LATER if found.get(name) is not None)]
    raw = rlp.encode([_field(found, name) for name in names])
    if keccak256(raw) != as_bytes(found.get("hash"), "hash of the block", 32):
        text = "expected a block header of the hash given with it, found another: changed, or of an unknown form"
        raise RecordError("asset.answer", text)
    try:
        return _Block(raw, parse_header(raw))
    except VerificationError as error:
        raise RecordError("asset.answer", error.text) from None


def _field(found: dict[str, Any], name: str) -> bytes:
    if name in _NUMBERS:
        return rlp.encode_number(as_quantity(found.get(name), name))
    return as_bytes(found.get(name), name)


def _account(found: dict[str, Any], subject: Subject) -> AccountProof:
    address = as_bytes(found.get("address"), "address", 20)
    storage = as_list(found.get("storageProof", []), "storageProof")
    if not all(isinstance(item, dict) for item in storage):
        raise RecordError("asset.answer", "expected objects in storageProof, found another value")
    return AccountProof(
        address=address.hex(),
        nodes=_nodes(found.get("accountProof"), "accountProof"),
        storage=tuple(_storage(item, subject) for item in storage) or UNSET,
    )


def _storage(item: dict[str, Any], subject: Subject) -> StorageProof:
    key = _word(item.get("key"), "key of a word")
    layout, slot = _explain(key, subject) or (UNSET, UNSET)
    if layout == "erc721-owner" and int.from_bytes(_word(item.get("value"), "value of a word"), "big") >> 160:
        # A word longer than an account is that of ERC-721A, which packs a time and marks above the owner.
        layout = "erc721a-owner"
    return StorageProof(
        key=key.hex(),
        layout=layout,
        nodes=_nodes(item.get("proof"), "proof of a word"),
        slot=slot.to_bytes(32, "big").hex() if isinstance(slot, int) else UNSET,
    )


def _word(value: Any, what: str) -> bytes:
    """Return 32 bytes; nodes give them as a number or in full."""
    text = value if isinstance(value, str) else ""
    digits = text.removeprefix("0x")
    if not text.startswith("0x") or len(digits) > 64:
        raise RecordError("asset.answer", f"expected 32 bytes in hex as {what}, found another value")
    return as_bytes(digits.rjust(64, "0"), what, 32)


def _explain(key: bytes, subject: Subject) -> tuple[Layout, int] | None:
    """Return by which layout and slot a key follows from the recorded token and accounts; nothing where by none."""
    return next((found for found, candidate in _candidates(subject) if candidate == key), None)


def _candidates(subject: Subject) -> Iterator[tuple[tuple[Layout, int], bytes]]:
    asset = subject.asset
    kind = None if asset is None else asset.kind
    token = int(asset.token) if asset is not None and asset.contract is not None and asset.token is not None else None
    for number in (*range(_SLOTS), *subject.slots):
        slot = number.to_bytes(32, "big")
        if kind == "erc721" and token is not None:
            yield ("erc721-owner", number), owner_key(token, slot)
        for account in subject.accounts:
            if kind == "erc20":
                yield ("erc20-balance", number), balance_key(account.address.raw, slot)
            elif kind == "erc1155" and token is not None:
                yield ("erc1155-balance", number), token_balance_key(token, account.address.raw, slot)


def _nodes(value: Any, what: str) -> tuple[str, ...]:
    """Return the nodes of a proof in the one form: none for an empty trie, none that stands inside its parent.

    Some nodes answer with the empty trie's only node, or list a short node again that its parent holds already.
    """
    nodes = [as_bytes(item, what) for item in as_list(value, what)]
    if nodes == [b"\x80"]:
        return ()
    if len(nodes) > limits.TRIE_NODES or not all(nodes):
        raise RecordError("asset.answer", f"expected at most {limits.TRIE_NODES} nodes as {what}, found others")
    return tuple(node.hex() for at, node in enumerate(nodes) if at == 0 or len(node) >= 32)


def _receipt(receipts: list[dict[str, Any]], blocks: Sequence[_Block], subject: Subject) -> tuple[int, ReceiptProof]:
    # A receipt that was captured twice is one.
    unique = {str(item.get("transactionIndex")): item for item in receipts}.values()
    ordered = sorted(unique, key=lambda item: as_quantity(item.get("transactionIndex"), "transactionIndex"))
    encoded = [_encode_receipt(item) for item in ordered]
    index, log = _choose(ordered, encoded, subject)
    root, nodes = build_trie(encoded, index)
    at = _find(blocks, [block.header.receipts_root for block in blocks], root, "receipts")
    return at, ReceiptProof(index=index, log=log, nodes=tuple(node.hex() for node in nodes))


def _choose(ordered: Sequence[dict[str, Any]], encoded: Sequence[bytes], subject: Subject) -> tuple[int, int]:
    """Return transaction and log of the transfer that is meant: by contract, token, and transaction if it was told."""
    for index, (item, raw) in enumerate(zip(ordered, encoded, strict=True)):
        told = subject.transaction
        if told is not None and as_bytes(item.get("transactionHash"), "transactionHash", 32).hex() != told:
            continue
        for place, log in enumerate(parse_receipt(raw) if item.get("logs") else ()):
            contract = subject.asset.contract if subject.asset is not None else None
            if contract is None or contract.raw != log.address:
                continue
            try:
                moves = moves_of(log)
            except VerificationError:
                continue
            if any(_is_meant(move, subject) for move in moves):
                return index, place
    text = "expected a transfer of the asset to a recorded account among the receipts, found none"
    raise RecordError("asset.answer-missing", text, hint="name the asset as CAIP-19 with its token id")


def _is_meant(move: Moved, subject: Subject) -> bool:
    asset = subject.asset
    token = None if asset is None or asset.token is None else int(asset.token)
    receivers = {account.address.raw for account in subject.accounts}
    return move.token == token and (not receivers or move.receiver in receivers)


def _encode_receipt(item: dict[str, Any]) -> bytes:
    """Return a receipt as it stands in the trie (EIP-2718 for typed ones).

    Raises:
        RecordError: ``asset.answer``.
    """
    kind = as_quantity(item.get("type", "0x0"), "type of a receipt")
    if item.get("root") not in (None, "", "0x"):
        outcome = as_bytes(item["root"], "root of a receipt", 32)
    else:
        outcome = rlp.encode_number(as_quantity(item.get("status"), "status of a receipt"))
    body: rlp.Item = [
        outcome,
        rlp.encode_number(as_quantity(item.get("cumulativeGasUsed"), "cumulativeGasUsed")),
        as_bytes(item.get("logsBloom"), "logsBloom", 256),
        [_encode_log(log) for log in as_list(item.get("logs"), "logs")],
    ]
    if kind > 0x7F:
        raise RecordError("asset.answer", f"expected a type of receipt up to 0x7f, found {kind:#x}")
    return (bytes([kind]) if kind else b"") + rlp.encode(body)


def _encode_log(log: Any) -> rlp.Item:
    if not isinstance(log, dict):
        raise RecordError("asset.answer", "expected an object as log, found another value")
    topics: list[rlp.Item] = [as_bytes(topic, "topic", 32) for topic in as_list(log.get("topics"), "topics")]
    return [as_bytes(log.get("address"), "address of a log", 20), topics, as_bytes(log.get("data"), "data of a log")]
