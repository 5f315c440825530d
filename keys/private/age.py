"""Encryption for one recipient or several: age (age-encryption.org/v1), X25519 recipients, binary form, as a stream.

Nothing is ever held whole: 64 KiB at a time are encrypted and authenticated. The library draws the file key of each
ciphertext itself, so encrypting the same bytes twice gives two ciphertexts.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import pyrage  # type: ignore[import-untyped]
from pyrage import x25519

from schemas.errors import SigningKeyError, VerificationError

HEADER_BYTES: Final = 65_536
"""Longest header that is looked at: one recipient takes about 100 bytes, and a reader's time grows with its square."""

Read = Callable[[int], bytes]
Write = Callable[[bytes], object]

_INTRO = b"age-encryption.org/v1\n"
_OTHERS = "No matching keys found"
"""How the library says that a header has no stanza for an identity; a test holds it to that."""


class AgeIdentity:
    """The private half: opens what was encrypted to ``recipient``. Never shown by itself."""

    __slots__ = ("_identity", "recipient")

    def __init__(self, identity: x25519.Identity) -> None:
        self._identity = identity
        self.recipient = str(identity.to_public())

    @classmethod
    def generate(cls) -> AgeIdentity:
        """Make a new identity; the library asks the system for its randomness."""
        return cls(x25519.Identity.generate())

    @classmethod
    def parse(cls, text: str) -> AgeIdentity:
        """Return the identity that ``text`` (AGE-SECRET-KEY-1...) spells.

        Raises:
            SigningKeyError: ``key.age-identity``; the text isn't quoted.
        """
        try:
            return cls(x25519.Identity.from_str(text))
        except pyrage.IdentityError:
            raise SigningKeyError("key.age-identity", "expected AGE-SECRET-KEY-1..., found something else") from None

    def reveal(self) -> str:
        """Return the secret text, for writing it under a passphrase."""
        return str(self._identity)

    def open_with(self) -> x25519.Identity:
        """Return the identity as the library takes it."""
        return self._identity

    def __repr__(self) -> str:
        """Name the public half and never show the secret."""
        return f"AgeIdentity(recipient={self.recipient!r})"


def check_recipient(text: str) -> str:
    """Return ``text`` if it is a whole recipient: age1..., its checksum right.

    Raises:
        SigningKeyError: ``key.age-recipient``.
    """
    try:
        return str(x25519.Recipient.from_str(text))
    except pyrage.RecipientError:
        text = f"expected an age recipient, age1 and 58 letters and digits, found {text[:80]!r}"
        raise SigningKeyError("key.age-recipient", text, hint="copy it whole: its end is a checksum") from None


def encrypt_stream(read: Read, write: Write, recipients: Iterable[str]) -> None:
    """Encrypt what ``read`` gives for each of ``recipients``; any one of them can decrypt it.

    Whatever ``read`` and ``write`` raise passes through.

    Raises:
        SigningKeyError: ``key.age-recipient``.
    """
    keys = [x25519.Recipient.from_str(check_recipient(text)) for text in recipients]
    assert keys, "somebody must be able to read it"
    source, target = _Source(read), _Target(write)
    try:
        pyrage.encrypt_io(source, target, keys)
    except pyrage.EncryptError:
        _pass_on(source, target)
        raise


def decrypt_stream(read: Read, write: Write, identities: Sequence[AgeIdentity]) -> bool:
    """Decrypt what ``read`` gives, piece by piece; tell whether any of the identities could. Else nothing is written.

    A damaged ciphertext is found where its damage is: pieces before it were written. Whatever ``read`` and ``write``
    raise passes through.

    Raises:
        VerificationError: ``content.ciphertext`` for bytes that are no ciphertext, or not to their end.
    """
    source, target = _Source(_after_header(read)), _Target(write)
    try:
        pyrage.decrypt_io(source, target, [identity.open_with() for identity in identities])
    except (pyrage.DecryptError, OSError) as error:
        _pass_on(source, target)
        if str(error) == _OTHERS:
            return False
        reason = str(error).splitlines()[0][:80].lower() if str(error) else "it ends too soon"
        raise _damaged(f"found bytes that don't decrypt: {reason}") from None
    return True


def _after_header(read: Read) -> Read:
    """Return a reader from the beginning, once the header was seen to end within `HEADER_BYTES`."""
    head = b""
    while len(head) < HEADER_BYTES and b"\n---" not in head and (piece := read(HEADER_BYTES - len(head))):
        head += piece
    if not head.startswith(_INTRO) or b"\n---" not in head:
        raise _damaged(f"found no header of age v1 within {HEADER_BYTES} bytes")
    begun = io.BytesIO(head)
    return lambda size: begun.read(size) or read(size)


def _damaged(found: str) -> VerificationError:
    return VerificationError("content.ciphertext", f"expected a whole age file, {found}")


class _Source:
    """What the library reads from; remembers the error that it would else report in its own words."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self.error: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            return self._read(size)
        except BaseException as error:
            self.error = error
            raise


class _Target:
    """What the library writes to."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self.error: BaseException | None = None

    def write(self, piece: Any) -> int:
        try:
            self._write(bytes(piece))
        except BaseException as error:
            self.error = error
            raise
        return len(piece)

    def flush(self) -> None:
        """The caller flushes his own file."""


def _pass_on(source: _Source, target: _Target) -> None:
    for error in (source.error, target.error):
        if error is not None:
            raise error
