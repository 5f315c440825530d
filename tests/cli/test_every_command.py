"""Promises that hold for every command: help with an example, a page, a published result, a quick start."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from custody.cli.command import Command
from custody.cli.exits import Exit
from custody.cli.options import TRUST_HELP
from custody.cli.program import program
from custody.cli.reference import PAGE, RESULTS, format_reference, format_results
from custody.cli.table import GROUPS, PLACES, THEMES
from tests.cli.script import Stage

ROOT = Path(__file__).parents[2]
NAMES = sorted(PLACES)


def _load(name: str) -> Command:
    context = program.make_context("custody", [], resilient_parsing=True)
    found: click.Command | None = program
    for word in name.split():
        assert isinstance(found, click.Group)
        found = found.get_command(context, word)
    assert isinstance(found, Command), f"{name} is not made by custody.cli.command"
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_command_says_what_it_does(name: str, stage: Stage) -> None:
    """Help without an example leaves people guessing."""
    with click.Context(click.Command("another program")) as outer:
        _load(name).get_help_option(outer)
    ran = stage.custody(f"{name} --help")
    short = stage.custody(f"{name} -h")
    assert (short.exit, short.stdout) == (ran.exit, ran.stdout)
    assert ran.exit is Exit.DONE
    assert "Examples:" in ran.stdout
    made = _load(name)
    assert made.help
    for option in made.params:
        assert isinstance(option, click.Argument) or getattr(option, "help", None), f"{name}: {option.name}"


@pytest.mark.parametrize("name", NAMES)
def test_every_example_is_taken_by_its_command(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An example that the program refuses is worse than none."""
    lines = [line.strip() for line in re.sub(r"\\\n\s*", "", _load(name).example).splitlines() if line.strip()]
    assert any(f"{line} ".startswith(f"custody {name} ") for line in lines)
    for line in lines:
        words = _before_operator(shlex.split(line, comments=True))
        assert words[0] == "custody", line
        found = " ".join(words[1:3]) if " ".join(words[1:3]) in PLACES else words[1]
        made = _load(found)
        for parameter in made.params:
            if isinstance(parameter.type, click.Path):
                monkeypatch.setattr(parameter.type, "exists", False)
        made.make_context(found, words[1 + len(found.split()) :])


def _before_operator(words: list[str]) -> list[str]:
    """Return the first command of a line of shell."""
    ends = [place for place, word in enumerate(words) if word in {"||", "&&", "|", ";", ">"}]
    return words[: ends[0]] if ends else words


@pytest.mark.parametrize("name", NAMES)
def test_every_command_publishes_what_json_prints(name: str) -> None:
    """A program can't rely on fields that nobody promised."""
    assert _load(name).result is not None


def test_an_option_that_is_learnt_once_is_the_same_everywhere() -> None:
    """-o is where the result goes, or the draft of it; whom to believe is said in the same words."""
    found = [option for name in PLACES for option in _load(name).params if isinstance(option, click.Option)]
    assert all({"--out", "--draft"} & set(option.opts) for option in found if "-o" in option.opts)
    told = {option.help for option in found if "--trust" in option.opts} - {"The trust file to change."}
    assert told == {TRUST_HELP, "Whom to believe about the bundle (CUSTODY_TRUST; your own)."}


def test_the_reference_is_what_the_commands_say() -> None:
    """A page written by hand would lie within a month. `python -m custody.cli.reference` writes it."""
    assert (ROOT / PAGE).read_text("utf-8") == format_reference()
    assert (ROOT / RESULTS).read_bytes() == format_results()


def test_every_command_has_a_theme_and_a_group() -> None:
    """A command without one would be missing from the help."""
    assert {place.theme for place in PLACES.values()} <= set(THEMES)
    assert {name.split()[0] for name in PLACES if " " in name} == set(GROUPS)


def test_help_loads_neither_a_database_nor_a_cipher(tmp_path: Path) -> None:
    """`custody --help` within 0.15 s holds because of what it doesn't import."""
    code = (
        "import sys\nfrom custody.cli.program import run\nrun(['--help'])\n"
        "print(*sorted(name for name in sys.modules if '.' not in name), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, check=True, timeout=60, text=True,
    )  # fmt: skip
    loaded = set(done.stderr.split())
    heavy = {"sqlmodel", "sqlalchemy", "pydantic", "nacl", "rich", "msgspec", "jinja2", "cryptography", "blake3"}
    assert loaded & heavy == set()
    assert "click" in loaded
