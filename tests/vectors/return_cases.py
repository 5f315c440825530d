"""Steps 7 and 9: what comes back, by whatever road, is what went away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from schemas import layout
from tests.vectors.forge import Members, pack
from tests.vectors.posts import TRANSFER, WAY_BACK, Post, trust_in
from tests.vectors.setting import CASES, Setting, Vector

FREE = "allowed"


@dataclass
class Round:
    """Three ledgers, each of which knows both others; what ``holder`` registered is free to go on."""

    setting: Setting
    holder: str = "a"
    posts: dict[str, Post] = field(init=False)

    def __post_init__(self) -> None:
        """Begin them."""
        names, folder = "abc", self.setting.forge.folder
        self.posts = {
            name: Post(folder, name, {item: f"X{item.upper()}" for item in names if item != name},
                       is_holding=name == self.holder)
            for name in names
        }  # fmt: skip

    def send(self, sender: str, to: str, transfer: str) -> Members:
        """Send EX-1, and return the bundle that goes with it."""
        post, agent = self.posts[sender], f"{to}-police"
        post.consent(recipient=agent, onward=FREE)
        post.dispatch(to=agent, onward=FREE, transfer=transfer)
        return post.bundle("EX-1", to=agent, stated={"transfer": transfer})

    def pass_on(self, road: Sequence[str], transfer: str = TRANSFER) -> None:
        """Let EX-1 go from each to the next, who accepts it."""
        for place, (sender, to) in enumerate(pairwise(road)):
            number = transfer if not place else f"{place:032x}"
            members = self.send(sender, to, number)
            self.posts[to].accept(self.posts[sender], members, onward=FREE, transfer=number)

    def told(self, verdict: str, raw: bytes, step: int | None = None, code: str = "") -> Vector:
        """Return the vector, whose reader believes all three."""
        return Vector(verdict, raw, step, code, trust=trust_in(*self.posts.values()))


def _by_a_third(setting: Setting) -> Vector:
    story = Round(setting)
    story.pass_on("abc")
    a, c = story.posts["a"], story.posts["c"]
    a.take_back(c, story.send("c", "a", WAY_BACK))
    return story.told("PASSED", pack(a.bundle("EX-1", to="ministry")))


def _what_came(setting: Setting) -> Round:
    """The second ledger's exhibit comes to the first, goes to the third, and comes back to the first."""
    story = Round(setting, "b")
    story.pass_on("ba", "5f" * 16)
    story.pass_on("ac")
    story.posts["a"].take_back(story.posts["c"], story.send("c", "a", WAY_BACK))
    return story


def _of_foreign_beginnings(setting: Setting) -> Vector:
    story = _what_came(setting)
    return story.told("PASSED", pack(story.posts["a"].bundle("EX-1", to="ministry")))


def _of_unknown_beginnings(setting: Setting) -> Vector:
    story = _what_came(setting)

    def edit(members: Members) -> None:
        """Leave out the shortest, which has none within."""
        inner = [name for name in members if name.startswith(layout.INHERITED)]
        del members[min(inner, key=lambda name: len(members[name]))]

    raw = pack(story.posts["a"].bundle("EX-1", to="ministry", edit_payload=edit))
    return story.told("FAILED", raw, 9, "inherited.absent")


def _by_another(setting: Setting) -> Vector:
    """The second ledger's bundle, with the third one's police as who gave it."""
    story = Round(setting)
    story.pass_on("ab")
    a, b = story.posts["a"], story.posts["b"]
    a.take_back(b, story.send("b", "a", WAY_BACK), **{"from": "c-police"})
    return story.told("FAILED", pack(a.bundle("EX-1", to="ministry")), 7, "rule.transfer-origin")


CASES["returned-by-a-third-ledger"] = ("It went on to a third ledger, which sends it back.", _by_a_third)
CASES["returned-of-foreign-beginnings"] = ("What came from a second ledger comes back from a third.",
                                           _of_foreign_beginnings)  # fmt: skip
CASES["returned-of-unknown-beginnings"] = ("The bundle with which it had come at first is missing.",
                                           _of_unknown_beginnings)  # fmt: skip
CASES["rule-returned-by-another"] = ("The bundle is of another ledger than who gives it back.", _by_another)
