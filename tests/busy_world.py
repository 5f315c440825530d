"""A ledger in which a good deal happened: two cases, late records, a copy in another case, corrections, a dispute."""

from __future__ import annotations

from datetime import timedelta

from custody.audit.custody_at import CustodyAt, CustodyWatch
from custody.ledger.store import LedgerStore
from custody.verify.fold.fold import Fold
from schemas.entry import ParsedEntry, parse_entry
from schemas.report import Findings
from tests.world import World, settled

CASE, OTHER = "2026-0417", "2026-0533"


def busy_world(store: LedgerStore) -> World:
    """Return a settled world with some history in ``store``."""
    world = settled(World(store))
    world.open_case(OTHER)
    world.register(CASE, "EX-1", actor="examiner-1", files={"a.txt": b"hello"}, place="Room 4")
    world.register(CASE, "EX-2", actor="examiner-2", place="Room 5")
    world.act("exhibit.sealed", CASE, "EX-2", {"seal": "S-1"}, actor="examiner-2")
    _hand_over(world, "EX-1", "examiner-1", "custodian-1")
    world.tick(7200)
    # Happened long before it was recorded, and before the act that it follows.
    _hand_over(world, "EX-1", "custodian-1", "examiner-1", ago=7300)
    copied = world.act(
        "exhibit.copied", CASE, "EX-1", {"copy": "evidentiary", "purpose": "examination"}, actor="examiner-1"
    )
    parents = ({"case": CASE, "event": copied.event_hash, "exhibit": "EX-1"},)
    world.register(OTHER, "COPY-1", actor="examiner-1", files={"b.txt": b"hello"}, derived_from=parents)
    moved = world.act("custody.moved", CASE, "EX-2", {"place": "Romo 6"}, actor="examiner-2")
    about = world.about(CASE, "EX-2", event=moved.event_hash)
    correction = {"field": "place", "reason": "mistyped", "value": "Room 6"}
    world.annotate("record.corrected", about, correction, actor="examiner-2")
    world.annotate("exhibit.linked", world.about(CASE, "EX-2"), {"case": OTHER}, actor="examiner-2")
    world.export((CASE, "EX-1"), actor="examiner-1")
    _hand_over(world, "EX-1", "examiner-1", "custodian-1")
    return world


def dispute(world: World) -> tuple[int, int]:
    """Have EX-3 sealed with a key that is revoked to before; return the disputed entry and that of the revocation."""
    world.register(CASE, "EX-3", actor="examiner-1")
    sealed = world.act("exhibit.sealed", CASE, "EX-3", {"seal": "S-3"}, actor="examiner-1")
    details = {
        "agent": "examiner-1",
        "key_id": world.signers["examiner-1"][-1].key_id,
        "last_valid_index": sealed.index - 1,
        "reason": "compromised",
    }
    event = world.event("agent.key-revoked", details, actor="registrar-1", registrar="registrar-2")
    revoked = world.append(world.sign(event))
    return sealed.index, revoked.index


def entries_of(world: World) -> list[ParsedEntry]:
    """Return all entries, parsed."""
    return [parse_entry(raw) for raw in world.entries()]


def stood_at(world: World, as_of: str) -> tuple[CustodyAt, ...]:
    """Return how all exhibits stood at a time, by replaying everything: the yardstick for what is quicker."""
    watch, fold = CustodyWatch(as_of), Fold(Findings(), is_whole=True)
    for parsed in entries_of(world):
        placed, _ = fold.add(parsed)
        watch.watch(parsed, placed, fold.state)
    return watch.result()


def _hand_over(world: World, exhibit: str, giver: str, receiver: str, *, ago: int = 0) -> None:
    world.act(
        "custody.handed-over",
        CASE,
        exhibit,
        {"purpose": "keeping"},
        actor=giver,
        to=receiver,
        occurred_at=world.at - timedelta(seconds=ago),
    )
