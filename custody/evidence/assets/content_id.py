"""Content identifiers of IPFS: of a file in one block the identifier is the file's SHA-256, spelled otherwise.

    bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq    the five bytes of hello

is ``b`` for base32 in small letters, then 01 (version), 55 (raw bytes), 12 20 (SHA-256, 32 bytes) and the digest. Of a
file that was cut into blocks there is another kind, which can't be recomputed without knowing how it was cut.
"""

from __future__ import annotations

import base64
import binascii

_RAW_SHA256 = bytes.fromhex("01551220")


def digest_in(content_id: str) -> str | None:
    """Return the SHA-256 that an identifier spells, of a file in one block; nothing for every other kind."""
    text = content_id.removeprefix("ipfs://")
    if not text.startswith("b") or text != text.lower():
        return None
    body = text[1:].upper()
    try:
        raw = base64.b32decode(body + "=" * (-len(body) % 8))
    except (binascii.Error, ValueError):
        return None
    return raw[4:].hex() if len(raw) == 36 and raw.startswith(_RAW_SHA256) else None
