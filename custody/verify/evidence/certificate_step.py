"""Within step 9: the provider's certificate with which a listed exhibit came (law row C19).

Whoever took it in looked at it once; here it is looked at again, against what the bundle itself carries: who signed it,
that its digests are those of the exhibit's files, and that it answers the request that the exhibit answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from custody.verify.fold.state import State
from custody.verify.record.bundled import Bundled
from custody.verify.record.opened import fail
from custody.verify.rules.view import is_strict
from keys.dsse import check_envelope_signature
from schemas import canonical, limits
from schemas.certificate import Certificate, CertifiedContent, parse_certificate
from schemas.content import Content, Digests
from schemas.details.exhibit import ExhibitRegistered
from schemas.details.record import BundleExported
from schemas.details.request import RequestSent
from schemas.details.source import Source as Origin
from schemas.entry import ParsedEntry
from schemas.envelope import Envelope, pae
from schemas.errors import CustodyError, RecordError, VerificationError
from schemas.report import Findings, Severity
from schemas.text import parse_base64
from schemas.types import Role, is_set

_PROVIDER: Final[frozenset[Role]] = frozenset({"provider"})
Sent = dict[object, set[tuple[str, object]]]
"""By request: the digests of papers, and of the payload manifests of letters, that were sent as it."""


def check_certificates(bundled: Bundled) -> None:
    """Check the certificate that the registration of each listed exhibit names.

    Findings: ``certificate.signer``, ``certificate.kind``, ``certificate.content``, ``certificate.request``,
    ``certificate.signatures``, those of `parse_certificate`, ``signature.*`` (failed); ``certificate.disputed``
    (undecided); ``certificate.absent``, ``certificate.list-absent`` (notes); ``certificate.provider-absent``, a note
    but under version 2 of the gate, where the registration names the provider and the bundle carries him.
    """
    findings, state, sent = bundled.findings, bundled.state, None
    for (case, number), entry in bundled.registered.items():
        details = entry.event.details
        # One that came from another ledger was looked at in that ledger's own bundle, which lies within this one.
        if type(details) is not ExhibitRegistered or not isinstance(details.certificate, str):
            continue
        where = f"{case}/{number}"
        try:
            raw = bundled.document(details.certificate, limits.ENTRY_BYTES)
            if raw is None:
                text = f"the certificate {details.certificate} is not at hand, so it was not checked"
                findings.add(9, Severity.NOTE, "certificate.absent", where, text)
                continue
            envelope = canonical.decode(raw, Envelope, maximum=limits.ENTRY_BYTES)
            certificate = parse_certificate(envelope)
            _check_content(certificate, details, findings, where)
            sent = _sent(bundled.entries) if sent is None else sent
            _check_request(certificate, details, sent, state)
            if is_set(details.certified_by) and details.certified_by != certificate.provider:
                text = f"expected a certificate of {details.certified_by}, found one of {certificate.provider}"
                raise VerificationError("certificate.signer", text)
            _check_signer(envelope, certificate, entry.entry.index, state, findings, where)
        except CustodyError as error:
            fail(findings, 9, error, where)


def _check_content(certificate: Certificate, details: ExhibitRegistered, findings: Findings, where: str) -> None:
    """The names are private in the exhibit and hashed in clear in the certificate: digests and sizes are compared."""
    certified, content = certificate.content, details.content
    if not isinstance(certified, CertifiedContent):
        raise VerificationError("certificate.kind", f"expected a production, found a {certificate.kind}")
    if not isinstance(content, Content) or content.bytes != certified.bytes:
        size = content.bytes if isinstance(content, Content) else 0
        raise VerificationError("certificate.content", f"expected {certified.bytes} bytes, found {size}")
    kept = [item for item in content.files if item.type == "file"] if isinstance(content.files, tuple) else None
    if kept is not None and len(kept) != certified.count:
        raise VerificationError("certificate.content", f"expected {certified.count} files, found {len(kept)}")
    if kept is None or not isinstance(certified.files, tuple):
        text = f"{certified.count} files, compared by their bytes in total only: a list of them stands apart"
        findings.add(9, Severity.NOTE, "certificate.list-absent", where, text)
        return
    wanted = sorted((item.digests.sha256, item.size) for item in certified.files)
    found = sorted((item.digests.sha256, item.size) if isinstance(item.digests, Digests) else ("", -1) for item in kept)
    if wanted != found:
        missing = ", ".join(sorted({digest for digest, _ in wanted} - {digest for digest, _ in found})) or "none"
        text = f"expected exactly the {len(wanted)} certified files, found others; of the certified it lacks {missing}"
        raise VerificationError("certificate.content", text)


def _check_request(certificate: Certificate, details: ExhibitRegistered, sent: Sent, state: State) -> None:
    """It answers a request of this ledger, the one on record, and, where that is carried, a file that was sent."""
    answers, ledger, text = certificate.answers, state.ledger(), ""
    recorded = details.source.request if isinstance(details.source, Origin) else answers.request
    known = state.request(str(recorded)) if is_set(recorded) else None
    what = ("manifest", answers.manifest) if is_set(answers.manifest) else ("paper", answers.sha256)
    if is_set(answers.ledger) and ledger is not None and answers.ledger != ledger.origin:
        text = f"expected an answer to a request of {ledger.origin}, found one of {answers.ledger}"
    elif is_set(answers.request) and is_set(recorded) and answers.request != recorded:
        text = f"expected an answer to {recorded}, found one to {answers.request}"
    elif known is not None and known.peer != certificate.provider:
        text = f"expected an answer of {known.peer}, whom {known.id} went to, found one of {certificate.provider}"
    elif known is not None and what not in sent.get(known.id, ()):
        text = f"expected the digest of what was sent as {known.id}, found another file's"
    if text:
        raise VerificationError("certificate.request", text)


def _sent(entries: Mapping[int, ParsedEntry]) -> Sent:
    sent: Sent = {}
    for entry in entries.values():
        match entry.event.details:
            case RequestSent(request=request, document=str() as paper):
                sent.setdefault(request, set()).add(("paper", paper))
            case BundleExported(manifest=manifest):
                for item in entry.event.event.about or ():
                    sent.setdefault(item.request, set()).add(("manifest", manifest))
            case _:
                pass
    return sent


def _check_signer(
    envelope: Envelope, certificate: Certificate, index: int, state: State, findings: Findings, where: str
) -> None:
    if len(envelope.signatures) != 1:
        raise RecordError("certificate.signatures", f"expected one signature, found {len(envelope.signatures)}")
    (signature,) = envelope.signatures
    agent, key = state.agent(certificate.provider), state.key(signature.keyid)
    who = f"{certificate.provider} with the key {signature.keyid}"
    if agent is None:
        text = f"the bundle doesn't carry {certificate.provider}, so its signature was not checked"
        severity = Severity.INDETERMINATE if is_strict(state) else Severity.NOTE
        findings.add(9, severity, "certificate.provider-absent", where, text)
        return
    since = agent.role_since(_PROVIDER)
    if key is None or key.agent != agent.id or not key.is_enrolled_before(index):
        raise VerificationError("certificate.signer", f"expected a key of the provider, found {who}, not enrolled then")
    if since is None or since >= index or key.is_ended_at(index):
        text = f"expected a provider with a valid key, found {who}, neither then"
        raise VerificationError("certificate.signer", text)
    message = pae(envelope.payloadType, parse_base64(envelope.payload))
    check_envelope_signature(message=message, signature=signature, key=key.raw)
    if key.last_valid is not None and key.last_valid < index:
        text = f"signed by {who}, which was revoked later with effect from before it was taken in"
        findings.add(9, Severity.INDETERMINATE, "certificate.disputed", where, text)
