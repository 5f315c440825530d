"""Step 11: a letter that lies within bundles within bundles, as deep as they may and one deeper."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from schemas import layout
from schemas.merkle import hash_leaf, root_of
from tests.vectors.forge import pack
from tests.vectors.letter_cases import ANSWER, OPEN
from tests.vectors.posts import CONSENT, Post, trust_in
from tests.vectors.request_cases import DRAFT, RECEIVED
from tests.vectors.setting import CASES, Setting, Vector
from tests.vectors.transfer_cases import chain


class Beginning:
    """Another ledger writes a letter to the first one of a chain, which records a consent that rests on it."""

    def __init__(self, setting: Setting) -> None:
        self.writer = Post(setting.forge.folder, "z", {"a": "XA"}, is_holding=False)

    def record(self, post: Post) -> None:
        """Ask, read the letter, and record what it grants."""
        peer = {"country": self.writer.country, "kind": "organisation", "keys": (), "ledger": self.writer.world.origin}
        post.event("agent.enrolled", {"agent": "z-police", "roles": (), **peer}, actor="registrar-1")
        post.event("request.drafted", {**DRAFT, "to": "z-police"})
        letter = self._letter()
        raw = pack(letter)
        digest = sha256(raw).hexdigest()
        post.forge.documents[digest] = raw
        origin = {
            "document": digest, "event": self.event, "ledger": self.writer.world.origin,
            "manifest": sha256(letter[layout.MANIFEST]).hexdigest(), "request": "req-9",
            "root": root_of(hash_leaf(item) for item in self.writer.forge.raws).hex(),
            "size": len(self.writer.forge.raws),
        }  # fmt: skip
        given: dict[str, Any] = {"authority": "z-police", "manner": "letter", "origin": origin, "request": "req-1"}
        post.annotate("consent.recorded", {**CONSENT, **given, "recipient": "ministry"}, actor="official-1")

    def _letter(self) -> dict[str, bytes]:
        self.writer.event("request.received", {**RECEIVED, "from": "a-police", "request": "req-9"})
        self.event = self.writer.event("request.answered", {**ANSWER, "grant": OPEN})
        return self.writer.bundle(requests=["req-9"], to="a-police")


def _nested(length: int, setting: Setting) -> tuple[bytes, Any]:
    beginning = Beginning(setting)
    posts, members = chain(length, setting, beginning.record)
    return pack(members), trust_in(*posts, beginning.writer)


def _as_deep_as_may_be(setting: Setting) -> Vector:
    raw, trust = _nested(8, setting)
    return Vector("PASSED", raw, None, "letter.unspecific", trust=trust)


def _too_deep(setting: Setting) -> Vector:
    raw, trust = _nested(9, setting)
    return Vector("FAILED", raw, 11, "inherited.depth", trust=trust)


CASES["letter-nested"] = ("A letter of the eighth level lies within the innermost of seven bundles.",
                          _as_deep_as_may_be)  # fmt: skip
CASES["letter-nested-too-deep"] = ("A letter lies within the innermost of eight bundles: it isn't opened.", _too_deep)
