"""Logs, chats, mail and web captures at the prompt: what is stated, what is counted, and what a court would miss."""

from typing import Any

import pytest

from custody.cli.exits import Exit
from schemas.details.exhibit import ExhibitRegistered
from schemas.details.source import Records, Source
from schemas.types import UNSET
from tests.cli.machine import CASE, Machine
from tests.cli.script import Stage

LOG = '{"time":"2026-01-01T00:00:00Z"}\n{"time":"2026-06-01 08:00:00"}\nstray\n'
PAGE = "<!doctype html><html></html>"


@pytest.fixture
def machine(stage: Stage) -> Machine:
    """Give a ledger that is ready for evidence."""
    return Machine(stage)


def _source(machine: Machine) -> Source:
    details = machine.entries()[-1].event.details
    assert isinstance(details, ExhibitRegistered)
    assert isinstance(details.source, Source)
    return details.source


def _write(machine: Machine, name: str, text: str | bytes) -> None:
    (machine.stage.folder / name).write_bytes(text.encode() if isinstance(text, str) else text)


def test_what_is_stated_and_what_is_counted_stand_apart(machine: Machine) -> None:
    """A court must see which part of the catalogue is somebody's word."""
    _write(machine, "log.jsonl", LOG)
    machine.register(
        "log.jsonl",
        "--kind log --source-type access-log --provider Platform-1 --account user-77 --period-from 2026-01-01 "
        "--period-to 2026-06-30 --time-zone +08:00 --request req-2026-017 --channel portal",
    )
    found = _source(machine)
    assert (found.type, found.time_zone, found.request, found.channel) == (
        "access-log", "+08:00", "req-2026-017", "portal",
    )  # fmt: skip
    # Days are those of the stated zone.
    assert (found.period_from, found.period_to) == ("2025-12-31T16:00:00Z", "2026-06-30T15:59:59Z")
    assert found.records == (
        Records(
            assumed=1,
            count=2,
            files=1,
            first_at="2026-01-01T00:00:00Z",
            format="json-lines",
            last_at="2026-06-01T00:00:00Z",
            unread=1,
        ),
    )
    payloads = b"".join(entry.event.raw for entry in machine.entries())
    assert [word for word in (b"Platform-1", b"user-77") if word in payloads] == []


def test_the_story_says_it_in_words(machine: Machine) -> None:
    """Who assumed which zone is part of the story, not of a footnote."""
    _write(machine, "log.jsonl", LOG)
    machine.register("log.jsonl", "--kind log --provider Platform-1 --time-zone Asia/Singapore")
    told = " ".join(machine.do("show EX-1").stdout.split())
    assert "2 records in JSON lines, from 2026-01-01 00:00:00 UTC to 2026-06-01 00:00:00 UTC" in told
    assert "1 time has no zone and is read as Asia/Singapore, as those who signed stated" in told
    assert "1 line was not understood, and kept" in told
    assert "provider of the records: Platform-1" in told


def test_without_a_word_about_the_zone_none_is_assumed(machine: Machine) -> None:
    """The zone of this machine is not that of the log."""
    _write(machine, "log.jsonl", LOG)
    machine.register("log.jsonl", "--kind log")
    (records,) = _source(machine).records  # type: ignore[misc]
    assert (records.assumed, records.undated) == (UNSET, 1)


def test_a_request_that_is_not_on_record_is_warned_about(machine: Machine) -> None:
    """It may have come on paper; it may also be a typing error, and then nobody finds the answer again."""
    _write(machine, "log.jsonl", LOG)
    line = f"register log.jsonl --case {CASE} --exhibit next --as exam-07 -y --kind log --request req-9"
    assert "the request req-9 is not on record" in machine.do(line).stderr
    assert "answers request: req-9" in machine.do("show EX-1").stdout


def test_a_mistyped_account_is_corrected_beside_it(machine: Machine) -> None:
    """What people state can be wrong; what was recorded stays, and the right value stands beside it."""
    _write(machine, "log.jsonl", LOG)
    machine.register("log.jsonl", "--kind log --account user-77")
    machine.do("correct EX-1 --field account --value user-78 --reason mistyped --as exam-07 -y")
    told = " ".join(machine.do("show EX-1").stdout.split())
    assert "account of the records: user-77" in told
    assert "CORRECTED by exam-07 in entry 6: user-78 (reason: mistyped)" in told


def test_other_evidence_gets_no_catalogue(machine: Machine) -> None:
    """A disk image isn't read a second time for records that it doesn't have."""
    _write(machine, "log.jsonl", LOG)
    machine.register("log.jsonl")
    details = machine.entries()[-1].event.details
    assert isinstance(details, ExhibitRegistered)
    assert details.source is UNSET


def test_a_whole_web_capture_meets_the_court_minimum(machine: Machine) -> None:
    """URL, source, full-page image and time (Berkeley Protocol): the one page and the one image are taken for it."""
    _write(machine, "page.html", PAGE)
    _write(machine, "page.png", b"\x89PNG\r\n\x1a\n")
    more = "--kind web-capture --captured-url https://shop.example/x --captured-at 2026-11-21T20:00:00Z"
    ran = machine.do(f"register page.html page.png --case {CASE} --exhibit next --as exam-07 -y {more}")
    assert "the only file of its kind is taken for an image of the full page" in ran.stderr
    told = machine.do("show EX-1").stdout
    assert "URL, source, full-page image and time are there" in told
    assert "DEFECT" not in told


@pytest.mark.parametrize(
    ("files", "more", "missing"),
    [
        (["p.html", "p.png"], "--captured-at 2026-11-21T20:00:00Z", "its URL"),
        (["p.html", "p.png"], "--captured-url https://x.example", "the time of capture"),
        (["p.png"], "", "its URL, the source of the page, the time of capture"),
        (["p.html", "p.png", "q.png"], "", "its URL, an image of the full page, the time of capture"),
    ],
)
def test_a_poor_web_capture_is_flagged(machine: Machine, files: list[str], more: str, missing: str) -> None:
    """It is evidence all the same; what a court will miss is said at once, and to everybody later."""
    _write(machine, "p.html", PAGE)
    _write(machine, "p.png", b"\x89PNG\r\n\x1a\n")
    _write(machine, "q.png", b"\x89PNG\r\n\x1a\nq")
    line = f"register {' '.join(files)} --case {CASE} --exhibit next --as exam-07 -y --kind web-capture {more}"
    assert f"below the court minimum: without {missing}" in machine.do(line).stderr
    told = " ".join(machine.do("show EX-1").stdout.split())
    assert f"BELOW THE COURT MINIMUM: without {missing}" in told
    assert "DEFECT: A capture of a web page lacks something" in told


def test_of_several_images_one_can_be_named(machine: Machine) -> None:
    """It must be one of the exhibit's own files."""
    for name in ("p", "q"):
        _write(machine, f"{name}.png", b"\x89PNG\r\n\x1a\n" + name.encode())
    line = f"register p.png q.png --case {CASE} --exhibit next --as exam-07 -y --captured-image"
    machine.do(f"{line} q.png")
    assert _source(machine).type == "web-capture"
    _write(machine, "r.png", b"\x89PNG\r\n\x1a\nr")
    machine.fail(f"{line} r.png", Exit.USAGE, "usage.capture")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ("--time-zone Nowhere/Else", "usage.time-zone"),
        ("--time-zone ../../etc/passwd", "usage.time-zone"),
        ("--time-zone +8", "usage.offset"),
        ("--period-from 2026-02-01 --period-to 2026-01-31", "usage.period"),
        ("--period-from soon", "usage.time"),
        ("--request 'REQ 1'", "usage.command"),
        ("--source-type gossip", "usage.command"),
        ("--captured-html absent.html", "usage.file"),
        ("--provider ' '", "usage.empty"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_recorded(machine: Machine, more: str, code: str) -> None:
    """A typing error must not become part of a signed record."""
    _write(machine, "log.jsonl", LOG)
    before = len(machine.entries())
    machine.fail(f"register log.jsonl --case {CASE} --exhibit next --as exam-07 -y {more}", Exit.USAGE, code)
    assert len(machine.entries()) == before
    assert machine.evidence() == {}


def test_a_list_says_the_same_row_by_row(machine: Machine) -> None:
    """Production of a provider comes as many files, and a spreadsheet."""
    _write(machine, "a.jsonl", LOG)
    _write(machine, "b.txt", "21/11/2026, 20:23 - A: x\n")
    _write(
        machine,
        "items.csv",
        "exhibit,path,kind,description,obtained,provider,time_zone,request,period_from\n"
        "next,a.jsonl,log,access log,production,Platform-1,+08:00,req-1,2026-01-01\n"
        "next,b.txt,chat,chat,production,,Europe/Paris,,\n",
    )
    machine.do(f"register --list items.csv --case {CASE} --as exam-07 -y")
    found: list[Any] = [entry.event.details for entry in machine.entries()[-2:]]
    assert [item.source.type for item in found] == ["log", "chat"]
    assert [item.source.records[0].last_at for item in found] == ["2026-06-01T00:00:00Z", "2026-11-21T19:23:00Z"]
    assert found[0].source.period_from == "2025-12-31T16:00:00Z"


@pytest.mark.parametrize(
    ("cells", "words"),
    [("soon,,", "expected a time"), (",Nowhere,", "expected an offset"), (",,REQ", "expected request to be an id")],
)
def test_a_wrong_cell_is_named_with_its_row(machine: Machine, cells: str, words: str) -> None:
    """Forty rows are corrected in one go."""
    _write(machine, "a.jsonl", LOG)
    header = "exhibit,kind,description,obtained,path,period_from,time_zone,request\n"
    _write(machine, "items.csv", f"{header}E1,phone,d,found,,,,\nE2,log,d,found,a.jsonl,{cells}\n")
    ran = machine.fail(f"register --list items.csv --case {CASE} --as exam-07 -y", Exit.USAGE, "items.rows")
    assert f"row 3: {words}" in ran.stderr
