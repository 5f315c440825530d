"""The key file (custody-key/v1): one private key, readable by its owner's passphrase or by his file permissions.

    {"agent":"exam-07","algorithm":"ed25519","checksum":"<64 hex>","key":"<public key>",
     "protection":{"kind":"passphrase","memory":268435456,"nonce":"<24 bytes>","operations":3,
      "salt":"<16 bytes>","secret":"<80 bytes>"},"schema":"custody-key/v1"}

without line breaks, binary fields in base64. ``checksum`` is the SHA-256 of the same canonical object without it: a
damaged file is told from a wrong passphrase before the passphrase is tried. ``secret`` is a SecretBox (XSalsa20 and
Poly1305) under Argon2id(passphrase, salt) of seed (32 bytes) and SHA-256 of ``["<agent>","<key>"]``: whoever swaps
the public part under a fresh checksum is found when the file is opened.

Protection ``{"kind":"file-mode","seed":"<32 bytes>"}`` is for a service, which has nobody to ask: its file is as
secret as its permissions are.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from msgspec import structs

from keys.private.locked import Cost, Passphrase, binding_of, checksum_of, lock_secret, unlock_secret
from keys.private.signer import SEED_BYTES, Ed25519Signer, Random
from schemas import canonical
from schemas.errors import RecordError, SigningKeyError, UnknownVersionError
from schemas.text import format_base64, parse_base64
from schemas.types import AgentId, Base64, Hash, Record

KEY_FILE_BYTES = 16_384
"""Longest key file; ours have about 600 bytes."""


class FileMode(Record, frozen=True, kw_only=True, tag_field="kind", tag="file-mode"):
    """The seed as it is, guarded by the permissions of the file alone."""

    seed: Base64


class KeyFile(Record, frozen=True, kw_only=True):
    """A private key as it lies on disk; public part and checksum can be read without the passphrase."""

    SCHEMA: ClassVar[str] = "custody-key/v1"

    agent: AgentId
    algorithm: Literal["ed25519"]
    checksum: Hash
    key: Base64
    protection: FileMode | Passphrase
    schema: Literal["custody-key/v1"]


def format_key_file(
    signer: Ed25519Signer, *, passphrase: bytes | None, random: Random, cost: Cost | None = None
) -> bytes:
    """Return the bytes of a key file for ``signer``; no ``passphrase`` means protection by file permissions alone.

    Takes as long and as much memory as ``cost`` says. ``passphrase`` is as `passphrase.encode_passphrase` gives it.

    Raises:
        SigningKeyError: ``key.memory`` where this machine has less memory than the cost asks for.
    """
    if passphrase is None:
        protection: FileMode | Passphrase = FileMode(seed=format_base64(signer.reveal_seed()))
    else:
        protection = _seal_secret(signer, passphrase, random=random, cost=cost or Cost())
    blank = KeyFile(
        agent=signer.agent,
        algorithm="ed25519",
        checksum="0" * 64,
        key=format_base64(signer.public_key),
        protection=protection,
        schema="custody-key/v1",
    )
    return canonical.encode(structs.replace(blank, checksum=checksum_of(blank)))


def _seal_secret(signer: Ed25519Signer, passphrase: bytes, *, random: Random, cost: Cost) -> Passphrase:
    binding = binding_of(signer.agent, format_base64(signer.public_key))
    return lock_secret(signer.reveal_seed() + binding, passphrase=passphrase, random=random, cost=cost)


def parse_key_file(raw: bytes) -> KeyFile:
    """Return the key file in ``raw``, undamaged; its secret is not looked at.

    Raises:
        SigningKeyError: ``key.damaged``, ``key.version`` for a file of a newer version.
    """
    try:
        file = canonical.decode(raw, KeyFile, maximum=KEY_FILE_BYTES)
        parse_base64(file.key, size=32)
    except UnknownVersionError as error:
        raise SigningKeyError("key.version", error.text, hint=error.hint) from None
    except RecordError as error:
        raise _damaged(error.text) from None
    if file.checksum != checksum_of(file):
        raise _damaged(f"expected checksum {file.checksum[:16]}..., found {checksum_of(file)[:16]}...")
    return file


def open_key_file(file: KeyFile, *, passphrase: bytes | None) -> Ed25519Signer:
    """Return the signer in a key file; ``passphrase`` is not looked at where file permissions alone protect it.

    Raises:
        SigningKeyError: ``key.passphrase-needed``, ``key.wrong-passphrase``, ``key.damaged`` where public and private
            part don't belong together, ``key.memory`` where this machine has too little of it.
    """
    try:
        if isinstance(file.protection, FileMode):
            seed = parse_base64(file.protection.seed, size=SEED_BYTES)
        else:
            seed = _open_secret(file, file.protection, passphrase)
    except RecordError as error:
        raise _damaged(error.text) from None
    signer = Ed25519Signer(agent=file.agent, seed=seed)
    if format_base64(signer.public_key) != file.key:
        raise _damaged("expected the private key of the public one, found another")
    return signer


def _open_secret(file: KeyFile, protection: Passphrase, passphrase: bytes | None) -> bytes:
    secret = unlock_secret(protection, passphrase=passphrase, size=SEED_BYTES + 32, owner=file.agent)
    if secret[SEED_BYTES:] != binding_of(file.agent, file.key):
        raise _damaged("expected agent and key as they were encrypted, found others")
    return secret[:SEED_BYTES]


def _damaged(found: str) -> SigningKeyError:
    return SigningKeyError("key.damaged", f"a damaged key file: {found}", hint="restore it from a backup, or recover")
