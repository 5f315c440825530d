"""Steps 7 and 12, act by act and request by request: the rules that the table of types has for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from custody.ledger.compose import Anchor
from schemas.event import Link
from tests.vectors.forge import Members
from tests.vectors.posts import DISPATCH, TRANSFER, Post
from tests.vectors.request_cases import ANSWER, CLOSED, DRAFT, HEARD, RECEIVED, SENT
from tests.vectors.setting import CASE
from tests.vectors.transfer_cases import BACK, LOST, RECALLED, RECEIPT
from tests.vectors.type_cases import enter

HOME = {"to_country": "XA"}
LENT = {"reason": "r", "terms": "lent", "to": "o", **HOME}
ACTS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "custody.handed-over": ({"purpose": "p", **HOME}, {"to": "registrar-1"}),
    "custody.moved": ({"place": "Room 5", **HOME}, {}),
    "custody.taken-over": ({"reason": "order", **HOME}, {"actor": "registrar-1", "to": "registrar-2"}),
    "exhibit.copied": ({"copy": "working", "purpose": "p"}, {}),
    "exhibit.disposed": ({"authority": "a", "manner": "destroyed"}, {"registrar": "registrar-1"}),
    "exhibit.examined": ({"purpose": "p"}, {}),
    "exhibit.incident": ({"description": "d", "discovered_at": "2026-11-21T08:00:00Z", "kind": "other"}, {}),
    "exhibit.released": (LENT, {}),
    "exhibit.returned": ({}, {}),
    "exhibit.sealed": ({"seal": "A-1"}, {}),
    "exhibit.unsealed": ({"intact": True, "reason": "r", "seal": "A-1"}, {}),
    "exhibit.voided": ({"reason": "error"}, {"registrar": "registrar-1"}),
    "transfer.dispatched": (DISPATCH, {}),
    "transfer.lost": (LOST, {}),
    "transfer.recalled": (RECALLED, {}),
    "transfer.receipt": (RECEIPT, {}),
    "transfer.returned": ({**BACK, "sent": TRANSFER}, {}),
}
"""By type of custody act: details that are well formed, and who else signs."""
FIRST: Mapping[str, tuple[str, ...]] = {
    "exhibit.returned": ("exhibit.released",),
    "exhibit.unsealed": ("exhibit.sealed",),
    **dict.fromkeys(("transfer.lost", "transfer.recalled", "transfer.receipt", "transfer.returned"),
                    ("transfer.dispatched",)),
}  # fmt: skip
"""What has to happen before, so that the act is possible."""
HOLDERS = tuple(type for type in ACTS if type not in {"custody.taken-over", "transfer.returned"} and (
    not type.startswith("transfer.") or type == "transfer.dispatched"
))  # fmt: skip
"""Acts that the holder alone may do."""
SENDERS = ("transfer.lost", "transfer.recalled", "transfer.receipt")


def _act(post: Post, type: str, exhibit: str, **changes: Any) -> None:
    details, offices = ACTS[type]
    post.act(type, {**details, **changes.pop("details", {})}, exhibit=exhibit, **{**offices, **changes})


def _each(post: Post, types: Sequence[str], before: Sequence[str] | None = None, **changes: Any) -> Members:
    """Each act is done on an exhibit of its own, after what has to happen before it, or after ``before``."""
    names = [f"EX-{number}" for number in range(11, 11 + len(types))]
    for name in names:
        post.forge.add(post.world.sign(post.world.registration(CASE, name, actor="examiner-1")))
    post.consent(*sorted(names, key=lambda name: str(post.setting.about(name).exhibit)))
    for type, name in zip(types, names, strict=True):
        for earlier in FIRST.get(type, ()) if before is None else before:
            _act(post, earlier, name)
        _act(post, type, name, **changes)
    return post.bundle(*names, to="ministry")


def _unlinked(post: Post) -> Members:
    """Each act is done twice with one link."""
    names = [f"EX-{number}" for number in range(11, 11 + len(ACTS))]
    for type, name in zip(ACTS, names, strict=True):
        composed = post.world.registration(CASE, name, actor="examiner-1")
        post.forge.add(post.world.sign(composed))
        link = Link(previous=composed.event.hash, sequence=2)
        details, offices = ACTS[type]
        post.event(type, details, anchor=Anchor(case=CASE, exhibit=name, link=link), **offices)
    return post.bundle(*names, to="ministry")


enter("rule-acts-out-of-sequence", "Each custody act leaves out a number.", "FAILED", "rule.link", _unlinked)
enter("rule-acts-on-what-is-void", "Each custody act is on an exhibit that was voided.", "FAILED", "rule.state",
      lambda post: _each(post, tuple(ACTS), before=("exhibit.voided",)))  # fmt: skip
enter("rule-acts-of-another-than-the-holder", "Each act of a holder is somebody else's.", "FAILED", "rule.holder",
      lambda post: _each(post, HOLDERS, actor="official-1"))  # fmt: skip
enter("rule-copied-while-sealed", "It is copied while it is sealed.", "FAILED", "rule.seal",
      lambda post: _each(post, ("exhibit.copied",), before=("exhibit.sealed",)))  # fmt: skip
enter("rule-of-another-transfer", "Each end of a transfer is of another one.", "FAILED", "rule.transfer-other",
      lambda post: _each(post, SENDERS, details={"transfer": "3f" * 16}))  # fmt: skip
enter("rule-of-another-sender", "Each end of a transfer is told by somebody who didn't send it.", "FAILED",
      "rule.transfer-sender", lambda post: _each(post, SENDERS, actor="official-1"))  # fmt: skip
enter("acts-backward", "Each custody act occurred before the act before it.", "PASSED", "defect.time-backward",
      lambda post: _each(post, tuple(ACTS), occurred_at=post.world.at - timedelta(hours=3)))  # fmt: skip


def _on_nothing(post: Post) -> Members:
    """Each act is on an exhibit that was never registered."""
    extra = []
    for number, type in enumerate(ACTS, start=11):
        details, offices = ACTS[type]
        link = Link(previous="ab" * 32, sequence=1)
        post.event(type, details, anchor=Anchor(case=CASE, exhibit=f"EX-{number}", link=link), **offices)
        extra.append(len(post.forge.raws) - 1)
    return post.bundle("EX-1", to="ministry", extra=extra)


enter("rule-acts-on-nothing", "Each custody act is on an exhibit that was never registered.", "FAILED",
      "rule.unknown-exhibit", _on_nothing)  # fmt: skip

# Consents


def _conditions_met(post: Post) -> Members:
    """They are met for one of two exhibits, and for both, once the consent is revoked."""
    post.forge.add(post.world.sign(post.world.registration(CASE, "EX-2", actor="examiner-1")))
    both = sorted(("EX-1", "EX-2"), key=lambda name: str(post.setting.about(name).exhibit))
    given = post.consent(*both, conditions=[{"before": True, "code": "return"}])
    met = {"conditions": ["return"], "document": "ab" * 32}
    post.annotate("consent.conditions-met", met, "EX-1", event=given)
    revoked = {"document": "ab" * 32, "manner": "paper", "reason": "r"}
    post.annotate("consent.revoked", revoked, *both, event=given)
    post.annotate("consent.conditions-met", met, *both, event=given)
    return post.bundle(*both, to="ministry")


enter("rule-conditions-met-in-part", "Conditions of a consent are met for one of its exhibits, and once it is over.",
      "FAILED", "rule.consent-exhibits", _conditions_met)  # fmt: skip

# Requests

REQUESTS: dict[str, dict[str, Any]] = {
    "request.answer-received": HEARD,
    "request.answered": ANSWER,
    "request.closed": CLOSED,
    "request.completed": {"fields": [{"name": "facts", "value": "more"}]},
    "request.extended": {"until": "2026-12-21T00:00:00Z"},
    "request.sent": SENT,
    "request.withdrawn": {"reason": "settled"},
}


def _requests(post: Post, *before: tuple[str, dict[str, Any]], types: Sequence[str] = tuple(REQUESTS)) -> Members:
    """Each act on a request of its own, after what came before."""
    names = [f"req-{number}" for number in range(1, 1 + len(types))]
    for type, name in zip(types, names, strict=True):
        for earlier, details in before:
            post.event(earlier, {**details, "request": name})
        post.event(type, {**REQUESTS[type], "request": name})
    return post.bundle(requests=names, to="b-police")


enter("rule-requests-that-never-began", "Each act is on a request that nobody drafted or received.", "FAILED",
      "rule.request-unknown", _requests)  # fmt: skip
enter("rule-requests-that-were-closed", "Each act is on a request that is closed.", "FAILED", "rule.request-state",
      lambda post: _requests(post, ("request.drafted", DRAFT), ("request.closed", CLOSED)))  # fmt: skip
enter("rule-requests-of-the-other-side", "Each act of the asking side is on a request that was received.", "FAILED",
      "rule.request-side",
      lambda post: _requests(post, ("request.received", RECEIVED), ("request.answered", ANSWER),
                             types=("request.answer-received", "request.sent")))  # fmt: skip


def _received_twice(post: Post) -> Members:
    for fields in (RECEIVED, {**RECEIVED, "kind": "preservation"}):
        post.event("request.received", fields)
    return post.bundle(requests=["req-1"], to="b-police")


enter("rule-request-received-twice", "The number of a received request is used again.", "FAILED",
      "rule.request-exists", _received_twice)  # fmt: skip

# Agents and keys


def _crowd(post: Post, count: int) -> Members:
    """The ministry gets members until it has ``count`` of them."""
    names = [f"m{number:04}" for number in range(count - 1)]
    for first in range(0, len(names), 256):
        details = {"agent": "ministry", "members_added": names[first : first + 256]}
        post.event("agent.changed", details, actor="registrar-1")
    return post.bundle("EX-1", to="ministry")


enter("rule-members-of-4097", "A unit gets more members than it may have.", "FAILED", "rule.enrolment",
      lambda post: _crowd(post, 4097))  # fmt: skip


def _key_of_nobody(post: Post) -> Members:
    post.world.new_key("ghost")
    key = post.world.public_key(post.world.signers["ghost"][0])
    post.event("agent.key-added", {"agent": "ghost", "key": key, "recovery": True}, actor="registrar-1",
               registrar="registrar-2")  # fmt: skip
    return post.bundle("EX-1", to="ministry", extra=[len(post.forge.raws) - 1])


enter("rule-key-of-nobody", "A key is added for somebody who was never enrolled.", "FAILED", "rule.unknown-agent",
      _key_of_nobody)  # fmt: skip


def _log_key_ended_by_one(post: Post) -> Members:
    details = {"key": post.world.log_key, "last_valid_index": 3, "reason": "superseded"}
    post.event("ledger.key-revoked", details, actor="registrar-1")
    return post.bundle("EX-1", to="ministry")


enter("rule-log-key-ended-by-one", "One of two registrars ends a log key.", "FAILED", "rule.signers",
      _log_key_ended_by_one)  # fmt: skip
