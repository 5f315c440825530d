"""What a bundle carries for the sake of something else: as much as a rule asks, and no rule asks for more."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.report import Verdict
from tests.border import CASE, NONCE, Side, codes, read, register, trust
from tests.verify.test_gate import around, audit

__all__ = ["around"]

GATES = [None, "v1", "v2"]


def derived(folder: Path, gate: str | None) -> Side:
    """A country with EX-1, EX-2 that was made from it, and a consent to each."""
    made = Side(folder / "a", "a", peers={"b": "XB", "c": "XC"}, gate=gate)
    register(made)
    parent = {"case": CASE, "event": made.world.about(CASE, "EX-1").exhibit, "exhibit": "EX-1"}
    made.world.register(CASE, "EX-2", actor="examiner-1", files={"x.txt": b"new"}, derived_from=[parent])
    made.consent("EX-1", "b-police")
    made.consent("EX-2", "b-police")
    return made


@pytest.mark.parametrize("gate", GATES)
def test_a_child_is_shown_alone_after_both_were_exported(tmp_path: Path, gate: str | None) -> None:
    """Of what it was made from a bundle carries the first acts; the consent to that came later, and isn't missing."""
    a = derived(tmp_path, gate)
    a.build("both.zip", "EX-1", "EX-2", to="b-police")
    alone = read(a.build("alone.zip", "EX-2", to="b-police").path, trust(a), a.world.at)
    assert alone.report.verdict is Verdict.PASSED
    assert audit(a) == {}


@pytest.mark.parametrize("gate", GATES)
def test_a_child_is_shown_alone_after_both_were_dispatched(tmp_path: Path, gate: str | None) -> None:
    """Nor is it known where what it was made from went in the end."""
    a = derived(tmp_path, gate)
    acts = [a.dispatch("EX-1", "b-police"), a.dispatch("EX-2", "b-police", item="copy")]
    a.build("both.zip", "EX-1", "EX-2", to="b-police", acts=acts, transfer=NONCE)
    alone = read(a.build("alone.zip", "EX-2", to="b-police").path, trust(a), a.world.at)
    assert alone.report.verdict is Verdict.PASSED


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.usefixtures("around")
def test_what_an_ancestor_did_before_is_asked(tmp_path: Path, gate: str | None) -> None:
    """All that was said of it up to the act that a child names is there, so nothing is missing by accident."""
    a = Side(tmp_path / "a", "a", peers={"b": "XB"}, gate=gate)
    register(a)
    a.world.annotate(
        "bundle.exported", a.world.about(CASE, "EX-1"),
        {"manifest": "ab" * 32, "recipient": "b", "to": "b-police"}, actor="examiner-1",
    )  # fmt: skip
    a.world.act("custody.moved", CASE, "EX-1", {"place": "x", "to_country": "XA"}, actor="examiner-1")
    moved = a.world.exhibit(CASE, "EX-1")
    assert moved is not None
    parent = {"case": CASE, "event": moved.head, "exhibit": "EX-1"}
    a.world.register(CASE, "EX-2", actor="examiner-1", files={"x.txt": b"new"}, derived_from=[parent])
    found = read(a.build("child.zip", "EX-2", to="ministry").path, trust(a), a.world.at)
    assert "release.consent-missing" in codes(found)
