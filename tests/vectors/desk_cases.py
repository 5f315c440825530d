"""Step 11: consents by letter for somebody who is where his organisation is."""

from __future__ import annotations

from collections.abc import Callable

from tests.vectors.forge import Members
from tests.vectors.letter_cases import letter_case, wrong_letter
from tests.vectors.posts import Post


def _desk(**country: str) -> Callable[[Post], object]:
    """Enrol a desk of the ministry."""
    details = {"agent": "desk", "keys": [], "kind": "unit", "organisation": "ministry", "roles": [], **country}
    return lambda post: post.event("agent.enrolled", details, actor="registrar-1")


def _to_the_desk(post: Post, _: str) -> Members:
    return post.bundle("EX-2", to="desk", requests=["req-1"])


def _to_the_ministry(post: Post, _: str) -> Members:
    return post.bundle("EX-2", to="ministry")


letter_case("for-a-desk-of-the-ministry", "Who may have it is where his organisation is, as the letter grants.",
            "PASSED", None, "", gate="v2", consent={"recipient": "desk"}, first=_desk(),
            then=_to_the_desk)  # fmt: skip
wrong_letter("for-a-desk-before", "In a ledger from before it is nowhere.", "terms", gate="v1",
       consent={"recipient": "desk"}, first=_desk(), then=_to_the_ministry)  # fmt: skip
wrong_letter("for-a-desk-elsewhere", "It has a country of its own, and the letter grants another.", "terms", gate="v2",
       consent={"recipient": "desk"}, first=_desk(country="XC"),
       then=_to_the_ministry)  # fmt: skip
