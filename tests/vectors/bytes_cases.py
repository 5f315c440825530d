"""Steps 0 to 10: forms and shapes that no other case has: of events, names, keys, notes, proofs and policies."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from msgspec.structs import replace

from custody.ledger.prove import TileNodes, prove_consistency
from keys.note import open_note
from keys.private.notes import Cosigner, cosign_note
from keys.verifier_key import KeyType, format_verifier_key, parse_verifier_key, verifier_key
from schemas import layout
from schemas.details.ledger import PublicKey
from schemas.envelope import Envelope, Signature, pae
from schemas.event import PAYLOAD_TYPE
from schemas.proof import Consistency, format_consistency
from schemas.text import format_base64
from schemas.trust import Trust
from tests.vectors.forge import Members, retag
from tests.vectors.reducer_cases import an_event
from tests.vectors.setting import CASE, CASES, Setting, Vector, case, plain_bundle

Edit = Callable[[Any], None]


def _enter(name: str, comment: str, tell: Callable[[Setting], Vector]) -> None:
    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, tell)


# Events that are none


def _event(name: str, comment: str, edit: Edit) -> None:
    """Enter a case of a handover whose event is changed, and signed as it is then."""

    def tell(setting: Setting) -> Vector:
        world = setting.world
        link = setting.link()
        composed = world.custody_act("custody.handed-over", CASE, "EX-1", {"purpose": "x"}, actor="custodian-1",
                                     to="examiner-2", link=link)  # fmt: skip
        record = json.loads(composed.event.raw)
        edit(record)
        raw = json.dumps(record, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
        keys = [world.signers[agent][-1] for agent in ("custodian-1", "examiner-2")]
        signatures = [Signature(keyid=key.key_id, sig=format_base64(key.sign(pae(PAYLOAD_TYPE, raw)))) for key in keys]
        signatures.sort(key=lambda item: item.keyid)
        envelope = Envelope(payload=format_base64(raw), payloadType=PAYLOAD_TYPE, signatures=tuple(signatures))
        index = setting.forge.add(envelope)
        setting.act("exhibit.sealed", {"seal": "A-1"}, actor="custodian-1")
        return setting.failed(plain_bundle(setting, extra=[index]), 4, "record.malformed")

    _enter(name, comment, tell)


def _about(*items: dict[str, str]) -> Edit:
    def edit(record: Any) -> None:
        for name in ("case", "exhibit", "link"):
            del record[name]
        record.update(about=list(items), details={}, type="record.affirmed")

    return edit


_event(
    "event-signed-out-of-order", "The receiver is named before the giver.", lambda record: record["signers"].reverse()
)
_event("event-of-two-actors", "Both who sign are named as actors.",
       lambda record: record["signers"][1].update({"as": "actor"}))  # fmt: skip
_event("event-of-another-actor", "The actor isn't he who signs first.",
       lambda record: record.update(actor="examiner-1"))  # fmt: skip
_event("event-signed-twice-by-one", "The giver is also the receiver.",
       lambda record: record["signers"][1].update(agent="custodian-1"))  # fmt: skip
_event("event-about-two-kinds", "An annotation about an exhibit and a case.",
       _about({"exhibit": "ab" * 32}, {"case": CASE}))  # fmt: skip
_event("event-about-one-twice", "An annotation about one exhibit twice.",
       _about({"exhibit": "ab" * 32}, {"exhibit": "ab" * 32}))  # fmt: skip
_event("event-first-with-a-previous", "The first act of an exhibit names one before it.",
       lambda record: record.update(link={"previous": "ab" * 32, "sequence": 0}))  # fmt: skip

# bundle.json


def _payload(name: str, comment: str, step: int, code: str, member: str, edit: Edit) -> None:
    def tell(setting: Setting) -> Vector:
        def change(members: Members) -> None:
            record = json.loads(members[member])
            edit(record)
            members[member] = json.dumps(record, separators=(",", ":"), sort_keys=True).encode()

        return setting.failed(plain_bundle(setting, edit_payload=change), step, code)

    _enter(name, comment, tell)


def _share(record: Any) -> None:
    for item in record["files"]:
        item["encrypted"] = {"sha256": "ab" * 32, "size": 9}


_payload("bundle-about-nothing", "bundle.json names neither exhibits nor requests.", 8, "completeness.unproven",
         layout.BUNDLE, lambda record: record.update(exhibits=[]))  # fmt: skip
_payload("bundle-with-one-ciphertext-for-two", "One ciphertext stands for two files.", 8, "completeness.unproven",
         layout.BUNDLE, _share)  # fmt: skip
_payload("bundle-with-a-size-too-many", "bundle.json has a file with another size.", 9, "content.size", layout.BUNDLE,
         lambda record: record["files"][0].update(size=99))  # fmt: skip


def _unexplained(setting: Setting) -> Vector:
    """A document that no event names."""
    raw = b"warrant"

    def add(members: Members) -> None:
        members[layout.DOCUMENTS + sha256(raw).hexdigest()] = raw
        record = json.loads(members[layout.BUNDLE])
        record["documents"] = [{"sha256": sha256(raw).hexdigest(), "size": len(raw)}]
        members[layout.BUNDLE] = json.dumps(record, separators=(",", ":"), sort_keys=True).encode()

    return setting.failed(plain_bundle(setting, edit_payload=add), 9, "content.unnamed")


def _resized(setting: Setting) -> Vector:
    """A document of another size than bundle.json says."""
    raw = b"photo"
    digest = sha256(raw).hexdigest()
    setting.forge.documents[digest] = raw
    setting.act("exhibit.sealed", {"photos": [digest], "seal": "A-1"}, actor="custodian-1")

    def resize(members: Members) -> None:
        members[layout.BUNDLE] = members[layout.BUNDLE].replace(b'"size":5', b'"size":6')

    return setting.failed(plain_bundle(setting, edit_payload=resize), 9, "content.documents")


_enter("document-unnamed", "A document that no carried event names.", _unexplained)
_enter("document-of-another-size", "A document of another size than bundle.json says.", _resized)


@case
def entries_absent(setting: Setting) -> Vector:
    """A bundle without any entry."""
    members = plain_bundle(setting)
    for name in [name for name in members if name.startswith("custody/entries/")]:
        del members[name]
    return setting.failed(retag(members), 0, "container.member-missing")


# Keys and signatures


def _key(name: str, comment: str, raw: bytes) -> None:
    """Enter a case of somebody with a public key that is none beside a good one, with which he signs."""

    def tell(setting: Setting) -> Vector:
        world = setting.world
        good = world.public_key(world.new_key("examiner-3"))
        bad = PublicKey(algorithm="ed25519", key=format_base64(raw), nonce="00" * 16, proof=good.proof)
        details = {"agent": "examiner-3", "keys": (good, bad), "kind": "person", "name": "n", "roles": ("examiner",)}
        an_event("agent.enrolled", details)(setting)
        setting.act("custody.handed-over", {"purpose": "search"}, actor="custodian-1", to="examiner-3")
        return setting.failed(plain_bundle(setting), 6, "key.public")

    _enter(name, comment, tell)


_key("key-spelled-otherwise", "A key that isn't below the prime of its field.", (2**255 - 18).to_bytes(32, "little"))
_key("key-off-the-curve", "A key that is no point of the curve.", (2).to_bytes(32, "little"))
_key("key-of-minus-nothing", "A key whose x is 0, and has a sign.", (2**255 + 1).to_bytes(32, "little"))


def _signed(name: str, comment: str, change: Callable[[bytes], str]) -> None:
    def tell(setting: Setting) -> Vector:
        composed = setting.world.custody_act("exhibit.sealed", CASE, "EX-1", {"seal": "A-1"}, actor="custodian-1")
        key = setting.world.signers["custodian-1"][-1]
        signature = key.sign(pae(PAYLOAD_TYPE, composed.event.raw))
        envelope = setting.world.sign(composed).envelope
        one = replace(envelope.signatures[0], sig=change(signature))
        setting.forge.add(replace(envelope, signatures=(one,)))
        return setting.failed(plain_bundle(setting), 6, "signature.invalid")

    _enter(name, comment, tell)


ORDER = 2**252 + 27742317777372353535851937790883648493
_signed("signature-of-63-bytes", "A signature that lacks its last byte.", lambda raw: format_base64(raw[:63]))
_signed("signature-of-no-base64", "A signature that isn't base64.", lambda raw: "?" * 88)
_signed("signature-with-a-large-s", "A signature whose second half is above the order of the curve.",
        lambda raw: format_base64(
            raw[:32] + (int.from_bytes(raw[32:], "little") + ORDER).to_bytes(32, "little")))  # fmt: skip
_signed("signature-with-a-small-r", "A signature whose first half is a point of small order.",
        lambda raw: format_base64((1).to_bytes(32, "little") + raw[32:]))  # fmt: skip

# Notes and consistency


@case
def checkpoint_not_utf8(setting: Setting) -> Vector:
    """A checkpoint that isn't UTF-8."""
    members = plain_bundle(setting)
    members[layout.CHECKPOINT] = b"\xff" + members[layout.CHECKPOINT]
    return setting.failed(retag(members), 2, "note.malformed")


@case
def checkpoint_with_a_root_of_no_base64(setting: Setting) -> Vector:
    """A root that isn't base64."""
    members = plain_bundle(setting)
    lines = members[layout.CHECKPOINT].split(b"\n")
    members[layout.CHECKPOINT] = b"\n".join([*lines[:2], b"?", *lines[3:]])
    return setting.failed(retag(members), 2, "checkpoint.root")


@case
def note_with_a_signature_of_no_base64(setting: Setting) -> Vector:
    """A signature line whose signature is spelled otherwise than base64."""
    members = plain_bundle(setting)
    members[layout.CHECKPOINT] += "\u2014 stranger AAAAAAB=\n".encode()
    return setting.failed(retag(members), 2, "text.base64")


@case
def checkpoint_of_fewer_entries(setting: Setting) -> Vector:
    """The checkpoint is of a ledger that hadn't the newest entries yet."""
    members = plain_bundle(setting)
    members[layout.CHECKPOINT] = setting.forge.checkpoint(size=len(setting.forge.raws) - 1)
    return setting.failed(retag(members), 4, "tree.multiproof")


def _seen(name: str, comment: str, size: int, edit: Callable[[list[str]], object] | None = None) -> None:
    """Enter a case of a checkpoint of a size that was seen, and the proof from it, with hashes too many or too few."""

    def tell(setting: Setting) -> Vector:
        members = plain_bundle(setting)
        new = len(setting.forge.raws)
        found = prove_consistency(TileNodes(setting.forge.reader().tiles(), new), size, new)
        nodes = [node.hex() for node in found]
        if edit is not None:
            edit(nodes)
        proof = Consistency(
            first=size, nodes=tuple(nodes), origin=setting.world.origin, schema="custody-consistency/v1", second=new
        )
        more: dict[str, Any] = {
            "proof": format_consistency(proof),
            "trust": setting.trust(seen=(setting.seen(size),)),
        }
        if edit is None:
            return setting.vector("PASSED", members, **more)
        return setting.failed(members, 2, "tree.consistency", **more)

    _enter(name, comment, tell)


for _size in (1, 4, 5, 7, 8):
    _seen(f"seen-of-{_size}-linked", f"A checkpoint of {_size} entries was seen, and is linked by a file.", _size)
    _seen(f"seen-of-{_size}-with-a-hash-too-many", f"A proof from {_size} entries with a hash too many.", _size,
          lambda nodes: nodes.append("ab" * 32))  # fmt: skip
_seen("seen-of-4-with-nothing", "A proof from 4 entries without any hash.", 4, lambda nodes: nodes.clear())
_seen("seen-of-5-with-nothing", "A proof from 5 entries without any hash.", 5, lambda nodes: nodes.clear())

# Policies


def _policy(
    name: str, comment: str, verdict: str, lines: Callable[[list[str], str], list[str]], edit: Edit | None = None,
) -> None:  # fmt: skip
    """Enter a case of a policy about three cosigners, of whom the first one signed."""

    def tell(setting: Setting) -> Vector:
        keys = [setting.world.new_key(f"cosigner-{number}") for number in range(3)]
        texts = [
            format_verifier_key(verifier_key(name=f"c{number}.example", type=KeyType.COSIGNER, key=key.public_key))
            for number, key in enumerate(keys)
        ]
        known = [f"witness W{number} {text}" for number, text in enumerate(texts)]
        members = plain_bundle(setting)
        raw = members[layout.CHECKPOINT]
        note = open_note(raw, [parse_verifier_key(setting.world.log_key)])
        signer = Cosigner("c0.example", keys[0])
        parts = {"note": cosign_note(note, raw, cosigner=signer, time=1_795_248_000)}
        if edit is not None:
            edit(parts)
        members[layout.CHECKPOINT] = parts["note"]
        told = "\n".join([*known, *lines(known, setting.world.log_key), ""])
        trust = Trust(ledgers=setting.trust().ledgers, policy=told, schema="custody-trust/v1")
        step = {"PASSED": None}.get(verdict, 2)
        code = {"INDETERMINATE": "checkpoint.quorum", "FAILED": "note.signature"}.get(verdict, "")
        return setting.vector(verdict, retag(members), step, code, trust=trust)

    _enter(f"policy-{name}", comment, tell)


def _after_the_clock(parts: Any) -> None:
    """The time of the cosignature is above the largest that there is."""
    head, _, line = parts["note"].decode().rstrip("\n").rpartition(" ")
    raw = bytearray(base64.b64decode(line))
    raw[4] |= 0x80
    parts["note"] = f"{head} {base64.b64encode(raw).decode()}\n".encode()


_policy("of-nobody", "A policy that wants nobody.", "PASSED", lambda *_: ["quorum none"])
_policy("of-any", "One of three cosigners is enough.", "PASSED", lambda *_: ["group G any W0 W1 W2", "quorum G"])
_policy("of-all", "All of three cosigners are wanted, and one signed.", "INDETERMINATE",
        lambda *_: ["group G all W0 W1 W2", "quorum G"])  # fmt: skip
_policy("of-two", "Two of three are wanted, and one signed.", "INDETERMINATE",
        lambda *_: ["# two of three", "", "group G 2 W0 W1 W2", "quorum G"])  # fmt: skip
_policy("of-groups", "A group within a group.", "PASSED",
        lambda *_: ["group A any W0 W1", "group B any A W2", "quorum B"])  # fmt: skip
_policy("with-a-log", "The policy names the log, too.", "PASSED", lambda _, log: [f"log {log}", "quorum W0"])
_policy("signed-beyond-time", "A cosignature with a time that can't be.", "FAILED", lambda *_: ["quorum W0"],
        _after_the_clock)  # fmt: skip
