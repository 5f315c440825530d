"""What is released: three typed packages with the vectors, and never a key."""

import json
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGES, ROOT, run_python

KEY_ENDINGS = (".pem", ".key", ".p12", ".seed")
UNWANTED = shutil.ignore_patterns("__pycache__", "*.pyc")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """The wheel, built offline from a copy of the source into which somebody dropped key files."""
    copy = tmp_path_factory.mktemp("source")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=UNWANTED)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy / name)
    for package in ("schemas", "keys/private", "custody/cli"):
        for ending in KEY_ENDINGS:
            (copy / package / f"forgotten{ending}").write_text("a private key that lay about")
    done = run_python("-m", "build", "--wheel", "--no-isolation", "--outdir", str(copy / "dist"), str(copy), cwd=copy)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = (copy / "dist").glob("exhibit_ledger-*.whl")
    with zipfile.ZipFile(path) as archive:
        yield archive


def test_the_wheel_never_holds_a_key_file(wheel: zipfile.ZipFile) -> None:
    """A key that lies in the tree by mistake must not be published by a release."""
    assert [name for name in wheel.namelist() if name.endswith(KEY_ENDINGS)] == []


def test_the_wheel_holds_all_of_the_source_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    """`custody selftest` on a user's machine needs the vectors, and a file too many is a file nobody reviewed."""
    expected = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix != ".pyc" and not path.name.endswith(KEY_ENDINGS)
    }
    assert {f"{package}/py.typed" for package in PACKAGES} <= expected
    released = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert released == expected


def test_the_wheel_can_be_compared_with_its_record(wheel: zipfile.ZipFile) -> None:
    """The self test compares the installed files with this list, so it must name every file with its digest."""
    (record,) = (name for name in wheel.namelist() if name.endswith(".dist-info/RECORD"))
    rows = [line.split(",") for line in wheel.read(record).decode().splitlines()]
    assert {row[0] for row in rows} == set(wheel.namelist())
    assert all(row[1].startswith("sha256=") for row in rows if row[0] != record)


def test_the_wheel_brings_the_program(wheel: zipfile.ZipFile) -> None:
    """The documented name of the program is `custody`."""
    (entry_points,) = (name for name in wheel.namelist() if name.endswith(".dist-info/entry_points.txt"))
    assert "custody = custody.__main__:main" in wheel.read(entry_points).decode()
    assert tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"] == ">=3.11"


def _selftest(site: Path) -> tuple[int, dict[str, str]]:
    """Run the self test of an unpacked wheel, and return its exit code and the verdict of each check."""
    done = subprocess.run(
        [sys.executable, "-B", "-P", "-m", "custody", "selftest", "--json"],
        cwd=site, env={"PYTHONPATH": str(site)}, capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    return done.returncode, {item["name"]: item["verdict"] for item in json.loads(done.stdout)["checks"]}


def test_the_released_program_finds_itself_whole_and_notices_one_changed_byte(
    wheel: zipfile.ZipFile, tmp_path: Path
) -> None:
    """The self test must work on what users have, which is not this checkout."""
    wheel.extractall(tmp_path)
    code, verdicts = _selftest(tmp_path)
    assert (code, set(verdicts.values())) == (0, {"PASSED"})
    changed = tmp_path / "schemas" / "limits.py"
    changed.write_bytes(changed.read_bytes() + b"\n")
    code, verdicts = _selftest(tmp_path)
    assert (code, list(verdicts.values()).count("FAILED")) == (3, 1)
