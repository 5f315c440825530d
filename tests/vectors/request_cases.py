"""Step 7 and letters: what may follow what in requests and consents, and what a letter carries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from custody.ledger.compose import Anchor
from schemas.event import About
from tests.vectors.forge import Members, pack
from tests.vectors.posts import Post, trust_in
from tests.vectors.setting import CASES, Setting, Vector

DRAFT: dict[str, Any] = {
    "fields": [{"name": "facts", "value": "what happened"}, {"name": "purpose", "value": "trial"}],
    "kind": "mla", "request": "req-1", "to": "b-police",
}  # fmt: skip
SENT = {"channel": "direct", "request": "req-1", "sent_at": "2026-11-21T08:30:00Z"}
CLOSED = {"outcome": "executed", "request": "req-1"}
ANSWER = {"answered_at": "2026-11-21T09:00:00Z", "outcome": "granted", "request": "req-1"}
HEARD = {**ANSWER, "from": "b-police", "paper": "ab" * 32, "received_at": "2026-11-21T09:30:00Z"}
THEIRS = {
    "event": "ab" * 32, "ledger": "b.example/main", "manifest": "ab" * 32, "request": "q-1", "root": "ab" * 32,
    "size": 9,
}  # fmt: skip
RECEIVED = {
    "fields": DRAFT["fields"], "from": "b-police", "kind": "mla", "paper": "ab" * 32,
    "received_at": "2026-11-21T08:30:00Z", "request": "req-1",
}  # fmt: skip
BAR = {"before": True, "code": "speciality"}
MET = {"conditions": ["speciality"], "document": "ab" * 32}
Step = tuple[str, dict[str, Any]]
Build = Callable[[Post], Members]


def border_case(
    name: str, comment: str, verdict: str, step: int | None, code: str, build: Build, gate: str | None = None
) -> None:
    """Enter a case of one ledger at a border, whose reader believes it."""

    def vector(setting: Setting) -> Vector:
        post = Post(setting.forge.folder, "a", {"b": "XB", "c": "XC"}, gate=gate)
        raw = pack(build(post))
        return Vector(verdict, raw, step, code, trust=trust_in(post))

    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, vector)


def _letter(*steps: Step) -> Build:
    def build(post: Post) -> Members:
        for type, details in steps:
            post.event(type, details)
        return post.bundle(requests=["req-1"])

    return build


def _rule(name: str, comment: str, code: str, build: Build) -> None:
    border_case(f"rule-{name}", comment, "FAILED", 7, code, build)


def _by_provider(post: Post) -> Members:
    key = post.world.public_key(post.world.new_key("provider-1"))
    details = {"agent": "provider-1", "keys": (key,), "kind": "person", "name": "n", "roles": ("provider",)}
    post.event("agent.enrolled", details, actor="registrar-1")
    post.event("request.drafted", DRAFT)
    post.event("request.sent", SENT, actor="provider-1")
    return post.bundle(requests=["req-1"])


_rule(
    "request-drafted-twice",
    "A request's number is used again.",
    "rule.request-exists",
    _letter(("request.drafted", DRAFT), ("request.drafted", {**DRAFT, "kind": "preservation"})),
)
_rule(
    "request-sent-before-it-was-drafted",
    "A request is sent that isn't there.",
    "rule.request-unknown",
    _letter(("request.sent", SENT), ("request.drafted", DRAFT)),
)
_rule(
    "request-sent-and-never-drafted",
    "A request is sent that was never there, so that nothing says how it stands.",
    "rule.request-unknown",
    _letter(("request.sent", SENT)),
)
_rule(
    "request-sent-after-closing",
    "A closed request is sent.",
    "rule.request-state",
    _letter(("request.drafted", DRAFT), ("request.closed", CLOSED), ("request.sent", SENT)),
)
_rule(
    "request-answered-by-who-asked",
    "Whoever asked answers his own request.",
    "rule.request-side",
    _letter(
        ("request.drafted", DRAFT), ("request.sent", SENT), ("request.answer-received", HEARD),
        ("request.answered", ANSWER),
    ),
)  # fmt: skip
_rule(
    "request-answered-by-another",
    "An answer comes from somebody who wasn't asked.",
    "rule.request-peer",
    _letter(
        ("request.drafted", DRAFT), ("request.sent", SENT),
        ("request.answer-received", {**HEARD, "from": "c-police"}),
    ),
)  # fmt: skip
_rule(
    "request-by-a-provider",
    "A request is sent by a provider, who may not ask.",
    "rule.role",
    _by_provider,
)


def _consent_by_examiner(post: Post) -> Members:
    post.consent(actor="examiner-1")
    return post.bundle("EX-1", to="registrar-1")


def _own_authority(post: Post) -> Members:
    post.consent(actor="examiner-1", authority="examiner-1", documents=["ab" * 32], manner="paper", number="7")
    return post.bundle("EX-1", to="registrar-1")


def _two_exhibits(post: Post) -> Members:
    post.world.at = post.world.tick()
    composed = post.world.registration("2026-0417", "EX-2", actor="examiner-1", files={"b.txt": b"b"})
    post.forge.add(post.world.sign(composed))
    consent = post.consent("EX-1", "EX-2")
    post.annotate("consent.revoked", {"manner": "key", "reason": "error"}, "EX-1", event=consent, actor="official-1")
    return post.bundle("EX-1", "EX-2", to="registrar-1")


def _revoked(times: int) -> Build:
    def build(post: Post) -> Members:
        consent = post.consent()
        for _ in range(times):
            post.annotate("consent.revoked", {"manner": "key", "reason": "error"}, event=consent, actor="official-1")
        return post.bundle("EX-1", to="registrar-1")

    return build


def _met(*conditions: str) -> Build:
    def build(post: Post) -> Members:
        consent = post.consent(conditions=[BAR])
        for code in conditions:
            post.annotate("consent.conditions-met", {**MET, "conditions": [code]}, event=consent)
        return post.bundle("EX-1", to="registrar-1")

    return build


def _revoked_by_examiner(post: Post) -> Members:
    consent = post.consent()
    post.annotate("consent.revoked", {"manner": "key", "reason": "error"}, event=consent)
    return post.bundle("EX-1", to="registrar-1")


_rule("consent-by-an-examiner", "An examiner consents for a ministry.", "rule.consent-signer", _consent_by_examiner)
_rule("consent-of-an-examiner", "An examiner is named as the authority.", "rule.consent-authority", _own_authority)
_rule("consent-revoked-by-an-examiner", "An examiner revokes a consent.", "rule.consent-signer", _revoked_by_examiner)
_rule(
    "consent-revoked-in-part", "A consent to two exhibits is revoked for one.", "rule.consent-exhibits", _two_exhibits
)
_rule("consent-revoked-twice", "A consent is revoked again.", "rule.consent-revoked", _revoked(2))
_rule(
    "consent-condition-met-twice",
    "A condition that was met already is met again.",
    "rule.consent-condition",
    _met("speciality", "speciality"),
)
border_case("consent-revoked", "A consent that was revoked, and nothing left.", "PASSED", None, "", _revoked(1))
border_case("consent-condition-met", "A consent whose condition was met.", "PASSED", None, "", _met("speciality"))


def _conversation(post: Post) -> Members:
    for type, details in (
        ("request.drafted", DRAFT),
        ("request.completed", {"fields": [{"name": "facts", "value": "more"}], "request": "req-1"}),
        ("request.sent", SENT),
        ("request.extended", {"request": "req-1", "until": "2026-12-21T00:00:00Z"}),
        ("request.answer-received", HEARD),
        ("request.closed", CLOSED),
    ):
        post.event(type, details)
    mapped = {"offences": [{"country": "XA", "iccs": "0502", "text": "fraud"}]}
    post.event("offence.mapped", mapped, anchor=Anchor(about=(About(request="req-1"),)))
    return post.bundle(requests=["req-1"])


def _closed_there(post: Post) -> Members:
    for type, details in (
        ("request.drafted", DRAFT),
        ("request.sent", SENT),
        ("request.closed", {**CLOSED, "origin": THEIRS}),
        ("request.answer-received", HEARD),
        ("request.closed", CLOSED),
    ):
        post.event(type, details)
    return post.bundle(requests=["req-1"])


def _closed_on_paper(post: Post) -> Members:
    post.event("request.drafted", DRAFT)
    post.event("request.sent", SENT)
    post.event("request.closed", {**CLOSED, "document": "ab" * 32})
    return post.bundle(requests=["req-1"])


def _left_out(post: Post) -> Members:
    post.event("request.drafted", DRAFT)
    index = len(post.forge.raws)
    post.event("request.closed", CLOSED)
    return post.bundle(requests=["req-1"], omit=[index])


def _stray(post: Post) -> Members:
    post.event("request.drafted", DRAFT)
    index = len(post.forge.raws)
    post.event("request.drafted", {**DRAFT, "request": "req-2"})
    return post.bundle(requests=["req-1"], extra=[index])


def _other_request(post: Post) -> Members:
    post.event("request.drafted", DRAFT)
    post.event("request.drafted", {**DRAFT, "request": "req-2"})
    about = [About(request="req-2")]
    return post.bundle(requests=["req-1"], export={"about": about})


def _claimed(post: Post) -> Members:
    case = Anchor(about=(About(case="2026-0417"),))
    claim = {"authority": "court", "basis": "territory", "claim": "claim-1", "country": "XA"}
    post.event("jurisdiction.claimed", claim, anchor=case)
    post.event("jurisdiction.resolved", {"claims": ["claim-1"], "manner": "agreed", "to": "XB"}, anchor=case)
    refused = {"breaches": ["release.consent-missing"], "to": "b-police", "tried": "export", "tried_by": "examiner-1"}
    post.annotate("release.refused", refused, actor="system")
    return post.bundle("EX-1", to="registrar-1")


def _named_left_out(post: Post) -> Members:
    """Who is asked doesn't sign, so only the closure's list of fields calls for him."""
    post.event("request.drafted", DRAFT)
    reader = post.forge.reader()
    return post.bundle(to="ministry", requests=["req-1"], omit=reader.subjects["agent", "b-police"])


border_case("letter", "A request and all that became of it.", "PASSED", None, "", _conversation)
TIME_BARRED = {**ANSWER, "ground": "time-barred", "outcome": "refused", "reasons": "ten years have passed"}
border_case(
    "letter-refused-as-time-barred", "It is refused: nobody can be prosecuted for it any more.", "PASSED", None, "",
    _letter(("request.received", RECEIVED), ("request.answered", TIME_BARRED)),
)  # fmt: skip
border_case("letter-closed-there", "The other side closed a request, as its letter says: an answer is received all the "
            "same, and it is closed here then.", "PASSED", None, "", _closed_there)  # fmt: skip
border_case("letter-closed-on-paper", "A request was closed by a paper, which is named.", "PASSED", None, "",
            _closed_on_paper)  # fmt: skip
border_case(
    "letter-received", "What was asked, answered by who was asked.", "PASSED", None, "",
    _letter(("request.received", RECEIVED), ("request.answered", ANSWER)),
)  # fmt: skip
border_case(
    "letter-closing-left-out", "A letter without the end of its request.", "FAILED", 8, "completeness.count",
    _left_out,
)  # fmt: skip
border_case(
    "letter-with-a-stray-request", "A letter with an entry of another request.", "FAILED", 8, "completeness.stray",
    _stray,
)  # fmt: skip
border_case(
    "letter-about-another-request", "The export is about another request than the letter.", "FAILED", 8,
    "completeness.about", _other_request,
)  # fmt: skip
border_case("claims-and-refusals", "Competing claims, and a release that was refused.", "PASSED", None, "", _claimed)
border_case(
    "named-agent-left-out", "A request without the entries of the agent who is asked.", "FAILED", 8,
    "completeness.count", _named_left_out,
)  # fmt: skip
