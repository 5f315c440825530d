"""Steps 9 and 11: letters and receipts that an order destroyed, and what may leave under them no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from custody.ledger.compose import Anchor
from schemas.event import About
from tests.vectors.acceptance_cases import met_case
from tests.vectors.forge import Members
from tests.vectors.gate_cases import enrol
from tests.vectors.letter_cases import back_home, letter_case, receipt_case
from tests.vectors.posts import PAPER, Post
from tests.vectors.setting import CASE, FILES

NUMBER = "3f" * 16


def _erased(*exhibits: str) -> Callable[[Post, str], Members]:
    def then(post: Post, digest: str) -> Members:
        post.erase(*exhibits or ("EX-2",), files=[digest])
        return back_home(post)

    return then


def _exported(post: Post, digest: str) -> Members:
    """Something leaves under the letter, and only then it is destroyed."""
    post.bundle("EX-2", to="ministry")
    return _erased()(post, digest)


def _exported_since(post: Post, digest: str) -> Members:
    """Something leaves under the letter that is destroyed, in an export before this one."""
    post.erase("EX-2", files=[digest])
    post.bundle("EX-2", to="ministry")
    return back_home(post)


def _exporting(post: Post, digest: str) -> Members:
    post.erase("EX-2", files=[digest])
    return post.bundle("EX-2", to="ministry")


def _dispatched_since(post: Post, digest: str) -> Members:
    post.erase("EX-2", files=[digest])
    post.dispatch(exhibit="EX-2", to="ministry", transfer=NUMBER)
    return back_home(post)


def _ordered_again(post: Post, digest: str) -> Members:
    """A second order can't excuse what left after the first."""
    post.erase("EX-2", files=[digest])
    post.bundle("EX-2", to="ministry")
    return _erased()(post, digest)


def _about_another(post: Post, digest: str) -> Members:
    composed = post.world.registration(CASE, "EX-3", actor="examiner-1", files=FILES)
    post.forge.add(post.world.sign(composed))
    post.erase("EX-3", files=[digest])
    post.consent("EX-2", "EX-3")
    post.consent("EX-2", authority="b-police", **PAPER)
    return post.bundle("EX-2", "EX-3", to="b-police")


def _about_the_request(post: Post, digest: str) -> Members:
    """An order about the request of a consent says nothing of the exhibits that the letter let out."""
    details = {"authority": "court", "commitments": [], "files": [digest], "order": "7"}
    about = Anchor(about=(About(request="req-1"),))
    post.event("disclosure.erased", details, anchor=about, registrar="registrar-1")
    post.consent("EX-2")
    post.consent("EX-2", authority="b-police", **PAPER)
    return post.bundle("EX-2", to="b-police", requests=["req-1"])


def _of_another(post: Post, _: str) -> Members:
    return _erased()(post, "cd" * 32)


def _order(post: Post, digest: str) -> None:
    post.erase(files=[digest])


def _exported_after_order(post: Post, digest: str) -> None:
    _order(post, digest)
    post.bundle("EX-1", to="b-police")


def _letter(name: str, comment: str, verdict: str, then: Callable[[Post, str], Members]) -> None:
    step, code = (None, "letter.erased") if verdict == "PASSED" else (11, "letter.absent")
    letter_case(name, comment, verdict, step, code, is_there=False, then=then)


def _given(
    type: str, details: dict[str, Any], *, first: Callable[[Post], object] = lambda _: None,
    then: Callable[[Post], object] = lambda _: None, is_first: bool = False, **offices: Any,
) -> Callable[[Post, str], Members]:  # fmt: skip
    """Something leaves, after the letter was destroyed or before."""

    def give(post: Post, digest: str) -> Members:
        first(post)
        post.consent("EX-2", recipient="c-police")
        if not is_first:
            post.erase("EX-2", files=[digest])
        if type == "access.logged":
            post.annotate(type, details, "EX-2", actor="system")
        else:
            post.act(type, details, exhibit="EX-2", **offices)
        then(post)
        return _erased()(post, digest) if is_first else back_home(post)

    return give


def _move_home(post: Post) -> None:
    post.event("agent.changed", {"agent": "c-police", "country": "XA", "reason": "moved"}, actor="registrar-1")


def _enrol_abroad(post: Post) -> None:
    """Somebody acts here for the police abroad."""
    enrol(post, "liaison-1", {"country": "XC", "roles": ("examiner",)})
    post.event("agent.changed", {"agent": "c-police", "members_added": ["liaison-1"]}, actor="registrar-1")


def _on_paper(post: Post) -> None:
    post.consent("EX-2", authority="b-police", recipient="c-police", **PAPER)


def _on_old_paper(post: Post) -> None:
    post.consent("EX-2", authority="b-police", recipient="c-police", valid_until="2026-11-21T08:00:00Z", **PAPER)


def _abroad(name: str, comment: str, type: str, details: dict[str, Any], **options: Any) -> None:
    letter_case(f"erased-and-{name}", f"{comment} under a letter that was destroyed.", "INDETERMINATE", 11,
                "letter.absent", is_there=False, consent={"recipient": "c-police"},
                then=_given(type, details, **options))  # fmt: skip


_letter("erased", "The letter was destroyed by order: a note.", "PASSED", _erased())
_letter("used-and-erased", "The letter was destroyed after something left under it: a defect.", "PASSED", _exported)
_letter("erased-and-used", "What is exported rests on a letter that was destroyed before.", "INDETERMINATE",
        _exporting)  # fmt: skip
_letter("erased-and-used-before", "Something was exported under a letter that was destroyed.", "INDETERMINATE",
        _exported_since)  # fmt: skip
_letter("erased-and-dispatched", "Something was dispatched under a letter that was destroyed.", "INDETERMINATE",
        _dispatched_since)  # fmt: skip
_letter("erased-and-copied", "Somebody got a copy under a letter that was destroyed.", "INDETERMINATE",
        _given("access.logged", {"action": "exported", "agent": "ministry"}))  # fmt: skip
_abroad("carried", "It was carried abroad", "custody.moved", {"place": "port", "to_agent": "c-police"})
_abroad("handed-over", "It was handed over to somebody who acts for police abroad", "custody.handed-over",
        {"purpose": "trial"}, first=_enrol_abroad, to="liaison-1", on_behalf_of={"liaison-1": "c-police"})  # fmt: skip
_abroad("taken-over", "It was taken over for police abroad", "custody.taken-over", {"reason": "order"},
        first=_enrol_abroad, actor="registrar-1", to="liaison-1",
        on_behalf_of={"liaison-1": "c-police"})  # fmt: skip
letter_case("erased-and-carried-under-a-paper", "It was carried abroad under a paper, and the letter was destroyed.",
            "PASSED", None, "letter.erased", is_there=False, consent={"recipient": "c-police"},
            then=_given("custody.moved", {"place": "port", "to_agent": "c-police"}, first=_on_paper))  # fmt: skip
letter_case("carried-and-erased-under-a-paper", "The same, and the letter was destroyed afterwards: a defect.",
            "PASSED", None, "letter.erased", is_there=False, consent={"recipient": "c-police"},
            then=_given("custody.moved", {"place": "port", "to_agent": "c-police"}, first=_on_paper,
                        is_first=True))  # fmt: skip
_abroad("carried-under-a-paper-that-ended", "It was carried abroad after a paper had ended,", "custody.moved",
        {"place": "port", "to_agent": "c-police"}, first=_on_old_paper)  # fmt: skip
_abroad("lent", "It was lent abroad", "exhibit.released",
        {"reason": "trial", "terms": "lent", "to": "court", "to_agent": "c-police"})  # fmt: skip
_abroad("given-away", "It was given away", "exhibit.disposed",
        {"authority": "court", "manner": "forfeited", "to_agent": "c-police"}, registrar="registrar-1")  # fmt: skip
_abroad("carried-to-who-moved", "It was carried to somebody who is of this country since", "custody.moved",
        {"place": "port", "to_agent": "c-police"}, then=_move_home)  # fmt: skip
letter_case("carried-and-erased", "The letter was destroyed after something was carried abroad under it: a defect.",
            "PASSED", None, "letter.erased", is_there=False, consent={"recipient": "c-police"},
            then=_given("custody.moved", {"place": "port", "to_agent": "c-police"}, is_first=True))  # fmt: skip
_letter("erased-twice", "After something left under a destroyed letter, another order names it.", "INDETERMINATE",
        _ordered_again)  # fmt: skip
_letter("erased-for-another-exhibit", "The order is about another exhibit.", "INDETERMINATE", _about_another)
_letter("erased-for-a-request", "The order is about the request of the consent.", "INDETERMINATE", _about_the_request)
_letter("another-erased", "The order names another document.", "INDETERMINATE", _of_another)
letter_case("erased-and-there", "The letter is there though an order named it.", "PASSED", None, "",
            then=_erased())  # fmt: skip
met_case("conditions-met-by-an-erased-letter-since", "It was destroyed, and the exhibit leaves to who asked.",
         "INDETERMINATE", 11, "letter.absent", is_there=False, then=_order)  # fmt: skip
receipt_case("erased", "The proof was destroyed by order: a defect.", "PASSED", None, "receipt.erased", is_there=False,
             then=_order)  # fmt: skip
receipt_case("erased-and-used", "A proof lets nothing out, so that nothing can leave under it.", "PASSED", None,
             "receipt.erased", is_there=False, then=_exported_after_order)  # fmt: skip
receipt_case("another-erased", "The order names another document.", "INDETERMINATE", 9, "receipt.absent",
             is_there=False, then=lambda post, _: post.erase(files=["cd" * 32]))  # fmt: skip
met_case("conditions-met-by-an-erased-letter", "The letter was destroyed by order: a note.", "PASSED", None,
         "letter.erased", is_there=False, then=_order, to="ministry")  # fmt: skip
