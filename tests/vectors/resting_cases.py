"""Steps 8 and 11: requests and bindings on which it rests that something left, though nobody lists them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tests.vectors.forge import Members, pack
from tests.vectors.gate_cases import FROM_ABROAD
from tests.vectors.posts import PAPER, Post, trust_in
from tests.vectors.request_cases import CLOSED, DRAFT, RECEIVED, SENT
from tests.vectors.setting import CASE, CASES, FILES, Setting, Vector

MISSING, ENDED, PEER, COUNT = (
    "release.consent-missing", "release.request-ended", "release.request-peer", "completeness.count",
)  # fmt: skip
REFUSAL = {
    "answered_at": "2026-11-21T08:50:00Z", "ground": "political", "outcome": "refused", "reasons": "politics",
    "request": "req-1",
}  # fmt: skip
WITHDRAWN = {"reason": "settled", "request": "req-1"}
Tell = Callable[[Post], Members]


def _enter(name: str, comment: str, code: str, tell: Tell, *, gate: str = "v2", step: int = 11) -> None:
    def vector(setting: Setting) -> Vector:
        post = Post(setting.forge.folder, "a", {"b": "XB", "c": "XC"}, gate=gate)
        raw = pack(tell(post))
        return Vector("FAILED" if code else "PASSED", raw, step if code else None, code, trust=trust_in(post))

    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, vector)


# What is the same


def register(post: Post, exhibit: str, **details: Any) -> None:
    """Register an exhibit of the same two files."""
    composed = post.world.registration(CASE, exhibit, actor="examiner-1", files=FILES, **details)
    post.forge.add(post.world.sign(composed))


def _same(*exhibits: str, to: str = "c-police", is_left_out: bool = False) -> Tell:
    """EX-2 came from the second ledger, and EX-3 is the same; a bundle of some of them under this country's consent."""

    def tell(post: Post) -> Members:
        register(post, "EX-2", foreign=FROM_ABROAD)
        bound = len(post.forge.raws) - 1
        register(post, "EX-3", same_object_as=({"case": CASE, "exhibit": "EX-2"},))
        post.consent(*exhibits, recipient=to)
        return post.bundle(*exhibits, to=to, omit=[bound] if is_left_out else [])

    return tell


_enter("same-as-what-is-bound", "What is the same as something bound goes to a third country, alone in its bundle.",
       MISSING, _same("EX-3"))  # fmt: skip
_enter("same-as-what-is-bound-and-left-out", "The registration of that with which it is the same is left out.", COUNT,
       _same("EX-3", is_left_out=True), step=8)  # fmt: skip
_enter("same-as-what-came-home", "What is the same as something bound goes to where that came from.", "",
       _same("EX-3", to="b-police"))  # fmt: skip
_enter("same-as-what-is-bound-before", "A ledger from before carried nothing of what is the same.", "",
       _same("EX-3"), gate="v1")  # fmt: skip


# What takes another's place


def _replaced(*, is_bound: bool) -> Tell:
    """EX-2 came from the second ledger, and is void since EX-3 takes its place."""

    def tell(post: Post) -> Members:
        register(post, "EX-2", foreign=FROM_ABROAD)
        register(post, "EX-3", **({"foreign": FROM_ABROAD} if is_bound else {}))
        details = {"reason": "entered twice", "replaced_by": {"case": CASE, "exhibit": "EX-3"}}
        post.act("exhibit.voided", details, exhibit="EX-2", registrar="registrar-1")
        post.consent("EX-2", "EX-3", authority="b-police", recipient="ministry", **PAPER)
        return post.bundle("EX-2", "EX-3", to="ministry")

    return tell


_enter("replaced-by-what-is-bound-too", "What takes its place is bound as it was.", "", _replaced(is_bound=True))
_enter("rule-replaced-by-what-is-free", "What takes its place is free of what bound it.", "rule.bound",
       _replaced(is_bound=False), step=7)  # fmt: skip
_enter("replaced-by-what-is-free-before", "A ledger from before asked nothing of that.", "",
       _replaced(is_bound=False), gate="v1")  # fmt: skip


# Requests on which a consent rests


def _answered(post: Post, consent: dict[str, Any], *steps: tuple[str, dict[str, Any]]) -> None:
    post.event("request.received", RECEIVED)
    post.consent(**PAPER, **consent)
    for type, details in steps:
        post.event(type, details)


def _moved(to: str, *, requests: Sequence[str] = ()) -> Tell:
    """The request was refused, and the exhibit went under it all the same; the bundle is made for somebody."""

    def tell(post: Post) -> Members:
        _answered(post, {"request": "req-1"}, ("request.answered", REFUSAL))
        post.act("custody.moved", {"place": "port", "to_agent": "b-police"})
        if to == "c-police":
            post.consent(recipient=to)
        return post.bundle("EX-1", to=to, requests=requests)

    return tell


def _left_out(*, is_whole: bool) -> Tell:
    """The refusal isn't carried, and the request is; or neither."""

    def tell(post: Post) -> Members:
        _answered(post, {"request": "req-1"}, ("request.answered", REFUSAL))
        refusal = len(post.forge.raws) - 1
        post.act("custody.moved", {"place": "port", "to_agent": "b-police"})
        return post.bundle("EX-1", to="ministry", omit=[refusal - 2, refusal] if is_whole else [refusal])

    return tell


def _of_another_asker(to: str) -> Tell:
    """What was sent to the third country says that it answers the second one."""

    def tell(post: Post) -> Members:
        _answered(post, {"recipient": "c-police", "request": "req-1"})
        post.dispatch(to="c-police", request="req-1")
        return post.bundle("EX-1", to=to)

    return tell


_enter("resting-on-a-refused-request", "What went under a refused request is told to who got it.", ENDED,
       _moved("b-police"))  # fmt: skip
_enter("resting-on-a-refused-request-at-home", "It is told at home.", ENDED, _moved("ministry"))
_enter("resting-on-a-refused-request-elsewhere", "A third country isn't told of the request, and can't see it.", "",
       _moved("c-police"))  # fmt: skip
_enter("resting-on-a-refused-request-before", "A ledger from before carried no request that isn't listed.", "",
       _moved("ministry"), gate="v1")  # fmt: skip
_enter("resting-on-a-request-cut-short", "The refusal of the request is left out.", COUNT, _left_out(is_whole=False),
       step=8)  # fmt: skip
_enter("resting-on-a-request-left-out", "All that is known of the request is left out.", COUNT,
       _left_out(is_whole=True), step=8)  # fmt: skip
_enter("resting-on-a-request-of-another", "What goes to a third country names a request of the second.", PEER,
       _of_another_asker("c-police"))  # fmt: skip
_enter("resting-on-a-request-of-another-at-home", "It is told at home.", PEER, _of_another_asker("ministry"))


# Requests that ended


def _ended(*steps: tuple[str, dict[str, Any]]) -> Tell:
    """A request of this ledger, on which a consent rests, ends; and it is sent all the same."""

    def tell(post: Post) -> Members:
        post.event("request.drafted", DRAFT)
        post.event("request.sent", SENT)
        post.consent(request="req-1")
        for type, details in steps:
            post.event(type, details)
        post.dispatch(request="req-1")
        return post.bundle("EX-1", to="ministry", requests=["req-1"])

    return tell


WITHDRAW = ("request.withdrawn", WITHDRAWN)
_enter("resting-on-a-request-closed", "It was executed, and closed.", "", _ended(("request.closed", CLOSED)))
_enter("resting-on-a-request-executed-in-part", "It was executed in part, and closed.", "",
       _ended(("request.closed", {**CLOSED, "outcome": "executed-in-part"})))  # fmt: skip
_enter("resting-on-a-request-that-expired", "It was closed without having been executed.", ENDED,
       _ended(("request.closed", {**CLOSED, "outcome": "expired"})))  # fmt: skip
_enter("resting-on-a-request-withdrawn-and-closed", "It was withdrawn, and closed as withdrawn.", ENDED,
       _ended(WITHDRAW, ("request.closed", {**CLOSED, "outcome": "withdrawn"})))  # fmt: skip
_enter("resting-on-a-request-withdrawn-and-executed", "It was withdrawn, and closed as executed.", ENDED,
       _ended(WITHDRAW, ("request.closed", CLOSED)))  # fmt: skip
_enter("resting-on-a-request-withdrawn-and-closed-before", "In a ledger from before, closing it covers that.", "",
       _ended(WITHDRAW, ("request.closed", CLOSED)), gate="v1")  # fmt: skip
