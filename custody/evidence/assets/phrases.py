"""Seed phrases and shares in texts, by the word lists and the checksums that their schemes have.

- BIP-39: 12, 15, 18, 21 or 24 words of one list, in any of its languages
- Electrum: 12 or 13, or 24 or 25 with a second factor, whose HMAC begins as a version does
- SLIP-39: the words of one share, 20 or 33 in most wallets

In any case, with any marks or numbers between; English words also by their first four letters, as they are
punched into steel; of the lists of single Chinese characters only such as stand apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Final

_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_WORD: Final = re.compile(r"[^\W\d_]+")
_BIP39: Final = (24, 21, 18, 15, 12)
_ELECTRUM: Final = (25, 24, 13, 12)
_SHARES: Final = (59, 33, 31, 30, 28, 27, 25, 23, 22, 20)
"""Words of a share of a secret of 128 to 256 bits, or of 512."""
_ABBREVIATED: Final = 4
_RUNS_MOST: Final = 4000
"""Of runs of twelve words by chance, one in 16 has BIP-39's checksum and one in 200 Electrum's."""


def kind_of_phrase(text: str) -> str | None:
    """Return what kind of secret words ``text`` holds, or nothing."""
    typed = _WORD.findall(unicodedata.normalize("NFC", _INVISIBLE.sub("", text)))
    if len(typed) < min(_BIP39):
        return None
    normal = {word: _normal(word) for word in set(typed)}
    different = set(normal.values())
    words = [normal[word] for word in typed]
    for known in _lists():
        if not different.isdisjoint(known):
            if _has(words, known, _BIP39, lambda run, _: _holds(run)):
                return "a seed phrase"
            if _has(words, known, _ELECTRUM, lambda _, run: _is_electrum(run)):
                return "a seed phrase"
    is_share = len(words) >= min(_SHARES) and _has(words, _share_words(), _SHARES, lambda run, _: _is_share(run))
    return "a share of a secret" if is_share else None


def _has(
    words: Sequence[str],
    known: Mapping[str, int],
    sizes: Sequence[int],
    is_one: Callable[[Sequence[int], Sequence[str]], bool],
) -> bool:
    """Tell whether some run of words, all of one list and of one of the sizes, is one.

    What repeats is tested once. A text with more different runs than chance leaves without one counts as one, since it
    can't be told in bounded time what is in it.
    """
    tested: set[tuple[str, ...]] = set()
    for run in _runs(words, known):
        places = [known[word] for word in run]
        for at in range(len(run) - min(sizes) + 1):
            start = tuple(run[at : at + max(sizes)])
            if start in tested:
                continue
            tested.add(start)
            fitting = (size for size in sizes if size <= len(start))
            if len(tested) > _RUNS_MOST or any(is_one(places[at : at + size], start[:size]) for size in fitting):
                return True
    return False


def _runs(words: Sequence[str], known: Mapping[str, int]) -> Iterator[Sequence[str]]:
    edges = [-1, *(at for at, word in enumerate(words) if word not in known), len(words)]
    return (words[before + 1 : after] for before, after in pairwise(edges))


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


def _is_electrum(words: Sequence[str]) -> bool:
    """Tell whether words are a phrase of Electrum, which are numbered by what their HMAC begins with."""
    from hmac import digest

    plain = "".join(sign for sign in " ".join(words) if not unicodedata.combining(sign))
    return digest(b"Seed version", plain.encode(), "sha512").hex().startswith(("01", "100", "101", "102"))


def _is_share(indexes: Sequence[int]) -> bool:
    from shamir_mnemonic.share import Share  # type: ignore[import-untyped]
    from shamir_mnemonic.utils import MnemonicError  # type: ignore[import-untyped]
    from shamir_mnemonic.wordlist import mnemonic_from_indices  # type: ignore[import-untyped]

    try:
        Share.from_mnemonic(mnemonic_from_indices(indexes))
    except MnemonicError:
        return False
    return True


@cache
def _share_words() -> Mapping[str, int]:
    from shamir_mnemonic.wordlist import WORDLIST

    return _with_short({word: place for place, word in enumerate(WORDLIST)})


@cache
def _lists() -> tuple[Mapping[str, int], ...]:
    """Return every word list, each word in its normal form with its place."""
    # Only a text with twelve words in a row pays for the lists.
    from mnemonic import Mnemonic

    lists = []
    for language in sorted(Mnemonic.list_languages()):
        known = {_normal(word): place for place, word in enumerate(Mnemonic(language).wordlist)}
        lists.append(_with_short(known) if language == "english" else known)
    return tuple(lists)


def _with_short(known: Mapping[str, int]) -> Mapping[str, int]:
    """Add the first letters of each word, which no two have in common."""
    return {**{word[:_ABBREVIATED]: place for word, place in known.items()}, **known}
