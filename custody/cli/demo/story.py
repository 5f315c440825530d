"""The story of the demonstration, as the commands that people would type. Both countries are invented."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

CASE = "2026-0417"
ABROAD = "B-77"
HOME, OTHER = "ledger-a", "ledger-b"
KEYS, OTHER_KEYS = "keys-a", "keys-b"
FORKED, FORKED_KEYS = "forked", "keys-forger"
ORIGIN, OTHER_ORIGIN = "evidence.police-a.example/main", "evidence.court-b.example/main"
RECIPIENT = "District Court of Country B"


@dataclass(frozen=True, slots=True)
class Step:
    """One command: its arguments after ``custody``, in which ledger it runs, and the exit codes that it may have."""

    arguments: tuple[str, ...]
    home: str | None = HOME
    keys: str = KEYS
    expected: tuple[int, ...] = (0,)

    def line(self) -> str:
        """Return the command as it would be typed in the folder of the demonstration."""
        place = (*(("--home", self.home) if self.home else ()), "--keys", self.keys)
        return " ".join(map(quoted, ("custody", *self.arguments, *place)))


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the story with a title that says who does what."""

    title: str
    steps: tuple[Step, ...] = field(default=())


def quoted(word: str) -> str:
    """Return a word as a shell would want it."""
    plain = all(letter.isalnum() or letter in "-_./:=+" for letter in word)
    return word if plain and word else "'" + word.replace("'", "'\\''") + "'"


def _step(*arguments: str, **more: object) -> Step:
    return Step(arguments, **more)  # type: ignore[arg-type]


def _people(agents: Iterable[tuple[str, str]], *, registrar: str, home: str, keys: str) -> Iterable[Step]:
    for agent, role in agents:
        yield _step("key", "new", agent, "-o", f"{agent}.enrol", home=None, keys=keys)
        yield _step(
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
        )


def seizure(evidence: Path) -> tuple[Chapter, ...]:
    """Return the chapters in the first country; ``evidence`` is the disk image or whatever the user gave."""
    return _opening(), _registration(evidence), _handling(evidence), _departure()


def _opening() -> Chapter:
    """Two registrars, three people, one case."""
    return Chapter(
        "Country A opens its ledger and enrols its people",
        (
            _step(
                "init", HOME, "--origin", ORIGIN, "--authority", "Police of Country A", "--country", "NL",
                "--registrar", "reg-a1", "--registrar", "reg-a2", home=None,
            ),
            *_people(
                [("exam-a1", "examiner"), ("exam-a2", "examiner"), ("cust-a1", "custodian")],
                registrar="reg-a1", home=HOME, keys=KEYS,
            ),
            _step(
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
            _step(
                "register", str(evidence), "--case", CASE, "--exhibit", "EX-1", "--as", "exam-a1", "--kind", kind,
                "--description", "disk found on the desk", "--place", "Room 4", "--obtained", "seizure",
                "--seized-from", "suspect-1", "--second", "exam-a2",
            ),
            _step(
                "register", "logs", "--case", CASE, "--exhibit", "EX-2", "--as", "exam-a1", "--kind", "log",
                "--description", "access logs of three accounts", "--obtained", "production",
            ),
            _step(
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
            _step("seal", "EX-1", "EX-3", "--seal", "S-0001", "--seal", "S-0002", "--as", "exam-a1"),
            _step(
                "handover", "EX-1", "EX-2", "EX-3", "--from", "exam-a1", "--to", "cust-a1", "--purpose", "storage",
                "--place", "Evidence room",
            ),
            _step("bundle", "EX-1", "EX-2", "EX-3", "--to", RECIPIENT, "-o", "older.zip", "--as", "cust-a1"),
            _step("handover", "EX-1", "--from", "cust-a1", "--to", "exam-a2", "--purpose", "examination"),
            _step(
                "unseal", "EX-1", "--seal", "S-0001", "--seal-intact", "--reason", "examination",
                "--as", "exam-a2",
            ),
            _step(
                "examine", "EX-1", "--purpose", "search for accounts", "--tool", "reader", "--version", "1.0",
                "--results", "two accounts found", "--as", "exam-a2",
            ),
            _step("copy", "EX-1", "--kind", "evidentiary", "--purpose", "for the court", "--as", "exam-a2"),
            _step(
                "register", str(evidence), "--case", CASE, "--exhibit", "EX-1-1", "--as", "exam-a2",
                "--kind", "copy", "--description", "copy of EX-1 for the court", "--obtained", "derived",
                "--derived-from", "EX-1",
            ),
            _step("seal", "EX-1", "--seal", "S-0003", "--as", "exam-a2"),
        ),
    )  # fmt: skip


def _departure() -> Chapter:
    """A correction, a new key, and the bundle."""
    return Chapter(
        "A mistake is corrected, a key is changed, and the bundle leaves the country",
        (
            _step(
                "correct", "EX-1", "--field", "place", "--value", "Room 5", "--reason", "misread door number",
                "--as", "exam-a1",
            ),
            _step("key", "rotate", "cust-a1"),
            _step("show", f"{CASE}/EX-1"),
            _step("trust", "export", "-o", "trust.json"),
            _step("bundle", "--case", CASE, "--all", "--to", RECIPIENT, "-o", "bundle.zip", "--as", "exam-a2"),
            _step("audit"),
        ),
    )  # fmt: skip


def acceptance() -> tuple[Chapter, ...]:
    """Return the chapters in the second country, which has the bundle and a trust file and nothing else."""
    return (
        Chapter(
            "Country B verifies the bundle with a trust file alone, and remembers what it saw",
            (
                _step(
                    "verify", "bundle.zip", "--trust", "trust.json", "--report", "report.html", home=None,
                    keys=OTHER_KEYS,
                ),
                _step("trust", "seen", "bundle.zip", "--trust", "trust.json", home=None, keys=OTHER_KEYS),
                _step(
                    "unpack", "bundle.zip", "--to", "unpacked", "--trust", "trust.json", home=None, keys=OTHER_KEYS
                ),
            ),
        ),
        Chapter(
            "It registers the copy in its own ledger, as foreign evidence with its origin",
            (
                _step(
                    "init", OTHER, "--origin", OTHER_ORIGIN, "--authority", RECIPIENT, "--country", "JP",
                    "--registrar", "reg-b1", home=None, keys=OTHER_KEYS,
                ),
                *_people([("court-b1", "court")], registrar="reg-b1", home=OTHER, keys=OTHER_KEYS),
                _step(
                    "case", "open", ABROAD, "--authority", RECIPIENT, "--legal-basis", "request 77",
                    "--as", "reg-b1", home=OTHER, keys=OTHER_KEYS,
                ),
                _step(
                    "register", "--foreign-from", "bundle.zip", "--foreign-exhibit", f"{CASE}/EX-1-1",
                    "--trust", "trust.json", "--case", ABROAD, "--exhibit", "F-1", "--kind", "copy",
                    "--description", "copy received from Country A", "--as", "court-b1",
                    home=OTHER, keys=OTHER_KEYS,
                ),
                _step("show", f"{ABROAD}/F-1", home=OTHER, keys=OTHER_KEYS),
            ),
        ),
    )  # fmt: skip


def fork() -> tuple[Step, ...]:
    """Return what a forger does with a copy of the ledger from before the bundle: another history, as long as the true
    one, and a bundle of it.
    """
    home, keys = FORKED, FORKED_KEYS
    return (
        _step("move", "EX-2", "EX-3", "--place", "Room 9", "--as", "cust-a1", home=home, keys=keys),
        _step(
            "incident", "EX-3", "--kind", "lost", "--discovered-at", "2026-11-20T08:00:00Z",
            "--description", "never arrived", "--as", "cust-a1", home=home, keys=keys,
        ),
        _step(
            "bundle", "EX-1", "EX-2", "EX-3", "--to", RECIPIENT, "-o", "forked.zip", "--as", "exam-a1", home=home,
            keys=keys,
        ),
    )  # fmt: skip


NEXT_COMMANDS: tuple[Step, ...] = (
    _step("log"),
    _step("list"),
    _step("show", f"{CASE}/EX-1"),
    _step("verify", "bundle.zip", "--trust", "trust.json", home=None),
    _step("audit"),
)
"""With what to go on."""
