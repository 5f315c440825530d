"""The file of an age identity (custody-age-key/v1): the authority's key for what is encrypted to it.

    {"checksum":"<64 hex>","name":"court-3","protection":{"kind":"passphrase","memory":268435456,
     "nonce":"<24 bytes>","operations":3,"salt":"<16 bytes>","secret":"<122 bytes>"},
     "recipient":"age1...","schema":"custody-age-key/v1"}

without line breaks. ``secret`` is the identity (AGE-SECRET-KEY-1..., 74 characters) and SHA-256 of
``["<name>","<recipient>"]`` under the passphrase, as in `keys.private.key_file`; ``checksum`` too is as there.

Identities that the tools of age made are read as well: lines of which one is the identity and others are comments, or
such a text encrypted under a passphrase by age itself.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, Final, Literal

import pyrage  # type: ignore[import-untyped]
from msgspec import structs

from keys.private.age import AgeIdentity
from keys.private.disk import create_secret_folder, read_secret, write_secret
from keys.private.locked import Cost, Passphrase, binding_of, checksum_of, lock_secret, unlock_secret
from keys.private.signer import Random
from schemas import canonical
from schemas.errors import RecordError, SigningKeyError, UnknownVersionError
from schemas.types import AgeKey, AgentId, Hash, Record

FILE_BYTES: Final = 16_384
"""Longest identity file; ours have about 600 bytes."""
IDENTITY_CHARACTERS: Final = 74

GetPassphrase = Callable[[str], bytes]
"""Asks for the passphrase of the identity that is named."""


class AgeKeyFile(Record, frozen=True, kw_only=True):
    """An age identity as it lies on disk; its public half can be read without the passphrase."""

    SCHEMA: ClassVar[str] = "custody-age-key/v1"

    checksum: Hash
    name: AgentId
    protection: Passphrase
    recipient: AgeKey
    schema: Literal["custody-age-key/v1"]


def format_age_file(identity: AgeIdentity, *, name: str, passphrase: bytes, random: Random, cost: Cost) -> bytes:
    """Return the bytes of the file of ``identity``; ``passphrase`` is as `passphrase.encode_passphrase` gives it.

    Raises:
        SigningKeyError: ``key.memory``.
    """
    secret = identity.reveal().encode("ascii") + binding_of(name, identity.recipient)
    protection = lock_secret(secret, passphrase=passphrase, random=random, cost=cost)
    blank = AgeKeyFile(
        checksum="0" * 64,
        name=name,
        protection=protection,
        recipient=identity.recipient,
        schema="custody-age-key/v1",
    )
    return canonical.encode(structs.replace(blank, checksum=checksum_of(blank)))


def parse_age_file(raw: bytes) -> AgeKeyFile:
    """Return the identity file in ``raw``, undamaged; its secret is not looked at.

    Raises:
        SigningKeyError: ``key.damaged``, ``key.version`` for a file of a newer version.
    """
    try:
        file = canonical.decode(raw, AgeKeyFile, maximum=FILE_BYTES)
    except UnknownVersionError as error:
        raise SigningKeyError("key.version", error.text, hint=error.hint) from None
    except RecordError as error:
        raise _damaged(error.text) from None
    if file.checksum != checksum_of(file):
        raise _damaged(f"expected checksum {file.checksum[:16]}..., found {checksum_of(file)[:16]}...")
    return file


def open_age_file(file: AgeKeyFile, *, passphrase: bytes) -> AgeIdentity:
    """Return the identity in a file.

    Raises:
        SigningKeyError: ``key.wrong-passphrase``, ``key.damaged``, ``key.memory``.
    """
    try:
        secret = unlock_secret(
            file.protection, passphrase=passphrase, size=IDENTITY_CHARACTERS + 32, owner=file.name
        )  # fmt: skip
    except RecordError as error:
        raise _damaged(error.text) from None
    identity = AgeIdentity.parse(secret[:IDENTITY_CHARACTERS].decode("ascii", "replace"))
    if secret[IDENTITY_CHARACTERS:] != binding_of(file.name, file.recipient) or identity.recipient != file.recipient:
        raise _damaged("expected the identity of the recipient that is named, found another")
    return identity


def add_age_file(path: Path, content: bytes, *, random: Random) -> None:
    """Write an identity file, mode 0600, that appears whole or not at all and replaces nothing.

    Raises:
        SigningKeyError: ``key.exists``, ``key.folder``, ``key.write``.
    """
    create_secret_folder(path.parent)
    write_secret(path, content, random=random)


def read_identity(path: Path, *, get_passphrase: GetPassphrase) -> AgeIdentity:
    """Return the identity in a file of ours, or in one of the tools of age.

    Raises:
        SigningKeyError: ``key.absent``, ``key.read``, ``key.too-open`` for a bare identity that others can read,
            ``key.age-identity`` for a file that holds none, ``key.age-many`` for several; others as `open_age_file`.
    """
    raw, is_closed = read_secret(path, maximum=FILE_BYTES)
    if raw.startswith(b"{"):
        file = parse_age_file(raw)
        return open_age_file(file, passphrase=get_passphrase(file.name))
    if raw.startswith((b"age-encryption.org/", b"-----BEGIN AGE")):
        return _parse_lines(_decrypt(raw, get_passphrase(path.name)), path)
    if not is_closed:
        text = f"expected an identity that its owner alone can read, found {path} open to others"
        raise SigningKeyError("key.too-open", text, hint=f"chmod 600 {path}")
    return _parse_lines(raw, path)


def _decrypt(raw: bytes, passphrase: bytes) -> bytes:
    try:
        return bytes(pyrage.passphrase.decrypt(raw, passphrase.decode("utf-8")))
    except pyrage.DecryptError:
        text = "expected the passphrase of the identity, found another, or a file that isn't under one"
        raise SigningKeyError("key.wrong-passphrase", text) from None


def _parse_lines(raw: bytes, path: Path) -> AgeIdentity:
    lines = [line.strip() for line in raw.decode("utf-8", "replace").splitlines()]
    found = [line for line in lines if line and not line.startswith("#")]
    if len(found) > 1 and all(line.startswith("AGE-SECRET-KEY-1") for line in found):
        raise SigningKeyError("key.age-many", f"expected one identity in {path}, found {len(found)}")
    if len(found) != 1:
        raise SigningKeyError("key.age-identity", f"expected an age identity in {path}, found something else")
    return AgeIdentity.parse(found[0])


def _damaged(found: str) -> SigningKeyError:
    return SigningKeyError("key.damaged", f"a damaged identity file: {found}", hint="restore it from a backup")
