"""Step 12 about a seizure: devices, witnesses, seals, papers that legalise, and freezes that end."""

from __future__ import annotations

from typing import Any

import pytest

from custody.transfer.law_files import shipped_profile
from custody.verify.procedure.procedure import ProcedureFinding
from schemas.entry import parse_entry
from schemas.errors import RecordError
from schemas.event import Signer
from schemas.report import Severity
from tests.verify.test_procedure import CASE, DOCUMENT, EXHIBIT, IDENTITY, REFUSED, WITNESS, look, seized, world
from tests.world import World

__all__ = ["world"]

FROZEN = {"ends_at": "2026-11-21T12:00:00Z", "provider": "an exchange"}
KEY_WITNESS = {"identity": IDENTITY, "manner": "key", "person": "a passer-by", "role": "witness"}


def missed(world: World, rule: str, at: str = "2026-11-22T00:00:00Z") -> list[ProcedureFinding]:
    return [item for item in look(world, at=at) if item.rule == rule and item.severity is Severity.DEFECT]


def freeze(world: World, **freeze: Any) -> None:
    asset = {"account": "an account", "custody": "custodial", "freeze": {**FROZEN, **freeze}}
    seized(world, nature="asset", kind="account", asset=asset, files={"a": b"a"})


def change(world: World, **details: Any) -> None:
    details = {"decided_at": "2026-11-20T00:00:00Z", **details}
    world.annotate("asset.freeze-changed", world.about(CASE, EXHIBIT), details, actor="examiner-1")


@pytest.mark.parametrize(
    ("state", "is_missing"),
    [
        ({"power": "off"}, False),
        ({"power": "on"}, True),
        ({"isolation": ("none",), "power": "on"}, True),
        ({"isolation": ("airplane-mode", "sim-removed"), "power": "on"}, False),
        ({"left": "off", "power": "on"}, False),
        ({"left": "standby", "power": "off"}, True),
        ({"power": "unknown"}, True),
    ],
)
@pytest.mark.parametrize("kind", ["computer", "device", "phone"])
def test_a_device_that_is_left_on_is_isolated(world: World, kind: str, state: Any, is_missing: bool) -> None:
    """Row R9: what is on can be reached and wiped from afar."""
    seized(world, kind=kind, device_state=state)
    assert bool(missed(world, "device-state")) is is_missing


@pytest.mark.parametrize("details", [{"kind": "drive"}, {"kind": "phone", "obtained": "derived"}])
def test_what_has_no_power_or_was_not_seized_has_no_state(world: World, details: Any) -> None:
    """A rule that asks of a hard disk whether it was on would be switched off soon."""
    seized(world, **details)
    assert missed(world, "device-state") == []


def test_every_ledger_is_asked_for_the_state_of_devices() -> None:
    """First responders' practice is of no country."""
    for name in ("cn", "coe", "coe-p2", "eu", "generic", "us"):
        for rule, row in (("device-state", "R9"), ("freeze", "C17")):
            source = shipped_profile(name).source_of(rule)
            assert source is not None, (name, rule)
            assert source.row == row


@pytest.mark.parametrize(
    ("witness", "attestations", "count"),
    [
        (None, (REFUSED, WITNESS), 1),
        (None, (REFUSED, {**WITNESS, "identity": {"number": "1", "type": "passport"}}), 1),  # no contact
        (None, (REFUSED, {**WITNESS, "identity": IDENTITY}), 0),
        (None, (REFUSED, {**WITNESS, "manner": "absent"}), 0),  # who wasn't there didn't witness
        ("witness-1", (REFUSED,), 1),
        ("witness-1", (REFUSED, KEY_WITNESS), 0),
    ],
)
def test_a_court_can_find_every_witness(world: World, witness: str | None, attestations: Any, count: int) -> None:
    """Row C3: name, kind and number of the document, and contact; by key or on paper."""
    seized(world, witness=witness, attestations=attestations)
    assert len(missed(world, "witness-identity")) == count


@pytest.mark.parametrize(
    ("about", "told"),
    [
        (("witness-1", "witness-2"), 0),
        (("witness-1", "witness-1"), 1),
        (("witness-1",), 1),
        (("witness-1", "witness-3"), 1),
        ((None, None), 2),
        (("witness-2", None), 1),
    ],
)
def test_a_witness_who_signs_is_told_by_who_he_is(world: World, about: tuple[str | None, ...], told: int) -> None:
    """Row C3: two papers of one witness say nothing of the other; one that names nobody could be about any."""
    attested = [KEY_WITNESS if agent is None else {**KEY_WITNESS, "agent": agent} for agent in about]
    signing = (("examiner-1", "actor"), ("witness-1", "witness"), ("witness-2", "witness"))
    signers = [Signer(agent=agent, as_=office) for agent, office in signing]  # type: ignore[arg-type]
    seized(world, signers=signers, attestations=(REFUSED, *attested))
    found = missed(world, "witness-identity")
    assert [item.what.rpartition(" ")[2] for item in found] == ([str(told)] if told else [])


def test_one_witness_alone_is_another_than_the_one_who_is_named(world: World) -> None:
    """An agent on record beats the count."""
    seized(world, witness="witness-1", attestations=(REFUSED, {**KEY_WITNESS, "agent": "witness-2"}))
    assert missed(world, "witness-identity")


def test_an_agent_is_named_of_who_signs_himself_alone(world: World) -> None:
    """A signature on paper is nobody's key."""
    with pytest.raises(RecordError, match="agent stands only where manner is key"):
        seized(world, attestations=(REFUSED, {**WITNESS, "agent": "witness-1"}))


def test_a_witness_who_is_not_eligible_is_a_defect(world: World) -> None:
    """Row C3: a minor, or one who gains by it, is no witness; who seized it says so himself."""
    seized(world, attestations=(REFUSED, {**WITNESS, "eligible": False}))
    (found,) = missed(world, "witness-eligible")
    assert "not eligible" in found.what


def test_who_tells_who_he_is_by_key_has_not_signed_on_paper(world: World) -> None:
    """``key`` names a signer and stands for no signature of somebody else."""
    seized(world, attestations=(REFUSED, KEY_WITNESS))
    assert missed(world, "holder-or-witness")


@pytest.mark.parametrize(
    ("roles", "is_missing"),
    [
        ((), True),
        (("apostille",), False),
        (("treaty-channel",), False),
        (("notarisation",), True),
        (("ministry-authentication", "notarisation"), True),
        (("consular-authentication", "ministry-authentication", "notarisation"), False),
        (("translation",), True),
    ],
)
def test_three_offices_or_an_apostille_or_a_treaty_legalise(world: World, roles: Any, is_missing: bool) -> None:
    """Row C9: a notary alone doesn't."""
    papers = tuple({"document": DOCUMENT, "role": role} for role in roles)
    details: dict[str, Any] = {"legal_papers": papers} if papers else {}
    seized(world, obtained="voluntary", data_country="XB", **details)
    assert bool(missed(world, "legalisation")) is is_missing


def test_papers_that_came_later_explain_and_do_not_cure(world: World) -> None:
    """Row C9: an apostille takes weeks; that it was lacking at first stays on record."""
    seized(world, obtained="voluntary", data_country="XB")
    about = world.about(CASE, EXHIBIT, parse_entry(world.entries()[-1]).event.hash)
    told = {"cures": ("legalisation",), "legal_papers": ({"document": DOCUMENT, "role": "apostille"},)}
    world.annotate("record.explained", about, {"statement": "it came later", **told}, actor="examiner-1")
    assert len(missed(world, "legalisation")) == 1
    assert [item.what for item in look(world) if item.rule == "explained"]


@pytest.mark.parametrize("side", ["photos", "photos_before"])
def test_photos_show_a_thing_before_and_after_it_was_sealed(world: World, side: str) -> None:
    """Row C21: the seal alone doesn't show what was sealed."""
    seized(world)
    world.act("exhibit.sealed", CASE, EXHIBIT, {"seal": "S-1", side: (DOCUMENT,)}, actor="examiner-1")
    assert len(missed(world, "seal-photos")) == 1


def test_a_freeze_that_ended_is_a_finding_until_it_is_prolonged(world: World) -> None:
    """Row C17: what expires is lost to whoever holds the keys."""
    freeze(world)
    (found,) = missed(world, "freeze")
    assert "ended at 2026-11-21T12:00:00Z" in found.what
    change(world, change="prolonged", ends_at="2026-12-21T12:00:00Z")
    assert missed(world, "freeze") == []
    (found,) = missed(world, "freeze", at="2026-12-22T00:00:00Z")
    assert found.subject == f"entry {len(world.entries()) - 1}"


def test_a_freeze_that_was_lifted_has_no_end_any_more_and_its_provider_was_told(world: World) -> None:
    """Rows C17 and C18: a release is notified."""
    freeze(world)
    change(world, change="lifted", notified_at="2026-11-20T12:00:00Z")
    assert missed(world, "freeze") == []


def test_a_lifting_of_which_nobody_was_told_is_a_defect(world: World) -> None:
    """Row C18: the owner can't use what his provider still holds."""
    freeze(world)
    change(world, change="lifted")
    (found,) = missed(world, "freeze")
    assert "was told" in found.what


def test_what_another_ledger_lifted_is_its_to_tell(world: World) -> None:
    """Row C18: who reads of it in a bundle is not the one who froze it."""
    freeze(world)
    origin = {"event": "ab" * 32, "index": 4, "ledger": "b.example/main", "root": "ef" * 32, "size": 9}
    change(world, change="lifted", origin=origin)
    assert missed(world, "freeze") == []


def test_a_freeze_without_an_end_is_a_defect(world: World) -> None:
    """Row C17: who doesn't know the end can't ask again in time."""
    asset = {"account": "an account", "custody": "custodial", "freeze": {"provider": "an exchange"}}
    seized(world, nature="asset", kind="account", asset=asset, files={"a": b"a"})
    (found,) = missed(world, "freeze")
    assert "until when" in found.what


def test_a_freeze_placed_after_registration_counts(world: World) -> None:
    """The order may come after the seizure of the phone that led to it."""
    asset = {"account": "an account", "custody": "custodial"}
    seized(world, nature="asset", kind="account", asset=asset, files={"a": b"a"})
    assert missed(world, "freeze") == []
    change(world, change="placed", ends_at="2026-11-21T00:00:00Z")
    assert len(missed(world, "freeze")) == 1


def test_an_asset_that_was_returned_is_frozen_for_nobody(world: World) -> None:
    """What is not held any more has no end to watch."""
    freeze(world)
    details = {"authority": "the court", "manner": "returned-to-owner", "to_country": "XA"}
    world.act("exhibit.disposed", CASE, EXHIBIT, details, actor="examiner-1", registrar="registrar-1")
    assert missed(world, "freeze") == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"change": "lifted", "ends_at": "2026-12-21T12:00:00Z"},
        {"change": "prolonged"},
        {"change": "prolonged", "ends_at": "2026-11-19T12:00:00Z"},
        {"change": "prolonged", "ends_at": "2026-12-21T12:00:00Z", "notified_at": "2026-11-20T00:00:00Z"},
    ],
)
def test_a_change_of_a_freeze_does_not_contradict_itself(world: World, wrong: Any) -> None:
    """An end before the decision, or of what is lifted, is a slip of the pen."""
    freeze(world)
    with pytest.raises(RecordError, match=r"record\.malformed"):
        change(world, **wrong)
