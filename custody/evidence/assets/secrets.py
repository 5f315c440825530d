"""Seed phrases and private keys in texts: found by their checksums, so that none ever enters a record.

A record travels, and whoever reads a seed phrase owns the coins: only the number of the sealed envelope is recorded.
What is found is named by its kind alone. Nothing here keeps, logs or quotes the text.

- seed phrase, Electrum's own too, and share of a secret (SLIP-39): see `custody.evidence.assets.phrases`
- private key in wallet import format: base58check, 51 or 52 characters
- extended private key (xprv, yprv, zprv, tprv and their kin): base58check, 111 characters (BIP-32, SLIP-132)
- private key under a passphrase: base58check, 58 characters (BIP-38); a wallet's keystore file (Web3 Secret Storage)
- key files of other programs: PEM and OpenSSH and PGP by their first line, PuTTY, age (Bech32), JSON Web Key
- 64 hex digits alone could be a private key or a digest: `looks_like_key` warns
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from custody.evidence.assets.phrases import kind_of_phrase
from custody.onchain.bech32 import decode
from schemas.errors import RecordError, UsageError

_KEY_FILES: Final = tuple(
    (kind, tuple(map(re.compile, patterns)))
    for kind, *patterns in (
        ("a private key", r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"),
        ("a private key", r"PuTTY-User-Key-File-\d:"),
        ("a private key", r'"kty"\s*:', r'"d"\s*:\s*"[0-9A-Za-z_-]{22,}"'),
        ("a wallet's keystore", r'"kdf"\s*:', r'"mac"\s*:', r'"ciphertext"\s*:\s*"[0-9a-fA-F]{32,}"'),
    )
)
"""Files that hold keys, by kind: all patterns of one are found in it."""
_AGE: Final = re.compile(r"AGE-SECRET-KEY-1[0-9A-Z]{58}", re.IGNORECASE)
_BASE58: Final = re.compile(r"[1-9A-HJ-NP-Za-km-z]{51,112}")
_HEX: Final = re.compile(r"(?<![0-9A-Za-z])(?:0x)?[0-9a-fA-F]{64}(?![0-9A-Za-z])")
_WIF_VERSIONS: Final = frozenset({0x80, 0xEF, 0xB0, 0x9E, 0xF1})
"""Version bytes of private keys: Bitcoin, its test chains, Litecoin, Dogecoin and its test chain."""
_BASE58_SIZES: Final = {
    51: "a private key",
    52: "a private key",
    58: "a private key under a passphrase",
    111: "an extended private key",
}
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
    # A set, as one run of characters may stand there ten thousand times.
    for run in {found[0] for found in _BASE58.finditer(text)}:
        kind = _base58_secret(run)
        if kind is not None:
            return kind
    if any(_is_age_key(found[0]) for found in _AGE.finditer(text)):
        return "a private key"
    kind = next((kind for kind, wanted in _KEY_FILES if all(pattern.search(text) for pattern in wanted)), None)
    return kind or kind_of_phrase(text)


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
    for size, kind in _BASE58_SIZES.items():
        for start in range(len(text) - size + 1):
            if _is_key(text[start : start + size], size):
                return kind
    return None


def _is_key(text: str, size: int) -> bool:
    if size < 58 and text[0] not in "5KL9c6TQ":
        return False
    if size == 58 and not text.startswith("6P"):
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
    if size == 58:
        return raw[:2] in {b"\x01\x42", b"\x01\x43"} and len(raw) == 39
    return raw[0] in _WIF_VERSIONS and (len(raw) == 33 or (len(raw) == 34 and raw[-1] == 1))


def _is_age_key(text: str) -> bool:
    try:
        prefix, _, variant = decode(text.lower())
    except RecordError:
        return False
    return (prefix, variant) == ("age-secret-key-", "bech32")
