"""What a condition asks is in its text: a consent by letter says it in the letter's own words."""

from __future__ import annotations

import json
from pathlib import Path

from custody.cli.exits import Exit
from schemas.details.consent import ConsentRecorded
from schemas.types import Private, is_set
from tests.cli.behind import Sides, sides
from tests.cli.machine import CASE

__all__ = ["sides"]
RECORD = "consent record EX-5 --authority peer --recipient third --purpose p --letter texts.zip --as auth-1 --condition"


def _granted(sides: Sides) -> None:
    """Let b send EX-1 to a, where it is EX-5, and grant that it goes on, for one trial only."""
    sides.send()
    sides.do(
        "request answer in-req-1 --outcome granted --to-country IT --to-ledger c.example/z "
        '--condition "use-limited:the trial in Italy" --condition return -o texts.zip --as auth-2'
    )
    sides.at("l")
    sides.do(
        f"receive parcel.zip --case {CASE} --number EX-1=EX-5 --as exam-07",
        "agent enrol ministry --kind organisation --country FR --as reg-1",
        "agent change ministry --add auth-1 --as reg-1",
        "consent record EX-5 --authority ministry --recipient third --purpose p --as auth-1",
    )


def _text_of(sides: Sides) -> object:
    details = sides.a.entries()[-1].event.details
    assert isinstance(details, ConsentRecorded)
    (shown,) = (item for item in sides.a.json("consent list")["consents"] if item["manner"] == "letter")
    assert is_set(details.conditions)
    assert any(isinstance(item.text, Private) for item in details.conditions)  # type: ignore[union-attr]
    return {item["code"]: item.get("text") for item in shown["conditions"]}


def test_a_condition_says_what_the_letter_says(sides: Sides) -> None:
    """Another text is another condition, and one more is one that nobody set; who types none gets the letter's."""
    _granted(sides)
    size = len(sides.a.entries())
    for typed in ('"use-limited:anything at all" --condition return', 'use-limited --condition "return:never"'):
        ran = sides.a.fail(f"{RECORD} {typed}", Exit.REFUSED, "letter.terms")
        assert "text of condition" in ran.stderr
    assert len(sides.a.entries()) == size
    sides.do(f"{RECORD} use-limited --condition return")
    assert _text_of(sides) == {"return": None, "use-limited": "the trial in Italy"}


def test_a_text_changed_around_the_writer_is_found(sides: Sides) -> None:
    """By whoever reads the bundle that left under it, and by an audit of the home."""
    _granted(sides)
    patch = sides.stage.patch
    patch.setattr("custody.cli.ledger_access.look_behind", lambda *_, **__: None)
    patch.setattr("custody.cli.ledger_access.letter_breaches", lambda *_, **__: ())
    patch.setattr("custody.bundle.build._check_own", lambda *_: None)
    sides.do(
        f'{RECORD} "use-limited:anything at all" --condition return',
        "bundle EX-5 --to third -o onward.zip --as exam-07",
    )
    for line in ("verify onward.zip", "audit"):
        found = json.loads(sides.stage.custody(f"{line} --json").stdout)["findings"]
        assert [(item["step"], item["severity"]) for item in found if item["code"] == "letter.terms"] == [
            (11, "failed")
        ], line
    assert Path("onward.zip").exists()
