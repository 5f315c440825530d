"""C2SP verifier keys (vkeys): the public key of a log or a cosigner, with its name, as one line of text.

    example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k

Name, key id (first 4 bytes of SHA-256(name || 0x0A || type || key), hex), base64(type || key), joined by ``+``.
Types known: 0x01, Ed25519 over the note's text (logs); 0x04, Ed25519 cosignature with a time (cosigners). A key of
another type is read, so that a policy that names it can be read, and verifies nothing.
Source: c2sp.org/signed-note, c2sp.org/tlog-cosignature.
"""

from __future__ import annotations

import re
from enum import Enum
from hashlib import sha256

import msgspec

from keys.ed25519 import check_public_key
from schemas.errors import RecordError
from schemas.text import format_base64, parse_base64, parse_hex

# No Unicode space, no plus, no control character; written out, so that it depends on no version of Unicode.
NAME = r"[^\x00-\x20+\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ud800-\udfff]{1,255}"
_NAME = re.compile(NAME)


class KeyType(Enum):
    """What a verifier key verifies."""

    LOG = 0x01
    COSIGNER = 0x04
    UNKNOWN = -1


class VerifierKey(msgspec.Struct, frozen=True):
    """A public key that signs notes. ``kind`` is the type byte, ``key`` the bytes after it, ``id`` has 4 bytes."""

    name: str
    kind: int
    key: bytes
    id: bytes

    @property
    def type(self) -> KeyType:
        """What the key verifies; one of UNKNOWN type verifies nothing."""
        return KeyType(self.kind) if self.kind in (1, 4) else KeyType.UNKNOWN


def verifier_key(*, name: str, type: KeyType, key: bytes) -> VerifierKey:
    """Return the verifier key of a raw Ed25519 public ``key`` (32 bytes) under ``name``.

    Raises:
        RecordError: ``vkey.name``, ``key.public``.
    """
    if not _NAME.fullmatch(name):
        raise RecordError("vkey.name", f"expected a name without spaces and plus signs, found {name[:40]!r}")
    check_public_key(key)
    identity = sha256(b"%s\n%c%s" % (name.encode("utf-8"), type.value, key)).digest()[:4]
    return VerifierKey(name, type.value, key, identity)


def format_verifier_key(key: VerifierKey) -> str:
    """Return the one line of text."""
    return f"{key.name}+{key.id.hex()}+{format_base64(bytes([key.kind]) + key.key)}"


def parse_verifier_key(text: str) -> VerifierKey:
    """Return the key that ``text`` spells. The key id of an UNKNOWN type is taken as it stands: it has its own rule.

    Raises:
        RecordError: ``vkey.name``, ``vkey.id`` where the id is not that of name and key, ``vkey.malformed``,
            ``key.public``, ``text.hex``, ``text.base64``.
    """
    name, _, rest = text.partition("+")
    digits, _, encoded = rest.partition("+")
    blob = parse_base64(encoded)
    if len(blob) < 2 or not _NAME.fullmatch(name):
        raise RecordError("vkey.malformed", f"expected name+id+key, found {text[:80]!r}")
    found = VerifierKey(name, blob[0], blob[1:], parse_hex(digits, size=4))
    if found.type is KeyType.UNKNOWN:
        return found
    expected = verifier_key(name=name, type=found.type, key=found.key)
    if found != expected:
        raise RecordError("vkey.id", f"expected key id {expected.id.hex()} of {name}, found {digits}")
    return expected
