"""Steps 2 and 3: checkpoints, trust and what was seen before."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from custody.ledger.prove import TileNodes, prove_consistency
from keys.note import open_note
from keys.private.notes import Cosigner, cosign_note
from keys.verifier_key import KeyType, format_verifier_key, parse_verifier_key, verifier_key
from schemas import layout, text
from schemas.proof import Consistency, ConsistencyFrom, Proof, format_consistency
from schemas.trust import CertificateRoot, LogKey, Trust
from tests.vectors.forge import pack, retag
from tests.vectors.setting import Setting, Vector, case, plain_bundle


@case
def unknown_origin(setting: Setting) -> Vector:
    """The trust file says nothing about this ledger."""
    trust = Trust(ledgers=(), schema="custody-trust/v1")
    return setting.vector("INDETERMINATE", plain_bundle(setting), 2, "checkpoint.unknown-origin", trust=trust)


@case
def other_genesis(setting: Setting) -> Vector:
    """The trust file knows a ledger of this name that began otherwise."""
    trust = setting.trust(genesis="ab" * 32)
    return setting.failed(plain_bundle(setting), 2, "checkpoint.genesis", trust=trust)


@case
def signed_by_stranger(setting: Setting) -> Vector:
    """The checkpoint is signed by a key that the ledger never had; without trust the ledger's own keys tell."""
    members = plain_bundle(setting)
    setting.forge.log_signer = setting.world.new_key("examiner-1")
    members[layout.CHECKPOINT] = setting.forge.checkpoint()
    return setting.failed(retag(members), 2, "note.unsigned", trust=None)


@case
def signature_damaged(setting: Setting) -> Vector:
    """A byte of the log's signature is changed."""
    members = plain_bundle(setting)
    note = members[layout.CHECKPOINT]
    swapped = b"A" if note[-10:-9] != b"A" else b"B"
    members[layout.CHECKPOINT] = note[:-10] + swapped + note[-9:]
    return setting.failed(retag(members), 2, "note.signature")


@case
def checkpoint_with_extension(setting: Setting) -> Vector:
    """An extension line in the checkpoint, where nobody audits it."""
    members = plain_bundle(setting)
    body, _, tail = members[layout.CHECKPOINT].partition(b"\n\n")
    members[layout.CHECKPOINT] = body + b"\nextension\n\n" + tail
    return setting.failed(retag(members), 2, "checkpoint.malformed")


@case
def checkpoint_leading_zero(setting: Setting) -> Vector:
    """The size is spelled with a leading zero."""
    members = plain_bundle(setting)
    origin, rest = members[layout.CHECKPOINT].split(b"\n", 1)
    members[layout.CHECKPOINT] = origin + b"\n0" + rest
    return setting.failed(retag(members), 2, "checkpoint.size")


@case
def log_key_out_of_range(setting: Setting) -> Vector:
    """The trust file believes the log key for earlier entries only."""
    key = LogKey(first=0, key=setting.world.log_key, last=4)
    return setting.failed(plain_bundle(setting), 2, "note.unsigned", trust=setting.trust(log_keys=(key,)))


@case
def log_key_revoked_by_the_ledger(setting: Setting) -> Vector:
    """The ledger's own entries ended the log key before: they narrow what the trust file believes."""
    details = {"key": setting.world.log_key, "reason": "compromised"}
    event = setting.world.event("ledger.key-revoked", details, actor="registrar-1", registrar="registrar-2")
    setting.forge.add(setting.world.sign(event))
    return setting.failed(plain_bundle(setting), 2, "note.unsigned")


@case
def seen_linked(setting: Setting) -> Vector:
    """A checkpoint seen before, and the proof that this one continues it."""
    seen = setting.seen(6)
    return setting.vector("PASSED", plain_bundle(setting, earlier=(6,)), trust=setting.trust(seen=(seen,)))


@case
def seen_not_linked(setting: Setting) -> Vector:
    """A checkpoint seen before, and no proof that this one continues it."""
    trust = setting.trust(seen=(setting.seen(6),))
    return setting.vector("INDETERMINATE", plain_bundle(setting), 2, "checkpoint.not-linked", trust=trust)


@case
def seen_linked_to_older_only(setting: Setting) -> Vector:
    """Two checkpoints seen; the proof leads from the older one, so the ledger may have forked after it."""
    trust = setting.trust(seen=(setting.seen(4), setting.seen(6)))
    members = plain_bundle(setting, earlier=(4,))
    return setting.vector("INDETERMINATE", members, 2, "checkpoint.not-linked", trust=trust)


@case
def seen_linked_by_file(setting: Setting) -> Vector:
    """The consistency proof comes apart from the bundle."""
    members = plain_bundle(setting)
    size = len(setting.forge.raws)
    nodes = prove_consistency(TileNodes(setting.forge.reader().tiles(), size), 6, size)
    proof = Consistency(
        first=6, nodes=tuple(node.hex() for node in nodes), origin=setting.world.origin,
        schema="custody-consistency/v1", second=size,
    )  # fmt: skip
    trust = setting.trust(seen=(setting.seen(6),))
    return setting.vector("PASSED", members, trust=trust, proof=format_consistency(proof))


@case
def older_than_seen(setting: Setting) -> Vector:
    """A genuine older bundle, and no proof that leads from it to what was seen since."""
    members = plain_bundle(setting)
    setting.act("exhibit.sealed", {"seal": "A-1"}, actor="custodian-1")
    trust = setting.trust(seen=(setting.seen(len(setting.forge.raws)),))
    return setting.vector("INDETERMINATE", members, 2, "checkpoint.not-linked", trust=trust)


@case
def forked(setting: Setting) -> Vector:
    """Another root was seen at the same size: two histories under one name."""
    members = plain_bundle(setting)
    seen = setting.seen(len(setting.forge.raws), root="ab" * 32)
    return setting.failed(members, 2, "checkpoint.fork", trust=setting.trust(seen=(seen,)))


@case
def rewritten_since_seen(setting: Setting) -> Vector:
    """The proof from the checkpoint seen before doesn't hold: the ledger's past was rewritten with its own keys."""
    seen = setting.seen(6, root="ab" * 32)
    members = plain_bundle(setting, earlier=(6,))
    return setting.failed(members, 2, "tree.consistency", trust=setting.trust(seen=(seen,)))


@case
def consistency_cut(setting: Setting) -> Vector:
    """The consistency proof lacks its last hash."""

    def cut(proof: Proof) -> Proof:
        (item,) = proof.consistency
        short = ConsistencyFrom(first=item.first, nodes=item.nodes[:-1])
        return Proof(consistency=(short,), nodes=proof.nodes, schema=proof.schema, subjects=proof.subjects)

    trust = setting.trust(seen=(setting.seen(6),))
    members = plain_bundle(setting, earlier=(6,), edit_proof=cut)
    return setting.failed(members, 2, "tree.consistency", trust=trust)


def _policy(setting: Setting) -> tuple[Any, str]:
    cosigner = setting.world.new_key("cosigner-1")
    key = verifier_key(name="cosigner.example", type=KeyType.COSIGNER, key=cosigner.public_key)
    return cosigner, f"witness W {format_verifier_key(key)}\nquorum W\n"


def _with_policy(trust: Trust, policy: str) -> Trust:
    return Trust(ledgers=trust.ledgers, policy=policy, schema=trust.schema)


@case
def quorum_missing(setting: Setting) -> Vector:
    """The trust file wants a cosigner, and none signed."""
    _, policy = _policy(setting)
    trust = _with_policy(setting.trust(), policy)
    return setting.vector("INDETERMINATE", plain_bundle(setting), 2, "checkpoint.quorum", trust=trust)


@case
def quorum_there(setting: Setting) -> Vector:
    """The trust file wants a cosigner, who signed."""
    cosigner, policy = _policy(setting)
    members = plain_bundle(setting)
    raw = members[layout.CHECKPOINT]
    signer = Cosigner("cosigner.example", cosigner)
    note = open_note(raw, [parse_verifier_key(setting.world.log_key)])
    members[layout.CHECKPOINT] = cosign_note(note, raw, cosigner=signer, time=1_795_248_000)
    return setting.vector("PASSED", retag(members), trust=_with_policy(setting.trust(), policy))


@case
def timestamps_asked(setting: Setting) -> Vector:
    """The trust file asks for timestamps, which this version can't check."""
    plain = setting.trust()
    trust = Trust(ledgers=plain.ledgers, schema=plain.schema, timestamp_authorities=(text.format_base64(b"0123"),))
    return setting.vector("INDETERMINATE", plain_bundle(setting), 3, "timestamps.unsupported", trust=trust)


@case
def timestamps_unread(setting: Setting) -> Vector:
    """A timestamp was added on the way, which nobody asks for and nothing vouches for: a note says so."""
    members = plain_bundle(setting)
    token = b"nobody reads this"
    members[f"{layout.TIMESTAMPS}{sha256(token).hexdigest()}.tsr"] = token
    return setting.vector("PASSED", retag(members), None, "timestamps.unread", trust=setting.trust())


@case
def certificates_asked(setting: Setting) -> Vector:
    """The trust file asks for certificates, which this version can't check."""
    plain = setting.trust()
    root = CertificateRoot(certificate=text.format_base64(b"0123"), country="XA")
    trust = Trust(certificates=(root,), ledgers=plain.ledgers, schema=plain.schema)
    return setting.vector("INDETERMINATE", plain_bundle(setting), 5, "keys.certificates-unsupported", trust=trust)


@case
def bundle_of_another_ledger(setting: Setting) -> Vector:
    """bundle.json names another ledger than the checkpoint."""

    def rename(members: dict[str, bytes]) -> None:
        raw = members[layout.BUNDLE]
        members[layout.BUNDLE] = raw.replace(setting.world.origin.encode(), b"evidence.police.example/other")

    return setting.failed(pack(plain_bundle(setting, edit_payload=rename)), 9, "content.ledger")
