"""Findings as people read them: what it is about, what it means, what was expected and found, what can be done."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from custody.report.finding_words import advise, explain, reword
from custody.report.safe_text import show
from custody.report.story import clip
from custody.transfer.rule_sources import rule_source
from schemas import limits
from schemas.law import cite
from schemas.report import Finding, Report, Severity
from schemas.types import is_set

SHOWN: Final = 50
"""Findings shown of one step: a hostile bundle can cause millions."""
_BOTH: Final = re.compile(r"expected (?P<expected>.+), found (?P<found>.+)\Z", re.DOTALL)
_SUBJECTS: Final = {
    "bundle": "the bundle",
    "checkpoint": "the signed state of the ledger",
    "keys": "the keys",
    "ledger": "the ledger's own entries",
}
_LONGEST: Final = 2 * limits.NUMBER_BYTES + 3
"""Case and number of an exhibit, and the signs after each."""
_HASH: Final = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True)
class Shown:
    """One finding. ``expected`` and ``found`` are empty where the text alone says it; ``code`` is for experts."""

    severity: Severity
    step: int
    subject: str
    meaning: str
    text: str
    expected: str
    found: str
    advice: str
    code: str


def alike(findings: Sequence[Shown]) -> Iterator[tuple[int, tuple[Shown, ...]]]:
    """Yield findings with the number of the first, from 1 on; neighbours that differ in their text alone together.

    Such are all fields that a request lacks: one heading and a list are read, twelve like paragraphs are not.
    """
    number = 1
    for _, group in groupby(findings, key=lambda item: (item.subject, item.meaning, item.code, item.advice)):
        same = tuple(group)
        is_list = all(item.text and not item.expected and not item.found for item in same)
        for together in (same,) if is_list else ((item,) for item in same):
            yield number, together
            number += len(together)


@dataclass(frozen=True, slots=True)
class Subjects:
    """Turns a finding's subject into words, knowing the exhibits that the bundle is about."""

    exhibits: frozenset[str]

    @classmethod
    def of(cls, report: Report) -> Subjects:
        """Return the words for the subjects of a report."""
        return cls(frozenset(f"{exhibit.case}/{exhibit.exhibit}" for exhibit in report.exhibits))

    def name(self, subject: str) -> str:
        """Return a subject in words, safe to show."""
        if subject in _SUBJECTS:
            return _SUBJECTS[subject]
        if _HASH.match(subject):
            return f"the hidden value {subject}"
        if subject in self.exhibits:
            return f"exhibit {show(subject)}"
        # The longest name first: a number may itself hold a colon and a space.
        end = subject.rfind(": ", 0, _LONGEST)
        while end >= 0:
            if subject[:end] in self.exhibits:
                return f"exhibit {show(subject[:end])}, file {show(subject[end + 2 :])}"
            end = subject.rfind(": ", 0, end)
        return show(subject)


def show_findings(findings: Sequence[Finding], subjects: Subjects) -> tuple[tuple[Shown, ...], int]:
    """Return the first `SHOWN` findings as people read them, and how many there are beyond."""
    shown = tuple(_shown(finding, subjects) for finding in findings[:SHOWN])
    return shown, max(0, len(findings) - SHOWN)


def _advice(finding: Finding) -> str:
    """What can be done, and the law behind a defect that no profile asked for: one of a profile names its own."""
    law = rule_source(finding.code) if finding.severity is Severity.DEFECT else None
    told = [advise(finding.code), "" if law is None else f"Can be cured by: {law.cure}. Law: {cite(law.source)}."]
    return " ".join(filter(None, told))


def _shown(finding: Finding, subjects: Subjects) -> Shown:
    text, expected, found = clip(reword(finding)), "", ""
    both = _BOTH.match(text)
    if is_set(finding.expected) or is_set(finding.found):
        expected = clip(show(str(finding.expected))) if is_set(finding.expected) else ""
        found = clip(show(str(finding.found))) if is_set(finding.found) else ""
    elif both is not None:
        text, expected, found = "", both["expected"], both["found"]
    return Shown(
        severity=finding.severity,
        step=finding.step,
        subject=subjects.name(finding.subject),
        meaning=explain(finding.code),
        text=text,
        expected=expected,
        found=found,
        advice=_advice(finding),
        code=finding.code,
    )
