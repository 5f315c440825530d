"""The names `keys` and `schemas` are common: what an evidence folder calls by them must never run."""

from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, run_python


def _plant(folder: Path, name: str, *, as_package: bool) -> tuple[Path, Path]:
    """Put a stranger into the folder that leaves a mark when it runs; return it and the mark."""
    mark = folder / "it-ran"
    stranger = folder / name / "__init__.py" if as_package else folder / f"{name}.py"
    stranger.parent.mkdir(exist_ok=True)
    stranger.write_text(f"open({str(mark)!r}, 'w').close()\n")
    return stranger, mark


@pytest.mark.parametrize("name", ["keys", "schemas"])
@pytest.mark.parametrize("as_package", [False, True])
def test_a_stranger_in_the_current_folder_is_refused_unrun(tmp_path: Path, name: str, as_package: bool) -> None:
    """An examiner who starts the program inside seized evidence must not run code of the suspect."""
    stranger, mark = _plant(tmp_path, name, as_package=as_package)
    done = run_python("-m", "custody", "--help", cwd=tmp_path)
    assert done.returncode != 0
    assert "ImportError" in done.stderr
    assert str(stranger) in done.stderr
    assert str(ROOT / name / "__init__.py") in done.stderr
    assert not mark.exists()


def test_a_stranger_that_was_imported_before_is_refused(tmp_path: Path) -> None:
    """A host program with its own `schemas` must hear of the clash, not get wrong types."""
    stranger, _ = _plant(tmp_path, "schemas", as_package=False)
    done = run_python("-c", "import schemas, custody", cwd=tmp_path)
    assert done.returncode != 0
    assert f"the import path gives {stranger}" in done.stderr


def test_other_names_in_the_current_folder_never_run_either(tmp_path: Path) -> None:
    """The guard would be worth little if a `click.py` did what a `schemas.py` may not."""
    for name in ("click", "msgspec", "json", "pathlib"):
        _plant(tmp_path, name, as_package=False)
    run_python("-m", "custody", "--help", cwd=tmp_path)
    assert not (tmp_path / "it-ran").exists()


def test_the_safe_path_option_never_sees_the_stranger(tmp_path: Path) -> None:
    """The documented `python -P -m custody` works even in such a folder."""
    _, mark = _plant(tmp_path, "schemas", as_package=False)
    done = run_python("-P", "-c", "import custody, schemas", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert not mark.exists()


def test_the_guard_loads_neither_package_nor_anything_slow(tmp_path: Path) -> None:
    """Every command pays for this import, so it may cost next to nothing."""
    code = "import sys; before = set(sys.modules); import custody; print(*sorted(set(sys.modules) - before))"
    done = run_python("-c", code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded <= {"custody", "importlib", "warnings"}
