"""Three countries on one machine, each with a ledger that knows the two others."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from custody.cli.exits import Exit
from tests.cli.script import Ran, Stage

COUNTRIES: Final = {"a": "FR", "b": "DE", "c": "PL"}
EXAMINERS: Final = {name: f"exam-{name}" for name in COUNTRIES}


@dataclass(frozen=True, slots=True)
class Land:
    """Three homes; `EX-1` is an original of a, `EX-1-C1` a copy of it, and everybody's consents are on record."""

    stage: Stage

    def set_up(self) -> None:
        """Make the homes, and let each of them trust all."""
        for name, country in COUNTRIES.items():
            self.do(name, f"init {name} --origin {name}.example/x --authority {name} --country {country} "
                    f"--registrar reg-{name}", is_first=True)  # fmt: skip
            for agent, role in ((f"exam-{name}", "examiner"), (f"off-{name}", "authority")):
                self.do(name, f"key new {agent} -o {agent}.enrol")
                self.do(name, f"agent enrol {agent}.enrol --role {role} --as reg-{name}")
            unit = f"--kind organisation --country {country} --member off-{name}"
            self.do(name, f"agent enrol ministry {unit} --as reg-{name}")
            for other, there in COUNTRIES.items():
                if other != name:
                    unit = f"--kind organisation --country {there} --ledger {other}.example/x"
                    self.do(name, f"agent enrol police-{other} {unit} --as reg-{name}")
            self.do(name, f"agent enrol courier --kind organisation --country CH --as reg-{name}")
            self.do(name, f"case open C --authority A --legal-basis B --as reg-{name}")
            self.do(name, f"trust export -o {name}.trust.json")
            self.do(name, f"trust add {name}.trust.json --yes")
        (self.stage.folder / "disk.dd").write_text("bytes of a disk\n")
        (self.stage.folder / "paper.txt").write_text("what they say\n")
        (self.stage.folder / "broken.zip").write_text("no zip at all\n")
        self.do("a", "register disk.dd --case C --exhibit EX-1 --kind image --as exam-a")
        self.do("a", "copy EX-1 --kind evidentiary --purpose trial --as exam-a")
        self.do("a", "register disk.dd --case C --exhibit EX-1-C1 --derived-from C/EX-1 --as exam-a")
        for to in ("police-b", "police-c", "courier"):
            consent = f"--authority ministry --recipient {to} --purpose trial"
            self.do("a", f"consent record EX-1 EX-1-C1 {consent} --as off-a")

    def settle(self, stage: Stage) -> Land:
        """Return the same on another machine, to which everything is copied: made once, walked through often."""
        shutil.copytree(self.stage.folder, stage.folder, dirs_exist_ok=True)
        stage.now, stage._numbers = self.stage.now, count(next(self.stage._numbers))
        return Land(stage)

    def run(self, home: str, line: str, *, is_first: bool = False) -> Ran:
        """Run a command in a home."""
        if is_first:
            self.stage.patch.delenv("CUSTODY_HOME", raising=False)
        else:
            self.stage.patch.setenv("CUSTODY_HOME", str(self.stage.folder / home))
        return self.stage.custody(line)

    def do(self, home: str, line: str, *, is_first: bool = False) -> Ran:
        """Run a command that must succeed."""
        ran = self.run(home, line, is_first=is_first)
        assert ran.exit is Exit.DONE, ran
        return ran

    def json(self, home: str, line: str) -> Any:
        """Run a command with --json that must succeed, and return what it printed."""
        return json.loads(self.do(home, f"{line} --json").stdout)
