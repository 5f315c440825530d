"""Names of files to be written: what is wrong with one is found before anybody signs, and nothing is recorded."""

import pytest

from custody.cli.exits import Exit
from tests.cli.machine import CASE, Machine
from tests.cli.script import Stage


@pytest.fixture
def machine(stage: Stage) -> Machine:
    """A ledger with one exhibit, and a court in the same country."""
    machine = Machine(stage)
    machine.do("agent enrol court --kind organisation --country FR --as reg-1")
    (stage.folder / "few").write_bytes(b"few")
    machine.register("few")
    (stage.folder / "wrong").write_text("another one\n")
    return machine


@pytest.mark.parametrize(
    "line",
    [
        f"bundle {CASE}/EX-1 --to court --as exam-07",
        f"dispatch {CASE}/EX-1 --original --to court --purpose trial --as exam-07",
    ],
)
def test_a_taken_name_is_found_before_a_passphrase_is_asked_for(machine: Machine, line: str) -> None:
    """The wrong passphrase shows that nobody was asked for one: an hour of packing must not end at a name."""
    (machine.stage.folder / "b.zip").write_bytes(b"there")
    size = len(machine.entries())
    ran = machine.fail(f"{line} -o b.zip --passphrase-file wrong", Exit.USAGE, "bundle.exists")
    assert "To be signed" not in ran.stderr
    assert "another name" in ran.stderr
    assert len(machine.entries()) == size
    assert (machine.stage.folder / "b.zip").read_bytes() == b"there"


@pytest.mark.parametrize(
    "line",
    [
        f"bundle {CASE}/EX-1 --to court --as exam-07 -o {{}}",
        "checkpoint -o {}",
        "print seizure-list EX-1 -o {}",
        "verify b.zip --report {}",
        "trust export -o {}",
    ],
)
@pytest.mark.parametrize("name", ["-", "new/"])
def test_no_file_is_called_like_the_output_or_a_folder(machine: Machine, line: str, name: str) -> None:
    """`-` means the standard output elsewhere, and `new/` a folder: a file of that name is what nobody asked for."""
    before = sorted(machine.stage.folder.iterdir())
    machine.do(f"bundle {CASE}/EX-1 --to court --as exam-07 -o b.zip")
    ran = machine.stage.custody(line.format(name))
    assert (ran.exit, "usage." in ran.stderr) == (Exit.USAGE, True), ran
    assert {path.name for path in machine.stage.folder.iterdir()} == {"b.zip", *(path.name for path in before)}


@pytest.mark.parametrize(
    "line",
    [
        f"bundle {CASE}/EX-1 --to court --as exam-07 -o {{}}",
        "checkpoint --force -o {}",
        "print seizure-list EX-1 --force -o {}",
        "export-case EX-1 --force -o {}",
        "trust export --force -o {}",
        "key new exam-9 --force -o {}",
    ],
)
@pytest.mark.parametrize("name", ["l/evidence/b", "l/ledger.db", "l/custody.json", "l/ledger.db-wal", "in/b"])
def test_nothing_is_written_among_what_a_ledger_keeps(machine: Machine, line: str, name: str) -> None:
    """--force on the database would end the ledger, and a stray file in the store is one that nobody registered."""
    (machine.stage.folder / "in").symlink_to("l/manifests")
    before = {path: path.read_bytes() for path in machine.home.rglob("*") if path.is_file()}
    machine.fail(line.format(name), Exit.USAGE, "usage.in-home")
    assert {path: path.read_bytes() for path in machine.home.rglob("*") if path.is_file()} == before


def test_who_works_in_the_home_writes_beside_the_ledgers_files(machine: Machine) -> None:
    """`cd ledger` is what many do first."""
    machine.stage.patch.chdir(machine.home)
    machine.do(f"bundle {CASE}/EX-1 --to court --as exam-07 -o b.zip")
    machine.do("checkpoint -o c.txt")
    machine.do("trust export -o ../t.json")
    for folder in ("out", "evidence/out", "."):
        machine.fail(f"unpack b.zip --to {folder} --trust ../t.json", Exit.USAGE, "usage.in-home")
    machine.do("unpack b.zip --to ../out --trust ../t.json")


@pytest.mark.parametrize("line", ["print seizure-list EX-1 -o {}", "verify b.zip --report {}"])
def test_a_page_is_called_a_page(machine: Machine, line: str) -> None:
    """A page under the name of a Word file opens nowhere, at the desk of a court."""
    machine.do(f"bundle {CASE}/EX-1 --to court --as exam-07 -o b.zip")
    for name in ("p.docx", "p.PDF", "p.html.txt"):
        ran = machine.fail(line.format(name), Exit.USAGE, "usage.page")
        assert "a browser prints it" in ran.stderr
        assert not (machine.stage.folder / name).exists()
    machine.stage.patch.delenv("CUSTODY_TRUST")
    for name in ("p.HTML", "p.htm", "page"):
        machine.stage.custody(line.format(name))
        assert (machine.stage.folder / name).read_bytes().lower().startswith(b"<!doctype html>")


def test_the_report_of_an_audit_is_a_page_or_a_text(machine: Machine) -> None:
    """A text under the name of a PDF opens nowhere either."""
    machine.fail("audit --report a.pdf", Exit.USAGE, "usage.page")
    machine.do("audit --report a.txt")
    machine.do("audit --report a.html")
