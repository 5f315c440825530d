"""The story of the demonstration, as the commands that people would type: what happens in the first country.

The authorities of the three countries are invented; what crosses the borders stands in `crossing`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

CASE = "2026-0417"
HOME, KEYS, TRUST = "ledger-a", "keys-a", "trust-a.json"
FORKED, FORKED_KEYS = "forked", "keys-forger"
ORIGIN = "evidence.police-a.example/main"
PROSECUTOR = "prosecutor-a"
"""Gets a bundle within the country, which needs no consent."""


@dataclass(frozen=True, slots=True)
class Step:
    """One command: its arguments after ``custody``, in which ledger it runs, whom its user believes, and the exit codes
    that it may have.
    """

    arguments: tuple[str, ...]
    home: str | None = HOME
    keys: str = KEYS
    trust: str = TRUST
    expected: tuple[int, ...] = (0,)

    def line(self) -> str:
        """Return the command as it would be typed in the folder of the demonstration."""
        place = (*(("--home", self.home) if self.home else ()), "--keys", self.keys)
        return " ".join((f"CUSTODY_TRUST={self.trust}", *map(quoted, ("custody", *self.arguments, *place))))


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the story with a title that says who does what."""

    title: str
    steps: tuple[Step, ...] = field(default=())


def quoted(word: str) -> str:
    """Return a word as a shell would want it."""
    plain = all(letter.isalnum() or letter in "-_./:=+" for letter in word)
    return word if plain and word else "'" + word.replace("'", "'\\''") + "'"


def step(*arguments: str, **more: object) -> Step:
    """Return one command."""
    return Step(arguments, **more)  # type: ignore[arg-type]


def people(
    agents: Iterable[tuple[str, str]], *, registrar: str, home: str = HOME, keys: str = KEYS, trust: str = TRUST
) -> Iterable[Step]:
    """Yield what makes keys for some people and enrols them, each with his role."""
    for agent, role in agents:
        yield step("key", "new", agent, "-o", f"{agent}.enrol", home=None, keys=keys, trust=trust)
        yield step(
            "agent",
            "enrol",
            f"{agent}.enrol",
            "--role",
            role,
            "--name",
            f"Officer {agent}",
            "--as",
            registrar,
            home=home,
            keys=keys,
            trust=trust,
        )


def seizure(evidence: Path) -> tuple[Chapter, ...]:
    """Return the chapters in the first country; ``evidence`` is the disk image or whatever the user gave."""
    return _opening(), _registration(evidence), _handling(evidence)


def _opening() -> Chapter:
    """Two registrars, three people, one case."""
    return Chapter(
        "Country A opens its ledger and enrols its people",
        (
            step(
                "init", HOME, "--origin", ORIGIN, "--authority", "Police of Country A", "--country", "NL",
                "--registrar", "reg-a1", "--registrar", "reg-a2", home=None,
            ),
            *people(
                [("exam-a1", "examiner"), ("exam-a2", "examiner"), ("cust-a1", "custodian"), ("off-a1", "authority")],
                registrar="reg-a1",
            ),
            step("agent", "enrol", PROSECUTOR, "--kind", "organisation", "--country", "NL", "--as", "reg-a1"),
            step(
                "case", "open", CASE, "--authority", "Prosecutor of District 4", "--legal-basis", "Code s. 102",
                "--as", "reg-a1",
            ),
        ),
    )  # fmt: skip


def _registration(evidence: Path) -> Chapter:
    """Data from a disk, data from a provider, and an object."""
    kind = "directory" if evidence.is_dir() else "image"
    return Chapter(
        "An examiner registers a disk image, a provider's logs and a phone",
        (
            step(
                "register", str(evidence), "--yes", "--case", CASE, "--exhibit", "EX-1", "--as", "exam-a1",
                "--kind", kind, "--description", "disk found on the desk", "--place", "Room 4", "--obtained", "seizure",
                "--seized-from", "suspect-1", "--second", "exam-a2",
            ),
            step(
                "register", "logs", "--case", CASE, "--exhibit", "EX-2", "--as", "exam-a1", "--kind", "log",
                "--description", "access logs of three accounts", "--obtained", "production",
            ),
            step(
                "register", "--case", CASE, "--exhibit", "EX-3", "--as", "exam-a1", "--nature", "object",
                "--kind", "phone", "--description", "black phone, cracked glass", "--obtained", "seizure",
            ),
        ),
    )  # fmt: skip


def _handling(evidence: Path) -> Chapter:
    """Seals, handovers, an examination and a copy; an older bundle on the way."""
    return Chapter(
        "The exhibits are sealed, handed over, examined, copied and sealed again",
        (
            step("seal", "EX-1", "EX-3", "--seal", "S-0001", "--seal", "S-0002", "--as", "exam-a1"),
            step(
                "handover", "EX-1", "EX-2", "EX-3", "--from", "exam-a1", "--to", "cust-a1", "--purpose", "storage",
                "--place", "Evidence room",
            ),
            step("bundle", "EX-1", "EX-2", "EX-3", "--to", PROSECUTOR, "-o", "older.zip", "--as", "cust-a1"),
            step("handover", "EX-1", "--from", "cust-a1", "--to", "exam-a2", "--purpose", "examination"),
            step(
                "unseal", "EX-1", "--seal", "S-0001", "--seal-intact", "--reason", "examination",
                "--as", "exam-a2",
            ),
            step(
                "examine", "EX-1", "--purpose", "search for accounts", "--tool", "reader", "--version", "1.0",
                "--results", "two accounts found", "--as", "exam-a2",
            ),
            step("copy", "EX-1", "--kind", "evidentiary", "--purpose", "for the court", "--as", "exam-a2"),
            step(
                "register", str(evidence), "--yes", "--case", CASE, "--exhibit", "EX-1-1", "--as", "exam-a2",
                "--kind", "copy", "--description", "copy of EX-1 for the court", "--obtained", "derived",
                "--derived-from", "EX-1",
            ),
            step(
                "register", str(evidence), "--yes", "--case", CASE, "--exhibit", "EX-1-2", "--as", "exam-a2",
                "--kind", "copy", "--description", "second copy of EX-1", "--obtained", "derived",
                "--derived-from", "EX-1",
            ),
            step("seal", "EX-1", "--seal", "S-0003", "--as", "exam-a2"),
        ),
    )  # fmt: skip


def fork(acts: int) -> tuple[Step, ...]:
    """Return what a forger does with a copy of the ledger from before the bundle: another history, by ``acts`` acts as
    long as the true one, and a bundle of it.
    """
    moves = [
        step("move", "EX-2", "--place", f"Room {number}", "--as", "cust-a1", home=FORKED, keys=FORKED_KEYS)
        for number in range(1, acts)
    ]
    lost = step(
        "incident", "EX-3", "--kind", "lost", "--discovered-at", "2026-11-20T08:00:00Z",
        "--description", "never arrived", "--as", "cust-a1", home=FORKED, keys=FORKED_KEYS,
    )  # fmt: skip
    bundle = step(
        "bundle", "EX-1", "EX-2", "EX-3", "--to", PROSECUTOR, "-o", "forked.zip", "--as", "exam-a1", home=FORKED,
        keys=FORKED_KEYS,
    )  # fmt: skip
    return *moves, lost, bundle


NEXT_COMMANDS: tuple[Step, ...] = (
    step("log"),
    step("list"),
    step("show", f"{CASE}/EX-1"),
    step("verify", "bundle.zip", "--trust", "trust.json", home=None),
    step("audit"),
)
"""With what to go on."""
