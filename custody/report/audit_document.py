"""An audit as people read it: the same pages as a verification has, about a whole ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from custody.audit.custody_at import CustodyAt
from custody.audit.evidence_files import FilesAudited
from custody.audit.kept_documents import DocumentsAudited
from custody.audit.record import AuditReport
from custody.report import gates, marks
from custody.report.audit_words import (
    ADVICE,
    LIMITS,
    MEANING,
    MEANINGS,
    NO_ANCHOR,
    NO_FILES,
    NO_TIME,
    NOTHING_SEEN,
    OLD_SIGNATURES,
    SOME_FILES,
    STEP_WORDS,
)  # fmt: skip
from custody.report.basis import profile_rows
from custody.report.counts import count_bytes, counted
from custody.report.document import Document, StepPage
from custody.report.findings import Shown, Subjects, show_findings
from custody.report.safe_text import show
from custody.report.step_words import NO_PROFILE
from custody.report.verdict import HEADLINES
from custody.report.words import format_utc
from schemas.report import Finding, LedgerReport, Severity, Verdict
from schemas.types import UNSET, is_set

_SUBJECTS = Subjects(frozenset())
_REASONS = 5


@dataclass(frozen=True, slots=True)
class AuditBasis:
    """What the report rests on beside the ledger: name of the home, of the trust file, of the held checkpoint, and of
    the procedure profile (None where none was applied); and how the ledger was opened, where that can be read.
    """

    home: str
    trust: str = ""
    since: str = ""
    program: str = ""
    profile: str | None = ""
    openings: tuple[gates.Opening, ...] = ()


def make_audit_document(report: AuditReport, basis: AuditBasis) -> Document:
    """Return the report of an audit for people."""
    older = gates.not_asked(basis.openings)
    not_asked = (*_not_asked(report), *older, *((NO_PROFILE,) if basis.profile is None else ()))
    return Document(
        verdict=report.verdict,
        headline=HEADLINES[report.verdict],
        meaning=(*gates.paragraphs_of(basis.openings), MEANING[report.verdict.value]),
        reasons=_shown(_reasons(report)),
        not_asked=not_asked,
        limits=LIMITS,
        basis=tuple(_basis(report, basis)),
        cases=(),
        exhibits=(),
        people=(),
        defects=_shown(report.defects),
        steps=tuple(_steps(report)),
        closing=_closing(report, not_asked),
        title="Custody audit report",
        standings=tuple(_standings(report)),
    )


def _shown(findings: Sequence[Finding]) -> tuple[Shown, ...]:
    shown, _ = show_findings(findings, _SUBJECTS)
    return tuple(
        replace(item, meaning=MEANINGS.get(item.code, item.meaning), advice=ADVICE.get(item.code, item.advice))
        for item in shown
    )


def _reasons(report: AuditReport) -> list[Finding]:
    wanted = {Verdict.FAILED: Severity.FAILED, Verdict.INDETERMINATE: Severity.INDETERMINATE}.get(report.verdict)
    found: dict[tuple[str, str], Finding] = {}
    for finding in report.findings:
        if finding.severity is wanted:
            found.setdefault((finding.code, finding.subject), finding)
    return list(found.values())[:_REASONS]


def _not_asked(report: AuditReport) -> Iterator[str]:
    if not is_set(report.files):
        yield NO_FILES
    elif isinstance(report.files, FilesAudited) and report.files.percent != "100":
        yield SOME_FILES.format(percent=report.files.percent)
    if not report.held:
        yield NOTHING_SEEN if is_set(report.trust_sha256) else NO_ANCHOR
    if isinstance(report.since, int):
        yield OLD_SIGNATURES.format(since=report.since)
    yield NO_TIME


def _basis(report: AuditReport, basis: AuditBasis) -> Iterator[tuple[str, str]]:
    yield "ledger in", basis.home
    if isinstance(report.ledger, LedgerReport):
        yield "its name", report.ledger.origin
        yield "entries", f"{report.ledger.size:,}"
        yield "digest over all entries", report.ledger.root
        yield "fingerprint", str(report.ledger.genesis)
    yield "signatures checked", f"{report.signatures:,}"
    yield "audited at", format_utc(report.at)
    if is_set(report.trust_sha256):
        yield "trust file", basis.trust
        yield "SHA-256 of it", str(report.trust_sha256)
    if basis.since:
        yield "checkpoint held", f"{basis.since}, {counted(int(report.since or 0), 'entry', 'entries')}"
    if report.held:
        yield "compared at sizes", ", ".join(f"{size:,}" for size in report.held)
    if isinstance(report.files, FilesAudited):
        yield "evidence", _files(report.files)
    if isinstance(report.documents, DocumentsAudited) and (told := _documents(report.documents)):
        yield "documents", told
    yield from profile_rows(basis.profile)
    yield from gates.rows_of(basis.openings)
    if basis.program:
        yield "program", basis.program


def _files(files: FilesAudited) -> str:
    size, exhibits = count_bytes(files.bytes), counted(files.exhibits, "exhibit", "exhibits")
    text = f"{files.matching:,} of {counted(files.files, 'file', 'files')} as registered, {size}, {exhibits}"
    skipped = f", {files.skipped:,} without a digest" if files.skipped else ""
    return text + skipped if files.percent == "100" else f"{text}{skipped}; {files.percent} % drawn by {files.seed}"


def _documents(found: DocumentsAudited) -> str:
    count, of = counted(found.checked, "document", "documents"), "it" if found.checked == 1 else "them"
    size = count_bytes(found.bytes)
    hashed = f"{found.matching:,} of {count} as the entries name {of}, {size}" if found.checked else ""
    erased = f"{found.erased:,} erased by order" if found.erased else ""
    absent = f"{found.absent:,} {'is' if found.absent == 1 else 'are'} not here" if found.absent else ""
    return "; ".join(filter(None, (hashed, erased, absent)))


def _steps(report: AuditReport) -> Iterator[StepPage]:
    for step in report.steps:
        mine = [item for item in report.findings if item.step == step.number and item.severity is not Severity.DEFECT]
        shown = _shown(mine)
        words = STEP_WORDS[step.number]
        yield StepPage(step.number, words.title, words.question, step.verdict, shown, len(mine) - len(shown))


def _standings(report: AuditReport) -> Iterator[str]:
    if report.as_of is UNSET or not isinstance(report.custody, tuple):
        return
    yield f"Custody at {format_utc(str(report.as_of))}, as it is known now"
    for item in report.custody:
        yield _standing(item)


def _standing(item: CustodyAt) -> str:
    seal = ", sealed" if item.sealed else ""
    later = f"; recorded later, {format_utc(item.recorded_at)}" if item.recorded_later else ""
    where = f"since {format_utc(item.occurred_at)} (entry {item.entry}{later})"
    return f"{show(f'{item.case}/{item.exhibit}')}: {item.status}{seal}, with {item.holder}, {where}"


def _closing(report: AuditReport, not_asked: tuple[str, ...]) -> str:
    size = report.ledger.size if isinstance(report.ledger, LedgerReport) else 0
    first = next((item for item in report.findings if item.severity is Severity.FAILED), None)
    where = "" if first is None else f", first at step {first.step} ({show(first.subject)})"
    defects = f" {counted(len(report.defects), 'defect', 'defects')} of procedure." if report.defects else ""
    unchecked = "; ".join(sentence.partition(":")[0].lower() for sentence in not_asked)
    entries = counted(size, "entry", "entries")
    return f"{marks.VERDICT} {HEADLINES[report.verdict]}{where}. {entries}.{defects} Not checked: {unchecked}."
