"""Steps 7, 9 and 11: what comes back over a border, what leaves under the gate, and two pasts in one bundle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from schemas.event import About
from schemas.trust import Trust
from tests.vectors.forge import Members, pack
from tests.vectors.posts import DISPATCH, PAPER, TRANSFER, WAY_BACK, Post, trust_in
from tests.vectors.request_cases import DRAFT, RECEIVED, SENT, border_case
from tests.vectors.setting import CASES, Setting, Vector
from tests.vectors.transfer_cases import RECALLED, RECEIPT, Road

Build = Callable[[Post], Members]
Tell = Callable[[Setting], Vector]


def _enter(name: str, comment: str, tell: Tell) -> None:
    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, tell)


# Requests on which a consent rests


def _resting(*, is_withdrawn: bool) -> Build:
    """A consent that rests on a request, a dispatch that says nothing of it, and a bundle for one's own ministry."""

    def build(post: Post) -> Members:
        post.event("request.drafted", DRAFT)
        post.event("request.sent", SENT)
        post.consent(request="req-1")
        if is_withdrawn:
            post.event("request.withdrawn", {"reason": "settled", "request": "req-1"})
        post.dispatch()
        return post.bundle("EX-1", to="ministry", requests=["req-1"])

    return build


border_case("release-without-its-request", "The consent rests on a request of which the dispatch says nothing.",
            "FAILED", 11, "release.consent-request", _resting(is_withdrawn=False))  # fmt: skip
border_case("release-without-its-ended-request", "The same, and the request was withdrawn, which is told first.",
            "FAILED", 11, "release.request-ended", _resting(is_withdrawn=True))  # fmt: skip


# Where somebody is


def _moved(trust: Trust, origin: str, country: str) -> Trust:
    ledgers = tuple(replace(item, country=country) if item.origin == origin else item for item in trust.ledgers)
    return replace(trust, ledgers=ledgers)


def _elsewhere(setting: Setting) -> Vector:
    post = Post(setting.forge.folder, "a", {"b": "XB"})
    post.consent()
    raw = pack(post.bundle("EX-1"))
    other = Post(setting.forge.folder, "b", {}, is_holding=False)
    trust = _moved(trust_in(post, other), "b.example/main", "XC")
    return Vector("FAILED", raw, 11, "lawfulness.country", trust=trust)


def _accepted_elsewhere(setting: Setting) -> Vector:
    """The sender's ledger says XC, and so does the reader; the receiver's own says XB."""
    road = Road(setting)
    road.a = Post(setting.forge.folder / "b", "a", {"b": "XC"})
    road.b.accept(road.a, road.a.parcel())
    raw = pack(road.onward())
    trust = _moved(trust_in(road.a, road.b), "b.example/main", "XC")
    return Vector("FAILED", raw, 11, "inherited.country", trust=trust)


def _two_pasts(setting: Setting) -> Vector:
    """The sender's ledger was forked: each of two exhibits came with another past of one size."""
    road = Road(setting)
    first = road.b.accept(road.a, road.parcel)
    fork = Post(setting.forge.folder / "b", "a", {"b": "XB"})
    second = road.b.accept(fork, fork.parcel(not_sealed="another word"), exhibit="EX-2")
    road.b.consent("EX-1", "EX-2", authority="a-police", recipient="ministry", **PAPER)
    about = [About(exhibit=first), About(exhibit=second)]
    raw = pack(road.b.bundle("EX-1", "EX-2", to="ministry", export={"about": about}))
    return Vector("FAILED", raw, 2, "checkpoint.fork", trust=trust_in(road.a, road.b))


_enter("recipient-in-another-country", "The recipient's ledger is trusted to be in another country.", _elsewhere)
_enter("inherited-other-country", "Sent to one country, accepted in another.", _accepted_elsewhere)
_enter("forked-within", "Two bundles within show two pasts of one ledger.", _two_pasts)


# What comes back


class WayBack:
    """What the first ledger sent, the second took over, and sends back."""

    def __init__(
        self, setting: Setting, *came: tuple[str, Mapping[str, Any]], gate: str | None = None,
        before: Callable[[Post], object] = lambda _: None,
    ) -> None:  # fmt: skip
        self.a = Post(setting.forge.folder, "a", {"b": "XB"}, gate=gate)
        before(self.a)
        self.b = Post(setting.forge.folder, "b", {"a": "XA"}, is_holding=False)
        self.b.accept(self.a, self.a.parcel())
        for type, details in came:
            self.a.act(type, details)
        self.b.consent(recipient="a-police", **PAPER)
        self.b.act("transfer.dispatched", {**DISPATCH, "to": "a-police", "transfer": WAY_BACK})
        self.back = self.b.bundle("EX-1", to="a-police", stated={"transfer": WAY_BACK})


Taken = Callable[[WayBack], object]
ACCEPTED, RECALL = ("transfer.receipt", RECEIPT), ("transfer.recalled", RECALLED)
REFUSED = ("transfer.receipt", {**RECEIPT, "outcome": "refused"})


def _back(
    name: str, comment: str, verdict: str, step: int | None, code: str, taken: Taken, *came: Any,
    edit: Callable[[Members], None] | None = None,
) -> None:  # fmt: skip
    def tell(setting: Setting) -> Vector:
        way = WayBack(setting, *came)
        taken(way)
        raw = pack(way.a.bundle("EX-1", to="ministry", edit_payload=edit))
        return Vector(verdict, raw, step, code, trust=trust_in(way.a, way.b))

    _enter(name, comment, tell)


def _plainly(**changes: Any) -> Taken:
    return lambda way: way.a.take_back(way.b, way.back, **changes)


def _drop(members: Members) -> None:
    for name in [name for name in members if name.startswith("data/inherited/")]:
        del members[name]


def _twice(way: WayBack) -> None:
    """It is sent again, and the old way back is taken for the new one."""
    way.a.take_back(way.b, way.back)
    way.a.consent()
    way.a.dispatch(transfer="3f" * 16)
    way.a.act("transfer.receipt", {**RECEIPT, "transfer": "3f" * 16})
    way.a.take_back(way.b, way.back, sent="3f" * 16)


_back("back-home", "It went there and came back, with what happened there.", "PASSED", None, "", _plainly(), ACCEPTED)
_back("back-home-without-its-past", "The bundle with which it came back is left out: a defect.", "PASSED", None,
      "inherited.away", _plainly(), ACCEPTED, edit=_drop)  # fmt: skip
_back("back-home-from-nowhere", "It comes back in another transfer than it was sent.", "FAILED", 9, "inherited.head",
      _plainly(transfer="4f" * 16), ACCEPTED)  # fmt: skip
_back("back-home-before-its-receipt", "It comes back before its receipt did.", "PASSED", None, "", _plainly())
_back("back-home-after-a-recall", "It was recalled, accepted all the same, and comes back: a defect.", "PASSED", None,
      "defect.returned-after-recall", _plainly(), RECALL)  # fmt: skip
_back("back-home-after-a-refusal", "It was refused, accepted all the same, and comes back: a defect.", "PASSED",
      None, "defect.returned-after-recall", _plainly(), REFUSED)  # fmt: skip
_back("rule-back-from-another-way", "A return names another transfer than it left under.", "FAILED", 7,
      "rule.transfer-other", _plainly(sent="4f" * 16), ACCEPTED)  # fmt: skip
_back("rule-back-unsaid-after-a-recall", "A return after a recall that doesn't say which.", "FAILED", 7,
      "rule.transfer-other", _plainly(sent=None), RECALL)  # fmt: skip
_back("rule-back-twice", "One way back is taken for two.", "FAILED", 7, "rule.transfer-twice", _twice, ACCEPTED)


def _paper_back(name: str, comment: str, gate: str, code: str, *, by_bundle: bool = True, again: bool = False) -> None:
    """What the second ledger accepted is taken back on paper alone, and comes back from there, or goes out again."""

    def tell(setting: Setting) -> Vector:
        way = WayBack(setting, gate=gate)
        paper = {"document": "ab" * 32, "from": "b-police", "sent": TRANSFER, "transfer": "5f" * 16}
        way.a.act("transfer.returned", paper)
        if by_bundle:
            way.a.take_back(way.b, way.back)
        if again:
            way.a.act("transfer.returned", {**paper, "transfer": "6f" * 16})
        raw = pack(way.a.bundle("EX-1", to="ministry"))
        step = 7 if code.startswith("rule.") else None
        return Vector("FAILED" if step else "PASSED", raw, step, code, trust=trust_in(way.a, way.b))

    _enter(name, comment, tell)


_paper_back("back-home-on-paper", "It comes back on paper alone: a defect.", "v2", "defect.paper-alone",
            by_bundle=False)  # fmt: skip
_paper_back("back-home-on-paper-and-by-bundle", "It comes back on paper first, then from the ledger that held it.",
            "v2", "defect.returned-after-recall")  # fmt: skip
_paper_back("rule-back-home-on-paper-and-by-bundle", "A ledger from before didn't know what was still away.", "v1",
            "rule.state")  # fmt: skip
_paper_back("back-home-on-paper-twice", "It comes back on paper, and once more: two defects.", "v2",
            "defect.returned-after-recall", by_bundle=False, again=True)  # fmt: skip
_paper_back("rule-back-home-by-bundle-and-on-paper", "What came back by a bundle isn't away any more.", "v2",
            "rule.state", again=True)  # fmt: skip


def _never_away(post: Post) -> Members:
    post.act("transfer.returned", {"document": "ab" * 32, "from": "b-police", "sent": TRANSFER, "transfer": WAY_BACK})
    return post.bundle("EX-1", to="ministry")


border_case("rule-back-and-never-away", "An exhibit comes back that never left.", "FAILED", 7, "rule.state",
            _never_away)  # fmt: skip


def _again(setting: Setting) -> Vector:
    """It comes back, is sent again and accepted again under a number of its own: names stay what they were."""
    way = WayBack(setting, ACCEPTED)
    way.a.take_back(way.b, way.back)
    way.a.consent()
    way.a.dispatch(transfer="3f" * 16)
    parcel = way.a.bundle("EX-1", stated={"transfer": "3f" * 16})
    head = way.b.accept(way.a, parcel, exhibit="EX-2", transfer="3f" * 16)
    way.b.consent("EX-2", authority="a-police", recipient="ministry", **PAPER)
    raw = pack(way.b.bundle("EX-2", to="ministry", export={"about": [About(exhibit=head)]}))
    return Vector("PASSED", raw, None, "", trust=trust_in(way.a, way.b))


_enter("there-and-back-and-there", "It crosses one border three times.", _again)


# Under the gate


def _gated(
    name: str, comment: str, verdict: str, step: int | None, code: str, build: Build, *, gate: str | None = "v2"
) -> None:
    def tell(setting: Setting) -> Vector:
        post = Post(setting.forge.folder, "a", {"b": "XB"}, gate=gate)
        raw = pack(build(post))
        return Vector(verdict, raw, step, code, trust=trust_in(post))

    _enter(name, comment, tell)


def _leaving(type: str, details: Mapping[str, Any], *, consent: bool = False) -> Build:
    def build(post: Post) -> Members:
        if consent:
            post.consent()
        post.act(type, details, **({"registrar": "registrar-1"} if type == "exhibit.disposed" else {}))
        return post.bundle("EX-1", to="ministry")

    return build


def _to_nobody(post: Post) -> Members:
    return post.bundle("EX-1", stated={"to": None})


def _asked_and_sent_to_nobody(post: Post, **last: Any) -> Members:
    """An earlier export names a request, and nobody to whom it goes; what comes after carries the request."""
    post.event("request.received", RECEIVED)
    post.bundle("EX-1", requests=["req-1"], stated={"to": None})
    return post.bundle("EX-1", **last)


def _letter_to_nobody(post: Post) -> Members:
    post.event("request.drafted", DRAFT)
    return post.bundle(requests=["req-1"], stated={"to": None})


CARRIED = {"carrier": "courier-1", "place": "Room 5"}
LENT = {"reason": "trial", "terms": "lent", "to": "court"}
GIVEN_BACK = {"authority": "court", "manner": "returned-to-owner"}
UNNAMED, UNKNOWN, MISSING = (
    "release.destination-unnamed", "release.recipient-unknown", "release.consent-missing",
)  # fmt: skip
_gated("gate-export-to-nobody", "Under the gate an export names nobody on record.", "FAILED", 11,
       "release.recipient-unnamed", _to_nobody)  # fmt: skip
_gated("gate-export-to-nobody-of-a-request", "So did an earlier one, which names a request: that is carried.", "FAILED",
       11, "release.recipient-unnamed",
       lambda post: _asked_and_sent_to_nobody(post, stated={"to": None}))  # fmt: skip
_gated("gate-export-to-nobody-of-a-request-before", "An earlier one did, and a reader of this country sees it.",
       "FAILED", 11, "release.recipient-unnamed",
       lambda post: _asked_and_sent_to_nobody(post, to="ministry"))  # fmt: skip
_gated("gate-export-to-nobody-of-a-request-abroad", "An earlier one did, and a reader abroad doesn't.", "FAILED", 11,
       "release.recipient-unnamed", _asked_and_sent_to_nobody)  # fmt: skip
_gated("gate-letter-to-nobody", "Under the gate a letter too says to whom it goes.", "FAILED", 11,
       "release.recipient-unnamed", _letter_to_nobody)  # fmt: skip
_gated("letter-to-nobody-before-the-gate", "A letter of a ledger from before the gate need not say to whom it goes.",
       "PASSED", None, "", _letter_to_nobody, gate=None)  # fmt: skip
for _name, _type, _details in (
    ("carried", "custody.moved", CARRIED), ("lent", "exhibit.released", LENT),
    ("given-back", "exhibit.disposed", GIVEN_BACK),
):  # fmt: skip
    _gated(f"gate-{_name}-to-nowhere", f"Under the gate it is {_name}, and nobody says where to.", "FAILED", 11,
           UNNAMED, _leaving(_type, _details))  # fmt: skip
    _gated(f"gate-{_name}-abroad", f"It is {_name} to police abroad without consent.", "FAILED", 11, MISSING,
           _leaving(_type, {**_details, "to_agent": "b-police"}))  # fmt: skip
_gated("gate-lent-abroad-with-consent", "It is lent to police abroad, with the ministry's consent.", "PASSED", None, "",
       _leaving("exhibit.released", {**LENT, "to_agent": "b-police"}, consent=True))  # fmt: skip
_gated("gate-lent-at-home", "It is lent to somebody in the country.", "PASSED", None, "",
       _leaving("exhibit.released", {**LENT, "to_country": "XA"}))  # fmt: skip
_gated("gate-lent-to-a-country", "It is lent abroad, and nobody says to whom.", "FAILED", 11, UNKNOWN,
       _leaving("exhibit.released", {**LENT, "to_country": "XB"}))  # fmt: skip
_gated("gate-lent-to-two-countries", "It is lent to an agent at home, and to a country abroad.", "FAILED", 11, MISSING,
       _leaving("exhibit.released", {**LENT, "to_agent": "ministry", "to_country": "XB"}))  # fmt: skip
_gated("gate-destroyed", "What is destroyed goes nowhere.", "PASSED", None, "",
       _leaving("exhibit.disposed", {"authority": "court", "manner": "destroyed"}))  # fmt: skip
_gated("lent-before-the-gate", "A ledger from before the gate need not say where to.", "PASSED", None, "",
       _leaving("exhibit.released", LENT), gate=None)  # fmt: skip
_gated("lent-abroad-before-the-gate", "Such a ledger says it all the same, without consent.", "FAILED", 11, MISSING,
       _leaving("exhibit.released", {**LENT, "to_agent": "b-police"}), gate=None)  # fmt: skip
