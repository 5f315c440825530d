"""Eight ways to cheat with a bundle. Five take what any sender has, two the ledger itself, one its keys as well."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import msgspec

from custody.bundle.closure import find_closure
from custody.bundle.proofs import make_proof
from custody.cli.demo.forgery import Members, pack, remanifest, retag, take_apart
from custody.ledger.store import LedgerStore
from schemas import canonical, layout
from schemas.bundle import Bundle
from schemas.entry import ParsedEntry, parse_entry
from schemas.proof import format_proof


@dataclass(frozen=True, slots=True)
class Stage:
    """What the forger has: the bundle, an older one, one of a forked copy of the ledger, and the ledger itself."""

    bundle: Path
    older: Path
    forked: Path
    store: LedgerStore


@dataclass(frozen=True, slots=True)
class Attack:
    """A way to cheat: a file name, what is done in words, and the doing."""

    name: str
    words: str
    make: Callable[[Stage], bytes]


def _evidence(stage: Stage) -> bytes:
    """Change one byte in the middle of the largest file of evidence, in the zip as it lies on the disk."""
    members = take_apart(stage.bundle)
    name = max((name for name in members if name.startswith(layout.FILES)), key=lambda name: len(members[name]))
    raw = bytearray(stage.bundle.read_bytes())
    start = raw.find(members[name]) + len(members[name]) // 2
    raw[start] ^= 1
    return bytes(raw)


def _entry(stage: Stage) -> bytes:
    """Record an act at another second than it was recorded."""
    members = take_apart(stage.bundle)
    name, entry = _find(members, lambda entry: entry.event.type == "exhibit.sealed")
    later = entry.entry.recorded_at[:-3] + ("31Z" if entry.entry.recorded_at.endswith("30Z") else "30Z")
    members[name] = canonical.encode(msgspec.structs.replace(entry.entry, recorded_at=later))
    return pack(retag(members))


def _signature(stage: Stage) -> bytes:
    """Take the receiver's signature off a handover."""
    members = take_apart(stage.bundle)
    name, entry = _find(members, lambda entry: entry.event.type == "custody.handed-over")
    envelope = msgspec.structs.replace(entry.entry.envelope, signatures=entry.entry.envelope.signatures[:1])
    members[name] = canonical.encode(msgspec.structs.replace(entry.entry, envelope=envelope))
    return pack(retag(members))


def _left_out(stage: Stage, kind: str) -> bytes:
    """Leave out the newest entry of a kind, and prove all the others anew out of the ledger."""
    members = take_apart(stage.bundle)
    gone, _ = _find(members, lambda entry: entry.event.type == kind, newest=True)
    del members[gone]
    bundle = msgspec.json.decode(members[layout.BUNDLE], type=Bundle)
    size = 1 + max(layout.parse_entry_name(name) for name in members if name.startswith(layout.ENTRIES))
    requests = bundle.requests or ()
    names = [(item.case, item.exhibit) for item in bundle.exhibits]
    export = parse_entry(members[layout.entry_name(size - 1)]).event.details
    with stage.store.read() as reader:
        closure = find_closure(reader, names, requests, size=size, to=getattr(export, "to", None) or None)
        del closure.entries[layout.parse_entry_name(gone)]
        members[layout.PROOF] = format_proof(make_proof(reader, closure, earlier=()))
    return pack(retag(members))


def _older_proof(stage: Stage) -> bytes:
    """Put checkpoint and proofs of an older bundle beside the newer entries."""
    members, older = take_apart(stage.bundle), take_apart(stage.older)
    for name in (layout.CHECKPOINT, layout.PROOF):
        members[name] = older[name]
    return pack(retag(members))


def _added(stage: Stage) -> bytes:
    """Add a document, and make every manifest fit."""
    members = take_apart(stage.bundle)
    raw = b"The owner agreed to everything.\n"
    members[layout.DOCUMENTS + sha256(raw).hexdigest()] = raw
    return pack(retag(remanifest(members)))


def _find(members: Members, wanted: Callable[[ParsedEntry], bool], *, newest: bool = False) -> tuple[str, ParsedEntry]:
    found = [(name, entry) for name, entry in _entries(members) if wanted(entry)]
    return found[-1 if newest else 0]


def _entries(members: Members) -> Iterable[tuple[str, ParsedEntry]]:
    names = sorted((name for name in members if name.startswith(layout.ENTRIES)), key=layout.parse_entry_name)
    return ((name, parse_entry(members[name])) for name in names)


ATTACKS: tuple[Attack, ...] = (
    Attack("evidence-byte", "one bit of a file of evidence is changed", _evidence),
    Attack("entry-byte", "an act is recorded at another time", _entry),
    Attack("signature-stripped", "the receiver's signature is taken off a handover", _signature),
    Attack("event-left-out", "an act is left out, with a new proof", lambda stage: _left_out(stage, "exhibit.sealed")),
    Attack(
        "revocation-left-out",
        "the end of a key is left out, with a new proof",
        lambda stage: _left_out(stage, "agent.key-revoked"),
    ),
    Attack("older-proof", "an older bundle's proof is mixed in", _older_proof),
    Attack("member-added", "a document is added, every manifest made anew", _added),
    Attack("ledger-forked", "another history under the same name and keys", lambda stage: stage.forked.read_bytes()),
)
"""In the order in which the demonstration shows them."""
