"""Which documents a bundle carried, by the two lists that its home keeps of it: the payload manifest, of which the
export signs the digest, and ``bundle.json``, of which the manifest tells the digest. Nobody can keep others.
"""

from __future__ import annotations

from hashlib import sha256

from custody.evidence.store import EvidenceStore
from schemas import bag, canonical, layout, limits
from schemas.bundle import Bundle
from schemas.errors import CustodyError


def packed_documents(documents: EvidenceStore, manifest: str) -> frozenset[str] | None:
    """Return the digests of the documents in the bundle with the payload ``manifest``, also of those that were
    encrypted; nothing where one of its lists isn't there, or was changed.
    """
    try:
        members = dict(bag.parse_manifest(_read(documents, manifest)))
        bundle = canonical.decode(_read(documents, members[layout.BUNDLE]), Bundle, maximum=limits.JSON_BYTES)
    except (CustodyError, KeyError, OSError):
        return None
    inside = (name.removeprefix(layout.DOCUMENTS) for name in members if name.startswith(layout.DOCUMENTS))
    return frozenset((*inside, *(item.sha256 for item in bundle.documents)))


def _read(documents: EvidenceStore, digest: str) -> bytes:
    """Return a list; without a byte where another lies in its place."""
    with documents.open(digest) as file:
        raw = file.readall()
    return raw if sha256(raw).hexdigest() == digest else b""
