"""Who asked reads on which terms it was granted, in the letter and in his own ledger, before he accepts any of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from custody.cli.exits import Exit
from tests.cli.behind import Sides, sides
from tests.cli.machine import CASE

__all__ = ["sides"]
TERMS = ("to country: IT", "It may NOT be handed to a third country.", "the trial in Italy", "use-limited")


@pytest.fixture
def granted(sides: Sides) -> Sides:
    """B grants req-1 on terms, and a receives the letter."""
    sides.at("b")
    sides.do(
        "request answer in-req-1 --outcome granted --to-country IT --onward forbidden "
        '--condition "use-limited:the trial in Italy" -o terms.zip --as auth-2'
    )
    sides.at("l")
    sides.do("request receive terms.zip --as auth-1")
    return sides


def test_who_asked_is_told_the_terms(granted: Sides) -> None:
    """They stand in the letter alone: the record of it is the word of who read it."""
    shown = granted.stage.custody("request show req-1").stdout
    for words in TERMS:
        assert words in shown
    assert ["grant, to country", "IT"] in granted.a.json("request show req-1")["steps"][-1]["facts"]
    for path in (granted.a.home / "documents").rglob("*"):
        if path.is_file() and path.stat().st_size > 4096:
            path.unlink()
    assert "to country" not in granted.stage.custody("request show req-1").stdout


def test_a_letter_tells_its_story_to_whoever_verifies_it(granted: Sides) -> None:
    """A person reads what was asked and on which terms it was granted, on a screen and on a page."""
    ran = granted.stage.custody("verify terms.zip --report terms.html")
    assert "Request in-req-1" in ran.stdout
    page = Path("terms.html").read_text()
    for words in TERMS:
        assert words in ran.stdout
        assert words.rpartition(": ")[2] in page


def test_what_was_never_set_is_not_accepted(granted: Sides) -> None:
    """An acceptance is a promise: it answers a condition that stands in the answer."""
    size = len(granted.a.entries())
    ran = granted.a.fail("request complete req-1 --accept return --as auth-1", Exit.USAGE, "request.accepts")
    assert "expected conditions of the answer (use-limited), found return" in ran.stderr
    assert len(granted.a.entries()) == size
    granted.do("request complete req-1 --accept use-limited --as auth-1")


def test_a_consent_that_lets_nothing_go_alone_says_so(sides: Sides) -> None:
    """What came from abroad needs two: who records one, and who lists them, is told which is lacking."""
    sides.send()
    sides.at("l")
    sides.do(f"receive parcel.zip --case {CASE} --number EX-1=EX-5 --as exam-07")
    sides.do(
        "agent enrol ministry --kind organisation --country FR --as reg-1",
        "agent change ministry --add auth-1 --as reg-1",
    )
    beside = "the consent of b.example/y is needed beside it"
    ran = sides.a.do("consent record EX-5 --authority ministry --recipient third --purpose p --as auth-1")
    assert beside in ran.stdout
    (listed,) = sides.a.json("consent list")["consents"]
    assert (listed["holds"], listed["fault"]) == (False, beside)
    ran = sides.a.do(
        "consent record EX-5 --authority peer --recipient third --purpose p --document x.txt --number 7 --as auth-1"
    )
    assert "beside it" not in ran.stdout
    assert [item["holds"] for item in sides.a.json("consent list")["consents"]] == [True, True]
