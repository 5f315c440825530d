"""Step 7: acts that the custody rules forbid, each signed by everybody whom it names."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from schemas.event import Link
from tests.vectors.setting import CASE, CASES, Setting, Vector, plain_bundle

SEAL = {"seal": "A-1"}
EXAMINE = {"purpose": "search"}
DESTROY = {"authority": "court", "manner": "destroyed"}


def _rule(name: str, comment: str, code: str, build: Callable[[Setting], Any]) -> None:
    """Enter a case whose acts are chained and signed, and then break one rule."""

    def vector(setting: Setting) -> Vector:
        build(setting)
        return setting.failed(plain_bundle(setting), 7, code)

    assert name not in CASES, f"two cases named {name}"
    CASES[name] = (comment, vector)


def _acts(*acts: tuple[str, dict[str, Any], dict[str, Any]]) -> Callable[[Setting], None]:
    def build(setting: Setting) -> None:
        for type, details, offices in acts:
            setting.act(type, details, **offices)

    return build


def _by(actor: str, **offices: str) -> dict[str, Any]:
    return {"actor": actor, **offices}


def _linked(setting: Setting, *, sequence: int, previous: str | None) -> None:
    head = setting.link().previous if previous is None else previous
    composed = setting.world.custody_act(
        "custody.moved",
        CASE,
        "EX-1",
        {"place": "Room 5"},
        actor="custodian-1",
        link=Link(sequence=sequence, previous=head),
    )
    setting.forge.add(setting.world.sign(composed))


def _forked(setting: Setting) -> None:
    setting.act("exhibit.sealed", SEAL, actor="custodian-1")
    _linked(setting, sequence=2, previous=None)


_rule(
    "rule-not-the-holder",
    "The exhibit is sealed by an examiner who had handed it over.",
    "rule.holder",
    _acts(("exhibit.sealed", SEAL, _by("examiner-1"))),
)
_rule(
    "rule-examined-while-sealed",
    "The exhibit is examined inside its seal.",
    "rule.seal",
    _acts(("exhibit.sealed", SEAL, _by("custodian-1")), ("exhibit.examined", EXAMINE, _by("custodian-1"))),
)
_rule(
    "rule-sealed-twice",
    "A sealed exhibit is sealed again.",
    "rule.seal",
    _acts(("exhibit.sealed", SEAL, _by("custodian-1")), ("exhibit.sealed", SEAL, _by("custodian-1"))),
)
_rule(
    "rule-unsealed-without-seal",
    "An exhibit without a seal is unsealed.",
    "rule.seal",
    _acts(("exhibit.unsealed", {"intact": True, "reason": "search", "seal": "A-1"}, _by("custodian-1"))),
)
_rule(
    "rule-act-after-disposal",
    "The exhibit is moved after it was destroyed.",
    "rule.state",
    _acts(
        (
            "exhibit.disposed",
            {"authority": "court", "manner": "destroyed"},
            _by("custodian-1", registrar="registrar-1"),
        ),
        ("custody.moved", {"place": "Room 5"}, _by("custodian-1")),
    ),
)
_rule(
    "rule-disposed-without-registrar",
    "The exhibit is destroyed by its holder alone.",
    "rule.signers",
    _acts(("exhibit.disposed", DESTROY, _by("custodian-1"))),
)
_rule(
    "rule-handed-to-nobody",
    "A handover that names no receiver.",
    "rule.signers",
    _acts(("custody.handed-over", {"purpose": "search"}, _by("custodian-1"))),
)
_rule(
    "rule-taken-over-by-an-examiner",
    "A takeover without a registrar.",
    "rule.role",
    _acts(("custody.taken-over", {"reason": "absent"}, _by("examiner-1", to="examiner-2"))),
)
_rule(
    "rule-sealed-in-transit",
    "The exhibit is sealed while a courier has it.",
    "rule.state",
    _acts(
        ("custody.moved", {"carrier": "courier-1", "place": "Room 5"}, _by("custodian-1")),
        ("exhibit.sealed", SEAL, _by("custodian-1")),
    ),
)
_rule(
    "rule-returned-while-held",
    "An exhibit that nobody borrowed is returned.",
    "rule.state",
    _acts(("exhibit.returned", {}, _by("custodian-1"))),
)
_rule(
    "rule-gap-in-sequence",
    "An act skips a number of the exhibit's sequence.",
    "rule.link",
    partial(_linked, sequence=3, previous=None),
)
_rule(
    "rule-wrong-previous",
    "An act names another act before it.",
    "rule.link",
    partial(_linked, sequence=2, previous="ab" * 32),
)
_rule(
    "rule-sequence-twice",
    "Two acts on one place: two holders would come of it.",
    "rule.link",
    _forked,
)


def _event_twice(setting: Setting) -> None:
    composed = setting.world.custody_act("exhibit.sealed", CASE, "EX-1", SEAL, actor="custodian-1")
    setting.forge.add(setting.world.sign(composed))
    setting.forge.add(setting.world.sign(composed))


_rule("rule-event-twice", "The same signed event stands in the ledger twice.", "rule.event-twice", _event_twice)


def _promotes_himself(setting: Setting) -> None:
    details = {"agent": "custodian-1", "roles": ("custodian", "registrar")}
    setting.forge.add(setting.world.sign(setting.world.event("agent.changed", details, actor="custodian-1")))


_rule("rule-promotes-himself", "A custodian makes himself a registrar.", "rule.role", _promotes_himself)


def _receiver_without_role(setting: Setting) -> None:
    world = setting.world
    key = world.public_key(world.new_key("viewer-1"))
    details = {"agent": "viewer-1", "keys": (key,), "kind": "person", "name": "n", "roles": ("viewer",)}
    setting.forge.add(world.sign(world.event("agent.enrolled", details, actor="registrar-1")))
    setting.act("custody.handed-over", {"purpose": "search"}, actor="custodian-1", to="viewer-1")


_rule("rule-received-by-viewer", "A viewer receives evidence.", "rule.role", _receiver_without_role)


def _left(setting: Setting) -> None:
    event = setting.world.event("agent.changed", {"agent": "custodian-1", "left": "yes"}, actor="registrar-1")
    setting.forge.add(setting.world.sign(event))
    setting.act("exhibit.sealed", SEAL, actor="custodian-1")


_rule("rule-agent-has-left", "Somebody acts who has left the service.", "rule.agent-left", _left)


def _stranger_of_unit(setting: Setting) -> None:
    world = setting.world
    details = {"agent": "lab-1", "keys": (), "kind": "unit", "members": ("examiner-2",), "name": "n", "roles": ()}
    setting.forge.add(world.sign(world.event("agent.enrolled", details, actor="registrar-1")))
    setting.act(
        "custody.handed-over", {"purpose": "search"}, actor="custodian-1", to="examiner-1",
        on_behalf_of={"examiner-1": "lab-1"},
    )  # fmt: skip


_rule(
    "rule-not-a-member",
    "Somebody receives for a unit to which he doesn't belong.",
    "rule.not-a-member",
    _stranger_of_unit,
)


def _unit_left(setting: Setting) -> None:
    world = setting.world
    details = {"agent": "lab-1", "keys": (), "kind": "unit", "members": ("examiner-1",), "name": "n", "roles": ()}
    setting.forge.add(world.sign(world.event("agent.enrolled", details, actor="registrar-1")))
    changed = world.event("agent.changed", {"agent": "lab-1", "left": "yes"}, actor="registrar-1")
    setting.forge.add(world.sign(changed))
    setting.act(
        "custody.handed-over", {"purpose": "search"}, actor="custodian-1", to="examiner-1",
        on_behalf_of={"examiner-1": "lab-1"},
    )  # fmt: skip


_rule("rule-unit-has-left", "Somebody receives for a unit that was closed.", "rule.agent-left", _unit_left)


def _early_revocation_alone(setting: Setting) -> None:
    details = {
        "agent": "custodian-1", "key_id": setting.world.signers["custodian-1"][0].key_id, "last_valid_index": 2,
        "reason": "compromised",
    }  # fmt: skip
    setting.forge.add(setting.world.sign(setting.world.event("agent.key-revoked", details, actor="registrar-1")))


_rule(
    "rule-early-revocation-alone",
    "One registrar alone revokes a key back to an earlier entry.",
    "rule.revocation",
    _early_revocation_alone,
)


def _opened_twice(setting: Setting) -> None:
    first = setting.forge.reader().parsed[0]
    setting.forge.add(first.entry.envelope)


_rule("rule-opened-twice", "The ledger is opened a second time.", "rule.opened", _opened_twice)
