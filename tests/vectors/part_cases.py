"""Step 11: what leaves under a request of which a part was granted (law rows C10, C14)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.vectors.forge import Members
from tests.vectors.letter_cases import REST, wrong_letter
from tests.vectors.posts import PAPER, Post
from tests.vectors.request_cases import RECEIVED
from tests.vectors.resting_cases import REFUSAL, register
from tests.vectors.setting import CASE
from tests.vectors.standing_cases import ENDED, GRANTED, IN_PART, NOTHING, answered
from tests.vectors.telling import Tell, enter

BEYOND = "release.not-granted"


def _enter(name: str, comment: str, code: str, tell: Tell, *, gate: str = "v2") -> None:
    enter(name, comment, code, tell, gate=gate, step=11 if code else 0)


def _naming(answer: Mapping[str, Any], *exhibits: str) -> Mapping[str, Any]:
    names = [{"case": CASE, "exhibit": exhibit} for exhibit in exhibits]
    return {**answer, "grant": {"exhibits": names, "onward": "allowed", "to_country": "XB"}}


def _made(*parents: str, answers: Sequence[Mapping[str, Any]], is_by_hand: bool = False) -> Tell:
    """EX-3 was made of exhibits, perhaps by way of EX-4, and goes under the request, on a consent that names none."""

    def tell(post: Post) -> Members:
        register(post, "EX-2")
        _derive(post, "EX-4", "EX-1")
        _derive(post, "EX-3", *parents)
        post.event("request.received", RECEIVED)
        for answer in answers:
            post.event("request.answered", answer)
        post.consent("EX-3", **PAPER, **({"request": "req-1"} if is_by_hand else {}))
        if is_by_hand:
            access = {"action": "exported", "agent": "b-police"}
            post.annotate("access.logged", access, "EX-3", actor="system")
        else:
            post.dispatch(request="req-1", exhibit="EX-3")
        return post.bundle("EX-3", to="ministry", requests=["req-1"])

    return tell


def _derive(post: Post, exhibit: str, *parents: str) -> None:
    known = [(parent, post.forge.reader().view().exhibit(CASE, parent)) for parent in parents]
    made_of = [{"case": CASE, "event": item.head, "exhibit": parent} for parent, item in known if item is not None]
    register(post, exhibit, derived_from=made_of)


THIS, THAT = _naming(IN_PART, "EX-1"), _naming(IN_PART, "EX-2")
_enter("resting-on-a-request-refused-in-part", "It was granted in part, and the rest refused.", "",
       answered(THIS, NOTHING, REFUSAL))  # fmt: skip
_enter("resting-on-a-part-in-stages", "Another part was granted, then this one, and the rest refused.", "",
       answered(THAT, REFUSAL, THIS, REFUSAL))  # fmt: skip
_enter("resting-on-a-part-and-then-all", "Another part was granted, and then all.", "", answered(THAT, GRANTED))
_enter("resting-on-a-part-without-a-name", "It was granted in part, and no answer says which.", "",
       answered(IN_PART))  # fmt: skip
_enter("resting-on-another-part", "Another part was granted, and one that isn't named.", BEYOND,
       answered(THAT, IN_PART))  # fmt: skip
_enter("resting-on-a-part-after-all", "All was granted, and then another part.", BEYOND, answered(GRANTED, THAT))
_enter("resting-on-another-part-and-refused", "Another part was granted, and the rest refused.", BEYOND,
       answered(THAT, REFUSAL))  # fmt: skip
_enter("resting-on-a-part-without-a-name-and-refused", "No answer says which part was granted when the rest was.",
       ENDED, answered(IN_PART, REFUSAL))  # fmt: skip
_enter("resting-on-a-request-granted-for-some", "It was granted, with a list of exhibits, and refused.", ENDED,
       answered(_naming(GRANTED, "EX-1"), REFUSAL))  # fmt: skip
_enter("resting-on-a-request-granted-for-some-and-all", "It was granted in part, then all of it, and refused.", ENDED,
       answered(THIS, GRANTED, REFUSAL))  # fmt: skip
_enter("made-of-what-was-granted", "It was made of something made of what was granted.", "",
       _made("EX-1", "EX-4", answers=[THIS, REFUSAL]))  # fmt: skip
_enter("made-of-what-was-granted-and-more", "It was made of what was granted and of something else.", BEYOND,
       _made("EX-1", "EX-2", answers=[THIS]))  # fmt: skip
_enter("made-of-what-was-not-granted-by-hand", "A print of it goes, made of what wasn't granted.", BEYOND,
       _made("EX-4", answers=[THAT], is_by_hand=True))  # fmt: skip
_enter("gate-v1-resting-on-another-part", "In a ledger from before no list counts.", "", answered(THAT), gate="v1")

wrong_letter("that-refuses-the-rest-of-what", "The letter grants a part that it doesn't name, and refuses the rest.",
       "grant", answers=[{"outcome": "granted-in-part"}, REST], their_gate="v2")  # fmt: skip
