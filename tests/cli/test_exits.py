"""Every way to end has its exit code, and none but a bug ends with 1."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import click
import msgspec
import pytest

from custody.cli import command as command_module
from custody.cli.command import command
from custody.cli.exits import Exit
from custody.cli.results import ErrorResult
from schemas import errors
from schemas.errors import CustodyError
from tests.cli.script import Stage

OURS = [
    (errors.RecordError, Exit.FAILED),
    (errors.UnknownVersionError, Exit.INDETERMINATE),
    (errors.VerificationError, Exit.FAILED),
    (errors.UndecidedError, Exit.INDETERMINATE),
    (errors.RuleViolation, Exit.REFUSED),
    (errors.SigningKeyError, Exit.REFUSED),
    (errors.StorageError, Exit.REFUSED),
    (errors.UsageError, Exit.USAGE),
    (errors.RefusedError, Exit.REFUSED),
]
ROOT = Path(__file__).parents[2]
WHOLE = ROOT / "tests" / "golden" / "whole.zip"


def _raising(stage: Stage, error: BaseException) -> None:
    """Put a command that raises in the place of every command."""

    def body() -> NoReturn:
        raise error

    made = command(example="custody lock")(body)
    stage.patch.setattr(command_module, "import_module", lambda name: type("Module", (), {"lock": made}))


@pytest.mark.parametrize(("kind", "exit"), OURS)
def test_each_kind_of_error_has_its_exit(kind: type[CustodyError], exit: Exit, stage: Stage) -> None:
    """Scripts tell a refusal from a verdict by the code alone."""
    _raising(stage, kind("some.code", "expected a, found b", hint="do c"))
    ran = stage.custody("lock")
    assert ran.exit is exit
    assert ran.stderr == "error: expected a, found b [some.code]\nhint: do c\n"
    assert ran.stdout == ""


def test_every_class_of_error_is_covered() -> None:
    """A class that is added later must be given an exit on purpose."""
    classes = {value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, CustodyError)}
    assert classes - {CustodyError} == {kind for kind, _ in OURS}


@pytest.mark.parametrize(
    ("error", "exit"),
    [
        (click.Abort(), Exit.INTERRUPTED),
        (KeyboardInterrupt(), Exit.INTERRUPTED),
        (EOFError(), Exit.INTERRUPTED),
        (BrokenPipeError(errno.EPIPE, "broken pipe"), Exit.REFUSED),
        (click.FileError("x", "no"), Exit.USAGE),
        (click.UsageError("no"), Exit.USAGE),
        (click.ClickException("no"), Exit.USAGE),
        (click.exceptions.Exit(4), Exit.INDETERMINATE),
        (FileNotFoundError(errno.ENOENT, "no such file", "x"), Exit.USAGE),
        (PermissionError(errno.EACCES, "permission denied", "x"), Exit.REFUSED),
        (OSError(errno.ENOSPC, "no space left", "x"), Exit.REFUSED),
        (OSError(errno.EIO, "input/output error", "x"), Exit.REFUSED),
        (MemoryError(), Exit.REFUSED),
        (ValueError("a bug"), Exit.CRASH),
        (AssertionError("a bug"), Exit.CRASH),
        (RecursionError("a bug"), Exit.CRASH),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else value.name,
)
def test_what_others_raise_is_mapped(error: BaseException, exit: Exit, stage: Stage) -> None:
    """Click and the system end with 1 by themselves, which would share a code with a crash."""
    _raising(stage, error)
    assert stage.custody("lock").exit is exit


def test_only_a_bug_shows_a_traceback(stage: Stage) -> None:
    """A clerk who mistyped is not helped by forty lines of Python; who reports a bug must have them."""
    _raising(stage, errors.UsageError("a.b", "no"))
    assert "Traceback" not in stage.custody("lock").stderr
    stage.patch.setenv("CUSTODY_DEBUG", "1")
    assert "Traceback" in stage.custody("lock").stderr
    stage.patch.delenv("CUSTODY_DEBUG")
    _raising(stage, ValueError("\x1b[2Jgone"))
    ran = stage.custody("lock")
    assert "Traceback" in ran.stderr
    assert "this is a bug in custody" in ran.stderr
    assert "\x1b" not in ran.stderr


def test_an_error_quotes_nothing_that_moves_the_cursor(stage: Stage) -> None:
    """A name of evidence stands in many errors; it must not repaint the screen, nor forge a second line."""
    _raising(stage, errors.UsageError("a.b", "found \x1b[2J\n\u202everdict: PASSED", hint="\x07"))
    ran = stage.custody("lock")
    assert ran.stderr.count("\n") == 2
    assert not any(char in ran.stderr for char in "\x1b\x07\u202e")


@pytest.mark.parametrize("line", ["lock --json", "--json lock"])
def test_an_error_is_one_json_object_too(line: str, stage: Stage) -> None:
    """A program reads stdout, whatever happened."""
    _raising(stage, errors.RuleViolation("rule.seen", "expected a, found b"))
    ran = stage.custody(line)
    assert ran.exit is Exit.REFUSED
    found = msgspec.json.decode(ran.stdout, type=ErrorResult)
    assert (found.error.code, found.error.text, found.error.hint) == ("rule.seen", "expected a, found b", "")
    assert ran.stderr == ""


def _process(
    *arguments: str, folder: Path, stdout: int = subprocess.PIPE, stderr: int = subprocess.PIPE
) -> subprocess.CompletedProcess[bytes]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CUSTODY_")}
    done: subprocess.CompletedProcess[bytes] = subprocess.run(
        [sys.executable, "-P", "-c", "from custody.__main__ import main; main()", *arguments],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(ROOT), "CUSTODY_KEYS": str(folder / "keys")},
        stdout=stdout,
        stderr=stderr,
        check=False,
        timeout=60,
    )
    return done


def _unread() -> int:
    """Return a pipe whose reader has gone."""
    reader, writer = os.pipe()
    os.close(reader)
    return writer


def test_the_process_ends_with_the_code(tmp_path: Path) -> None:
    """What a shell sees is what counts."""
    assert _process("--version", folder=tmp_path).returncode == Exit.DONE
    assert _process("agent", "list", folder=tmp_path).returncode == Exit.USAGE
    refused = _process("key", "show", "nobody", folder=tmp_path)
    assert refused.returncode == Exit.REFUSED
    assert refused.stdout == b""
    assert b"[key.absent]" in refused.stderr


def test_a_reader_that_leaves_is_no_crash(tmp_path: Path) -> None:
    """`custody log | head -1` is what people type: whoever has read enough goes away, and the code doesn't depend on
    how much was left, or on how fast he was.
    """
    for line in ("--help", "--version", "log --help"):
        writer = _unread()
        process = _process(*line.split(), folder=tmp_path, stdout=writer)
        os.close(writer)
        assert process.returncode == Exit.DONE
        assert process.stderr == b""


def test_a_ledger_whose_recovery_key_nobody_reads_is_not_made(tmp_path: Path) -> None:
    """`custody init ... | head -1`: the key would be gone, and the ledger there."""
    (tmp_path / "phrase").write_text("correct horse\n")
    line = "init l --origin a.example/x --authority A --country FR --registrar reg-1 --passphrase-file phrase"
    writer = _unread()
    process = _process(*line.split(), folder=tmp_path, stdout=writer)
    os.close(writer)
    assert process.returncode == Exit.REFUSED
    assert b"[storage.output]" in process.stderr
    assert not (tmp_path / "l").exists()


@pytest.mark.parametrize("more", [(), ("--json",)])
@pytest.mark.parametrize("both", [True, False])
def test_a_verdict_stands_though_nobody_reads_it(more: tuple[str, ...], both: bool, tmp_path: Path) -> None:
    """`custody verify b.zip | head -3` in a script: FAILED must not become something that isn't a verdict."""
    bundle = tmp_path / "bundle.zip"
    bundle.write_bytes(WHOLE.read_bytes())
    whole, cut = _verify_unread(bundle, *more, both=both)
    assert whole.returncode == cut.returncode == Exit.INDETERMINATE, cut.stderr
    raw = bytearray(WHOLE.read_bytes())
    raw[raw.index(b"signatures")] ^= 1
    bundle.write_bytes(raw)
    whole, cut = _verify_unread(bundle, *more, both=both)
    assert whole.returncode == cut.returncode == Exit.FAILED, cut.stderr
    assert not cut.stderr


def _verify_unread(
    bundle: Path, *more: str, both: bool
) -> tuple[subprocess.CompletedProcess[bytes], subprocess.CompletedProcess[bytes]]:
    writer = _unread()
    line = ("verify", str(bundle), *more)
    whole = _process(*line, folder=bundle.parent)
    cut = _process(*line, folder=bundle.parent, stdout=writer, stderr=writer if both else subprocess.PIPE)
    os.close(writer)
    return whole, cut


@pytest.mark.parametrize("line", [("key", "show", "nobody"), ("key", "show", "nobody", "--json")])
def test_an_error_that_nobody_reads_keeps_its_code(line: tuple[str, ...], tmp_path: Path) -> None:
    """`custody register ... 2>&1 | head -3`: a wrong passphrase must not come out as a bug, nor as done."""
    writer = _unread()
    process = _process(*line, folder=tmp_path, stdout=writer, stderr=writer)
    os.close(writer)
    assert process.returncode == Exit.REFUSED


def test_a_process_without_streams_ends_with_its_code(tmp_path: Path) -> None:
    """Started by a daemon that closed them, or with `>&-`."""
    code = "import os; os.close(1); os.close(2); os.execv(__import__('sys').executable, {!r})"
    line = [sys.executable, "-P", "-c", "from custody.__main__ import main; main()"]
    for more, exit in ((("--version",), Exit.DONE), (("key", "show", "nobody"), Exit.REFUSED)):
        process = subprocess.run(
            [sys.executable, "-c", code.format([*line, *more])],
            cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT), "CUSTODY_KEYS": str(tmp_path / "keys")},
            check=False, timeout=60,
        )  # fmt: skip
        assert process.returncode == exit


def test_an_interruption_while_the_program_loads_is_one_too(tmp_path: Path) -> None:
    """Who mistyped presses Ctrl-C at once, and is not helped by where Python was just then."""
    code = (
        "import sys\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, *rest):\n"
        "        if name == 'custody.cli.program': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        "from custody.__main__ import main; main()"
    )
    process = subprocess.run(
        [sys.executable, "-P", "-c", code, "verify", "x.zip"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False, timeout=60, capture_output=True,
    )  # fmt: skip
    assert (process.returncode, process.stderr) == (Exit.INTERRUPTED, b"interrupted\n")


def test_bytes_that_are_no_text_are_shown(tmp_path: Path) -> None:
    """A name in another encoding is evidence like any other."""
    name = b"caf\xe9.zip"
    found = _process("trust", "list", "--trust", os.fsdecode(name), folder=tmp_path)
    assert found.returncode == Exit.USAGE
    assert b"caf\\xe9.zip" in found.stderr
    absent = _process("submit", os.fsdecode(b"caf\xe9.draft"), folder=tmp_path)
    assert b"caf\\\\xe9" not in absent.stderr
    not_there = _process("sign", os.fsdecode(b"caf\xe9.draft"), "--as", "exam-07", folder=tmp_path)
    assert not_there.returncode == Exit.USAGE
    assert b"caf\\\\xe9" not in not_there.stderr


def test_what_nobody_saw_is_not_signed_by_typing_a_passphrase(stage: Stage) -> None:
    """What is to be signed is shown on stderr; where that is cut, the passphrase would answer an unseen question."""
    assert stage.custody("init l --origin a.example/x --authority A --country FR --registrar reg-1").exit is Exit.DONE
    os.chdir("l")
    stage.patch.delenv("CUSTODY_PASSPHRASE_FILE")
    stage.patch.setattr(click, "echo", _gone_too)
    assert stage.custody("case open C --authority A --legal-basis B").exit is Exit.INTERRUPTED
    assert stage.custody("case open C --authority A --legal-basis B --passphrase-file ../passphrase").exit is Exit.DONE


def test_what_was_recorded_is_done_though_nobody_reads_it(stage: Stage) -> None:
    """A script that stops reading must not take an act on record for one that was interrupted, and type it again."""
    assert stage.custody("init l --origin a.example/x --authority A --country FR --registrar reg-1").exit is Exit.DONE
    os.chdir("l")
    stage.patch.setattr(click, "echo", _gone)
    assert stage.custody("case open C --authority A --legal-basis B --yes").exit is Exit.DONE
    assert stage.custody("case list").exit is Exit.DONE
    assert stage.custody("log").exit is Exit.DONE
    stage.patch.undo()


def _gone_too(*_: object, **__: object) -> NoReturn:
    raise BrokenPipeError(errno.EPIPE, "broken pipe")


def _gone(*_: object, err: bool = False, **__: object) -> None:
    if not err:
        raise BrokenPipeError(errno.EPIPE, "broken pipe")
