"""What is recorded of letters about requests is held against them: acceptances, extensions, withdrawals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from custody.cli.exits import Exit
from tests.cli.behind import Sides, refused, sides

__all__ = ["sides"]


def _asked_by_b(sides: Sides) -> str:
    """Let b ask a twice, read a's grant, accept a condition in acc.zip and end the second; return a's consent."""
    sides.at("b")
    for asked in (8, 9):
        sides.do(
            f"request draft q-{asked} --kind preservation --until 2026-12-01 --to asker --field facts=f --as auth-2",
            f"request send q-{asked} --incomplete -o q{asked}.zip --as auth-2",
        )
    sides.at("l")
    sides.do(
        "agent enrol ministry --kind organisation --country FR --as reg-1",
        "agent change ministry --add auth-1 --as reg-1",
        "request receive q8.zip --as auth-1",
        "request receive q9.zip --as auth-1",
        "consent record EX-1 --authority ministry --recipient peer --purpose p --request in-q-8 "
        "--condition return,before --condition speciality,before --as auth-1",
    )
    number = str(len(sides.a.entries()) - 1)
    for line in ("complete q-8 --accept return -o acc", "complete q-9 --accept return -o other"):
        sides.at("b")
        sides.do(f"request {line}.zip --as auth-2")
    sides.do(
        "request extend q-8 --until 2027-01-01 -o longer.zip --as auth-2",
        "request withdraw q-9 --reason r -o gone.zip --as auth-2",
    )
    sides.at("l")
    return number


def test_conditions_are_met_by_what_the_letter_accepts(sides: Sides) -> None:
    """Not by a letter about another request, by one that accepts another condition, or by one that ended."""
    entry = _asked_by_b(sides)
    met = f"consent met {entry} --as auth-1 --condition"
    sides.a.fail(f"{met} return --letter other.zip", Exit.REFUSED, "letter.request")
    sides.a.fail(f"{met} return --letter gone.zip", Exit.REFUSED, "letter.request")
    sides.a.fail(f"{met} speciality --letter acc.zip", Exit.REFUSED, "letter.terms")
    sides.do(f"{met} return --letter acc.zip")
    report = sides.a.json("audit")
    assert report["verdict"] == "PASSED"
    assert not [item for item in report["findings"] if item["code"].startswith("letter.")]


def test_a_letter_without_acceptance_is_the_word_of_who_recorded_it(sides: Sides) -> None:
    """The request itself may say yes in its own words: an audit says that only a person read that."""
    entry = _asked_by_b(sides)
    sides.do(f"consent met {entry} --as auth-1 --condition return --letter q8.zip")
    assert "letter.unspecific" in {item["code"] for item in sides.a.json("audit")["findings"]}


def test_an_extension_and_a_withdrawal_say_what_the_letter_says(sides: Sides) -> None:
    """A draft that prolongs further, ends or closes another request or otherwise, or names a letter about something
    else stays outside.
    """
    _asked_by_b(sides)
    sides.do("request receive longer.zip --as auth-1")
    (longer,) = [e for e in sides.a.entries()[-2:] if e.event.type == "request.extended"]
    read = longer.event.details.origin  # type: ignore[attr-defined]
    details: dict[str, Any] = {"origin": read, "request": "in-q-8", "until": "2028-01-01T00:00:00Z"}
    refused(sides.forge("request.extended", details), "letter.said")
    refused(
        sides.forge("request.extended", {**details, "until": "2027-01-02T00:00:00Z", "request": "in-q-9"}),
        "letter.request",
    )
    refused(sides.forge("request.withdrawn", {"origin": read, "reason": "r", "request": "in-q-8"}), "letter.said")
    sides.do("request receive gone.zip --as auth-1")
    ended = sides.a.entries()[-1].event.details
    for request in ("in-q-8", "req-1"):
        given = {"origin": ended.origin, "reason": "r", "request": request}  # type: ignore[attr-defined]
        refused(sides.forge("request.withdrawn", given), "letter.request")
    sides.at("b")
    sides.do("request close q-8 --outcome expired -o closed.zip --as auth-2")
    sides.at("l")
    sides.do("request receive closed.zip --as auth-1")
    closed = sides.a.entries()[-1].event.details
    given = {"origin": closed.origin, "outcome": "executed", "request": "in-q-8"}  # type: ignore[attr-defined]
    refused(sides.forge("request.closed", given), "letter.said")
    refused(sides.forge("request.closed", {**given, "outcome": "expired", "request": "in-q-9"}), "letter.request")
    assert sides.stage.custody("audit").exit is Exit.DONE
    path = sides.a.home / "documents" / read.document[:2] / read.document
    path.unlink()
    found = sides.a.json("audit", Exit.INDETERMINATE)["findings"]
    absent = [item["subject"] for item in found if item["code"] == "letter.absent"]
    assert absent == [f"entry {longer.entry.index - 1}", f"entry {longer.entry.index}"]  # it came with what completes


def test_an_audit_tells_a_forged_letter_whatever_became_of_the_consent(sides: Sides) -> None:
    """Somebody with keys of his own wrote as b.example/y: each record that rests on it FAILED, with its number, for who
    believes the true one; also where it was revoked, or let nothing out. Who gave no trust file is told by a note.
    """
    sides.do("init f --origin b.example/y --authority B --country DE --registrar reg-1 --registrar reg-2")
    sides.at("f")
    sides.do(
        "key new auth-9",
        "agent enrol auth-9.enrol --role authority --as reg-1",
        "agent enrol asker --kind organisation --country FR --ledger a.example/x --as reg-1",
        "trust export -o f.json",
        "trust add a.json --yes --trust fake.json",
        "trust add f.json --yes --trust fake.json",
        "request receive r1.zip --trust fake.json --as auth-9",
        "request answer in-req-1 --outcome granted --to-country IT -o forged.zip --as auth-9",
    )
    sides.at("l")
    line = "consent record EX-1 --authority peer --recipient third --purpose p --letter forged.zip --trust fake.json"
    sides.do(f"{line} --as auth-1", f"{line} --as auth-1")
    used, revoked = (len(sides.a.entries()) - 2, len(sides.a.entries()) - 1)
    sides.do(f"consent revoke {revoked} --reason r --document x.txt --as auth-1")
    for options in ("", " --trust trust.json"):
        found = sides.a.json(f"audit{options}", Exit.FAILED)["findings"]
        failed = {item["subject"].partition(":")[0] for item in found if item["severity"] == "failed"}
        assert failed == {f"entry {used}", f"entry {revoked}"}
    Path("trust.json").unlink()
    blind = sides.a.json("audit")
    told = {item["subject"].partition(":")[0] for item in blind["findings"] if item["code"] == "checkpoint.no-trust"}
    assert (blind["verdict"], told) == ("PASSED", {f"entry {used}", f"entry {revoked}"})


def test_terms_without_exhibits_bind_and_leave_the_exhibits_to_who_records_it(sides: Sides) -> None:
    """A grant for whatever is sent: a consent under it goes where it says, and which exhibits is still a word."""
    sides.at("b")
    granted = "request answer in-req-1 --outcome granted --onward forbidden"
    sides.do(
        f"{granted} --to-country IT -o italy.zip --as auth-2", f"{granted} --to-country ES -o spain.zip --as auth-2"
    )
    sides.at("l")
    line = "consent record EX-1 --authority peer --recipient third --purpose p --as auth-1 --letter"
    sides.a.fail(f"{line} spain.zip --onward forbidden", Exit.REFUSED, "letter.terms")
    sides.a.fail(f"{line} italy.zip --onward allowed", Exit.REFUSED, "letter.terms")
    sides.do(f"{line} italy.zip --onward forbidden")
    assert "letter.unspecific" in {item["code"] for item in sides.a.json("audit")["findings"]}
