"""Cases that one ledger under the gate tells, with counterparts in two other countries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.vectors.forge import Members, pack
from tests.vectors.posts import Post, trust_in
from tests.vectors.setting import CASES, Setting, Vector

Tell = Callable[[Post], Members]


def enter(name: str, comment: str, code: str, tell: Tell, *, gate: str | None = "v2", step: int = 0) -> None:
    """Enter a case that is FAILED at ``step``, or else PASSED."""

    def vector(setting: Setting) -> Vector:
        post = Post(setting.forge.folder, "a", {"b": "XB", "c": "XC"}, gate=gate)
        raw = pack(tell(post))
        return Vector("FAILED" if step else "PASSED", raw, step or None, code, trust=trust_in(post))

    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, vector)


def change(post: Post, agent: str, **changes: Any) -> None:
    """Record that something about an agent is different now."""
    post.event("agent.changed", {"agent": agent, **changes}, actor="registrar-1")


def home(post: Post) -> Members:
    """Return a bundle of EX-1 for an authority of the ledger's own country."""
    return post.bundle("EX-1", to="ministry")
