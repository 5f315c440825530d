"""Random stories of a ledger that asks nobody whether an act is allowed: thefts, affirmations, and acts by whomever."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from custody.ledger.compose import Anchor, link_after
from schemas.entry import ParsedEntry
from schemas.event import About
from tests.vectors.forge import Forge, pack
from tests.vectors.setting import CASE, EXHIBIT, make_setting

PEOPLE = ("registrar-1", "registrar-2", "examiner-1", "examiner-2", "custodian-1", "viewer-1")
ACTS: Mapping[str, Mapping[str, Any]] = {
    "custody.handed-over": {"purpose": "keeping"},
    "custody.moved": {"place": "Room 5"},
    "custody.taken-over": {"reason": "absent"},
    "exhibit.copied": {"copy": "working", "purpose": "search"},
    "exhibit.disposed": {"authority": "court", "manner": "wiped"},
    "exhibit.examined": {"purpose": "search"},
    "exhibit.released": {"reason": "trial", "terms": "lent", "to": "court"},
    "exhibit.returned": {},
    "exhibit.sealed": {"seal": "A-1"},
    "exhibit.unsealed": {"intact": True, "reason": "search", "seal": "A-1"},
}

Step = tuple[str, Mapping[str, Any], Anchor]


@dataclass
class Story:
    """A ledger that grows by chance, always the same from one seed."""

    forge: Forge
    chance: random.Random

    @classmethod
    def of(cls, seed: int, folder: Path) -> Story:
        """Begin with the story that vectors begin with, a unit, and somebody who may only look."""
        setting = make_setting(folder)
        world = setting.world
        world.enrol("viewer-1", roles=("viewer",))
        world.enrol("unit-1", roles=("custodian",), kind="unit", members=("custodian-1", "examiner-1"))
        return cls(Forge.of(world, folder), random.Random(f"story {seed}"))

    def tell(self, count: int) -> bytes:
        """Add so many entries, each by a rule's measure right or wrong, and return a bundle about the exhibit."""
        for _ in range(count):
            kind = self.chance.choice(
                (self.act, self.act, self.revoke, self.affirm, self.affirm, self.change, self.rekey)
            )
            self.add(*kind())
        return pack(self.forge.bundle([EXHIBIT]))

    def add(self, kind: str, details: Mapping[str, Any], anchor: Anchor) -> None:
        """Sign as whoever it may be, with any key that he ever had."""
        world, chance = self.forge.world, self.chance
        people = chance.sample(PEOPLE, 5)
        offices: dict[str, Any] = {"actor": self.likely_actor(kind, details) or people[0]}
        rest = [name for name in people if name != offices["actor"]]
        if kind in ("custody.handed-over", "custody.taken-over") or chance.random() < 0.05:
            offices["to"] = rest.pop()
        if kind in ("agent.key-revoked", "record.affirmed", "exhibit.disposed") or chance.random() < 0.1:
            offices["registrar"] = next(name for name in (*PEOPLE[:2], rest.pop()) if name not in offices.values())
        if chance.random() < 0.15:
            offices["witness"] = rest.pop() if rest[-1] not in offices.values() else "system"
        if "to" in offices and chance.random() < 0.2:
            offices["on_behalf_of"] = {offices["to"]: "unit-1"}
        composed = world.event(kind, details, anchor=anchor, **offices)
        signers = [signer.agent for signer in composed.event.event.signers]
        self.forge.add(world.sign(composed, {name: chance.choice(world.signers[name]) for name in signers}))

    def likely_actor(self, kind: str, details: Mapping[str, Any]) -> str | None:
        """Mostly somebody who may: the holder, a registrar, whose key it is."""
        if self.chance.random() < 0.15:
            return None
        if kind in ACTS and kind != "custody.taken-over":
            known = self.forge.reader().view().exhibit(*EXHIBIT)
            return known.holder if known and known.holder in PEOPLE else "examiner-1"
        return str(details["agent"]) if kind == "agent.key-added" else self.chance.choice(PEOPLE[:2])

    def act(self) -> Step:
        """Take a custody act of the exhibit."""
        kind = self.chance.choice(sorted(ACTS))
        link = link_after(self.forge.reader().view().exhibit(*EXHIBIT))
        return kind, ACTS[kind], Anchor(case=CASE, exhibit=EXHIBIT[1], link=link)

    def revoke(self) -> Step:
        """Revoke a key, perhaps from an earlier entry on."""
        signer = self.chance.choice(self.forge.world.signers[self.chance.choice(PEOPLE)])
        details: dict[str, Any] = {"agent": signer.agent, "key_id": signer.key_id, "reason": "compromised"}
        if self.chance.random() < 0.8:
            details["last_valid_index"] = max(0, len(self.forge.raws) - self.chance.randrange(12))
        return "agent.key-revoked", details, Anchor()

    def affirm(self) -> Step:
        """Vouch for one of the newest entries."""
        reader = self.forge.reader()
        index = self.chance.choice(sorted(reader.parsed)[-10:])
        about = tuple(self.subjects(reader.parsed[index], reader.subjects))
        return "record.affirmed", {}, Anchor(about=about)

    def subjects(self, entry: ParsedEntry, known: Mapping[Any, list[int]]) -> Iterator[About]:
        """What an affirmation of an entry is about."""
        for subject, indexes in known.items():
            if entry.entry.index in indexes:
                match subject:
                    case ("exhibit", case, number):
                        found = self.forge.reader().view().exhibit(case, number)
                        if found is not None:
                            yield About(exhibit=found.registration, event=entry.event.hash)
                    case ("agent", agent):
                        yield About(agent=agent, event=entry.event.hash)
                    case ("case", case):
                        yield About(case=case, event=entry.event.hash)
                    case ("ledger",):
                        yield About(ledger=self.forge.world.origin, event=entry.event.hash)
                    case _:
                        pass

    def change(self) -> Step:
        """Give or take roles and members."""
        if self.chance.random() < 0.4:
            how = self.chance.choice(("members_added", "members_removed"))
            return "agent.changed", {"agent": "unit-1", how: (self.chance.choice(PEOPLE),)}, Anchor()
        roles = self.chance.sample(("auditor", "custodian", "examiner", "registrar"), 2)
        return "agent.changed", {"agent": self.chance.choice(PEOPLE[2:]), "roles": tuple(sorted(roles))}, Anchor()

    def rekey(self) -> Step:
        """Add a key for somebody, by himself or by registrars."""
        agent, world = self.chance.choice(PEOPLE), self.forge.world
        key = world.public_key(world.new_key(agent))
        return "agent.key-added", {"agent": agent, "key": key, "recovery": self.chance.random() < 0.2}, Anchor()
