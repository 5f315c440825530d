"""The report: what a verification found (custody-report/v1, docs/spec/verification.md).

Verdicts are PASSED, FAILED and INDETERMINATE; a step may also be NOT ASKED. Defects of procedure stand beside the
verdict and never change it: a court may cure a defect, never a forgery.
"""

from __future__ import annotations

from collections import Counter
from enum import Enum
from typing import ClassVar, Final, Literal

from schemas import limits
from schemas.types import UNSET, Record, Unset


class Verdict(Enum):
    """Outcome of a step or of the whole."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    INDETERMINATE = "INDETERMINATE"
    NOT_ASKED = "NOT ASKED"


class Severity(Enum):
    """What a finding does to its step: it fails it, leaves it undecided, or only stands beside it."""

    FAILED = "failed"
    INDETERMINATE = "indeterminate"
    DEFECT = "defect"
    NOTE = "note"


STEPS: tuple[str, ...] = (
    "container and layout",
    "bag",
    "checkpoint",
    "timestamps",
    "entries",
    "keys",
    "signatures",
    "custody rules",
    "completeness",
    "content",
    "disclosures",
    "lawfulness",
    "procedure",
)
"""The steps by number (docs/spec/verification.md)."""


class Finding(Record, frozen=True, kw_only=True):
    """One thing found: stable ``code``, what it is about, and both values where there are two.

    ``exhibit`` says which one of those that an entry is about, as ``case/exhibit``.
    """

    code: str
    exhibit: str | Unset = UNSET
    expected: str | Unset = UNSET
    found: str | Unset = UNSET
    severity: Severity
    step: int
    subject: str
    text: str


class StepResult(Record, frozen=True, kw_only=True):
    """The verdict of one numbered step."""

    name: str
    number: int
    verdict: Verdict


class ExhibitReport(Record, frozen=True, kw_only=True):
    """Where an exhibit stood at the checkpoint, and the indexes of the entries that are its story."""

    case: str
    entries: tuple[int, ...]
    exhibit: str
    holder: str | Unset = UNSET
    sealed: bool | Unset = UNSET
    status: str | Unset = UNSET


class RequestReport(Record, frozen=True, kw_only=True):
    """Where a request stood at the checkpoint, by its ledger's own record, and the indexes of the entries that are its
    story. ``peer`` is on the other side, ``outcome`` of the newest answer, ``until`` the newest one that was said.
    """

    direction: str | Unset = UNSET
    entries: tuple[int, ...]
    kind: str | Unset = UNSET
    outcome: str | Unset = UNSET
    peer: str | Unset = UNSET
    request: str
    status: str | Unset = UNSET
    until: str | Unset = UNSET


class LedgerReport(Record, frozen=True, kw_only=True):
    """The ledger as the bundle shows it; ``genesis`` is its fingerprint, the leaf hash of entry 0."""

    genesis: str | Unset = UNSET
    origin: str
    root: str
    size: int


class TermsReport(Record, frozen=True, kw_only=True):
    """Terms that bind the reader: who set them, in which entry, and how: a consent by ``key``, ``letter`` or ``paper``,
    a ``dispatch`` to him, or the ``acceptance`` of what came from elsewhere before. ``ledger`` is the one before this
    in which ``entry`` stands; ``valid_until`` is the end of a consent.
    """

    agent: str
    conditions: tuple[str, ...]
    entry: int
    ledger: str | Unset = UNSET
    manner: str
    onward: str
    valid_until: str | Unset = UNSET


class LawReport(Record, frozen=True, kw_only=True):
    """From which country to whom a bundle went, under which request and transfer, and on what terms."""

    country: str
    request: str | Unset = UNSET
    terms: tuple[TermsReport, ...]
    to: str
    to_country: str | Unset = UNSET
    to_ledger: str | Unset = UNSET
    transfer: str | Unset = UNSET


class Report(Record, frozen=True, kw_only=True):
    """Everything that a verification found; a person's pages are written from this and the bundle's bytes."""

    SCHEMA: ClassVar[str] = "custody-report/v1"

    at: str
    exhibits: tuple[ExhibitReport, ...]
    findings: tuple[Finding, ...]
    inherited: tuple[LedgerReport, ...] | Unset = UNSET
    law: LawReport | Unset = UNSET
    ledger: LedgerReport | Unset = UNSET
    requests: tuple[RequestReport, ...] | Unset = UNSET
    schema: Literal["custody-report/v1"]
    steps: tuple[StepResult, ...]
    trust_sha256: str | Unset = UNSET
    verdict: Verdict

    @property
    def defects(self) -> tuple[Finding, ...]:
        """The findings that a court may cure."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.DEFECT)

    @property
    def first_open_step(self) -> int | None:
        """Number of the first step that failed or stayed undecided."""
        wrong = {Verdict.FAILED, Verdict.INDETERMINATE}
        return next((step.number for step in self.steps if step.verdict in wrong), None)


_COUNTED: Final = frozenset({1, 8, 10, "content.documents", "content.unnamed"})
"""Steps and codes of which a line of the bundle's own lists is a finding, each as small as a few bytes."""


class Findings:
    """Collects findings while steps run, and says the verdict of each. Mutable, lives as long as one verification.

    ``is_bounded`` tells no more than `limits.FINDINGS_OF_A_KIND` of what a bundle's own lists can make without end.
    """

    __slots__ = ("_counts", "_is_bounded", "asked", "items")

    def __init__(self, *, is_bounded: bool = False) -> None:
        self._is_bounded = is_bounded
        self.items: list[Finding] = []
        self.asked: set[int] = set()
        self._counts = Counter[tuple[int, str]]()

    def add(
        self, step: int, severity: Severity, code: str, subject: str, text: str, *,
        expected: str | Unset = UNSET, found: str | Unset = UNSET, exhibit: str = "",
    ) -> None:  # fmt: skip
        """Record one finding at ``step``; of more than `limits.FINDINGS_OF_A_KIND` it may be counted alone."""
        if self._is_bounded and severity is Severity.FAILED and not _COUNTED.isdisjoint((step, code)):
            self._counts[step, code] += 1
            if self._counts[step, code] > limits.FINDINGS_OF_A_KIND:
                return
        values = {"exhibit": exhibit or UNSET, "expected": expected, "found": found}
        self.items.append(Finding(code=code, severity=severity, step=step, subject=subject, text=text, **values))

    def tell_more(self) -> None:
        """Say how many findings there were beside those that are told, once all steps have run."""
        for (step, code), count in sorted(self._counts.items()):
            if count > limits.FINDINGS_OF_A_KIND:
                text = f"and {count - limits.FINDINGS_OF_A_KIND:,} more of the kind"
                self.items.append(Finding(code=code, severity=Severity.FAILED, step=step, subject="bundle", text=text))

    def verdict_of(self, step: int) -> Verdict:
        """Return FAILED over INDETERMINATE over PASSED; NOT ASKED where the step was not run and found nothing."""
        severities = {finding.severity for finding in self.items if finding.step == step}
        if Severity.FAILED in severities:
            return Verdict.FAILED
        if Severity.INDETERMINATE in severities:
            return Verdict.INDETERMINATE
        return Verdict.PASSED if step in self.asked else Verdict.NOT_ASKED

    def steps(self) -> tuple[StepResult, ...]:
        """Return the results of all thirteen steps."""
        return tuple(
            StepResult(name=name, number=number, verdict=self.verdict_of(number)) for number, name in enumerate(STEPS)
        )

    def verdict(self) -> Verdict:
        """Return the verdict of the whole."""
        found = {step.verdict for step in self.steps()}
        return next((item for item in (Verdict.FAILED, Verdict.INDETERMINATE) if item in found), Verdict.PASSED)
