"""Steps 0 to 4: zips in disorder, manifests, notes and records of another form."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any

import msgspec
from msgspec.structs import replace

from custody.bundle.zip_layout import Member, format_central, format_end, format_local
from keys.note import open_note
from keys.private.notes import Cosigner, cosign_note
from keys.private.signer import Ed25519Signer
from keys.verifier_key import KeyType, format_verifier_key, parse_verifier_key, verifier_key
from schemas import bag, canonical, layout, text
from schemas.entry import Entry
from schemas.merkle import hash_leaf
from schemas.proof import Proof
from schemas.trust import Trust
from tests.vectors.forge import Members, pack, retag
from tests.vectors.setting import CASE, CASES, Setting, Vector, plain_bundle

Change = Callable[[bytes], bytes]


def _fails(name: str, comment: str, step: int, code: str, build: Callable[[Setting], Members | bytes]) -> None:
    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, lambda setting: setting.failed(build(setting), step, code))


# The zip


def _zip(members: Iterable[tuple[str, bytes]]) -> bytes:
    """Write a zip of the one form, in whatever order, of whatever names."""
    file, written = io.BytesIO(), []
    for name, raw in members:
        member = Member(name=name, size=len(raw), crc=zlib.crc32(raw), offset=file.tell())
        written.append(member)
        file.write(format_local(member) + raw)
    directory, start = b"".join(map(format_central, written)), file.tell()
    file.write(directory + format_end(count=len(written), size=len(directory), offset=start))
    return file.getvalue()


def _packed(edit: Callable[[list[tuple[str, bytes]]], object]) -> Callable[[Setting], bytes]:
    def build(setting: Setting) -> bytes:
        members = plain_bundle(setting)
        items = [(name, members[name]) for name in sorted(members, key=layout.place_of)]
        edit(items)
        return _zip(items)

    return build


_fails("member-unknown", "A member of a name that the layout doesn't know.", 0, "container.member-unknown",
       _packed(lambda items: items.insert(2, ("data/notes.txt", b"x"))))  # fmt: skip
_fails("member-climbs", "A member whose name leads out of the bag.", 0, "container.member-unknown",
       _packed(lambda items: items.insert(2, ("data/../../x", b"x"))))  # fmt: skip
_fails("member-twice", "A member that is there twice, with other bytes.", 0, "container.member-twice",
       _packed(lambda items: items.insert(3, (items[2][0], b"another"))))  # fmt: skip
_fails("members-out-of-order", "Two members have changed places.", 0, "container.order",
       _packed(lambda items: items.insert(2, items.pop(3))))  # fmt: skip


# Members of another form


def _edited(name: str, change: Change) -> Callable[[Setting], Members]:
    """Change a member outside of the payload, and list it as it is."""

    def build(setting: Setting) -> Members:
        members = plain_bundle(setting)
        before = members[name]
        members[name] = change(before)
        assert members[name] != before, "the fault must change something"
        return members if name == layout.TAG_MANIFEST else retag(members)

    return build


def _lines(edit: Callable[[list[bytes]], object]) -> Change:
    def change(raw: bytes) -> bytes:
        lines = raw.splitlines(keepends=True)
        edit(lines)
        return b"".join(lines)

    return change


def _tagged_payload(setting: Setting) -> Members:
    members = plain_bundle(setting)
    tags = {name: raw for name, raw in members.items() if not name.startswith("data/") and name != layout.TAG_MANIFEST}
    listed = {**tags, layout.README: members[layout.README]}
    members[layout.TAG_MANIFEST] = bag.format_manifest((name, sha256(raw).hexdigest()) for name, raw in listed.items())
    return members


_fails("member-too-large", "A member above its cap.", 0, "container.member-size",
       _edited(layout.BAG_INFO, lambda raw: raw + b"x" * 4096))  # fmt: skip
_fails("bag-info-of-two-lines", "bag-info.txt says more than it may.", 1, "bag.info",
       _edited(layout.BAG_INFO, lambda raw: raw + b"Source: x\n"))  # fmt: skip
_fails("tag-manifest-out-of-order", "Two lines of the tag manifest have changed places.", 1, "bag.order",
       _edited(layout.TAG_MANIFEST, _lines(lambda lines: lines.append(lines.pop(0)))))  # fmt: skip
_fails("tag-manifest-twice", "A line of the tag manifest stands twice.", 1, "bag.twice",
       _edited(layout.TAG_MANIFEST, _lines(lambda lines: lines.insert(0, lines[0]))))  # fmt: skip
_fails("tag-manifest-of-payload", "The tag manifest lists a payload file.", 1, "bag.path", _tagged_payload)
_fails("tag-manifest-without-end", "The last line of the tag manifest doesn't end.", 1, "bag.manifest",
       _edited(layout.TAG_MANIFEST, lambda raw: raw[:-1]))  # fmt: skip


def _note(edit: Callable[[list[bytes]], object]) -> Callable[[Setting], Members]:
    return _edited(layout.CHECKPOINT, _lines(edit))


def _set(place: int, line: bytes) -> Callable[[list[bytes]], object]:
    return lambda lines: lines.__setitem__(place, line)


_fails("checkpoint-of-another-origin", "An origin with a space in it.", 2, "checkpoint.origin",
       _note(_set(0, b"police main\n")))  # fmt: skip
_fails("checkpoint-of-an-origin-with-a-delete", "An origin with a control character above the letters.", 2,
       "checkpoint.origin", _note(_set(0, b"police\x7fmain\n")))  # fmt: skip
_fails("checkpoint-with-a-short-root", "A root of 31 bytes.", 2, "checkpoint.root",
       _note(_set(2, text.format_base64(bytes(31)).encode() + b"\n")))  # fmt: skip
_fails("checkpoint-of-nothing", "Size 0 with a root.", 2, "checkpoint.root", _note(_set(1, b"0\n")))
_fails("note-without-end", "The checkpoint's last line doesn't end.", 2, "note.malformed",
       _edited(layout.CHECKPOINT, lambda raw: raw[:-1]))  # fmt: skip
_fails("note-with-a-tab", "A tab in the checkpoint.", 2, "note.malformed", _note(_set(0, b"police\tmain\n")))
_fails("note-of-many-signatures", "A checkpoint with 101 signatures.", 2, "note.signatures",
       _note(lambda lines: lines.extend(["\u2014 stranger AAAAAAA=\n".encode()] * 100)))  # fmt: skip
_fails("note-signed-twice", "The log's signature stands twice.", 2, "note.duplicate",
       _note(lambda lines: lines.append(lines[-1])))  # fmt: skip
_fails("note-signed-by-nobody-known", "A signature of the log's name by another key, and none of its own.", 2,
       "note.unsigned",
       _note(_set(-1, "\u2014 evidence.police.example/main AAAAAAA=\n".encode())))  # fmt: skip


# Records in proof.json


def _proof(old: bytes, new: bytes) -> Callable[[Setting], Members]:
    return _edited(layout.PROOF, lambda raw: raw.replace(old, new))


def _padded(proof: Proof) -> Proof:
    first, *rest = proof.subjects
    return replace(proof, subjects=(replace(first, siblings=(*first.siblings, text.ZERO_HASH)), *rest))


_fails("subject-of-another-kind", "A subject of a kind that there isn't.", 4, "record.malformed",
       _proof(b'["ledger"]', b'["lodger"]'))  # fmt: skip
_fails("subject-of-two-parts", "A subject with a part too many.", 4, "record.malformed",
       _proof(b'["ledger"]', b'["ledger","x"]'))  # fmt: skip
_fails("subject-of-no-agent", "A subject of an agent whose id is none.", 4, "record.malformed",
       _proof(b'["agent","custodian-1"]', b'["agent","Custodian-1"]'))  # fmt: skip
_fails("siblings-padded", "A proof in the index with an empty sibling at its end.", 8, "trie.siblings",
       lambda setting: plain_bundle(setting, edit_proof=_padded))  # fmt: skip


# Entries


def _sealed(setting: Setting) -> Any:
    composed = setting.world.custody_act("exhibit.sealed", CASE, "EX-1", {"seal": "A-1"}, actor="custodian-1")
    return setting.world.sign(composed)


def _carrying(setting: Setting, index: int) -> Members:
    """Carry an entry that doesn't parse, and so has no subject that would call for it."""
    setting.forge.add(setting.world.sign(setting.world.registration(CASE, "EX-3", actor="examiner-1")))
    return plain_bundle(setting, extra=[index])


def _entry(**changes: Any) -> Callable[[Setting], Members]:
    """A seal whose entry says something else."""
    return lambda setting: _carrying(setting, setting.forge.add(_sealed(setting), **changes))


def _envelope(**changes: Any) -> Callable[[Setting], Members]:
    def build(setting: Setting) -> Members:
        envelope = replace(_sealed(setting).envelope, **changes)
        return _carrying(setting, setting.forge.add(envelope))

    return build


def _anchored(setting: Setting) -> Members:
    """An affirmation that is called the return of an exhibit, both of which need no details."""
    composed = setting.world.annotation("record.affirmed", setting.about(), {}, actor="custodian-1")
    raw = composed.event.raw.replace(b'"type":"record.affirmed"', b'"type":"exhibit.returned"')
    envelope = replace(setting.world.sign(composed).envelope, payload=text.format_base64(raw))
    return _carrying(setting, setting.forge.add(envelope))


def _rechained(setting: Setting) -> Members:
    """Entry 0 links to something, and all that follow link to it."""
    forge, previous = setting.forge, "ab" * 32
    for index, raw in enumerate(forge.raws):
        entry = msgspec.json.decode(raw, type=Entry)
        forge.raws[index] = canonical.encode(replace(entry, previous=previous))
        previous = hash_leaf(forge.raws[index]).hex()
    return plain_bundle(setting)


def _of_another_ledger(setting: Setting) -> int:
    world, origin = setting.world, setting.world.origin
    world.origin = "other.example/main"
    index = setting.forge.add(_sealed(setting))
    world.origin = origin
    return index


def _elsewhere(setting: Setting) -> Members:
    _of_another_ledger(setting)
    return plain_bundle(setting)


def _elsewhere_unsaid(setting: Setting) -> Members:
    """Without a checkpoint that can be read only the fold knows which ledger it is."""
    _of_another_ledger(setting)
    members = plain_bundle(setting)
    members[layout.CHECKPOINT] = b"nothing\n"
    return retag(members)


_fails("entry-of-another-ledger", "An entry of another ledger than the checkpoint's.", 4, "entries.origin", _elsewhere)
_fails("entry-of-another-ledger-unsaid", "The same, under a checkpoint that can't be read.", 2, "rule.ledger",
       _elsewhere_unsaid)  # fmt: skip
_fails("entry-0-with-a-past", "Entry 0 links to something.", 2, "entries.genesis", _rechained)
_fails("entry-with-index-root", "An entry that is no export has an index root.", 4, "entry.index-root",
       _entry(index_root="ab" * 32))  # fmt: skip
_fails("entry-in-two-ledgers", "Entry and event name two ledgers.", 4, "entry.ledger",
       _entry(ledger="other.example/main"))  # fmt: skip
_fails("entry-of-something-else", "The envelope says that it holds no event.", 4, "entry.payload-type",
       _envelope(payloadType="application/other"))  # fmt: skip
_fails("event-too-large", "An event of 36,001 bytes.", 4, "record.size",
       _envelope(payload=text.format_base64(b"x" * 36_001)))  # fmt: skip
_fails("event-misspelled", "An event in base64 whose last bits aren't zero.", 4, "text.base64",
       _envelope(payload="e31="))  # fmt: skip
_fails("event-anchored-otherwise", "A custody act that is about something, and in no chain.", 4, "event.anchor",
       _anchored)  # fmt: skip


# Two cosigners of one name and id

TWINS = (30_515, 35_956)
"""Seeds of two keys whose ids agree, found by trying one after another."""


def _ambiguous(setting: Setting) -> Vector:
    keys = [Ed25519Signer(agent="cosigner", seed=seed.to_bytes(32, "big")) for seed in TWINS]
    known = [verifier_key(name="cosigner.example", type=KeyType.COSIGNER, key=key.public_key) for key in keys]
    assert known[0].id == known[1].id, "the twins must be alike"
    policy = "".join(f"witness W{place} {format_verifier_key(key)}\n" for place, key in enumerate(known))
    members = plain_bundle(setting)
    raw = members[layout.CHECKPOINT]
    note = open_note(raw, [parse_verifier_key(setting.world.log_key)])
    signer = Cosigner("cosigner.example", keys[0])
    members[layout.CHECKPOINT] = cosign_note(note, raw, cosigner=signer, time=1_795_248_000)
    plain = setting.trust()
    trust = Trust(ledgers=plain.ledgers, policy=policy + "quorum W0\n", schema=plain.schema)
    return setting.failed(pack(retag(members)), 2, "note.ambiguous", trust=trust)


CASES["note-ambiguous"] = ("Two cosigners of one name and one id.", _ambiguous)
