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
