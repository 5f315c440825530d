"""Blocks, accounts and storage of Ethereum and of chains that kept its forms (yellow paper, section 4; EIP-1186).

A block's hash is the Keccak-256 of its header's RLP, whatever later forks put at the header's end: the hash binds all
of it, and only the fields of the first form are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from custody.onchain import rlp
from custody.onchain.keccak import keccak256
from custody.onchain.patricia import EMPTY_ROOT, look_up
from schemas.errors import VerificationError

_FIELDS: Final = 15
_FIELDS_MAXIMUM: Final = 32
_EMPTY_CODE: Final = keccak256(b"")


@dataclass(frozen=True, slots=True)
class Header:
    """A block header, as far as a proof needs it; ``time`` is in seconds since 1970."""

    hash: bytes
    parent: bytes
    state_root: bytes
    receipts_root: bytes
    number: int
    time: int


@dataclass(frozen=True, slots=True)
class AccountState:
    """An account in a block's state; one that isn't there has nothing."""

    nonce: int
    balance: int
    storage_root: bytes
    code_hash: bytes
    exists: bool


NOBODY: Final = AccountState(0, 0, EMPTY_ROOT, _EMPTY_CODE, exists=False)


def parse_header(raw: bytes) -> Header:
    """Return the block header of which ``raw`` is the RLP.

    Raises:
        VerificationError: ``asset.rlp``.
    """
    items = rlp.as_list(rlp.decode(raw), "fields of a header", _FIELDS, _FIELDS_MAXIMUM)
    for place, size in ((0, 32), (1, 32), (2, 20), (3, 32), (4, 32), (5, 32), (6, 256)):
        rlp.as_bytes(items[place], f"field {place} of a header", size)
    for place in range(_FIELDS, len(items)):
        rlp.as_bytes(items[place], f"field {place} of a header")
    return Header(
        hash=keccak256(raw),
        parent=rlp.as_bytes(items[0], "parent"),
        state_root=rlp.as_bytes(items[3], "state root"),
        receipts_root=rlp.as_bytes(items[5], "receipts root"),
        number=rlp.as_number(items[8], "number of a block", 64),
        time=rlp.as_number(items[11], "time of a block", 64),
    )


def check_headers(headers: Sequence[Header], height: int) -> None:
    """Make sure that ``headers`` are blocks that follow each other from ``height`` on.

    Raises:
        VerificationError: ``asset.headers``.
    """
    for place, header in enumerate(headers):
        if header.number != height + place:
            text = f"header {place}: expected block {height + place}, found {header.number}"
            raise VerificationError("asset.headers", text)
    for place, (before, after) in enumerate(pairwise(headers), start=1):
        if after.parent != before.hash:
            text = f"header {place}: expected {before.hash.hex()} before it, found {after.parent.hex()}"
            raise VerificationError("asset.headers", text)


def account_at(state_root: bytes, address: bytes, nodes: Sequence[bytes]) -> AccountState:
    """Return the account of the 20 bytes ``address`` in a state, `NOBODY` where the proof shows that there is none.

    Raises:
        VerificationError: ``asset.trie``, ``asset.rlp``.
    """
    found = look_up(state_root, keccak256(address), nodes)
    if found is None:
        return NOBODY
    nonce, balance, storage, code = rlp.as_list(rlp.decode(found), "an account", 4, 4)
    return AccountState(
        nonce=rlp.as_number(nonce, "nonce", 64),
        balance=rlp.as_number(balance, "balance"),
        storage_root=rlp.as_bytes(storage, "storage root", 32),
        code_hash=rlp.as_bytes(code, "hash of the code", 32),
        exists=True,
    )


def word_at(storage_root: bytes, key: bytes, nodes: Sequence[bytes]) -> int:
    """Return the word that a contract's storage holds at the 32 bytes ``key``; 0 where it holds none.

    Raises:
        VerificationError: ``asset.trie``, ``asset.rlp``.
    """
    found = look_up(storage_root, keccak256(key), nodes)
    if found is None:
        return 0
    word = rlp.as_number(rlp.decode(found), "a word of storage")
    if not word:
        raise VerificationError("asset.trie", "trie proof: expected a word other than 0, found 0, which isn't stored")
    return word


def owner_key(token: int, slot: bytes) -> bytes:
    """Return the storage key of ``mapping(uint256 => address)`` at ``slot`` (Solidity, layout of storage)."""
    return keccak256(token.to_bytes(32, "big") + slot)


def balance_key(account: bytes, slot: bytes) -> bytes:
    """Return the storage key of ``mapping(address => uint256)`` at ``slot`` for the 20 bytes ``account``."""
    return keccak256(account.rjust(32, b"\0") + slot)


def token_balance_key(token: int, account: bytes, slot: bytes) -> bytes:
    """Return the storage key of ``mapping(uint256 => mapping(address => uint256))`` at ``slot``."""
    return balance_key(account, owner_key(token, slot))
