"""Providers' certificates: made with a key alone, and looked at again, every digest of them, where they come in.

A provider (a platform, an ISP) has no ledger. What binds its answer to the request is the request's own digest, what
binds it to the files is a digest of each, and who gave it is a key that a registrar enrolled for it (law row C19).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from custody.ledger.store import LedgerReader
from custody.transfer.requests import RequestStory, read_story
from custody.verify.rules.view import View
from keys.dsse import check_envelope_signature
from keys.private.signer import Signer
from schemas import canonical, limits
from schemas.certificate import (
    CERTIFICATE_PAYLOAD_TYPE,
    Certificate,
    CertifiedContent,
    CertifiedFile,
    certified_content,
    check_names,
    parse_certificate,
)  # fmt: skip
from schemas.details.record import BundleExported
from schemas.details.request import RequestSent
from schemas.envelope import Envelope, Signature, pae
from schemas.errors import RecordError, RefusedError, VerificationError
from schemas.text import format_base64, parse_base64, parse_time
from schemas.types import Role, is_set

METHOD: Final = (
    "SHA-256 and BLAKE3 over the bytes of each file; RFC 6962 root with SHA-256 over the file records in order of name"
)
"""How the digests of a production are made, unless the provider has other words for it."""
_CLOCKS: Final = timedelta(days=1)
"""By so much may a provider's clock be ahead of ours, a mistaken zone included."""
PROVIDER: Final[frozenset[Role]] = frozenset({"provider"})


@dataclass(frozen=True, slots=True)
class Certified:
    """A certificate whose signature holds, by a provider's key enrolled here; ``raw`` is the file as it came."""

    certificate: Certificate
    key: str
    raw: bytes


def sign_certificate(certificate: Certificate, signer: Signer) -> bytes:
    """Return the certificate as a file: a DSSE envelope with the provider's one signature.

    Raises:
        RecordError: ``record.size``, ``certificate.order``.
        SigningKeyError: the key can't be used.
    """
    payload = canonical.encode(certificate)
    signature = signer.sign(pae(CERTIFICATE_PAYLOAD_TYPE, payload))
    envelope = Envelope(
        payload=format_base64(payload),
        payloadType=CERTIFICATE_PAYLOAD_TYPE,
        signatures=(Signature(keyid=signer.key_id, sig=format_base64(signature)),),
    )
    parse_certificate(envelope)
    return canonical.encode(envelope)


def open_certificate(raw: bytes, view: View) -> Certified:
    """Return the certificate in the file ``raw``, its signature checked against the keys that are enrolled.

    Raises:
        RecordError: it is none, as `parse_certificate`.
        RefusedError: ``certificate.signer`` where the key is not enrolled for that provider, was revoked, or its agent
            is no provider or has left.
        VerificationError: ``signature.*``.
    """
    envelope = canonical.decode(raw, Envelope, maximum=limits.ENTRY_BYTES)
    certificate = parse_certificate(envelope)
    if len(envelope.signatures) != 1:
        raise RecordError("certificate.signatures", f"expected one signature, found {len(envelope.signatures)}")
    (signature,) = envelope.signatures
    key, agent = view.key(signature.keyid), view.agent(certificate.provider)
    who = f"{certificate.provider} with the key {signature.keyid}"
    hint = f"custody agent enrol {certificate.provider}.enrol --role provider --country CC --as REGISTRAR"
    if key is None or agent is None or key.agent != certificate.provider:
        raise RefusedError(
            "certificate.signer", f"expected a provider enrolled here, found {who}, not known", hint=hint
        )
    if key.revoked_at is not None or agent.has_left:
        raise RefusedError("certificate.signer", f"expected a key that is valid here, found {who}, ended")
    if agent.role_since(PROVIDER) is None:
        hint = f"custody agent change {agent.id} --role provider"
        raise RefusedError("certificate.signer", f"expected a provider, found {who}, without that role", hint=hint)
    message = pae(envelope.payloadType, parse_base64(envelope.payload))
    check_envelope_signature(message=message, signature=signature, key=key.raw)
    return Certified(certificate, key.id, raw)


def check_files(certificate: Certificate, found: Sequence[CertifiedFile]) -> None:
    """Raise unless ``found``, hashed anew, are exactly the files of the certificate, in order of name.

    Raises:
        VerificationError: ``certificate.root``.
        RecordError: ``certificate.order``.
    """
    check_names(found)
    content = certified_content(found)
    assert isinstance(certificate.content, CertifiedContent), "a production has content"
    if content != certificate.content:
        text = (
            f"expected {certificate.content.count} files with the root {certificate.content.root}, "
            f"found {content.count} with {content.root}"
        )
        raise VerificationError("certificate.root", text, hint="ask the provider for the file as it was made")


def check_times(certificate: Certificate, *, asked_at: str, now: datetime) -> str | None:
    """Raise for times that no provider can mean; of an answer older than the request, ``asked_at``, say so.

    Raises:
        RefusedError: ``certificate.time`` where it is dated more than a day after ``now`` (aware), or data are
            preserved until before it was made.
    """
    hint = "ask the provider for a certificate with the right times"
    issued_at, until = certificate.issued_at, certificate.until
    if parse_time(issued_at) - now > _CLOCKS:
        raise RefusedError("certificate.time", f"expected a certificate made by now, found {issued_at}", hint=hint)
    if isinstance(until, str) and until <= issued_at:
        text = f"expected data preserved beyond {issued_at}, when it was confirmed, found until {until}"
        raise RefusedError("certificate.time", text, hint=hint)
    return None if issued_at >= asked_at else f"expected an answer made after {asked_at}, found one of {issued_at}"


def find_request(reader: LedgerReader, certificate: Certificate, named: str | None) -> RequestStory:
    """Return our request that a certificate answers.

    It names the file that was received: a letter of this ledger, by its payload manifest, or what went on paper, by
    its digest. A request that was never sent, or sent to somebody else, is answered by nobody.

    Raises:
        RefusedError: ``certificate.request``, ``certificate.provider``.
        UsageError: ``request.unknown``.
    """
    answers, ledger = certificate.answers, reader.view().ledger()
    assert ledger is not None, "the ledger was opened"
    if is_set(answers.ledger) and answers.ledger != ledger.origin:
        text = f"expected an answer to a request of {ledger.origin}, found one to {answers.request} of {answers.ledger}"
        raise RefusedError("certificate.request", text)
    wanted = named or (str(answers.request) if is_set(answers.request) else None)
    if wanted is None:
        hint = "it answers a request on paper: say which with --request ID"
        raise RefusedError("certificate.request", "expected the request that is answered, found none named", hint=hint)
    story = read_story(reader, wanted)
    if story.state.peer != certificate.provider:
        text = f"expected an answer of {story.state.peer}, whom {wanted} went to, found one of {certificate.provider}"
        hint = "the request has to go to the provider itself: custody request draft ID --to PROVIDER"
        raise RefusedError("certificate.provider", text, hint=hint)
    if not _names_what_was_sent(story, certificate):
        text = f"expected the digest of what was sent as {wanted}, found another request's"
        raise RefusedError(
            "certificate.request", text, hint="the provider answered another file than the one it was sent"
        )
    return story


def _names_what_was_sent(story: RequestStory, certificate: Certificate) -> bool:
    answers = certificate.answers
    sent = [event.details for event in story.events]
    if is_set(answers.manifest):
        return any(isinstance(item, BundleExported) and item.manifest == answers.manifest for item in sent)
    papers = {item.document for item in sent if isinstance(item, RequestSent)}
    return answers.sha256 in papers
