"""Steps 7, 8 and 12: what is decided on a dispatch once, and what is granted to whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from schemas.event import About
from tests.vectors.answer_cases import REFUSED
from tests.vectors.forge import Members, pack
from tests.vectors.letter_cases import GRANT, OPEN
from tests.vectors.posts import PAPER, Post, trust_in
from tests.vectors.request_cases import ANSWER, RECEIVED
from tests.vectors.setting import CASE, CASES, EXHIBIT, Setting, Vector


class Crossed:
    """The first ledger sends, and the second, under a gate, decides on it more than once."""

    def __init__(self, setting: Setting, gate: str) -> None:
        folder = setting.forge.folder
        self.a, self.b = Post(folder, "a", {"b": "XB"}), Post(folder, "b", {"a": "XA"}, is_holding=False, gate=gate)
        self.parcel = self.a.parcel()

    def refuse(self) -> None:
        """Refuse the dispatch."""
        known = self.a.forge.reader().view().exhibit(*EXHIBIT)
        assert known is not None, "it was sent"
        named = [{"case": CASE, "exhibit": "EX-1", "head": known.head}]
        self.b.event("transfer.refused", {**REFUSED, "exhibits": named, "verdict": "PASSED"})

    def show(self, exhibit: str, registration: str, **options: Any) -> Members:
        """Make a bundle of one exhibit for one's own ministry, with the sender's paper."""
        if exhibit == "EX-1":
            self.b.consent(authority="a-police", recipient="ministry", **PAPER)
        return self.b.bundle(exhibit, to="ministry", export={"about": [About(exhibit=registration)]}, **options)


Tell = Callable[[Crossed], Members]


def _enter(name: str, comment: str, code: str, tell: Tell, *, gate: str = "v2", step: int = 7) -> None:
    def vector(setting: Setting) -> Vector:
        crossed = Crossed(setting, gate)
        raw = pack(tell(crossed))
        verdict = "FAILED" if code else "PASSED"
        return Vector(verdict, raw, step if code else None, code, trust=trust_in(crossed.a, crossed.b))

    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, vector)


def _once(crossed: Crossed) -> Members:
    return crossed.show("EX-1", crossed.b.accept(crossed.a, crossed.parcel))


def _first_of_two(crossed: Crossed) -> Members:
    first = crossed.b.accept(crossed.a, crossed.parcel)
    crossed.b.accept(crossed.a, crossed.parcel, exhibit="EX-2")
    return crossed.show("EX-1", first)


def _second_of_two(crossed: Crossed) -> Members:
    crossed.b.accept(crossed.a, crossed.parcel)
    return crossed.show("EX-2", crossed.b.accept(crossed.a, crossed.parcel, exhibit="EX-2"))


def _refused_first(*, is_left_out: bool = False) -> Tell:
    def tell(crossed: Crossed) -> Members:
        first = crossed.b.accept(crossed.a, crossed.parcel)
        crossed.refuse()
        omit = [len(crossed.b.forge.raws) - 1] if is_left_out else []
        return crossed.show("EX-1", first, omit=omit)

    return tell


TWICE = "rule.transfer-twice"
_enter("decided-once", "A dispatch is accepted once.", "", _once)
_enter("decided-twice", "A dispatch is accepted under two numbers, and the first is shown.", TWICE, _first_of_two)
_enter("decided-twice-by-the-second", "A dispatch is accepted under two numbers, and the second is shown.", TWICE,
       _second_of_two)  # fmt: skip
_enter("decided-and-refused", "A dispatch is accepted, and refused.", TWICE, _refused_first())
_enter("decided-and-refused-unseen", "The refusal of what was accepted is left out.", "completeness.count",
       _refused_first(is_left_out=True), step=8)  # fmt: skip
_enter("decided-and-refused-before", "A ledger from before shows no refusal.", "", _refused_first(), gate="v1")


# Grants


def _granting(name: str, comment: str, code: str, grant: Mapping[str, Any], *, peer: str = "b-police") -> None:
    def vector(setting: Setting) -> Vector:
        post = Post(setting.forge.folder, "a", {"b": "XB", "c": "XC"})
        post.event("request.received", {**RECEIVED, "from": peer})
        post.event("request.answered", {**ANSWER, "grant": grant})
        raw = pack(post.bundle(requests=["req-1"], to="ministry" if peer == "examiner-1" else peer))
        return Vector("PASSED", raw, None, code, trust=trust_in(post))

    CASES[f"letter-{name}"] = (comment, vector)


THIRD = "defect.grant-country"
_granting("granting-who-asked", "It is granted to the country that asked.", "", {**OPEN, "to_country": "XB"})
_granting("granting-a-third-country", "It is granted to another country than asked, and not of what: a defect.", THIRD,
          {**OPEN, "to_country": "XC"})  # fmt: skip
_granting("granting-a-third-country-something", "It is granted to another country what was sent before.", "",
          {**GRANT, "to_country": "XC"})  # fmt: skip
_granting("granting-who-is-nowhere", "Who asked has no country on record.", "", {**OPEN, "to_country": "XC"},
          peer="examiner-1")  # fmt: skip
