"""Bitcoin transactions and block headers, read strictly to their last byte.

Hashes inside are in the order in which they are hashed; people see them reversed (`reversed_hex`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Final

from schemas.errors import VerificationError

HEADER_BYTES: Final = 80
_SATOSHI_MAXIMUM: Final = 21_000_000 * 100_000_000


@dataclass(frozen=True, slots=True)
class Output:
    """What a transaction pays: satoshi, and the script that says to whom."""

    value: int
    script: bytes


@dataclass(frozen=True)
class Transaction:
    """A transaction; ``stripped`` are its bytes without witnesses, over which its id goes."""

    stripped: bytes
    outputs: tuple[Output, ...]

    @cached_property
    def id(self) -> bytes:
        """Its id, in the order in which it is hashed."""
        return double_sha256(self.stripped)

    def paid_to(self, script: bytes) -> int:
        """Return the satoshi that it pays to ``script`` in all."""
        return self._paid[script]

    @cached_property
    def _paid(self) -> Counter[bytes]:
        # Many records may ask the same transaction, which has some ten thousand outputs.
        paid = Counter[bytes]()
        for output in self.outputs:
            paid[output.script] += output.value
        return paid


@dataclass(frozen=True, slots=True)
class Header:
    """The 80 bytes of a block header; ``time`` is in seconds since 1970, as its miner says."""

    raw: bytes
    previous: bytes
    merkle_root: bytes
    time: int
    bits: int

    @property
    def hash(self) -> bytes:
        """Its hash, in the order in which it is hashed."""
        return double_sha256(self.raw)


def double_sha256(raw: bytes) -> bytes:
    """Return SHA-256 of SHA-256."""
    return sha256(sha256(raw).digest()).digest()


def reversed_hex(raw: bytes) -> str:
    """Return a hash as people write it: bytes in reverse order."""
    return raw[::-1].hex()


def parse_header(raw: bytes) -> Header:
    """Return a block header.

    Raises:
        VerificationError: ``asset.header`` for another length.
    """
    if len(raw) != HEADER_BYTES:
        raise VerificationError("asset.header", f"expected a block header of 80 bytes, found {len(raw)}")
    time, bits = (int.from_bytes(raw[at : at + 4], "little") for at in (68, 72))
    return Header(raw, raw[4:36], raw[36:68], time, bits)


def parse_transaction(raw: bytes) -> Transaction:
    """Return a transaction, with witnesses or without (BIP-144).

    Raises:
        VerificationError: ``asset.transaction`` for bytes that are none, or more than one.
    """
    reader = _Reader(raw)
    found = _read_transaction(reader)
    if reader.at != len(raw):
        raise _fault(f"an end after {reader.at} bytes", f"{len(raw) - reader.at} more")
    return found


def parse_transactions(raw: bytes) -> tuple[Transaction, ...]:
    """Return all transactions of a block, its bytes without the header.

    Raises:
        VerificationError: ``asset.transaction``.
    """
    reader = _Reader(raw)
    found = tuple(_read_transaction(reader) for _ in range(reader.count()))
    if reader.at != len(raw):
        raise _fault(f"an end after {reader.at} bytes", f"{len(raw) - reader.at} more")
    return found


def _read_transaction(reader: _Reader) -> Transaction:
    version = reader.take(4)
    is_witness = reader.peek(2) == b"\x00\x01"
    if is_witness:
        reader.take(2)
    start = reader.at
    inputs = reader.count()
    if not inputs:
        raise _fault("an input", "none")
    for _ in range(inputs):
        reader.take(36)
        reader.take(reader.count())
        reader.take(4)
    outputs = tuple(_read_output(reader) for _ in range(reader.count()))
    body = reader.since(start)
    if is_witness:
        items = [reader.take(reader.count()) for _ in range(inputs) for _ in range(reader.count())]
        if not items:
            raise _fault("witnesses where they are announced", "none")
    stripped = version + body + reader.take(4)
    if not outputs:
        raise _fault("an output", "none")
    return Transaction(stripped, outputs)


def _read_output(reader: _Reader) -> Output:
    value = int.from_bytes(reader.take(8), "little")
    if value > _SATOSHI_MAXIMUM:
        raise _fault("at most 21 million bitcoin", f"{value} satoshi")
    return Output(value, reader.take(reader.count()))


class _Reader:
    """Reads bytes from front to back, never past the end."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self.at = 0

    def take(self, size: int) -> bytes:
        """Return the next ``size`` bytes."""
        if size > len(self._raw) - self.at:
            raise _fault(f"{size} bytes at byte {self.at}", f"{len(self._raw) - self.at}")
        self.at += size
        return self._raw[self.at - size : self.at]

    def peek(self, size: int) -> bytes:
        """Return up to ``size`` bytes that come next, and stay."""
        return self._raw[self.at : self.at + size]

    def since(self, start: int) -> bytes:
        """Return what was read from ``start`` on."""
        return self._raw[start : self.at]

    def count(self) -> int:
        """Return the next compact size, in its shortest form."""
        first = self.take(1)[0]
        if first < 0xFD:
            return first
        size = {0xFD: 2, 0xFE: 4, 0xFF: 8}[first]
        value = int.from_bytes(self.take(size), "little")
        if value < {2: 0xFD, 4: 1 << 16, 8: 1 << 32}[size]:
            raise _fault("a number in its shortest form", f"{value} in {size} bytes")
        return value


def _fault(expected: str, found: str) -> VerificationError:
    return VerificationError("asset.transaction", f"transaction: expected {expected}, found {found}")
