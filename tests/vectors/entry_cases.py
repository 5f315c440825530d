"""Steps 4 to 6: entries, keys and signatures."""

from __future__ import annotations

import base64

import msgspec

from custody.ledger.submission import Submission
from schemas import canonical, layout, text
from schemas.entry import Entry
from schemas.envelope import Envelope, Signature, pae
from schemas.event import PAYLOAD_TYPE, About
from schemas.proof import Proof
from tests.vectors.forge import remanifest, retag
from tests.vectors.setting import CASE, HANDED_OVER, REGISTERED, Setting, Vector, case, plain_bundle


def _edited(setting: Setting, index: int, old: bytes, new: bytes) -> Vector:
    """Change the bytes of a carried entry after the tree was made over the right ones."""
    members = plain_bundle(setting)
    name = layout.entry_name(index)
    assert old in members[name], "the fault must change something"
    members[name] = members[name].replace(old, new)
    return setting.failed(retag(members), 4, "tree.multiproof")


@case
def entry_time_changed(setting: Setting) -> Vector:
    """The recording time of an entry is changed."""
    return _edited(setting, REGISTERED, b'"recorded_at":"2026-11-21T08:0', b'"recorded_at":"2026-11-21T07:0')


@case
def entry_signature_stripped(setting: Setting) -> Vector:
    """The second signature of a handover is taken out: one officer would do, somebody thought."""
    members = plain_bundle(setting)
    name = layout.entry_name(HANDED_OVER)
    entry = msgspec.json.decode(members[name], type=Entry)
    envelope = msgspec.structs.replace(entry.envelope, signatures=entry.envelope.signatures[:1])
    members[name] = canonical.encode(msgspec.structs.replace(entry, envelope=envelope))
    return setting.failed(retag(members), 4, "signatures.missing")


@case
def entry_not_canonical(setting: Setting) -> Vector:
    """An entry with a space in it, under a tree that was made over it."""
    return setting.failed(_changed(setting, b',"index":', b', "index":'), 4, "record.not-canonical")


def _seal(setting: Setting) -> int:
    """Chain one more act, so that a fault in it leaves the story before it readable."""
    return setting.act("exhibit.sealed", {"seal": "A-1"}, actor="custodian-1")


def _changed(setting: Setting, old: bytes, new: bytes) -> dict[str, bytes]:
    """Change the bytes of an entry before chain, tree and proofs are made over them."""
    index = _seal(setting)
    assert old in setting.forge.raws[index], "the fault must change something"
    setting.forge.raws[index] = setting.forge.raws[index].replace(old, new)
    return _carrying(setting, index)


def _carrying(setting: Setting, index: int) -> dict[str, bytes]:
    """Make a bundle that carries an entry which no longer parses, and so has no subject that would call for it."""
    setting.forge.add(setting.world.sign(setting.world.registration(CASE, "EX-3", actor="examiner-1")))
    return plain_bundle(setting, extra=[index])


@case
def entry_unknown_field(setting: Setting) -> Vector:
    """An entry with a field that version 1 doesn't know."""
    return setting.failed(_changed(setting, b',"index":', b',"extra":1,"index":'), 4, "record.malformed")


@case
def entry_newer_version(setting: Setting) -> Vector:
    """An entry of a newer schema version, which cannot be judged."""
    members = _changed(setting, b"custody-entry/v1", b"custody-entry/v2")
    return setting.vector("INDETERMINATE", members, 2, "record.version")


@case
def entry_duplicate_key(setting: Setting) -> Vector:
    """An entry that says its index twice."""
    return setting.failed(_changed(setting, b',"index":8', b',"index":8,"index":8'), 4, "record.not-canonical")


@case
def event_unknown_type(setting: Setting) -> Vector:
    """An event of a type that version 1 doesn't know."""
    return setting.failed(
        _with_event(setting, b'"type":"exhibit.sealed"', b'"type":"exhibit.teleported"'), 4, "event.type"
    )


@case
def event_wrong_anchor(setting: Setting) -> Vector:
    """A custody act that is called a case."""
    return setting.failed(
        _with_event(setting, b'"type":"exhibit.sealed"', b'"type":"case.opened"'), 4, "record.malformed"
    )


@case
def event_time_impossible(setting: Setting) -> Vector:
    """An event on 30 February."""
    old, new = b'"occurred_at":"2026-11-21', b'"occurred_at":"2026-02-30'
    return setting.failed(_with_event(setting, old, new), 4, "record.malformed")


def _with_event(setting: Setting, old: bytes, new: bytes) -> dict[str, bytes]:
    """Change the bytes of an event before anything is made over them; its signature no longer matters."""
    index = _seal(setting)
    entry = msgspec.json.decode(setting.forge.raws[index], type=Entry)
    payload = base64.b64decode(entry.envelope.payload)
    assert old in payload, "the fault must change something"
    envelope = msgspec.structs.replace(entry.envelope, payload=text.format_base64(payload.replace(old, new)))
    setting.forge.raws[index] = canonical.encode(msgspec.structs.replace(entry, envelope=envelope))
    return _carrying(setting, index)


def _moved(setting: Setting) -> Submission:
    return setting.world.sign(
        setting.world.custody_act("custody.moved", CASE, "EX-1", {"place": "Room 5"}, actor="custodian-1")
    )


@case
def chain_broken(setting: Setting) -> Vector:
    """An entry links to another than the one before it: chain and tree disagree ('linear fake')."""
    setting.forge.add(
        setting.world.sign(
            setting.world.custody_act("exhibit.sealed", CASE, "EX-1", {"seal": "A-1"}, actor="custodian-1")
        ),
        previous="ab" * 32,
    )
    return setting.failed(plain_bundle(setting), 4, "entries.chain")


@case
def index_wrong(setting: Setting) -> Vector:
    """An entry says another index than its name and place."""
    setting.forge.add(
        setting.world.sign(
            setting.world.custody_act("exhibit.sealed", CASE, "EX-1", {"seal": "A-1"}, actor="custodian-1")
        ),
        index=77,
    )
    return setting.failed(plain_bundle(setting), 4, "entries.index")


@case
def multiproof_cut(setting: Setting) -> Vector:
    """The multiproof lacks a hash."""
    for number in ("EX-3", "EX-4", "EX-5"):
        other = setting.world.registration(CASE, number, actor="examiner-1")
        setting.forge.add(setting.world.sign(other))

    def cut(proof: Proof) -> Proof:
        return msgspec.structs.replace(proof, nodes=proof.nodes[:-1])

    return setting.failed(plain_bundle(setting, edit_proof=cut), 4, "tree.multiproof")


@case
def multiproof_long(setting: Setting) -> Vector:
    """The multiproof has a hash too many."""

    def lengthen(proof: Proof) -> Proof:
        return msgspec.structs.replace(proof, nodes=(*proof.nodes, "ab" * 32))

    return setting.failed(plain_bundle(setting, edit_proof=lengthen), 4, "tree.multiproof")


@case
def payload_of_another_bundle(setting: Setting) -> Vector:
    """The records of one bundle with the payload of another."""
    older = plain_bundle(setting, is_detached=True)
    members = plain_bundle(setting)
    for name in [name for name in members if name.startswith("data/")]:
        del members[name]
    members |= {name: raw for name, raw in older.items() if name.startswith("data/")}
    return setting.failed(retag(remanifest(members)), 4, "entries.manifest")


@case
def not_exported_last(setting: Setting) -> Vector:
    """The newest entry under the checkpoint is not the export."""

    def after(forge: object) -> None:
        setting.act("exhibit.sealed", {"seal": "A-1"}, actor="custodian-1")

    return setting.failed(plain_bundle(setting, after=after), 4, "entries.export")


@case
def key_unknown(setting: Setting) -> Vector:
    """A seal put on with a key that was never enrolled."""
    setting.world.new_key("custodian-1")
    setting.act("exhibit.sealed", {"seal": "A-1"}, actor="custodian-1")
    return setting.failed(plain_bundle(setting), 5, "keys.unknown")


def _revoke(setting: Setting, agent: str, *, last: int | None = None, key: int = 0) -> int:
    details = {
        "agent": agent, "key_id": setting.world.signers[agent][key].key_id, "last_valid_index": last,
        "reason": "compromised",
    }  # fmt: skip
    event = setting.world.event("agent.key-revoked", details, actor="registrar-1", registrar="registrar-2")
    return setting.forge.add(setting.world.sign(event))


@case
def key_revoked(setting: Setting) -> Vector:
    """A seal put on with a key that was revoked before."""
    _revoke(setting, "custodian-1")
    setting.act("exhibit.sealed", {"seal": "A-1"}, actor="custodian-1")
    return setting.failed(plain_bundle(setting), 5, "keys.revoked")


@case
def key_of_entry_disputed(setting: Setting) -> Vector:
    """The custodian's key was stolen before he received the exhibit, as was found later."""
    _revoke(setting, "custodian-1", last=REGISTERED)
    return setting.vector("INDETERMINATE", plain_bundle(setting), 5, "keys.disputed")


@case
def disputed_and_affirmed(setting: Setting) -> Vector:
    """The same, and two registrars have looked into it and vouch for the handover."""
    _revoke(setting, "custodian-1", last=REGISTERED)
    _affirm(setting, HANDED_OVER, actor="registrar-1", registrar="registrar-2")
    return setting.vector("PASSED", plain_bundle(setting))


def _affirm(setting: Setting, index: int, **offices: str) -> int:
    reader = setting.forge.reader()
    about = About(exhibit=str(setting.about().exhibit), event=reader.parsed[index].event.hash)
    return setting.forge.add(setting.world.sign(setting.world.annotation("record.affirmed", about, {}, **offices)))


@case
def affirmed_by_the_thief(setting: Setting) -> Vector:
    """The thief enrolled a second key with the stolen one and affirms with that."""
    world = setting.world
    stolen = world.signers["custodian-1"][0]
    second = world.new_key("custodian-1")
    details = {"agent": "custodian-1", "key": world.public_key(second), "recovery": False}
    event = world.event("agent.key-added", details, actor="custodian-1")
    setting.forge.add(world.sign(event, {"custodian-1": stolen}))
    _revoke(setting, "custodian-1", last=REGISTERED)
    _affirm(setting, HANDED_OVER, actor="custodian-1")
    return setting.failed(plain_bundle(setting), 5, "keys.barred")


@case
def affirmed_without_signing(setting: Setting) -> Vector:
    """Who is in question is named as the affirming one, but the key that signs isn't on record."""
    setting.world.new_key("custodian-1")
    _revoke(setting, "custodian-1", last=REGISTERED)
    _affirm(setting, HANDED_OVER, actor="custodian-1")
    return setting.failed(plain_bundle(setting), 5, "keys.disputed")


@case
def signature_missing(setting: Setting) -> Vector:
    """A handover that only the giver signed."""
    return setting.failed(_handover_without(setting, "custodian-1"), 6, "signatures.missing")


def _handover_without(setting: Setting, agent: str) -> dict[str, bytes]:
    composed = setting.world.custody_act(
        "custody.handed-over", CASE, "EX-1", {"purpose": "examination"}, actor="custodian-1", to="examiner-2"
    )
    submission = setting.world.sign(composed)
    gone = setting.world.signers["examiner-2"][-1].key_id
    envelope = submission.envelope
    kept = tuple(item for item in envelope.signatures if item.keyid != gone)
    setting.forge.disclosures += submission.disclosures
    setting.forge.add(msgspec.structs.replace(envelope, signatures=kept))
    return plain_bundle(setting)


@case
def signature_extra(setting: Setting) -> Vector:
    """A signature of somebody whom the event doesn't name."""
    composed = setting.world.custody_act("exhibit.sealed", CASE, "EX-1", {"seal": "A-1"}, actor="custodian-1")
    submission = setting.world.sign(composed)
    key = setting.world.signers["examiner-1"][-1]
    more = Signature(keyid=key.key_id, sig=text.format_base64(key.sign(pae(PAYLOAD_TYPE, composed.event.raw))))
    signatures = tuple(sorted((*submission.envelope.signatures, more), key=lambda item: item.keyid))
    setting.forge.disclosures += submission.disclosures
    setting.forge.add(msgspec.structs.replace(submission.envelope, signatures=signatures))
    return setting.failed(plain_bundle(setting), 6, "signatures.extra")


@case
def signature_invalid(setting: Setting) -> Vector:
    """A signature over something else."""
    composed = setting.world.custody_act("exhibit.sealed", CASE, "EX-1", {"seal": "A-1"}, actor="custodian-1")
    submission = setting.world.sign(composed)
    (signature,) = submission.envelope.signatures
    wrong = text.format_base64(setting.world.signers["custodian-1"][-1].sign(b"something else"))
    envelope = Envelope(
        payload=submission.envelope.payload,
        payloadType=submission.envelope.payloadType,
        signatures=(Signature(keyid=signature.keyid, sig=wrong),),
    )
    setting.forge.disclosures += submission.disclosures
    setting.forge.add(envelope)
    return setting.failed(plain_bundle(setting), 6, "signature.invalid")


@case
def enrolment_without_proof(setting: Setting) -> Vector:
    """A registrar enrolled a key for the custodian whose owner never proved to hold it."""
    world = setting.world
    key = world.public_key(world.new_key("examiner-3"), agent="somebody-else")
    details = {"agent": "examiner-3", "keys": (key,), "kind": "person", "name": "n", "roles": ("examiner",)}
    setting.forge.add(world.sign(world.event("agent.enrolled", details, actor="registrar-1")))
    composed = world.custody_act(
        "custody.handed-over", CASE, "EX-1", {"purpose": "examination"}, actor="custodian-1", to="examiner-3"
    )
    setting.forge.add(world.sign(composed))
    return setting.failed(plain_bundle(setting), 6, "enrolment.proof")
