"""Papers at the prompt: from the ledger and from a bundle, whole or not at all."""

from pathlib import Path

import pytest

from custody.cli.exits import Exit
from tests.cli.machine import Machine
from tests.cli.script import Stage


@pytest.fixture
def machine(stage: Stage) -> Machine:
    made = Machine(stage)
    (stage.folder / "disk.img").write_bytes(b"bytes of a disk")
    made.register("disk.img", "--kind image --place 'Room 4'")
    return made


def test_papers_are_printed_from_the_ledger(machine: Machine, stage: Stage) -> None:
    """One page each, with the hash of the record on it."""
    event = machine.entries()[-1].event.hash
    for paper in ("cn-record", "cn-list", "fre-902-13", "fre-902-14", "seizure-list", "usc-1746", "usc-3505"):
        told = machine.json(f"print {paper} EX-1 -o {paper}.html")
        assert told["entries"] == [len(machine.entries()) - 1]
        text = (stage.folder / f"{paper}.html").read_text("utf-8")
        assert event in text
        assert "disk.img" in text or paper == "seizure-list"


def test_a_list_that_is_too_long_for_an_event_is_printed_whole(machine: Machine, stage: Stage) -> None:
    """Row C2 wants every file with its check value, however many there are."""
    (stage.folder / "many").mkdir()
    for number in range(20):
        (stage.folder / "many" / f"n{number}.log").write_bytes(b"x%d" % number)
    machine.register("many", "--kind directory")
    machine.do("print cn-list EX-2 -o list.html")
    text = (stage.folder / "list.html").read_text("utf-8")
    assert all(f"n{number}.log" in text for number in range(20))
    assert text.count("file, log") == 20


def test_a_request_that_came_in_is_not_told_as_unsent(machine: Machine, stage: Stage) -> None:
    """The asked side prints it too, and its records say when it came, not when it left."""
    (stage.folder / "asked.pdf").write_bytes(b"paper")
    machine.do("key new auth-1")
    machine.do("agent enrol auth-1.enrol --role authority --as reg-1")
    machine.do("agent enrol peer --kind organisation --country DE --as reg-1")
    machine.do(
        "request receive --paper asked.pdf --id in-1 --from peer --reference 7 --kind preservation --until 2027-02-01 "
        "--as auth-1"
    )
    machine.do("print art29-request in-1 -o came.html")
    page = (stage.folder / "came.html").read_text("utf-8")
    assert "not sent" not in page
    assert "Received" in page


def test_nothing_is_overwritten_or_half_written(machine: Machine, stage: Stage) -> None:
    """A page that was signed must not be lost to the next one."""
    machine.do("print cn-record EX-1 -o record.html")
    machine.fail("print cn-record EX-1 -o record.html", Exit.USAGE, "usage.exists")
    machine.do("print cn-record EX-1 -o record.html --force")
    machine.fail("print cn-record EX-9 -o other.html", Exit.USAGE, "usage.exhibit")
    machine.fail("print art29-request p-1 -o other.html", Exit.USAGE, "print.subject")
    machine.fail(f"print transfer-receipt {'ab' * 16} -o other.html", Exit.USAGE, "print.subject")
    machine.fail("print love-letter EX-1 -o other.html", Exit.USAGE, "usage.command")
    machine.json("register disk.img --case 2026-0417 --exhibit EX-2 --as exam-07")
    for paper in ("fre-902-13", "fre-902-14", "usc-1746", "usc-3505"):
        machine.fail(f"print {paper} EX-1 EX-2 -o other.html", Exit.USAGE, "print.one")
    assert not Path(stage.folder / "other.html").exists()


def test_a_paper_for_somebody_abroad_passes_the_gate(machine: Machine, stage: Stage) -> None:
    """A page with names and digests is no way round the consent; and it is on record who got one."""
    machine.do("agent enrol police-b --kind organisation --country CN --as reg-1")
    machine.do("agent enrol ministry --kind organisation --country FR --as reg-1")
    abroad = "print cn-record EX-1 -o record.html --for police-b --as exam-07"
    machine.fail(abroad, Exit.REFUSED, "release.consent-missing")
    assert machine.entries()[-1].event.type == "release.refused"
    assert not (stage.folder / "record.html").exists()
    machine.do("print cn-record EX-1 -o record.html --for ministry --as exam-07")
    assert machine.entries()[-1].event.type == "access.logged"
    machine.fail("print art29-request p-1 -o x.html --for ministry --as exam-07", Exit.USAGE, "usage.print")


def test_a_page_from_a_bundle_says_what_the_verdict_was(machine: Machine, stage: Stage) -> None:
    """Without a trust file the verdict is INDETERMINATE, and the page must not hide it."""
    stage.patch.delenv("CUSTODY_TRUST")
    machine.do("agent enrol court-1 --kind organisation --country FR --as reg-1")
    machine.do("bundle EX-1 --to court-1 -o b.zip --as exam-07")
    told = machine.json("print seizure-list EX-1 --bundle b.zip -o page.html --keys strangers")
    assert told["verdict"] == "INDETERMINATE"
    text = (stage.folder / "page.html").read_text("utf-8")
    assert "verdict was INDETERMINATE, not PASSED" in text
    machine.fail("print seizure-list EX-7 --bundle b.zip -o p2.html", Exit.USAGE, "print.subject")
    raw = (stage.folder / "b.zip").read_bytes()
    (stage.folder / "cut.zip").write_bytes(raw[:-40])
    machine.fail("print seizure-list EX-1 --bundle cut.zip -o p2.html", Exit.FAILED, "print.bundle")
    (stage.folder / "changed.zip").write_bytes(raw.replace(b"bytes of a disk", b"bytes of a risk"))
    machine.fail("print seizure-list EX-1 --bundle changed.zip -o p2.html", Exit.REFUSED, "print.failed")
    assert not (stage.folder / "p2.html").exists()


def test_a_paper_of_another_forum_is_made_and_said_to_be_one(machine: Machine, stage: Stage) -> None:
    """An authority prints for a court abroad; that its own law doesn't know the paper it should know."""
    assert "no law of FR that is known here asks for cn-list" in machine.do("print cn-list EX-1 -o a.html").stderr
    assert "asks for" not in machine.do("print seizure-list EX-1 -o b.html").stderr
    assert (stage.folder / "a.html").is_file()
