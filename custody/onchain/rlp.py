"""Recursive Length Prefix, read strictly: one spelling for each value (Ethereum yellow paper, appendix B).

    83 646f67                 the text 'dog'
    c8 83636174 83646f67      the list of 'cat' and 'dog'
    80                        nothing; also the number 0
    8100                      refused: a byte below 0x80 stands for itself

A reader that took two spellings would let two byte strings have one meaning, and a hash commits to one of them only.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from schemas.errors import VerificationError

Item: TypeAlias = "bytes | list[Item]"
"""What RLP spells: bytes, or a list of such."""

_DEPTH: Final = 16
"""Levels of lists; a receipt has four, a node of a trie at most one a nibble within 32 bytes."""


def decode(raw: bytes) -> Item:
    """Return the one item that ``raw`` spells, to its last byte.

    Raises:
        VerificationError: ``asset.rlp`` for a length that lies, another spelling, more than 16 levels, trailing bytes.
    """
    item, end = _read(raw, 0, len(raw), _DEPTH)
    if end != len(raw):
        raise _fault(f"an end after {end} bytes", f"{len(raw) - end} more")
    return item


def encode(item: Item) -> bytes:
    """Return the one spelling of ``item``."""
    if isinstance(item, bytes):
        return item if len(item) == 1 and item[0] < 0x80 else _length(len(item), 0x80) + item
    inner = b"".join(map(encode, item))
    return _length(len(inner), 0xC0) + inner


def encode_number(value: int) -> bytes:
    """Return the bytes that stand for a number of at least 0: big-endian, without leading zeros, nothing for 0."""
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def as_bytes(item: Item, what: str, size: int | None = None) -> bytes:
    """Return an item that must be bytes, perhaps so many.

    Raises:
        VerificationError: ``asset.rlp``.
    """
    if not isinstance(item, bytes) or (size is not None and len(item) != size):
        wanted = "bytes" if size is None else f"{size} bytes"
        found = f"{len(item)} bytes" if isinstance(item, bytes) else "a list"
        raise _fault(f"{wanted} as {what}", found)
    return item


def as_list(item: Item, what: str, least: int, most: int) -> list[Item]:
    """Return an item that must be a list of so many.

    Raises:
        VerificationError: ``asset.rlp``.
    """
    if not isinstance(item, list) or not least <= len(item) <= most:
        wanted = f"{least}" if least == most else f"{least} to {most}"
        raise _fault(f"a list of {wanted} as {what}", f"{len(item)}" if isinstance(item, list) else "bytes")
    return item


def as_number(item: Item, what: str, bits: int = 256) -> int:
    """Return an item that must be a number below 2^bits.

    Raises:
        VerificationError: ``asset.rlp``; also for leading zeros.
    """
    raw = as_bytes(item, what)
    if raw[:1] == b"\0" or len(raw) * 8 > bits:
        raise _fault(f"a number below 2^{bits} without leading zeros as {what}", raw[:40].hex() or "nothing")
    return int.from_bytes(raw, "big")


def _length(length: int, base: int) -> bytes:
    if length < 56:
        return bytes([base + length])
    spelled = encode_number(length)
    return bytes([base + 55 + len(spelled)]) + spelled


def _read(raw: bytes, at: int, end: int, depth: int) -> tuple[Item, int]:
    """Read one item at ``at`` that must be over by ``end``; return it and where it ends."""
    if at >= end:
        raise _fault("an item", "the end")
    first = raw[at]
    if first < 0x80:
        return raw[at : at + 1], at + 1
    base = 0x80 if first < 0xC0 else 0xC0
    start, length = _header(raw, at + 1, end, first - base)
    stop = start + length
    if stop > end:
        raise _fault(f"{length} bytes", f"{end - start} at byte {start}")
    if base == 0x80:
        if length == 1 and raw[start] < 0x80:
            raise _fault("a small byte to stand for itself", f"a length before it at byte {at}")
        return raw[start:stop], stop
    if not depth:
        raise _fault(f"at most {_DEPTH} levels", "more")
    items: list[Item] = []
    while start < stop:
        item, start = _read(raw, start, stop, depth - 1)
        items.append(item)
    return items, stop


def _header(raw: bytes, at: int, end: int, code: int) -> tuple[int, int]:
    """Return where the content begins and how long it is."""
    if code < 56:
        return at, code
    size = code - 55
    if at + size > end:
        raise _fault(f"a length of {size} bytes", f"{end - at} bytes")
    if raw[at] == 0:
        raise _fault("a length without leading zeros", f"one at byte {at}")
    length = int.from_bytes(raw[at : at + size], "big")
    if length < 56:
        raise _fault("a short length in its short form", f"{length} in the long one at byte {at}")
    return at + size, length


def _fault(expected: str, found: str) -> VerificationError:
    return VerificationError("asset.rlp", f"RLP: expected {expected}, found {found}")
