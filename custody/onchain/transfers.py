"""Token transfers in the receipt of a transaction: ERC-20, ERC-721 and ERC-1155 events, typed receipts (EIP-2718).

The three standards name their events; a contract that emits an event of that form need not mean it, and what it means
is said by the contract's code alone. A receipt proves that the event was emitted by that contract in that block.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from custody.onchain import rlp
from custody.onchain.keccak import keccak256
from custody.onchain.patricia import look_up
from schemas.errors import VerificationError

TRANSFER: Final = keccak256(b"Transfer(address,address,uint256)")
TRANSFER_SINGLE: Final = keccak256(b"TransferSingle(address,address,address,uint256,uint256)")
TRANSFER_BATCH: Final = keccak256(b"TransferBatch(address,address,address,uint256[],uint256[])")
_WORD: Final = 32
_TYPES_END: Final = 0x80
_LOGS: Final = 65_536


@dataclass(frozen=True, slots=True)
class Log:
    """An event as a contract emitted it; ``address`` has 20 bytes, each topic 32."""

    address: bytes
    topics: tuple[bytes, ...]
    data: bytes


@dataclass(frozen=True, slots=True)
class Moved:
    """``amount`` of a token (none: of the contract's own unit) went from one account to another, 20 bytes each."""

    standard: str
    sender: bytes
    receiver: bytes
    token: int | None
    amount: int


def receipt_at(receipts_root: bytes, index: int, nodes: Sequence[bytes]) -> tuple[Log, ...]:
    """Return the logs of the transaction at place ``index`` of a block.

    Raises:
        VerificationError: ``asset.receipt`` where the block has no such transaction, or it failed; ``asset.trie``,
            ``asset.rlp``.
    """
    raw = look_up(receipts_root, rlp.encode(rlp.encode_number(index)), nodes)
    if raw is None:
        raise _fault(f"a transaction at place {index} of the block", "none")
    return parse_receipt(raw)


def parse_receipt(raw: bytes) -> tuple[Log, ...]:
    """Return the logs of a receipt, typed or not; one of a failed transaction is refused, since it moved nothing.

    Raises:
        VerificationError: ``asset.receipt``, ``asset.rlp``.
    """
    if not raw:
        raise _fault("a receipt", "nothing")
    body = raw[1:] if 0 < raw[0] < _TYPES_END else raw
    status, _, bloom, logs = rlp.as_list(rlp.decode(body), "a receipt", 4, 4)
    outcome = rlp.as_bytes(status, "outcome of a transaction")
    rlp.as_bytes(bloom, "filter of a receipt", 256)
    # Before the fork of 2017 a state root stood here, which says nothing about success; logs of a failure are none.
    if outcome != b"\x01" and len(outcome) != _WORD:
        raise _fault("a transaction that succeeded", "one that failed")
    return tuple(_parse_log(item) for item in rlp.as_list(logs, "logs of a receipt", 0, _LOGS))


def moves_of(log: Log) -> tuple[Moved, ...]:
    """Return what a log says was moved; a batch moves several.

    Raises:
        VerificationError: ``asset.log`` for an event that isn't a transfer of these standards.
    """
    match log.topics:
        case (kind, sender, receiver) if kind == TRANSFER and len(log.data) == _WORD:
            return (Moved("erc20", _address(sender), _address(receiver), None, _number(log.data)),)
        case (kind, sender, receiver, word) if kind == TRANSFER and not log.data:
            return (Moved("erc721", _address(sender), _address(receiver), _number(word), 1),)
        case (kind, _, sender, receiver) if kind == TRANSFER_SINGLE and len(log.data) == 2 * _WORD:
            token, amount = _number(log.data[:_WORD]), _number(log.data[_WORD:])
            return (Moved("erc1155", _address(sender), _address(receiver), token, amount),)
        case (kind, _, sender, receiver) if kind == TRANSFER_BATCH:
            tokens, amounts = _batch(log.data)
            ends = _address(sender), _address(receiver)
            return tuple(Moved("erc1155", *ends, *pair) for pair in zip(tokens, amounts, strict=True))
        case _:
            raise VerificationError("asset.log", "expected a transfer (ERC-20, ERC-721, ERC-1155), found another log")


def _parse_log(item: rlp.Item) -> Log:
    address, topics, data = rlp.as_list(item, "a log", 3, 3)
    found = rlp.as_list(topics, "topics of a log", 0, 4)
    return Log(
        rlp.as_bytes(address, "address of a log", 20),
        tuple(rlp.as_bytes(topic, "a topic", _WORD) for topic in found),
        rlp.as_bytes(data, "data of a log"),
    )


def _batch(data: bytes) -> tuple[list[int], list[int]]:
    """Read two arrays of numbers in the one layout that compilers write: offsets first, then one after the other."""
    words = [_number(data[at : at + _WORD]) for at in range(0, len(data) - _WORD + 1, _WORD)]
    count = words[2] if len(words) > 2 else -1
    second = (3 + count) * _WORD
    whole = len(data) == (4 + 2 * count) * _WORD
    if count < 0 or not whole or words[:2] != [2 * _WORD, second] or words[3 + count] != count:
        raise VerificationError("asset.log", "expected two arrays of one length in a batch, found another layout")
    return words[3 : 3 + count], words[4 + count :]


def _address(word: bytes) -> bytes:
    if any(word[:12]):
        raise VerificationError("asset.log", f"expected an account of 20 bytes in a topic, found {word.hex()}")
    return word[12:]


def _number(word: bytes) -> int:
    return int.from_bytes(word, "big")


def _fault(expected: str, found: str) -> VerificationError:
    return VerificationError("asset.receipt", f"receipt: expected {expected}, found {found}")
