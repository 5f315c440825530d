"""Captured answers of a node (JSON-RPC 2.0), told apart by what they hold; what is in them is not believed yet.

A file holds one answer, a batch of them, or one a line:

    {"jsonrpc":"2.0","id":1,"result":{"accountProof":[...],...}}

A result alone is read as well, as tools at the prompt print it, in JSON or as a line of hex. A request kept beside its
answer is passed over. An answer of a kind that isn't known here is an error, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from custody.onchain import bitcoin
from schemas.errors import RecordError, VerificationError

ANSWER_BYTES: Final = 64 * 1024 * 1024
"""A file of answers: all receipts of a large block take some ten million bytes."""
_HEX: Final = re.compile(r"(?:0x)?((?:[0-9a-fA-F]{2})*)\Z", re.ASCII)
_QUANTITY: Final = re.compile(r"0x(0|[1-9a-fA-F][0-9a-fA-F]{0,63})\Z", re.ASCII)
_LONG_HEX: Final = re.compile(rb"(?:[0-9a-fA-F]{2}){60,}\Z")
_FRAME: Final = {"jsonrpc", "result", "error", "method"}
_ACCOUNT, _BLOCK, _RECEIPT = {"accountProof"}, {"stateRoot", "parentHash"}, {"logs", "transactionIndex"}
_HEADER, _TRANSACTION = {"merkleroot", "nonce", "bits", "height"}, {"hex", "txid"}
_PLACE, _HEADERS = {"merkle", "pos", "block_height"}, {"hex", "count"}


@dataclass(slots=True)
class Answers:
    """Answers by kind, as the node gave them. Mutable: grows while files are read.

    ``merkle_blocks`` are those of gettxoutproof or whole blocks, ``places`` those of Electrum's
    blockchain.transaction.get_merkle, ``single_receipts`` those asked for one by one, by the block that they name.
    """

    accounts: list[dict[str, Any]] = field(default_factory=list)
    blocks: list[dict[str, Any]] = field(default_factory=list)
    receipts: list[list[dict[str, Any]]] = field(default_factory=list)
    single_receipts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    headers: list[bytes] = field(default_factory=list)
    heads: list[dict[str, Any]] = field(default_factory=list)
    transactions: list[bitcoin.Transaction] = field(default_factory=list)
    merkle_blocks: list[bytes] = field(default_factory=list)
    places: list[dict[str, Any]] = field(default_factory=list)

    def take(self, raw: bytes) -> None:
        """Add the answers of one file.

        Raises:
            RecordError: ``asset.answer`` for what is no JSON, no answer, an error's answer, or of an unknown kind.
        """
        for result in _results(raw):
            self._sort(result)

    def _sort(self, result: Any) -> None:
        match result:
            case dict():
                self._sort_object(result)
            case str():
                self._sort_hex(as_bytes(result, "an answer"))
            case list() if result and all(isinstance(item, dict) and item.keys() >= _RECEIPT for item in result):
                self.receipts.append(result)
            case _:
                raise _unknown()

    def _sort_object(self, result: dict[str, Any]) -> None:
        kinds = (
            (_ACCOUNT, self.accounts), (_BLOCK, self.blocks), (_HEADER, self.heads), (_PLACE, self.places)
        )  # fmt: skip
        found = next((kept for names, kept in kinds if names <= result.keys()), None)
        if found is not None:
            found.append(result)
        elif result.keys() >= _TRANSACTION:
            self._sort_hex(as_bytes(result["hex"], "hex of a transaction"))
        elif result.keys() >= _HEADERS:
            raw = as_bytes(result["hex"], "hex of headers")
            if len(raw) % bitcoin.HEADER_BYTES:
                raise RecordError("asset.answer", f"expected headers of 80 bytes each, found {len(raw)} bytes")
            self.headers += _cut(raw)
        elif result.keys() >= _RECEIPT:
            self.single_receipts.setdefault(str(result.get("blockHash")), []).append(result)
        else:
            raise _unknown()

    def _sort_hex(self, raw: bytes) -> None:
        if len(raw) == bitcoin.HEADER_BYTES:
            self.headers.append(raw)
            return
        try:
            self.transactions.append(bitcoin.parse_transaction(raw))
        except VerificationError as error:
            if len(raw) < bitcoin.HEADER_BYTES + 5:
                raise RecordError("asset.answer", error.text) from None
            self.merkle_blocks.append(raw)


def as_bytes(value: Any, what: str, size: int | None = None) -> bytes:
    """Return the bytes of a text in hex, with 0x before it or not.

    Raises:
        RecordError: ``asset.answer``.
    """
    found = _HEX.match(value) if isinstance(value, str) else None
    if found is None or (size is not None and len(found[1]) != 2 * size):
        wanted = "hex" if size is None else f"{size} bytes in hex"
        raise RecordError("asset.answer", f"expected {wanted} as {what}, found another value")
    return bytes.fromhex(found[1])


def as_quantity(value: Any, what: str) -> int:
    """Return a number in the form of Ethereum's answers: 0x, no leading zeros.

    Raises:
        RecordError: ``asset.answer``.
    """
    found = _QUANTITY.match(value) if isinstance(value, str) else None
    if found is None:
        raise RecordError("asset.answer", f"expected a number such as 0x1f as {what}, found another value")
    return int(found[1], 16)


def as_list(value: Any, what: str) -> list[Any]:
    """Return a list.

    Raises:
        RecordError: ``asset.answer``.
    """
    if not isinstance(value, list):
        raise RecordError("asset.answer", f"expected a list as {what}, found another value")
    return value


def as_count(value: Any, what: str, maximum: int) -> int:
    """Return an integer from 0 to ``maximum``.

    Raises:
        RecordError: ``asset.answer``.
    """
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= maximum:
        raise RecordError("asset.answer", f"expected a number up to {maximum} as {what}, found another value")
    return value


def _results(raw: bytes) -> Iterator[Any]:
    for answer in _answers(raw):
        if isinstance(answer, str) or (isinstance(answer, dict) and not _FRAME & answer.keys()):
            yield answer
            continue
        if not isinstance(answer, dict) or answer.get("jsonrpc", "2.0") not in ("1.0", "2.0"):
            raise RecordError("asset.answer", "expected a JSON-RPC answer, an object with result, found another value")
        if answer.get("error") is not None:
            raise RecordError("asset.answer", "expected an answer with a result, found the node's refusal")
        if "result" in answer:
            if answer["result"] is None:
                raise RecordError("asset.answer", "expected an answer with a result, found null: unknown to that node")
            yield answer["result"]
        elif "method" not in answer:
            raise RecordError("asset.answer", "expected a JSON-RPC answer, an object with result, found none in it")


def _answers(raw: bytes) -> Sequence[Any]:
    text = raw.removeprefix(b"\xef\xbb\xbf").strip()
    if not text:
        raise RecordError("asset.answer", "expected captured JSON-RPC answers, found nothing")
    try:
        value = msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return _lines(text)
    if isinstance(value, list) and value and all(isinstance(item, dict) and item.keys() >= _RECEIPT for item in value):
        return [{"result": value}]
    return value if isinstance(value, list) else [value]


def _lines(text: bytes) -> list[Any]:
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if _LONG_HEX.match(line.strip()):
            found.append(line.strip().decode("ascii"))
        elif line.strip():
            try:
                found.append(msgspec.json.decode(line))
            except (msgspec.MsgspecError, UnicodeError, RecursionError):
                raise RecordError("asset.answer", f"expected JSON, found none at line {number}") from None
    return found


def _cut(raw: bytes) -> Iterator[bytes]:
    return (raw[at : at + bitcoin.HEADER_BYTES] for at in range(0, len(raw), bitcoin.HEADER_BYTES))


def _unknown() -> RecordError:
    hint = "custody register-asset --help lists which calls' answers are read"
    return RecordError("asset.answer", "expected an answer that proves something, found one of another call", hint=hint)
