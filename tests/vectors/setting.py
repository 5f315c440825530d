"""The small story that every vector starts from, and what a vector is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from custody.ledger.compose import link_after
from schemas import text
from schemas.event import About
from schemas.merkle import hash_leaf, root_of
from schemas.trust import LogKey, SeenCheckpoint, Trust, TrustedLedger
from tests.vectors.forge import Forge, Members, pack
from tests.world import World

CASE = "2026-0417"
EXHIBIT = (CASE, "EX-1")
REGISTERED, HANDED_OVER = 5, 7
"""Entries of the story: the registration of EX-1, and its handover to the custodian."""
FILES = {"chat/messages.json": b'[{"text":"hello"}]', "notes.txt": b"room 4\n"}


@dataclass(frozen=True)
class Vector:
    """A bundle, what its reader believes and has, and what must come out.

    ``step`` is the first step that is not PASSED or NOT ASKED, ``code`` one that must be among the findings; both are
    empty where the verdict is PASSED and nothing is special about it.
    """

    verdict: str
    bundle: bytes
    step: int | None = None
    code: str = ""
    trust: Trust | None = None
    proof: bytes | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass
class Setting:
    """A world in the middle of its story, and the forger who has its keys."""

    world: World
    forge: Forge

    def trust(self, *, seen: Sequence[SeenCheckpoint] = (), **changes: Any) -> Trust:
        """Return what a reader believes who knows this ledger; ``changes`` are of its one ledger."""
        values: dict[str, Any] = {
            "authority": "police of Example",
            "country": "XA",
            "genesis": hash_leaf(self.forge.raws[0]).hex(),
            "log_keys": (LogKey(first=0, key=self.world.log_key),),
            "origin": self.world.origin,
            "seen": tuple(seen),
        }
        return Trust(ledgers=(TrustedLedger(**{**values, **changes}),), schema="custody-trust/v1")

    def seen(self, size: int, *, root: str | None = None) -> SeenCheckpoint:
        """Return the checkpoint of the first ``size`` entries, as a reader keeps it."""
        tree = bytes.fromhex(root) if root else root_of(map(hash_leaf, self.forge.raws[:size]))
        note = text.format_base64(self.forge.checkpoint(size=size, root=tree))
        return SeenCheckpoint(note=note, root=tree.hex(), size=size)

    def act(self, type: str, details: Mapping[str, Any], *, exhibit: str = "EX-1", **offices: Any) -> int:
        """Chain a custody act of an exhibit, as the state in the forged ledger calls for it; rules are not asked."""
        composed = self.world.custody_act(type, CASE, exhibit, details, link=self.link(exhibit), **offices)
        return self.forge.add(self.world.sign(composed))

    def link(self, exhibit: str = "EX-1") -> Any:
        """Return the link of the next act of an exhibit in the forged ledger."""
        return link_after(self.forge.reader().view().exhibit(CASE, exhibit))

    def about(self, exhibit: str = "EX-1") -> About:
        """Return what an annotation about an exhibit carries."""
        known = self.forge.reader().view().exhibit(CASE, exhibit)
        assert known is not None, "the story registers it"
        return About(exhibit=known.registration)

    def failed(self, members: Members | bytes, step: int, code: str, **more: Any) -> Vector:
        """Return the vector of a bundle that must be FAILED first at ``step``."""
        return self.vector("FAILED", members, step, code, **more)

    def vector(
        self, verdict: str, members: Members | bytes, step: int | None = None, code: str = "", **more: Any
    ) -> Vector:
        """Return a vector, under this ledger's trust unless another is given."""
        bundle = members if isinstance(members, bytes) else pack(members)
        return Vector(verdict, bundle, step, code, **{"trust": self.trust(), **more})


Case = Callable[[Setting], Vector]
CASES: dict[str, tuple[str, Case]] = {}
"""Every case by name, with what it is about."""


def case(function: Case) -> Case:
    """Enter a case under its function's name, with hyphens; its docstring is the comment."""
    name = function.__name__.strip("_").replace("_", "-")
    assert name not in CASES, f"two cases named {name}"
    CASES[name] = ((function.__doc__ or "").strip(), function)
    return function


def make_setting(folder: Path) -> Setting:
    """Return the story up to where most cases begin: one exhibit of two files, handed over and sealed."""
    world = deepcopy(_begin())  # which costs a tenth of telling it again
    return Setting(world, Forge.of(world, folder))


@cache
def _begin() -> World:
    world = World(seed="vectors")
    world.init()
    world.enrol("examiner-1")
    world.enrol("examiner-2")
    world.enrol("custodian-1", roles=("custodian",))
    world.open_case(CASE)
    world.register(CASE, "EX-1", actor="examiner-1", files=FILES, seized_from="suspect-1", place="Room 4")
    world.register(CASE, "EX-2", actor="examiner-1")
    world.act("custody.handed-over", CASE, "EX-1", {"purpose": "keeping"}, actor="examiner-1", to="custodian-1")
    return world


def plain_bundle(setting: Setting, **options: Any) -> Members:
    """Return a bundle about the exhibit without any fault but those that ``options`` bring in."""
    return setting.forge.bundle([EXHIBIT], **options)
