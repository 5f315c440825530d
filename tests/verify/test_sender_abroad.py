"""Who sent something, or gave it back for good, may move abroad; where it comes back, it is asked who gets it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from schemas.report import Verdict
from tests.border import CASE, NONCE, codes, read, trust
from tests.verify.test_gate import around
from tests.verify.test_party_abroad import change, code_of, side

__all__ = ["around"]

RECALL = ("transfer.recalled", {"transfer": NONCE, "reason": "x"})
REFUSAL = (
    "transfer.receipt",
    {"decided_at": "2026-11-21T13:00:00Z", "document": "ab" * 32, "manner": "paper", "outcome": "refused",
     "transfer": NONCE},
)  # fmt: skip
LOST = ("transfer.lost", {"discovered_at": "2026-11-21T13:00:00Z", "reason": "x", "transfer": NONCE})


@pytest.mark.parametrize("before", [(), (LOST,)])
@pytest.mark.parametrize("after", [RECALL, REFUSAL])
@pytest.mark.parametrize(
    ("actor", "code", "holder"),
    [
        ("registrar-2", "none", "registrar-2"),
        ("b-registrar", "release.holder-abroad", ""),
        ("examiner-1", "release.holder-abroad", ""),
    ],
)
def test_who_sent_something_may_move_and_does_not_get_it_back_there(
    tmp_path: Path, before: tuple[Any, ...], after: Any, actor: str, code: str, holder: str
) -> None:
    """A parcel that no receipt ever came for would else keep its sender in the country for ever; who takes it back is
    somebody here.
    """
    a = side(tmp_path)
    a.world.append(a.world.sign(a.dispatch("EX-1", "ministry")))
    for type, details in before:
        a.world.act(type, CASE, "EX-1", details, actor="examiner-1")
    assert code_of(change(a, "examiner-1", country="XB")) == "none"
    type, details = after
    assert code_of(lambda: a.world.act(type, CASE, "EX-1", details, actor=actor)) == code
    exhibit = a.world.exhibit(CASE, "EX-1")
    assert exhibit is not None
    assert not holder or exhibit.holder == holder
    built = a.build("p.zip", "EX-1", to="ministry").path
    assert read(built, trust(a), a.world.at).report.verdict is Verdict.PASSED


@pytest.mark.usefixtures("around")
@pytest.mark.parametrize(("gate", "is_told"), [("v2", True), ("v1", False)])
def test_a_lone_reader_sees_a_parcel_that_goes_back_to_a_sender_who_moved(
    tmp_path: Path, gate: str, is_told: bool
) -> None:
    """He sent it at home, and a recall would make him its holder abroad."""
    a = side(tmp_path, gate)
    a.world.append(a.world.sign(a.dispatch("EX-1", "ministry")))
    change(a, "examiner-1", country="XB")()
    a.world.act(*RECALL[:1], CASE, "EX-1", RECALL[1], actor="examiner-1")
    found = read(a.build("b.zip", "EX-1", to="ministry").path, trust(a), a.world.at)
    assert ("release.holder-abroad" in codes(found)) is is_told


@pytest.mark.parametrize("actor", ["b-examiner", "registrar-2"])
def test_who_sent_something_from_abroad_gets_it_back_there(tmp_path: Path, actor: str) -> None:
    """He had it there under a consent before, and never gave it away."""
    a = side(tmp_path)
    a.consent("EX-1", "b-examiner")
    a.world.act("custody.handed-over", CASE, "EX-1", {"purpose": "x"}, actor="examiner-1", to="b-examiner")
    sent = {"item": "original", "not_sealed": "x", "onward": "with-consent", "purpose": "x", "to": "ministry"}
    a.world.act("transfer.dispatched", CASE, "EX-1", {**sent, "transfer": NONCE}, actor="b-examiner")
    a.world.act(*RECALL[:1], CASE, "EX-1", RECALL[1], actor=actor)
    exhibit = a.world.exhibit(CASE, "EX-1")
    assert exhibit is not None
    assert exhibit.holder == "b-examiner"


GIVEN_BACK = {"authority": "x", "reason": "x", "terms": "for-good", "to": "x"}


@pytest.mark.parametrize(("terms", "moves", "returns"), [("for-good", "none", "release.holder-abroad"),
                                                         ("lent", "release.holder-abroad", "none")])  # fmt: skip
def test_who_gave_something_back_for_good_may_move(tmp_path: Path, terms: str, moves: str, returns: str) -> None:
    """It is not in his hands; and it does not come back to them where he is now, as if it had not left."""
    a = side(tmp_path)
    given = {**GIVEN_BACK, "terms": terms, "to_country": "XA"}
    a.world.act("exhibit.released", CASE, "EX-1", given, actor="examiner-1")
    assert code_of(change(a, "examiner-1", country="XB")) == moves
    assert code_of(lambda: a.world.act("exhibit.returned", CASE, "EX-1", {}, actor="examiner-1")) == returns


def test_what_was_given_back_abroad_comes_back_abroad(tmp_path: Path) -> None:
    """It never crossed a border in between."""
    a = side(tmp_path)
    a.world.enrol("owner", (), country="XB")
    for recipient in ("b-examiner", "owner"):
        a.consent("EX-1", recipient)
    a.world.act("custody.handed-over", CASE, "EX-1", {"purpose": "x"}, actor="examiner-1", to="b-examiner")
    a.world.act("exhibit.released", CASE, "EX-1", {**GIVEN_BACK, "to_agent": "owner"}, actor="b-examiner")
    a.world.act("exhibit.returned", CASE, "EX-1", {}, actor="b-examiner")
