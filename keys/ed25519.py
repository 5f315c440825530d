"""Strict Ed25519: one rule for every verifier of a record (RFC 8032 section 5.1.7, docs/spec/event.md).

A signature R || S over a message M holds under a key A exactly if S < L; A is a canonical encoding of a point on the
curve that is not of small order; R is not of small order; and encode([S]B - [h]A) equals R byte for byte, where
h = SHA-512(R || A || M) mod L. Readers that leave out one of these let two of them disagree about one signature.

libsodium, as PyNaCl carries it, holds all of them but the lengths, which its binding doesn't look at; the tests
measure each rule against plain arithmetic, so another libsodium under it would be noticed.
"""

from __future__ import annotations

from nacl.bindings import crypto_core_ed25519_add, crypto_sign_open
from nacl.exceptions import BadSignatureError
from nacl.exceptions import RuntimeError as SodiumError

from schemas.errors import RecordError, VerificationError

KEY_BYTES = 32
SIGNATURE_BYTES = 64

_P = 2**255 - 19
_Y8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022
# The y of every point whose order divides 8: each has at most two points, which differ in the sign of x only.
_SMALL_ORDER = frozenset({0, 1, _P - 1, _Y8, _P - _Y8})


def check_signature(*, key: bytes, message: bytes, signature: bytes) -> None:
    """Raise unless ``signature`` (64 bytes) is the strict Ed25519 signature of ``message`` under ``key`` (32 bytes).

    The GIL is released meanwhile, so threads verify in parallel.

    Raises:
        VerificationError: ``signature.invalid``.
    """
    # The binding hands bare pointers on: a short key would be read past its end, a short signature into the message.
    if len(key) != KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        raise VerificationError("signature.invalid", f"expected 32 + 64 bytes, found {len(key)} + {len(signature)}")
    try:
        crypto_sign_open(signature + message, key)
    except BadSignatureError:
        raise VerificationError("signature.invalid", f"expected a signature of {key.hex()}, found another") from None


def check_public_key(raw: bytes) -> None:
    """Raise unless ``raw`` is the canonical encoding of a point on the curve that is not of small order.

    Raises:
        RecordError: ``key.public``.
    """
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    if len(raw) != KEY_BYTES or y >= _P or y in _SMALL_ORDER:
        raise RecordError("key.public", f"expected an Ed25519 public key, found {raw[:40].hex()}")
    try:
        crypto_core_ed25519_add(raw, raw)
    except SodiumError:
        raise RecordError("key.public", f"expected a point on the curve, found {raw.hex()}") from None
