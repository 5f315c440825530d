"""A small story with everything in it that a report must tell, as a real bundle; names in it attack their reader."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path

from custody.bundle.source import Outcome, verify_bundle
from custody.report.basis import Basis
from custody.report.document import Document, make_document
from custody.report.text_report import text_lines
from custody.verify.record.source import Elsewhere
from custody.verify.verify import Trusted
from schemas import canonical, text
from schemas.event import About
from schemas.merkle import hash_leaf
from schemas.trust import LogKey, Trust, TrustedLedger
from tests.vectors.forge import Forge, pack
from tests.world import World

CASE = "2026-0417"
PHONE, LOGS = (CASE, "EX-1"), (CASE, "EX-2")
AT = text.parse_time("2026-12-01T00:00:00Z")
ATTACKS = {
    "<svg/onload=x>.txt": b"is an element",
    "a\x1b[2Jb.txt": b"clears the screen",
    "invoice\u202efdp.exe": b"shows as a document",
}
FILES = {**ATTACKS, "chat/notes.txt": b"room 4\n", "\u0628\u0644\u0627\u063a.txt": b"a report"}


@dataclass(frozen=True)
class Told:
    """A bundle's bytes, and whom its reader believes."""

    bundle: bytes
    trust: Trust


@cache
def full_story() -> Told:
    """Return the bundle of two exhibits after handovers, seals, a take-over, a correction and an erasure."""
    world = World(seed="report")
    world.init()
    for agent, roles in (("examiner-1", ("examiner",)), ("custodian-1", ("custodian",)), ("expert-1", ("examiner",))):
        world.enrol(agent, roles=roles)
    world.open_case(CASE)
    world.register(*PHONE, actor="examiner-1", second="expert-1", seized_from="suspect-1", place="Room 4")
    world.register(*LOGS, actor="examiner-1", files=FILES, legal_authority="order 12")
    _keep_phone(world)
    erased = _correct_and_erase(world)
    world.disclosed = [item for item in world.disclosed if item.commitment != erased]
    return bundle_of(world, PHONE, LOGS)


def _keep_phone(world: World) -> None:
    """Seal, hand over with the seal seen by both, take over without the holder, and act with a clock set back."""
    world.act("exhibit.sealed", *PHONE, {"seal": "S-4711", "reason": "for the road"}, actor="examiner-1")
    handover = {"purpose": "keeping", "seal": {"intact": True, "seal": "S-4711"}}
    world.act("custody.handed-over", *PHONE, handover, actor="examiner-1", to="custodian-1")
    taken = {"reason": "absent", "note": "ill since Monday"}
    world.act("custody.taken-over", *PHONE, taken, actor="registrar-1", to="expert-1")
    unsealed = {"intact": True, "reason": "examination", "seal": "S-4711"}
    earlier = world.at - timedelta(hours=3)
    world.act("exhibit.unsealed", *PHONE, unsealed, actor="expert-1", occurred_at=earlier)


def _correct_and_erase(world: World) -> str:
    """Correct the phone's description, erase where the phone was found; return the commitment that is gone."""
    registered = world.about(*PHONE)
    about = About(exhibit=registered.exhibit, event=registered.exhibit)
    right = {"field": "description", "reason": "misread", "value": "phone with a cracked screen"}
    world.annotate("record.corrected", about, right, actor="examiner-1")
    world.export(PHONE, actor="examiner-1")
    (place,) = (item.commitment for item in world.disclosed if item.value == "Room 4")
    order = {"authority": "court of Example", "commitments": (place,), "order": "order 99"}
    world.annotate("disclosure.erased", registered, order, actor="examiner-1", registrar="registrar-1")
    return place


def long_story(acts: int) -> Told:
    """Return the bundle of an exhibit that was sealed and unsealed until its ledger has about ``acts`` entries."""
    world = World(seed="long")
    world.init()
    world.enrol("examiner-1")
    world.open_case(CASE)
    world.register(*PHONE, actor="examiner-1")
    for number in range((acts - 5) // 2):
        seal = f"S-{number}"
        world.act("exhibit.sealed", *PHONE, {"seal": seal}, actor="examiner-1")
        unsealed = {"intact": True, "reason": "look", "seal": seal}
        world.act("exhibit.unsealed", *PHONE, unsealed, actor="examiner-1")
    return bundle_of(world, PHONE)


def bundle_of(world: World, *exhibits: tuple[str, str]) -> Told:
    """Return the bundle of some exhibits of a world, and the trust file of somebody who believes its ledger."""
    with tempfile.TemporaryDirectory() as folder:
        forge = Forge.of(world, Path(folder))
        members = forge.bundle(exhibits)
    ledger = TrustedLedger(
        authority="police of Example",
        country="XA",
        genesis=hash_leaf(forge.raws[0]).hex(),
        log_keys=(LogKey(first=0, key=world.log_key),),
        origin=world.origin,
        seen=(),
    )
    return Told(pack(members), Trust(ledgers=(ledger,), schema="custody-trust/v1"))


def verified(bundle: bytes, trust: Trust | None, elsewhere: Elsewhere | None = None) -> Outcome:
    """Return what the verifier says of a bundle's bytes."""
    digest = None if trust is None else sha256(canonical.encode(trust)).hexdigest()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "bundle.zip")
        path.write_bytes(bundle)
        return verify_bundle(path, trusted=Trusted(trust, digest), at=AT, elsewhere=elsewhere)


def document_of(bundle: bytes, trust: Trust | None) -> Document:
    """Return the report on a bundle as people read it."""
    outcome = verified(bundle, trust)
    return make_document(outcome.report, outcome.verified, Basis("bundle.zip", "trust.json", trust))


def text_of(bundle: bytes, trust: Trust | None) -> str:
    """Return the report on a bundle as text."""
    return "\n".join(text_lines(document_of(bundle, trust))) + "\n"
