"""Seed phrases and private keys in texts: found by their checksums, so that none ever enters a record.

A record travels, and whoever reads a seed phrase owns the coins: only the number of the sealed envelope is recorded.
What is found is named by its kind alone. Nothing here keeps, logs or quotes the text.

- seed phrase: 12, 15, 18, 21 or 24 words of one of the word lists whose checksum holds (BIP-39), in any case, with any
  marks or numbers between; of the lists of single Chinese characters only such as stand apart
- private key in wallet import format: base58check, 51 or 52 characters
- extended private key (xprv, yprv, zprv, tprv and their kin): base58check, 111 characters (BIP-32, SLIP-132)
- 64 hex digits alone could be a private key or a digest: `looks_like_key` warns
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, Final

from schemas.errors import UsageError

_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_LENGTHS: Final = (24, 21, 18, 15, 12)
_WORD: Final = re.compile(r"[^\W\d_]+")
_BASE58: Final = re.compile(r"[1-9A-HJ-NP-Za-km-z]{51,112}")
_HEX: Final = re.compile(r"(?<![0-9A-Za-z])(?:0x)?[0-9a-fA-F]{64}(?![0-9A-Za-z])")
_WIF_VERSIONS: Final = frozenset({0x80, 0xEF, 0xB0, 0x9E, 0xF1})
"""Version bytes of private keys: Bitcoin, its test chains, Litecoin, Dogecoin and its test chain."""
_EXTENDED: Final = frozenset({
    "0488ade4", "049d7878", "04b2430c", "0295b005", "02aa7a99", "04358394", "044a4e28", "045f18bc", "024285b5",
    "02575048", "019d9cfe", "01b26792", "02fac398",
})  # fmt: skip
"""Versions of extended private keys: x, y, z, Y, Z, t, u, v, U, V of Bitcoin, L and M of Litecoin, d of Dogecoin."""


def refuse_secrets(text: str) -> None:
    """Raise if ``text`` holds a seed phrase or a private key; the error names its kind, never the text.

    Raises:
        UsageError: ``secret.refused``.
    """
    kind = kind_of_secret(text)
    if kind is not None:
        raise UsageError(
            "secret.refused",
            f"expected no secret in what is recorded, found {kind}",
            hint="seal it in an envelope and give its number with --envelope; clear it from the shell's history too",
        )


def kind_of_secret(text: str) -> str | None:
    """Return what kind of secret ``text`` holds, or nothing."""
    if len(text) < 23:
        return None
    for found in _BASE58.finditer(text):
        kind = _base58_secret(found[0])
        if kind is not None:
            return kind
    return "a seed phrase" if _has_phrase(text) else None


def looks_like_key(text: str) -> bool:
    """Tell whether ``text`` holds 64 hex digits by themselves, which a private key and a digest both have."""
    return _HEX.search(text) is not None


def texts_of(value: Any) -> Iterator[str]:
    """Yield every text within plain values: lists, mappings and their keys."""
    match value:
        case str():
            yield value
        case dict():
            for name, item in value.items():
                yield from texts_of(name)
                yield from texts_of(item)
        case list() | tuple():
            for item in value:
                yield from texts_of(item)
        case _:
            return


def _base58_secret(text: str) -> str | None:
    # A run of letters may be longer than the key within it, so every place where one could begin is looked at.
    for size, kind in ((51, "a private key"), (52, "a private key"), (111, "an extended private key")):
        for start in range(len(text) - size + 1):
            if _is_key(text[start : start + size], size):
                return kind
    return None


def _is_key(text: str, size: int) -> bool:
    if size != 111 and text[0] not in "5KL9c6TQ":
        return False
    if size == 111 and text[1:4] not in {"prv", "tpv"} and text[:3] not in {"dgp", "Ltp", "Mtp"}:
        return False
    import base58

    try:
        raw = base58.b58decode_check(text)
    except ValueError:
        return False
    if size == 111:
        return raw[:4].hex() in _EXTENDED and len(raw) == 78 and raw[45] == 0
    return raw[0] in _WIF_VERSIONS and (len(raw) == 33 or (len(raw) == 34 and raw[-1] == 1))


def _has_phrase(text: str) -> bool:
    typed = _WORD.findall(unicodedata.normalize("NFC", _INVISIBLE.sub("", text)))
    if len(typed) < _LENGTHS[-1]:
        return False
    normal = {word: _normal(word) for word in set(typed)}
    different = set(normal.values())
    words = [normal[word] for word in typed]
    return any(_has_phrase_of(words, known) for known in _lists() if not different.isdisjoint(known))


def _has_phrase_of(words: Sequence[str], known: dict[str, int]) -> bool:
    """Tell whether some run of words, all of one list, has a checksum that holds."""
    edges = [-1, *(at for at, word in enumerate(words) if word not in known), len(words)]
    for before, after in pairwise(edges):
        run = [known[word] for word in words[before + 1 : after]]
        for size in _LENGTHS:
            if any(_holds(run[at : at + size]) for at in range(len(run) - size + 1)):
                return True
    return False


def _holds(indexes: Sequence[int]) -> bool:
    """Tell whether the checksum of a phrase holds (BIP-39): its last bits are the first of the rest's SHA-256."""
    from hashlib import sha256

    number = 0
    for index in indexes:
        number = number << 11 | index
    bits = len(indexes) // 3
    entropy = (number >> bits).to_bytes(bits * 4, "big")
    return sha256(entropy).digest()[0] >> (8 - bits) == number & ((1 << bits) - 1)


def _normal(word: str) -> str:
    """Return a word without regard to case; of the two letters i of Turkish, capitals don't tell which it was."""
    return unicodedata.normalize("NFKD", word.casefold()).replace("ı", "i").replace("i\u0307", "i")


@cache
def _lists() -> tuple[dict[str, int], ...]:
    """Return every word list, each word in its normal form with its place."""
    # Only a text with twelve words in a row pays for the lists.
    from mnemonic import Mnemonic

    lists = []
    for language in sorted(Mnemonic.list_languages()):
        words = Mnemonic(language).wordlist
        lists.append({_normal(word): place for place, word in enumerate(words)})
    return tuple(lists)
