"""Steps 9 and 12: under which names, seals and times something passes from one ledger to another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from schemas import layout
from schemas.text import parse_time
from tests.vectors.forge import Members, pack
from tests.vectors.posts import PAPER, WAY_BACK, Post, trust_in
from tests.vectors.return_cases import Round
from tests.vectors.setting import CASE, CASES, Setting, Vector

NAMES, SEAL, CONTENT, OTHER = "inherited.names", "inherited.seal", "inherited.content", "defect.seal-other"
CORRECTED, UNSEEN = "inherited.corrected", "inherited.unseen"
PHONE = {"identifiers": "IMEI 111", "kind": "phone", "nature": "object"}
NO_FILES = {"bytes": 0, "count": 0, "root": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}
INTACT = {"intact": True, "seal": "S-1"}
EXAMINED = ("exhibit.examined", {"purpose": "search"})
Act = tuple[str, Mapping[str, Any]]


def _put(name: str, comment: str, vector: Callable[[Setting], Vector]) -> None:
    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, vector)


class _Passage:
    """Something goes from the first ledger to the second, and a bundle of it to a ministry there."""

    def __init__(self, setting: Setting, gate: str | None = "v2") -> None:
        folder = setting.forge.folder
        self.a = Post(folder, "a", {"b": "XB"}, is_holding=False, gate=gate)
        self.b = Post(folder, "b", {"a": "XA"}, is_holding=False, gate=gate)

    def register(self, **details: Any) -> None:
        self.a.forge.add(self.a.world.sign(self.a.world.registration(CASE, "EX-1", actor="examiner-1", **details)))

    def read(self, hidden: Sequence[str] = ()) -> bytes:
        """What the ministry gets; the values of the second ledger at some paths are withheld."""
        self.b.consent(authority="a-police", recipient="ministry", **PAPER)
        known = self.b.forge
        known.disclosures = [item for item in known.disclosures if item.path not in hidden]
        return pack(self.b.bundle("EX-1", to="ministry"))


# Names


def _item(number: str) -> dict[str, Any]:
    asset = {"custody": "platform", "platform": {"collection": "Art", "number": number, "platform": "shop"}}
    return {"asset": asset, "content": NO_FILES, "kind": "collectible", "nature": "asset"}


def _called(
    name: str, comment: str, code: str, there: Mapping[str, Any], here: Mapping[str, Any], *hidden: str,
    corrected: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """A thing passes; ``corrected`` are its identifiers, by the ledger that corrects them."""

    def vector(setting: Setting) -> Vector:
        way = _Passage(setting)
        way.register(**there)
        if corrected and "a" in corrected:
            _correct(way.a, corrected["a"], way.a.story("EX-1")[0].event.hash, "identifiers")
        accepted = way.b.accept(way.a, way.a.parcel(), **{"content": None, **here})
        if corrected and "b" in corrected:
            _correct(way.b, corrected["b"], accepted, "identifiers")
        raw, is_failed = way.read(hidden), code == CONTENT
        return Vector("FAILED" if is_failed else "PASSED", raw, 9 if is_failed else None, code,
                      trust=trust_in(way.a, way.b))  # fmt: skip

    _put(f"inherited-{name}", comment, vector)


UNNAMED = {key: value for key, value in PHONE.items() if key != "identifiers"}
_called("names", "A thing is accepted under the number under which it was sent.", "", PHONE, PHONE)
_called("names-other", "A thing is accepted under another number than it was sent: a defect.", NAMES, PHONE,
        {**PHONE, "identifiers": "IMEI 112"})  # fmt: skip
_called("names-hidden", "Under which number it was accepted is withheld: a note.", UNSEEN, PHONE,
        {**PHONE, "identifiers": "IMEI 112"}, "/details/identifiers")  # fmt: skip
_called("names-lost", "A thing is accepted without the number under which it was sent: a defect.", NAMES, PHONE,
        UNNAMED)  # fmt: skip
_called("names-new", "A thing is accepted with a number, and was sent without one.", "", UNNAMED, PHONE)
_called("kind", "A phone is accepted as a computer of the same number: a note.", "inherited.kind", PHONE,
        {**PHONE, "kind": "computer"})  # fmt: skip
MISTYPED = {**PHONE, "identifiers": "IMEI 11l"}
_called("names-corrected-there", "Its sender mistyped the number, and corrected it.", "", MISTYPED, PHONE,
        corrected={"a": "IMEI 111"})  # fmt: skip
_called("names-added-there", "Its sender added the number.", "", UNNAMED, PHONE, corrected={"a": "IMEI 111"})
_called("names-added-there-and-lost", "Its sender added the number, and it is accepted without: a defect.", NAMES,
        UNNAMED, UNNAMED, corrected={"a": "IMEI 111"})  # fmt: skip
_called("names-corrected", "Its receiver mistyped the number, and corrected it: a note.", CORRECTED, PHONE, MISTYPED,
        corrected={"b": "IMEI 111"})  # fmt: skip
_called("names-corrected-to-another", "Its receiver corrects the number to another one: a defect.", NAMES, PHONE, PHONE,
        corrected={"b": "IMEI 112"})  # fmt: skip
_called("names-corrected-and-withheld", "To what its receiver corrected the number is withheld: a defect.", NAMES,
        PHONE, MISTYPED, "/details/value", corrected={"b": "IMEI 111"})  # fmt: skip
_called("names-of-an-item", "An item of a platform is accepted as what was sent.", "", _item("1"), _item("1"))
_called("names-of-another-item", "Another item of the platform is accepted than was sent.", CONTENT, _item("1"),
        _item("2"))  # fmt: skip
_called("names-of-another-kind", "An account is accepted for an item of a platform: a defect.", NAMES, _item("1"),
        {**_item("1"), "asset": {"account": "eip155:1:0x" + "ab" * 20, "custody": "self-hosted"}})  # fmt: skip


# Seals


def _sealed(
    name: str, comment: str, code: str, *acts: Act, sent: str | None = "S-1", seen: Mapping[str, Any] | None = INTACT,
    gate: str = "v2", corrected: Sequence[tuple[str, str]] = (), hidden: Sequence[str] = (),
) -> None:  # fmt: skip
    """It is sealed, sent under a seal, accepted under one, and perhaps these numbers are corrected."""

    def vector(setting: Setting) -> Vector:
        way = _Passage(setting, gate)
        way.register()
        way.a.act("exhibit.sealed", {"seal": "S-1"})
        way.a.consent()
        way.a.dispatch(seal=sent, not_sealed=None if sent else "torn")
        dispatched = way.a.story("EX-1")[-1].event.hash
        for where, number in corrected:
            if where == "a":
                _correct(way.a, number, dispatched)
        parcel = way.a.bundle("EX-1")
        accepted = way.b.accept(way.a, parcel, seal=seen, kind="phone", nature="object", content=None)
        for type, details in acts:
            way.b.act(type, details)
        for where, number in corrected:
            if where == "b":
                _correct(way.b, number, accepted)
        raw, is_failed = way.read(hidden), code.startswith("rule.")
        return Vector("FAILED" if is_failed else "PASSED", raw, 7 if is_failed else None, code,
                      trust=trust_in(way.a, way.b))  # fmt: skip

    _put(name, comment, vector)


def _correct(post: Post, number: str, event: str, field: str = "seal") -> None:
    details = {"field": field, "reason": "mistyped", "value": number}
    post.annotate("record.corrected", details, event=event, actor="examiner-1")


UNSEALED = ("exhibit.unsealed", {"intact": True, "reason": "search", "seal": "S-1"})
_sealed("inherited-seal", "It is accepted under the seal under which it was sent, and opened.", "", UNSEALED, EXAMINED)
_sealed("inherited-seal-other", "It is accepted under another seal than it was sent: a defect.", SEAL,
        seen={"intact": True, "seal": "S-9"})  # fmt: skip
_sealed("inherited-seal-of-none", "It was sent without a seal, and accepted under one.", "", sent=None)
_sealed("inherited-seal-corrected", "Its receiver mistyped the number, and corrected it: a note.", CORRECTED,
        seen={"intact": True, "seal": "S-9"}, corrected=[("b", "S-1")])  # fmt: skip
_sealed("inherited-seal-corrected-and-withheld", "To what its receiver corrected the number is withheld: a defect.",
        SEAL, seen={"intact": True, "seal": "S-9"}, corrected=[("b", "S-1")], hidden=["/details/value"])  # fmt: skip
_sealed("inherited-seal-withheld", "Under which seal it was accepted is withheld: a note.", UNSEEN,
        seen={"intact": True, "seal": "S-9"}, hidden=["/details/seal/seal"])  # fmt: skip
_sealed("inherited-seal-corrected-twice", "Its receiver corrected the number, and then again: a defect.", SEAL,
        corrected=[("b", "S-1"), ("b", "S-9")])  # fmt: skip
_sealed("inherited-seal-corrected-there", "Its sender mistyped the number, and corrected it.", "", sent="S-9",
        seen=INTACT, corrected=[("a", "S-1")])  # fmt: skip
_sealed("rule-sealed-on-arrival", "It came under an intact seal, and is examined without having been opened.",
        "rule.seal", EXAMINED)  # fmt: skip
_sealed("sealed-on-arrival-before", "In a ledger from before it wasn't sealed then.", "", EXAMINED, gate="v1")
_sealed("seal-sent-on", "It goes on under the seal under which it came.", "",
        ("custody.moved", {"place": "Room 5", "to_country": "XB"}))  # fmt: skip


def _corrected_in_a_later_bundle(setting: Setting) -> Vector:
    """Its sender corrects the number before it is packed, and once more before a second exhibit is."""
    way = _Passage(setting)
    way.register()
    way.a.act("exhibit.sealed", {"seal": "S-1"})
    way.a.forge.add(way.a.world.sign(way.a.world.registration(CASE, "EX-2", actor="examiner-1")))
    way.a.consent("EX-1", "EX-2")
    way.a.dispatch(seal="S-9", not_sealed=None)
    sent = way.a.story("EX-1")[-1].event.hash
    way.a.dispatch(exhibit="EX-2")
    at = way.a.story("EX-2")[-1].event.event.occurred_at
    _correct(way.a, "S-8", sent)
    thing: dict[str, Any] = {"content": None, "kind": "phone", "nature": "object"}
    way.b.accept(way.a, way.a.bundle("EX-1"), seal={"intact": True, "seal": "S-1"}, **thing)
    _correct(way.a, "S-1", sent)
    members = way.a.bundle("EX-1", "EX-2")
    way.b.accept(way.a, members, exhibit="EX-2", foreign=way.a.foreign(members, "EX-2"), sent_at=at, **thing)
    way.b.consent("EX-1", "EX-2", authority="a-police", recipient="ministry", **PAPER)
    raw = pack(way.b.bundle("EX-1", "EX-2", to="ministry"))
    return Vector("PASSED", raw, None, OTHER, trust=trust_in(way.a, way.b))


_put("inherited-seal-corrected-in-a-later-bundle", "Its sender corrected the number once more, in a later bundle.",
     _corrected_in_a_later_bundle)  # fmt: skip


def _sent_under(name: str, comment: str, code: str, seal: str, *corrected: str) -> None:
    def vector(setting: Setting) -> Vector:
        post = Post(setting.forge.folder, "a", {"b": "XB"}, gate="v2")
        post.act("exhibit.sealed", {"seal": "S-1"})
        sealed = post.story("EX-1")[-1].event.hash
        post.dispatch(to="ministry", seal=seal, not_sealed=None)
        for number in corrected:
            _correct(post, number, sealed)
        return Vector("PASSED", pack(post.bundle("EX-1", to="ministry")), None, code, trust=trust_in(post))

    _put(name, comment, vector)


_sent_under("seal-other-when-sent", "It was sent under another seal than was put on: a defect.", OTHER, "S-7")
_sent_under("seal-as-corrected-when-sent", "Its number was mistyped when it was put on, and corrected.", "", "S-7",
            "S-7")  # fmt: skip
_sent_under("seal-other-than-corrected", "Its number was corrected to another one: a defect.", OTHER, "S-1", "S-8")


def _corrected_without_a_seal(setting: Setting) -> Vector:
    """Of the registration, which names no seal, one is corrected."""
    post = Post(setting.forge.folder, "a", {"b": "XB"}, gate="v2")
    _correct(post, "S-9", post.story("EX-1")[0].event.hash)
    post.dispatch(to="ministry", seal="S-1", not_sealed=None)
    return Vector("PASSED", pack(post.bundle("EX-1", to="ministry")), None, "defect.not-sealed", trust=trust_in(post))


_put("seal-corrected-that-is-none", "A seal is corrected where none was put on: that puts none on.",
     _corrected_without_a_seal)  # fmt: skip


def _back(name: str, comment: str, code: str, seal: Mapping[str, Any] | None, *acts: Act, gate: str = "v2") -> None:
    """It comes back under a seal, which its holder abroad had put on."""

    def vector(setting: Setting) -> Vector:
        folder = setting.forge.folder
        a, b = Post(folder, "a", {"b": "XB"}, gate=gate), Post(folder, "b", {"a": "XA"}, is_holding=False, gate=gate)
        b.accept(a, a.parcel())
        b.act("exhibit.sealed", {"seal": "S-1"})
        b.consent(recipient="a-police", **PAPER)
        b.dispatch(to="a-police", transfer=WAY_BACK, seal="S-1", not_sealed=None)
        a.take_back(b, b.bundle("EX-1", to="a-police", stated={"transfer": WAY_BACK}), seal=seal)
        for type, details in acts:
            a.act(type, details)
        raw, is_failed = pack(a.bundle("EX-1", to="ministry")), code.startswith("rule.")
        return Vector("FAILED" if is_failed else "PASSED", raw, 7 if is_failed else None, code, trust=trust_in(a, b))

    _put(name, comment, vector)


_back("back-home-under-a-seal", "It comes back under a seal, and is opened.", "", INTACT, UNSEALED, EXAMINED)
_back("back-home-under-another-seal", "It comes back under another seal than it was sent: a defect.", SEAL,
      {"intact": True, "seal": "S-9"})  # fmt: skip
_back("rule-back-home-under-a-seal", "It comes back under a seal, and is examined without having been opened.",
      "rule.seal", INTACT, EXAMINED)  # fmt: skip
_back("back-home-under-a-seal-before", "In a ledger from before it wasn't sealed then.", "", INTACT, EXAMINED,
      gate="v1")  # fmt: skip


# What lies too deep, and what is too late


def _came_before(setting: Setting) -> Vector:
    """What came from the second ledger went to the third, whose bundle isn't sent on."""
    story = Round(setting, "b")
    story.pass_on("ba", "5f" * 16)
    story.pass_on("ac")
    a = story.posts["a"]
    a.take_back(story.posts["c"], story.send("c", "a", WAY_BACK))

    def edit(members: Members) -> None:
        inner = [name for name in members if name.startswith(layout.INHERITED)]
        del members[max(inner, key=lambda name: len(members[name]))]

    raw = pack(a.bundle("EX-1", to="ministry", edit_payload=edit))
    return story.told("PASSED", raw, None, "inherited.away")


def _at_the_end_of_time(setting: Setting) -> Vector:
    way = _Passage(setting)
    way.register()
    parcel = way.a.parcel()
    way.b.world.at = parse_time("9999-12-31T23:57:00Z")
    way.b.accept(way.a, parcel, kind="phone", nature="object", content=None)
    way.b.world.at = parse_time("9999-12-31T23:57:00Z")
    return Vector("PASSED", way.read(), None, "defect.recorded-ahead", trust=trust_in(way.a, way.b))


_put("back-home-and-here-before", "What came back had come from abroad, with its bundle: a note.", _came_before)
_put("accepted-at-the-end-of-time", "It was accepted in the last minutes of the calendar: a defect.",
     _at_the_end_of_time)  # fmt: skip
