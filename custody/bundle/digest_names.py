"""Which digests the file records of a bundle name, found before anything is verified: so that evidence is read once.

What is found decides only what is computed beside SHA-256. Bytes that are no records name nothing, and are somebody
else's finding.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator
from typing import Final

from custody.bundle.container import Container
from custody.evidence.algorithms import ALWAYS, CHOICES
from schemas import layout, limits
from schemas.errors import VerificationError

_DIGESTS = re.compile(rb'"digests":\{([^{}]{0,1024})\}')
_NAMES = re.compile(rb'"([a-z0-9_]{1,16})":"')
_PAYLOAD = re.compile(rb'"payload":"([A-Za-z0-9+/=]*)"')
_KNOWN: Final = frozenset({*ALWAYS, *CHOICES}) - {"sha256"}


def find_digest_names(container: Container) -> tuple[str, ...]:
    """Return the digests beside SHA-256 that are to be measured, BLAKE3 always among them.

    Raises:
        StorageError: as `Region.read_at`.
    """
    found = {b"blake3"}
    for raw in _texts(container):
        for digests in _DIGESTS.findall(raw):
            found.update(_NAMES.findall(digests))
    return tuple(sorted(_KNOWN & {name.decode("ascii") for name in found}))


def _texts(container: Container) -> Iterator[bytes]:
    for name in container.names(layout.ENTRIES):
        try:
            payload = _PAYLOAD.search(container.read(name, maximum=limits.ENTRY_BYTES))
            if payload is not None:
                yield b64decode(payload[1])
        except (VerificationError, Error):
            continue
    for name in container.names(layout.MANIFESTS):
        try:
            yield from container.lines(name, maximum=limits.MANIFEST_LINE)
        except VerificationError:
            continue
