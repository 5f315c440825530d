"""Standard streams that are full, closed, or both: what was recorded stays done, and nothing ends as a bug."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from custody.cli.exits import Exit
from tests.cli.script import Stage

ROOT = Path(__file__).parents[2]
FULL = Path("/dev/full")
INIT = "init l --origin a.example/x --authority A --country FR --registrar reg-1"

needs_full = pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")


def _run(folder: Path, line: str, *, redirect: str = "") -> subprocess.CompletedProcess[bytes]:
    """Run a command line in a shell, with what it says of its streams."""
    (folder / "passphrase").write_text("correct horse\n")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CUSTODY_")}
    return subprocess.run(
        ["sh", "-c", f'"$0" -P -c "from custody.__main__ import main; main()" {line} {redirect}', sys.executable],
        cwd=folder,
        env={
            **environment,
            "PYTHONPATH": str(ROOT),
            "CUSTODY_KEYS": str(folder / "keys"),
            "CUSTODY_ARGON2": "minimal",
            "CUSTODY_PASSPHRASE_FILE": str(folder / "passphrase"),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=60,
    )


def _entries(folder: Path) -> int:
    found = _run(folder, "--home l status --json")
    assert found.returncode == Exit.DONE, found.stderr
    return int(found.stdout.split(b'"size":')[1].split(b",")[0].rstrip(b"}\n"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a ledger of one entry in ``l``."""
    assert _run(tmp_path, INIT).returncode == Exit.DONE
    return tmp_path


@needs_full
@pytest.mark.parametrize("more", ["", "--json"])
def test_an_act_that_could_not_be_printed_is_done_and_says_so(folder: Path, more: str) -> None:
    """A full disk under a log file: who takes that for a refusal types the act again, and it stands there twice."""
    line = f"--home l case open C --authority A --legal-basis B --yes {more}"
    ran = _run(folder, line, redirect="> /dev/full")
    assert ran.returncode == Exit.DONE, ran.stderr
    assert b"on record" in ran.stderr
    assert b"custody log" in ran.stderr
    assert _entries(folder) == 2


@needs_full
@pytest.mark.parametrize("line", ["--home l log", "--home l log --json", "--home l status", "--version", "--help"])
def test_a_result_that_could_not_be_printed_is_no_success_and_no_bug(folder: Path, line: str) -> None:
    """Half a list in a file must not pass for the whole one."""
    ran = _run(folder, line, redirect="> /dev/full")
    assert ran.returncode == Exit.REFUSED, ran.stderr
    assert b"no space left" in ran.stderr
    assert b"[storage.output]" in ran.stderr
    assert b"Traceback" not in ran.stderr


@needs_full
@pytest.mark.parametrize("more", ["", "--json"])
@pytest.mark.parametrize("redirect", ["> /dev/full", ">&-"])
def test_no_ledger_begins_whose_recovery_key_nobody_has_seen(tmp_path: Path, redirect: str, more: str) -> None:
    """The key is shown once and kept nowhere: a ledger that had it all the same could never be recovered by it."""
    ran = _run(tmp_path, f"{INIT} {more}", redirect=redirect)
    assert ran.returncode == Exit.REFUSED
    assert b"[storage.output]" in ran.stderr
    assert b"no ledger was made" in ran.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"keys", "passphrase"}
    assert _run(tmp_path, INIT).returncode == Exit.DONE
    assert _entries(tmp_path) == 1


def test_a_ledger_is_said_to_be_opened_once_it_is_there(stage: Stage) -> None:
    """Who hands out the key of a ledger that then could not get its name hands out a key of none."""
    there: list[bool] = []

    def look(*_: object, **__: object) -> None:
        there.append(Path("l", "custody.json").is_file())
        raise KeyboardInterrupt

    stage.patch.setattr("custody.cli.commands.init.emit", look)
    assert stage.custody(INIT).exit is Exit.INTERRUPTED
    assert there == [True]
    assert not Path("l").exists()


@needs_full
@pytest.mark.parametrize("redirect", ["> /dev/full", ">&-"])
def test_a_ledger_without_recovery_keys_begins_unread(tmp_path: Path, redirect: str) -> None:
    """What else is printed can be asked for again."""
    assert _run(tmp_path, f"{INIT} --no-paper-key", redirect=redirect).returncode == Exit.DONE
    assert _entries(tmp_path) == 1


@needs_full
def test_a_full_place_for_errors_changes_no_exit_code(folder: Path) -> None:
    """`2> errors.log` on a full disk."""
    assert _run(folder, "--home l show EX-9", redirect="2> /dev/full").returncode == Exit.USAGE
    opening = "--home l case open C --authority A --legal-basis B --yes"
    assert _run(folder, opening, redirect="2> /dev/full").returncode == Exit.DONE
    assert _entries(folder) == 2
    both = _run(folder, "--home l show EX-9 --json", redirect="> /dev/full 2> /dev/full")
    assert both.returncode == Exit.USAGE


@pytest.mark.parametrize("redirect", ["<&-", "2>&-", ">&-", "<&- >&- 2>&-"])
def test_an_act_without_a_stream_is_recorded(folder: Path, redirect: str) -> None:
    """A daemon starts programs with all of them closed."""
    ran = _run(folder, "--home l case open C --authority A --legal-basis B", redirect=redirect)
    assert ran.returncode == Exit.DONE, ran.stderr
    assert _entries(folder) == 2


@pytest.mark.parametrize("line", ["request draft r-1 --kind mla --to x --fields -", "scan -"])
def test_what_is_to_be_read_from_a_closed_input_is_a_usage_error(folder: Path, line: str) -> None:
    """`-` where nothing can be read from."""
    ran = _run(folder, f"--home l {line}", redirect="<&-")
    assert ran.returncode == Exit.USAGE, ran.stderr
    assert b"Traceback" not in ran.stderr
