"""Steps 2 and 9: the checkpoint under a receipt, held against what its reader saw and whom he wants to have signed."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from msgspec.structs import replace

from custody.ledger.prove import TileNodes, prove_inclusion
from keys.note import open_note
from keys.private.notes import Cosigner, cosign_note
from keys.verifier_key import KeyType, format_verifier_key, parse_verifier_key, verifier_key
from schemas import layout, text
from schemas.merkle import hash_leaf, root_of
from schemas.receipt import format_receipt
from schemas.tlog_proof import TlogProof, format_tlog_proof
from schemas.trust import SeenCheckpoint, Trust
from tests.vectors.forge import pack, retag
from tests.vectors.posts import TRANSFER, Post, trust_in
from tests.vectors.setting import CASE, CASES, FILES, Setting, Vector
from tests.vectors.transfer_cases import RECEIPT, Road

OTHER_WAY = "5f" * 16


def _size(post: Post) -> int:
    return len(post.forge.raws)


def _root(post: Post) -> str:
    return root_of(hash_leaf(item) for item in post.forge.raws).hex()


def _cosign(note: bytes, post: Post, signer: Cosigner | None) -> bytes:
    """Return a checkpoint with the signature of somebody beside the ledger, if one is given."""
    if signer is None:
        return note
    opened = open_note(note, [parse_verifier_key(post.world.log_key)])
    return cosign_note(opened, note, cosigner=signer, time=1_795_248_000)


def _record(a: Post, b: Post, signer: Cosigner | None = None, *, exhibit: str = "EX-1", **said: Any) -> None:
    """Import into the first ledger the proof that the second one accepted."""
    parsed = b.forge.reader().parsed
    index = next(place for place, item in parsed.items() if item.event.type == "transfer.accepted")
    nodes = tuple(prove_inclusion(TileNodes(b.forge.reader().tiles(), _size(b)), index, _size(b)))
    proof = format_tlog_proof(TlogProof(index=index, nodes=nodes, note=_cosign(b.forge.checkpoint(), b, signer)))
    raw = format_receipt([(b.forge.raws[index], proof)])
    digest = sha256(raw).hexdigest()
    a.forge.documents[digest] = raw
    origin = {"event": parsed[index].event.hash, "index": index, "ledger": b.world.origin, "root": _root(b),
              "size": _size(b)}  # fmt: skip
    at = getattr(parsed[index].event.details, "accepted_at", "")
    details = {**RECEIPT, "decided_at": at, "document": digest, "manner": "proof", "origin": origin, **said}
    a.act("transfer.receipt", details, exhibit=exhibit)


Tell = Callable[[Setting], tuple[bytes, Trust]]


def _enter(name: str, comment: str, verdict: str, step: int | None, code: str, tell: Tell) -> None:
    def vector(setting: Setting) -> Vector:
        raw, trust = tell(setting)
        return Vector(verdict, raw, step, code, trust=trust)

    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, vector)


def _accepted(setting: Setting) -> Road:
    road = Road(setting)
    road.b.accept(road.a, road.parcel)
    return road


def _seen(root: str | None) -> Tell:
    """The reader has seen a checkpoint of the second ledger at the size at which the receipt was given."""

    def tell(setting: Setting) -> tuple[bytes, Trust]:
        road = _accepted(setting)
        _record(road.a, road.b)
        tree = root or _root(road.b)
        note = text.format_base64(road.b.forge.checkpoint(root=bytes.fromhex(tree)))
        known = SeenCheckpoint(note=note, root=tree, size=_size(road.b))
        trust = trust_in(road.a, road.b)
        other = replace(trust.ledgers[1], seen=(known,))
        return pack(road.a.bundle("EX-1", to="ministry")), replace(trust, ledgers=(trust.ledgers[0], other))

    return tell


def _wanted(*, is_cosigned: bool) -> Tell:
    """The reader wants cosigners, and one signed this ledger's checkpoint, and perhaps that of the receipt."""

    def tell(setting: Setting) -> tuple[bytes, Trust]:
        road, person = _accepted(setting), setting.world.new_key("cosigner-1")
        key = verifier_key(name="cosigner.example", type=KeyType.COSIGNER, key=person.public_key)
        signer = Cosigner("cosigner.example", person)
        _record(road.a, road.b, signer if is_cosigned else None)
        members = road.a.bundle("EX-1", to="ministry")
        members[layout.CHECKPOINT] = _cosign(members[layout.CHECKPOINT], road.a, signer)
        policy = f"witness W {format_verifier_key(key)}\nquorum W\n"
        return pack(retag(members)), replace(trust_in(road.a, road.b), policy=policy)

    return tell


def _forked(setting: Setting) -> tuple[bytes, Trust]:
    """Two exhibits are accepted in two pasts of one ledger, and each receipt is a good one."""
    a = Post(setting.forge.folder, "a", {"b": "XB"})
    composed = a.world.registration(CASE, "EX-2", actor="examiner-1", files=FILES)
    a.forge.add(a.world.sign(composed))
    a.consent("EX-1", "EX-2")
    a.dispatch()
    first = a.bundle("EX-1", stated={"transfer": TRANSFER})
    b = Post(setting.forge.folder, "b", {"a": "XA"}, is_holding=False)
    b.accept(a, first)
    a.dispatch(exhibit="EX-2", transfer=OTHER_WAY)
    second = a.bundle("EX-2", stated={"transfer": OTHER_WAY})
    fork = Post(setting.forge.folder / "b", "b", {"a": "XA"}, is_holding=False)
    fork.accept(a, second, foreign=a.foreign(second, "EX-2"), transfer=OTHER_WAY)
    _record(a, b)
    _record(a, fork, exhibit="EX-2", transfer=OTHER_WAY)
    return pack(a.bundle("EX-1", "EX-2", to="ministry")), trust_in(a, b)


_enter("receipt-as-seen", "The checkpoint of the receipt was seen before.", "PASSED", None, "", _seen(None))
_enter("receipt-of-another-past", "At the size of the receipt's checkpoint another root was seen.", "FAILED", 9,
       "checkpoint.fork", _seen("ab" * 32))  # fmt: skip
_enter("receipt-cosigned", "The receipt's checkpoint is signed by whom its reader wants.", "PASSED", None, "",
       _wanted(is_cosigned=True))  # fmt: skip
_enter("receipt-not-cosigned", "The receipt's checkpoint isn't signed by whom its reader wants.", "INDETERMINATE", 9,
       "receipt.quorum", _wanted(is_cosigned=False))  # fmt: skip
_enter("receipts-of-two-pasts", "Two receipts show two pasts of one ledger.", "FAILED", 2, "checkpoint.fork", _forked)
