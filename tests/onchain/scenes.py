"""A seizure on each kind of chain: who held what, what was recorded, and the proof of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import base58

from custody.onchain.addresses import checksummed
from custody.onchain.claims import Recorded
from schemas.asset_proof import AssetProof
from tests.onchain.forging import (
    ETHEREUM,
    REGTEST,
    Account,
    EthereumBlock,
    bitcoin_chain,
    branch_of,
    double,
    hashed,
    log,
    mine,
    number,
    proof,
    receipt,
    spell,
    transaction,
)

TARGET, WALLET, STRANGER, CONTRACT = (bytes([part]) * 20 for part in (0xA1, 0xB2, 0xC3, 0xD4))
TOKEN, SLOT = 771769, 2
HEIGHT = 100
TRANSFER = hashed(b"Transfer(address,address,uint256)")
SINGLE = hashed(b"TransferSingle(address,address,address,uint256,uint256)")
BATCH = hashed(b"TransferBatch(address,address,address,uint256[],uint256[])")


def word(value: int | bytes) -> bytes:
    """32 bytes."""
    return value.rjust(32, b"\0") if isinstance(value, bytes) else value.to_bytes(32, "big")


def account(raw: bytes) -> str:
    """An account by CAIP-10."""
    return f"{ETHEREUM}:{checksummed(raw)}"


def asset(kind: str = "erc721", token: int | None = TOKEN, contract: bytes = CONTRACT) -> str:
    """A token by CAIP-19."""
    return f"{ETHEREUM}/{kind}:{checksummed(contract)}{'' if token is None else f'/{token}'}"


OWNER_KEY = hashed(word(TOKEN) + word(SLOT))


def balance_key(holder: bytes) -> bytes:
    """Where an ERC-1155 contract with its balances in the slot keeps a holder's."""
    return hashed(word(holder) + hashed(word(TOKEN) + word(SLOT)))


def state_block(owner: bytes = TARGET, **balances: int) -> EthereumBlock:
    """A block in which the contract's storage says who owns the token, among other accounts."""
    storage = {OWNER_KEY: int.from_bytes(owner, "big")} if owner else {}
    storage |= {balance_key(TARGET): 3, word(99): 5}
    others = {bytes([place]) * 20: Account(nonce=place, balance=place) for place in range(1, 30)}
    accounts = {**others, CONTRACT: Account(nonce=1, storage=storage, code=b"code"), TARGET: Account(7, 5 * 10**18)}
    return EthereumBlock(HEIGHT, accounts=accounts)


def account_proof(block: EthereumBlock, address: bytes, *storage: dict[str, Any], **changes: Any) -> AssetProof:
    """A proof of an account in a block, with words of its storage."""
    part: dict[str, Any] = {
        "address": address.hex(),
        "nodes": [raw.hex() for raw in block.state.prove(hashed(address))],
    }
    if storage:
        part["storage"] = list(storage)
    fields = {"account": part, "chain": ETHEREUM, "headers": [block.header.hex()], "height": block.number}
    return proof(**{**fields, **changes})


def storage_word(block: EthereumBlock, key: bytes, layout: str | None = None, slot: int = SLOT) -> dict[str, Any]:
    """A word of the contract's storage with its nodes."""
    trie = block.accounts[CONTRACT].trie
    told = {} if layout is None else {"layout": layout, "slot": word(slot).hex()}
    return {"key": key.hex(), "nodes": [raw.hex() for raw in trie.prove(hashed(key))], **told}


def owner_proof(block: EthereumBlock | None = None, **changes: Any) -> AssetProof:
    """That the token belongs to somebody."""
    found = block or state_block()
    return account_proof(found, CONTRACT, storage_word(found, OWNER_KEY, "erc721-owner"), **changes)


def receipts_block(*logs: Any, count: int = 140, at: int = 130, **options: Any) -> EthereumBlock:
    """A block of many transactions, one of which has these logs."""
    receipts = [receipt([], gas=21000 * (place + 1), kind=place % 3) for place in range(count)]
    receipts[at] = receipt(logs, **options)
    return EthereumBlock(HEIGHT, receipts=receipts)


def receipt_proof(block: EthereumBlock, *, index: int = 130, place: int = 0, **changes: Any) -> AssetProof:
    """The receipt at a place."""
    nodes = [raw.hex() for raw in block.receipts_trie.prove(spell(number(index)))]
    fields = {"chain": ETHEREUM, "headers": [block.header.hex()], "height": block.number}
    return proof(**{**fields, "receipt": {"index": index, "log": place, "nodes": nodes}, **changes})


def moved(sender: bytes = TARGET, receiver: bytes = WALLET, token: int = TOKEN, contract: bytes = CONTRACT) -> Any:
    """The log of an ERC-721 transfer."""
    return log(contract, [TRANSFER, word(sender), word(receiver), word(token)])


def address(payload: bytes) -> str:
    """An account of the regression test chain."""
    return f"{REGTEST}:{base58.b58encode_check(bytes([0x6F]) + payload).decode('ascii')}"


def script(payload: bytes) -> bytes:
    """What pays it."""
    return b"\x76\xa9\x14" + payload + b"\x88\xac"


PAYMENT = transaction([(150_000_000, script(WALLET)), (1_000, script(STRANGER))])
PAYMENT_ID = double(PAYMENT)[::-1].hex()


@cache
def bitcoin_headers(before: int, after: int) -> tuple[str, ...]:
    """Headers of a chain with the payment's block among them."""
    root, _ = branch_of(_leaves(), 1)
    return tuple(raw.hex() for raw in bitcoin_chain(root, before, after))


def _leaves() -> Sequence[bytes]:
    return [double(transaction([(1, b"\x51")])), double(PAYMENT), double(transaction([(2, b"\x51")]))]


def bitcoin_proof(before: int = 0, after: int = 2, **changes: Any) -> AssetProof:
    """That the payment is in its block."""
    _, branch = branch_of(_leaves(), 1)
    part = {"branch": [raw.hex() for raw in branch], "index": 1, "raw": PAYMENT.hex()}
    headers = list(bitcoin_headers(before, after))
    fields = {"chain": REGTEST, "headers": headers, "height": HEIGHT - before, "place": before, "transaction": part}
    return proof(**{**fields, **changes})


def page_proof() -> AssetProof:
    """The proof on the page about assets: the payment alone in its block."""
    part = {"branch": [], "index": 0, "raw": PAYMENT.hex()}
    return proof(chain=REGTEST, headers=[mine(bytes(32), double(PAYMENT)).hex()], height=HEIGHT, transaction=part)


def header_hash(raw: str) -> str:
    """A Bitcoin block's hash as people write it."""
    return double(bytes.fromhex(raw))[::-1].hex()


TOKEN_RECORD = Recorded(account=account(TARGET), asset=asset(), wallet=account(WALLET))
COIN_RECORD = Recorded(account=address(TARGET), transaction=PAYMENT_ID, wallet=address(WALLET))
