"""Encrypting what goes into a bundle, before its payload is listed: the manifest names ciphertexts by their digests.

Ciphertexts lie in a folder beside the bundle until they are in it, so that a disk image needs room for two of them and
never any memory; each is removed as soon as it was packed. The plain bytes are hashed while they are encrypted: what
is encrypted under a digest has that digest.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from custody.bundle.disk import disk_errors
from custody.bundle.payload_member import PayloadMember
from schemas import layout
from schemas.bundle import Ciphertext
from schemas.errors import VerificationError

BUFFER = 1 << 20


@dataclass(frozen=True, slots=True)
class Encryption:
    """To whom: age recipients (age1...), any of whom can decrypt; and a folder for ciphertexts on their way."""

    recipients: tuple[str, ...]
    folder: Path


@contextmanager
def encryption_beside(target: Path, recipients: Sequence[str]) -> Iterator[Encryption | None]:
    """Give an encryption for ``recipients`` whose ciphertexts lie beside ``target`` and are gone in the end.

    Without recipients, nothing is encrypted.

    Raises:
        StorageError: ``storage.full`` or ``storage.io``.
    """
    if not recipients:
        yield None
        return
    with disk_errors(f"making a folder beside {target}"):
        folder = tempfile.TemporaryDirectory(prefix=f".{target.name[:100]}.", suffix=".age", dir=target.parent)
    with folder as name:
        yield Encryption(tuple(dict.fromkeys(recipients)), Path(name))


def encrypt_member(member: PayloadMember, encryption: Encryption) -> tuple[PayloadMember, Ciphertext]:
    """Return the member that stands for a file or document in encrypted form, and what bundle.json says of it.

    Raises:
        VerificationError: ``bundle.source-changed`` where the plain bytes are not those of the member's digest.
        StorageError: ``storage.full`` or ``storage.io``.
    """
    from keys.private.age import encrypt_stream

    spool = encryption.folder / member.name.replace("/", "-")
    plain, cipher, sizes = sha256(), sha256(), [0, 0]
    with disk_errors(f"encrypting {member.name}"), member.open() as source, spool.open("xb", BUFFER) as out:

        def read(size: int) -> bytes:
            piece = source.read(size)
            plain.update(piece)
            sizes[0] += len(piece)
            return piece

        def write(piece: bytes) -> None:
            cipher.update(piece)
            sizes[1] += len(piece)
            out.write(piece)

        encrypt_stream(read, write, encryption.recipients)
    if (plain.hexdigest(), sizes[0]) != (member.sha256, member.size):
        found = f"expected {member.sha256} of {member.size} bytes, found {plain.hexdigest()} of {sizes[0]} bytes"
        hint = "a stored file is not what was registered; custody check says which, and nothing was packed"
        raise VerificationError("bundle.source-changed", f"{member.name}: {found}", hint=hint)
    made = Ciphertext(sha256=cipher.hexdigest(), size=sizes[1])
    return member.encrypted_as(f"{layout.ENCRYPTED}{made.sha256}.age", made.sha256, made.size, spool), made
