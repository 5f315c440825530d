"""A node that answers as the real ones do, about forged blocks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from custody.evidence.assets.ethereum_proofs import Subject
from custody.onchain.caip import parse_account, parse_asset, parse_chain
from tests.onchain.forging import ETHEREUM, REGTEST, EthereumBlock, branch_of, double, hashed
from tests.onchain.scenes import CONTRACT, TARGET, account, asset

CHAIN, COINS = parse_chain(ETHEREUM), parse_chain(REGTEST)
SUBJECT = Subject(parse_asset(asset()), tuple(parse_account(account(raw)) for raw in (TARGET, b"\xb2" * 20)), None)
NOBODY = Subject(None, (), None)

_NUMBERS = {"difficulty", "number", "gasLimit", "gasUsed", "timestamp", "baseFeePerGas"}


def answer(*results: Any) -> bytes:
    """A batch of answers."""
    return json.dumps(
        [{"jsonrpc": "2.0", "id": place, "result": result} for place, result in enumerate(results)]
    ).encode()


def get_block(block: EthereumBlock) -> dict[str, Any]:
    """eth_getBlockByNumber."""
    told = {
        name: (hex(int.from_bytes(raw, "big")) if name in _NUMBERS else f"0x{raw.hex()}")
        for name, raw in block.fields()
    }
    return {**told, "hash": f"0x{block.hash.hex()}", "transactions": [], "uncles": [], "size": "0x1"}


def get_proof(block: EthereumBlock, address: bytes, *keys: bytes) -> dict[str, Any]:
    """eth_getProof."""
    storage = block.accounts[address].trie if address in block.accounts else None
    return {
        "address": f"0x{address.hex()}",
        "accountProof": [f"0x{raw.hex()}" for raw in block.state.prove(hashed(address))],
        "balance": "0x0",
        "storageProof": [
            {"key": f"0x{key.hex()}", "value": "0x1", "proof": [f"0x{raw.hex()}" for raw in storage.prove(hashed(key))]}
            for key in keys
            if storage is not None
        ],
    }


def get_receipts(block: EthereumBlock, logs_at: int, logs: Sequence[Any]) -> list[dict[str, Any]]:
    """eth_getBlockReceipts of a block of `receipts_block`, in no order."""
    found = []
    for place in range(len(block.receipts)):
        own = logs if place == logs_at else []
        found.append(
            {
                "transactionHash": f"0x{hashed(bytes([place])).hex()}",
                "transactionIndex": hex(place),
                "status": "0x1",
                "type": hex(2 if place == logs_at else place % 3),
                "cumulativeGasUsed": hex(21000 if place == logs_at else 21000 * (place + 1)),
                "logsBloom": f"0x{bytes(256).hex()}",
                "logs": [
                    {
                        "address": f"0x{item[0].hex()}",
                        "topics": [f"0x{topic.hex()}" for topic in item[1]],
                        "data": f"0x{item[2].hex()}",
                    }
                    for item in own
                ],
            }
        )
    return found[::-1]


def merkle_block(header: bytes, leaves: Sequence[bytes], index: int) -> str:
    """Gettxoutproof: a partial tree with one transaction."""
    flags: list[int] = []
    hashes: list[bytes] = []

    def walk(height: int, place: int) -> None:
        is_on_way = index >> height == place
        flags.append(int(is_on_way))
        if height == 0 or not is_on_way:
            row = list(leaves)
            for _ in range(height):
                row += row[-1:] if len(row) % 2 else []
                row = [double(row[at] + row[at + 1]) for at in range(0, len(row), 2)]
            hashes.append(row[place])
            return
        walk(height - 1, 2 * place)
        if (2 * place + 1) << (height - 1) < len(leaves):
            walk(height - 1, 2 * place + 1)

    walk((len(leaves) - 1).bit_length(), 0)
    packed = bytearray((len(flags) + 7) // 8)
    for place, flag in enumerate(flags):
        packed[place // 8] |= flag << place % 8
    raw = header + len(leaves).to_bytes(4, "little") + bytes([len(hashes)]) + b"".join(hashes)
    return (raw + bytes([len(packed)]) + bytes(packed)).hex()


def get_header(raw: bytes, height: int, leaves: Sequence[bytes] | None = None) -> dict[str, Any]:
    """Getblockheader, or getblock with its transactions."""
    told: dict[str, Any] = {
        "hash": double(raw)[::-1].hex(),
        "height": height,
        "versionHex": raw[:4][::-1].hex(),
        "merkleroot": raw[36:68][::-1].hex(),
        "time": int.from_bytes(raw[68:72], "little"),
        "bits": raw[72:76][::-1].hex(),
        "nonce": int.from_bytes(raw[76:], "little"),
        "difficulty": 4.656542373906925e-10,
    }
    if any(raw[4:36]):
        told["previousblockhash"] = raw[4:36][::-1].hex()
    return told if leaves is None else {**told, "tx": [leaf[::-1].hex() for leaf in leaves]}


def get_merkle(leaves: Sequence[bytes], index: int, height: int) -> dict[str, Any]:
    """Electrum's blockchain.transaction.get_merkle."""
    _, branch = branch_of(leaves, index)
    return {"merkle": [raw[::-1].hex() for raw in branch], "pos": index, "block_height": height}


def owner_answers(block: EthereumBlock, key: bytes) -> bytes:
    """The block, and the word of the contract's storage."""
    return answer(get_block(block), get_proof(block, CONTRACT, key))
