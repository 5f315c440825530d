"""Passphrases: one way from what a person types to the bytes that a key is derived from.

NFC, then UTF-8: the same letters typed on another system must open the same key file. A passphrase is never empty.
A file holds it on its first line's place alone: one line end at the very end (LF or CR LF) isn't part of it, any
other white space is.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path

from schemas.errors import SigningKeyError

PASSPHRASE_BYTES = 4_096
"""Longest passphrase; what is longer is a wrong file given by mistake."""


def encode_passphrase(text: str) -> bytes:
    """Return the bytes of a passphrase as typed.

    Raises:
        SigningKeyError: ``passphrase.empty``, ``passphrase.malformed`` where it isn't text or above 4,096 bytes.
    """
    try:
        raw = unicodedata.normalize("NFC", text).encode("utf-8")
    except UnicodeEncodeError:
        raise SigningKeyError("passphrase.malformed", "expected a passphrase of Unicode text") from None
    if not raw:
        raise SigningKeyError("passphrase.empty", "expected a passphrase, found an empty one")
    if len(raw) > PASSPHRASE_BYTES:
        raise SigningKeyError(
            "passphrase.malformed", f"expected a passphrase up to {PASSPHRASE_BYTES} bytes, found {len(raw)}"
        )
    return raw


def parse_passphrase(raw: bytes) -> bytes:
    """Return the passphrase that the bytes of a passphrase file hold: all of them but one final LF or CR LF.

    Raises:
        SigningKeyError: ``passphrase.empty``, ``passphrase.malformed``.
    """
    line = raw.removesuffix(b"\n")
    if line != raw:
        line = line.removesuffix(b"\r")
    try:
        return encode_passphrase(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise SigningKeyError("passphrase.malformed", "expected a passphrase file in UTF-8") from None


def read_passphrase_file(path: Path) -> bytes:
    """Return the passphrase in a file, which may be a pipe that a password keeper writes.

    Raises:
        SigningKeyError: ``passphrase.absent``, ``passphrase.empty``, ``passphrase.malformed``.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(PASSPHRASE_BYTES + 3)
    except OSError as error:
        raise SigningKeyError(
            "passphrase.absent", f"expected a passphrase file at {path}, found: {error.strerror}"
        ) from None
    return parse_passphrase(raw)
