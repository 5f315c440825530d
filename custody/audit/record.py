"""What an audit says in the end (custody-audit/v1): a report as that of a verification, about a whole ledger."""

from __future__ import annotations

from collections import Counter
from typing import ClassVar, Final, Literal

from custody.audit.custody_at import CustodyAt
from custody.audit.evidence_files import FilesAudited
from custody.audit.kept_documents import DocumentsAudited
from schemas.report import Finding, Findings, LedgerReport, Severity, StepResult, Verdict
from schemas.types import UNSET, Record, Unset

STEPS: Final = {
    0: "database and its columns",
    2: "checkpoints",
    4: "entries",
    5: "keys",
    6: "signatures",
    7: "custody rules",
    8: "subjects and index",
    9: "stored evidence",
    10: "private values",
    12: "procedure",
}
"""The steps of a verification that a whole ledger has, under the same numbers."""
MOST: Final = 200
"""Findings of one code that are kept: one broken page can make thousands, and the first ones say where."""


class AuditReport(Record, frozen=True, kw_only=True):
    """Everything that an audit found. ``omitted`` counts findings left out by code; ``signatures`` were checked."""

    SCHEMA: ClassVar[str] = "custody-audit/v1"

    as_of: str | Unset = UNSET
    at: str
    custody: tuple[CustodyAt, ...] | Unset = UNSET
    documents: DocumentsAudited | Unset = UNSET
    files: FilesAudited | Unset = UNSET
    findings: tuple[Finding, ...]
    held: tuple[int, ...]
    ledger: LedgerReport | Unset = UNSET
    omitted: dict[str, int]
    schema: Literal["custody-audit/v1"]
    signatures: int
    since: int | Unset = UNSET
    steps: tuple[StepResult, ...]
    trust_sha256: str | Unset = UNSET
    verdict: Verdict

    @property
    def defects(self) -> tuple[Finding, ...]:
        """The findings that a court may cure."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.DEFECT)


class FindingsCap:
    """Keeps the list of findings short while an audit runs. Mutable."""

    def __init__(self) -> None:
        self.omitted: Counter[str] = Counter()

    def trim(self, findings: Findings) -> None:
        """Leave the first ones of each code in the list, and count the others."""
        if len(findings.items) <= MOST:
            return
        kept: Counter[str] = Counter()
        short = []
        for finding in findings.items:
            kept[finding.code] += 1
            if kept[finding.code] <= MOST:
                short.append(finding)
            else:
                self.omitted[finding.code] += 1
        findings.items[:] = short


def steps_of(findings: Findings) -> tuple[StepResult, ...]:
    """Return the results of the steps that an audit has."""
    return tuple(
        StepResult(name=name, number=number, verdict=findings.verdict_of(number)) for number, name in STEPS.items()
    )
