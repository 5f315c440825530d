"""Every script in ``scripts/`` holds, line by line."""

from pathlib import Path

import pytest

from tests.cli.script import Stage, run_script

SCRIPTS = sorted((Path(__file__).parent / "scripts").glob("*.txt"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_session_reads_as_it_is_written(path: Path, stage: Stage) -> None:
    """Names, exit codes and messages are what people and their scripts rely on."""
    run_script(path, stage)


def test_there_are_scripts() -> None:
    """An empty folder would hold whatever it is asked."""
    assert len(SCRIPTS) >= 5


@pytest.mark.parametrize(
    "script",
    [
        "$ custody key new exam-07\nexit 5\n",
        "$ custody key new exam-07\nstdout ~ nothing like that\n",
        "$ custody key new exam-07\nstdout !~ exam-07\n",
        "$ custody key new EXAM\n",
        "frobnicate\n",
    ],
)
def test_a_script_that_does_not_hold_fails(script: str, stage: Stage) -> None:
    """A runner that notices nothing would prove nothing."""
    path = stage.folder / "script.txt"
    path.write_text(script)
    with pytest.raises(AssertionError):
        run_script(path, stage)
