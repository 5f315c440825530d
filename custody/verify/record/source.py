"""What the verifier asks of the world: the members of a bundle, and files that came apart from it.

Reading, hashing and opening files is the caller's part; nothing of it is trusted beyond 'these bytes are there'.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import msgspec


class FoundFile(msgspec.Struct, frozen=True):
    """What was measured over a file's bytes: SHA-256, size in bytes, other digests by name where a library is there.

    ``sha256`` is empty of a file that was too long to be the one that was asked for, and so wasn't read.
    ``pieces`` are the digests of the pieces of a file larger than one (`schemas.pieces`), 32 bytes each, or nothing.
    """

    sha256: str
    size: int
    digests: Mapping[str, str] = msgspec.field(default_factory=dict)
    pieces: bytes = b""


class Source(Protocol):
    """A bundle whose container has been opened. Bytes that do not read back raise `VerificationError`."""

    def names(self) -> Sequence[str]:
        """Return the names of all members, each of which the layout knows."""

    def read(self, name: str, maximum: int) -> bytes:
        """Return the bytes of a member of at most ``maximum`` bytes."""

    def lines(self, name: str, maximum: int) -> Iterator[bytes]:
        """Yield the lines of a member without their LF, each at most ``maximum`` bytes; the last is ended too."""

    def measure(self, name: str) -> FoundFile:
        """Return the digest and size of a member's bytes, read for the purpose."""

    def pieces(self, name: str) -> bytes:
        """Return the digests of a member's pieces, 32 bytes each, as its bytes are, also where they don't read back."""

    def inherited(self, name: str) -> Source:
        """Return the bundle that a member is; bytes that are none raise `VerificationError`."""

    def within(self, raw: bytes) -> Source:
        """Return the bundle that a document's bytes are; bytes that are none raise `VerificationError`."""


class Elsewhere(Protocol):
    """Where files lie that a bundle lists and does not hold."""

    def find(self, sha256: str, /, *, size: int | None = None) -> FoundFile | None:
        """Return what the file named ``sha256`` measures, or nothing where none has that name; one of more than
        ``size`` bytes need not be read.
        """


class Nowhere:
    """No files were given apart from the bundle."""

    def find(self, sha256: str, /, *, size: int | None = None) -> FoundFile | None:
        """Return nothing."""
        return None


class Decryption(Protocol):
    """The reader's own key, to which a sender may have encrypted what only he should see."""

    def measure(self, name: str) -> FoundFile | None:
        """Return what the plain bytes of an encrypted member measure; nothing where it is encrypted for others.

        Raises:
            VerificationError: ``content.ciphertext`` for bytes that don't decrypt to their end.
        """

    def read(self, name: str, maximum: int) -> bytes | None:
        """Return the plain bytes of an encrypted member, at most ``maximum``; nothing as with `measure`.

        Raises:
            VerificationError: ``content.ciphertext``; ``content.plaintext`` for more than ``maximum`` bytes.
        """
