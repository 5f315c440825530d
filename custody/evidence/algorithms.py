"""Which digests are computed, and what computes them.

SHA-256 and BLAKE3 always: the one that courts know, and one of another family that costs next to nothing beside it.
The others by choice, because older case files, hash sets and foreign procedures are written in them: SHA-512, SHA3-256,
SM3 (GB/T 32905), and SHA-1 and MD5, which are broken against an adversary and name a file all the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Final, Protocol

from schemas.content import Digests

ALWAYS: Final = ("blake3", "sha256")
CHOICES: Final = ("md5", "sha1", "sha3_256", "sha512", "sm3")
"""Digests by choice, as `schemas.content.Digests` names them."""


class Running(Protocol):
    """A digest under way."""

    def update(self, data: Any, /) -> Any:
        """Take more bytes."""

    def hexdigest(self) -> str:
        """Return the digest of all bytes so far, lower-case hex."""


def start(name: str) -> Running | None:
    """Return a digest of no bytes yet; nothing where this machine has no library for it."""
    if not is_at_hand(name):
        return None
    match name:
        case "blake3":
            from blake3 import blake3

            return blake3()
        case "sm3" if "sm3" not in hashlib.algorithms_available:
            return _Sm3()
        case _:
            return hashlib.new(name, usedforsecurity=False)


@cache
def is_at_hand(name: str) -> bool:
    """Tell whether this machine has a library for the digest ``name``."""
    try:
        match name:
            case "blake3":
                import blake3

                return bool(blake3.__version__)
            case "sm3" if "sm3" not in hashlib.algorithms_available:
                return bool(_Sm3().hexdigest())
            case _:
                return bool(hashlib.new(name, usedforsecurity=False).digest_size)
    except (ImportError, ValueError):
        return False


def named_in(digests: Digests) -> Iterator[tuple[str, str]]:
    """Yield name and value of every digest that a record holds, by name."""
    for name in sorted((*ALWAYS, *CHOICES)):
        value = getattr(digests, name)
        if isinstance(value, str):
            yield name, value


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """Return names of digests by choice, each once, without those that are always there."""
    return tuple(sorted(set(names) - set(ALWAYS)))


class _Sm3:
    """SM3 by the cryptography library, where the interpreter's own OpenSSL was built without it."""

    def __init__(self) -> None:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives import hashes

        try:
            self._hash = hashes.Hash(hashes.SM3())
        except UnsupportedAlgorithm as error:
            raise ValueError(str(error)) from None

    def update(self, data: Any, /) -> None:
        self._hash.update(data)

    def hexdigest(self) -> str:
        return self._hash.copy().finalize().hex()
