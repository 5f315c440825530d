"""Labels at the prompt: printed, read by a scanner, and looked up; other ledgers' and forged ones are told apart."""

from typing import Any

import pytest
import zxingcpp
from PIL import Image

from custody.cli.exits import Exit
from tests.cli.machine import CASE, Machine
from tests.cli.script import Stage


@pytest.fixture
def machine(stage: Stage) -> Machine:
    """Give a ledger with two objects."""
    made = Machine(stage)
    for description in ("black phone", "red phone"):
        line = f"register --case {CASE} --exhibit next --kind phone --description '{description}' --as exam-07 -y"
        made.do(line)
    return made


def _text(machine: Machine, exhibit: str = "EX-1") -> str:
    (label,) = machine.json(f"label {exhibit} -o {exhibit}.svg --force")["labels"]
    return str(label["text"])


def test_the_printed_code_leads_to_state_and_holder(machine: Machine) -> None:
    """Picture, scanner, terminal: the way that it goes in a store room."""
    machine.do("label EX-1 -o label.png")
    with Image.open(machine.stage.folder / "label.png") as image:
        (code,) = zxingcpp.read_barcodes(image.convert("L"))
    told = machine.do(f"scan {code.text}").stdout
    assert f"exhibit {CASE}/EX-1 of a.example/x" in told
    assert "held by exam-07, not sealed" in told
    assert "black phone" in told


def test_a_label_never_goes_stale(machine: Machine) -> None:
    """Whatever happens to the exhibit, the label of the first day leads to its state of today."""
    text = _text(machine)
    machine.do("seal EX-1 --seal S-1 --as exam-07 -y")
    machine.do("handover EX-1 --from exam-07 --to cust-02 --purpose storage -y")
    assert _text(machine) == text
    found = machine.json(f"scan {text}")
    assert (found["holder"], found["is_sealed"], found["status"]) == ("cust-02", True, "held")


def test_a_scanner_that_types_needs_no_quoting(machine: Machine) -> None:
    """It types and presses Enter, on some systems with a carriage return."""
    text = _text(machine)
    for end in (b"\n", b"\r\n", b"", b" \t\r\n"):
        ran = machine.stage.custody("scan -", stdin=text.encode() + end + b"next scan\n" * bool(end))
        assert (ran.exit, "EX-1" in ran.stdout) == (Exit.DONE, True), ran


def test_the_mark_of_a_scanner_is_no_part_of_the_label(machine: Machine) -> None:
    """Many put the kind of code in front, and some the mark of an encoding."""
    text = _text(machine)
    for front in ("]Q1", "\ufeff", "\ufeff]Q3"):
        assert "EX-1" in machine.do(f"scan {front}{text}").stdout


def test_a_page_has_a_label_for_each(machine: Machine) -> None:
    """A room of forty boxes is labelled in one go; what is private is printed only when asked for."""
    machine.do(f"label --case {CASE} --all -o labels.html")
    page = (machine.stage.folder / "labels.html").read_text("utf-8")
    assert page.count("<article>") == 2
    assert "black phone" not in page
    machine.do("label EX-1 EX-2 -o with.html --description")
    assert "black phone" in (machine.stage.folder / "with.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("change", "exit", "code"),
    [
        (lambda text: text[:-4] + "0000", Exit.FAILED, "label.hash"),
        (lambda text: text.replace("EX-1", "EX-2"), Exit.FAILED, "label.exhibit"),
        (lambda text: text.replace("EX-1", "EX-9"), Exit.FAILED, "label.exhibit"),
        (lambda text: text[:-4].replace("EX-1", "EX-9") + "0000", Exit.FAILED, "label.unknown"),
        (lambda text: text.replace("a.example", "b.example"), Exit.USAGE, "label.ledger"),
        (lambda text: text.replace("/v1", "/v2"), Exit.USAGE, "label.version"),
        (lambda text: text.replace(":", "\u00d6"), Exit.USAGE, "label.text"),
        (lambda text: "4006381333931", Exit.USAGE, "label.text"),
    ],
    ids=["hash", "other exhibit", "no exhibit", "nothing", "ledger", "version", "keyboard", "another code"],
)
def test_a_label_that_does_not_fit_shows_nothing(machine: Machine, change: Any, exit: Exit, code: str) -> None:
    """Who forges a label wants to be taken for another exhibit."""
    ran = machine.fail(f"scan {change(_text(machine))}", exit, code)
    assert "phone" not in ran.stdout + ran.stderr


def test_a_label_from_abroad_names_the_exhibit_here(machine: Machine) -> None:
    """The box arrives with the sender's label on it."""
    (machine.stage.folder / "a.dd").write_bytes(b"x")
    machine.register("a.dd")
    text = _text(machine, "EX-3")
    machine.do("agent enrol court-fr --kind organisation --country FR --as reg-1")
    machine.do("bundle EX-3 --to court-fr -o b.zip --as exam-07 -y")
    machine.do("trust export -o trust.json")
    there = "--home m"
    machine.do("init m --origin b.example/y --authority B --country FR --registrar reg-9 --registrar reg-8")
    machine.do(f"key new exam-31 {there}")
    machine.do(f"agent enrol exam-31.enrol --role examiner --as reg-9 {there}")
    machine.do(f"case open 7/26 --authority B --legal-basis B --as reg-9 {there}")
    machine.do(
        f"register --case 7/26 --exhibit 1 --foreign-from b.zip --trust trust.json --as exam-31 -y {there}",
    )
    ran = machine.fail(f"scan {text} {there}", Exit.USAGE, "label.ledger")
    assert "an exhibit of that name came to this ledger as 7/26/1" in ran.stderr


@pytest.mark.parametrize(
    "line",
    ["label EX-1 -o label.pdf", "label EX-1 EX-2 -o label.png", "label EX-1 -o label"],
)
def test_what_cannot_be_drawn_is_refused(machine: Machine, line: str) -> None:
    """Nothing is written then."""
    machine.fail(line, Exit.USAGE, "usage.label")
    assert list(machine.stage.folder.glob("label*")) == []
