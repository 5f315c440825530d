"""Evidence from abroad that is unpacked and registered as one's own goes nowhere without the country it came from."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from custody.cli.exits import Exit
from tests.cli.behind import Sides, refused, sides
from tests.cli.machine import CASE

__all__ = ["sides"]

AGAIN = f"register y.txt --case {CASE} --exhibit EX-9 --as exam-07"
OUT = f"bundle {CASE}/EX-9 --to third -o out.zip --as exam-07"


@pytest.fixture
def received(sides: Sides) -> Sides:
    """B sent y.txt on a condition; a accepted it as EX-5, and its own ministry consents to whatever is EX-9."""
    Path("y.txt").write_text("y")
    sides.do(
        "agent enrol min-a --kind organisation --country FR --member auth-1 --as reg-1",
    )
    sides.at("b")
    sides.do(
        "key new exam-2",
        "agent enrol exam-2.enrol --role examiner --as reg-1",
        "case open D --authority B --legal-basis B --as reg-1",
        "agent enrol ministry --kind organisation --country DE --as reg-1",
        "agent change ministry --add auth-2 --as reg-1",
        "register y.txt --case D --exhibit EX-1 --as exam-2",
        "consent record D/EX-1 --authority ministry --recipient asker --purpose p --as auth-2",
        "dispatch D/EX-1 --to asker --purpose p --original --not-sealed data -o parcel.zip --as exam-2",
    )
    sides.at("l")
    sides.do(f"receive parcel.zip --case {CASE} --number EX-1=EX-5 --as exam-07")
    return sides


def consent(sides: Sides, authority: str = "min-a", more: str = "") -> None:
    """Let an authority consent to EX-9 going to a third country."""
    sides.do(f"consent record {CASE}/EX-9 --authority {authority} --recipient third --purpose p {more} --as auth-1")


def test_what_was_registered_anew_goes_nowhere_without_its_origin(received: Sides) -> None:
    """Said at registration, refused at the border, and found by an audit."""
    warned = received.a.do(AGAIN)
    assert f"{CASE}/EX-5" in warned.stderr
    assert "[release.bound-content]" in warned.stderr
    assert "--derived-from" in warned.stderr
    consent(received)
    ran = received.a.fail(OUT, Exit.REFUSED, "release.consent-missing")
    assert "[release.bound-content]" in ran.stderr
    assert "b.example/y" in ran.stderr
    assert not Path("out.zip").exists()
    entry = next(item.entry.index for item in received.a.entries() if item.event.event.exhibit == "EX-9")
    received.a.fail(f"prove {entry} -o p.zip --for third --as exam-07", Exit.REFUSED, "release.consent-missing")
    assert "release.bound-content" in received.a.do("audit").stdout
    refusal = received.a.entries()[-1].event
    assert refusal.type == "release.refused"


def test_the_consent_of_its_origin_lets_it_go(received: Sides) -> None:
    """As if it had been said where it came from."""
    received.do(AGAIN)
    consent(received)
    Path("decision.pdf").write_bytes(b"%PDF")
    consent(received, "peer", "--document decision.pdf --number 7")
    received.do(OUT)


def test_no_draft_carries_it_out_either(received: Sides) -> None:
    """What no command made is asked under the lock, as everything is that enters the ledger."""
    received.do(AGAIN)
    consent(received)
    lent = {"reason": "r", "terms": "lent", "to": "a lab", "to_agent": "third"}
    ran = received.forge("exhibit.released", lent, signer="exam-07", number="EX-9")
    refused(ran, "release.consent-missing")
    assert "holds files of 2026-0417/EX-5" in ran.stdout
    Path("decision.pdf").write_bytes(b"%PDF")
    consent(received, "peer", "--document decision.pdf --number 7")
    assert received.forge("exhibit.released", lent, signer="exam-07", number="EX-9").exit is Exit.DONE


@pytest.mark.parametrize(
    "line",
    [
        f"dispatch {CASE}/EX-9 --to third --purpose p --original --not-sealed data -o out.zip --as exam-07",
        f"export-case {CASE}/EX-9 --to third -o out.json --as exam-07",
        f"print seizure-list {CASE}/EX-9 --for third -o out.html --as exam-07",
        f"move {CASE}/EX-9 --place Lab --to-agent third --as exam-07",
        f"release {CASE}/EX-9 --to Lab --terms lent --reason r --to-agent third --as exam-07",
        f"dispose {CASE}/EX-9 --manner forfeited --authority x --to-agent third --as exam-07 --registrar reg-1",
    ],
)
def test_no_way_out_leads_past_its_origin(received: Sides, line: str) -> None:
    """Whatever the command is called."""
    received.do(AGAIN)
    consent(received)
    ran = received.a.fail(line, Exit.REFUSED, "release.consent-missing")
    assert "[release.bound-content]" in ran.stderr
    assert not list(Path().glob("out.*"))
    assert received.a.entries()[-1].event.type == "release.refused"


@pytest.fixture
def many(sides: Sides) -> Sides:
    """B sent twenty files as one exhibit on a condition, which is more than a registration holds; a has it as EX-5."""
    Path("many").mkdir()
    for number in range(20):
        Path(f"many/{number:02}").write_text(f"file {number} of many")
    sides.do("agent enrol min-a --kind organisation --country FR --member auth-1 --as reg-1")
    sides.send("many")
    sides.at("l")
    sides.do(f"receive parcel.zip --case {CASE} --number EX-1=EX-5 --as exam-07")
    return sides


@pytest.mark.parametrize("what", ["many", "many/07"])
def test_many_files_are_no_way_round(many: Sides, what: str) -> None:
    """Their digests stand in a list in the home: all of them again, or one alone."""
    again = f"register {what} --case {CASE} --exhibit EX-9 --as exam-07"
    ran = many.a.do(again)
    assert f"{CASE}/EX-5" in ran.stderr
    assert "[release.bound-content]" in ran.stderr
    consent(many)
    ran = many.a.fail(OUT, Exit.REFUSED, "release.consent-missing")
    assert "b.example/y" in ran.stderr
    lent = {"reason": "r", "terms": "lent", "to": "a lab", "to_agent": "third"}
    refused(many.forge("exhibit.released", lent, signer="exam-07", number="EX-9"), "release.consent-missing")
    assert "release.bound-content" in many.a.do("audit").stdout


def test_one_of_ours_among_many_is_bound_with_them(many: Sides) -> None:
    """All that one parcel brought is in it; a few of them among others are a note."""
    shutil.copytree("many", "mixed")
    Path("mixed/ours").write_text("ours")
    assert "bound-content" in many.a.do(f"register mixed --case {CASE} --exhibit EX-9 --as exam-07").stderr
    Path("mixed/03").unlink()
    assert "bound-content" not in many.a.do(f"register mixed --case {CASE} --exhibit EX-10 --as exam-07").stderr
    found = [item for item in many.a.json("audit")["findings"] if item["code"] == "release.bound-content"]
    assert [item["severity"] for item in found] == ["defect", "note"]


def test_what_was_here_before_among_many_is_free(sides: Sides) -> None:
    """The same twenty files, seized here first, and then sent by the other country as well."""
    Path("many").mkdir()
    for number in range(20):
        Path(f"many/{number:02}").write_text(f"file {number} of many")
    sides.do(
        "agent enrol min-a --kind organisation --country FR --member auth-1 --as reg-1",
        f"register many --case {CASE} --exhibit EX-8 --as exam-07",
    )
    sides.send("many")
    sides.at("l")
    sides.do(f"receive parcel.zip --case {CASE} --number EX-1=EX-5 --as exam-07")
    ran = sides.a.do(f"register many --case {CASE} --exhibit EX-9 --as exam-07")
    assert "bound-content" not in ran.stderr
    consent(sides)
    sides.do(OUT)
    assert "bound-content" not in sides.a.do("audit").stdout


def test_what_came_by_another_way_goes_once_that_is_on_record(received: Sides) -> None:
    """Two countries may have got the same file apart from each other; whoever says so signs it."""
    received.do(AGAIN)
    consent(received)
    entry = next(item.entry.index for item in received.a.entries() if item.event.event.exhibit == "EX-9")
    received.do(f"explain {entry} --statement 'got by our own search' --as exam-07")
    received.a.fail(OUT, Exit.REFUSED, "release.consent-missing")
    received.do(f"explain {entry} --statement 'got by our own search' --cures release.bound-content --as exam-07", OUT)
    found = [item for item in received.a.json("audit")["findings"] if item["code"] == "release.bound-content"]
    assert ["explained in entry" in item["text"] for item in found] == [True]


def test_what_goes_back_to_its_origin_needs_no_consent_of_it(received: Sides) -> None:
    """It knows the file."""
    received.do(AGAIN)
    received.do(f"consent record {CASE}/EX-9 --authority min-a --recipient peer --purpose p --as auth-1")
    received.do(f"bundle {CASE}/EX-9 --to peer -o out.zip --as exam-07")


def test_what_was_here_before_or_says_where_it_came_from_is_warned_of_by_nobody(received: Sides) -> None:
    """A warning that comes for nothing is read by nobody."""
    for line in (
        f"register x.txt --case {CASE} --exhibit EX-8 --as exam-07",
        f"register parcel.zip --case {CASE} --exhibit EX-7 --as exam-07",
    ):
        assert "bound-content" not in received.a.do(line).stderr
    received.do(f"copy {CASE}/EX-5 --kind evidentiary --purpose x --as exam-07")
    ran = received.a.do(f"{AGAIN} --derived-from {CASE}/EX-5 --kind copy")
    assert "bound-content" not in ran.stderr
    assert "bound-content" not in received.a.do("audit").stdout
