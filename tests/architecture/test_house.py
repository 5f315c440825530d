"""Files and functions stay short, rooms re-export nothing, names say what a thing is."""

import ast
import statistics
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGES, ROOT, has_module, python_files, relative, run_python

FILE_LIMIT = 400
FEW_FILES_BY_PURPOSE = {"tests/second/chains_from_spec.py", "tests/second/verify_from_spec.py"}
"""A court runs them without anything of ours, so they can't be cut into modules."""
FUNCTION_LIMIT = 60
FILE_MEDIAN = 150
FUNCTION_MEDIAN = 12
FORBIDDEN_NAMES = frozenset({"utils", "util", "helpers", "helper", "manager", "data", "info", "common", "misc"})

SOURCE = python_files(*PACKAGES, "bench")
EVERYTHING = python_files(*PACKAGES, "bench", "tests")


def _functions(path: Path) -> list[tuple[str, int]]:
    """List the functions of a file with their length, decorators and docstring not counted in."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            size = (node.end_lineno or node.lineno) - node.lineno + 1
            found.append((f"{relative(path)}:{node.lineno} {node.name}", size))
    return found


def test_no_file_is_longer_than_a_sitting() -> None:
    """A reviewer reads a file in one go."""
    sizes = {relative(path): len(path.read_text("utf-8").splitlines()) for path in EVERYTHING}
    assert {name: size for name, size in sizes.items() if size > FILE_LIMIT and name not in FEW_FILES_BY_PURPOSE} == {}
    assert statistics.median(sizes[relative(path)] for path in SOURCE) < FILE_MEDIAN


def test_no_function_is_longer_than_a_screen() -> None:
    """A function does one thing, and all of it can be seen at once."""
    sizes = [size for path in SOURCE for size in _functions(path)]
    assert [size for size in sizes if size[1] > FUNCTION_LIMIT] == []
    assert statistics.median([0, *(size for _, size in sizes)]) <= FUNCTION_MEDIAN


def test_every_init_is_a_docstring_and_re_exports_nothing() -> None:
    """Importing one room must not load another; the one exception is the guard, which imports no room either."""
    loaded = []
    for path in EVERYTHING:
        if path.name != "__init__.py":
            continue
        body = ast.parse(path.read_text("utf-8")).body
        assert body, f"{relative(path)} has no docstring"
        if relative(path) == "custody/__init__.py":
            names = {node.module for node in body if isinstance(node, ast.ImportFrom)}
            assert names <= {"importlib.machinery", "os.path"}
        elif not (len(body) == 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)):
            loaded.append(relative(path))
    assert loaded == []


def test_every_folder_of_source_is_a_package() -> None:
    """A folder without `__init__.py` would be a namespace that a stranger could extend."""
    folders = {path.parent for path in python_files(*PACKAGES)}
    assert [relative(folder) for folder in folders if not (folder / "__init__.py").is_file()] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_says_that_it_is_typed(package: str) -> None:
    """Without the marker a user's type checker treats all of it as unknown."""
    assert (ROOT / package / "py.typed").is_file()


def test_no_module_is_a_drawer_for_everything() -> None:
    """A name that fits anything says nothing about what is inside."""
    parts = {relative(path): {path.stem, path.parent.name} for path in EVERYTHING}
    assert [name for name, words in parts.items() if words & FORBIDDEN_NAMES] == []


def test_source_never_imports_its_tests_or_measurements() -> None:
    """What is released doesn't hold `tests` and `bench`, so an import of them would break at the user's."""
    importers = [
        relative(path)
        for path in python_files(*PACKAGES)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if (isinstance(node, ast.Import) and any(a.name.partition(".")[0] in ("tests", "bench") for a in node.names))
        or (isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in ("tests", "bench"))
    ]
    assert importers == []


def test_the_program_starts_without_a_database(tmp_path: Path) -> None:
    """Loading SQLModel alone takes longer than `custody --help` may."""
    names = [name for name in ("custody.__main__", "custody.cli.program") if has_module(name)]
    done = run_python("-c", f"import sys, {', '.join(names)}; print(*sys.modules)", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert {"sqlmodel", "sqlalchemy", "pydantic", "jinja2"}.isdisjoint(done.stdout.split())
