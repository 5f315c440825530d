"""What happens at a real terminal: prompts, twice for what is new, and a question before a signature."""

import os
import pty
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


class Terminal:
    """A process on a terminal of its own, typed at like by a person."""

    def __init__(self, folder: Path, *arguments: str, program: str = "", **environment: str) -> None:
        self._ours, theirs = pty.openpty()
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("CUSTODY_", "XDG_"))}
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", f"{program}from custody.__main__ import main; main()", *arguments],
            cwd=folder,
            env={
                **inherited,
                "PYTHONPATH": str(ROOT),
                "CUSTODY_KEYS": str(folder / "keys"),
                "CUSTODY_ARGON2": "minimal",
                "TERM": "dumb",
                **environment,
            },
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self.seen = ""

    def expect(self, pattern: str) -> None:
        """Wait until the terminal shows it, after what was expected before."""
        deadline = time.monotonic() + PATIENCE
        while (found := re.search(pattern, self.seen)) is None:
            assert time.monotonic() < deadline, f"waited for {pattern}, saw {self.seen}"
            try:
                piece = os.read(self._ours, 4096)
            except OSError:
                piece = b""
            assert piece, f"ended before {pattern}, saw {self.seen}"
            self.seen += piece.decode("utf-8", "replace")
        self.seen = self.seen[found.end() :]

    def type(self, line: str) -> None:
        """Type a line."""
        os.write(self._ours, line.encode("utf-8") + b"\n")

    def end(self) -> int:
        """Return the exit code, having read all that was shown."""
        try:
            while piece := os.read(self._ours, 4096):
                self.seen += piece.decode("utf-8", "replace")
        except OSError:
            pass
        os.close(self._ours)
        return self.process.wait(PATIENCE)


def test_a_new_passphrase_is_asked_for_twice_and_never_shown(tmp_path: Path) -> None:
    """A typing mistake in a new passphrase is a lost key."""
    terminal = Terminal(tmp_path, "key", "new", "exam-07")
    terminal.expect("New passphrase for exam-07: ")
    terminal.type("correct horse")
    terminal.expect("Repeat for confirmation: ")
    terminal.type("correct house")
    terminal.expect("New passphrase for exam-07: ")
    terminal.type("correct horse")
    terminal.expect("Repeat for confirmation: ")
    terminal.type("correct horse")
    terminal.expect("key of exam-07: ed25519:")
    assert terminal.end() == 0
    assert "horse" not in terminal.seen
    wrong = Terminal(tmp_path, "key", "show", "exam-07", "--enrolment", "again.enrol")
    for _ in range(3):
        wrong.expect("Passphrase of exam-07: ")
        wrong.type("another one")
    wrong.expect(r"\[key.wrong-passphrase\]")
    assert wrong.end() == 5
    assert not (tmp_path / "again.enrol").exists()


def test_a_slip_at_a_prompt_costs_no_more_than_typing_again(tmp_path: Path) -> None:
    """A passphrase is asked for after the evidence was hashed, which may have taken hours."""
    terminal = Terminal(tmp_path, "key", "new", "exam-07")
    for phrase in ("short", "correct horse"):
        terminal.expect("New passphrase for exam-07: ")
        terminal.type(phrase)
        terminal.expect("Repeat for confirmation: ")
        terminal.type(phrase)
        terminal.expect("expected 8 or more characters|key of exam-07: ed25519:")
    assert terminal.end() == 0
    slip = Terminal(tmp_path, "key", "show", "exam-07", "--enrolment", "again.enrol")
    slip.expect("Passphrase of exam-07: ")
    slip.type("correct house")
    slip.expect("wrong passphrase, try again")
    slip.expect("Passphrase of exam-07: ")
    slip.type("")
    slip.expect("try again")
    slip.expect("Passphrase of exam-07: ")
    slip.type("correct horse")
    assert slip.end() == 0
    assert (tmp_path / "again.enrol").exists()


def test_nothing_is_signed_without_a_yes(tmp_path: Path) -> None:
    """With an open session no passphrase is typed, so the question is what stands between a slip and a signature."""
    (tmp_path / "passphrase").write_text("correct horse\n")
    by_file = {"CUSTODY_PASSPHRASE_FILE": str(tmp_path / "passphrase")}
    arguments = ["--origin", "a.example/x", "--authority", "A", "--country", "FR", "--registrar", "reg-1"]
    assert Terminal(tmp_path, "init", "l", *arguments, **by_file).end() == 0
    opening = ["--home", "l", "case", "open", "A", "--authority", "P", "--legal-basis", "L"]
    said_no = Terminal(tmp_path, *opening, **by_file)
    said_no.expect("case A was opened by reg-1")
    said_no.expect(r"Sign\? \[y/N\]: ")
    said_no.type("n")
    assert said_no.end() == 130
    assert "you said no: nothing was signed; nothing was recorded" in said_no.seen
    assert "interrupted" not in said_no.seen
    said_yes = Terminal(tmp_path, *opening, **by_file)
    said_yes.expect(r"Sign\? \[y/N\]: ")
    said_yes.type("y")
    said_yes.expect("entry 1: case A was opened by reg-1")
    assert said_yes.end() == 0
    typed = Terminal(tmp_path, "--home", "l", "case", "close", "A", "--outcome", "other")
    typed.expect("case A was closed by reg-1")
    typed.expect("Passphrase of reg-1: ")
    typed.type("correct horse")
    typed.expect("entry 2: case A was closed")
    assert typed.end() == 0


@pytest.mark.parametrize("option", ["--quiet", "--json"])
def test_who_is_asked_sees_what_he_signs(tmp_path: Path, option: str) -> None:
    """A question without what it is about is answered blindly, and one that goes to a file is waited on for ever."""
    (tmp_path / "passphrase").write_text("correct horse\n")
    by_file = {"CUSTODY_PASSPHRASE_FILE": str(tmp_path / "passphrase")}
    arguments = ["--origin", "a.example/x", "--authority", "A", "--country", "FR", "--registrar", "reg-1"]
    assert Terminal(tmp_path, "init", "l", *arguments, **by_file).end() == 0
    opening = ["--home", "l", "case", "open", "A", "--authority", "P", "--legal-basis", "L", option]
    asked = Terminal(tmp_path, *opening, **by_file)
    asked.expect("case A was opened by reg-1")
    asked.expect(r"Sign\? \[y/N\]: ")
    asked.type("n")
    assert asked.end() == 130
    assert ("[run.declined]" in asked.seen or '"run.declined"' in asked.seen) == (option == "--json")
    unseen = Terminal(tmp_path, *opening, program="import os, sys; os.dup2(os.open('log', 65, 384), 2); ", **by_file)
    assert unseen.end() == 5
    assert "sign.unasked" in unseen.seen + (tmp_path / "log").read_text()
    told = Terminal(tmp_path, *opening, "--yes", **by_file)
    assert told.end() == 0
    assert "To be signed" not in told.seen


def test_it_is_shown_first(tmp_path: Path) -> None:
    """A refusal, a grant or a dispatch abroad is what one most wants to read before the passphrase is typed."""
    (tmp_path / "passphrase").write_text("correct horse\n")
    by_file = {"CUSTODY_PASSPHRASE_FILE": str(tmp_path / "passphrase"), "CUSTODY_HOME": str(tmp_path / "l")}
    for line in (
        "init l --origin a.example/x --authority A --country FR --registrar reg-1",
        "key new auth-1",
        "agent enrol auth-1.enrol --role authority --role examiner --as reg-1 --yes",
        "agent enrol peer --kind organisation --country DE --ledger b.example/y --as reg-1 --yes",
        "agent enrol court --kind organisation --country FR --as reg-1 --yes",
        "case open C --authority P --legal-basis L --as reg-1 --yes",
        "register --case C --exhibit EX-1 --kind phone --obtained found --description phone --as auth-1 --yes",
        "request draft r-1 --kind mla --to peer --field facts=money --as auth-1 --yes",
    ):
        assert Terminal(tmp_path, *line.split(), **by_file).end() == 0, line
    home = {"CUSTODY_HOME": str(tmp_path / "l")}
    sent = Terminal(tmp_path, *["request", "send", "r-1", "--incomplete", "-o", "r.zip", "--as", "auth-1"], **home)
    sent.expect("To be signed by auth-1: 2 events")
    sent.expect("request r-1 was sent by auth-1")
    sent.expect("a bundle with request r-1 was exported by auth-1")
    assert "00" * 32 not in sent.seen
    sent.expect("Passphrase of auth-1: ")
    sent.type("correct horse")
    sent.expect("packed: the export signs the list of its contents, SHA-256 (?!00000000)[0-9a-f]{64}")
    assert sent.end() == 0
    assert Terminal(tmp_path, "unlock", "auth-1", "--for", "1h", **by_file).end() == 0
    for line in ("bundle EX-1 --to court -o b.zip", "dispatch EX-1 --original --to court --purpose trial -o d.zip"):
        refused = Terminal(tmp_path, *line.split(), "--as", "auth-1", **home)
        refused.expect("exhibit C/EX-1 was exported by auth-1")
        refused.expect("to: court")
        refused.expect(r"Sign\? \[y/N\]: ")
        refused.type("n")
        assert refused.end() == 130
        assert "nothing was recorded" in refused.seen
        assert not (tmp_path / "b.zip").exists()
    # Or its process would go on for an hour.
    assert Terminal(tmp_path, "lock", **by_file).end() == 0


def test_the_end_of_input_is_no_crash(tmp_path: Path) -> None:
    """Ctrl-D at a prompt is a person who changed his mind."""
    terminal = Terminal(tmp_path, "key", "new", "exam-07")
    terminal.expect("New passphrase for exam-07: ")
    os.write(terminal._ours, b"\x04")
    assert terminal.end() == 130
    assert "Traceback" not in terminal.seen
