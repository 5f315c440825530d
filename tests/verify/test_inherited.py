"""Custody crosses from one ledger to another: it moves exactly once, and its whole history travels on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from custody.bundle import build
from custody.bundle.disclose import parse_choice
from custody.ledger.prove import TileNodes, prove_consistency
from custody.transfer.arrivals import delivery_of
from custody.verify.verify import Trusted
from keys.note import parse_note
from schemas.checkpoint import parse_checkpoint
from schemas.errors import RefusedError, RuleViolation, StorageError
from schemas.proof import Consistency
from schemas.text import format_base64
from schemas.trust import SeenCheckpoint, Trust
from schemas.types import UNSET
from tests.border import CASE, NONCE, Side, codes, read, register, trust

ORIGIN = {
    "event": "ab" * 32, "index": 4, "ledger": "b.example/main", "root": "cd" * 32, "size": 9,
}  # fmt: skip


class Road:
    """Two ledgers; a has sent EX-1 to b."""

    def __init__(self, folder: Path, **dispatch: Any) -> None:
        self.a = Side(folder / "a", "a", peers={"b": "XB"})
        self.b = Side(folder / "b", "b", peers={"a": "XA", "c": "XC"})
        register(self.a)
        self.a.consent("EX-1", "b-police")
        sent = self.a.dispatch("EX-1", "b-police", **dispatch)
        self.sent = self.a.build("parcel.zip", "EX-1", to="b-police", acts=[sent], transfer=NONCE).path

    def arrive(self, **changes: Any) -> str:
        """Accept what arrived in b."""
        return self.b.accept(self.sent, read(self.sent, trust(self.a), self.a.world.at), "a-police", **changes)

    def onward(self, name: str = "onward.zip", **build: Any) -> Path:
        """Let b send it to c, with the consents of both."""
        self.b.consent("EX-1", "c-police")
        paper = {"manner": "paper", "documents": ["ab" * 32], "number": "7"}
        self.b.consent("EX-1", "c-police", authority="a-police", **paper)
        return self.b.build(name, "EX-1", to="c-police", **build).path

    def codes(self, bundle: Path) -> set[str]:
        """Verify a bundle of b as c does, who believes both."""
        return codes(read(bundle, trust(self.a, self.b), self.b.world.at))


@pytest.fixture
def road(tmp_path: Path) -> Road:
    """EX-1 is on its way from a to b."""
    return Road(tmp_path)


@pytest.fixture
def liar(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a sender's program hand out what its own check would not let pass."""
    monkeypatch.setattr(build, "_check_own", lambda *_: None)


def act(
    side: Side, type: str, details: Mapping[str, object], *, number: str = "EX-1", actor: str = "examiner-1"
) -> None:
    """Record a custody act."""
    side.world.append(side.world.sign(side.world.custody_act(type, CASE, number, details, actor=actor)))


def receipt(**changes: object) -> dict[str, object]:
    """Return the details of a receipt."""
    return {
        "decided_at": "2026-11-21T13:00:00Z", "document": "ab" * 32, "manner": "proof", "origin": ORIGIN,
        "outcome": "accepted", "transfer": NONCE, **changes,
    }  # fmt: skip


def test_a_dispatched_exhibit_is_with_nobody_here(road: Road) -> None:
    """Until the receipt comes it's on its way, and only the transfer goes on."""
    exhibit = road.a.world.exhibit(CASE, "EX-1")
    assert exhibit is not None
    assert (exhibit.status, exhibit.holder) == ("dispatched", "b-police")
    with pytest.raises(RuleViolation, match=r"rule\.state"):
        act(road.a, "exhibit.sealed", {"seal": "S-1"})


def test_the_receipt_moves_custody_once(road: Road) -> None:
    """A second receipt finds nothing on its way."""
    act(road.a, "transfer.receipt", receipt())
    exhibit = road.a.world.exhibit(CASE, "EX-1")
    assert exhibit is not None
    assert (exhibit.status, exhibit.holder) == ("transferred", "b-police")
    with pytest.raises(RuleViolation, match=r"rule\.state"):
        act(road.a, "transfer.receipt", receipt())


def test_a_refused_thing_is_on_the_road_back(road: Road) -> None:
    """The sender is responsible again, and says where it arrived."""
    act(road.a, "transfer.receipt", receipt(outcome="refused"))
    exhibit = road.a.world.exhibit(CASE, "EX-1")
    assert exhibit is not None
    assert (exhibit.status, exhibit.holder, exhibit.dispatch) == ("in-transit", "examiner-1", None)


def test_a_receipt_after_a_recall_moves_nothing(road: Road) -> None:
    """What was recalled has one holder: its sender."""
    act(road.a, "transfer.recalled", {"reason": "wrong court", "transfer": NONCE})
    with pytest.raises(RuleViolation, match=r"rule\.state"):
        act(road.a, "transfer.receipt", receipt())


def test_a_receipt_for_another_transfer_moves_nothing(road: Road) -> None:
    """Each dispatch has its own number."""
    with pytest.raises(RuleViolation, match=r"rule\.transfer-other"):
        act(road.a, "transfer.receipt", receipt(transfer="ee" * 16))


def test_only_the_sender_goes_on_with_what_he_sent(road: Road) -> None:
    """Another examiner can't recall it."""
    with pytest.raises(RuleViolation, match=r"rule\.transfer-sender"):
        act(road.a, "transfer.recalled", {"reason": "x", "transfer": NONCE}, actor="examiner-2")


def test_an_original_is_not_sent_as_a_copy(tmp_path: Path) -> None:
    """States send copies; who sends the thing itself says so."""
    with pytest.raises(RuleViolation, match=r"rule\.transfer-item"):
        Road(tmp_path, item="copy")


def test_the_same_dispatch_is_not_accepted_twice(road: Road) -> None:
    """Under another number it would be a second thing."""
    road.arrive()
    verified = read(road.sent, trust(road.a), road.a.world.at)
    (arrival,) = delivery_of(verified).arrivals
    details = {
        "exhibits": [{"case": CASE, "exhibit": "EX-1", "head": arrival.foreign.head}], "from": "a-police",
        "ledger": "a.example/main", "reasons": ["damaged"], "refused_at": "2026-11-21T14:00:00Z", "transfer": NONCE,
        "verdict": "PASSED",
    }  # fmt: skip
    event = road.b.world.event("transfer.refused", details, actor="examiner-1")
    with pytest.raises(RuleViolation, match=r"rule\.transfer-twice"):
        road.b.world.append(road.b.world.sign(event))


def test_a_third_country_sees_the_history_through_both_ledgers(road: Road) -> None:
    """The chain of custody goes on without a break."""
    road.arrive()
    verified = read(road.onward(), trust(road.a, road.b), road.b.world.at)
    assert verified.report.verdict.value == "PASSED"
    assert [item.origin for item in verified.report.inherited] == ["a.example/main"]  # type: ignore[union-attr]


def test_who_does_not_believe_the_first_ledger_cannot_decide(road: Road) -> None:
    """Trust in the second ledger is none in the first."""
    road.arrive()
    verified = read(road.onward(), trust(road.b), road.b.world.at)
    assert verified.report.verdict.value == "INDETERMINATE"


def test_what_came_under_a_condition_needs_its_senders_consent_to_go_on(road: Road) -> None:
    """The conditions of the first country bind in the second."""
    road.arrive()
    road.b.consent("EX-1", "c-police")
    with pytest.raises(RefusedError, match=r"consent of a\.example/main"):
        road.b.build("early.zip", "EX-1", to="c-police")


def test_a_copy_of_it_is_bound_as_well(road: Road) -> None:
    """Copying is no way round."""
    registration = road.arrive()
    parent = {"case": CASE, "event": registration, "exhibit": "EX-1"}
    road.b.world.register(CASE, "EX-2", actor="examiner-1", files={"x": b"x"}, derived_from=[parent])
    road.b.consent("EX-2", "c-police")
    with pytest.raises(RefusedError, match=r"consent of a\.example/main"):
        road.b.build("copy.zip", "EX-2", to="c-police")


@pytest.mark.usefixtures("liar")
def test_conditions_that_fell_away_on_the_road_are_found(road: Road) -> None:
    """Who takes it in as free to hand on says otherwise than its sender."""
    road.arrive(onward="allowed")
    road.b.consent("EX-1", "c-police")
    bundle = road.b.build("freed.zip", "EX-1", to="c-police").path
    assert "inherited.conditions" in road.codes(bundle)


def conditions(text: str | None) -> list[dict[str, Any]]:
    """Return one condition."""
    return [{"before": False, "code": "other", "text": text}]


@pytest.mark.usefixtures("liar")
@pytest.mark.parametrize("after", ["Keep it for a year.", None])
def test_a_condition_that_was_written_anew_on_the_road_is_found(tmp_path: Path, after: str | None) -> None:
    """What a condition asks is its text; its code alone says nothing."""
    road = Road(tmp_path, conditions=conditions("Keep it for a week."))
    road.arrive(conditions=conditions(after))
    assert "inherited.conditions" in road.codes(road.onward())


def test_a_condition_that_was_passed_on_word_for_word_holds(tmp_path: Path) -> None:
    """Each ledger hides the text behind a salt of its own, so the texts themselves are compared."""
    road = Road(tmp_path, conditions=conditions("Keep it for a week."))
    road.arrive(conditions=conditions("Keep it for a week."))
    found = road.codes(road.onward())
    assert not {"inherited.conditions", "inherited.condition-unseen"} & found


def test_a_condition_that_is_withheld_is_said_not_to_be_compared(tmp_path: Path) -> None:
    """A reader must know what was not asked."""
    road = Road(tmp_path, conditions=conditions("Keep it for a week."))
    road.arrive(conditions=conditions("Keep it for a year."))
    choice = parse_choice(withhold=["transfer.accepted:/details/conditions/*/text"], disclose=[])
    verified = read(road.onward(choice=choice), trust(road.a, road.b), road.b.world.at)
    assert "inherited.condition-unseen" in codes(verified)
    assert verified.report.verdict.value == "PASSED"


def test_a_later_checkpoint_of_an_inner_ledger_is_linked_by_a_proof_from_outside(road: Road) -> None:
    """Who saw more of the first ledger than its bundle shows asks it for a proof."""
    road.arrive()
    bundle = road.onward()
    store = road.a.world.store
    (inner,) = read(bundle, trust(road.a, road.b), road.b.world.at).report.inherited  # type: ignore[misc]
    register(road.a, "EX-9")
    with store.read() as reader:
        size, note = reader.head().size, reader.checkpoint()
        nodes = prove_consistency(TileNodes(reader.tiles(), size), inner.size, size)
    seen = SeenCheckpoint(note=format_base64(note), root=parse_checkpoint(parse_note(note).text).root.hex(), size=size)
    ledgers = (replace(road.a.trusted(), seen=(seen,)), road.b.trusted())
    later = Trusted(Trust(ledgers=ledgers, schema="custody-trust/v1"), "00" * 32)
    proof = Consistency(
        first=inner.size, nodes=tuple(node.hex() for node in nodes), origin="a.example/main",
        schema="custody-consistency/v1", second=size,
    )  # fmt: skip
    at = road.a.world.at
    assert "checkpoint.not-linked" in codes(read(bundle, later, at))
    linked = read(bundle, Trusted(later.trust, later.sha256, (proof,)), at)
    assert linked.report.verdict.value == "PASSED"


@pytest.mark.usefixtures("liar")
def test_other_content_than_was_sent_is_found(road: Road) -> None:
    """What was sent and what was taken in are held against each other by their digests."""
    road.arrive(content=None, nature="object")
    assert "inherited.content" in road.codes(road.onward())


@pytest.mark.usefixtures("liar")
def test_a_bundle_taken_in_by_somebody_else_is_found(tmp_path: Path) -> None:
    """A parcel for b that c registers as its own is no transfer to c."""
    road = Road(tmp_path)
    thief = Side(tmp_path / "c", "c", peers={"a": "XA", "d": "XD"})
    thief.accept(road.sent, read(road.sent, trust(road.a), road.a.world.at), "a-police", onward="with-consent")
    paper = {"manner": "paper", "documents": ["ab" * 32], "number": "7"}
    thief.consent("EX-1", "ministry", authority="a-police", **paper)
    bundle = thief.build("stolen.zip", "EX-1", to="ministry").path
    assert "inherited.recipient" in codes(read(bundle, trust(road.a, thief), thief.world.at))


def test_without_the_first_bundle_nothing_leaves(road: Road) -> None:
    """An acceptance whose origin can't be proven any more is not passed on."""
    road.arrive()
    road.b.inherited.clear()
    with pytest.raises(StorageError, match=r"bundle\.inherited-missing"):
        road.onward()


@pytest.mark.usefixtures("liar")
def test_another_bundle_in_place_of_the_first_is_found(road: Road) -> None:
    """The acceptance names the bundle by the digest of its payload manifest."""
    road.arrive()
    other = road.a.build("later.zip", "EX-1", to="ministry").path
    (manifest,) = road.b.inherited
    road.b.inherited[manifest] = other
    assert {"inherited.absent", "inherited.unnamed"} <= road.codes(road.onward())


def test_a_plain_bundle_is_no_delivery(road: Road) -> None:
    """What nobody dispatched can't be accepted."""
    register(road.a, "EX-2")
    plain = road.a.build("plain.zip", "EX-2", to="ministry").path
    with pytest.raises(RefusedError, match=r"transfer\.none"):
        delivery_of(read(plain, trust(road.a), road.a.world.at))


def test_what_comes_home_is_held_again(road: Road) -> None:
    """The first ledger's exhibit goes on where it was left."""
    act(road.a, "transfer.receipt", receipt())
    back = {
        "foreign": {
            "case": CASE, "exhibit": "EX-1", "head": "ab" * 32, "ledger": "b.example/main", "manifest": "cd" * 32,
            "root": "ef" * 32, "size": 30,
        },
        "from": "b-police", "transfer": "dd" * 16,
    }  # fmt: skip
    act(road.a, "transfer.returned", back)
    exhibit = road.a.world.exhibit(CASE, "EX-1")
    assert exhibit is not None
    assert (exhibit.status, exhibit.holder, exhibit.dispatch) == ("held", "examiner-1", None)


def test_a_bundle_without_inherited_ones_says_nothing_of_them(road: Road) -> None:
    """Reports of bundles that crossed no border stay as they were."""
    assert read(road.sent, trust(road.a), road.a.world.at).report.inherited is UNSET
