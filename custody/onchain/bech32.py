"""Bech32 and Bech32m: texts with a checksum that finds up to four wrong characters (BIP-173, BIP-350).

An address such as ``bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4`` is a prefix, a 1, and data of 5 bits a character, of
which the last six are the checksum.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

from schemas.errors import RecordError

_CHARACTERS: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM: Final = 6
_MAXIMUM: Final = 90
Variant = Literal["bech32", "bech32m"]
_CONSTANTS: Final[dict[int, Variant]] = {1: "bech32", 0x2BC830A3: "bech32m"}


def decode(text: str) -> tuple[str, bytes, Variant]:
    """Return prefix, data as 5-bit values without the checksum, and which of the two checksums it is.

    Raises:
        RecordError: ``asset.address`` for mixed case, foreign characters, a wrong length or a wrong checksum.
    """
    if text not in (text.lower(), text.upper()) or not text.isascii():
        raise _fault("one case throughout")
    lower = text.lower()
    prefix, one, rest = lower.rpartition("1")
    if not one or not prefix or len(rest) < _CHECKSUM or len(text) > _MAXIMUM:
        raise _fault("a prefix, 1, and at least six characters, at most 90 in all")
    if not all(33 <= ord(sign) <= 126 for sign in prefix) or not set(rest) <= set(_CHARACTERS):
        raise _fault("characters of Bech32 only")
    values = [_CHARACTERS.index(sign) for sign in rest]
    found = _CONSTANTS.get(_polymod([*_expand(prefix), *values]))
    if found is None:
        raise _fault("a checksum that holds")
    return prefix, bytes(values[:-_CHECKSUM]), found


def to_bytes(values: bytes) -> bytes:
    """Return 5-bit values as bytes; what is left over must be zeros of less than 5 bits.

    Raises:
        RecordError: ``asset.address``.
    """
    number = 0
    for value in values:
        number = number << 5 | value
    spare = len(values) * 5 % 8
    if spare >= 5 or number & ((1 << spare) - 1):
        raise _fault("padding of zeros")
    return (number >> spare).to_bytes(len(values) * 5 // 8, "big")


def _expand(prefix: str) -> list[int]:
    return [*(ord(sign) >> 5 for sign in prefix), 0, *(ord(sign) & 31 for sign in prefix)]


def _polymod(values: Iterable[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, part in enumerate(_GENERATOR):
            if top >> place & 1:
                check ^= part
    return check


def _fault(expected: str) -> RecordError:
    return RecordError("asset.address", f"expected {expected} in a Bech32 address")
