"""A ledger that is ready for evidence, at the prompt: two examiners, a custodian, an open case."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from custody.cli.exits import Exit
from custody.storage.home import open_home
from schemas.entry import ParsedEntry, parse_entry
from tests.cli.script import Ran, Stage

CASE = "2026-0417"


class Machine:
    """Commands on one machine; what is expected to work fails the test if it doesn't."""

    def __init__(self, stage: Stage, *, country: str = "FR") -> None:
        self.stage = stage
        self.home = stage.folder / "l"
        self.do(f"init l --origin a.example/x --authority A --country {country} --registrar reg-1 --registrar reg-2")
        stage.patch.setenv("CUSTODY_HOME", str(self.home))
        for agent, role in (("exam-07", "examiner"), ("exam-11", "examiner"), ("cust-02", "custodian")):
            self.do(f"key new {agent}")
            self.do(f"agent enrol {agent}.enrol --role {role} --as reg-1")
        self.do(f"case open {CASE} --authority A --legal-basis B --as reg-1")

    def do(self, line: str) -> Ran:
        """Run a command that must succeed."""
        ran = self.stage.custody(line)
        assert ran.exit is Exit.DONE, ran
        return ran

    def fail(self, line: str, exit: Exit, code: str) -> Ran:
        """Run a command that must end so, for this reason."""
        ran = self.stage.custody(line)
        assert (ran.exit, f"[{code}]" in ran.stderr + ran.stdout) == (exit, True), ran
        return ran

    def json(self, line: str, exit: Exit = Exit.DONE) -> Any:
        """Run a command with --json, and return what it printed."""
        ran = self.stage.custody(f"{line} --json")
        assert ran.exit is exit, ran
        return json.loads(ran.stdout)

    def register(self, path: Path | str, more: str = "") -> Any:
        """Register a path as the next exhibit."""
        return self.json(f"register {path} --case {CASE} --exhibit next --as exam-07 {more}")

    def entries(self) -> list[ParsedEntry]:
        """Return all entries."""
        with open_home(self.home, random=bytes) as home, home.store.read() as reader:
            return [parse_entry(raw) for raw in reader.entries(0, reader.head().size)]

    def evidence(self) -> dict[str, Path]:
        """Return the files in the store of evidence by name."""
        return {path.name: path for path in (self.home / "evidence").rglob("*") if path.is_file()}
