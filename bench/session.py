"""A working ledger for measures of whole commands: a home, a registrar, an examiner, one open case."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

CASE = "2026-0417"


class Session:
    """Runs commands as a shell would, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        passphrase = folder / "passphrase"
        passphrase.write_text("a passphrase for measures\n", encoding="utf-8")
        passphrase.chmod(0o600)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CUSTODY_")}
        self.environment = {
            **kept,
            "CUSTODY_ARGON2": "interactive",
            "CUSTODY_HOME": str(folder / "ledger"),
            "CUSTODY_KEYS": str(folder / "keys"),
            "CUSTODY_PASSPHRASE_FILE": str(passphrase),
            "XDG_CONFIG_HOME": str(folder / "config"),
        }

    def run(self, *arguments: str, expected: tuple[int, ...] = (0,)) -> float:
        """Run ``custody`` and return the seconds that the whole process took."""
        command = [str(Path(sys.executable).with_name("custody")), *arguments]
        start = time.perf_counter()
        done = subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, check=False)
        seconds = time.perf_counter() - start
        if done.returncode not in expected:
            raise RuntimeError(f"custody {' '.join(arguments)} ended with {done.returncode}: {done.stderr.decode()}")
        return seconds

    def open(self) -> None:
        """Open the ledger, enrol ``exam-1`` and open the case."""
        self.run(
            "init", "ledger", "--origin", "evidence.example/bench", "--authority", "Police", "--country", "NL",
            "--registrar", "reg-1", "--no-paper-key",
        )  # fmt: skip
        self.run("key", "new", "exam-1", "-o", "exam-1.enrol")
        self.run("agent", "enrol", "exam-1.enrol", "--role", "examiner", "--as", "reg-1")
        self.run("case", "open", CASE, "--authority", "Prosecutor", "--legal-basis", "s. 102", "--as", "reg-1")

    def register(self, path: str, exhibit: str, *more: str) -> float:
        """Register a path, and return the seconds of the whole process."""
        return self.run(
            "register", path, "--case", CASE, "--exhibit", exhibit, "--description", "for a measure",
            "--obtained", "seizure", "--as", "exam-1",
            *more,
        )  # fmt: skip
