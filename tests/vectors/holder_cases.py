"""Steps 11 and 12: who abroad becomes the holder of something, and whose country decides what may leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from schemas.trust import Recipient
from schemas.types import UNSET
from tests.vectors.forge import Members, pack
from tests.vectors.gate_cases import FROM_ABROAD, enrol
from tests.vectors.posts import PAPER, Post, trust_in
from tests.vectors.setting import CASE, CASES, FILES, Setting, Vector
from tests.vectors.transfer_cases import BACK, RECEIPT

HOLDER, MISSING, COUNTRY = "release.holder-abroad", "release.consent-missing", "lawfulness.country"
EXAMINER = {"roles": ("examiner",)}
Tell = Callable[[Post], Members]


def _enter(
    name: str, comment: str, verdict: str, code: str, tell: Tell, *, gate: str = "v2", is_known: bool = False
) -> None:
    """Enter a case; ``is_known`` where its reader believes the second ledger too, which is in ``XB``."""

    def vector(setting: Setting) -> Vector:
        folder = setting.forge.folder
        post = Post(folder, "a", {"b": "XB", "c": "XC"}, gate=gate)
        raw = pack(tell(post))
        posts = (post, Post(folder, "b", {"a": "XA"})) if is_known else (post,)
        return Vector(verdict, raw, 11 if verdict == "FAILED" else None, code, trust=trust_in(*posts))

    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, vector)


def _register(post: Post, exhibit: str, **details: Any) -> None:
    actor = details.pop("actor", "examiner-1")
    composed = post.world.registration(CASE, exhibit, actor=actor, files=FILES, **details)
    post.forge.add(post.world.sign(composed))


# Who registers


def _by(person: Mapping[str, Any], unit: Mapping[str, Any] | None = None, **details: Any) -> Tell:
    """Somebody registers EX-2, which may be the same as EX-1 or come from elsewhere."""

    def tell(post: Post) -> Members:
        enrol(post, "keeper", {**EXAMINER, **person})
        more: dict[str, Any] = {}
        if unit is not None:
            enrol(post, "depot", {"kind": "unit", "members": ["keeper"], "roles": (), **unit})
            more = {"on_behalf_of": {"keeper": "depot"}}
        _register(post, "EX-2", actor="keeper", **details, **more)
        return post.bundle("EX-2", "EX-1", to="registrar-1")

    return tell


SAME: dict[str, Any] = {"same_object_as": ({"case": CASE, "exhibit": "EX-1"},)}
_enter("gate-registered-abroad-again", "Somebody abroad registers anew what is here.", "FAILED", HOLDER,
       _by({"country": "XB"}, **SAME))  # fmt: skip
_enter("gate-registered-abroad-for-a-unit", "Somebody here registers it anew for a unit abroad.", "FAILED", HOLDER,
       _by({"country": "XA"}, {"country": "XB"}, **SAME))  # fmt: skip
_enter("gate-registered-with-another-ledger", "So does somebody of no country, who keeps another ledger.", "FAILED",
       HOLDER, _by({"ledger": "b.example/main"}, **SAME))  # fmt: skip
_enter("gate-registered-at-home-again", "Somebody here registers anew what is here.", "PASSED", "",
       _by({"country": "XA"}, **SAME))  # fmt: skip
_enter("gate-registered-abroad-for-the-first-time", "Somebody abroad registers what came from nowhere.", "PASSED", "",
       _by({"country": "XB"}))  # fmt: skip
_enter("gate-v1-registered-abroad-again", "A ledger from before asked nothing of that.", "PASSED", "",
       _by({"country": "XB"}, **SAME), gate="v1")  # fmt: skip


# Who takes back


def _back(person: Mapping[str, Any], unit: Mapping[str, Any] | None = None) -> Tell:
    """What was sent to the second ledger comes back, and another registrar takes it."""

    def tell(post: Post) -> Members:
        enrol(post, "keeper", {"roles": ("registrar",), **person})
        more: dict[str, Any] = {}
        if unit is not None:
            enrol(post, "depot", {"kind": "unit", "members": ["keeper"], "roles": (), **unit})
            more = {"on_behalf_of": {"keeper": "depot"}}
        post.consent()
        post.dispatch()
        post.act("transfer.receipt", RECEIPT)
        post.act("transfer.returned", BACK, actor="keeper", **more)
        return post.bundle("EX-1", to="registrar-1")

    return tell


_enter("gate-returned-abroad", "Somebody abroad takes back what was sent, and holds it there.", "FAILED", HOLDER,
       _back({"country": "XC"}))  # fmt: skip
_enter("gate-returned-abroad-to-a-unit", "Somebody here takes it back for a unit abroad.", "FAILED", HOLDER,
       _back({"country": "XA"}, {"country": "XC"}))  # fmt: skip
_enter("gate-returned-to-another-ledger", "So does a unit of no country, of another ledger.", "FAILED", HOLDER,
       _back({}, {"ledger": "c.example/main"}))  # fmt: skip
_enter("gate-returned-home", "Somebody here takes back what was sent.", "PASSED", "", _back({"country": "XA"}))
_enter("gate-v1-returned-abroad", "A ledger from before asked nothing of who takes it back.", "PASSED", "",
       _back({"country": "XC"}), gate="v1")  # fmt: skip


# What binds


def _as_bound(post: Post) -> Members:
    """A paper lets something from abroad go, and nothing that which is the same under another number."""
    enrol(post, "b-ministry", {"country": "XB", "kind": "organisation", "ledger": "b.example/main", "roles": ()})
    _register(post, "EX-2", foreign=FROM_ABROAD)
    post.consent("EX-2", authority="b-ministry", recipient="ministry", **PAPER)
    _register(post, "EX-3", same_object_as=({"case": CASE, "exhibit": "EX-2"},))
    return post.bundle("EX-2", "EX-3", to="ministry")


def _to(recipient: str, **authority: Any) -> Tell:
    """A paper of an authority lets EX-2, which came from the second ledger, go."""

    def tell(post: Post) -> Members:
        enrol(post, "b-ministry", {"kind": "organisation", "roles": (), "ledger": "b.example/main", **authority})
        _register(post, "EX-2", foreign=FROM_ABROAD)
        post.consent("EX-2", authority="b-ministry", recipient=recipient, **PAPER)
        return post.bundle("EX-2", to=recipient)

    return tell


_enter("gate-bound-as-what-it-is", "What is the same as something from abroad is bound as that is.", "FAILED", MISSING,
       _as_bound)  # fmt: skip
_enter("gate-v1-bound-as-what-it-is", "A ledger from before didn't bind it.", "PASSED", "", _as_bound, gate="v1")
_enter("gate-one-paper-for-two", "One paper stands for this country and for where the exhibit came from.", "FAILED",
       MISSING, _to("c-police", country="XA"))  # fmt: skip
_enter("gate-v1-one-paper-for-two", "A ledger from before took one for both.", "PASSED", "",
       _to("c-police", country="XA"), gate="v1")  # fmt: skip
_enter("gate-paper-of-another-country", "On record the authority is elsewhere than its ledger is trusted to be.",
       "FAILED", COUNTRY, _to("ministry", country="XC"), is_known=True)  # fmt: skip
_enter("gate-paper-of-its-country", "On record the authority is where its ledger is trusted to be.", "PASSED", "",
       _to("ministry", country="XB"), is_known=True)  # fmt: skip
_enter("gate-v1-paper-of-another-country", "A ledger from before was asked of its recipient alone.", "PASSED", "",
       _to("ministry", country="XC"), gate="v1", is_known=True)  # fmt: skip


# Where ledgers are trusted to be


def _reader(name: str, comment: str, code: str, tell: Tell, *, is_recipient: bool = False, **moved: str) -> None:
    """Enter a case whose reader believes some ledgers to be in other countries, or says so of his own."""

    def vector(setting: Setting) -> Vector:
        folder = setting.forge.folder
        post = Post(folder, "a", {"b": "XB", "c": "XC"}, gate="v2")
        raw, known = pack(tell(post)), [post, Post(folder, "b", {"a": "XA"})]
        trust = trust_in(*known[: 1 if is_recipient else 2])
        ledgers = tuple(replace(item, country=moved.get(item.origin[0], item.country)) for item in trust.ledgers)
        own = Recipient(country=moved["b"], ledger="b.example/main", name="the reader") if is_recipient else UNSET
        verdict, step = ("FAILED", 11) if code else ("PASSED", None)
        return Vector(verdict, raw, step, code, trust=replace(trust, ledgers=ledgers, recipient=own))

    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, vector)


def _kept_by(**keeper: Any) -> Tell:
    """It is handed over to somebody who keeps, on record, the second ledger and is of this country."""

    def tell(post: Post) -> Members:
        enrol(post, "keeper", {**EXAMINER, "ledger": "b.example/main", **keeper})
        post.act("custody.handed-over", {"purpose": "keeping", "to_country": "XA"}, to="keeper")
        return post.bundle("EX-1", to="ministry")

    return tell


def _carried_to(post: Post) -> Members:
    enrol(post, "keeper", {**EXAMINER, "country": "XA", "ledger": "b.example/main"})
    post.act("custody.moved", {"place": "Room 5", "to_agent": "keeper", "to_country": "XA"})
    return post.bundle("EX-1", to="ministry")


def _registered_by(post: Post) -> Members:
    enrol(post, "keeper", {**EXAMINER, "country": "XA", "ledger": "b.example/main"})
    _register(post, "EX-2", actor="keeper", **SAME)
    return post.bundle("EX-2", "EX-1", to="ministry")


def _to_police(post: Post) -> Members:
    post.consent()
    return post.bundle("EX-1")


_reader("gate-of-another-country", "The ledger says that it is elsewhere than it is trusted to be.", COUNTRY,
        lambda post: post.bundle("EX-1", to="ministry"), a="XC")  # fmt: skip
_reader("gate-keeper-of-another-country", "On record who holds it is here, and his ledger is trusted to be abroad.",
        COUNTRY, _kept_by(country="XA"))  # fmt: skip
_reader("gate-keeper-of-this-country", "On record who holds it is where his ledger is trusted to be.", "",
        _kept_by(country="XA"), b="XA")  # fmt: skip
_reader("gate-carried-to-another-country", "So is he to whom it is carried.", COUNTRY, _carried_to)
_reader("gate-registered-by-another-country", "So is he who registers anew what is here.", COUNTRY, _registered_by)
_reader("made-for-where-its-reader-is", "Its reader says that he is where he is on record.", "", _to_police,
        is_recipient=True, b="XB")  # fmt: skip
_reader("made-for-where-its-reader-isn-t", "Its reader says that he is elsewhere than is on record.", COUNTRY,
        _to_police, is_recipient=True, b="XC")  # fmt: skip


# Who is said to be where


def _moved(person: Mapping[str, Any], **changes: Any) -> Tell:
    def tell(post: Post) -> Members:
        enrol(post, "keeper", {**EXAMINER, **person})
        post.event("agent.changed", {"agent": "keeper", **changes}, actor="registrar-1")
        _register(post, "EX-2", actor="keeper")
        return post.bundle("EX-2", to="registrar-1")

    return tell


MOVED = "defect.agent-moved"
Moves = Sequence[tuple[str, str, str, Mapping[str, Any], str]]
MOVES: Moves = (
    ("gate-country-said-late", "Somebody who signs gets a country abroad: a defect.", MOVED, {"country": "XB"}, "v2"),
    ("gate-ledger-said-late", "He gets another ledger: a defect.", MOVED, {"ledger": "b.example/main"}, "v2"),
    ("gate-country-said-at-home", "Somebody who signs gets the country of his ledger.", "", {"country": "XA"}, "v2"),
    ("gate-v1-country-said-late", "A ledger from before asked nothing of that.", "", {"country": "XB"}, "v1"),
)
for _name, _comment, _code, _changes, _gate in MOVES:
    _enter(_name, _comment, "PASSED", _code, _moved({}, **_changes), gate=_gate)
