"""Keccak-256 as Ethereum has it: the padding of before FIPS 202, so not the standard library's SHA3-256."""

from __future__ import annotations

from Crypto.Hash import keccak


def keccak256(raw: bytes) -> bytes:
    """Return the 32 bytes of Keccak-256 over ``raw`` (Ethereum yellow paper, section 3)."""
    return keccak.new(digest_bits=256, data=raw).digest()
