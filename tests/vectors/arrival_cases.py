"""Steps 9, 11 and 12: an acceptance that says otherwise than the dispatch, or less than it should."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from custody.ledger.prove import TileNodes, prove_consistency
from schemas import text
from schemas.merkle import hash_leaf, root_of
from schemas.proof import Consistency, format_consistency
from schemas.trust import SeenCheckpoint
from tests.vectors.forge import pack
from tests.vectors.posts import Post, trust_in
from tests.vectors.setting import CASES, Setting, Vector
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
        seen = root_of(hash_leaf(item) for item in forge.raws[:EARLY]).hex()
        known = SeenCheckpoint(note=text.format_base64(b"the note"), root=seen, size=EARLY)
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
