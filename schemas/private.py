"""Disclosures: the private values of a record, apart from it.

A record holds ``{"commitment":"<hex>"}``; the commitment is the SHA-256 of the disclosure's text, which is the
unpadded base64url of the canonical array ``[salt, path, value]``:

    ["AAECAwQFBgcICQoLDA0ODw","/details/place","Room 4"]
    WyJBQUVDQXdRRkJnY0lDUW9MREEwT0R3IiwiL2RldGFpbHMvcGxhY2UiLCJSb29tIDQiXQ
    sha256 -> c5422e6d2aba95439e5d2a38e89b16d4c9a5506cb886943a9ce606d09ac91cea

``salt`` is 16 random bytes in unpadded base64url, never derived and never used twice, so that a short value cannot be
guessed from its commitment. ``path`` is the JSON Pointer (RFC 6901) of the place from the root of the event, or of the
file record. Destroying salt and value erases the value for good; the chain still holds.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import msgspec

from schemas import canonical, limits, text
from schemas.errors import RecordError
from schemas.types import Private

SALT_BYTES = 16


class Disclosure(msgspec.Struct, frozen=True):
    """One private value with its salt and place; ``text`` is what the commitment hashes."""

    text: str
    path: str
    value: Any

    @property
    def commitment(self) -> str:
        """SHA-256 of the text, 64 hex digits."""
        return sha256(self.text.encode("ascii")).hexdigest()

    @property
    def private(self) -> Private:
        """What stands in the record in place of the value."""
        return Private(commitment=self.commitment)


def make_disclosure(*, salt: bytes, path: str, value: object) -> Disclosure:
    """Return the disclosure of ``value`` at the JSON Pointer ``path``; ``salt`` is 16 fresh random bytes.

    Raises:
        RecordError: ``private.salt`` for another length, or as `canonical.check_subset` for a value outside of it.
    """
    if len(salt) != SALT_BYTES:
        raise RecordError("private.salt", f"expected a salt of {SALT_BYTES} bytes, found {len(salt)}")
    canonical.check_subset(value)
    raw = canonical.encode([text.format_base64url(salt), path, value])
    line = text.format_base64url(raw)
    if isinstance(value, str) and path.startswith("/") and len(line) <= limits.DISCLOSURE_BYTES:
        # A text reads back as what it is; of other values the one form that a reader gets is taken from the bytes.
        return Disclosure(text=line, path=path, value=value)
    return parse_disclosure(line)


def parse_disclosure(line: str) -> Disclosure:
    """Return the disclosure of which ``line`` is the one spelling.

    Raises:
        RecordError: ``private.disclosure`` or the code of the layer that refused it.
    """
    if len(line) > limits.DISCLOSURE_BYTES:
        raise RecordError("private.size", f"expected at most {limits.DISCLOSURE_BYTES} characters, found {len(line)}")
    value = canonical.decode_plain(text.parse_base64url(line), maximum=limits.DISCLOSURE_BYTES)
    match value:
        case [str(salt), str(path), content] if path == "" or path.startswith("/"):
            if len(text.parse_base64url(salt)) != SALT_BYTES:
                raise RecordError("private.salt", f"expected a salt of {SALT_BYTES} bytes")
            return Disclosure(text=line, path=path, value=content)
        case _:
            raise RecordError("private.disclosure", "expected an array of salt, path and value")
