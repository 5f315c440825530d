"""Step 11: dates and words of the conditions under which something is sent, and consents of a day to come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from schemas.private import Disclosure
from tests.vectors.forge import Members, pack
from tests.vectors.gate_cases import FROM_ABROAD, enrol
from tests.vectors.posts import PAPER, TRANSFER, Post, trust_in
from tests.vectors.setting import CASE, CASES, FILES, Setting, Vector

DUE, LATER, EARLIER = "2026-12-31T00:00:00Z", "2099-01-01T00:00:00Z", "2026-12-01T00:00:00Z"
WORDS, ONCE = "only in case 7", "only once"
NEXT_YEAR, IN_TIME = "2027-11-21T08:00:00Z", "2026-11-20T08:00:00Z"
TERMS, EARLY, UNSEEN = "release.consent-terms", "release.consent-early", "release.condition-unseen"
Terms = list[dict[str, Any]]
Tell = Callable[[Post], Members]


def _limited(due: str | None = DUE, text: str | None = WORDS) -> Terms:
    """Two conditions, one of which has a date, and the other words."""
    destroy = {"before": False, "code": "destroy-after", **({} if due is None else {"due": due})}
    return [destroy, {"before": False, "code": "use-limited", **({} if text is None else {"text": text})}]


def _enter(name: str, comment: str, code: str, tell: Tell, gate: str = "v2") -> None:
    def vector(setting: Setting) -> Vector:
        post = Post(setting.forge.folder, "a", {"b": "XB"}, gate=gate)
        raw = pack(tell(post))
        verdict, step = ("FAILED", 11) if code not in ("", UNSEEN) else ("PASSED", None)
        return Vector(verdict, raw, step, code, trust=trust_in(post))

    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, vector)


def _naming(*others: dict[str, Any], sent: Terms | None = None) -> Tell:
    """A dispatch names the consent with dates and words, and there are other ones."""

    def tell(post: Post) -> Members:
        named = post.consent(conditions=_limited())
        for other in others:
            post.consent(**other)
        post.dispatch(conditions=_limited(due=LATER) if sent is None else sent, consent=named)
        return _home(post)

    return tell


def _carried_on(post: Post) -> Members:
    """What came on terms from the second ledger goes on to a third country with the words of all."""
    enrol(post, "b-ministry", {"country": "XB", "kind": "organisation", "ledger": "b.example/main", "roles": ()})
    enrol(post, "c-police", {"country": "XC", "kind": "organisation", "ledger": "c.example/main", "roles": ()})
    composed = post.world.registration(CASE, "EX-2", actor="examiner-1", files=FILES, foreign=FROM_ABROAD)
    post.forge.add(post.world.sign(composed))
    post.consent("EX-2", recipient="c-police", conditions=_limited(text=ONCE))
    post.consent("EX-2", recipient="c-police", authority="b-ministry", conditions=_limited(), **PAPER)
    post.dispatch(exhibit="EX-2", to="c-police", conditions=_limited(text=f"{WORDS}; {ONCE}"))
    return post.bundle("EX-2", to="c-police", stated={"transfer": TRANSFER})


def _home(post: Post) -> Members:
    return post.bundle("EX-1", to="ministry")


def _send(post: Post, conditions: Terms | None) -> None:
    post.dispatch(conditions=conditions)


def _sent(conditions: Terms, *others: Terms | None) -> Tell:
    """It is sent under conditions, while one consent, and perhaps others, are in force."""

    def tell(post: Post) -> Members:
        for wanted in (_limited(), *others):
            post.consent(conditions=wanted)
        _send(post, conditions)
        return _home(post)

    return tell


def _revoked_before(post: Post) -> Members:
    """What was consented to more freely was taken back, before a consent with words took its place."""
    freely = post.consent()
    post.annotate("consent.revoked", {"manner": "key", "reason": "error"}, event=freely, actor="official-1")
    post.consent(conditions=_limited())
    _send(post, _limited(due=None))
    return _home(post)


def _revoked_since(post: Post) -> Members:
    kept = post.consent(conditions=_limited())
    _send(post, _limited())
    post.annotate("consent.revoked", {"manner": "key", "reason": "error"}, event=kept, actor="official-1")
    return _home(post)


def _eased_and_revoked_since(post: Post) -> Members:
    kept = post.consent(conditions=_limited())
    _send(post, _limited(due=LATER))
    post.annotate("consent.revoked", {"manner": "key", "reason": "error"}, event=kept, actor="official-1")
    return _home(post)


def _consented_since(post: Post) -> Members:
    post.consent()
    _send(post, None)
    post.consent(conditions=_limited())
    return _home(post)


def _over(post: Post) -> Members:
    """A consent that had ended binds nobody any more, nor does it free anybody."""
    post.consent(valid_until="2026-11-21T08:00:00Z")
    post.consent(conditions=_limited())
    _send(post, _limited(text="in any case"))
    return _home(post)


def _hidden(post: Post) -> Members:
    post.consent(conditions=_limited())
    _send(post, _limited(text="in any case"))
    kept: list[Disclosure] = post.forge.disclosures
    post.forge.disclosures = [item for item in kept if not item.path.startswith("/details/conditions/")]
    return _home(post)


def _two_sides(post: Post) -> Members:
    """Of two consents this country's is kept, and that of the ledger where it came from isn't."""
    enrol(post, "b-ministry", {"country": "XC", "kind": "organisation", "ledger": "b.example/main", "roles": ()})
    composed = post.world.registration(CASE, "EX-2", actor="examiner-1", files=FILES, foreign=FROM_ABROAD)
    post.forge.add(post.world.sign(composed))
    enrol(post, "c-police", {"country": "XC", "kind": "organisation", "ledger": "c.example/main", "roles": ()})
    post.consent("EX-2", recipient="c-police")
    post.consent("EX-2", recipient="c-police", authority="b-ministry", conditions=_limited(), **PAPER)
    post.dispatch(exhibit="EX-2", to="c-police", conditions=_limited(due=LATER))
    return post.bundle("EX-2", to="c-police", stated={"transfer": TRANSFER})


_enter("terms-kept", "It is sent with the dates and the words of the consent.", "", _sent(_limited()))
_enter("terms-stricter", "It is sent with an earlier date.", "", _sent(_limited(EARLIER)))
_enter("terms-in-more-words", "It is sent with more words than the consent's, which may say anything.", TERMS,
       _sent(_limited(text=f"{WORDS} or in any other")))  # fmt: skip
_enter("terms-in-the-words-of-two", "It is sent with the words of two consents.", "",
       _sent(_limited(text=f"{WORDS}; {ONCE}"), _limited(text=ONCE)))  # fmt: skip
_enter("terms-in-the-words-of-another", "It is sent with the words of one consent of two alone, which is enough.", "",
       _sent(_limited(text=ONCE), _limited(text=ONCE)))  # fmt: skip
_enter("terms-of-a-later-date", "It is sent with a later date than the consent's.", TERMS, _sent(_limited(due=LATER)))
_enter("terms-without-a-date", "It is sent without the date of the consent.", TERMS, _sent(_limited(due=None)))
_enter("terms-in-other-words", "It is sent in other words than the consent's.", TERMS,
       _sent(_limited(text="in any case")))  # fmt: skip
_enter("terms-without-words", "It is sent without the words of the consent.", TERMS, _sent(_limited(text=None)))
_enter("terms-in-hidden-words", "Whether it is sent in other words isn't shown: a note.", UNSEEN, _hidden)
_enter("terms-of-one-consent-of-two", "Another consent of this country is kept, and one is enough.", "",
       _sent(_limited(due=LATER), _limited(due=LATER)))  # fmt: skip
_enter("terms-of-a-freer-consent", "Another consent of this country wants nothing.", "",
       _sent(_limited(due=None), None))  # fmt: skip
_enter("terms-of-no-consent-of-two", "Neither of two consents of this country is kept.", TERMS,
       _sent(_limited(due=LATER), _limited(due=EARLIER)))  # fmt: skip
_enter("terms-of-a-consent-that-was-revoked", "A freer consent had been revoked before.", TERMS, _revoked_before)
_enter("terms-of-a-consent-revoked-since", "The consent is revoked after it was kept.", "", _revoked_since)
_enter("terms-eased-and-revoked-since", "The consent is revoked after it was not kept.", TERMS,
       _eased_and_revoked_since)  # fmt: skip
_enter("terms-of-a-later-consent", "A consent that came after the dispatch binds nothing of it.", "",
       _consented_since)  # fmt: skip
_enter("terms-of-a-consent-that-was-over", "A freer consent had ended before.", TERMS, _over)
_enter("terms-of-the-other-side", "The words of where it came from are not kept.", TERMS, _two_sides)
_enter("terms-of-a-later-date-before", "A ledger from before asked nothing of dates.", "",
       _sent(_limited(due=LATER)), gate="v1")  # fmt: skip


FREE, BARRED = {"conditions": None}, {"conditions": [{**item, "before": True} for item in _limited(due=LATER)]}
_enter("terms-of-the-named-consent", "It is sent with the dates and the words of the consent that it names.", "",
       _naming(FREE, sent=_limited()))  # fmt: skip
_enter("terms-of-another-than-the-named-consent", "It is sent as a freer consent has it than the one that it names.",
       TERMS, _naming(FREE))  # fmt: skip
_enter("terms-of-a-consent-with-an-open-condition", "A consent whose condition wasn't met frees nobody.", TERMS,
       _sent(_limited(due=LATER), *[BARRED["conditions"]]))  # fmt: skip
_enter("terms-of-all-sides", "It is sent with the words of this country and of where it came from.", "", _carried_on)


def _passed_on(name: str, comment: str, code: str, sent: Terms | None, *, to: str = "c-police") -> None:
    """What came under conditions, and may go on freely, goes on."""

    def vector(setting: Setting) -> Vector:
        folder = setting.forge.folder
        a, b = Post(folder, "a", {"b": "XB"}), Post(folder, "b", {"a": "XA", "c": "XC"}, is_holding=False, gate="v2")
        b.accept(a, a.parcel(conditions=_limited(), onward="allowed"), conditions=_limited(), onward="allowed")
        b.consent(onward="allowed", recipient=to)
        b.dispatch(conditions=sent, onward="allowed", to=to)
        raw = pack(b.bundle("EX-1", to=to, stated={"transfer": TRANSFER}))
        return Vector("FAILED" if code else "PASSED", raw, 11 if code else None, code, trust=trust_in(a, b))

    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, vector)


_passed_on("terms-passed-on", "What it came under goes on with it.", "", _limited())
_passed_on("terms-passed-on-without-one", "One of the conditions under which it came doesn't go on with it.", TERMS,
           _limited()[:1])  # fmt: skip
_passed_on("terms-passed-on-in-other-words", "What it came under goes on in other words.", TERMS,
           _limited(text="in any case"))  # fmt: skip
_passed_on("terms-given-back", "To where it came from it goes back under nothing.", "", None, to="a-police")


# Consents of a day to come


def _issued(at: str) -> Tell:
    def tell(post: Post) -> Members:
        post.consent(issued_at=at)
        return post.bundle("EX-1")

    return tell


_enter("consent-of-next-year", "A consent that is issued next year lets nothing go today.", EARLY, _issued(NEXT_YEAR))
_enter("consent-of-this-morning", "A consent that was issued before.", "", _issued(IN_TIME))
_enter("consent-of-next-year-before", "A ledger from before asked nothing of when it is issued.", "",
       _issued(NEXT_YEAR), gate="v1")  # fmt: skip
