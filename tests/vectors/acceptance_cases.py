"""Steps 11 and 12: conditions of a consent that are met by a letter of whoever asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from schemas import layout
from schemas.merkle import hash_leaf, root_of
from tests.vectors.forge import pack
from tests.vectors.posts import Post, trust_in
from tests.vectors.request_cases import BAR, DRAFT, RECEIVED, SENT
from tests.vectors.setting import CASES, Setting, Vector

ACCEPTED = ("request.completed", {"accepts": ["speciality"], "fields": (), "request": "req-9"})
SILENT = ("request.completed", {"fields": (), "request": "req-9"})
OTHER = ("request.completed", {"accepts": ["return"], "fields": (), "request": "req-9"})
WITHDRAWN = ("request.withdrawn", {"reason": "settled", "request": "req-9"})
Said = Sequence[tuple[str, Mapping[str, Any]]]
Then = Callable[[Post, str], None]


TOLD = {
    "event": "ab" * 32, "ledger": "a.example/main", "manifest": "ab" * 32, "request": "req-1", "root": "ab" * 32,
    "size": 9,
}  # fmt: skip
HEARD = {
    "answered_at": "2026-11-21T09:00:00Z", "from": "a-police", "outcome": "granted",
    "received_at": "2026-11-21T09:30:00Z", "request": "req-9",
}  # fmt: skip
REQUEST_SENT = ("request.sent", {**SENT, "request": "req-9"})


def met_case(
    name: str, comment: str, verdict: str, step: int | None, code: str, said: Said = (ACCEPTED,), *,
    is_there: bool = True, origin: Mapping[str, Any] | None = None, then: Then = lambda *_: None,
    to: str = "b-police", named: str | None = "req-1",
) -> None:  # fmt: skip
    """The second ledger asks, the first consents under a condition, and the second accepts it in a letter."""

    def tell(setting: Setting) -> Vector:
        folder = setting.forge.folder
        a, b = Post(folder, "a", {"b": "XB"}), Post(folder, "b", {"a": "XA"}, is_holding=False)
        b.event("request.drafted", {**DRAFT, "request": "req-9", "to": "a-police"})
        events = [b.event(type, details) for type, details in said]
        letter = b.bundle(requests=["req-9"], to="a-police")
        raw = pack(letter)
        digest = sha256(raw).hexdigest()
        if is_there:
            a.forge.documents[digest] = raw
        read = {
            "document": digest, "event": events[0], "ledger": b.world.origin,
            "manifest": sha256(letter[layout.MANIFEST]).hexdigest(), "request": "req-9",
            "root": root_of(hash_leaf(item) for item in b.forge.raws).hex(), "size": len(b.forge.raws),
        }  # fmt: skip
        a.event("request.received", {**RECEIVED, **({"origin": {**read, **origin}, "paper": None} if origin else {})})
        if named not in (None, "req-1"):
            a.event("request.drafted", {**DRAFT, "request": named})
        consent = a.consent(conditions=[BAR], request=named)
        a.annotate("consent.conditions-met", {"conditions": ["speciality"], "origin": read}, event=consent)
        then(a, digest)
        raw = pack(a.bundle("EX-1", to=to, requests=[named or "req-1"]))
        return Vector(verdict, raw, step, code, trust=trust_in(a, b))

    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, tell)


met_case("conditions-met-by-letter", "Who asked accepts the condition in a letter.", "PASSED", None, "")
met_case("conditions-met-by-a-silent-letter", "The letter doesn't say which conditions: a defect.", "PASSED", None,
         "letter.unspecific", (SILENT,))  # fmt: skip
met_case("conditions-met-by-no-letter", "The letter isn't among the documents.", "INDETERMINATE", 11, "letter.absent",
         is_there=False)  # fmt: skip
met_case("conditions-met-by-another", "The letter accepts another condition.", "FAILED", 11, "letter.terms", (OTHER,))
met_case("conditions-met-and-withdrawn", "The request was withdrawn in the same letter.", "FAILED", 11, "letter.grant",
         (ACCEPTED, WITHDRAWN))  # fmt: skip
met_case("conditions-met-of-another-request", "The request on record is another one of that ledger.", "FAILED", 11,
         "letter.request", origin={"document": "ab" * 32, "request": "req-8"})  # fmt: skip
met_case("conditions-met-of-no-request", "The consent names no request, so any may be meant.", "PASSED", None, "",
         named=None)  # fmt: skip
met_case("conditions-met-of-our-own-request", "The consent names a request that was drafted here.", "FAILED", 11,
         "letter.request", named="req-5")  # fmt: skip
met_case("conditions-met-by-a-letter-read-twice", "The letter is also what the request itself was read in.", "PASSED",
         None, "", origin={"request": "req-9"})  # fmt: skip
ANSWERED, MISTAKEN = (
    ("request.answer-received", {**HEARD, "origin": {**TOLD, "request": request}}) for request in ("req-1", "req-2")
)
met_case("conditions-met-of-the-request-answered", "By the answer that it read, the other ledger means this request.",
         "PASSED", None, "", (ACCEPTED, REQUEST_SENT, ANSWERED))  # fmt: skip
met_case("conditions-met-of-another-request-answered", "By the answer that it read, it means another request.",
         "FAILED", 11, "letter.request", (ACCEPTED, REQUEST_SENT, MISTAKEN))  # fmt: skip
