"""Vectors told otherwise record by record: an entry changed in one field, left out, twice or swapped, and all of it
signed, hashed and proven anew by who has every key.

Where `spoiling` changes what a ledger's own program would write, here stands whatever can be encoded.
"""

from __future__ import annotations

import base64
import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

from msgspec.structs import replace

from custody.ledger.submission import Submission
from custody.verify.record.trusting import parse_trust
from schemas import canonical, layout
from schemas.entry import Entry
from schemas.envelope import Envelope, Signature, pae
from schemas.event import PAYLOAD_TYPE
from schemas.text import format_base64
from schemas.trust import Trust
from tests.second.spoiling import BROKEN
from tests.second.vocabulary import change, vocabulary
from tests.vectors import generate
from tests.vectors.forge import Forge, Members, retag
from tests.vectors.setting import CASES, Vector
from tests.world import World

RECORDS = (layout.BUNDLE, layout.DISCLOSURES, layout.PROOF)
TIMES = ("2026-11-20T00:00:00Z", "2026-11-21T08:00:00Z", "2027-11-21T00:00:00Z")
PLACES: Mapping[str, Any] = {"index": 3, "index_root": "ab" * 32, "ledger": "b.example/main", "previous": "ab" * 32}
ADD, BUNDLE, OF = Forge.add, Forge.bundle, Forge.of


def _encode(value: Any) -> bytes:
    """Spell whatever it is as a record is spelled."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


@dataclass
class Reteller:
    """Changes a story as it is told, at some ``rate``; ``done`` says what. ``healed`` are event hashes in whose place
    later events name others, so that one change isn't always a broken chain.
    """

    chance: Random
    rate: float
    done: list[str] = field(default_factory=list)
    healed: dict[str, str] = field(default_factory=dict)
    held: list[Envelope] = field(default_factory=list)

    def happens(self, rate: float | None = None) -> bool:
        """Tell whether something is changed here."""
        return self.chance.random() < (self.rate if rate is None else rate)

    def change_event(self, event: dict[str, Any]) -> None:
        """Change its type, anything of it, its details as a whole, or one of them."""
        words, type = vocabulary(), event["type"]
        match self.chance.randrange(10):
            case 0:
                kind = self.chance.choice(sorted(words.details))
                event |= {"details": deepcopy(self.chance.choice(words.details[kind])), "type": kind}
                self.done.append(f"{type} as {kind}")
            case 1 | 2:
                self.done.append(f"{type} {change(event, self.chance)}")
            case 3:
                event["details"] = deepcopy(self.chance.choice(words.details[type] or [event["details"]]))
                self.done.append(f"{type} other details")
            case _:
                self.done.append(f"{type} details/{change(event['details'], self.chance)}")

    def retell(self, envelope: Envelope, world: World) -> Envelope:
        """Return an envelope with the event changed, or its references brought up to date, and signed as it was."""
        before = base64.b64decode(envelope.payload)
        text = before.decode()
        for old, new in self.healed.items():
            text = text.replace(old, new)
        if self.happens():
            event = json.loads(text)
            self.change_event(event)
            text = _encode(event).decode()
        raw = text.encode()
        if raw == before:
            return envelope
        if self.happens(0.8):
            self.healed[sha256(before).hexdigest()] = sha256(raw).hexdigest()
        return self.sign(envelope, raw, world)

    def sign(self, envelope: Envelope, raw: bytes, world: World) -> Envelope:
        """Return an envelope of other bytes, signed with the keys that signed it, and by who is named now."""
        keys = {key.key_id: key for held in world.signers.values() for key in held}
        signing = {item.keyid: keys[item.keyid] for item in envelope.signatures if item.keyid in keys}
        signers = json.loads(raw).get("signers")
        items = signers if isinstance(signers, list) else []
        named = {str(item.get("agent")) for item in items if isinstance(item, dict)}
        if named:
            signing = {name: key for name, key in signing.items() if key.agent in named}
            for name in sorted(named - {key.agent for key in signing.values()}):
                signing |= {key.key_id: key for key in world.signers.get(name, ())[-1:]}
        made = [
            Signature(keyid=name, sig=format_base64(key.sign(pae(PAYLOAD_TYPE, raw))))
            for name, key in sorted(signing.items())
        ]
        return replace(envelope, payload=format_base64(raw), signatures=tuple(made) or envelope.signatures)

    def add(self, forge: Forge, submission: Submission | Envelope, **changes: Any) -> int:
        """Chain an event: perhaps another one, not at all, twice, later, after the next, or with other fields around
        it.
        """
        if isinstance(submission, Submission):
            forge.disclosures += submission.disclosures
            submission = submission.envelope
        envelope = self.retell(submission, forge.world)
        ways = ("never", "twice", "swapped", "time", "place", "signatures")
        what = self.chance.choice(ways) if self.happens(self.rate / 2) else ""
        self.done += [what] if what else []
        match what:
            case "never":
                return len(forge.raws) - 1
            case "swapped" if not self.held:
                self.held.append(envelope)
                return len(forge.raws)
            case "twice":
                ADD(forge, envelope, **changes)
            case "time":
                changes["recorded_at"] = self.chance.choice(TIMES)
            case "place":
                name = self.chance.choice(sorted(PLACES))
                changes[name] = PLACES[name]
            case "signatures":
                one = envelope.signatures[0]
                ways_of = ((), (one, *envelope.signatures), (replace(one, sig=format_base64(bytes(64))),))
                envelope = replace(envelope, signatures=self.chance.choice(ways_of) or envelope.signatures[1:])
            case _:
                pass
        index = ADD(forge, envelope, **changes)
        while self.held:
            index = ADD(forge, self.held.pop())
        return index

    def begin(self, world: World, folder: Path) -> Forge:
        """Start from what a world holds, some entries of which may be others."""
        forge = OF(world, folder)
        if self.happens(0.7):
            return forge
        raws, forge.raws = forge.raws, []
        for raw in raws:
            entry = canonical.decode(raw, Entry, maximum=1 << 20)
            self.add(forge, entry.envelope, recorded_at=entry.recorded_at)
        return forge

    def bundle(
        self, forge: Forge, *told: Any, edit_payload: Callable[[Members], None] | None = None, **options: Any
    ) -> Members:
        """Make a bundle, perhaps with an entry too few or too many, or with another word in its own records."""
        names = [name for name in RECORDS if self.happens(self.rate / 4)]

        def edit(members: Members) -> None:
            if edit_payload is not None:
                edit_payload(members)
            for name in names:
                self.change_record(members, name)

        if self.happens(self.rate / 4):
            index, how = self.chance.randrange(len(forge.raws)), self.chance.choice(("omit", "extra"))
            options[how] = [index]
            self.done.append(f"{how} {index}")
        members = BUNDLE(forge, *told, edit_payload=edit if edit_payload or names else None, **options)
        if layout.PROOF in names:
            self.change_record(members, layout.PROOF)
            retag(members)
        return members

    def change_record(self, members: Members, name: str) -> None:
        """Change a record of a bundle, if it is there by now."""
        if name in members:
            value = json.loads(members[name])
            self.done.append(f"{name} {change(value, self.chance)}")
            members[name] = _encode(value)

    def believe(self, trust: Trust) -> Trust:
        """Return what somebody believes who was told otherwise; what can't be believed is left as it was."""
        value = json.loads(canonical.encode(trust))
        what = change(value, self.chance)
        try:
            made = parse_trust(_encode(value))
        except BROKEN:
            return trust
        self.done.append(f"trust {what}")
        return made


def retold(chance: Random, *, rate: float = 0.04) -> Iterator[tuple[str, list[str], Vector]]:
    """Yield vectors that were told otherwise: the name, what was changed, and the vector."""
    begun: set[str] = set()
    while True:
        name = chance.choice(sorted(CASES))
        if name not in begun:
            generate.make_vector(name)  # the worlds in which it begins are kept, and stay as they should be
        begun.add(name)
        reteller = Reteller(chance, rate)
        try:
            with _telling(reteller):
                vector = generate.make_vector(name)
            if vector.trust is not None and reteller.happens(0.1):
                vector = dataclasses.replace(vector, trust=reteller.believe(vector.trust))
        except BROKEN:
            continue
        if reteller.done:
            yield name, reteller.done, vector


@contextmanager
def _telling(reteller: Reteller) -> Iterator[None]:
    def add(forge: Forge, *told: Any, **changes: Any) -> int:
        return reteller.add(forge, *told, **changes)

    def bundle(forge: Forge, *told: Any, **options: Any) -> Members:
        return reteller.bundle(forge, *told, **options)

    with (
        patch.object(Forge, "add", add),
        patch.object(Forge, "bundle", bundle),
        patch.object(Forge, "of", staticmethod(reteller.begin)),
    ):
        yield
