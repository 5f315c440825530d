"""A secret under a passphrase: SecretBox (XSalsa20 and Poly1305) under Argon2id(passphrase, salt)."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated

from msgspec import Meta, structs
from nacl.bindings import crypto_pwhash_alg, crypto_pwhash_ALG_ARGON2ID13, crypto_secretbox, crypto_secretbox_open
from nacl.exceptions import CryptoError
from nacl.exceptions import RuntimeError as SodiumError

from keys.private.signer import Random
from schemas import canonical
from schemas.errors import SigningKeyError
from schemas.text import format_base64, parse_base64
from schemas.types import Base64, Record

SALT_BYTES, NONCE_BYTES, BOX_KEY_BYTES, BOX_BYTES = 16, 24, 32, 16
MEMORY_LIMIT, OPERATIONS_LIMIT = 2**30, 16
"""A key file may cost its reader one GiB and a minute, whoever wrote it."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one try of a passphrase costs: Argon2id passes and bytes of memory. The default is libsodium's MODERATE."""

    operations: int = 3
    memory: int = 256 * 2**20

    def __post_init__(self) -> None:
        """Hold the writer to what a reader will take."""
        assert 1 <= self.operations <= OPERATIONS_LIMIT, "operations"
        assert 8192 <= self.memory <= MEMORY_LIMIT, "memory"


class Passphrase(Record, frozen=True, kw_only=True, tag_field="kind", tag="passphrase"):
    """A secret encrypted under a passphrase."""

    memory: Annotated[int, Meta(ge=8192, le=MEMORY_LIMIT)]
    nonce: Base64
    operations: Annotated[int, Meta(ge=1, le=OPERATIONS_LIMIT)]
    salt: Base64
    secret: Base64


def lock_secret(secret: bytes, *, passphrase: bytes, random: Random, cost: Cost) -> Passphrase:
    """Return ``secret`` under a passphrase; takes as long and as much memory as ``cost`` says.

    Raises:
        SigningKeyError: ``key.memory`` where this machine has less memory than the cost asks for.
    """
    salt, nonce = random(SALT_BYTES), random(NONCE_BYTES)
    key = _derive(passphrase, salt=salt, operations=cost.operations, memory=cost.memory)
    return Passphrase(
        memory=cost.memory,
        nonce=format_base64(nonce),
        operations=cost.operations,
        salt=format_base64(salt),
        secret=format_base64(crypto_secretbox(secret, nonce, key)),
    )


def unlock_secret(protection: Passphrase, *, passphrase: bytes | None, size: int, owner: str) -> bytes:
    """Return the ``size`` bytes of a secret.

    Raises:
        SigningKeyError: ``key.passphrase-needed``, ``key.wrong-passphrase``, ``key.memory``.
        RecordError: a field of another form.
    """
    if passphrase is None:
        raise SigningKeyError("key.passphrase-needed", f"expected the passphrase of {owner}, found none")
    salt, nonce = parse_base64(protection.salt, size=SALT_BYTES), parse_base64(protection.nonce, size=NONCE_BYTES)
    box = parse_base64(protection.secret, size=size + BOX_BYTES)
    key = _derive(passphrase, salt=salt, operations=protection.operations, memory=protection.memory)
    try:
        return crypto_secretbox_open(box, nonce, key)
    except CryptoError:
        text = f"expected the passphrase of {owner}, found another"
        raise SigningKeyError("key.wrong-passphrase", text) from None


def binding_of(name: str, public: str) -> bytes:
    """Return the 32 bytes that are encrypted with a secret, so that nobody swaps the public part of its file."""
    return sha256(canonical.encode((name, public))).digest()


def checksum_of(file: Record) -> str:
    """Return the SHA-256 of a key file without its field ``checksum``."""
    fields = {name: value for name, value in structs.asdict(file).items() if name != "checksum"}
    return sha256(canonical.encode(fields)).hexdigest()


def _derive(passphrase: bytes, *, salt: bytes, operations: int, memory: int) -> bytes:
    try:
        return crypto_pwhash_alg(BOX_KEY_BYTES, passphrase, salt, operations, memory, crypto_pwhash_ALG_ARGON2ID13)
    except SodiumError:
        raise SigningKeyError(
            "key.memory", f"expected {memory >> 20} MiB of free memory to try a passphrase", hint="close other programs"
        ) from None
