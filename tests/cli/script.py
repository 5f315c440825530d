"""Scripts that read like a session at the prompt, and their runner.

    $ custody case open 2026-0417 --authority P --legal-basis L   a command; the lines below say what comes of it
    exit 5                                                        its exit code; 0 where nothing is said
    stdout ~ opened by reg-1                                      a regular expression that must be found
    stderr !~ traceback                                           one that must not
    keep hash stdout ~ receipt: +([0-9a-f]{64})                   remember a group; ${hash} stands for it from here on
    write NAME text to the end of the line                        a file with that line
    copy FROM TO, remove NAME, mkdir NAME, cd DIR                 what they say
    env NAME=VALUE                                                a variable of the environment
    wait 3600                                                     the clock goes on by so many seconds

Commands run in this process through `custody.cli.program.run`, with a clock and randomness of the test's own.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path

import click
import msgspec
import pytest

from custody.cli import context as context_module
from custody.cli.context import Context
from custody.cli.exits import Exit
from custody.cli.program import program, run
from custody.cli.results import ErrorResult
from custody.cli.settings import Settings

START = datetime(2026, 11, 21, 20, 23, 0, tzinfo=UTC)
PASSPHRASE = "correct horse battery"


@dataclass(slots=True)
class Ran:
    """What a command did."""

    line: str
    exit: Exit
    stdout: str
    stderr: str


@dataclass(slots=True)
class Stage:
    """A user's machine as far as commands see it: folder, environment, clock, randomness."""

    folder: Path
    patch: pytest.MonkeyPatch
    now: datetime = START
    kept: dict[str, str] = field(default_factory=dict)

    def set_up(self) -> None:
        """Empty the environment of everything that custody reads, and go to the folder."""
        for name in [name for name in os.environ if name.startswith(("CUSTODY_", "XDG_"))]:
            self.patch.delenv(name)
        (self.folder / "passphrase").write_text(PASSPHRASE + "\n")
        self.patch.setenv("HOME", str(self.folder))
        self.patch.setenv("CUSTODY_KEYS", str(self.folder / "keys"))
        self.patch.setenv("CUSTODY_TRUST", str(self.folder / "trust.json"))
        self.patch.setenv("XDG_CONFIG_HOME", str(self.folder / "config"))
        self.patch.setenv("CUSTODY_ARGON2", "minimal")
        self.patch.setenv("CUSTODY_OBTAINED", "seizure")
        self.patch.setenv("CUSTODY_PASSPHRASE_FILE", str(self.folder / "passphrase"))
        self.patch.setattr(context_module, "make_context", self._context)
        self.patch.chdir(self.folder)

    def _context(self, settings: Settings) -> Context:
        numbers = self._numbers

        def random(size: int) -> bytes:
            blocks = b"".join(sha256(b"%d" % next(numbers)).digest() for _ in range(size // 32 + 1))
            return blocks[:size]

        return Context(settings, clock=lambda: self.now, random=random)

    _numbers: count[int] = field(default_factory=count)

    def custody(self, line: str, *, stdin: bytes = b"") -> Ran:
        """Run one command line, without the leading name, as a shell would split it."""
        out, err = _stream(), _stream()
        self.patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        arguments = shlex.split(line)
        with redirect_stdout(out), redirect_stderr(err):
            exit = run(arguments)
        ran = Ran(line, exit, _text(out), _text(err))
        if "--json" in arguments and "--help" not in arguments:
            check_json(arguments, ran)
        self.now += timedelta(seconds=1)
        return ran


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), "utf-8", errors="backslashreplace", write_through=True)


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("utf-8")


def result_type(arguments: list[str]) -> type | None:
    """Return the record that a command says it prints for --json."""
    words = [word for word in arguments if not word.startswith("-")]
    context = program.make_context("custody", [], resilient_parsing=True)
    command: click.Command | None = program
    while isinstance(command, click.Group):
        command = command.get_command(context, words.pop(0))
    return getattr(command, "result", None)


def check_json(arguments: list[str], ran: Ran) -> None:
    """Want one JSON object of the published type, whatever happened."""
    assert ran.stdout.count("\n") == 1, f"expected one line of JSON, found {ran.stdout!r}"
    kind = ErrorResult if ran.stdout.startswith('{"error"') else result_type(arguments)
    assert kind is not None, f"{ran.line} publishes no result type"
    msgspec.json.decode(ran.stdout, type=kind)


def run_script(path: Path, stage: Stage) -> None:
    """Run a script; the first line that doesn't hold fails the test, with its number and what was found."""
    lines = path.read_text("utf-8").replace("\\\n", " ").splitlines()
    ran: Ran | None = None
    is_exit_told = True
    for number, raw in enumerate(lines, start=1):
        line = re.sub(r"\$\{(\w+)\}", lambda match: stage.kept[match[1]], raw.strip())
        if not line or line.startswith("#"):
            continue
        if line.startswith("$ custody"):
            _want_done(ran, is_exit_told, path)
            ran, is_exit_told = stage.custody(line.removeprefix("$ custody")), False
        elif line.startswith("exit "):
            assert ran is not None, f"{path.name}:{number}: no command yet"
            found = (int(ran.exit), ran.stdout, ran.stderr)
            assert found[0] == int(line.split()[1]), f"{path.name}:{number}: {ran.line}: found {found}"
            is_exit_told = True
        elif line.startswith(("stdout ", "stderr ", "keep ")):
            assert ran is not None, f"{path.name}:{number}: no command yet"
            _look(line, ran, stage, f"{path.name}:{number}")
        else:
            _prepare(line, stage)
    _want_done(ran, is_exit_told, path)


def _want_done(ran: Ran | None, is_exit_told: bool, path: Path) -> None:
    if ran is not None and not is_exit_told:
        assert ran.exit is Exit.DONE, f"{path.name}: {ran.line}: exit {int(ran.exit)}: {ran.stdout}{ran.stderr}"


def _look(line: str, ran: Ran, stage: Stage, where: str) -> None:
    name = ""
    if line.startswith("keep "):
        _, name, line = line.split(" ", 2)
    stream, operator, pattern = line.split(" ", 2)
    text = ran.stdout if stream == "stdout" else ran.stderr
    found = re.search(pattern, text, re.MULTILINE)
    assert operator in {"~", "!~"}, f"{where}: {operator}"
    assert (found is None) == (operator == "!~"), f"{where}: {ran.line}: {stream} {operator} {pattern}: {text}"
    if name and found is not None:
        stage.kept[name] = found[1]


def _prepare(line: str, stage: Stage) -> None:
    verb, _, rest = line.partition(" ")
    match verb:
        case "write":
            name, _, text = rest.partition(" ")
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_text(text + "\n")
        case "copy":
            shutil.copy(*rest.split())
        case "remove":
            shutil.rmtree(rest) if Path(rest).is_dir() else Path(rest).unlink()
        case "mkdir":
            Path(rest).mkdir(parents=True)
        case "cd":
            stage.patch.chdir(rest)
        case "env":
            name, _, value = rest.partition("=")
            stage.patch.setenv(name, value)
        case "wait":
            stage.now += timedelta(seconds=int(rest))
        case _:
            raise AssertionError(f"no such line in a script: {line}")
