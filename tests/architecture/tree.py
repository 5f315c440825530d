"""The repository as the architecture tests see it: which files there are, and which belong to the verifier core."""

import ast
import io
import os
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("schemas", "keys", "custody")

# A tool that writes the JSON Schemas from the types; it lies beside them and nothing imports it.
CORE_TOOLS = frozenset({"schemas/generate.py"})

_NO_CODE = {
    tokenize.COMMENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
    tokenize.INDENT,
    tokenize.NEWLINE,
    tokenize.NL,
}


def relative(path: Path) -> str:
    """Name a file by its path below the top of the repository, with forward slashes."""
    return path.relative_to(ROOT).as_posix()


def python_files(*folders: str) -> tuple[Path, ...]:
    """List the Python files below the folders, in order; a folder that isn't there has none."""
    return tuple(sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py")))


def declarations() -> tuple[Path, ...]:
    """List the modules of the core that say what the bytes are."""
    return tuple(path for path in python_files("schemas") if relative(path) not in CORE_TOOLS)


def logic() -> tuple[Path, ...]:
    """List the modules of the core that decide: the public half of keys, and the verifier."""
    private = ROOT / "keys" / "private"
    return tuple(path for path in python_files("keys", "custody/verify") if private not in path.parents)


def core() -> tuple[Path, ...]:
    """List every module of the verifier core."""
    return declarations() + logic()


def module_name(path: Path) -> str:
    """Turn a file into the dotted name under which it is imported."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def has_module(name: str) -> bool:
    """Say whether the repository holds a module file of this dotted name."""
    return (ROOT / name.replace(".", "/")).with_suffix(".py").is_file()


def imported_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of everything that is imported, wherever in the file it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def _docstring_lines(tree: ast.AST) -> set[int]:
    lines: set[int] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        first = node.body[0] if node.body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
            lines.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return lines


def count_code_lines(text: str) -> int:
    """Count the lines that hold code: no blank line, no comment, no docstring."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in _NO_CODE:
            lines.update(range(token.start[0], token.end[0] + 1))
    return len(lines - _docstring_lines(ast.parse(text)))


def tracked_files() -> tuple[Path, ...]:
    """List what git tracks, or without git everything that isn't hidden or generated."""
    if (ROOT / ".git").exists():
        listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True)
        names = (os.fsdecode(name) for name in listing.stdout.split(b"\0") if name)
        return tuple(path for path in (ROOT / name for name in names) if path.is_file())
    generated = {"demo-out", "build", "dist", "__pycache__"}
    paths = (path for path in ROOT.rglob("*") if path.is_file())
    return tuple(
        path
        for path in paths
        if not any(part.startswith(".") or part in generated for part in path.relative_to(ROOT).parts)
    )


def run_python(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run this interpreter in a folder, with the repository on the import path after that folder."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("PYTHONSAFEPATH", None)
    return subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
