"""The verdict in words: what it is, what it means, what was not asked, what no proof can show, and how it ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from custody.report import marks
from custody.report.counts import counted
from custody.report.finding_words import explain
from custody.report.step_words import (
    ANCESTORS,
    CERTIFICATES,
    CHAINS,
    COMPLETE,
    COSIGNERS,
    FIRST_CONTACT,
    INCOMPLETE,
    LIMITS,
    NOT_ASKED,
    STEP_WORDS,
)  # fmt: skip
from schemas.report import Finding, Report, Severity, Verdict
from schemas.types import UNSET

_SHOWN = 5
_ENTRIES, _COMPLETENESS, _CHECKPOINT = 4, 8, 2


HEADLINES: Final = {
    Verdict.PASSED: "PASSED for what was asked",
    Verdict.FAILED: "FAILED: something is provably wrong",
    Verdict.INDETERMINATE: "INDETERMINATE: something could not be decided",
}
"""The verdict in one line; the whole is always asked."""


def meaning_of(report: Report, *, is_whole: bool) -> tuple[str, ...]:
    """Return what the verdict means, as paragraphs; the findings are told elsewhere, and what is not there any more
    where the evidence isn't whole.
    """
    defects = counted(len(report.defects), "defect of procedure", "defects of procedure")
    match report.verdict:
        case Verdict.PASSED:
            beside = f" Beside the verdict stand {defects}, which a court may cure." if report.defects else ""
            every = "Every check" if is_whole else "Every other check"
            return (f"{every} that was asked for was made, and held.{beside}",)
        case Verdict.INDETERMINATE:
            return (
                "Nothing was found to be wrong, but not everything could be decided. Until it is, this is neither "
                "passed nor failed:",
            )
        case _:
            return (
                "This bundle does not prove what it should. That says nothing yet about who did what: a damaged disk "
                "and a forger leave the same traces. Keep the file as it is, ask the sender for it once more, and have "
                "an expert compare the two. What is wrong:",
            )


def reasons_of(report: Report) -> tuple[Finding, ...]:
    """Return the findings that made the verdict, worst kind only, one a meaning and subject, the first few."""
    wanted = {Verdict.FAILED: Severity.FAILED, Verdict.INDETERMINATE: Severity.INDETERMINATE}.get(report.verdict)
    found: dict[tuple[str, str], Finding] = {}
    for finding in report.findings:
        if finding.severity is wanted:
            found.setdefault((explain(finding.code), finding.subject), finding)
    # What names a file of evidence says most to a court, so it comes first; the sort keeps the order of steps.
    return tuple(sorted(found.values(), key=lambda item: item.step != 9)[:_SHOWN])


def not_asked_of(
    report: Report, *, wants_cosigners: bool, wants_certificates: bool, has_ancestors: bool
) -> tuple[str, ...]:
    """Return what the reader did not ask for, one sentence each."""
    return tuple(_not_asked(report, wants_cosigners, wants_certificates, has_ancestors))


def _not_asked(report: Report, wants_cosigners: bool, wants_certificates: bool, has_ancestors: bool) -> Iterator[str]:
    codes = {finding.code for finding in report.findings}
    for step in report.steps:
        if step.verdict is Verdict.NOT_ASKED:
            yield NOT_ASKED.get(step.number, STEP_WORDS[step.number].title)
    if not wants_certificates:
        yield CERTIFICATES
    if not wants_cosigners:
        yield COSIGNERS
    if "checkpoint.first-contact" in codes:
        yield FIRST_CONTACT
    if "asset.not-pinned" in codes:
        yield CHAINS
    if has_ancestors:
        yield ANCESTORS


def limits_of(report: Report) -> tuple[str, ...]:
    """Return what no proof can show."""
    verdicts = [step.verdict for step in report.steps]
    # Completeness is proven from entries and a signed state; where one of these fell, the proof of it says nothing.
    is_complete = (
        verdicts[_ENTRIES] is verdicts[_COMPLETENESS] is Verdict.PASSED
        and verdicts[_CHECKPOINT] is not Verdict.FAILED
        and report.ledger is not UNSET
    )
    last = 0 if report.ledger is UNSET else report.ledger.size - 1
    complete = COMPLETE.format(last=last) if is_complete else INCOMPLETE
    return tuple(limit.format(complete=complete) for limit in LIMITS)


def closing_of(report: Report, not_asked: Sequence[str]) -> str:
    """Return the last line of a report: the verdict in words, with what was not checked."""
    unchecked = "; ".join(sentence.partition(":")[0].lower() for sentence in not_asked)
    rest = f" Not checked: {unchecked}." if unchecked else ""
    defects = f" {counted(len(report.defects), 'defect', 'defects')} of procedure." if report.defects else ""
    where = ""
    if report.first_open_step is not None:
        where = f", first at step {report.first_open_step} ({STEP_WORDS[report.first_open_step].title.lower()})"
    return f"{marks.VERDICT} {HEADLINES[report.verdict]}{where}.{defects}{rest}"
