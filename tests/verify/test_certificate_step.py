"""A provider's certificate that travels in a bundle: whoever reads the bundle checks it again, and needs nobody."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3
from msgspec.structs import replace

from custody.transfer.certificates import sign_certificate
from custody.verify.evidence.certificate_step import _check_content
from schemas import canonical
from schemas.certificate import Certificate, CertifiedFile, CertifiedRequest, certified_content
from schemas.content import Digests
from schemas.details.exhibit import ExhibitRegistered
from schemas.envelope import Envelope, Signature
from schemas.merkle import hash_leaf
from schemas.report import Finding, Findings, Severity, Verdict
from schemas.text import format_base64
from schemas.trust import LogKey, Trust, TrustedLedger
from schemas.types import UNSET
from tests.report.stories import verified
from tests.vectors.forge import Forge, pack
from tests.world import World

CASE, EXHIBIT = "2026-0417", "EX-1"
PAPER = "ab" * 32
FILES = {"logs/a.log": b"one", "logs/b.log": b"two", "more.txt": b"two"}


def certified(files: Mapping[str, bytes] = FILES, **changes: Any) -> Certificate:
    """Return the certificate of prov-1 about ``files``, in answer to what went out on paper as req-1."""
    listed = (
        CertifiedFile(
            digests=Digests(blake3=blake3(raw).hexdigest(), sha256=sha256(raw).hexdigest()), name=name, size=len(raw)
        )
        for name, raw in sorted(files.items())
    )
    values: dict[str, Any] = {
        "answers": CertifiedRequest(sha256=PAPER),
        "content": certified_content(listed),
        "issued_at": "2026-11-21T12:00:00Z",
        "kind": "production",
        "method": "SHA-256 of each file",
        "nonce": "00" * 16,
        "provider": "prov-1",
        "schema": "custody-certificate/v1",
    }
    return Certificate(**{**values, **changes})


@dataclass
class Scene:
    """A ledger that asked prov-1, and what it then took in. ``signer`` signs the certificate; ``raw`` replaces it."""

    certificate: Certificate
    signer: str = "prov-1"
    raw: bytes | None = None
    files: Mapping[str, bytes] | None = None
    roles: tuple[str, ...] = ("provider",)
    revoked_from: int | None = None
    is_there: bool = True
    with_request: bool = True
    gate: str | None = None
    certified_by: str | None = None

    def findings(self) -> list[Finding]:
        """Return what the verifier says of certificates in the bundle."""
        report = self.verify()
        return [item for item in report.findings if item.code.startswith(("certificate.", "signature.", "record."))]

    def verify(self) -> Any:
        """Return the report on the bundle with the exhibit."""
        world = _asked(self.roles, self.gate)
        raw = self.raw or sign_certificate(self.certificate, world.signers[self.signer][-1])
        digest = sha256(raw).hexdigest()
        source = {"request": "req-1", "type": "log"}
        told = {"certificate": digest, "certified_by": self.certified_by, "source": source}
        world.register(CASE, EXHIBIT, actor="examiner-1", files=self.files or FILES, **told)
        if self.revoked_from is not None:
            _revoke(world, len(world.entries()) - 1 - self.revoked_from)
        with tempfile.TemporaryDirectory() as folder:
            forge = Forge.of(world, Path(folder))
            if self.is_there:
                forge.documents[digest] = raw
            stated, requests = ({"request": "req-1"}, ("req-1",)) if self.with_request else ({}, ())
            members = forge.bundle([(CASE, EXHIBIT)], requests=requests, export={"stated": stated})
        genesis = hash_leaf(forge.raws[0]).hex()
        ledger = TrustedLedger(
            authority="a", country="XA", genesis=genesis, log_keys=(LogKey(first=0, key=world.log_key),),
            origin=world.origin, seen=(),
        )  # fmt: skip
        return verified(pack(members), Trust(ledgers=(ledger,), schema="custody-trust/v1")).report


def _asked(roles: tuple[str, ...], gate: str | None = None) -> World:
    world = World()
    world.init(gate=gate)
    world.enrol("examiner-1")
    world.enrol("prov-1", roles, country="XB")
    world.enrol("prov-2", ("provider",), country="XB")
    world.open_case(CASE)
    drafted = {"fields": (), "kind": "production", "request": "req-1", "to": "prov-1"}
    world.append(world.sign(world.event("request.drafted", drafted, actor="examiner-1")))
    sent = {"channel": "paper", "document": PAPER, "request": "req-1", "sent_at": "2026-11-21T10:00:00Z"}
    world.append(world.sign(world.event("request.sent", sent, actor="examiner-1")))
    return world


def _revoke(world: World, last: int) -> None:
    details = {
        "agent": "prov-1", "key_id": world.signers["prov-1"][-1].key_id, "last_valid_index": last,
        "reason": "compromised",
    }  # fmt: skip
    world.append(world.sign(world.event("agent.key-revoked", details, actor="registrar-1", registrar="registrar-2")))


def test_a_certificate_that_holds_says_nothing() -> None:
    """Silence is success; two files with the same bytes are two."""
    scene = Scene(certified())
    assert scene.findings() == []
    report = scene.verify()
    assert report.verdict is Verdict.PASSED, [item for item in report.findings if item.severity is Severity.FAILED]


TWO = tuple(Signature(keyid=f"ed25519:{byte * 16}", sig=format_base64(bytes(64))) for byte in ("00", "01"))
OTHER = {**FILES, "more.txt": b"six"}
FAILING: dict[str, Callable[[], Scene]] = {
    "certificate.content, another file": lambda: Scene(certified(), files=OTHER),
    "certificate.content, a file more": lambda: Scene(certified(), files={**FILES, "x": b""}),
    "certificate.content, more bytes": lambda: Scene(certified(), files={**FILES, "x": b"1"}),
    "certificate.content, a file less": lambda: Scene(certified({**FILES, "empty": b""})),
    "certificate.kind, a preservation": lambda: Scene(
        replace(certified(), content=UNSET, method=UNSET, kind="preservation", until="2027-01-01T00:00:00Z")
    ),
    "certificate.request, another paper": lambda: Scene(certified(answers=CertifiedRequest(sha256="cd" * 32))),
    "certificate.request, a letter that was not sent": lambda: Scene(
        certified(answers=CertifiedRequest(sha256=PAPER, manifest="cd" * 32))
    ),
    "certificate.request, another ledger": lambda: Scene(
        certified(answers=CertifiedRequest(sha256=PAPER, ledger="other.example/x"))
    ),
    "certificate.request, another request": lambda: Scene(
        certified(answers=CertifiedRequest(sha256=PAPER, request="req-2"))
    ),
    "certificate.request, another provider": lambda: Scene(certified(provider="prov-2"), signer="prov-2"),
    "certificate.signer, another's key": lambda: Scene(certified(), signer="prov-2"),
    "certificate.signer, no provider": lambda: Scene(certified(), roles=("viewer",)),
    "certificate.type, an event": lambda: Scene(certified(), raw=_envelope(payloadType="application/other")),
    "certificate.signatures, two": lambda: Scene(certified(), raw=_envelope(signatures=TWO)),
    "record.malformed, no envelope": lambda: Scene(certified(), raw=b"%PDF"),
}


def _envelope(**changes: Any) -> bytes:
    raw = sign_certificate(certified(), World().new_key("prov-1"))
    return canonical.encode(replace(canonical.decode(raw, Envelope, maximum=1 << 16), **changes))


@pytest.mark.parametrize("name", FAILING)
def test_a_certificate_that_is_not_about_this_fails(name: str) -> None:
    """Each code is for one fault, at step 9, about the exhibit."""
    (found,) = FAILING[name]().findings()
    assert (found.code, found.severity, found.step) == (name.partition(",")[0], Severity.FAILED, 9)
    assert found.subject == f"{CASE}/{EXHIBIT}"


def test_a_signature_that_does_not_hold_fails() -> None:
    """The payload of one, the signature of another."""
    good = canonical.decode(sign_certificate(certified(), _asked(()).signers["prov-1"][-1]), Envelope, maximum=1 << 16)
    other = sign_certificate(certified(nonce="01" * 16), _asked(()).signers["prov-1"][-1])
    mixed = replace(good, payload=canonical.decode(other, Envelope, maximum=1 << 16).payload)
    (found,) = Scene(certified(), raw=canonical.encode(mixed)).findings()
    assert (found.code, found.severity) == ("signature.invalid", Severity.FAILED)


def test_a_certificate_that_is_not_there_is_noted() -> None:
    """A document may be withheld; the exhibit stands without it."""
    scene = Scene(certified(), is_there=False)
    (found,) = scene.findings()
    assert (found.code, found.severity) == ("certificate.absent", Severity.NOTE)


def test_without_the_provider_the_signature_is_not_decided() -> None:
    """Without the request it knows nothing of whom it went to; the digests are compared all the same."""
    (found,) = Scene(certified(), with_request=False).findings()
    assert (found.code, found.severity) == ("certificate.provider-absent", Severity.NOTE)
    (found,) = Scene(certified(), files=OTHER, with_request=False).findings()
    assert found.code == "certificate.content"


@pytest.mark.parametrize(("signer", "code"), [("prov-1", None), ("examiner-1", "certificate.signer")])
def test_the_provider_whom_the_registration_names_is_carried(signer: str, code: str | None) -> None:
    """Whoever leaves the request out doesn't hide whose key signed."""
    scene = Scene(certified(), signer=signer, with_request=False, gate="v2", certified_by="prov-1")
    assert [item.code for item in scene.findings()] == ([] if code is None else [code])


def test_a_certificate_of_another_than_the_registration_names_fails() -> None:
    """A forger would name a provider whom nobody carries."""
    scene = Scene(certified(provider="prov-9"), with_request=False, gate="v2", certified_by="prov-1")
    assert [item.code for item in scene.findings()] == ["certificate.signer"]


def test_a_certificate_of_somebody_unknown_decides_nothing() -> None:
    """Nothing shows that it is the provider's, and the reader can't find out by what he has."""
    (found,) = Scene(certified(), signer="examiner-1", with_request=False, gate="v2").findings()
    assert (found.code, found.severity) == ("certificate.provider-absent", Severity.INDETERMINATE)


@pytest.mark.parametrize(("back", "codes"), [(0, []), (1, ["certificate.disputed"])])
def test_a_key_revoked_to_before_leaves_it_undecided(back: int, codes: list[str]) -> None:
    """Whether the thief or the provider signed, nobody can say from here."""
    found = Scene(certified(), revoked_from=back).findings()
    assert [item.code for item in found] == codes
    assert all(item.severity is Severity.INDETERMINATE for item in found)


def test_of_many_files_the_sum_is_compared() -> None:
    """More than 16 files are named in lists that stand apart; that is said."""
    many, findings = {f"{number:02}.log": b"x" for number in range(17)}, Findings()
    details = World().registration(CASE, EXHIBIT, actor="examiner-1", files=many).event.details
    assert isinstance(details, ExhibitRegistered)
    _check_content(certified(many), details, findings, EXHIBIT)
    (found,) = findings.items
    assert (found.code, found.severity) == ("certificate.list-absent", Severity.NOTE)
    (found,) = Scene(certified(many)).findings()
    assert found.code == "certificate.content"
    (found,) = Scene(certified(many), files={"one.log": b"x" * 17}).findings()
    assert found.code == "certificate.content"
