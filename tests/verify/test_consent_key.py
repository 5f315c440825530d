"""A key that was enrolled here says nothing of what an authority abroad wants: it writes letters, or signs paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from custody.verify.fold.fold import Fold
from schemas.entry import parse_entry
from schemas.errors import RefusedError
from schemas.report import Findings, Severity
from tests.border import CASE, Side, codes, read, register, trust

PAPER = {"documents": ["ab" * 32], "manner": "paper", "number": "7"}
FOUND = ("defect.consent-key", "release.consent-key")


def received(folder: Path, *, gate: str | None) -> Side:
    """Let a send EX-1 to b on a condition; b has enrolled somebody as an official of a's ministry of justice."""
    a = Side(folder / "a", "a", peers={"b": "XB"})
    register(a)
    a.consent("EX-1", "b-police")
    act = a.dispatch("EX-1", "b-police", transfer="1f" * 16)
    bundle = a.build("sent.zip", "EX-1", to="b-police", acts=[act], transfer="1f" * 16).path
    b = Side(folder / "b", "b", peers={"a": "XA", "c": "XC"}, gate=gate)
    b.accept(bundle, read(bundle, trust(a), b.world.at), "a-police")
    b.world.enrol("liaison-1", ("authority",), country="XA")
    b.world.enrol(
        "justice-a", (), kind="organisation", members=["liaison-1"], country="XA", ledger="a.example/main"
    )  # fmt: skip
    b.consent("EX-1", "c-police")
    return b


def by_key(side: Side, **details: Any) -> None:
    """Let the official who was enrolled here consent for a's ministry."""
    given = {
        "authority": "justice-a", "issued_at": "2026-11-21T08:00:00Z", "manner": "key", "onward": "with-consent",
        "purpose": "case C", "recipient": "c-police", "valid_from": "2026-11-21T00:00:00Z", **details,
    }  # fmt: skip
    side.world.annotate("consent.recorded", side.world.about(CASE, "EX-1"), given, actor="liaison-1")


def audit(side: Side) -> dict[str, Severity]:
    """Return what a replay finds of these consents."""
    findings = Findings()
    fold = Fold(findings, is_whole=True)
    for raw in side.world.entries():
        fold.add(parse_entry(raw))
    return {item.code: item.severity for item in findings.items if item.code in FOUND}


def test_under_the_gate_nothing_that_is_bound_leaves_by_such_a_key(tmp_path: Path) -> None:
    """Whoever registers agents here could else let go what another country lent on its word."""
    b = received(tmp_path, gate="v2")
    by_key(b)
    size = len(b.world.entries())
    with pytest.raises(RefusedError) as caught:
        b.build("out.zip", "EX-1", to="c-police")
    assert caught.value.code == "release.consent-key"
    assert "a key of this ledger, and no letter" in caught.value.text
    assert len(b.world.entries()) == size
    assert audit(b) == {"defect.consent-key": Severity.DEFECT}


def test_its_paper_lets_it_go_all_the_same(tmp_path: Path) -> None:
    """Paper is marked as paper, and is somebody's word; what the key said beside it stays a defect."""
    b = received(tmp_path, gate="v2")
    by_key(b)
    by_key(b, **PAPER)
    verified = read(b.build("out.zip", "EX-1", to="c-police").path, trust(b), b.world.at)
    assert "defect.consent-key" in codes(verified)
    assert "release.consent-key" not in codes(verified)


def test_written_around_the_writer_it_fails_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In every audit, and for every recipient."""
    b = received(tmp_path, gate="v2")
    by_key(b)
    monkeypatch.setattr("custody.bundle.build._check_own", lambda *_: None)
    monkeypatch.setattr("custody.ledger.appending.check_lawful", lambda *_: None)
    verified = read(b.build("out.zip", "EX-1", to="c-police").path, trust(b), b.world.at)
    assert verified.report.verdict.value == "FAILED"
    assert codes(verified) >= set(FOUND)
    assert audit(b)["release.consent-key"] is Severity.FAILED


@pytest.mark.parametrize("gate", [None, "v1"])
def test_an_older_ledger_keeps_its_verdict_and_shows_the_defect(tmp_path: Path, gate: str | None) -> None:
    """What passed before passes: from before the gate, and under its first version."""
    b = received(tmp_path, gate=gate)
    by_key(b)
    verified = read(b.build("out.zip", "EX-1", to="c-police").path, trust(b), b.world.at)
    assert "defect.consent-key" in codes(verified)
    assert audit(b) == {"defect.consent-key": Severity.DEFECT}


def test_a_ministry_at_home_consents_by_key(tmp_path: Path) -> None:
    """Whom this ledger enrols is its own country's affair, also where the ministry keeps a ledger of its own."""
    side = Side(tmp_path / "a", "a", peers={"b": "XB"}, gate="v2")
    register(side)
    side.world.enrol(
        "justice", (), kind="organisation", members=["official-1"], country="XA", ledger="j.example/main"
    )  # fmt: skip
    side.consent("EX-1", "b-police", authority="justice")
    side.build("out.zip", "EX-1", to="b-police")
    assert audit(side) == {}
