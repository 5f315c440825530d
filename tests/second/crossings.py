"""Random stories at a border: requests, consents, dispatches and receipts by whomever, in whatever order."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.vectors.forge import pack
from tests.vectors.gate_cases import enrol
from tests.vectors.posts import CONSENT, DISPATCH, PAPER, Post
from tests.vectors.request_cases import BAR, CLOSED, DRAFT, HEARD, MET, RECEIVED, SENT
from tests.vectors.setting import CASE
from tests.vectors.transfer_cases import BACK, LOST, RECALLED, RECEIPT

PEOPLE = ("examiner-1", "expert", "official-1", "registrar-1")
RECIPIENTS = ("b-police", "c-police", "ministry", "examiner-1", "expert")
REQUESTS: Mapping[str, Mapping[str, Any]] = {
    "request.drafted": DRAFT,
    "request.received": RECEIVED,
    "request.sent": SENT,
    "request.closed": CLOSED,
    "request.answer-received": HEARD,
    "request.answered": {
        "answered_at": "2026-11-21T09:00:00Z", "ground": "political", "outcome": "refused", "reasons": "politics",
        "request": "req-1",
    },
    "request.completed": {"fields": [], "request": "req-1"},
    "request.withdrawn": {"reason": "settled", "request": "req-1"},
    "request.extended": {"request": "req-1", "until": "2026-12-21T00:00:00Z"},
}  # fmt: skip
GRANTED: Mapping[str, Mapping[str, Any]] = {
    outcome: {"answered_at": "2026-11-21T09:00:00Z", "outcome": outcome, "request": "req-1"}
    for outcome in ("granted", "granted-in-part", "nothing-found")
}
NAMED = {"grant": {"exhibits": [{"case": CASE, "exhibit": "EX-1"}], "onward": "allowed", "to_country": "XB"}}
ACTS: Mapping[str, Mapping[str, Any]] = {
    "exhibit.examined": {"purpose": "search"},
    "exhibit.released": {"reason": "end", "terms": "for-good", "to": "whoever", "to_country": "XA"},
    "exhibit.returned": {},
    "exhibit.sealed": {"seal": "A-1"},
    "exhibit.unsealed": {"intact": True, "reason": "search", "seal": "A-1"},
    "transfer.lost": LOST,
    "transfer.recalled": RECALLED,
    "transfer.receipt": RECEIPT,
    "transfer.returned": BACK,
}


@dataclass
class Crossing:
    """One ledger at a border, and what chance lets happen in it; always the same from one seed."""

    post: Post
    chance: random.Random
    consents: list[str]

    @classmethod
    def of(cls, seed: int, folder: Path) -> Crossing:
        """Begin with an exhibit, a ministry, police and an institute abroad, and somebody who may be of that."""
        post = Post(folder, "a", {"b": "XB", "c": "XC"}, gate=(None, "v1", "v2", "v2")[seed % 4])
        enrol(post, "institute", {"country": "XB", "kind": "organisation", "roles": ()})
        enrol(post, "expert", {"roles": ("examiner",)})
        return cls(post, random.Random(f"crossing {seed}"), [])

    def tell(self, count: int) -> bytes:
        """Add so many entries, and return a bundle about the exhibit and the request, for whomever."""
        kind = self.chance.choice(("request.drafted", "request.received"))
        self.post.event(kind, REQUESTS[kind])
        steps: tuple[Callable[[], object], ...] = (
            self.ask, self.consent, self.consent, self.change, self.move, self.hand, self.enter,
        )  # fmt: skip
        for _ in range(count):
            self.chance.choice(steps)()
        return pack(self.post.bundle("EX-1", to=self.chance.choice(RECIPIENTS), requests=["req-1"]))

    def ask(self) -> None:
        """Let something follow in the request."""
        kind = self.chance.choice(sorted(REQUESTS))
        details = dict(REQUESTS[kind])
        if kind == "request.answered" and self.chance.random() < 0.5:
            details = dict(GRANTED[self.chance.choice(sorted(GRANTED))])
            details |= NAMED if details["outcome"] == "granted" and self.chance.random() < 0.5 else {}
        if "from" in details and self.chance.random() < 0.2:
            details["from"] = "c-police"
        self.post.event(kind, details, actor=self.chance.choice(PEOPLE))

    def consent(self) -> None:
        """Consent to something."""
        given: dict[str, Any] = {
            **CONSENT, "recipient": self.chance.choice(RECIPIENTS),
            "authority": self.chance.choice(("ministry", "ministry", "b-police", "examiner-1")),
            "onward": self.chance.choice(("allowed", "with-consent", "forbidden")),
        }  # fmt: skip
        if self.chance.random() < 0.3:
            given |= PAPER
        if self.chance.random() < 0.3:
            given |= {"conditions": [{**BAR, "before": self.chance.random() < 0.7}]}
        if self.chance.random() < 0.3:
            given |= {"request": "req-1"}
        if self.chance.random() < 0.3:
            given |= {"valid_until": f"2026-11-21T08:{self.chance.randrange(10, 60)}:00Z"}
        actor = "official-1" if self.chance.random() < 0.8 else self.chance.choice(PEOPLE)
        self.consents.append(self.post.annotate("consent.recorded", given, actor=actor))

    def change(self) -> None:
        """Revoke a consent, or meet its condition."""
        if not self.consents:
            return
        event = self.chance.choice(self.consents)
        actor = "official-1" if self.chance.random() < 0.8 else self.chance.choice(PEOPLE)
        if self.chance.random() < 0.4:
            self.post.annotate("consent.revoked", {"manner": "key", "reason": "error"}, event=event, actor=actor)
        else:
            self.post.annotate("consent.conditions-met", MET, event=event, actor=actor)

    def holder(self) -> str:
        """Return who has the exhibit, as a rule."""
        known = self.post.forge.reader().view().exhibit(CASE, "EX-1")
        is_right = known is not None and known.holder in PEOPLE and self.chance.random() < 0.9
        return known.holder if known is not None and is_right else self.chance.choice(PEOPLE)

    def hand(self) -> None:
        """Hand the exhibit over, or give a print of it out."""
        to = self.chance.choice(PEOPLE)
        if self.chance.random() < 0.3:
            self.post.annotate("access.logged", {"action": "exported", "agent": to}, actor="system")
            return
        actor = self.holder()
        if actor == to:
            return
        said = {"to_country": self.chance.choice(("XA", "XA", "XB"))} if self.chance.random() < 0.7 else {}
        self.post.act("custody.handed-over", {"purpose": "keeping", **said}, actor=actor, to=to)

    def enter(self) -> None:
        """Say of somebody where he is, or to whom he belongs; or of a seal which it was."""
        if self.chance.random() < 0.3:
            act = self.chance.choice(self.post.story("EX-1")).event.hash
            told = {"field": "seal", "reason": "mistyped", "value": self.chance.choice(("A-1", "B-2"))}
            self.post.annotate("record.corrected", told, event=act, actor="examiner-1")
            return
        changes = self.chance.choice((
            {"country": "XA"}, {"country": "XB"}, {"ledger": "b.example/main"}, {"organisation": "institute"},
        ))  # fmt: skip
        agent = self.chance.choice((*PEOPLE, "institute"))
        self.post.event("agent.changed", {"agent": agent, **changes}, actor="registrar-1")

    def move(self) -> None:
        """Send the exhibit, or let something come of it."""
        actor = self.holder()
        if self.chance.random() < 0.4:
            sent = {
                **DISPATCH, "item": "copy" if self.chance.random() < 0.1 else "original",
                "onward": self.chance.choice(("allowed", "with-consent", "forbidden")),
                "to": self.chance.choice(RECIPIENTS),
            }  # fmt: skip
            if self.chance.random() < 0.5:
                sent |= {"not_sealed": None, "seal": self.chance.choice(("A-1", "B-2"))}
            self.post.act("transfer.dispatched", sent, actor=actor)
            return
        kind = self.chance.choice(sorted(ACTS))
        details = dict(ACTS[kind])
        if kind == "transfer.receipt":
            details["outcome"] = self.chance.choice(("accepted", "refused"))
            details["decided_at"] = self.chance.choice((details["decided_at"], "2025-11-21T13:00:00Z"))
        if kind == "transfer.returned" and self.chance.random() < 0.5:
            details["seal"] = {"intact": self.chance.random() < 0.7, "seal": "A-1"}
        if "transfer" in details and self.chance.random() < 0.1:
            details["transfer"] = "2f" * 16
        self.post.act(kind, details, actor=actor)
