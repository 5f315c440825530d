"""Steps 9, 11 and 12: an acceptance that says otherwise than the dispatch, or less than it should."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from custody.ledger.compose import Anchor
from custody.ledger.prove import TileNodes, prove_consistency
from schemas import text
from schemas.content import content_of
from schemas.event import Link
from schemas.merkle import hash_leaf, root_of
from schemas.proof import Consistency, format_consistency
from schemas.trust import SeenCheckpoint, Trust
from tests.onchain.scenes import COIN_RECORD, TOKEN_RECORD
from tests.vectors.forge import pack
from tests.vectors.posts import WAY_BACK, Post, trust_in
from tests.vectors.setting import CASE, CASES, FILES, Setting, Vector
from tests.vectors.transfer_cases import Road

Terms = list[dict[str, Any]]
EARLY = 6
"""A size of the first ledger that somebody saw."""


def _enter(name: str, comment: str, tell: Callable[[Setting], Vector]) -> None:
    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, tell)


def _came(
    name: str, comment: str, verdict: str, step: int | None, code: str, *, sent: Mapping[str, Any] | None = None,
    **said: Any,
) -> None:  # fmt: skip
    """One ledger sends, the other accepts and says so."""

    def tell(setting: Setting) -> Vector:
        road = Road(setting, **(sent or {}))
        road.b.accept(road.a, road.parcel, **said)
        return Vector(verdict, pack(road.onward()), step, code, trust=trust_in(road.a, road.b))

    _enter(f"inherited-{name}", comment, tell)


def _use(words: str | None) -> Terms:
    return [{"before": False, "code": "use-limited", "text": words}]


ONE, OTHER, SILENT = _use("this trial"), _use("any trial"), _use(None)
_came("sent-at-another-time", "Accepted as of another time of sending.", "FAILED", 9, "inherited.sent-at",
      sent_at="2026-11-21T00:00:00Z")  # fmt: skip
_came("accepted-before-it-was-sent", "Accepted an hour before it was sent: a defect.", "PASSED", None,
      "inherited.times", accepted_at="2026-11-21T07:00:00Z")  # fmt: skip
_came("accepted-after-its-record", "Accepted an hour after that was recorded: a defect.", "PASSED", None,
      "inherited.times", accepted_at="2026-11-21T10:00:00Z")  # fmt: skip
_came("condition-in-the-same-words", "A condition has the same words on both sides.", "PASSED", None, "",
      sent={"conditions": ONE}, conditions=ONE)  # fmt: skip
_came("condition-in-other-words", "A condition has other words here.", "FAILED", 11, "inherited.conditions",
      sent={"conditions": ONE}, conditions=OTHER)  # fmt: skip
_came("condition-without-words", "A condition lost its words.", "FAILED", 11, "inherited.conditions",
      sent={"conditions": ONE}, conditions=SILENT)  # fmt: skip


def _unseen(setting: Setting) -> Vector:
    """The words of a condition are withheld from this reader."""
    road = Road(setting, conditions=ONE)
    road.b.accept(road.a, road.parcel, conditions=OTHER)
    values = road.b.forge
    values.disclosures = [item for item in values.disclosures if item.path != "/details/conditions/0/text"]
    return Vector("PASSED", pack(road.onward()), None, "inherited.condition-unseen", trust=trust_in(road.a, road.b))


_enter("inherited-condition-unseen", "The words of a condition are withheld: a note.", _unseen)


def _disputed(*reservations: str) -> Callable[[Setting], Vector]:
    """The sender's key was stolen before he registered the exhibit, and nobody vouched for it."""

    def tell(setting: Setting) -> Vector:
        road = Road(setting)
        key = road.a.world.signers["examiner-1"][0].key_id
        last = road.a.story("EX-1")[0].entry.index - 1
        details = {"agent": "examiner-1", "key_id": key, "last_valid_index": last, "reason": "compromised"}
        road.a.event("agent.key-revoked", details, actor="registrar-1", registrar="registrar-2")
        _rekey(road.a)
        parcel = road.a.bundle("EX-1", stated={"to": "b-police"})
        road.b.accept(road.a, parcel, reservations=list(reservations) or None)
        raw = pack(road.onward())
        trust = trust_in(road.a, road.b)
        if reservations:
            return Vector("INDETERMINATE", raw, 5, "keys.disputed", trust=trust)
        return Vector("FAILED", raw, 5, "inherited.reservations", trust=trust)

    return tell


def _rekey(post: Post) -> None:
    key = post.world.public_key(post.world.new_key("examiner-1"))
    details = {"agent": "examiner-1", "key": key, "recovery": True}
    post.event("agent.key-added", details, actor="registrar-1", registrar="registrar-2")


_enter("inherited-disputed-and-reserved", "Accepted with a reservation about disputed entries.",
       _disputed("entries-disputed"))  # fmt: skip
_enter("inherited-disputed-unreserved", "Disputed entries were accepted without a word.", _disputed())


def _linked(*, is_right: bool) -> Callable[[Setting], Vector]:
    """The reader saw the first ledger before, and has a proof apart that the inner bundle continues it."""

    def tell(setting: Setting) -> Vector:
        road = Road(setting)
        road.b.accept(road.a, road.parcel)
        raw, forge = pack(road.onward()), road.a.forge
        seen = root_of(map(hash_leaf, forge.raws[:EARLY]))
        note = text.format_base64(forge.checkpoint(size=EARLY))
        known = SeenCheckpoint(note=note, root=seen.hex(), size=EARLY)
        plain = trust_in(road.a, road.b)
        first, second = plain.ledgers
        trust = replace(plain, ledgers=(replace(first, seen=(known,)), second))
        size = len(forge.raws)
        nodes = [node.hex() for node in prove_consistency(TileNodes(forge.reader().tiles(), size), EARLY, size)]
        proof = Consistency(
            first=EARLY, nodes=tuple(nodes if is_right else ["ab" * 32, *nodes[1:]]), origin=road.a.world.origin,
            schema="custody-consistency/v1", second=size,
        )  # fmt: skip
        told = format_consistency(proof)
        if is_right:
            return Vector("PASSED", raw, trust=trust, proof=told)
        return Vector("FAILED", raw, 2, "tree.consistency", trust=trust, proof=told)

    return tell


_enter("inherited-linked-by-file", "A proof apart links the inner ledger with what was seen.", _linked(is_right=True))
_enter("inherited-not-linked-by-file", "A proof apart that doesn't lead to the inner ledger.", _linked(is_right=False))
_came("condition-more-with-words", "A condition with words that the dispatch doesn't have at all.", "FAILED", 11,
      "inherited.conditions", conditions=ONE)  # fmt: skip
_came("accepted-as-a-copy", "The thing itself was sent, and a copy accepted.", "FAILED", 9, "inherited.content",
      item="copy")  # fmt: skip


def _told(raw: bytes, trust: Trust, *, is_right: bool) -> Vector:
    if is_right:
        return Vector("PASSED", raw, trust=trust)
    return Vector("FAILED", raw, 9, "inherited.content", trust=trust)


def _thing(post: Post, exhibit: str = "EX-1") -> None:
    """Register a thing, which has no digest."""
    post.forge.add(post.world.sign(post.world.registration(CASE, exhibit, actor="examiner-1")))


def _files_registered_apart(setting: Setting) -> Vector:
    """Another ledger registers files of the same content, which never were the exhibit, and sends them back as it."""
    folder = setting.forge.folder
    a = Post(folder, "a", {"b": "XB"})
    b = Post(folder, "b", {"a": "XA"}, is_holding=False)
    a.parcel(onward="allowed")
    b.forge.add(b.world.sign(b.world.registration(CASE, "EX-1", actor="examiner-1", files=FILES)))
    b.consent(recipient="a-police")
    b.dispatch(to="a-police", transfer=WAY_BACK)
    members = b.bundle("EX-1", to="a-police", stated={"transfer": WAY_BACK})
    a.take_back(b, members)
    return _told(pack(a.bundle("EX-1", to="ministry")), trust_in(a, b), is_right=False)


def _own_parcel(setting: Setting) -> Vector:
    """A return that rests on the very bundle with which the exhibit left."""
    road = Road(setting)
    road.a.take_back(road.a, road.parcel, **{"from": "b-police"})
    raw = pack(road.a.bundle("EX-1", to="ministry"))
    return Vector("FAILED", raw, 7, "rule.transfer-origin", trust=trust_in(road.a))


def _brought_back(*, is_other: bool) -> Callable[[Setting], Vector]:
    """A thing goes to another ledger; that one, or another one that never was it, comes back."""

    def tell(setting: Setting) -> Vector:
        folder = setting.forge.folder
        a = Post(folder, "a", {"b": "XB"}, is_holding=False)
        b = Post(folder, "b", {"a": "XA"}, is_holding=False)
        _thing(a)
        parcel = a.parcel(onward="allowed")
        b.accept(a, parcel, kind="phone", nature="object", onward="allowed")
        back = "EX-1"
        if is_other:
            back = "EX-99"
            _thing(b, back)
        b.consent(back, recipient="a-police")
        b.dispatch(exhibit=back, to="a-police", transfer=WAY_BACK)
        members = b.bundle(back, to="a-police", stated={"transfer": WAY_BACK})
        a.take_back(b, members, foreign=b.foreign(members, back))
        raw, trust = pack(a.bundle("EX-1", to="ministry")), trust_in(a, b)
        return (
            Vector("FAILED", raw, 9, "inherited.content", trust=trust)
            if is_other
            else Vector("PASSED", raw, trust=trust)
        )

    return tell


_enter("inherited-thing-comes-back", "A thing is sent, and comes back.", _brought_back(is_other=False))
_enter("inherited-another-thing-comes-back", "A thing is sent, and another one comes back in its place.",
       _brought_back(is_other=True))  # fmt: skip


def _asset(taken: str) -> Callable[[Setting], Vector]:
    """An asset goes to another ledger, which says what it is."""

    def tell(setting: Setting) -> Vector:
        folder = setting.forge.folder
        a = Post(folder, "a", {"b": "XB"}, is_holding=False)
        b = Post(folder, "b", {"a": "XA"}, is_holding=False)
        told: dict[str, Any] = {"content": content_of([]), "kind": "token", "nature": "asset"}
        asset = {"account": COIN_RECORD.account, "custody": "self-hosted"}
        details = {"asset": asset, "description": "coins", "obtained": "seizure", **told}
        a.event("exhibit.registered", details, anchor=Anchor(case=CASE, exhibit="EX-1", link=Link(sequence=0)))
        parcel = a.parcel(onward="allowed")
        b.accept(a, parcel, **told, asset={**asset, "account": taken}, onward="allowed")
        raw, trust = pack(b.bundle("EX-1", to="ministry")), trust_in(a, b)
        is_same = taken == COIN_RECORD.account
        return (
            Vector("PASSED", raw, trust=trust)
            if is_same
            else Vector("FAILED", raw, 9, "inherited.content", trust=trust)
        )

    return tell


_enter("inherited-asset", "An asset is accepted as what it was sent as.", _asset(str(COIN_RECORD.account)))
_enter("inherited-asset-exchanged", "Another account is accepted than was sent, in the same words otherwise.",
       _asset(str(TOKEN_RECORD.account)))  # fmt: skip
_enter("inherited-files-registered-apart", "Files of the same content come back that never were the exhibit.",
       _files_registered_apart)  # fmt: skip
_enter("rule-returned-with-own-parcel", "A return rests on the bundle with which it left.", _own_parcel)
