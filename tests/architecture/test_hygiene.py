"""What is tracked says nothing about the machine it was made on, and the lock pins every file by its hash."""

import re
import tomllib

import pytest

from tests.architecture.tree import ROOT, relative, tracked_files

# Classes of one character keep these patterns from matching this very file.
PATTERNS = {
    "index address": r"https?://\S*(/simpl[e]\b|/package[s]/|registr[y]\.)|pypi[.]org|pythonhosted[.]org",
    "machine path": r"(?<![\w.])/(wor[k]|roo[t]|far[m]|User[s])/\w",
    "left for later": r"\b(TOD[O]|FIXM[E]|HAC[K]|XX[X])\b",
    "merge leftover": r"^(<{7}|>{7}) ",
}
FOREIGN_LOCKS = ("uv.lock", "poetry.lock", "Pipfile.lock", "pdm.lock")
PINNED = re.compile(r"^([a-z0-9.-]+)(?:\[[a-z0-9,-]+\])?==(\S+)")


def _texts() -> dict[str, str]:
    texts = {}
    for path in tracked_files():
        content = path.read_bytes()
        if b"\0" not in content:
            texts[relative(path)] = content.decode("utf-8", "replace")
    return texts


@pytest.mark.parametrize("what", PATTERNS)
def test_no_tracked_file_holds(what: str) -> None:
    """An address or a path of one machine is wrong on every other; a promise to finish later is never read again."""
    pattern = re.compile(PATTERNS[what], re.MULTILINE)
    found = [f"{name}: {hit.group()}" for name, text in _texts().items() for hit in pattern.finditer(text)]
    assert found == []


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("index address", "https://example.org/" + "simple/"),
        ("machine path", "see /" + "work/main"),
        ("left for later", "# TO" + "DO: later"),
        ("merge leftover", "<" * 7 + " HEAD"),
    ],
)
def test_the_scan_notices(what: str, text: str) -> None:
    """A pattern that matches nothing would guard nothing."""
    assert re.search(PATTERNS[what], text)


def test_there_is_one_lock_only() -> None:
    """Two locks drift apart, and other tools' locks record where they downloaded from."""
    assert [relative(path) for path in tracked_files() if path.name in FOREIGN_LOCKS] == []


def test_no_private_key_is_tracked() -> None:
    """A key in the history of a repository is a published key."""
    endings = (".pem", ".key", ".p12", ".seed")
    assert [relative(path) for path in tracked_files() if path.name.endswith(endings)] == []


def test_the_lock_pins_every_requirement_by_hash() -> None:
    """An installation from the lock gets the reviewed files or stops."""
    text = (ROOT / "requirements.lock").read_text("utf-8")
    assert not re.search(r"^--(index-url|extra-index-url|find-links|trusted-host)", text, re.MULTILINE)
    joined = [line for line in text.replace("\\\n", "").splitlines() if line and not line.startswith("#")]
    assert joined
    assert [line for line in joined if not PINNED.match(line) or "--hash=sha256:" not in line] == []


def test_the_lock_covers_what_the_project_asks_for() -> None:
    """A dependency that was added without `make lock` would be missing on every fresh machine."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = list(project["dependencies"])
    for extra in project["optional-dependencies"].values():
        wanted.extend(extra)
    names = {re.split(r"[^A-Za-z0-9._-]", name)[0].lower() for name in wanted}
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    pinned = {hit.group(1) for line in lines if (hit := PINNED.match(line))}
    assert names - pinned == set()
