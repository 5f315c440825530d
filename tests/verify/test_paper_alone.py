"""What an authority that keeps a ledger decided, or gave back, on paper alone: its own record of it is wanting."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from schemas.errors import RuleViolation
from tests.border import CASE, NONCE, Side, codes, read, register, trust

PAPER = {"document": "ab" * 32, "transfer": NONCE}
RECEIPT = {**PAPER, "decided_at": "2026-11-21T13:00:00Z", "manner": "paper", "outcome": "accepted"}
PROOF = {
    "manner": "proof",
    "origin": {"event": "ab" * 32, "index": 4, "ledger": "b.example/main", "root": "ef" * 32, "size": 9},
}
RETURN = {**PAPER, "from": "b-police", "sent": NONCE, "transfer": "ee" * 16}


def told(folder: Path, peer: str, *acts: tuple[str, dict[str, Any]]) -> bool:
    """Send EX-1 to an agent, record what came of it, and tell whether a reader learns that it was on paper alone."""
    a = Side(folder / "a", "a", peers={"b": "XB"})
    register(a)
    a.world.enrol("courier", (), kind="organisation", country="XB")
    a.consent("EX-1", peer)
    a.build("1.zip", "EX-1", to=peer, acts=[a.dispatch("EX-1", peer)], transfer=NONCE)
    for type, details in acts:
        act = a.world.custody_act(type, CASE, "EX-1", details, actor="examiner-1")
        a.world.append(a.world.sign(act))
    return "defect.paper-alone" in codes(read(a.build("2.zip", "EX-1", to="ministry").path, trust(a), a.world.at))


@pytest.mark.parametrize(
    ("peer", "acts", "is_told"),
    [
        ("b-police", [], False),
        ("b-police", [("transfer.receipt", RECEIPT)], True),
        ("b-police", [("transfer.receipt", {**RECEIPT, "outcome": "refused"})], True),
        ("b-police", [("transfer.receipt", {**RECEIPT, **PROOF})], False),
        ("courier", [("transfer.receipt", RECEIPT)], False),
        ("b-police", [("transfer.returned", RETURN)], True),
        ("b-police", [("transfer.returned", {**RETURN, "from": "courier"})], True),
        ("courier", [("transfer.returned", {**RETURN, "from": "courier"})], False),
        ("courier", [("transfer.returned", RETURN)], True),
        ("b-police", [("transfer.recalled", {"reason": "late", "transfer": NONCE})], False),
    ],
)  # fmt: skip
def test_a_ledger_that_could_speak_for_itself_is_missed(
    tmp_path: Path, peer: str, acts: list[tuple[str, dict[str, Any]]], is_told: bool
) -> None:
    """One side's word makes no two-sided hand-over; who has no ledger can give nothing but paper."""
    assert told(tmp_path, peer, *acts) is is_told


@pytest.mark.parametrize(
    ("back", "is_told"), [("b-police", False), ("b-court", False), ("courier", False), ("c-police", True)]
)
def test_what_comes_back_from_a_stranger_is_told(tmp_path: Path, back: str, is_told: bool) -> None:
    """It was sent to b: how it got to another country no paper of that country shows."""
    a = Side(tmp_path / "a", "a", peers={"b": "XB", "c": "XC"}, gate="v2")
    register(a)
    a.world.enrol("b-court", (), kind="organisation", country="XB")
    a.world.enrol("courier", (), kind="organisation", ledger="b.example/main")
    a.consent("EX-1", "b-police")
    a.build("1.zip", "EX-1", to="b-police", acts=[a.dispatch("EX-1", "b-police")], transfer=NONCE)
    for type, details in (("transfer.receipt", RECEIPT), ("transfer.returned", {**RETURN, "from": back})):
        a.world.append(a.world.sign(a.world.custody_act(type, CASE, "EX-1", details, actor="examiner-1")))
    found = read(a.build("2.zip", "EX-1", to="ministry").path, trust(a), a.world.at)
    assert ("defect.returned-by-another" in codes(found)) is is_told
    assert found.report.verdict.value == "PASSED"


@pytest.mark.parametrize(("gate", "comes_home"), [("v2", True), ("v1", False), (None, False)])
@pytest.mark.parametrize("sent", [NONCE, None])
def test_who_gave_it_back_on_paper_can_let_it_go_in_his_ledger_too(
    tmp_path: Path, gate: str | None, comes_home: bool, sent: str | None
) -> None:
    """Else two ledgers would hold it for good; one holder here all the time, and the record says what happened."""
    sides = [Side(tmp_path / name, name, peers={other: f"X{other.upper()}"}, gate=gate) for name, other in ("ab", "ba")]
    a, b = sides
    register(a)
    a.consent("EX-1", "b-police")
    path = a.build("1.zip", "EX-1", to="b-police", acts=[a.dispatch("EX-1", "b-police")], transfer=NONCE).path
    b.accept(path, read(path, trust(*sides), a.world.at), "a-police")
    for type, details in (("transfer.receipt", RECEIPT), ("transfer.returned", {**RETURN, "sent": sent})):
        act = a.world.custody_act(type, CASE, "EX-1", details, actor="examiner-1")
        a.world.append(a.world.sign(act))
    b.consent("EX-1", "a-police")
    back = b.build(
        "2.zip", "EX-1", to="a-police", acts=[b.dispatch("EX-1", "a-police", transfer="dd" * 16)], transfer="dd" * 16
    ).path
    verified = read(back, trust(*sides), b.world.at)
    if not comes_home:
        with pytest.raises(RuleViolation, match=r"rule\.state"):
            a.take_back(back, verified, "b-police", sent=NONCE)
        return
    a.take_back(back, verified, "b-police", sent=NONCE)
    exhibit = a.world.exhibit(CASE, "EX-1")
    assert exhibit is not None
    assert (exhibit.status, exhibit.holder, exhibit.recalled or ()) == ("held", "examiner-1", ())
    found = codes(read(a.build("3.zip", "EX-1", to="ministry").path, trust(*sides), b.world.at))
    assert {"defect.paper-alone", "defect.returned-after-recall"} <= found
    with pytest.raises(RuleViolation, match=r"rule\.state"):
        a.take_back(back, verified, "b-police", sent=NONCE)


@pytest.mark.parametrize(
    ("authority", "given", "is_told"),
    [
        ("b-police", {"documents": ["ab" * 32], "manner": "paper", "number": "7"}, True),
        ("courier", {"documents": ["ab" * 32], "manner": "paper", "number": "7"}, False),
        ("ministry", {"documents": ["ab" * 32], "manner": "paper", "number": "7"}, False),
        ("ministry", {}, False),
    ],
)
def test_a_consent_on_paper_of_whoever_could_write_a_letter_is_told(
    tmp_path: Path, authority: str, given: dict[str, Any], is_told: bool
) -> None:
    """Whoever recorded the paper says alone that they consented, and their own ledger could say so itself."""
    a = Side(tmp_path / "a", "a", peers={"b": "XB"}, gate="v2")
    register(a)
    a.world.enrol("courier", (), kind="organisation", country="XB")
    a.consent("EX-1", "ministry", authority=authority, **given)
    found = codes(read(a.build("1.zip", "EX-1", to="ministry").path, trust(a), a.world.at))
    assert ("defect.paper-alone" in found) is is_told
