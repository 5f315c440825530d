"""DSSE 1.0 envelope: signatures over the exact bytes of a payload.

What is signed is the PAE, with lengths in bytes, not characters (DSSE protocol.md):

    DSSEv1 37 application/vnd.custody.event.v1+json 5 hello

An envelope of ours has one spelling: canonical JSON, standard base64, signatures sorted by key id, each key once.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import Annotated

from msgspec import Meta

from schemas import limits, text
from schemas.types import Base64, CheckedKeyId, Record

ENROL_PAYLOAD_TYPE = "application/vnd.custody.enrol.v1+json"

Payload = Annotated[str, Meta(min_length=4, max_length=4 * (limits.EVENT_BYTES // 3 + 1))]


class Signature(Record, frozen=True, kw_only=True):
    """One signature; ``keyid`` names the key and is not trusted to do so."""

    # `check_key_ids` looks at its form, in whatever record it stands.
    keyid: CheckedKeyId
    sig: Base64


class Envelope(Record, frozen=True, kw_only=True):
    """A payload and its signatures."""

    payload: Payload
    payloadType: str  # noqa: N815 the name is DSSE's
    signatures: Annotated[tuple[Signature, ...], Meta(min_length=1, max_length=limits.SIGNERS)]

    def __post_init__(self) -> None:
        """Want signatures in order of key id, each once; ValueError becomes ``record.malformed``."""
        check_key_ids(tuple([signature.keyid for signature in self.signatures]))


@lru_cache(maxsize=256)
def check_key_ids(ids: tuple[str, ...]) -> None:
    """Raise ValueError unless key ids have their form and stand in order, each once; who signs does so again."""
    for key in ids:
        text.check_form(text.KEY_ID_PATTERN, key)
    if list(ids) != sorted(set(ids)):
        raise ValueError("signatures stand in order of key id, each key once")


def pae(payload_type: str, payload: bytes) -> bytes:
    """Return the bytes that are signed: DSSE's pre-authentication encoding."""
    return b"%s%d %s" % (_pae_prefix(payload_type), len(payload), payload)


@lru_cache(maxsize=8)
def _pae_prefix(payload_type: str) -> bytes:
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %s " % (len(kind), kind)


def key_id(algorithm: str, raw_key: bytes) -> str:
    """Return ``<algorithm>:<first 32 hex digits of SHA-256(algorithm || 0x0A || raw key)>``."""
    digest = sha256(algorithm.encode("ascii") + b"\n" + raw_key).hexdigest()
    return f"{algorithm}:{digest[:32]}"
