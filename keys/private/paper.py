"""A key on paper: 32 bytes as 14 groups that a tired person can type back (custody-paper-key/v1).

    000GD 40R4X 0M300 E209K 185G3 R38ED 1W811
    24GKZ 2GAH1 C5RR2 34D1B P70XX 3RFGZ H9MMX

Those are the bytes 00 to 1f. Each group is four letters of data and one to check them, so the wrong group is named, not
only the wrong page. The alphabet has no I, L, O and U; 1 and 0 are meant by I, L and O, whatever the case. The first
thirteen groups hold the seed (256 bits, then four zero bits); the last holds the first 20 bits of
SHA-256("custody-paper-key/v1" || seed).

The check letter is a weighted sum in the field of 32 elements, x^5 + x^2 + 1: for letters c1..c4 of group n (from 0),
c1*a^1 + c2*a^2 + c3*a^3 + c4*a^4 + n, where a = x. Every single wrong letter, every swap of two letters in a group and
every swap of two groups is found for certain; any other error passes one group in 32 and the whole page once in about
a million.
"""

from __future__ import annotations

import re
from hashlib import sha256

from keys.private.signer import SEED_BYTES
from schemas.errors import SigningKeyError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS, DATA_LETTERS = 14, 4
_LOOK_ALIKES = str.maketrans("OIL", "011")
_TEXT_BYTES = 4_096


def format_paper_key(seed: bytes) -> str:
    """Return the 14 groups of a 32-byte seed, two lines of seven, each line ended."""
    assert len(seed) == SEED_BYTES, "a seed has 32 bytes"
    number = int.from_bytes(seed, "big") << 24 | _tail(seed)
    letters = [number >> 5 * place & 31 for place in reversed(range(GROUPS * DATA_LETTERS))]
    groups = [_format_group(letters[4 * place : 4 * place + 4], place) for place in range(GROUPS)]
    return f"{' '.join(groups[:7])}\n{' '.join(groups[7:])}\n"


def parse_paper_key(text: str) -> bytes:
    """Return the seed that a person typed: spaces, hyphens, line ends and case don't matter.

    Raises:
        SigningKeyError: ``paper.group`` with the number of the first wrong group, ``paper.length`` where groups are
            missing or too many, ``paper.checksum`` where every group holds and the whole doesn't.
    """
    number = 0
    for place, group in enumerate(_split(text[:_TEXT_BYTES])):
        values = [ALPHABET.find(letter) for letter in group]
        if len(values) != DATA_LETTERS + 1 or -1 in values or values[-1] != _check(values[:-1], place):
            text = f"expected group {place + 1} of {GROUPS} as it is printed, found {group[:16]!r}"
            raise SigningKeyError("paper.group", text, hint="compare it with the paper, letter by letter")
        for value in values[:-1]:
            number = number << 5 | value
    seed = (number >> 24).to_bytes(SEED_BYTES, "big")
    if number & 0xFFFFFF != _tail(seed):
        raise SigningKeyError("paper.checksum", "expected the key's own checksum in the last group, found another")
    return seed


def _split(text: str) -> list[str]:
    """Return the groups, by their spaces if the person kept them, else by fives."""
    typed = [group for group in re.split(r"[\s-]+", text.upper().translate(_LOOK_ALIKES)) if group]
    joined = "".join(typed)
    if len(typed) == GROUPS:
        return typed
    if len(joined) == GROUPS * (DATA_LETTERS + 1):
        return [joined[place : place + 5] for place in range(0, len(joined), 5)]
    # Where a group has lost or won a letter, its number is a better answer than a wrong count.
    if 1 < len(typed) < GROUPS and any(len(group) != DATA_LETTERS + 1 for group in typed):
        return typed
    raise SigningKeyError("paper.length", f"expected {GROUPS} groups of five letters, found {len(joined)} letters")


def _tail(seed: bytes) -> int:
    """Return the 24 bits after the seed: four zero bits to fill its last group, and 20 bits of checksum."""
    return int.from_bytes(sha256(b"custody-paper-key/v1" + seed).digest()[:3], "big") >> 4


def _format_group(values: list[int], place: int) -> str:
    return "".join(ALPHABET[value] for value in [*values, _check(values, place)])


def _check(values: list[int], place: int) -> int:
    total = place
    for power, value in enumerate(values, start=1):
        for _ in range(power):
            value = value << 1 ^ (0x25 if value & 16 else 0)
        total ^= value
    return total
