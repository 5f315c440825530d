"""A number that reads like another is told: whoever sees one exhibit alone would take it for the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from custody.verify.procedure.numbers import check_numbers
from schemas.report import Finding, Findings, Verdict
from tests.border import CASE
from tests.vectors.posts import Post
from tests.verify.judging import read_members

CODE = "defect.number-unclear"


def told(case: str, number: str) -> list[Finding]:
    """Return what is said of one exhibit's name."""
    findings = Findings()
    check_numbers([(case, number)], findings)
    assert {item.code for item in findings.items} <= {CODE}
    return findings.items


@pytest.mark.parametrize(
    "number",
    [
        "EX-1 ", " EX-1", "EX  1", "EX-1\ufe0f", "EX-1\u00a0", "EX-1\u200b", "EX-1\u00ad", "EX-1\u3164", "\u0415X-1",
        "E\u0425-1", "EX\u200c-1", "\u0646\u200c", "e\u0301-1", "EX-1\U000e0101", "EX\u30001",
    ],
)  # fmt: skip
def test_a_number_that_reads_like_another_is_told(number: str) -> None:
    """Whether it is the exhibit's or the case's; the finding spells it out."""
    (found,) = told(CASE, number)
    assert found.text.isascii()
    assert len(told(number, "EX-1")) == 1


@pytest.mark.parametrize(
    "number",
    [
        "EX-1", "2026/04 (7)", "\uff082026\uff09\u4eac01\u521d7", "\u0423\u0414-2026/7", "\u0423\u0414 AB-1",
        "\u00e9-1", "\u0646\u0645\u200c\u0628-1", "Stra\u00dfe 7", "\u03b1-7",
    ],
)  # fmt: skip
def test_numbers_of_every_script_are_taken(number: str) -> None:
    """Each country writes its numbers as it does."""
    assert told(number, number) == []


def test_a_bundle_of_such_an_exhibit_says_so(tmp_path: Path) -> None:
    """The verdict stays: what a number looks like is nothing that a proof decides."""
    post = Post(tmp_path, "a", {}, gate="v2")
    composed = post.world.registration(CASE, "EX-1 ", actor="examiner-1", files={"other.txt": b"other"})
    post.forge.add(post.world.sign(composed))
    report = read_members(post.bundle("EX-1 ", to="ministry"), post).report
    assert report.verdict is Verdict.PASSED
    assert [(item.subject, item.step) for item in report.findings if item.code == CODE] == [(f"{CASE}/EX-1 ", 12)]
