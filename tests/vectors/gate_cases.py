"""Step 11: where a thing goes by an act of custody, in a ledger under the gate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.vectors.forge import Members, pack
from tests.vectors.posts import PAPER, Post, trust_in
from tests.vectors.request_cases import DRAFT, RECEIVED
from tests.vectors.setting import CASE, CASES, FILES, Setting, Vector

UNNAMED, UNKNOWN, MISSING = "release.destination-unnamed", "release.recipient-unknown", "release.consent-missing"
HANDED, TAKEN = {"purpose": "keeping"}, {"reason": "absent"}
Person = tuple[str, Mapping[str, Any]]
AT_HOME: Sequence[Person] = [("keeper", {"country": "XA", "roles": ("custodian",)})]
ABROAD: Sequence[Person] = [("keeper", {"country": "XB", "roles": ("custodian",)})]
ELSEWHERE: Sequence[Person] = [("keeper", {"ledger": "c.example/main", "roles": ("custodian",)})]
SOMEWHERE: Sequence[Person] = [("keeper", {"roles": ("custodian",)})]


def _enter(
    name: str, comment: str, code: str, type: str, details: Mapping[str, Any], *, people: Sequence[Person] = (),
    unit: str | None = None, gate: str | None = "v2", consent: Mapping[str, Any] | None = None, **offices: Any,
) -> None:  # fmt: skip
    """Enter a case of one act, and of a bundle about it for one's own ministry; without a code it passes."""

    def tell(setting: Setting) -> Vector:
        post = Post(setting.forge.folder, "a", {"b": "XB"}, gate=gate)
        for agent, values in people:
            enrol(post, agent, values)
        acting_for: dict[str, Any] = {}
        if unit is not None:
            enrol(post, "depot", {"country": unit or None, "kind": "unit", "members": ["keeper"], "roles": ()})
            acting_for = {"on_behalf_of": {"keeper": "depot"}}
        if consent is not None:
            post.consent(**consent)
        post.act(type, details, **offices, **acting_for)
        made: Members = post.bundle("EX-1", to="ministry")
        step = 11 if code else None
        return Vector("FAILED" if code else "PASSED", pack(made), step, code, trust=trust_in(post))

    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, tell)


def enrol(post: Post, agent: str, values: Mapping[str, Any]) -> None:
    """Put somebody on record; a person gets a key."""
    keys = (post.world.public_key(post.world.new_key(agent)),) if values.get("kind", "person") == "person" else ()
    details = {"agent": agent, "keys": keys, "kind": "person", "name": f"name of {agent}", **values}
    post.event("agent.enrolled", details, actor="registrar-1")


def _handed(name: str, comment: str, code: str, details: Mapping[str, Any] = HANDED, **changes: Any) -> None:
    _enter(f"gate-handed-{name}", comment, code, "custody.handed-over", details, to="keeper", **changes)


def _given(name: str, comment: str, code: str, manner: str, **changes: Any) -> None:
    details = {"authority": "court", "manner": manner, **changes}
    _enter(f"gate-{name}", comment, code, "exhibit.disposed", details, registrar="registrar-1")


_handed("to-nowhere", "Of whoever receives it by hand no country is on record.", UNNAMED, people=SOMEWHERE)
_handed("at-home", "Whoever receives it is on record in this country.", "", people=AT_HOME)
_handed("to-a-unit-at-home", "His unit is on record in this country.", "", people=SOMEWHERE, unit="XA")
_handed(
    "to-a-unit-nowhere", "Neither of him nor of his unit a country is on record.", UNNAMED, people=SOMEWHERE, unit=""
)
_handed("to-a-unit-nowhere-by-somebody-here", "Of his unit no country is on record, though he is here.", UNNAMED,
        people=AT_HOME, unit="")  # fmt: skip
_handed("to-another-ledger", "It stays, it is said, with somebody of another ledger and of no country.", UNKNOWN,
        {**HANDED, "to_country": "XA"}, people=ELSEWHERE)  # fmt: skip
_handed("to-another-ledger-before", "A ledger from before asked nothing of his ledger.", "", people=ELSEWHERE,
        gate="v1")  # fmt: skip
_handed("to-a-unit-abroad", "His unit is on record abroad, though he is here.", MISSING, people=AT_HOME, unit="XB")
_handed("abroad", "Whoever receives it is on record abroad, and nobody consented.", MISSING, people=ABROAD)
_handed("abroad-with-consent", "It goes into a hand abroad with consent.", "", people=ABROAD,
        consent={"recipient": "keeper"})  # fmt: skip
_handed("and-said", "Of whoever receives it no country is on record, but where it goes is said.", "",
        {**HANDED, "to_country": "XA"}, people=SOMEWHERE)  # fmt: skip
_handed("and-taken-abroad", "It is said that it goes abroad, with somebody who is on record here.", MISSING,
        {**HANDED, "to_country": "XB"}, people=AT_HOME)  # fmt: skip
_handed("and-taken-abroad-with-consent", "The same, and he is whom the consent names.", "",
        {**HANDED, "to_country": "XB"}, people=AT_HOME, consent={"recipient": "keeper"})  # fmt: skip
_handed("and-taken-abroad-for-a-unit", "It goes to his unit, and the consent names him.", "release.consent-recipient",
        {**HANDED, "to_country": "XB"}, people=AT_HOME, unit="XA", consent={"recipient": "keeper"})  # fmt: skip
_handed("and-taken-abroad-by-somebody", "It is said that it goes abroad, with somebody of no country on record.",
        UNKNOWN, {**HANDED, "to_country": "XB"}, people=SOMEWHERE)  # fmt: skip
_handed("before-the-gate", "A ledger from before the gate need not say where to.", "", people=SOMEWHERE, gate=None)
_enter("gate-taken-to-nowhere", "It is taken over by somebody of whom no country is on record.", UNNAMED,
       "custody.taken-over", TAKEN, people=SOMEWHERE, actor="registrar-1", to="keeper")  # fmt: skip
_enter("gate-taken-abroad", "It is taken over by somebody who is said to be abroad with it.", MISSING,
       "custody.taken-over", {**TAKEN, "to_country": "XB"}, people=AT_HOME, actor="registrar-1",
       to="keeper")  # fmt: skip
_enter("gate-moved-to-nowhere", "A move without carrier doesn't say to which country.", UNNAMED, "custody.moved",
       {"place": "Room 5"})  # fmt: skip
_enter("gate-moved-at-home", "A move without carrier, within the country.", "", "custody.moved",
       {"place": "Room 5", "to_country": "XA"})  # fmt: skip
_enter("gate-moved-abroad", "A move abroad without carrier, and nobody says to whom.", UNKNOWN, "custody.moved",
       {"place": "Room 5", "to_country": "XB"})  # fmt: skip
for _manner in ("archived", "forfeited", "other"):
    _given(f"{_manner}-to-nowhere", f"It is disposed of, {_manner}, and nobody says where to.", UNNAMED, _manner)
_given("archived-at-home", "It goes to an archive in the country.", "", "archived", to_country="XA")
_given("forfeited-abroad", "It is forfeited to an authority abroad without consent.", MISSING, "forfeited",
       to_agent="b-police")  # fmt: skip
_given("wiped", "What is wiped goes nowhere.", "", "wiped")
_enter("gate-v1-moved", "A ledger from before asked nothing of a move without carrier.", "", "custody.moved",
       {"place": "Room 5"}, gate="v1")  # fmt: skip
_enter("gate-v1-carried-to-nowhere", "A ledger from before asked where a carrier goes.", UNNAMED, "custody.moved",
       {"carrier": "courier-1", "place": "Room 5"}, gate="v1")  # fmt: skip
_enter("gate-v1-lent-to-nowhere", "A ledger from before asked to whom something is lent.", UNNAMED, "exhibit.released",
       {"reason": "trial", "terms": "lent", "to": "court"}, gate="v1")  # fmt: skip
_enter("gate-v1-lent-to-somebody", "A ledger from before took whoever signs, of whatever country.", "",
       "exhibit.released", {"reason": "trial", "terms": "lent", "to": "court"}, people=SOMEWHERE, gate="v1",
       to="keeper")  # fmt: skip
_enter("gate-v1-given-back-to-nowhere", "A ledger from before asked to which owner.", UNNAMED, "exhibit.disposed",
       {"authority": "court", "manner": "returned-to-owner"}, gate="v1", registrar="registrar-1")  # fmt: skip
_enter("gate-v1-archived", "A ledger from before asked nothing of an archive.", "", "exhibit.disposed",
       {"authority": "court", "manner": "archived"}, gate="v1", registrar="registrar-1")  # fmt: skip
_enter("gate-v1-handed-abroad", "In a ledger from before it goes to nobody, where only a country is said.", UNKNOWN,
       "custody.handed-over", {**HANDED, "to_country": "XB"}, people=AT_HOME, gate="v1", to="keeper")  # fmt: skip


# What came from abroad, and a consent of an authority there by a key that was enrolled here

FROM_ABROAD = {
    "case": CASE, "exhibit": "EX-1", "head": "ab" * 32, "ledger": "b.example/main", "manifest": "ab" * 32,
    "root": "ab" * 32, "size": 9,
}  # fmt: skip
BY_KEY = {"actor": "official-b", "authority": "b-ministry", "recipient": "ministry"}
ON_PAPER = {**BY_KEY, **PAPER}


def _bound(
    name: str, comment: str, code: str, *consents: Mapping[str, Any], body: Mapping[str, Any], gate: str | None = "v2",
    is_failed: bool = True,
) -> None:  # fmt: skip
    def tell(setting: Setting) -> Vector:
        post = Post(setting.forge.folder, "a", {"b": "XB"}, is_holding=False, gate=gate)
        enrol(post, "official-b", {"roles": ("authority",)})
        enrol(post, "b-ministry", {"kind": "organisation", "members": ["official-b"], "roles": (), **body})
        composed = post.world.registration(CASE, "EX-2", actor="examiner-1", files=FILES, foreign=FROM_ABROAD)
        post.forge.add(post.world.sign(composed))
        for consent in consents:
            is_revoked = consent.get("is_revoked", False)
            given = post.consent("EX-2", **{key: value for key, value in consent.items() if key != "is_revoked"})
            if is_revoked:
                post.annotate("consent.revoked", {"document": "ab" * 32, "manner": "paper", "reason": "x"}, "EX-2",
                              event=given, actor="official-1")  # fmt: skip
        raw = pack(post.bundle("EX-2", to="ministry"))
        verdict, step = ("FAILED", 11) if is_failed else ("PASSED", None)
        return Vector(verdict, raw, step, code, trust=trust_in(post))

    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, tell)


B = {"country": "XB", "ledger": "b.example/main"}
_bound("gate-bound-by-key", "An authority abroad consents by a key that was enrolled here.", "release.consent-key",
       BY_KEY, body=B)  # fmt: skip
_bound("bound-by-key-before-the-gate", "A ledger from before the gate takes it, and it is a defect.",
       "defect.consent-key", BY_KEY, body=B, gate=None, is_failed=False)  # fmt: skip
_bound("gate-v1-bound-by-key", "So does one that was opened under the first gate.", "defect.consent-key", BY_KEY,
       body=B, gate="v1", is_failed=False)  # fmt: skip
_bound("gate-bound-on-paper", "An authority abroad consents on paper.", "", ON_PAPER, body=B, is_failed=False)
_bound("gate-bound-by-key-and-on-paper", "It consents by such a key, and on paper: a defect.", "defect.consent-key",
       BY_KEY, ON_PAPER, body=B, is_failed=False)  # fmt: skip
_bound("gate-bound-by-key-and-on-paper-revoked", "By such a key, and on paper that was revoked, which is nearer.",
       "release.consent-revoked", BY_KEY, {**ON_PAPER, "is_revoked": True}, body=B)  # fmt: skip
_bound("gate-bound-by-key-for-another", "By such a key, and for somebody else, which is told first.",
       "release.consent-recipient", {**BY_KEY, "recipient": "b-police"}, body=B)  # fmt: skip
_bound("gate-bound-by-key-of-no-country", "The authority's ledger is known, and not its country.",
       "release.consent-key", BY_KEY, body={"ledger": "b.example/main"})  # fmt: skip
_bound("gate-bound-by-key-of-this-country", "An authority with a ledger abroad, that is of this country: no defect.",
       "release.consent-key", BY_KEY, body={"country": "XA", "ledger": "b.example/main"})  # fmt: skip


# Whose request something answers, or tells of

Tell = Callable[[Post], Members]


def _asked(
    name: str, comment: str, tell: Tell, *, code: str = "", gate: str | None = "v2",
    request: tuple[str, Mapping[str, Any]] = ("received", RECEIVED), country: str | None = "XB",
) -> None:  # fmt: skip
    """Enter a case after a request of the second country; an agent named ``court`` is of some country too."""

    def vector(setting: Setting) -> Vector:
        post = Post(setting.forge.folder, "a", {"b": "XB", "c": "XC"}, gate=gate)
        enrol(post, "court", {"country": country, "kind": "organisation", "roles": ()})
        post.event(f"request.{request[0]}", request[1])
        raw = pack(tell(post))
        return Vector("FAILED" if code else "PASSED", raw, 11 if code else None, code, trust=trust_in(post))

    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, vector)


def _export(to: str) -> Tell:
    def tell(post: Post) -> Members:
        post.consent(recipient=to)
        return post.bundle("EX-1", to=to, requests=["req-1"])

    return tell


def _sending(to: str, **changes: Any) -> Tell:
    def tell(post: Post) -> Members:
        post.consent(recipient=to)
        post.dispatch(to=to, request="req-1", **changes)
        return post.bundle("EX-1", to="ministry", requests=["req-1"])

    return tell


def _letter(to: str) -> Tell:
    return lambda post: post.bundle(requests=["req-1"], to=to)


PEER = "release.request-peer"
_asked("gate-request-of-a-third-country", "Evidence goes to one country under the request of another.",
       _export("c-police"), code=PEER)  # fmt: skip
_asked("gate-request-of-a-third-country-dispatched", "It is dispatched there under such a request.",
       _sending("c-police"), code=PEER)  # fmt: skip
_asked("gate-request-told-to-a-third-country", "A letter tells one country what another asked.", _letter("c-police"),
       code=PEER)  # fmt: skip
_asked("gate-request-to-a-third-country", "A letter tells one country what was asked of another.", _letter("c-police"),
       code=PEER, request=("drafted", DRAFT))  # fmt: skip
_asked("gate-request-told-to-nowhere", "A letter tells it to somebody of no country on record.", _letter("court"),
       code=PEER, country=None)  # fmt: skip
_asked("gate-request-for-a-court", "Evidence goes to a court of the country that asked.", _export("court"))
_asked("gate-request-for-a-court-dispatched", "It is dispatched to a court of the country that asked.",
       _sending("court"))  # fmt: skip
_asked("gate-request-told-to-its-sender", "A letter goes to who asked.", _letter("b-police"))
_asked("gate-request-told-at-home", "What another country asked is told to an authority here.", _letter("court"),
       country="XA")  # fmt: skip
_asked("gate-v1-request-told-to-a-third-country", "A ledger from before asked nothing of it.", _letter("c-police"),
       gate="v1")  # fmt: skip
