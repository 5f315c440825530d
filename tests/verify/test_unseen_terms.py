"""The words of a consent by letter that nobody can compare with the letter are told: leaving one out hides nothing."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.vectors.forge import Members
from tests.vectors.letter_cases import GRANT, Letter
from tests.vectors.posts import Post
from tests.verify.judging import found_in

UNSEEN, OTHER = ("release.condition-unseen", "note"), ("letter.terms", "failed")


def told(folder: Path, *, is_hidden: bool, gate: str = "v2", words: str | None = "any use") -> set[tuple[str, str]]:
    """Return what a reader is told of a consent in these words, where the letter says something else."""

    def then(post: Post, digest: str) -> Members:
        if is_hidden:
            kept = [item for item in post.forge.disclosures if item.path != "/details/conditions/0/text"]
            post.forge.disclosures = kept
        return post.bundle("EX-2", to="ministry")

    granted = {"before": False, "code": "use-limited", "text": "only case 7"}
    consented = {"before": False, "code": "use-limited", **({} if words is None else {"text": words})}
    letter = Letter(
        gate=gate, then=then, answers=[{"grant": {**GRANT, "conditions": [granted]}}],
        consent={"conditions": [consented]},
    )  # fmt: skip
    setting: Any = SimpleNamespace(forge=SimpleNamespace(folder=folder))
    members, here, there = letter.tell(setting)
    return found_in(members, here, there)


@pytest.mark.parametrize(
    ("is_hidden", "words", "expected"),
    [
        (False, "any use", {OTHER}),
        (True, "any use", {UNSEEN}),
        (False, "only case 7", set()),
        (True, None, {OTHER}),
    ],
)
def test_a_text_that_is_withheld_was_not_compared(
    tmp_path: Path, is_hidden: bool, words: str | None, expected: set[tuple[str, str]]
) -> None:
    """An easier text that its sender leaves out must not look like the one that was granted."""
    assert told(tmp_path, is_hidden=is_hidden, words=words) & {UNSEEN, OTHER} == expected


def test_an_older_gate_compares_no_words(tmp_path: Path) -> None:
    """So nothing is missing there."""
    assert told(tmp_path, is_hidden=True, gate="v1") & {UNSEEN, OTHER} == set()
