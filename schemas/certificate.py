"""A provider's certificate (custody-certificate/v1): what was produced or preserved in answer to which request.

A platform or an ISP needs no ledger for it, only a key: it signs the certificate as a DSSE payload of type
``application/vnd.custody.certificate.v1+json``. It names the request by the SHA-256 of the file that was received, and
what was produced by digests of every file (law row C19). Up to 16 file records stand in the certificate itself, more in
a list of lines beside it; the root covers them all:

    {"digests":{"blake3":"<hex>","sha256":"<hex>"},"name":"logs/2026-06.csv","size":12345}

Unlike an exhibit's records these show names in clear: the certificate goes to the authority that asked, and enters its
ledger as a document.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Annotated, ClassVar, Final, Literal

from msgspec import Meta

from schemas import canonical, limits, merkle, text
from schemas.content import Digests, check_path
from schemas.envelope import Envelope
from schemas.errors import RecordError
from schemas.text import check_times
from schemas.types import UNSET, AgentId, Count, Hash, Nonce, Origin, Record, Time, Token, Unset, is_set

CERTIFICATE_PAYLOAD_TYPE: Final = "application/vnd.custody.certificate.v1+json"
Words = Annotated[str, Meta(min_length=1, max_length=4096)]


class CertifiedFile(Record, frozen=True, kw_only=True):
    """A file that was produced; ``name`` is a relative path with ``/`` between its parts."""

    digests: Digests
    name: Annotated[str, Meta(min_length=1, max_length=4096)]
    size: Count

    def __post_init__(self) -> None:
        """Want a plain relative path; ValueError becomes ``record.malformed``."""
        try:
            check_path(self.name.encode("utf-8"))
        except (RecordError, UnicodeEncodeError) as error:
            raise ValueError(f"a relative path: {error}") from None


class CertifiedContent(Record, frozen=True, kw_only=True):
    """All that was produced: total bytes, number of files, root over their canonical records in order of name."""

    bytes: Count
    count: Count
    files: Annotated[tuple[CertifiedFile, ...], Meta(min_length=1, max_length=limits.CONTENT_IN_EVENT)] | Unset = UNSET
    root: Hash


class CertifiedRequest(Record, frozen=True, kw_only=True):
    """The request that is answered: digest of the file as it was received; of a letter also the digest of its payload
    manifest, its ledger, and the id of the request there.
    """

    ledger: Origin | Unset = UNSET
    manifest: Hash | Unset = UNSET
    request: Token | Unset = UNSET
    sha256: Hash


class Certificate(Record, frozen=True, kw_only=True):
    """What the provider signs. ``method`` says how the digests were made, ``seal`` is the text of the unit's seal."""

    SCHEMA: ClassVar[str] = "custody-certificate/v1"

    answers: CertifiedRequest
    content: CertifiedContent | Unset = UNSET
    issued_at: Time
    kind: Literal["preservation", "production"]
    method: Words | Unset = UNSET
    nonce: Nonce
    provider: AgentId
    schema: Literal["custody-certificate/v1"]
    seal: Words | Unset = UNSET
    until: Time | Unset = UNSET

    def __post_init__(self) -> None:
        """Tie the fields to the kind; ValueError becomes ``record.malformed``."""
        check_times(self.issued_at, self.until)
        is_production = self.kind == "production"
        if is_set(self.content) != is_production or is_set(self.method) != is_production:
            raise ValueError("content and method stand exactly for a production")
        if is_set(self.until) == is_production:
            raise ValueError("until stands exactly for a preservation")


def certified_content(files: Iterable[CertifiedFile]) -> CertifiedContent:
    """Return the content of ``files``, which are in order of the bytes of their names."""
    listed = tuple(files)
    leaves = merkle.Frontier()
    for item in listed:
        leaves.append(merkle.hash_leaf(canonical.encode(item)))
    inside = listed if 1 <= len(listed) <= limits.CONTENT_IN_EVENT else UNSET
    return CertifiedContent(
        bytes=sum(item.size for item in listed), count=len(listed), files=inside, root=leaves.root().hex()
    )  # fmt: skip


def check_names(files: Iterable[CertifiedFile]) -> None:
    """Raise unless files stand in order of the bytes of their names, each once.

    Raises:
        RecordError: ``certificate.order``.
    """
    names = [item.name.encode("utf-8") for item in files]
    if any(first >= second for first, second in itertools.pairwise(names)):
        raise RecordError("certificate.order", "expected files in order of name, each once, found another order")


def parse_certificate(envelope: Envelope) -> Certificate:
    """Return the certificate in an envelope, whose signature is not looked at.

    Raises:
        RecordError: ``certificate.type`` for another payload, ``certificate.order``, ``record.*``, ``text.base64``.
        UnknownVersionError: ``record.version``.
    """
    if envelope.payloadType != CERTIFICATE_PAYLOAD_TYPE:
        found = envelope.payloadType[:100]
        raise RecordError("certificate.type", f"expected {CERTIFICATE_PAYLOAD_TYPE}, found {found!r}")
    raw = text.parse_base64(envelope.payload)
    found_record = canonical.decode(raw, Certificate, maximum=limits.EVENT_BYTES)
    if isinstance(found_record.content, CertifiedContent) and isinstance(found_record.content.files, tuple):
        check_names(found_record.content.files)
        if certified_content(found_record.content.files) != found_record.content:
            raise RecordError("certificate.order", "expected the root of the files that are listed, found another")
    return found_record
