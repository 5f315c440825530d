"""Steps 7, 8, 11 and 12 under the gate: who moves, leaves or belongs where, and which consent a dispatch names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.vectors.forge import Members
from tests.vectors.gate_cases import enrol
from tests.vectors.posts import DISPATCH, PAPER, TRANSFER, Post
from tests.vectors.request_cases import RECEIVED
from tests.vectors.resting_cases import REFUSAL
from tests.vectors.setting import CASE, FILES
from tests.vectors.telling import Tell, change, enter, home
from tests.vectors.transfer_cases import RECEIPT

HOLDER, MOVED, MISSING, ENDED = (
    "release.holder-abroad", "defect.agent-moved", "release.consent-missing", "release.request-ended",
)  # fmt: skip
EXAMINER = {"roles": ("examiner",)}


def _enter(name: str, comment: str, code: str, tell: Tell, *, gate: str = "v2", step: int = 11) -> None:
    """Enter a case; one with a defect, or with no code, passes."""
    is_failed = bool(code) and not code.startswith("defect.")
    enter(name, comment, code, tell, gate=gate, step=step if is_failed else 0)


# Who holds something, and moves


def _holder(before: Callable[[Post], object] = lambda _: None, **changes: Any) -> Tell:
    """Somebody holds EX-1, something happens, and then he is said to be elsewhere."""

    def tell(post: Post) -> Members:
        enrol(post, "keeper", {**EXAMINER, "country": "XA"} if "country" not in changes else EXAMINER)
        post.act("custody.handed-over", {"purpose": "keeping", "to_country": "XA"}, to="keeper")
        before(post)
        change(post, "keeper", **changes)
        return home(post)

    return tell


def _lodged(post: Post) -> Members:
    """It is carried to somebody, who moves; the holder stays."""
    enrol(post, "laboratory", {"kind": "organisation", "roles": ()})
    post.act("custody.moved", {"place": "laboratory", "to_agent": "laboratory", "to_country": "XA"})
    change(post, "laboratory", country="XB")
    return home(post)


def _lodged_before(post: Post) -> Members:
    """It was carried to somebody, and on to somebody else, before he moves."""
    enrol(post, "laboratory", {"kind": "organisation", "roles": ()})
    post.act("custody.moved", {"place": "laboratory", "to_agent": "laboratory", "to_country": "XA"})
    post.act("custody.moved", {"place": "Room 5", "to_country": "XA"})
    change(post, "laboratory", country="XB")
    return home(post)


def _back(post: Post) -> None:
    post.act("custody.handed-over", {"purpose": "keeping", "to_country": "XA"}, actor="keeper", to="examiner-1")


def _dispose(post: Post) -> None:
    details = {"authority": "court", "manner": "destroyed"}
    post.act("exhibit.disposed", details, actor="keeper", registrar="registrar-1")


_enter("gate-holder-moved-abroad", "Who holds it is entered as abroad.", HOLDER, _holder(country="XB"))
_enter("gate-holder-moved-to-another-ledger", "Who holds it, and has no country, is entered with another ledger.",
       HOLDER, lambda post: _without_country(post))  # fmt: skip
_enter("gate-holder-moved-at-home", "Who holds it is entered as of this country.", "", _holder(country="XA"))
_enter("gate-holder-moved-after-handing-over", "Who held it before is entered as abroad: a defect.", MOVED,
       _holder(_back, country="XB"))  # fmt: skip
_enter("gate-holder-moved-after-its-end", "Who held it to its end is entered as abroad: a defect.", MOVED,
       _holder(_dispose, country="XB"))  # fmt: skip
_enter("gate-v1-holder-moved-abroad", "A ledger from before asked nothing of that.", "", _holder(country="XB"),
       gate="v1")  # fmt: skip
_enter("gate-keeper-moved-abroad", "He to whom it was carried is entered as abroad.", HOLDER, _lodged)
_enter("gate-keeper-moved-abroad-since", "He to whom it was carried before it went on is entered as abroad.", "",
       _lodged_before)  # fmt: skip


def _without_country(post: Post) -> Members:
    enrol(post, "keeper", EXAMINER)
    post.act("custody.handed-over", {"purpose": "keeping", "to_country": "XA"}, to="keeper")
    change(post, "keeper", ledger="b.example/main")
    return home(post)


def _sender(*acts: tuple[str, dict[str, Any]]) -> Tell:
    """Who sent it to somebody here is entered as abroad while it is on its way, or when that was over."""

    def tell(post: Post) -> Members:
        enrol(post, "keeper", {**EXAMINER, "country": "XA"})
        enrol(post, "laboratory", {"country": "XA", "kind": "organisation", "roles": ()})
        post.act("custody.handed-over", {"purpose": "keeping", "to_country": "XA"}, to="keeper")
        post.act("transfer.dispatched", {**DISPATCH, "to": "laboratory"}, actor="keeper")
        for type, details in acts:
            post.act(type, details, actor="keeper")
        change(post, "keeper", country="XB")
        return home(post)

    return tell


def _released(post: Post) -> Members:
    """It is released to somebody for good, who is entered as abroad since."""
    enrol(post, "laboratory", {"country": "XA", "kind": "organisation", "roles": ()})
    details = {"reason": "end", "terms": "for-good", "to": "laboratory", "to_agent": "laboratory", "to_country": "XA"}
    post.act("exhibit.released", details)
    change(post, "laboratory", country="XB")
    return home(post)


_enter("gate-sender-moved-abroad", "Who sent it is entered as abroad while it is on its way: a defect.", MOVED,
       _sender())  # fmt: skip
_enter("gate-sender-moved-after-the-receipt", "Who sent it is entered as abroad after it had arrived: a defect.", MOVED,
       _sender(("transfer.receipt", RECEIPT)))  # fmt: skip
_enter("gate-released-to-who-moved", "To whom it was released is entered as abroad since: a defect.", MOVED,
       _released)  # fmt: skip


# Who belongs to whom


def _unit(**unit: Any) -> Tell:
    """It is handed over to somebody here who acts for a unit, of which only the organisation is said."""

    def tell(post: Post) -> Members:
        enrol(post, "keeper", {**EXAMINER, "country": "XA"})
        enrol(post, "depot", {"kind": "unit", "members": ["keeper"], "roles": (), **unit})
        post.act("custody.handed-over", {"purpose": "keeping"}, to="keeper", on_behalf_of={"keeper": "depot"})
        return home(post)

    return tell


def _joined(organisation: str) -> Tell:
    """A unit that holds it gets an organisation."""

    def tell(post: Post) -> Members:
        enrol(post, "keeper", {**EXAMINER, "country": "XA"})
        enrol(post, "depot", {"kind": "unit", "members": ["keeper"], "roles": ()})
        details = {"purpose": "keeping", "to_country": "XA"}
        post.act("custody.handed-over", details, to="keeper", on_behalf_of={"keeper": "depot"})
        change(post, "depot", organisation=organisation)
        return home(post)

    return tell


def _organisation_left_out(post: Post) -> Members:
    enrol(post, "laboratory", {"country": "XA", "kind": "organisation", "roles": ()})
    index = len(post.forge.raws) - 1
    enrol(post, "keeper", {**EXAMINER, "organisation": "laboratory"})
    post.act("custody.handed-over", {"purpose": "keeping", "to_country": "XA"}, to="keeper")
    return post.bundle("EX-1", to="ministry", omit=[index])


_enter("gate-unit-of-an-organisation-abroad", "It is handed to a unit of police abroad.", MISSING,
       _unit(organisation="b-police"))  # fmt: skip
_enter("gate-unit-of-an-organisation-at-home", "It is handed to a unit of this country's ministry.", "",
       _unit(organisation="ministry"))  # fmt: skip
_enter("gate-unit-here-of-an-organisation-abroad", "A unit of police abroad is said to be of this country.", "",
       _unit(country="XA", organisation="b-police"))  # fmt: skip
_enter("gate-v1-unit-of-an-organisation-abroad", "A ledger from before took a unit to be nowhere.", "",
       _unit(organisation="b-police"), gate="v1")  # fmt: skip
_enter("gate-unit-joins-an-organisation-abroad", "A unit that holds it becomes one of police abroad.", HOLDER,
       _joined("b-police"))  # fmt: skip
_enter("gate-unit-joins-an-organisation-at-home", "A unit that holds it becomes one of this country's ministry.", "",
       _joined("ministry"))  # fmt: skip
_enter("gate-organisation-left-out", "The organisation of who signs is left out.", "completeness.count",
       _organisation_left_out, step=8)  # fmt: skip


# Who has left


def _left_authority(post: Post) -> Members:
    change(post, "ministry", left="yes", reason="closed")
    post.consent()
    return post.bundle("EX-1")


def _left_recipient(post: Post) -> Members:
    post.consent()
    change(post, "b-police", left="yes", reason="closed")
    return post.bundle("EX-1")


_enter("rule-consent-of-who-has-left", "An authority that has left consents.", "rule.agent-left", _left_authority,
       step=7)  # fmt: skip
_enter("consent-of-who-has-left-before", "In a ledger from before it may.", "", _left_authority, gate="v1")
_enter("gate-to-who-has-left", "It goes to somebody who has left.", "release.recipient-unknown", _left_recipient)
_enter("gate-v1-to-who-has-left", "A ledger from before asked nothing of that.", "", _left_recipient, gate="v1")


# For which country, and which consent


def _to_who_moved(post: Post) -> Members:
    post.consent()
    change(post, "b-police", country="XC", reason="moved")
    return post.bundle("EX-1")


def _to_who_moved_ledger(post: Post) -> Members:
    post.consent()
    change(post, "b-police", ledger="d.example/main", reason="moved")
    return post.bundle("EX-1")


def _with_a_ledger_since(post: Post) -> Members:
    enrol(post, "d-police", {"country": "XD", "kind": "organisation", "roles": ()})
    post.consent(recipient="d-police")
    change(post, "d-police", ledger="d.example/main")
    return post.bundle("EX-1", to="d-police")


def _consented_again(post: Post) -> Members:
    change(post, "b-police", country="XC", reason="moved")
    post.consent()
    return post.bundle("EX-1")


def _without_country_then(post: Post) -> Members:
    """The recipient gets a country after the consent."""
    enrol(post, "d-police", {"kind": "organisation", "ledger": "d.example/main", "roles": ()})
    post.consent(recipient="d-police")
    change(post, "d-police", country="XD")
    return post.bundle("EX-1", to="d-police")


_enter("gate-consent-for-no-country", "When its recipient got the consent, no country of his was on record.",
       "release.consent-recipient", _without_country_then)  # fmt: skip
_enter("gate-consent-for-another-country", "Since the consent its recipient is in another country.",
       "release.consent-recipient", _to_who_moved)  # fmt: skip
_enter("gate-consent-for-another-ledger", "Since the consent its recipient keeps another ledger.",
       "release.consent-recipient", _to_who_moved_ledger)  # fmt: skip
_enter("gate-consent-for-no-ledger", "When its recipient got the consent, no ledger of his was on record.", "",
       _with_a_ledger_since)  # fmt: skip
_enter("gate-v1-consent-for-another-ledger", "A ledger from before asked nothing of that: a defect.", MOVED,
       _to_who_moved_ledger, gate="v1")  # fmt: skip
_enter("gate-consent-for-his-country", "The consent came after its recipient had moved: a defect.", MOVED,
       _consented_again)  # fmt: skip
_enter("gate-v1-consent-for-another-country", "A ledger from before asked nothing of that: a defect.", MOVED,
       _to_who_moved, gate="v1")  # fmt: skip


def _naming(name: Callable[[Post], str], **sent: Any) -> Tell:
    """A dispatch that says under which consent it leaves, with another one that holds."""

    def tell(post: Post) -> Members:
        named = name(post)
        post.consent()
        post.dispatch(consent=named, **sent)
        return post.bundle("EX-1", stated={"transfer": TRANSFER} if sent.get("to") is None else {}, to="b-police")

    return tell


def _revoked(post: Post) -> str:
    consent = post.consent()
    post.annotate("consent.revoked", {"manner": "key", "reason": "error"}, event=consent, actor="official-1")
    return consent


def _of_another(post: Post) -> str:
    composed = post.world.registration(CASE, "EX-2", actor="examiner-1", files=FILES)
    post.forge.add(post.world.sign(composed))
    return post.consent("EX-2")


_enter("gate-dispatch-names-its-consent", "A dispatch names the consent under which it leaves.", "",
       _naming(Post.consent))  # fmt: skip
_enter("gate-dispatch-names-no-consent", "It names a consent that nobody knows, though another one holds.", MISSING,
       _naming(lambda _: "ab" * 32))  # fmt: skip
_enter("gate-dispatch-names-another-s-consent", "It names a consent to another exhibit.", MISSING,
       _naming(_of_another))  # fmt: skip
_enter("gate-dispatch-names-a-revoked-consent", "It names a consent that was revoked.", "release.consent-revoked",
       _naming(_revoked))  # fmt: skip
_enter("gate-dispatch-names-a-consent-for-another", "It names a consent for somebody else.",
       "release.consent-recipient", _naming(lambda post: post.consent(recipient="c-police")))  # fmt: skip
_enter("gate-v1-dispatch-names-no-consent", "A ledger from before asked nothing of what it names.", "",
       _naming(lambda _: "ab" * 32), gate="v1")  # fmt: skip


# Requests that were refused


def _on_ended(to: str = "b-police") -> Tell:
    """A consent rests on no request, and what is exported answers one that was refused."""

    def tell(post: Post) -> Members:
        post.event("request.received", RECEIVED)
        post.event("request.answered", REFUSAL)
        post.consent()
        return post.bundle("EX-1", to=to, requests=["req-1"])

    return tell


_enter("gate-export-on-a-refused-request", "What is exported answers a request that was refused.", ENDED, _on_ended())
_enter("gate-export-on-a-refused-request-at-home", "It is exported for one's own ministry.", "",
       _on_ended("ministry"))  # fmt: skip
_enter("gate-v1-export-on-a-refused-request", "A ledger from before asked that of consents alone.", "", _on_ended(),
       gate="v1")  # fmt: skip


def answered(*answers: Mapping[str, Any]) -> Tell:
    """A request is answered in stages, and EX-1 goes under it."""

    def tell(post: Post) -> Members:
        post.event("request.received", RECEIVED)
        post.consent(**PAPER, request="req-1")
        for answer in answers:
            post.event("request.answered", answer)
        post.dispatch(request="req-1")
        return post.bundle("EX-1", to="ministry", requests=["req-1"])

    return tell


PLAIN = {"answered_at": REFUSAL["answered_at"], "request": "req-1"}
NOTHING, GRANTED, IN_PART = (
    {**PLAIN, "outcome": outcome} for outcome in ("nothing-found", "granted", "granted-in-part")
)  # fmt: skip
_enter("resting-on-a-request-refused-and-nothing-found", "It was refused, and then nothing was found.", ENDED,
       answered(REFUSAL, NOTHING))  # fmt: skip
_enter("resting-on-a-request-refused-and-granted", "It was refused, and then granted.", "",
       answered(REFUSAL, GRANTED))  # fmt: skip
_enter("resting-on-a-request-refused-and-granted-in-part", "It was refused, and then granted in part.", "",
       answered(REFUSAL, NOTHING, IN_PART))  # fmt: skip
_enter("resting-on-a-request-granted-and-refused", "It was granted, refused, and nothing was found.", ENDED,
       answered(GRANTED, REFUSAL, NOTHING))  # fmt: skip
_enter("gate-v1-resting-on-a-request-refused-in-part", "In a ledger from before the newest answer counts.", ENDED,
       answered(IN_PART, REFUSAL), gate="v1")  # fmt: skip
_enter("resting-on-a-request-refused-and-nothing-found-before", "In a ledger from before the newest answer counts.",
       "", answered(REFUSAL, NOTHING), gate="v1")  # fmt: skip
