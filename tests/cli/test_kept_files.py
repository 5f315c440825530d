"""Files and documents that the home keeps, where somebody changed them: every command tells of them alike."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from custody.cli.exits import Exit
from tests.cli.machine import CASE, Machine
from tests.cli.script import Stage

EXHIBIT, PHOTO = b"what was seized", b"a photo of the damage"


@pytest.fixture
def machine(stage: Stage) -> Machine:
    """A ledger with one exhibit of one file, and an incident with a photo."""
    machine = Machine(stage)
    (stage.folder / "a.txt").write_bytes(EXHIBIT)
    (stage.folder / "photo.jpg").write_bytes(PHOTO)
    machine.do(f"register a.txt --case {CASE} --exhibit EX-1 --as exam-07")
    machine.do("agent enrol police-fr --kind organisation --country FR --as reg-1")
    machine.do("incident EX-1 --kind damaged --description d --document photo.jpg --as exam-07")
    return machine


def _kept(machine: Machine, folder: str, content: bytes) -> Path:
    name = sha256(content).hexdigest()
    return machine.home / folder / name[:2] / name


def _a_link(path: Path) -> None:
    elsewhere = path.parents[3] / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


def _a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize("put", [_a_link, _a_pipe])
def test_evidence_that_is_no_file_of_the_store_is_missing_everywhere(
    machine: Machine, put: Callable[[Path], None]
) -> None:
    """What a link shows, anybody may change elsewhere; a pipe is never waited for."""
    put(_kept(machine, "evidence", EXHIBIT))
    assert "MISSING" in machine.do("show EX-1").stdout
    assert [item["code"] for item in machine.json("audit --files", Exit.FAILED)["findings"]].count("audit.file-missing")
    assert "nothing, it is missing" in machine.stage.custody("check EX-1 --as exam-07").stdout
    machine.fail("bundle EX-1 --to police-fr -o b.zip --as exam-07", Exit.REFUSED, "bundle.file-missing")
    assert not Path("b.zip").exists()


@pytest.mark.parametrize("put", [_a_link, _a_pipe])
def test_a_document_that_is_no_file_is_not_packed(machine: Machine, put: Callable[[Path], None]) -> None:
    """A bundle without it would say that it was withheld."""
    put(_kept(machine, "documents", PHOTO))
    machine.fail("bundle EX-1 --to police-fr -o b.zip --as exam-07", Exit.FAILED, "bundle.source-changed")
    assert not Path("b.zip").exists()


def test_an_audit_hashes_documents_too(machine: Machine) -> None:
    """What was compared is said; a swapped one fails, one that is gone is told."""
    assert "1 of 1 document as the entries name it, 21 bytes" in machine.do("audit --files").stdout
    path = _kept(machine, "documents", PHOTO)
    path.chmod(0o600)
    path.write_bytes(b"evil")
    ran = machine.stage.custody("audit --files --sample 1%")
    assert (ran.exit, "A document of the home is not the one" in ran.stdout) == (Exit.FAILED, True)
    path.unlink()
    assert "1 is not here" in machine.do("audit --files").stdout


@pytest.mark.parametrize(
    "line",
    [
        f"register --case {CASE} --exhibit EX-2 --description d --as exam-07 --certificate {{}}",
        "produce {} a.txt -o p.zip --as exam-07",
        "request list --holidays {}",
    ],
)
def test_a_pipe_that_is_named_is_not_waited_for(machine: Machine, line: str) -> None:
    """Nobody may ever write into it."""
    os.mkfifo("pipe")
    machine.fail(line.format("pipe"), Exit.USAGE, "usage.file")


def test_a_bundle_says_which_document_is_gone(machine: Machine) -> None:
    """It verifies without it, and the court would take it for one that was never to be seen."""
    photo = sha256(PHOTO).hexdigest()
    assert machine.json("bundle EX-1 --to police-fr -o a.zip --as exam-07")["absent"] == []
    _kept(machine, "documents", PHOTO).unlink()
    ran = machine.do("bundle EX-1 --to police-fr -o b.zip --as exam-07")
    assert f"warning: 1 document that entries name is not here, and did not go along: {photo}" in ran.stderr
    assert machine.json("bundle EX-1 --to police-fr -o c.zip --as exam-07")["absent"] == [photo]


def test_a_document_that_is_kept_elsewhere_is_told_of_once(machine: Machine) -> None:
    """Where it is recorded and where it first doesn't go along; a warning at each export soon hides the next one."""
    digest = sha256(b"the file of the prosecutor").hexdigest()
    told = f"document {digest} is not here: only its digest is recorded"
    ran = machine.do(f"incident EX-1 --kind damaged --description d --document sha256:{digest} --as exam-07")
    assert told in ran.stderr
    first = machine.do("bundle EX-1 --to police-fr -o a.zip --as exam-07")
    assert f"warning: 1 document that entries name is not here, and did not go along: {digest}" in first.stderr
    assert "not here" not in machine.do("bundle EX-1 --to police-fr -o b.zip --as exam-07").stderr
    _kept(machine, "documents", PHOTO).unlink()
    ran = machine.do("bundle EX-1 --to police-fr -o c.zip --as exam-07")
    assert f"1 document that entries name is not here, and did not go along: {sha256(PHOTO).hexdigest()}" in ran.stderr
    machine.stage.patch.delenv("CUSTODY_TRUST")
    told = machine.stage.custody("verify a.zip").stdout
    assert digest in told, [line for line in told.splitlines() if "ocument" in line]
