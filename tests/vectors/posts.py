"""Two ledgers or more and the roads between them, each with its forger: what crosses a border, by the rules or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from custody.ledger.compose import Anchor, link_after
from schemas import layout
from schemas.entry import ParsedEntry
from schemas.event import About, Link
from schemas.merkle import hash_leaf, root_of
from schemas.text import format_time
from schemas.trust import ChainPin, LogKey, Recipient, Trust, TrustedLedger
from schemas.types import UNSET, is_set
from tests.vectors.forge import Forge, Members, pack
from tests.vectors.setting import CASE, FILES, Setting
from tests.world import World

TRANSFER, WAY_BACK = "1f" * 16, "2f" * 16
DISPATCH: dict[str, Any] = {
    "item": "original", "not_sealed": "data", "onward": "with-consent", "purpose": "case B", "to": "b-police",
    "transfer": TRANSFER,
}  # fmt: skip
CONSENT: dict[str, Any] = {
    "authority": "ministry", "issued_at": "2026-11-21T08:00:00Z", "manner": "key", "onward": "with-consent",
    "purpose": "case B", "recipient": "b-police", "valid_from": "2026-11-21T00:00:00Z",
}  # fmt: skip
PAPER: dict[str, Any] = {"documents": ["ab" * 32], "manner": "paper", "number": "7"}
Terms = Sequence[Mapping[str, Any]]


@cache
def _begin(name: str, peers: tuple[tuple[str, str], ...], *, is_holding: bool, gate: str | None, seed: str) -> World:
    world = World(origin=f"{name}.example/main", seed=f"{seed} {name}", country=f"X{name[0].upper()}")
    world.init(gate=gate)
    world.enrol("examiner-1")
    world.enrol("official-1", ("authority",))
    world.enrol("ministry", ("authority",), kind="organisation", members=["official-1"], country=world.country)
    for peer, country in peers:
        world.enrol(f"{peer}-police", (), kind="organisation", country=country, ledger=f"{peer}.example/main")
    world.open_case(CASE)
    if is_holding:
        world.register(CASE, "EX-1", actor="examiner-1", files=FILES)
    return world


class Post:
    """One country's ledger: an exhibit of two files, a ministry with an official, and police abroad on record."""

    def __init__(
        self, folder: Path, name: str, peers: Mapping[str, str], *, is_holding: bool = True, gate: str | None = None,
        seed: str = "post",
    ) -> None:  # fmt: skip
        world = deepcopy(_begin(name, tuple(peers.items()), is_holding=is_holding, gate=gate, seed=seed))
        self.country = world.country
        (folder / name).mkdir()
        self.world, self.forge = world, Forge.of(world, folder / name)
        self.setting = Setting(world, self.forge)

    def event(self, type: str, details: Mapping[str, Any], *, actor: str = "examiner-1", **options: Any) -> str:
        """Chain an event without link; return its event hash."""
        composed = self.world.event(type, details, actor=actor, **options)
        self.forge.add(self.world.sign(composed))
        return composed.event.hash

    def act(self, type: str, details: Mapping[str, Any], *, actor: str = "examiner-1", **options: Any) -> None:
        """Chain a custody act."""
        self.setting.act(type, details, actor=actor, **options)

    def annotate(
        self, type: str, details: Mapping[str, Any], *exhibits: str, event: str | None = None, **options: Any
    ) -> str:
        """Chain an annotation about exhibits, EX-1 if none is named, and perhaps an event of theirs."""
        names = exhibits or ("EX-1",)
        abouts = [self.setting.about(name) for name in names]
        about = tuple(About(exhibit=item.exhibit, event=UNSET if event is None else event) for item in abouts)
        return self.event(type, details, anchor=Anchor(about=about), **options)

    def consent(self, *exhibits: str, actor: str = "official-1", **changes: Any) -> str:
        """Record a consent that covers exhibits, EX-1 if none is named."""
        return self.annotate("consent.recorded", {**CONSENT, **changes}, *exhibits, actor=actor)

    def erase(self, *exhibits: str, **what: Any) -> None:
        """Order something destroyed that belongs to exhibits, EX-1 if none is named."""
        details = {"authority": "court", "commitments": [], "order": "7", **what}
        self.annotate("disclosure.erased", details, *exhibits, registrar="registrar-1")

    def dispatch(self, **changes: Any) -> None:
        """Send EX-1."""
        exhibit = changes.pop("exhibit", "EX-1")
        self.act("transfer.dispatched", {**DISPATCH, **changes}, exhibit=exhibit)

    def bundle(
        self, *exhibits: str, to: str = "b-police", requests: Sequence[str] = (), export: Any = None, **options: Any
    ) -> Members:
        """Return the members of a bundle for somebody on record; a letter, where only requests are named."""
        names = [(CASE, name) for name in exhibits]
        stated = {"to": to, **({"request": requests[0]} if names and requests else {}), **options.pop("stated", {})}
        about = None if names else [About(request=name) for name in requests]
        export = {"about": about, "stated": stated, **(export or {})}
        return self.forge.bundle(names, requests=requests, export=export, **options)

    def parcel(self, **changes: Any) -> Members:
        """Consent, dispatch EX-1, and return the bundle that goes with it."""
        self.consent(onward=changes.get("onward", "with-consent"))
        self.dispatch(**changes)
        return self.bundle("EX-1", stated={"transfer": changes.get("transfer", TRANSFER)})

    def foreign(self, members: Members, exhibit: str = "EX-1") -> dict[str, Any]:
        """Return how another ledger names an exhibit of this one that came with a bundle, this ledger's newest."""
        known = self.forge.reader().view().exhibit(CASE, exhibit)
        assert known is not None, "what was sent is registered"
        return {
            "case": CASE, "exhibit": exhibit, "head": known.head, "ledger": self.world.origin,
            "manifest": sha256(members[layout.MANIFEST]).hexdigest(),
            "root": root_of(hash_leaf(raw) for raw in self.forge.raws).hex(), "size": len(self.forge.raws),
        }  # fmt: skip

    def accept(self, sender: Post, members: Members, *, exhibit: str = "EX-1", **changes: Any) -> str:
        """Take in what came from another ledger, and keep its bundle without files."""
        foreign = {**sender.foreign(members), **changes.pop("foreign", {})}
        self.forge.arrived[foreign["manifest"]] = strip(members)
        self.world.contents.update(sender.world.contents)
        self.forge.disclosures += sender.forge.disclosures  # names of files stay what they were
        story = [item.event for item in sender.story("EX-1")]
        content = getattr(story[0].details, "content", UNSET)
        sent = [item.event.occurred_at for item in story if item.event.type == "transfer.dispatched"]
        details = {
            "accepted_at": format_time(self.world.at), "content": content if is_set(content) else None,
            "description": "from abroad", "foreign": foreign, "from": f"{sender.name}-police", "kind": "copy",
            "nature": "data", "obtained": "foreign-assistance", "onward": "with-consent",
            "sent_at": sent[-1] if sent else story[0].event.occurred_at, "transfer": TRANSFER, **changes,
        }  # fmt: skip
        anchor = Anchor(case=CASE, exhibit=exhibit, link=Link(sequence=0))
        return self.event("transfer.accepted", details, anchor=anchor)

    def take_back(self, sender: Post, members: Members, *, sent: str | None = TRANSFER, **changes: Any) -> None:
        """Take EX-1 back from the ledger to which it was sent, and keep the bundle with which it came."""
        foreign = {**sender.foreign(members), **changes.pop("foreign", {})}
        self.forge.arrived[foreign["manifest"]] = strip(members)
        details = {"foreign": foreign, "from": f"{sender.name}-police", "sent": sent, "transfer": WAY_BACK, **changes}
        self.act("transfer.returned", details)

    def story(self, exhibit: str) -> list[ParsedEntry]:
        """The entries of an exhibit."""
        reader = self.forge.reader()
        return [reader.parsed[index] for index in reader.subjects["exhibit", CASE, exhibit]]

    @property
    def name(self) -> str:
        """The first word of its origin."""
        return self.world.origin.partition(".")[0]

    def trusted(self) -> TrustedLedger:
        """What somebody believes who knows this ledger."""
        return TrustedLedger(
            authority=f"police of {self.name}", country=self.country, genesis=hash_leaf(self.forge.raws[0]).hex(),
            log_keys=(LogKey(first=0, key=self.world.log_key),), origin=self.world.origin, seen=(),
        )  # fmt: skip


def strip(members: Members) -> bytes:
    """Return a bundle as it travels on within another one: without its files."""
    return pack({name: raw for name, raw in members.items() if not layout.is_detachable(name)})


def trust_in(*posts: Post, ledger: str | None = None, pins: Sequence[ChainPin] = ()) -> Trust:
    """Return what somebody believes who knows some ledgers; ``ledger`` is his own."""
    return Trust(
        chain_pins=tuple(pins) or UNSET,
        ledgers=tuple(sorted((post.trusted() for post in posts), key=lambda item: item.origin)),
        recipient=UNSET if ledger is None else Recipient(ledger=ledger, name="the reader"),
        schema="custody-trust/v1",
    )


def link_of(post: Post, exhibit: str = "EX-1") -> Link:
    """Return the link of an exhibit's next act."""
    return link_after(post.forge.reader().view().exhibit(CASE, exhibit))
