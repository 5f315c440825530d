"""Step 9: the certificate of a provider, with which an exhibit came."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from blake3 import blake3
from msgspec.structs import replace

from custody.ledger.compose import Composed
from custody.transfer.certificates import sign_certificate
from schemas import canonical, limits
from schemas.certificate import Certificate, CertifiedFile, CertifiedRequest, certified_content
from schemas.content import Digests
from schemas.envelope import Envelope
from schemas.text import format_base64, parse_base64
from schemas.types import UNSET
from tests.vectors.content_cases import make_list
from tests.vectors.forge import Members
from tests.vectors.posts import Post
from tests.vectors.request_cases import border_case
from tests.vectors.setting import CASE

PAPER = "ab" * 32
LOGS = {"logs/a.log": b"one", "more.txt": b"six"}
SENT = {"channel": "paper", "document": PAPER, "request": "req-1", "sent_at": "2026-11-21T08:30:00Z"}
PRESERVED: dict[str, Any] = {
    "content": UNSET, "kind": "preservation", "method": UNSET, "until": "2027-01-01T00:00:00Z"
}  # fmt: skip
Change = Callable[[Envelope], Envelope]


def _certified(files: Mapping[str, bytes], **changes: Any) -> Certificate:
    listed = (
        CertifiedFile(
            digests=Digests(blake3=blake3(raw).hexdigest(), sha256=sha256(raw).hexdigest()), name=name, size=len(raw)
        )
        for name, raw in files.items()
    )
    values: dict[str, Any] = {
        "answers": CertifiedRequest(request="req-1", sha256=PAPER), "content": certified_content(listed),
        "issued_at": "2026-11-21T08:40:00Z", "kind": "production", "method": "SHA-256", "nonce": "00" * 16,
        "provider": "provider-1", "schema": "custody-certificate/v1",
    }  # fmt: skip
    return Certificate(**{**values, **changes})


def _enrol(post: Post, agent: str, roles: tuple[str, ...]) -> None:
    key = post.world.public_key(post.world.new_key(agent))
    details = {"agent": agent, "keys": (key,), "kind": "person", "name": "n", "roles": roles}
    post.event("agent.enrolled", details, actor="registrar-1")


def _came(
    certificate: Certificate,
    *,
    files: Mapping[str, bytes] = LOGS,
    signer: str = "provider-1",
    roles: tuple[str, ...] = ("provider",),
    change: Change = lambda envelope: envelope,
    edit: Callable[[bytes], bytes] = lambda raw: raw,
    before: Callable[[Post], None] = lambda post: None,
    is_there: bool = True,
    requests: tuple[str, ...] = ("req-1",),
    after: Callable[[Post], None] = lambda post: None,
    **more: Any,
) -> Callable[[Post], Members]:
    """What was asked of a provider on paper came with its certificate; ``change`` is made to the envelope."""

    def build(post: Post) -> Members:
        _enrol(post, "provider-1", roles)
        _enrol(post, "provider-2", ("provider",))
        post.event("request.drafted", {"fields": (), "kind": "production", "request": "req-1", "to": "provider-1"})
        post.event("request.sent", SENT)
        signed = sign_certificate(replace(certificate), post.world.signers[signer][-1])
        raw = edit(canonical.encode(change(canonical.decode(signed, Envelope, maximum=1 << 16))))
        before(post)
        digest = sha256(raw).hexdigest()
        if is_there:
            post.forge.documents[digest] = raw
        told = {"certificate": digest, "obtained": "production", "source": {"request": "req-1", "type": "log"}}
        told |= more
        composed = post.world.registration(CASE, "EX-2", actor="examiner-1", files=files, **told)
        if len(files) > limits.CONTENT_IN_EVENT:
            composed = _listed(post, files, told)
        post.forge.add(post.world.sign(composed))
        after(post)
        return post.bundle("EX-2", to="ministry", requests=requests)

    return build


def _listed(post: Post, files: Mapping[str, bytes], told: Mapping[str, Any]) -> Composed:
    """The registration of more files than stand in an event, and their list."""
    records = (
        {"digests": {"sha256": sha256(raw).hexdigest()}, "path": name, "size": len(raw), "type": "file"}
        for name, raw in files.items()
    )
    content, raw, _ = make_list(post, *records)
    post.forge.manifests[content.root] = raw
    details = {"content": content, "kind": "log", "nature": "data", **told}
    return post.world.registration(CASE, "EX-2", actor="examiner-1", **details)


def _fails(name: str, comment: str, code: str, build: Callable[[Post], Members]) -> None:
    border_case(f"certificate-{name}", comment, "FAILED", 9, code, build)


def _passes(name: str, comment: str, code: str, build: Callable[[Post], Members]) -> None:
    border_case(f"certificate-{name}", comment, "PASSED", None, code, build)


def _twice(envelope: Envelope) -> Envelope:
    (one,) = envelope.signatures
    return replace(envelope, signatures=(replace(one, keyid="ed25519:" + "00" * 16), one))


def _disorder(envelope: Envelope) -> Envelope:
    """What `sign_certificate` refuses to sign."""
    payload = canonical.encode(_certified(dict(reversed(LOGS.items()))))
    return replace(envelope, payload=format_base64(payload))


def _nonce(envelope: Envelope) -> Envelope:
    return replace(envelope, payload=format_base64(canonical.encode(_certified(LOGS, nonce="01" * 16))))


def _revoke(back: int) -> Callable[[Post], None]:
    """The key was stolen, so many entries before the registration."""

    def after(post: Post) -> None:
        key = post.world.signers["provider-1"][-1].key_id
        last = len(post.forge.raws) - 1 - back
        details = {"agent": "provider-1", "key_id": key, "last_valid_index": last, "reason": "compromised"}
        post.event("agent.key-revoked", details, actor="registrar-1", registrar="registrar-2")

    return after


MANY = {f"{number:02}.log": b"x" for number in range(17)}
GOOD = _certified(LOGS)
_passes("holds", "A provider's certificate about what it produced.", "", _came(GOOD))
_passes("absent", "The certificate isn't among the documents: a note.", "certificate.absent",
        _came(GOOD, is_there=False))  # fmt: skip
_passes("without-provider", "The provider isn't carried, since its request isn't: a note.",
        "certificate.provider-absent", _came(GOOD, requests=()))  # fmt: skip
_passes("of-many-files", "More files than stand in a certificate: their sum is compared.", "certificate.list-absent",
        _came(_certified(MANY), files=MANY))  # fmt: skip
_passes("key-revoked-later", "The provider's key was revoked later, and counts up to the registration.", "",
        _came(GOOD, after=_revoke(0)))  # fmt: skip
border_case("certificate-disputed", "The provider's key was revoked later, from before the registration on.",
            "INDETERMINATE", 9, "certificate.disputed", _came(GOOD, after=_revoke(1)))  # fmt: skip
border_case("certificate-of-who-is-named", "The provider is carried, since the registration names him.", "PASSED", None,
            "", _came(GOOD, requests=(), certified_by="provider-1"), gate="v2")  # fmt: skip
border_case("certificate-of-who-is-named-before", "So it is in a ledger from before.", "PASSED", None, "",
            _came(GOOD, requests=(), certified_by="provider-1"))  # fmt: skip
border_case("certificate-without-provider-under-the-gate", "Under the gate nothing is decided without the provider.",
            "INDETERMINATE", 9, "certificate.provider-absent", _came(GOOD, requests=()), gate="v2")  # fmt: skip
_fails("forged-of-who-is-named", "An examiner signed for the provider whom the registration names.",
       "certificate.signer", _came(GOOD, signer="examiner-1", requests=(), certified_by="provider-1"))  # fmt: skip
_fails("of-another-than-is-named", "It is of another provider than the registration names.", "certificate.signer",
       _came(_certified(LOGS, provider="provider-2"), signer="provider-2", requests=(),
             certified_by="provider-1"))  # fmt: skip
_fails("of-a-preservation", "It confirms a preservation, and produced nothing.", "certificate.kind",
       _came(_certified(LOGS, **PRESERVED)))  # fmt: skip
_fails("of-another-file", "A file of the exhibit has other bytes than the certified one.", "certificate.content",
       _came(GOOD, files={**LOGS, "more.txt": b"two"}))  # fmt: skip
_fails("of-other-bytes", "The exhibit has more bytes than were certified.", "certificate.content",
       _came(GOOD, files={**LOGS, "more.txt": b"sixth"}))  # fmt: skip
_fails("of-a-file-more", "An empty file was put beside those that were certified.", "certificate.content",
       _came(GOOD, files={**LOGS, "x": b""}))  # fmt: skip
_fails("of-another-ledger", "It answers a request of another ledger.", "certificate.request",
       _came(_certified(LOGS, answers=CertifiedRequest(ledger="b.example/main", sha256=PAPER))))  # fmt: skip
_fails("of-another-request", "It answers another request than the exhibit.", "certificate.request",
       _came(_certified(LOGS, answers=CertifiedRequest(request="req-2", sha256=PAPER))))  # fmt: skip
_fails("of-another-paper", "It answers another paper than was sent.", "certificate.request",
       _came(_certified(LOGS, answers=CertifiedRequest(sha256="cd" * 32))))  # fmt: skip
_fails("of-another-letter", "It answers a letter that was never sent.", "certificate.request",
       _came(_certified(LOGS, answers=CertifiedRequest(manifest="cd" * 32, sha256=PAPER))))  # fmt: skip
_fails("of-another-provider", "Another provider answers than the one that was asked.", "certificate.request",
       _came(_certified(LOGS, provider="provider-2"), signer="provider-2"))  # fmt: skip
_fails("signed-by-another", "Another provider's key signed it.", "certificate.signer",
       _came(GOOD, signer="provider-2"))  # fmt: skip
_fails("signed-by-a-viewer", "Who was asked may only look, and isn't a provider.", "certificate.signer",
       _came(GOOD, roles=("viewer",)))  # fmt: skip
_fails("signed-twice", "Two signatures, where one belongs.", "certificate.signatures", _came(GOOD, change=_twice))
_fails("signed-otherwise", "The signature is that of another certificate.", "signature.invalid",
       _came(GOOD, change=_nonce))  # fmt: skip
_fails("signed-by-a-key-that-ended", "The provider's key had ended before the registration.", "certificate.signer",
       _came(GOOD, before=_revoke(0)))  # fmt: skip
_fails("too-large", "A certificate that is larger than one may be.", "container.member-size",
       _came(GOOD, edit=lambda raw: raw + b" " * 65_536))  # fmt: skip
_fails("out-of-order", "Its files stand out of order.", "certificate.order", _came(GOOD, change=_disorder))
_fails("of-another-type", "An envelope that says that it holds an event.", "certificate.type",
       _came(GOOD, change=lambda envelope: replace(envelope, payloadType="application/other")))  # fmt: skip
_fails("of-no-record", "A payload that isn't canonical JSON.", "record.malformed",
       _came(GOOD, change=lambda envelope: replace(envelope, payload=format_base64(b"%PDF"))))  # fmt: skip


def _climbing(envelope: Envelope) -> Envelope:
    """A name that leads out of the production."""
    payload = parse_base64(envelope.payload).replace(b'"name":"', b'"name":"../', 1)
    return replace(envelope, payload=format_base64(payload))


_fails("of-a-name-that-climbs", "A certified file whose name leads out of the production.", "record.malformed",
       _came(GOOD, change=_climbing))  # fmt: skip
