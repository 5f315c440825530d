"""What a letter grants binds the consent, and goes along to whoever gets the evidence."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from custody.cli.demo.forgery import pack, take_apart
from custody.cli.exits import Exit
from schemas import layout
from schemas.details.consent import ConsentRecorded
from schemas.types import is_set
from tests.cli.behind import Sides, refused, sides
from tests.cli.machine import CASE

__all__ = ["sides"]


def _granted(sides: Sides) -> dict[str, Any]:
    """Let b send EX-1 to a, where it becomes EX-5, and grant by letter that it goes on to Italy until 2027."""
    sides.send()
    sides.do(
        "request answer in-req-1 --outcome granted --sent-before D/EX-1 --to-country IT --to-ledger c.example/z "
        "--onward forbidden --condition return,before --granted-until 2027-01-01 -o specific.zip --as auth-2",
    )
    sides.at("l")
    sides.do(f"receive parcel.zip --case {CASE} --number EX-1=EX-5 --as exam-07")
    sides.do(
        "consent record EX-5 --authority peer --recipient third --purpose p --letter specific.zip --onward forbidden "
        "--condition return,before --valid-until 2026-12-31 --as auth-1"
    )
    details = sides.a.entries()[-1].event.details
    assert isinstance(details, ConsentRecorded)
    given = {name: getattr(details, name) for name in details.__struct_fields__ if is_set(getattr(details, name))}
    return {**given, "purpose": "p", "conditions": [{"before": True, "code": "return"}]}


def _own_consent(met: int) -> tuple[str, ...]:
    """Return what lets EX-5 go besides: this country's own consent, and the condition of the one at entry ``met``."""
    return (
        "agent enrol ministry --kind organisation --country FR --as reg-1",
        "agent change ministry --add auth-1 --as reg-1",
        "consent record EX-5 --authority ministry --recipient third --purpose p --as auth-1",
        f"consent met {met} --condition return --document x.txt --as auth-1",
    )


def test_a_consent_is_no_easier_than_what_the_letter_grants(sides: Sides) -> None:
    """The letter names exhibits, destination and terms; a draft that goes beyond any of them stays outside."""
    details = _granted(sides)
    sides.do("agent enrol fourth --kind organisation --country IT --ledger d.example/w --as reg-1")
    for changes, number, part in (
        ({"recipient": "fourth"}, "EX-5", "recipient"),
        ({"onward": "with-consent"}, "EX-5", "onward"),
        ({"conditions": None}, "EX-5", "condition return left out"),
        ({"conditions": [{"before": False, "code": "return"}]}, "EX-5", "condition return"),
        ({"valid_until": "2027-06-01T00:00:00Z"}, "EX-5", "valid_until"),
        ({"valid_until": None}, "EX-5", "valid_until"),
        ({}, "EX-1", "exhibits"),
    ):
        ran = sides.forge("consent.recorded", {**details, **changes}, number=number)
        refused(ran, "letter.terms")
        assert f"found otherwise: {part} [" in ran.stdout, ran
    ran = sides.forge("consent.recorded", details, number="EX-5")
    assert ran.exit is Exit.DONE, ran


def test_a_letter_that_came_in_as_an_answer_goes_along_for_the_consent(sides: Sides) -> None:
    """People receive the answer first and consent by it then; whoever gets the exhibit reads it all the same."""
    _granted(sides)
    entry = len(sides.a.entries()) - 1
    sides.do(
        "request receive specific.zip --as auth-1",
        *_own_consent(entry),
        "bundle EX-5 --to third -o onward.zip --as exam-07",
    )
    letter = Path("specific.zip").read_bytes()
    assert take_apart(Path("onward.zip"))[layout.DOCUMENTS + sha256(letter).hexdigest()] == letter
    assert not [item for item in sides.a.json("verify onward.zip")["findings"] if item["code"].startswith("letter.")]


def test_a_reader_of_a_bundle_reads_the_letter_too(sides: Sides) -> None:
    """It passes for who believes both ledgers, is undecided for who doesn't, and fails where the letter was changed."""
    _granted(sides)
    entry = len(sides.a.entries()) - 1
    sides.do(
        *_own_consent(entry),
        "bundle EX-5 --to third -o onward.zip --as exam-07",
    )
    found = sides.a.json("verify onward.zip")
    assert not [item for item in found["findings"] if item["code"].startswith("letter.")]
    members = take_apart(Path("onward.zip"))
    letter = Path("specific.zip").read_bytes()
    name = layout.DOCUMENTS + sha256(letter).hexdigest()
    assert members[name] == letter
    del members[name]
    Path("without.zip").write_bytes(pack(members))
    assert sides.stage.custody("verify without.zip").exit is Exit.FAILED  # the payload manifest lists it
    Path("trust.json").unlink()
    sides.do("trust add a.json --yes --trust trust.json")
    ran = sides.a.json("verify onward.zip", Exit.INDETERMINATE)
    unknown = {item["subject"] for item in ran["findings"] if item["code"] == "checkpoint.unknown-origin"}
    assert unknown == {"b.example/y: checkpoint"}


def test_a_consent_by_letter_answers_us_and_what_leaves_answers_others(sides: Sides) -> None:
    """Two requests: that of the third country, under which it leaves, and ours to where it came from."""
    _granted(sides)
    entry = len(sides.a.entries()) - 1
    Path("asked.pdf").write_text("please")
    sides.do(
        "agent enrol ministry --kind organisation --country FR --as reg-1",
        "agent change ministry --add auth-1 --as reg-1",
        "request receive --paper asked.pdf --id it-1 --from third --reference 7 --kind mla --field facts=f --as auth-1",
        "consent record EX-5 --authority ministry --recipient third --purpose p --request it-1 --as auth-1",
        f"consent met {entry} --condition return --document x.txt --as auth-1",
    )
    sides.a.fail("bundle EX-5 --to third -o n.zip --as exam-07", Exit.REFUSED, "release.consent-request")
    sides.a.fail("bundle EX-5 --to third --request req-1 -o n.zip --as exam-07", Exit.REFUSED, "release.request-peer")
    sides.do("bundle EX-5 --to third --request it-1 -o onward.zip --as exam-07")
    found = sides.a.json("verify onward.zip")
    assert not [item for item in found["findings"] if item["severity"] == "failed"]
    assert sides.stage.custody("audit").exit is Exit.DONE


def test_nothing_leaves_under_a_letter_that_is_gone(sides: Sides) -> None:
    """Who gets the evidence would be told that nobody can see what let it go."""
    details = _granted(sides)
    entry = len(sides.a.entries()) - 1
    sides.do(
        *_own_consent(entry),
    )
    digest = details["origin"].document
    (sides.a.home / "documents" / digest[:2] / digest).unlink()
    line = "bundle EX-5 --to third -o onward.zip --as exam-07"
    sides.a.fail(line, Exit.REFUSED, "release.consent-letter")
    assert not Path("onward.zip").exists()
    assert sides.a.entries()[-1].event.type == "release.refused"


def test_a_letter_that_an_order_destroyed_is_told_and_lets_nothing_more_out(sides: Sides) -> None:
    """What left under it is history; an order about another exhibit excuses nothing."""
    details = _granted(sides)
    entry = len(sides.a.entries()) - 1
    digest = details["origin"].document
    erase = f"--file {digest} --order o --authority court --as exam-07 --registrar reg-1 --yes"
    ran = sides.stage.custody(f"erase {entry} {erase}")
    assert ran.exit is Exit.DONE, ran
    assert not (sides.a.home / "documents" / digest[:2] / digest).exists()
    found = sides.a.json("audit")["findings"]
    assert [(item["step"], item["severity"]) for item in found if item["code"] == "letter.erased"] == [(11, "note")]
    assert "letter.absent" not in {item["code"] for item in found}
    sides.do(
        *_own_consent(entry),
    )
    sides.a.fail("bundle EX-5 --to third -o n.zip --as exam-07", Exit.REFUSED, "release.consent-letter")


@pytest.mark.parametrize(
    ("valid", "is_refused"),
    [("--valid-from 2020-01-01 --valid-until 2020-02-01", True), ("", False)],
)
def test_a_paper_that_has_ended_stands_in_for_no_letter(sides: Sides, valid: str, is_refused: bool) -> None:
    """What would leave would leave under the letter, which nobody can see any more; under a paper that holds it may."""
    details = _granted(sides)
    entry = len(sides.a.entries()) - 1
    Path("paper.pdf").write_text("we consent")
    sides.do(
        *_own_consent(entry),
        f"consent record EX-5 --authority peer --recipient third --purpose p --document paper.pdf --number 1 {valid} "
        "--issued-at 2020-01-01 --as auth-1",
    )
    digest = details["origin"].document
    (sides.a.home / "documents" / digest[:2] / digest).unlink()
    line = "bundle EX-5 --to third -o onward.zip --as exam-07"
    if is_refused:
        sides.a.fail(line, Exit.REFUSED, "release.consent-letter")
    else:
        sides.do(line)


_AWAY = {"to_agent": "third", "to_country": "IT"}


@pytest.mark.parametrize(
    ("line", "type", "details"),
    [
        ("move EX-5 --place x --to-agent third", "custody.moved", {"place": "x", **_AWAY}),
        (
            "release EX-5 --terms lent --to x --authority x --reason x --to-agent third", "exhibit.released",
            {"authority": "x", "reason": "x", "terms": "lent", "to": "x", **_AWAY},
        ),
    ],
)  # fmt: skip
def test_nothing_is_given_by_hand_under_a_letter_that_is_gone(
    sides: Sides, line: str, type: str, details: dict[str, Any]
) -> None:
    """Neither by the command, which puts the refusal on record, nor by a draft, which is refused under the lock."""
    digest = _granted(sides)["origin"].document
    sides.do(*_own_consent(len(sides.a.entries()) - 1))
    (sides.a.home / "documents" / digest[:2] / digest).unlink()
    refused(sides.forge(type, details, signer="exam-07", number="EX-5"), "release.consent-letter")
    sides.a.fail(f"{line} --as exam-07", Exit.REFUSED, "release.consent-letter")
    assert sides.a.entries()[-1].event.type == "release.refused"


def test_what_a_letter_that_is_there_lets_go_is_given_by_hand(sides: Sides) -> None:
    """The letter is read again, and bears it."""
    _granted(sides)
    sides.do(*_own_consent(len(sides.a.entries()) - 1))
    given = sides.forge("custody.moved", {"place": "x", **_AWAY}, signer="exam-07", number="EX-5")
    assert given.exit is Exit.DONE, given
