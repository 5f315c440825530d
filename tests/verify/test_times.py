"""Times that can't be: they are told, decide nothing, and break nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from custody.verify.verify import Verified
from schemas.report import Severity, Verdict
from schemas.text import parse_time
from tests.border import CASE, NONCE, Side, codes, read, register, trust

END = datetime(9999, 12, 31, 23, 56, tzinfo=UTC)
RECEIPT = {"document": "ab" * 32, "manner": "paper", "outcome": "accepted", "transfer": NONCE}
LOST = {"discovered_at": "2026-11-21T13:00:00Z", "reason": "x", "transfer": NONCE}


def told(verified: Verified, code: str) -> list[str]:
    """Return about what a curable defect is found; none of them decides."""
    found = [item for item in verified.report.findings if item.code == code]
    assert verified.report.verdict is Verdict.PASSED
    assert {(item.step, item.severity) for item in found} <= {(12, Severity.DEFECT)}
    return [item.subject for item in found]


@pytest.mark.parametrize(("when", "is_told"), [("2096-01-01T00:00:00Z", True), ("1971-01-01T00:00:00Z", False)])
def test_what_is_said_to_happen_later_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str, is_told: bool
) -> None:
    """Nobody records what has not happened; what is old may have been registered late."""
    monkeypatch.setattr("custody.ledger.appending.check_times", lambda *_, **__: None)
    a = Side(tmp_path / "a", "a", peers={}, gate="v2")
    now, a.world.at = a.world.at, parse_time(when)
    composed = a.world.registration(CASE, "EX-1", actor="examiner-1")
    a.world.at = now
    index = a.world.append(a.world.sign(composed)).index
    verified = read(a.build("p.zip", "EX-1", to="ministry").path, trust(a), a.world.at)
    assert told(verified, "defect.time-ahead") == ([f"entry {index}"] if is_told else [])


@pytest.mark.parametrize(("hours", "is_told"), [(0, False), (23, False), (25, True)])
def test_what_is_recorded_after_it_is_read_is_told(tmp_path: Path, hours: int, is_told: bool) -> None:
    """One of two clocks is wrong: all dates of the ledger are its own word."""
    a = Side(tmp_path / "a", "a", peers={}, gate="v2")
    register(a)
    built = a.build("p.zip", "EX-1", to="ministry").path
    verified = read(built, trust(a), a.world.at - timedelta(hours=hours))
    assert told(verified, "defect.recorded-ahead") == ([f"entry {len(a.world.entries()) - 1}"] if is_told else [])


@pytest.mark.parametrize(
    ("decided_at", "acts", "is_told"),
    [
        ("2026-11-21T13:00:00Z", [], False),
        ("2020-01-01T00:00:00Z", [], True),
        ("2020-01-01T00:00:00Z", [("transfer.lost", LOST)], True),
        ("2026-11-21T13:00:00Z", [("transfer.lost", LOST)], False),
    ],
)
def test_a_receipt_from_before_its_dispatch_is_told(
    tmp_path: Path, decided_at: str, acts: list[tuple[str, dict[str, Any]]], is_told: bool
) -> None:
    """It is of another parcel, whatever was recorded in between."""
    a = Side(tmp_path / "a", "a", peers={}, gate="v2")
    register(a)
    a.world.append(a.world.sign(a.dispatch("EX-1", "ministry")))
    for type, details in acts:
        a.world.act(type, CASE, "EX-1", details, actor="examiner-1")
    index = a.world.act(
        "transfer.receipt", CASE, "EX-1", {**RECEIPT, "decided_at": decided_at}, actor="examiner-1"
    ).index
    verified = read(a.build("p.zip", "EX-1", to="ministry").path, trust(a), a.world.at)
    assert told(verified, "defect.receipt-early") == ([f"entry {index}"] if is_told else [])


@pytest.mark.parametrize(("decided_at", "is_told"), [("2026-11-21T08:10:00Z", False), ("9999-12-31T23:59:59Z", True)])
def test_a_receipt_from_after_it_was_recorded_is_told(tmp_path: Path, decided_at: str, is_told: bool) -> None:
    """Nobody has heard yet what will be decided."""
    a = Side(tmp_path / "a", "a", peers={}, gate="v2")
    register(a)
    a.world.append(a.world.sign(a.dispatch("EX-1", "ministry")))
    details = {**RECEIPT, "decided_at": decided_at}
    index = a.world.act("transfer.receipt", CASE, "EX-1", details, actor="examiner-1").index
    verified = read(a.build("p.zip", "EX-1", to="ministry").path, trust(a), a.world.at)
    assert told(verified, "defect.time-ahead") == ([f"entry {index}"] if is_told else [])


def test_the_end_of_the_calendar_is_a_time_like_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever writes a bundle writes its times: a clock at the last second of the calendar stops no verifier."""
    a, b = (Side(tmp_path / x, x, peers={y: f"X{y.upper()}"}, gate="v2") for x, y in ("ab", "ba"))
    register(a)
    a.consent("EX-1", "b-police", onward="allowed")
    sent = a.dispatch("EX-1", "b-police", onward="allowed")
    path = a.build("1.zip", "EX-1", to="b-police", acts=[sent], transfer=NONCE).path
    first = read(path, trust(a, b), a.world.at)
    monkeypatch.setattr("custody.ledger.append.recording_time", lambda _, *, at, **__: at)
    b.world.at = END
    b.accept(path, first, "a-police", accepted_at="9999-12-31T23:59:59Z")
    verified = read(b.build("2.zip", "EX-1", to="ministry").path, trust(a, b), END - timedelta(days=400))
    assert "defect.recorded-ahead" in codes(verified)
