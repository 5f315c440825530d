"""What no rule of a reader forbids, though a page says what a field means."""

from __future__ import annotations

from typing import Any

from custody.ledger.compose import Anchor
from schemas.content import content_of
from schemas.event import About
from tests.vectors.evidence_cases import Made, enter, register
from tests.vectors.forge import Members
from tests.vectors.posts import Post
from tests.vectors.setting import CASE

UNREADABLE = {"count": 3, "first": [{"length": 1, "start": 0}], "total": 9}
IMAGE = {"container": "raw", "not_read": "not-asked", "segments": {"count": 1}, "unreadable": UNREADABLE}
SAID: dict[str, Any] = {
    "attestations": [{"agent": "nobody", "manner": "key", "person": "n", "role": "witness"}],
    "image": IMAGE,
    "lost": {"bytes": 9, "ranges": [{"file": "ab" * 32, "offset": 0, "size": 1}]},
}
"""A witness who signs nothing, sums of nothing that stands there, and more places than are told."""


def _registered(**details: Any) -> Made:
    def build(post: Post) -> Members:
        register(post, **{"content": content_of([]), **details})
        return post.bundle("EX-2", to="ministry")

    return build


def _resolved(post: Post) -> Members:
    """A claim is declined to somebody, and another is agreed on for nobody."""
    for details in ({"manner": "declined", "to": "XB"}, {"manner": "agreed"}):
        anchor = Anchor(about=(About(case=CASE),))
        post.event("jurisdiction.resolved", {"claims": ["claim-1"], **details}, anchor=anchor)
    return post.bundle("EX-1", to="ministry")


def _checked(post: Post) -> Members:
    """More match than were checked; fewer, and none is named."""
    for checked, matching in ((1, 2), (2, 1)):
        post.annotate("exhibit.checked", {"bytes": 7, "checked": checked, "matching": matching, "root": "ab" * 32})
    return post.bundle("EX-1", to="ministry")


enter("said-of-what-is-not-there", "A witness who signs nothing, sums that don't add up: no rule of a reader.",
      "PASSED", None, "image.unreadable", _registered(**SAID))  # fmt: skip
enter("resolved-to-nobody", "A claim is agreed on for nobody, one declined to somebody: no rule of a reader.", "PASSED",
      None, "", _resolved)  # fmt: skip
enter("check-of-more-than-was-checked", "More match than were checked, or fewer and none is named: a defect each.",
      "PASSED", None, "content.recorded-mismatch", _checked)  # fmt: skip
enter("asset-misspelled-without-proof", "A disclosed account that is none, and no proof to hold it against.", "PASSED",
      None, "", _registered(asset={"account": "somebody", "custody": "self-hosted"}, kind="token",
                            nature="asset"))  # fmt: skip


def _to_nobody(post: Post) -> Members:
    """It is moved to an agent who was never enrolled."""
    post.act("custody.moved", {"place": "Room 5", "to_agent": "nobody", "to_country": "XA"})
    return post.bundle("EX-1", to="ministry")


enter("moved-to-who-was-never-enrolled", "An agent without entries has no value in the index, so none can be proven.",
      "FAILED", 8, "completeness.subjects", _to_nobody)  # fmt: skip
