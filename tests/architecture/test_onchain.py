"""What checks proofs of public chains is as pure as the verifier core: it imports little and opens nothing."""

import ast
from operator import itemgetter
from pathlib import Path

import pytest

from tests.architecture.test_core import FORBIDDEN_ATTRIBUTES, FORBIDDEN_CALLS
from tests.architecture.tree import count_code_lines, imported_names, module_name, python_files, relative, run_python

# Code lines, without blank lines, comments and docstrings. Raising it is a decision that a reviewer sees (ADR 0014).
BUDGET = 1200
ALLOWED = frozenset(
    {
        *("__future__", "collections", "dataclasses", "datetime", "functools", "hashlib", "itertools", "re", "typing"),
        *("base58", "schemas"),
    }
)
LIBRARIES = ("Crypto.Hash.keccak", "custody.onchain")


def _paths() -> tuple[Path, ...]:
    return python_files("custody/onchain")


def _breaches(text: str) -> list[str]:
    tree = ast.parse(text)
    found = [
        name
        for _, name in imported_names(tree)
        if name.partition(".")[0] not in ALLOWED and not f"{name}.".startswith(tuple(f"{item}." for item in LIBRARIES))
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN_CALLS:
            found.append(node.func.id)
        if isinstance(node, ast.Attribute) and node.attr in FORBIDDEN_ATTRIBUTES:
            found.append(node.attr)
    return found


def test_proofs_are_checked_from_their_bytes_alone() -> None:
    """A proof that asked a node, a file or a clock would be that node's word."""
    assert {
        relative(path): _breaches(path.read_text("utf-8")) for path in _paths() if _breaches(path.read_text())
    } == {}


@pytest.mark.parametrize(
    "line", ["import socket", "from custody.verify import verify", "import Crypto.Random", "open('chain')", "import os"]
)
def test_the_scan_notices_a_breach(line: str) -> None:
    """A rule that no input breaks would guard nothing."""
    assert _breaches(line)


def test_it_stays_within_its_line_budget() -> None:
    """An expert has to read it before he believes that a wallet was paid."""
    counts = {relative(path): count_code_lines(path.read_text("utf-8")) for path in _paths()}
    assert sum(counts.values()) <= BUDGET, sorted(counts.items(), key=itemgetter(1), reverse=True)


def test_verifying_a_bundle_without_such_proofs_loads_none_of_it(tmp_path: Path) -> None:
    """Most bundles hold no asset, and shall not pay for the libraries behind one."""
    code = "import sys; import custody.verify.verify; print(*sys.modules)"
    done = run_python("-c", code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    names = {module_name(path) for path in _paths()}
    assert names & set(done.stdout.split()) == set()
