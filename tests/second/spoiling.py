"""Vectors whose stories are told otherwise: a field changed, an act left out or told twice, and all of it signed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any
from unittest.mock import patch

from custody.ledger.compose import Composed
from custody.ledger.submission import Submission
from schemas import canonical
from schemas.envelope import Envelope
from schemas.errors import CustodyError
from tests.vectors import generate
from tests.vectors.forge import Forge
from tests.vectors.setting import CASES, Vector
from tests.world import World

WORDS: tuple[Any, ...] = (
    "a-police", "b-police", "c-police", "ministry", "examiner-1", "official-1", "registrar-1", "custodian-1", "nobody",
    "a.example/main", "b.example/main", "XA", "XB", "XC", "req-1", "req-9", "EX-1", "EX-2", "allowed", "with-consent",
    "forbidden", "granted", "refused", "letter", "key", "paper", "proof", "accepted", "1f" * 16, "2f" * 16, "ab" * 32,
    "2026-11-21T08:00:00Z", "2026-11-20T08:00:00Z", "2027-01-01T00:00:00Z", True, False, 0, 1, 5, 20, "original",
    "copy", "data", "object",
)  # fmt: skip
BROKEN = (CustodyError, AssertionError, AttributeError, IndexError, KeyError, StopIteration, TypeError, ValueError)
"""What a generator may raise that is told a story which it doesn't expect."""


@dataclass
class Spoiler:
    """Changes what a world tells, now and then; ``done`` says what."""

    chance: Random
    done: list[str]

    def change(self, details: Any) -> None:
        """Put another value in one place, or take it away, or put an item there twice."""
        while details:
            key = self.chance.choice(sorted(details) if isinstance(details, dict) else range(len(details)))
            value = details[key]
            if isinstance(value, dict | list) and value and self.chance.random() < 0.8:
                details = value
            elif self.chance.random() < 0.3:
                del details[key]
                return
            elif isinstance(details, list) and self.chance.random() < 0.3:
                details.append(value)
                return
            else:
                alike = [word for word in WORDS if type(word) is type(value)]
                details[key] = self.chance.choice(alike or WORDS)
                return

    def event(self, world: World, type: str, details: Mapping[str, Any], **options: Any) -> Composed:
        """Compose an event, perhaps with other details, of another time or by somebody else."""
        what = self.chance.choice(("details", "details", "time", "actor", *[""] * 36))
        if what == "details":
            changed = json.loads(json.dumps(dict(details), default=lambda item: json.loads(canonical.encode(item))))
            self.change(changed)
            try:
                made = TELL(world, type, changed, **options)
            except CustodyError:
                return TELL(world, type, details, **options)
            self.done.append(f"{type} {what}")
            return made
        if what == "time":
            options["occurred_at"] = world.at + timedelta(seconds=self.chance.choice((-3600, -1, 1, 86_400 * 400)))
        if what == "actor" and options.get("actor"):
            options["actor"] = self.chance.choice(sorted(world.signers))
        self.done += [f"{type} {what}"] if what else []
        return TELL(world, type, details, **options)

    def add(self, forge: Forge, submission: Submission | Envelope, **changes: Any) -> int:
        """Chain an event, perhaps twice, or not at all, or recorded at another time."""
        what = self.chance.choice(("twice", "never", "late", *[""] * 60))
        self.done += [what] if what else []
        if what == "never":
            return len(forge.raws) - 1
        if what == "twice":
            ADD(forge, submission, **changes)
        if what == "late":
            changes["recorded_at"] = "2027-11-20T00:00:00Z"
        return ADD(forge, submission, **changes)


TELL, ADD = World.event, Forge.add


def spoiled(chance: Random) -> Iterator[tuple[str, list[str], Vector]]:
    """Yield vectors that were told otherwise: the name, what was changed, and the vector."""
    while True:
        name = chance.choice(sorted(CASES))
        generate.make_vector(name)  # the worlds in which it begins are kept, and stay as they should be
        spoiler = Spoiler(chance, [])
        try:
            with _telling(spoiler):
                vector = generate.make_vector(name)
        except BROKEN:
            continue
        if spoiler.done:
            yield name, spoiler.done, vector


@contextmanager
def _telling(spoiler: Spoiler) -> Iterator[None]:
    def event(world: World, *told: Any, **options: Any) -> Composed:
        return spoiler.event(world, *told, **options)

    def add(forge: Forge, *told: Any, **changes: Any) -> int:
        return spoiler.add(forge, *told, **changes)

    with patch.object(World, "event", event), patch.object(Forge, "add", add):
        yield
