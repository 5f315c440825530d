"""Steps 7 to 9 and 11: receipts of refusals and returns, and what names something that isn't carried."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from custody.ledger.compose import Anchor
from custody.ledger.prove import TileNodes, prove_inclusion
from schemas import layout
from schemas.event import About, Link
from schemas.merkle import hash_leaf, root_of
from schemas.receipt import format_receipt
from schemas.tlog_proof import TlogProof, format_tlog_proof
from tests.vectors.forge import Members, pack
from tests.vectors.posts import DISPATCH, PAPER, TRANSFER, WAY_BACK, Post, trust_in
from tests.vectors.reducer_cases import rule_case
from tests.vectors.request_cases import border_case
from tests.vectors.setting import CASE, CASES, EXHIBIT, Setting, Vector
from tests.vectors.transfer_cases import RECEIPT, Road

Proven = Callable[[Post, int], bytes]
DECIDED, NEWER = "2026-11-21T08:12:00Z", "record.version"
REFUSED: dict[str, Any] = {
    "from": "a-police", "ledger": "a.example/main", "reasons": ["other"], "refused_at": DECIDED, "transfer": TRANSFER,
}  # fmt: skip


def _proof(post: Post, index: int) -> bytes:
    size = len(post.forge.raws)
    nodes = tuple(prove_inclusion(TileNodes(post.forge.reader().tiles(), size), index, size))
    return format_tlog_proof(TlogProof(index=index, nodes=nodes, note=post.forge.checkpoint()))


def _plain(post: Post, index: int) -> bytes:
    return format_receipt([(post.forge.raws[index], _proof(post, index))])


def _of_two(post: Post, index: int) -> bytes:
    """A receipt of two entries, of which the record names one."""
    before = [index - 1, index]
    return format_receipt([(post.forge.raws[item], _proof(post, item)) for item in before])


def _with(change: Callable[[bytes], bytes]) -> Proven:
    return lambda post, index: format_receipt([(post.forge.raws[index], change(_proof(post, index)))])


def _receive(there: Post, here: Post, kind: str, made: Proven = _plain, **said: Any) -> None:
    """Import from another ledger the proof of its newest event of a type."""
    parsed = there.forge.reader().parsed
    index = max(place for place, item in parsed.items() if item.event.type == kind)
    raw = made(there, index)
    digest = sha256(raw).hexdigest()
    here.forge.documents[digest] = raw
    origin = {
        "event": parsed[index].event.hash, "index": index, "ledger": there.world.origin,
        "root": root_of(hash_leaf(item) for item in there.forge.raws).hex(), "size": len(there.forge.raws),
    }  # fmt: skip
    here.act("transfer.receipt", {**RECEIPT, "document": digest, "manner": "proof", "origin": origin, **said})


def _refusal(
    name: str, comment: str, code: str = "", made: Proven = _plain, *, said: dict[str, Any] | None = None,
    **details: Any,
) -> None:  # fmt: skip
    """Enter a case of a receipt by proof of a refusal; ``details`` are of the refusal, ``said`` of the record."""

    def tell(setting: Setting) -> Vector:
        road = Road(setting)
        known = road.a.forge.reader().view().exhibit(*EXHIBIT)
        assert known is not None, "it was sent"
        named = {"exhibits": [{"case": CASE, "exhibit": "EX-1", "head": known.head}], "verdict": "PASSED"}
        road.b.event("transfer.refused", {**REFUSED, **named, **details})
        _receive(
            road.b, road.a, "transfer.refused", made, **{"decided_at": DECIDED, "outcome": "refused"} | (said or {})
        )
        raw = pack(road.a.bundle("EX-1", to="ministry"))
        verdict, step = ("INDETERMINATE" if code == NEWER else "FAILED", 9) if code else ("PASSED", None)
        return Vector(verdict, raw, step, code, trust=trust_in(road.a, road.b))

    assert f"receipt-of-a-refusal{name}" not in CASES, f"two cases named {name}"
    CASES[f"receipt-of-a-refusal{name}"] = (comment, tell)


_refusal("", "The other ledger proves that it refused.")
_refusal("-of-a-parcel", "The other ledger proves that it could not read the parcel.", exhibits=None, parcel="ab" * 32,
         verdict="FAILED")  # fmt: skip
_refusal("-of-something-else", "The other ledger refused another dispatch.", "receipt.other",
         exhibits=[{"case": CASE, "exhibit": "EX-1", "head": "ab" * 32}])  # fmt: skip
_refusal("-at-another-time", "It was refused at another time than is recorded.", "receipt.other",
         said={"decided_at": "2026-11-21T08:12:01Z"})  # fmt: skip
_refusal("-as-accepted", "What was refused is recorded as accepted.", "receipt.other", said={"outcome": "accepted"})
_refusal("-among-others", "The proof is one of two in a file.", "", _of_two)
_refusal("-with-a-hash-too-many", "The proof has more hashes than the tree has levels.", "tree.inclusion",
         _with(lambda raw: raw.replace(b"\n\n", b"\n" + b"A" * 43 + b"=\n\n", 1)))  # fmt: skip
_refusal("-of-a-newer-version", "The file of the proof is of a newer version.", NEWER,
         lambda post, index: _plain(post, index).replace(b"custody-receipt/v1", b"custody-receipt/v2"))  # fmt: skip
_refusal("-in-a-newer-entry", "The entry that is proven is of a newer version.", NEWER,
         lambda post, index: format_receipt([(post.forge.raws[index].replace(b"custody-entry/v1", b"custody-entry/v2"),
                                              _proof(post, index))]))  # fmt: skip
_refusal("-signed-twice", "A signature line of its checkpoint stands twice.", "tlog-proof.note",
         _with(lambda raw: raw + raw.splitlines(keepends=True)[-1]))  # fmt: skip
_refusal("-cosigned-by-an-odd-name", "A stranger signed its checkpoint, too, whose name is odd and allowed.", "",
         _with(lambda raw: raw + "\u2014 strange\x7fr AAAAAAA=\n".encode()))  # fmt: skip
_refusal("-cosigned-by-a-long-name", "A stranger signed its checkpoint, too, whose name is too long.",
         "tlog-proof.note",
         _with(lambda raw: raw + f"\u2014 {'x' * 256} AAAAAAA=\n".encode()))  # fmt: skip
_refusal("-beyond-the-tree", "The index isn't below the checkpoint's size.", "tlog-proof.index",
         _with(lambda raw: b"\n".join([b"c2sp.org/tlog-proof@v1", b"index 99", *raw.split(b"\n")[2:]])))  # fmt: skip


def _returned(setting: Setting) -> Vector:
    """Where it came from takes it back, and proves that to whom it was sent."""
    road = Road(setting)
    road.b.accept(road.a, road.parcel)
    road.b.consent(recipient="a-police")
    road.b.consent(authority="a-police", recipient="a-police", **PAPER)
    back = {**DISPATCH, "to": "a-police", "transfer": WAY_BACK}
    road.b.act("transfer.dispatched", back)
    road.a.take_back(road.b, road.b.bundle("EX-1", to="a-police", stated={"transfer": WAY_BACK}))
    parsed = road.a.forge.reader().parsed
    at = next(item.event.event.occurred_at for item in parsed.values() if item.event.type == "transfer.returned")
    _receive(road.a, road.b, "transfer.returned", decided_at=at, outcome="accepted", transfer=WAY_BACK)
    road.b.consent(authority="a-police", recipient="ministry", **PAPER)
    raw = pack(road.b.bundle("EX-1", to="ministry"))
    return Vector("PASSED", raw, trust=trust_in(road.a, road.b))


assert "receipt-of-a-return" not in CASES
CASES["receipt-of-a-return"] = ("The ledger where it began proves that it took it back.", _returned)


def _inherited_twice(setting: Setting) -> Vector:
    """The bundle with which it came is there twice, once with its files."""
    road = Road(setting)
    road.b.accept(road.a, road.parcel)

    def add(members: Members) -> None:
        whole = pack(road.parcel)
        members[f"{layout.INHERITED}{sha256(whole).hexdigest()}.zip"] = whole

    raw = pack(road.onward(edit_payload=add))
    return Vector("FAILED", raw, 9, "inherited.unnamed", trust=trust_in(road.a, road.b))


assert "inherited-twice" not in CASES
CASES["inherited-twice"] = ("The bundle with which it came is there twice.", _inherited_twice)

# What names something that isn't carried, or is something else


def _about_a_registration(type: str, details: dict[str, Any]) -> Callable[[Post], Members]:
    def build(post: Post) -> Members:
        known = post.setting.about().exhibit
        post.annotate(type, details, event=str(known), actor="official-1")
        return post.bundle("EX-1", to="ministry")

    return build


MET = {"conditions": ["return"], "document": "ab" * 32}
border_case("conditions-met-of-no-consent", "Conditions are met of what is no consent: a whole ledger can tell.",
            "PASSED", None, "", _about_a_registration("consent.conditions-met", MET))  # fmt: skip
border_case("revoked-of-no-consent", "What is no consent is revoked: a whole ledger can tell.", "PASSED", None,
            "", _about_a_registration("consent.revoked", {"manner": "key", "reason": "x"}))  # fmt: skip


def _of_an_unknown_event(post: Post) -> Members:
    post.annotate("event.attached", {"document": "ab" * 32, "event": "cd" * 32, "reason": "late"}, event="cd" * 32)
    return post.bundle("EX-1", to="ministry")


border_case("attached-to-what-isn-t-carried", "Something is attached to an event that isn't carried.", "PASSED", None,
            "", _of_an_unknown_event)  # fmt: skip


def _later_first(setting: Setting) -> None:
    link = Link(previous="ab" * 32, sequence=1)
    composed = setting.world.event(
        "exhibit.registered", {"description": "d", "kind": "phone", "nature": "object", "obtained": "seizure"},
        actor="examiner-1", anchor=Anchor(case=CASE, exhibit="EX-3", link=link),
    )  # fmt: skip
    setting.forge.add(setting.world.sign(composed))


rule_case("registered-as-a-second-act", "A registration that says it is the second act.", "link", _later_first,
          extra=[8])  # fmt: skip


def _affirmed_in_part(setting: Setting) -> Vector:
    """An order about two exhibits is affirmed as if it were about one."""
    about, order = [setting.about(name) for name in ("EX-1", "EX-2")], {"authority": "court", "order": "7"}
    note = setting.world.annotation(
        "disclosure.erased", about, {**order, "commitments": ["ab" * 32]}, actor="examiner-1", registrar="registrar-1"
    )
    setting.forge.add(setting.world.sign(note))
    one = About(exhibit=about[0].exhibit, event=note.event.hash)
    affirmed = setting.world.annotation("record.affirmed", one, {}, actor="examiner-1")
    setting.forge.add(setting.world.sign(affirmed))
    return setting.failed(setting.forge.bundle([EXHIBIT, (CASE, "EX-2")]), 7, "rule.affirmed")


assert "rule-affirmed-as-of-one" not in CASES
CASES["rule-affirmed-as-of-one"] = ("What is about two exhibits is affirmed as if it were of one.", _affirmed_in_part)
