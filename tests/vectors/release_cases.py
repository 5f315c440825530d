"""Step 11: what left for another country, and under what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from schemas.trust import Recipient
from tests.vectors.forge import Members, pack
from tests.vectors.posts import PAPER, TRANSFER, Post, trust_in
from tests.vectors.request_cases import BAR, DRAFT, HEARD, MET, SENT, Build, border_case
from tests.vectors.setting import CASES, Setting, Vector

LATE = "2026-11-21T20:00:00Z"


def _gate(name: str, comment: str, code: str, build: Build) -> None:
    border_case(f"release-{name}", comment, "FAILED", 11, f"release.{code}", build)


def _after(prepare: Callable[[Post], Any], **options: Any) -> Build:
    """A bundle that goes abroad after something was done."""

    def build(post: Post) -> Members:
        prepare(post)
        return post.bundle("EX-1", **options)

    return build


def _revoked(post: Post) -> None:
    consent = post.consent()
    post.annotate("consent.revoked", {"manner": "key", "reason": "error"}, event=consent, actor="official-1")


def _refused(post: Post) -> None:
    post.event("request.received", {key: value for key, value in HEARD.items() if key in ("from", "paper")} | {
        "fields": DRAFT["fields"], "kind": "mla", "received_at": HEARD["received_at"], "request": "req-1",
    })  # fmt: skip
    post.consent(request="req-1")
    answer = {"answered_at": HEARD["answered_at"], "ground": "political", "outcome": "refused", "reasons": "politics"}
    post.event("request.answered", {**answer, "request": "req-1"})


def _withdrawn(post: Post) -> None:
    post.event("request.drafted", DRAFT)
    post.event("request.sent", SENT)
    post.consent(request="req-1")
    post.event("request.withdrawn", {"reason": "settled", "request": "req-1"})


def _met(post: Post) -> None:
    consent = post.consent(conditions=[BAR])
    post.annotate("consent.conditions-met", MET, event=consent)


def _recorded_late(post: Post) -> Members:
    """Signed while the consent held, and recorded after it had ended."""
    post.consent(valid_until="2026-11-21T12:00:00Z")
    return post.bundle("EX-1", export={"recorded_at": LATE})


def _two_consents(post: Post) -> None:
    """Of two consents with a fault, the one that is nearer to being right is told."""
    post.consent(recipient="c-police")
    post.consent(valid_until="2026-11-21T08:00:00Z")


def _accessed(post: Post) -> None:
    post.annotate("access.logged", {"action": "exported", "agent": "b-police"}, actor="system")


def _dispatched(post: Post) -> Members:
    post.dispatch()
    post.consent()
    return post.bundle("EX-1", stated={"transfer": TRANSFER})


def _handed_abroad(post: Post) -> Members:
    key = post.world.public_key(post.world.new_key("officer-b"))
    details = {"country": "XB", "keys": (key,), "kind": "person", "name": "n", "roles": ("examiner",)}
    post.event("agent.enrolled", {**details, "agent": "officer-b"}, actor="registrar-1")
    post.act("custody.handed-over", {"purpose": "trial"}, to="officer-b")
    return post.bundle("EX-1", to="ministry")


def _on_easier_terms(post: Post) -> Members:
    post.consent(onward="forbidden")
    post.dispatch(onward="with-consent")
    return post.bundle("EX-1", to="ministry")


def _unnamed(post: Post) -> Members:
    return post.bundle("EX-1", stated={"to": None})


border_case(
    "release-with-consent", "A bundle for another country, with its ministry's consent.", "PASSED", None, "",
    _after(Post.consent),
)  # fmt: skip
border_case(
    "release-after-conditions-were-met", "A consent under a condition that was met first.", "PASSED", None, "",
    _after(_met),
)  # fmt: skip
border_case(
    "release-at-home", "A bundle that stays in the country needs no consent.", "PASSED", None, "",
    _after(lambda _: None, to="ministry"),
)  # fmt: skip
border_case(
    "release-to-nobody-on-record", "An export that names nobody on record: a defect.", "PASSED", None,
    "release.recipient-unnamed", _unnamed,
)  # fmt: skip
_gate("without-consent", "A bundle for another country without consent.", "consent-missing", _after(lambda _: None))
_gate(
    "with-consent-for-another", "The consent is for a third country.", "consent-recipient",
    _after(lambda post: post.consent(recipient="c-police")),
)  # fmt: skip
_gate("after-revocation", "The consent was revoked before.", "consent-revoked", _after(_revoked))
_gate(
    "on-a-withdrawn-request", "The request on which the consent rests was withdrawn.", "request-ended",
    _after(_withdrawn, requests=["req-1"]),
)  # fmt: skip
_gate(
    "on-a-refused-request", "The request on which the consent rests was refused.", "request-ended",
    _after(_refused, requests=["req-1"]),
)  # fmt: skip
_gate(
    "too-early", "The consent holds from tomorrow on.", "consent-early",
    _after(lambda post: post.consent(valid_from="2026-11-22T00:00:00Z")),
)  # fmt: skip
_gate(
    "too-late", "The consent has ended.", "consent-expired",
    _after(lambda post: post.consent(valid_until="2026-11-21T08:00:00Z")),
)  # fmt: skip
_gate("recorded-too-late", "Recorded after the consent had ended.", "consent-expired", _recorded_late)
_gate(
    "with-an-open-condition", "A condition that bars the release wasn't met.", "consent-conditions",
    _after(lambda post: post.consent(conditions=[BAR])),
)  # fmt: skip
_gate("with-two-wrong-consents", "Two consents, each with a fault.", "consent-expired", _after(_two_consents))
_gate(
    "with-a-foreign-consent", "Consent of the country to which it goes, and none of its own.", "consent-missing",
    _after(lambda post: post.consent(authority="b-police", **PAPER)),
)  # fmt: skip
_gate(
    "to-nowhere", "The recipient has no country on record.", "recipient-unknown",
    _after(lambda _: None, to="examiner-1"),
)  # fmt: skip
_gate("by-access", "Something was exported for another country, by the log.", "consent-missing",
      _after(_accessed, to="ministry"))  # fmt: skip
_gate("from-hand-to-hand", "An officer of another country receives it at home.", "consent-missing", _handed_abroad)
_gate("on-easier-terms", "It was sent on easier terms than the consent's.", "consent-terms", _on_easier_terms)
_gate("dispatched-before-consent", "The consent came after the dispatch.", "consent-missing", _dispatched)


def _for(
    verdict: str, to: str = "b-police", code: str = "lawfulness.recipient", **reader: str
) -> Callable[[Setting], Vector]:
    """A bundle made for somebody, and read by somebody with a ledger, a country, or both."""

    def vector(setting: Setting) -> Vector:
        post = Post(setting.forge.folder, "a", {"b": "XB"})
        post.consent()
        raw = pack(post.bundle("EX-1", to=to))
        trust = replace(trust_in(post), recipient=Recipient(name="the reader", **reader))
        if verdict == "PASSED":
            return Vector(verdict, raw, trust=trust)
        return Vector(verdict, raw, 11, code, trust=trust)

    return vector


B, C = "b.example/main", "c.example/main"
CASES["made-for-its-reader"] = ("A bundle, read by whom it was made for.", _for("PASSED", ledger=B))
CASES["made-for-another-reader"] = ("A bundle, read by somebody else than it was made for.", _for("FAILED", ledger=C))
CASES["made-for-a-country"] = ("Read by somebody without a ledger in the recipient's country.",
                               _for("PASSED", country="XB"))  # fmt: skip
CASES["made-for-another-country"] = ("Read by somebody without a ledger in another country.",
                                     _for("FAILED", country="XC"))  # fmt: skip
CASES["made-for-a-ledger-that-moved"] = ("Read by whom it was made for, who says another country of himself.",
                                         _for("PASSED", country="XC", ledger=B))  # fmt: skip
CASES["made-for-a-ministry"] = ("Made for a ministry without a ledger, read in another country.",
                                _for("FAILED", "ministry", country="XB", ledger=B))  # fmt: skip
