"""Steps 7, 9 and 11: custody that crosses from one ledger to another, and the bundles that travel within bundles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from custody.ledger.compose import Anchor
from schemas import layout
from schemas.event import About
from tests.vectors.forge import Members, pack, retag
from tests.vectors.posts import DISPATCH, PAPER, TRANSFER, Post, strip, trust_in
from tests.vectors.request_cases import Build, border_case
from tests.vectors.setting import CASE, CASES, FILES, Setting, Vector

RECEIPT: dict[str, Any] = {
    "decided_at": "2026-11-21T08:12:00Z", "document": "ab" * 32, "manner": "paper", "outcome": "accepted",
    "transfer": TRANSFER,
}  # fmt: skip
RECALLED = {"reason": "wrong court", "transfer": TRANSFER}
LOST = {"discovered_at": "2026-11-21T13:00:00Z", "reason": "never came", "transfer": TRANSFER}
BACK = {"document": "ab" * 32, "from": "b-police", "transfer": "2f" * 16}
PAPER_ALONE = "defect.paper-alone"
Act = tuple[str, Mapping[str, Any]]


def _enrol_court(post: Post) -> None:
    """A court of this country that keeps no ledger."""
    court = {"agent": "court", "country": "XA", "keys": (), "kind": "organisation", "roles": ("court",)}
    post.event("agent.enrolled", court, actor="registrar-1")


def _enrol_court_abroad(post: Post) -> None:
    court = {"agent": "court", "country": "XB", "keys": (), "kind": "organisation", "roles": ("court",)}
    post.event("agent.enrolled", court, actor="registrar-1")


def _home(
    *acts: Act, sent: Mapping[str, Any] | None = None, actor: str = "examiner-1",
    first: Callable[[Post], object] = lambda _: None,
) -> Build:  # fmt: skip
    """The sender's ledger: what was sent, what came of it, in a bundle that stays at home."""

    def build(post: Post) -> Members:
        first(post)
        post.consent()
        post.dispatch(**(sent or {}))
        for type, details in acts:
            post.act(type, details, actor=actor)
        return post.bundle("EX-1", to="ministry")

    return build


def _rule(name: str, comment: str, code: str, build: Build) -> None:
    border_case(f"rule-{name}", comment, "FAILED", 7, code, build)


def _good(name: str, comment: str, code: str, build: Build) -> None:
    border_case(name, comment, "PASSED", None, code, build)


def _sent_to_its_holder(post: Post) -> Members:
    composed = post.world.registration(CASE, "EX-2", actor="registrar-1", files=FILES)
    post.forge.add(post.world.sign(composed))
    post.act("transfer.dispatched", {**DISPATCH, "to": "registrar-1"}, actor="registrar-1", exhibit="EX-2")
    return post.bundle("EX-2", to="ministry")


def _contested(post: Post) -> Members:
    contested = {"document": "ab" * 32, "reason": "other-transfer"}
    post.event("transfer.contested", contested, anchor=Anchor(about=(post.setting.about(),)))
    return post.bundle("EX-1", to="ministry")


def _explained(post: Post) -> Members:
    post.consent()
    post.dispatch(not_sealed=None)
    known = post.forge.reader().view().exhibit(CASE, "EX-1")
    assert known is not None, "the story registers it"
    told = {"cures": ["defect.not-sealed"], "statement": "no seal at hand"}
    post.annotate("record.explained", told, event=known.head)
    return post.bundle("EX-1", to="ministry")


def _copied(post: Post) -> Members:
    post.act("exhibit.copied", {"copy": "evidentiary", "purpose": "case B"})
    known = post.forge.reader().view().exhibit(CASE, "EX-1")
    assert known is not None, "the story registers it"
    parent = {"case": CASE, "event": known.head, "exhibit": "EX-1"}
    composed = post.world.registration(CASE, "EX-2", actor="examiner-1", files=FILES, derived_from=[parent])
    post.forge.add(post.world.sign(composed))
    post.consent("EX-2")
    post.dispatch(exhibit="EX-2", item="copy")
    return post.bundle("EX-2", stated={"transfer": TRANSFER})


_rule("transfer-to-the-holder", "An exhibit is sent to whoever has it.", "rule.transfer-to", _sent_to_its_holder)
_rule(
    "transfer-of-an-original-as-copy", "An original is sent as a copy.", "rule.transfer-item",
    _home(sent={"item": "copy"}),
)  # fmt: skip
_rule(
    "transfer-receipt-for-another", "The receipt is for another transfer.", "rule.transfer-other",
    _home(("transfer.receipt", {**RECEIPT, "transfer": "2f" * 16})),
)  # fmt: skip
_rule(
    "transfer-recalled-by-another", "Somebody else than its sender recalls it.", "rule.transfer-sender",
    _home(("transfer.recalled", RECALLED), actor="official-1"),
)  # fmt: skip
_rule("transfer-recalled-then-received", "A receipt for what was recalled.", "rule.state",
      _home(("transfer.recalled", RECALLED), ("transfer.receipt", RECEIPT)))  # fmt: skip
_rule("transfer-received-twice", "A receipt moves custody a second time.", "rule.state",
      _home(("transfer.receipt", RECEIPT), ("transfer.receipt", RECEIPT)))  # fmt: skip
_rule("transfer-sealed-on-the-way", "What was dispatched is sealed here.", "rule.state",
      _home(("exhibit.sealed", {"seal": "A-1"})))  # fmt: skip
_good("transfer-dispatched", "An exhibit on its way, with the consent that it needs.", "", lambda post: post.parcel())
_good("transfer-of-a-copy", "A copy is sent, the original stays.", "", _copied)
_good("transfer-received", "The other side took it over.", "", _home(("transfer.receipt", RECEIPT)))
_good("transfer-refused", "The other side didn't take it, and it is on the road back.", "",
      _home(("transfer.receipt", {**RECEIPT, "outcome": "refused"}),
            ("custody.moved", {"place": "Room 5"})))  # fmt: skip
_good("transfer-received-on-paper", "The other side, which keeps a ledger, says so on paper: a defect.", PAPER_ALONE,
      _home(("transfer.receipt", RECEIPT)))  # fmt: skip
_good("transfer-received-from-no-ledger", "The other side, which keeps no ledger, says so on paper.", "",
      _home(("transfer.receipt", RECEIPT), sent={"to": "court"}, first=_enrol_court))  # fmt: skip
_good("transfer-refused-on-paper", "The other side, which keeps a ledger, refuses on paper: a defect.", PAPER_ALONE,
      _home(("transfer.receipt", {**RECEIPT, "outcome": "refused"})))  # fmt: skip
_good("transfer-returned-on-paper", "What comes back from no ledger was sent to one: a defect.", PAPER_ALONE,
      _home(("transfer.returned", {**BACK, "from": "court", "sent": TRANSFER}), first=_enrol_court))  # fmt: skip
_good("transfer-returned-by-another", "It was sent to police abroad, and comes from a court here: a defect.",
      "defect.returned-by-another",
      _home(("transfer.returned", {**BACK, "from": "court", "sent": TRANSFER}), first=_enrol_court))  # fmt: skip
_good("transfer-returned-by-its-colleague", "It comes from another authority of the country to which it was sent.",
      PAPER_ALONE,
      _home(("transfer.returned", {**BACK, "from": "court", "sent": TRANSFER}), first=_enrol_court_abroad))  # fmt: skip
_good("transfer-recalled", "It was recalled before it arrived.", "", _home(("transfer.recalled", RECALLED)))
_good("transfer-lost", "It never came: a defect.", "defect.transfer-lost", _home(("transfer.lost", LOST)))
_good("transfer-returned", "It went there and came back.", "",
      _home(("transfer.receipt", RECEIPT), ("transfer.returned", BACK),
            ("exhibit.sealed", {"seal": "A-1"})))  # fmt: skip
_good("transfer-not-sealed", "An original went unsealed: a defect.", "defect.not-sealed",
      _home(sent={"not_sealed": None}))  # fmt: skip
_good("transfer-explained", "Why an original went unsealed is on record: the defect stays.", "defect.not-sealed",
      _explained)  # fmt: skip
_good("transfer-contested", "A receipt that fits nothing: a defect.", "defect.receipt-contested", _contested)


class Road:
    """Two ledgers; the first one's bundle goes within that of the second."""

    def __init__(self, setting: Setting, **sent: Any) -> None:
        folder = setting.forge.folder
        self.a = Post(folder, "a", {"b": "XB"})
        self.b = Post(folder, "b", {"a": "XA", "c": "XC"}, is_holding=False)
        self.parcel = self.a.parcel(**sent)

    def onward(self, *exhibits: str, **options: Any) -> Members:
        """What the second ledger makes for its own ministry, with the consent of the first one's police."""
        names = exhibits or ("EX-1",)
        self.b.consent(*names, authority="a-police", recipient="ministry", **PAPER)
        return self.b.bundle(*names, to="ministry", **options)


Onward = Callable[[Road], Members]


def _road(name: str, comment: str, verdict: str, step: int | None, code: str, build: Onward, **sent: Any) -> None:
    def vector(setting: Setting) -> Vector:
        road = Road(setting, **sent)
        return Vector(verdict, pack(build(road)), step, code, trust=trust_in(road.a, road.b))

    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, vector)


def _accepted(**changes: Any) -> Onward:
    def build(road: Road) -> Members:
        road.b.accept(road.a, road.parcel, **changes)
        return road.onward()

    return build


def _changed(change: Callable[[Road, Members], None]) -> Onward:
    """After the acceptance, change the outer payload before its export commits to it."""

    def build(road: Road) -> Members:
        road.b.accept(road.a, road.parcel)
        return road.onward(edit_payload=lambda members: change(road, members))

    return build


def _inner(members: Members) -> str:
    return next(name for name in members if name.startswith(layout.INHERITED))


def _put_inside(members: Members, raw: bytes) -> None:
    members[f"{layout.INHERITED}{sha256(raw).hexdigest()}.zip"] = raw


def _take_out(_: Road, members: Members) -> None:
    del members[_inner(members)]


def _swap(road: Road, members: Members) -> None:
    del members[_inner(members)]
    _put_inside(members, strip(road.a.bundle("EX-1", to="ministry")))


def _cut(_: Road, members: Members) -> None:
    raw = members.pop(_inner(members))
    _put_inside(members, raw[: len(raw) // 2])


def _make_newer(_: Road, members: Members) -> None:
    """A record of the inner bundle, which its export says nothing of, is of a newer version."""
    with ZipFile(BytesIO(members.pop(_inner(members)))) as archive:
        inner = {name: archive.read(name) for name in archive.namelist()}
    inner[layout.PROOF] = inner[layout.PROOF].replace(b"custody-proof/v1", b"custody-proof/v2")
    _put_inside(members, pack(retag(inner)))


def _twice(road: Road) -> Members:
    first = road.b.accept(road.a, road.parcel)
    second = road.b.accept(road.a, road.parcel, exhibit="EX-2")
    road.b.consent(authority="a-police", recipient="ministry", **PAPER)
    about = [About(exhibit=first), About(exhibit=second)]
    return road.b.bundle("EX-1", "EX-2", to="ministry", export={"about": about})


def _from_elsewhere(road: Road) -> Members:
    accepted = road.b.accept(road.a, road.parcel, foreign={"ledger": "z.example/main"})
    return road.b.bundle("EX-1", to="ministry", export={"about": [About(exhibit=accepted)]})


def _unnamed(road: Road) -> Members:
    composed = road.b.world.registration(CASE, "EX-9", actor="examiner-1", files=FILES)
    road.b.forge.add(road.b.world.sign(composed))
    inner = strip(road.parcel)
    return road.b.bundle("EX-9", to="ministry", edit_payload=lambda members: _put_inside(members, inner))


def _without_consent(road: Road) -> Members:
    road.b.accept(road.a, road.parcel)
    return road.b.bundle("EX-1", to="ministry")


def _detached(road: Road) -> Members:
    road.b.accept(road.a, road.parcel)
    return road.onward(is_detached=True)


def _copy_of_it(road: Road) -> Members:
    head = road.b.accept(road.a, road.parcel)
    parent = {"case": CASE, "event": head, "exhibit": "EX-1"}
    composed = road.b.world.registration(CASE, "EX-2", actor="examiner-1", files=FILES, derived_from=[parent])
    road.b.forge.add(road.b.world.sign(composed))
    return road.b.bundle("EX-2", to="ministry")


def _never_sent(road: Road) -> Members:
    """The sender's ledger has the exhibit, and never let it go."""
    road.a = Post(road.b.forge.folder, "a", {"b": "XB"})
    road.b.accept(road.a, road.a.bundle("EX-1", to="ministry"))
    return road.onward()


_road("two-ledgers", "Sent by one ledger, accepted by another.", "PASSED", None, "", _accepted())
_road(
    "two-ledgers-free", "Sent and accepted without a condition on handing it on.", "PASSED", None, "",
    lambda road: (road.b.accept(road.a, road.parcel, onward="allowed"), road.b.bundle("EX-1", to="ministry"))[1],
    onward="allowed",
)  # fmt: skip
_road(
    "onward-without-consent", "Handed on without the consent of whoever sent it.", "FAILED", 11,
    "release.consent-missing", _without_consent,
)  # fmt: skip
_road(
    "onward-as-a-copy", "A copy of it is handed on without the consent of whoever sent it.", "FAILED", 11,
    "release.consent-missing", _copy_of_it,
)  # fmt: skip
_road(
    "two-ledgers-detached", "The files of both bundles travel apart.", "INDETERMINATE", 9, "content.absent", _detached,
)  # fmt: skip
_road(
    "rule-transfer-from-another-ledger", "Accepted from a police that keeps another ledger.", "FAILED", 7,
    "rule.transfer-origin", _from_elsewhere,
)  # fmt: skip
_road("rule-transfer-accepted-twice", "One dispatch, accepted under two numbers.", "FAILED", 7, "rule.transfer-twice",
      _twice)  # fmt: skip
_road("inherited-absent", "The bundle with which it came is missing.", "FAILED", 9, "inherited.absent",
      _changed(_take_out))  # fmt: skip
_road("inherited-swapped", "Another bundle of that ledger is in its place.", "FAILED", 9, "inherited.unnamed",
      _changed(_swap))  # fmt: skip
_road("inherited-cut", "The inner bundle is cut in half.", "FAILED", 0, "container.truncated", _changed(_cut))
_road("inherited-newer", "The inner bundle has a record of a newer version.", "INDETERMINATE", 2, "record.version",
      _changed(_make_newer))  # fmt: skip
_road("inherited-unnamed", "A bundle within that no acceptance names.", "FAILED", 9, "inherited.unnamed", _unnamed)
_road("inherited-other-size", "Accepted as of another checkpoint.", "FAILED", 9, "inherited.exhibit",
      _accepted(foreign={"size": 3}))  # fmt: skip
_road("inherited-other-exhibit", "Accepted as another exhibit than the bundle is about.", "FAILED", 9,
      "inherited.exhibit", _accepted(foreign={"exhibit": "EX-7"}))  # fmt: skip
_road("inherited-other-head", "Accepted after another act than the last one there.", "FAILED", 9, "inherited.head",
      _accepted(foreign={"head": "cd" * 32}))  # fmt: skip
_road("inherited-other-transfer", "Accepted in another transfer.", "FAILED", 9, "inherited.head",
      _accepted(transfer="2f" * 16))  # fmt: skip
_road("inherited-not-dispatched", "A bundle of an exhibit that nobody had dispatched.", "FAILED", 9, "inherited.head",
      _never_sent)  # fmt: skip
_road("inherited-other-nature", "Accepted as an object, while data were sent.", "FAILED", 9, "inherited.content",
      _accepted(content=None, nature="object"))  # fmt: skip
_road("inherited-conditions-fell-away", "Accepted as free to hand on, which it wasn't.", "FAILED", 11,
      "inherited.conditions", _accepted(onward="allowed"))  # fmt: skip
_road("inherited-condition-added", "Accepted under a condition that nobody set.", "FAILED", 11,
      "inherited.conditions", _accepted(conditions=[{"before": False, "code": "return"}]))  # fmt: skip


def _for_another(setting: Setting) -> Vector:
    road = Road(setting)
    thief = Post(setting.forge.folder, "c", {"a": "XA"}, is_holding=False)
    thief.accept(road.a, road.parcel)
    thief.consent(authority="a-police", recipient="ministry", **PAPER)
    raw = pack(thief.bundle("EX-1", to="ministry"))
    return Vector("FAILED", raw, 11, "inherited.recipient", trust=trust_in(road.a, thief))


def _believed(posts: str) -> Callable[[Setting], Vector]:
    def vector(setting: Setting) -> Vector:
        road = Road(setting)
        road.b.accept(road.a, road.parcel)
        raw = pack(road.onward())
        trust = trust_in(*(post for post in (road.a, road.b) if post.name in posts))
        return Vector("INDETERMINATE", raw, 2, "checkpoint.unknown-origin", trust=trust)

    return vector


def _broken_before(setting: Setting) -> Vector:
    """The first ledger broke its rules, and the second one's history is without fault."""
    road = Road(setting)
    road.a.act("transfer.receipt", {**RECEIPT, "transfer": "2f" * 16})
    parcel = road.a.bundle("EX-1", to="ministry")
    road.b.accept(road.a, parcel)
    raw = pack(road.onward())
    return Vector("FAILED", raw, 7, "rule.transfer-other", trust=trust_in(road.a, road.b))


def chain(
    length: int, setting: Setting, begin: Callable[[Post], object] = lambda _: None
) -> tuple[list[Post], Members]:
    """So many ledgers, each of which accepts what the one before sent, and sends it on; the first ``begin``s."""
    names = "abcdefghijkl"[:length]
    posts: list[Post] = []
    members: Members = {}
    for place, name in enumerate(names):
        peers = {other: f"X{other.upper()}" for other in names[max(0, place - 1) : place + 2] if other != name}
        post = Post(setting.forge.folder, name, peers, is_holding=not posts)
        if not posts:
            begin(post)
        transfer = f"{place:032x}"
        if posts:
            post.accept(posts[-1], members, onward="allowed", transfer=f"{place - 1:032x}")
        if place == length - 1:
            members = post.bundle("EX-1", to="ministry")
        else:
            recipient = f"{names[place + 1]}-police"
            post.consent(recipient=recipient, onward="allowed")
            post.dispatch(to=recipient, onward="allowed", transfer=transfer)
            members = post.bundle("EX-1", to=recipient, stated={"transfer": transfer})
        posts.append(post)
    return posts, members


def _three(setting: Setting) -> Vector:
    posts, members = chain(3, setting)
    return Vector("PASSED", pack(members), trust=trust_in(*posts))


def _too_deep(setting: Setting) -> Vector:
    posts, members = chain(10, setting)
    return Vector("FAILED", pack(members), 0, "inherited.depth", trust=trust_in(*posts))


CASES["inherited-made-for-another"] = ("A third ledger accepts what was sent to the second.", _for_another)
CASES["inherited-of-an-unknown-ledger"] = ("The reader doesn't know the first ledger.", _believed("b"))
CASES["inherited-with-a-broken-rule"] = ("The inner ledger broke a rule.", _broken_before)
CASES["three-ledgers"] = ("Sent twice, each time accepted.", _three)
CASES["inherited-too-deep"] = ("Nine bundles within each other within the outermost.", _too_deep)
