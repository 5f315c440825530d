"""The bytes of a document that a step has to read: out of the bundle, in clear or decrypted for the reader."""

from __future__ import annotations

from hashlib import sha256

from custody.verify.record.opened import Opened
from custody.verify.record.source import Decryption, Source
from schemas import layout
from schemas.bundle import Ciphertext
from schemas.errors import VerificationError


def read_document(
    digest: str, opened: Opened, source: Source, decryption: Decryption | None, *, maximum: int
) -> bytes | None:
    """Return the bytes of a document, at most one more than ``maximum``; nothing where they are not at hand.

    Raises:
        VerificationError: ``content.ciphertext``, ``content.plaintext``.
    """
    if layout.DOCUMENTS + digest in opened.measured:
        return source.read(layout.DOCUMENTS + digest, maximum)
    document = opened.documents.get(digest)
    if document is None or decryption is None or not isinstance(document.encrypted, Ciphertext):
        return None
    raw = decryption.read(f"{layout.ENCRYPTED}{document.encrypted.sha256}.age", maximum)
    if raw is not None and len(raw) <= maximum and sha256(raw).hexdigest() != digest:
        text = f"expected the document {digest}, found another encrypted in its place"
        raise VerificationError("content.plaintext", text)
    return raw
