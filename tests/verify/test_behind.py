"""What a bundle says of letters, proofs and acceptances is held against what it carries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from custody.bundle import build
from schemas.report import Report, Severity, Verdict
from tests.border import NONCE, Side, read, register, trust

FOREIGN = {
    "event": "ab" * 32, "ledger": "b.example/main", "manifest": "cd" * 32, "request": "in-1", "root": "ef" * 32,
    "size": 9,
}  # fmt: skip


def sides(folder: Path) -> tuple[Side, Side]:
    """A sends to b; b may send on to c."""
    return Side(folder / "a", "a", peers={"b": "XB"}), Side(folder / "b", "b", peers={"a": "XA", "c": "XC"})


def found(report: Report, code: str) -> list[tuple[int, Severity]]:
    """Return step and severity of the findings with a code."""
    return [(item.step, item.severity) for item in report.findings if item.code == code]


@pytest.mark.parametrize("document", [None, "ab" * 32])
def test_a_consent_by_a_letter_that_nobody_shows_is_undecided(tmp_path: Path, document: str | None) -> None:
    """Whoever wrote around the command wrote a consent that no reader takes for one."""
    a, _ = sides(tmp_path)
    register(a)
    a.consent("EX-1", "b-police")
    a.consent("EX-1", "b-police", authority="b-police", manner="letter", origin={**FOREIGN, "document": document})
    report = read(a.build("p.zip", "EX-1", to="b-police").path, trust(a), a.world.at).report
    assert found(report, "letter.absent") == [(11, Severity.INDETERMINATE)]
    assert report.verdict is Verdict.INDETERMINATE


def test_a_receipt_whose_proof_nobody_shows_is_undecided(tmp_path: Path) -> None:
    """Custody is not away because somebody says so."""
    a, _ = sides(tmp_path)
    register(a)
    a.consent("EX-1", "b-police")
    a.build("p.zip", "EX-1", to="b-police", acts=[a.dispatch("EX-1", "b-police")], transfer=NONCE)
    origin = {"event": "ab" * 32, "index": 4, "ledger": "b.example/main", "root": "cd" * 32, "size": 9}
    details: dict[str, Any] = {
        "decided_at": "2026-11-21T13:00:00Z", "document": "ab" * 32, "manner": "proof", "origin": origin,
        "outcome": "accepted", "transfer": NONCE,
    }  # fmt: skip
    a.world.append(
        a.world.sign(a.world.custody_act("transfer.receipt", "2026-0417", "EX-1", details, actor="examiner-1"))
    )
    report = read(a.build("q.zip", "EX-1", to="b-police").path, trust(a), a.world.at).report
    assert found(report, "receipt.absent") == [(9, Severity.INDETERMINATE)]


@pytest.mark.parametrize(
    ("number", "to", "is_told"),
    # To b-police it goes under the ministry's own consent; test_erased_letters asks where it needs the letter.
    [("EX-1", "ministry", True), ("EX-1", "b-police", True), ("EX-2", "ministry", False)],
)
def test_an_order_excuses_what_left_before_it_alone(tmp_path: Path, number: str, to: str, is_told: bool) -> None:
    """An invented letter and the order that destroys it don't open the gate together, nor does one about EX-2."""
    a, _ = sides(tmp_path)
    register(a)
    register(a, "EX-2")
    digest = "ab" * 32
    a.consent("EX-1", "b-police")
    a.consent("EX-1", "b-police", authority="b-police", manner="letter", origin={**FOREIGN, "document": digest})
    order = {"authority": "court", "commitments": [], "files": [digest], "order": "7/26"}
    about = a.world.about("2026-0417", number)
    a.world.annotate("disclosure.erased", about, order, actor="examiner-1", registrar="registrar-1")
    report = read(a.build("p.zip", "EX-1", to=to).path, trust(a), a.world.at).report
    assert found(report, "letter.erased") == ([(11, Severity.NOTE)] if is_told else [])
    assert found(report, "letter.absent") == ([] if is_told else [(11, Severity.INDETERMINATE)])


@pytest.mark.parametrize(
    ("changes", "code", "expected"),
    [
        ({"sent_at": "2026-11-20T09:00:00Z"}, "inherited.sent-at", (9, Severity.FAILED)),
        ({"accepted_at": "2025-01-01T00:00:00Z"}, "inherited.times", (12, Severity.DEFECT)),
        ({"accepted_at": "2027-01-01T00:00:00Z"}, "inherited.times", (12, Severity.DEFECT)),
    ],
)
def test_an_acceptance_has_the_times_of_what_was_sent(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, str],
    code: str,
    expected: tuple[int, Severity],
) -> None:
    """The time of sending is the sender's own; a decision lies between it and the record."""
    a, b = sides(tmp_path)
    register(a)
    a.consent("EX-1", "b-police")
    sent = a.build("p.zip", "EX-1", to="b-police", acts=[a.dispatch("EX-1", "b-police")], transfer=NONCE).path
    b.accept(sent, read(sent, trust(a), a.world.at), "a-police", **changes)
    b.consent("EX-1", "c-police")
    b.consent("EX-1", "c-police", authority="a-police", manner="paper", documents=["ab" * 32], number="7")
    monkeypatch.setattr(build, "_check_own", lambda *_: None)  # a liar's program lets it pass
    path = b.build("onward.zip", "EX-1", to="c-police").path
    report = read(path, trust(a, b), b.world.at).report
    assert found(report, code) == [expected]


@pytest.mark.parametrize("reservations", [None, ["entries-disputed"], ["timestamps-absent"]])
def test_a_stolen_key_within_calls_for_its_reservation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reservations: list[str] | None
) -> None:
    """Who accepted entries that a thief may have signed must have said so; a reader sees that from the bytes alone."""
    a, b = sides(tmp_path)
    last = len(a.world.entries()) - 1
    register(a)
    key = a.world.signers["examiner-1"][0].key_id
    stolen = {"agent": "examiner-1", "key_id": key, "last_valid_index": last, "reason": "compromised"}
    fresh = {"agent": "examiner-1", "key": a.world.public_key(a.world.new_key("examiner-1")), "recovery": True}
    for type, details in (("agent.key-revoked", stolen), ("agent.key-added", fresh)):
        event = a.world.event(type, details, actor="registrar-1", registrar="registrar-2")
        a.world.append(a.world.sign(event))
    a.consent("EX-1", "b-police")
    a.world.append(a.world.sign(a.dispatch("EX-1", "b-police")))
    monkeypatch.setattr(build, "_check_own", lambda *_: None)  # liars' programs on both sides
    sent = a.build("p.zip", "EX-1", to="b-police", transfer=NONCE).path
    verified = read(sent, trust(a), a.world.at)
    assert found(verified.report, "keys.disputed")[0] == (5, Severity.INDETERMINATE)
    b.accept(sent, verified, "a-police", reservations=reservations)
    b.consent("EX-1", "c-police")
    b.consent("EX-1", "c-police", authority="a-police", manner="paper", documents=["ab" * 32], number="7")
    report = read(b.build("onward.zip", "EX-1", to="c-police").path, trust(a, b), b.world.at).report
    is_told = reservations == ["entries-disputed"]
    assert found(report, "inherited.reservations") == ([] if is_told else [(11, Severity.FAILED)])
    assert report.verdict is (Verdict.INDETERMINATE if is_told else Verdict.FAILED)
