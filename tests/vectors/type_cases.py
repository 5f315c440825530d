"""Step 7, type by type: each rule of the table of types, asked of every type that it is for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from custody.ledger.compose import Anchor
from custody.verify.rules.table import RULES
from schemas.event import About
from schemas.types import UNSET
from tests.vectors.forge import Members, pack
from tests.vectors.posts import CONSENT, PAPER, Post, trust_in
from tests.vectors.setting import CASE, CASES, Setting, Vector

Tell = Callable[[Post], Members]


def enter(name: str, comment: str, verdict: str, code: str, tell: Tell, *, gate: str | None = None) -> None:
    """Enter a case of one ledger whose reader believes it."""

    def vector(setting: Setting) -> Vector:
        post = Post(setting.forge.folder, "a", {"b": "XB"}, gate=gate)
        raw = pack(tell(post))
        return Vector(verdict, raw, 7 if verdict == "FAILED" else None, code, trust=trust_in(post))

    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, vector)


# Annotations

NOTES: dict[str, tuple[str, dict[str, Any]]] = {
    "access.logged": ("system", {"action": "viewed"}),
    "asset.freeze-changed": ("examiner-1", {"change": "placed", "decided_at": "2026-11-21T08:00:00Z"}),
    "asset.observed": ("examiner-1", {"state": {"observed_at": "2026-11-21T08:00:00Z"}}),
    "consent.conditions-met": ("official-1", {"conditions": ["return"], "document": "ab" * 32}),
    "consent.recorded": ("official-1", {**CONSENT, **PAPER, "number": "7"}),
    "consent.revoked": ("official-1", {"document": "ab" * 32, "manner": "paper", "reason": "r"}),
    "disclosure.erased": ("examiner-1", {"authority": "a", "commitments": ["ab" * 32], "order": "7"}),
    "event.attached": ("examiner-1", {"document": "ab" * 32, "event": "ab" * 32, "reason": "late"}),
    "exhibit.checked": ("examiner-1", {"bytes": 0, "checked": 0, "matching": 0, "root": "ab" * 32}),
    "exhibit.linked": ("examiner-1", {"case": CASE}),
    "jurisdiction.claimed": ("examiner-1", {
        "authority": "a", "basis": "server", "claim": "c-1", "country": "XA",
    }),
    "jurisdiction.resolved": ("examiner-1", {"claims": ["c-1"], "manner": "declined"}),
    "offence.mapped": ("examiner-1", {"offences": [{"country": "XA", "text": "theft"}]}),
    "record.corrected": ("examiner-1", {"field": "place", "reason": "typo", "value": "Room 5"}),
    "record.explained": ("examiner-1", {"statement": "s"}),
    "release.refused": ("examiner-1", {
        "breaches": ["release.consent-missing"], "to": "b-police", "tried": "prove", "tried_by": "examiner-1",
    }),
    "transfer.contested": ("examiner-1", {"document": "ab" * 32, "reason": "other"}),
}  # fmt: skip
"""By type of annotation: who may sign it, and details that are well formed."""
_OF_A_CASE = frozenset({"jurisdiction.claimed", "jurisdiction.resolved"})


def _note(post: Post, type: str, *about: About) -> None:
    actor, details = NOTES[type]
    registrar = "registrar-1" if "registrar" in RULES[type].wants else None
    post.event(type, details, actor=actor, anchor=Anchor(about=about), registrar=registrar)


def _notes(types: Iterable[str], about: Callable[[Post, str], About]) -> Tell:
    def tell(post: Post) -> Members:
        for type in types:
            _note(post, type, about(post, type))
        return post.bundle("EX-1", to="ministry")

    return tell


def _subject(post: Post, type: str, event: str | None) -> About:
    named = UNSET if event is None else event
    if type in _OF_A_CASE:
        return About(case=CASE, event=named)
    return About(exhibit=post.setting.about().exhibit, event=named)


def _first(post: Post) -> str:
    return post.forge.reader().parsed[1].event.hash


enter("rule-notes-about-the-ledger", "Each annotation that can't be about the ledger is.", "FAILED", "rule.about",
       _notes([type for type in NOTES if "ledger" not in RULES[type].about],
              lambda post, _: About(ledger=post.world.origin, event=_first(post))))  # fmt: skip
enter("rule-export-about-the-ledger", "An export is about the ledger.", "FAILED", "rule.about",
      lambda post: post.bundle("EX-1", to="ministry",
                               export={"about": [About(ledger=post.world.origin)]}))  # fmt: skip
enter("rule-notes-of-another-event", "Each annotation names an event of something else.", "FAILED",
       "rule.about-event", _notes(NOTES, lambda post, type: _subject(post, type, _first(post))))  # fmt: skip
enter("rule-notes-of-no-event", "Each annotation that must name an event names none.", "FAILED", "rule.about-event",
       _notes([type for type in NOTES if type in {"consent.conditions-met", "consent.revoked", "record.corrected",
                                                  "record.explained"}],
              lambda post, type: _subject(post, type, None)))  # fmt: skip
enter("rule-notes-of-two-exhibits", "Each annotation that is about one thing is about two.", "FAILED", "rule.about",
       lambda post: _of_two(post))  # fmt: skip


def _of_two(post: Post) -> Members:
    post.forge.add(post.world.sign(post.world.registration(CASE, "EX-2", actor="examiner-1")))
    both = sorted((post.setting.about(name) for name in ("EX-1", "EX-2")), key=lambda item: str(item.exhibit))
    for type in ("asset.observed", "event.attached", "exhibit.checked", "exhibit.linked", "jurisdiction.claimed"):
        _note(post, type, *both)
    return post.bundle("EX-1", "EX-2", to="ministry")
