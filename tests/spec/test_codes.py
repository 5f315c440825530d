"""Every finding code that the verifier core can raise stands in the specification, and no other."""

import ast
import re
from collections.abc import Iterator

from schemas import layout
from schemas.registry import DETAILS
from tests.architecture.tree import core, python_files, relative
from tests.spec.tables import SPEC

_CODE = re.compile(r"[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*")
_FILES = frozenset({layout.BAGIT, layout.BAG_INFO, "checkpoint.txt"})


_AUDITS = frozenset({"arrivals", "bound_content", "enclosed", "registered_abroad"})
"""Modules of an audit that find what the verifier's codes are for."""


def _codes(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _CODE.fullmatch(node.value):
            yield node.value


def _raised() -> dict[str, str]:
    """Each code with one module that spells it."""
    paths = [
        *core(),
        *python_files("custody/onchain"),
        *(path for path in python_files("custody/audit") if path.stem in _AUDITS),
        *(path for path in python_files("custody/bundle") if path.stem in {"container", "zip_check"}),
    ]
    found = {code: relative(path) for path in paths for code in _codes(path.read_text("utf-8"))}
    return {code: where for code, where in found.items() if code not in DETAILS and code not in _FILES}


def _documented() -> set[str]:
    page = (SPEC / "verification.md").read_text("utf-8")
    spelled = {word for word in re.findall(r"`([^`\n]+)`", page) if _CODE.fullmatch(word)}
    return {word for word in spelled - _FILES - set(DETAILS) if not word.endswith((".json", ".txt"))}


def test_every_code_stands_in_the_specification() -> None:
    """A code is part of the format: another verifier must give the same, and a court must be able to look it up."""
    missing = {code: where for code, where in _raised().items() if code not in _documented()}
    assert missing == {}


def test_the_specification_names_no_code_that_nobody_raises() -> None:
    """A check that is promised and never made is worse than none."""
    assert _documented() - set(_raised()) == set()


def test_the_scan_finds_codes() -> None:
    """A scan that finds nothing would agree with an empty page."""
    assert {"rule.holder", "completeness.stray", "container.repacked", "note.signature"} <= set(_raised())
