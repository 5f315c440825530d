"""The vectors: what stands in ``schemas/vectors`` is what the generator makes, and our verifier agrees with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

import pytest
from msgspec.structs import replace

from custody.selftest import vectors
from custody.selftest.vectors import SmallText
from schemas.report import STEPS
from tests.vectors import generate
from tests.vectors.setting import CASES


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_verifier_agrees_with_every_vector(name: str) -> None:
    """A verdict that drifts from the published vectors would mean one thing here and another abroad."""
    vector = vectors.read_vector(name)
    assert vectors.compare(vector, vectors.verify_vector(vector), name) is None


def test_the_vectors_are_what_the_generator_makes() -> None:
    """A vector changed by hand, or code that makes other bytes of version 1, must not go unnoticed."""
    before = _told_from()
    expected = generate.make_files(is_told=False)
    assert [name for name, held in _told_from().items() if held != before[name]] == [], "told again, it tells another"
    found = {path.name: path.read_bytes() for path in generate.FOLDER.iterdir() if path.suffix in {".json", ".zip"}}
    assert found.keys() == expected.keys()
    found |= {f"{name}.json": generate.without_told(found[f"{name}.json"]) for name in CASES}
    assert [name for name in expected if found[name] != expected[name]] == []


def _told_from() -> dict[str, list[str]]:
    """Return what each case was given to tell its vector from: a case that uses it up tells another the next time."""
    return {name: [*_changeable(case)] for name, (_, case) in CASES.items()}


def _changeable(function: Callable[..., Any]) -> Iterator[str]:
    for cell in function.__closure__ or ():
        if isinstance(cell.cell_contents, FunctionType):
            yield from _changeable(cell.cell_contents)
        elif isinstance(cell.cell_contents, dict | list | set):
            yield repr(cell.cell_contents)


@pytest.mark.parametrize("name", sorted(CASES)[::50])
def test_a_vector_holds_all_that_is_found(name: str) -> None:
    """One verdict and one code leave room for a verifier that never looks at half of the steps."""
    vector = vectors.read_vector(name)
    assert len(vector.steps) == len(STEPS)  # type: ignore[arg-type]
    report = vectors.verify_vector(vector)
    assert vectors.compare(vector, report, name) is None
    assert vector.findings == tuple(sorted({*vectors.told_findings(report)}, key=_by_step))
    for change in ({"steps": ("PASSED",) * 12 + ("FAILED",)}, {"findings": ("0 note container.none",)}):
        assert vectors.compare(replace(vector, **change), report, name) is not None


def _by_step(line: str) -> tuple[int, str, str, int]:
    step, severity, code, *entry = line.split(" ")
    return int(step), severity, code, int(entry[-1]) if entry else -1


def test_most_vectors_have_a_fault() -> None:
    """A set of vectors in which mostly nothing is found tests little."""
    described = [vectors.read_vector(name) for name in CASES]
    assert sum(vector.verdict == "FAILED" for vector in described) > 0.6 * len(described)
    assert sum(vector.verdict != "PASSED" or bool(vector.code) for vector in described) > 0.8 * len(described)


def test_the_self_test_runs_every_vector() -> None:
    """A vector that the product's own runner does not see would protect nobody."""
    assert vectors.FOLDER == generate.FOLDER
    assert vectors.vector_names() == tuple(sorted(CASES))


@pytest.mark.parametrize("item", vectors.read_texts(), ids=lambda item: f"{item.kind} {item.comment}")
def test_small_texts_are_read_as_published(item: SmallText) -> None:
    """One spelling each: a reader that takes a second one lets two byte strings mean one thing."""
    assert vectors.is_as_published(item)
