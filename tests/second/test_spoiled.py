"""Both verifiers judge stories alike that nobody wrote down: the vectors', each told otherwise somewhere."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from random import Random

import pytest

from tests.second.judging import first_report, second_report
from tests.second.spoiling import spoiled
from tests.vectors import generate

FORMS = ("record.", "text.", "private.", "container.", "note.", "bag.", "event.", "tlog-proof.")
"""Codes of malformed bytes, of which one is told, and not always the same."""


@pytest.mark.parametrize("seed", range(10))
def test_both_verifiers_agree_over_spoiled_stories(seed: int, tmp_path: Path) -> None:
    """A rule that no vector asks for is held to the other verifier by chance."""
    path = tmp_path / "bundle.zip"
    for name, done, vector in itertools.islice(spoiled(Random(f"spoiled {seed}")), 6):
        described = json.loads(json.dumps(generate.describe(name, vector)))
        path.write_bytes(vector.bundle)
        first, second = first_report(path, described), second_report(vector.bundle, described)
        assert [second.step_verdict(step) for step in range(13)] == [step.verdict.value for step in first.steps], (
            name,
            done,
        )
        ours = {(item.step, item.code, item.severity.value) for item in first.findings}
        theirs = {(item.step, item.code, item.severity) for item in second.findings}
        assert not {item for item in ours ^ theirs if not item[1].startswith(FORMS)}, (name, done)
