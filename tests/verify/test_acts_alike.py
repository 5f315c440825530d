"""Of acts that are alike the gate is asked once: whatever could change its answer has it asked again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from custody.verify.fold.fold import Fold
from custody.verify.gate.faults import Breach
from custody.verify.gate.release import check_release
from custody.verify.rules.view import View
from schemas.entry import parse_entry
from schemas.event import ParsedEvent
from schemas.report import Findings
from tests.border import CASE, Side, register
from tests.verify.test_gate import around

__all__ = ["around"]

HERE = {"place": "room 4", "to_country": "XA"}
Then = Callable[[Side], object]


def moved(**details: Any) -> Then:
    """Return a move of EX-1 like those before, but for ``details``."""
    return lambda side: side.world.act("custody.moved", CASE, "EX-1", {**HERE, **details}, actor="examiner-1")


def registered(actor: str, **files: bytes) -> Then:
    """Return a registration like those before, but for its actor."""
    return lambda side: side.world.register(CASE, "EX-9", actor=actor, files=files)


def handed(side: Side, to: str = "courier") -> object:
    """Hand EX-1 to the courier for his squad."""
    squad = {"courier": "squad"}
    return side.world.act(
        "custody.handed-over", CASE, "EX-1", {"purpose": "x", "to_country": "XA"}, actor="examiner-1",
        to=to, on_behalf_of=squad,
    )  # fmt: skip


def after(change: dict[str, str], then: Then) -> Then:
    """Return an act after something changed in an agent."""

    def both(side: Side) -> None:
        side.world.append(side.world.sign(side.world.event("agent.changed", change, actor="registrar-1")))
        then(side)

    return both


def busy(folder: Path) -> Side:
    """A ledger under the gate, in which each act was done before and stayed here."""
    side = Side(folder / "a", "a", peers={"b": "XB"}, gate="v2")
    register(side)
    side.world.enrol("courier", ("custodian",), country="XA")
    side.world.enrol("squad", (), kind="unit", members=["courier"], country="XA")
    side.world.enrol("b-examiner", ("examiner",), country="XB")
    for number in ("EX-2", "EX-3"):
        side.world.register(CASE, number, actor="examiner-1", files={"x": number.encode()})
    side.world.register(CASE, "EX-5", actor="examiner-2", files={"x": b"EX-5"})
    side.world.register(CASE, "EX-4", actor="b-examiner", files={"x": b"a find of his own"})
    moved()(side)
    moved()(side)
    handed(side)
    side.world.act(
        "custody.handed-over", CASE, "EX-1", {"purpose": "x", "to_country": "XA"}, actor="courier", to="examiner-1",
        on_behalf_of={"courier": "squad"},
    )  # fmt: skip
    return side


def folded(side: Side) -> tuple[list[tuple[str, str, str]], Fold]:
    """Return what a replay finds."""
    findings = Findings()
    fold = Fold(findings, is_whole=True)
    for raw in side.world.entries():
        fold.add(parse_entry(raw))
    return [(item.code, item.subject, item.text) for item in findings.items if item.step == 11], fold


@pytest.mark.usefixtures("around")
@pytest.mark.parametrize(
    ("then", "code"),
    [
        (moved(), None),
        (moved(to_country="XB"), "release.recipient-unknown"),
        (moved(to_agent="b-police"), "release.consent-missing"),
        (lambda side: side.world.act("custody.moved", CASE, "EX-1", {"place": "x"}, actor="examiner-1"),
         "release.destination-unnamed"),
        (handed, None),
        (after({"agent": "squad", "country": "XB"}, handed), "release.consent-missing"),
        (after({"agent": "courier", "country": "XB"}, handed), "release.consent-missing"),
        (registered("examiner-1", x=b"new"), None),
        (registered("b-examiner", x=b"new"), None),
        (registered("b-examiner", x=b"EX-5"), "release.holder-abroad"),
        (after({"agent": "examiner-1", "country": "XB"}, registered("examiner-1", x=b"EX-5")), "release.holder-abroad"),
    ],
)  # fmt: skip
def test_what_changes_the_answer_has_the_gate_asked_again(tmp_path: Path, then: Then, code: str | None) -> None:
    """The last act is like one before it, but for one thing."""
    side = busy(tmp_path)
    assert folded(side)[0] == []
    then(side)
    found, _ = folded(side)
    last = f"entry {len(side.world.entries()) - 1}"
    assert {name for name, subject, _ in found if subject == last} == ({code} if code else set())


def test_acts_alike_are_asked_about_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or it would be no use: the second move and the third registration cost nothing."""
    side, asked = busy(tmp_path), list[str]()

    def counted(view: View, parsed: ParsedEvent, recorded_at: str) -> tuple[Breach, ...]:
        asked.append(parsed.type)
        return check_release(view, parsed, recorded_at)

    monkeypatch.setattr("custody.verify.fold.fold.check_release", counted)
    assert folded(side)[0] == []
    assert (asked.count("custody.moved"), asked.count("custody.handed-over")) == (1, 2)


def test_whose_country_decided_is_remembered_all_the_same(tmp_path: Path) -> None:
    """The first of the acts that are alike says who got something, and that is what is kept."""
    side = busy(tmp_path)
    before = dict(folded(side)[1].countries)
    moved()(side)
    handed(side)
    assert folded(side)[1].countries == before
