"""The demonstration is the first thing that anybody runs: it must work, and its eight cheats must be caught."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.second.judging import first_report, second_report


def play(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Run the demonstration as a user would, who sits at a terminal and answers nothing."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CUSTODY_")}
    ours, theirs = pty.openpty()
    # The end of input, for whatever asks.
    os.write(ours, b"\x04")
    try:
        return subprocess.run(
            [sys.executable, "-P", "-m", "custody", "demo", str(folder), *more],
            stdin=theirs,
            capture_output=True,
            text=True,
            env=environment,
            cwd=folder.parent,
            check=False,
            timeout=300,
        )
    finally:
        os.close(ours)
        os.close(theirs)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """One whole demonstration."""
    folder = tmp_path_factory.mktemp("demo") / "out"
    return folder, play(folder)


def test_the_demonstration_ends_well(played: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """Both countries, the verdict, and the way on."""
    folder, done = played
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    assert "VERDICT: PASSED" in done.stdout
    for name in ("bundle.zip", "trust.json", "report.html", "ledger-a", "ledger-b", "unpacked"):
        assert (folder / name).exists(), name


def test_what_it_prints_to_go_on_with_can_be_typed(played: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """First where to go: the commands name files of its folder, and who ran it stands elsewhere."""
    folder, done = played
    told = done.stdout[done.stdout.index("Go on by yourself:") :].splitlines()
    assert told[1].split() == ["cd", str(folder)]
    assert sum(" custody " in line for line in told) == 5


def test_every_cheat_is_caught_with_its_reason(played: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """Eight bundles stay in the folder; each FAILS when it is verified again by hand, with exit code 3."""
    folder, _ = played
    damaged = sorted((folder / "damaged").iterdir())
    assert len(damaged) == 8
    for bundle in damaged:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "custody", "--json", "verify", str(bundle), "--trust", "trust.json"],
            capture_output=True,
            cwd=folder,
            check=False,
        )
        assert done.returncode == 3, bundle.name
        assert json.loads(done.stdout)["verdict"] == "FAILED"


@pytest.mark.parametrize("trust", ["trust.json", "trust-b.json", "trust-c.json"])
def test_the_second_verifier_agrees_on_all_that_was_made(
    played: tuple[Path, subprocess.CompletedProcess[str]], trust: str
) -> None:
    """Bundles of real commands: the ones that were sent, the letters, and the eight cheats."""
    folder, _ = played
    vector = {"at": "2026-12-01T00:00:00Z", "trust": (folder / trust).read_text().strip()}
    bundles = sorted(folder.rglob("*.zip"))
    assert len(bundles) > 12
    for bundle in bundles:
        first, second = first_report(bundle, vector), second_report(bundle.read_bytes(), vector)
        told = [step.verdict.value for step in first.steps]
        assert [second.step_verdict(number) for number in range(13)] == told, bundle.name
        assert {(item.step, item.code) for item in second.findings} == {
            (item.step, item.code) for item in first.findings
        }, bundle.name


def test_evidence_in_an_earlier_demonstration_is_not_removed(tmp_path: Path) -> None:
    """--force empties the folder first: somebody's only copy must not go with it."""
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "passphrase").write_bytes(b"a passphrase for the demonstration only\n")
    mine = folder / "mine.dd"
    mine.write_bytes(b"evidence")
    done = play(folder, "--force", "--evidence", str(mine))
    assert done.returncode == 2, done.stderr
    assert mine.read_bytes() == b"evidence"


def test_a_file_of_the_users_own_can_be_given(tmp_path: Path) -> None:
    """'On real input' means on his."""
    own = tmp_path / "own.bin"
    own.write_bytes(bytes(range(256)) * 100)
    done = play(tmp_path / "out", "--evidence", str(own), "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert [attack["verdict"] for attack in json.loads(done.stdout)["attacks"]] == ["FAILED"] * 8


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    """--force removes an earlier demonstration and nothing else."""
    folder = tmp_path / "precious"
    folder.mkdir()
    (folder / "thesis.txt").write_text("years of work", encoding="utf-8")
    done = play(folder, "--force")
    assert done.returncode == 2
    assert (folder / "thesis.txt").read_text(encoding="utf-8") == "years of work"
