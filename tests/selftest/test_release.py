"""Comparing an installation with the list that its wheel brought."""

import base64
from collections.abc import Callable
from hashlib import sha256
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest

from custody.selftest.checked import Checked
from custody.selftest.release import PACKAGES, check_release
from schemas.report import Verdict

INFO = "exhibit_ledger-0.1.0.dist-info"
FILES = {f"{name}/__init__.py": f'"""{name}"""\n'.encode() for name in PACKAGES} | {"schemas/vectors/a.json": b"{}"}


def _install(site: Path, files: dict[str, bytes]) -> None:
    """Lay files out as pip does, with a list of them."""
    rows = [f"{INFO}/RECORD,,", "custody/__pycache__/x.cpython-311.pyc,,"]
    for path, content in files.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_bytes(content)
        digest = base64.urlsafe_b64encode(sha256(content).digest()).rstrip(b"=").decode()
        rows.append(f"{path},sha256={digest},{len(content)}")
    (site / INFO).mkdir(exist_ok=True)
    (site / INFO / "RECORD").write_text("\n".join(rows) + "\n")


def _check(site: Path) -> Checked:
    return check_release(PathDistribution(site / INFO), {name: site / name for name in PACKAGES})


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """An installation that is as it was released."""
    _install(tmp_path, FILES)
    return tmp_path


def test_an_untouched_installation_passes(site: Path) -> None:
    """A self test that cries wolf is switched off; compiled copies are made by Python itself."""
    compiled = site / "custody" / "__pycache__" / "x.cpython-311.pyc"
    compiled.parent.mkdir()
    compiled.write_bytes(b"compiled")
    checked = _check(site)
    assert (checked.verdict, checked.count) == (Verdict.PASSED, len(FILES))
    assert checked.disagreements == ()


def _change(site: Path) -> None:
    (site / "keys/__init__.py").write_bytes(b'"""keyz"""\n')


def _lose(site: Path) -> None:
    (site / "schemas/vectors/a.json").unlink()


def _add(site: Path) -> None:
    (site / "custody/more.py").write_bytes(b"")


@pytest.mark.parametrize(
    ("damage", "subject"),
    [(_change, "keys/__init__.py"), (_lose, "schemas/vectors/a.json"), (_add, "custody/more.py")],
)
def test_every_kind_of_damage_is_named(damage: Callable[[Path], None], subject: str, site: Path) -> None:
    """Who must decide whether to trust a machine needs to know which file it is."""
    damage(site)
    checked = _check(site)
    assert checked.verdict is Verdict.FAILED
    assert [item.subject for item in checked.disagreements] == [subject]


def test_a_program_that_runs_from_elsewhere_is_noticed(site: Path, tmp_path: Path) -> None:
    """Comparing one copy and running another would prove nothing."""
    elsewhere = tmp_path / "elsewhere"
    _install(elsewhere, FILES)
    running = {name: (elsewhere if name == "keys" else site) / name for name in PACKAGES}
    checked = check_release(PathDistribution(site / INFO), running)
    assert [item.subject for item in checked.disagreements] == ["keys"]


def test_a_development_install_is_not_asked(tmp_path: Path) -> None:
    """It has no list of its files: to say PASSED would be a lie, to say FAILED would teach people to ignore it."""
    _install(tmp_path, {"_exhibit_ledger.pth": b"/src\n"})
    checked = _check(tmp_path)
    assert checked.verdict is Verdict.NOT_ASKED
    assert "development install" in checked.note


def test_two_installations_of_one_release_have_one_digest(site: Path, tmp_path: Path) -> None:
    """It is what two agencies compare by telephone; only the files of the release count, in any order."""
    other = tmp_path / "other"
    _install(other, {**dict(reversed(FILES.items())), "../bin/custody": b"#!"})
    assert _check(other).note == _check(site).note
    _install(site, {**FILES, "keys/__init__.py": b"another"})
    assert _check(other).note != _check(site).note
