"""A report as people read it, before it is text or a page: from the verdict down, every text safe to show.

The order is that of a judge's questions: what is the verdict, what does it mean, what was not asked, what can no proof
show, what did it rest on, what happened to each exhibit, which defects can be cured, what exactly was found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from custody.report import basis as basis_words
from custody.report import destroyed, evidence_table, gates, law_page, requests_elsewhere, verdict
from custody.report.balance_words import BalanceRow, balance_rows
from custody.report.basis import Basis
from custody.report.evidence_table import FileRow
from custody.report.exhibit_names import ExhibitNames
from custody.report.findings import Shown, Subjects, show_findings
from custody.report.people import Person, people_of
from custody.report.safe_text import show
from custody.report.standing import describe, find_loss
from custody.report.step_words import NO_PROFILE, STEP_WORDS
from custody.report.story import Act, Story, Teller, clip
from custody.verify.rules.view import Exhibit
from custody.verify.verify import Verified, exhibit_report
from schemas.content import Content
from schemas.details.exhibit import ExhibitRegistered
from schemas.entry import ParsedEntry
from schemas.report import ExhibitReport, Finding, Report, RequestReport, Severity, Verdict
from schemas.types import UNSET, is_set

_ORIGINAL: Final = "Original (something in this bundle was made from it)"


@dataclass(frozen=True, slots=True)
class ExhibitPage:
    """One exhibit: name, what it is, how it stood at the end, its story, its files, and what an asset's accounts held;
    ``heading`` says as what it stands here, ``until`` how long its last holder is known to have had it. Of what is
    carried for the sake of another no file is asked for: ``is_original``.
    """

    name: str
    heading: str
    is_original: bool
    until: str
    description: str
    now: str
    files: str
    rows: tuple[FileRow, ...]
    story: Story
    balances: tuple[BalanceRow, ...] = ()

    @property
    def by_then(self) -> str:
        """When it stood as ``now`` says."""
        return "as far as told" if self.is_original else "at the end"


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case to which an exhibit belongs, or a request: its number, what happened to it, and where a request stands."""

    name: str
    acts: tuple[Act, ...]
    now: str = ""


@dataclass(frozen=True, slots=True)
class StepPage:
    """One step: number, title, question and verdict, and its findings."""

    number: int
    title: str
    question: str
    verdict: Verdict
    findings: tuple[Shown, ...]
    more: int
    """Findings that are not shown, because there are too many."""


@dataclass(frozen=True, slots=True)
class Document:
    """The whole report."""

    verdict: Verdict
    headline: str
    meaning: tuple[str, ...]
    reasons: tuple[Shown, ...]
    not_asked: tuple[str, ...]
    limits: tuple[str, ...]
    basis: tuple[tuple[str, str], ...]
    cases: tuple[CasePage, ...]
    exhibits: tuple[ExhibitPage, ...]
    people: tuple[Person, ...]
    defects: tuple[Shown, ...]
    steps: tuple[StepPage, ...]
    closing: str
    title: str = "Custody verification report"
    requests: tuple[CasePage, ...] = ()
    """The requests that a letter is about, each with what happened to it."""
    law: tuple[tuple[str, str], ...] = ()
    """On what terms it reached the reader."""
    standings: tuple[str, ...] = ()
    """Who held what at a date that was asked for, in words; the first says at which."""

    @property
    def is_trustworthy(self) -> bool:
        """Whether the story may be read without a warning above it."""
        return self.verdict is Verdict.PASSED

    @property
    def advice(self) -> tuple[str, ...]:
        """What can be done about the reasons of the verdict, each once."""
        return tuple(dict.fromkeys(item.advice for item in self.reasons if item.advice))

    @property
    def coded(self) -> tuple[Shown, ...]:
        """Every finding shown, for an expert who looks them up by code."""
        return (*(item for step in self.steps for item in step.findings), *self.defects)


def make_document(report: Report, verified: Verified | None, basis: Basis) -> Document:
    """Return the report for people; ``verified`` is missing where the file could not be opened as a bundle."""
    exhibits: tuple[ExhibitPage, ...] = ()
    cases: tuple[CasePage, ...] = ()
    people: tuple[Person, ...] = ()
    law: tuple[tuple[str, str], ...] = ()
    requests: tuple[CasePage, ...] = ()
    gone: tuple[str, ...] = ()
    openings: tuple[gates.Opening, ...] = ()
    if verified is not None:
        teller = Teller(verified)
        found = evidence_table.by_exhibit(report.findings, frozenset("/".join(name) for name in verified.listed))
        exhibits, people = tuple(_exhibits(verified, teller, found)), people_of(verified, teller.absent)
        gone = destroyed.paragraphs_of(verified, found)
        openings = gates.openings_of(verified)
        law = law_page.rows_of(report, verified, teller.absent)
        cases = tuple(CasePage(show(case), teller.tell_case(case)) for case in _cases(verified))
        told = report.requests or ()
        requests = tuple(CasePage(show(item.request), teller.tell_request(item), _stands(item)) for item in told)
    trust = basis.trust
    not_asked = verdict.not_asked_of(
        report,
        wants_cosigners=trust is not None and isinstance(trust.policy, str),
        wants_certificates=trust is not None and trust.wants_certificates,
        has_ancestors=any(page.is_original for page in exhibits),
    )
    unseen = () if verified is None else requests_elsewhere.not_asked(verified)
    older, profile = gates.not_asked(openings), (NO_PROFILE,) if basis.profile is None else ()
    not_asked = (*not_asked, *unseen, *older, *profile)
    subjects = Subjects.of(report)
    return Document(
        verdict=report.verdict,
        headline=verdict.HEADLINES[report.verdict],
        meaning=(*gone, *gates.paragraphs_of(openings), *verdict.meaning_of(report, is_whole=not gone)),
        reasons=show_findings(verdict.reasons_of(report), subjects)[0],
        not_asked=not_asked,
        limits=verdict.limits_of(report),
        basis=(*basis_words.rows_of(basis, report, verified), *gates.rows_of(openings)),
        cases=cases,
        exhibits=exhibits,
        people=people,
        defects=show_findings(report.defects, subjects)[0],
        steps=tuple(_steps(report, subjects)),
        closing=verdict.closing_of(report, not_asked),
        law=law,
        requests=requests,
    )


def _stands(request: RequestReport) -> str:
    """Say where a request stood at the end, by the record of the ledger that the bundle is of."""
    if not is_set(request.status):
        return "unknown: its story could not be followed"
    way = "asked by" if request.direction == "incoming" else "asked of"
    outcome = f": {str(request.outcome).replace('-', ' ')}" if is_set(request.outcome) else ""
    until = f", until {request.until}" if is_set(request.until) else ""
    return show(f"{request.kind}, {way} {request.peer}; {request.status}{outcome}{until}")


def _cases(verified: Verified) -> list[str]:
    return sorted(subject[1] for subject in verified.indexes if subject[0] == "case")


def _steps(report: Report, subjects: Subjects) -> Iterator[StepPage]:
    for step in report.steps:
        mine = [item for item in report.findings if item.step == step.number and item.severity is not Severity.DEFECT]
        shown, more = show_findings(mine, subjects)
        words = STEP_WORDS[step.number]
        yield StepPage(step.number, words.title, words.question, step.verdict, shown, more)


def _exhibits(verified: Verified, teller: Teller, found: Mapping[str, Sequence[Finding]]) -> Iterator[ExhibitPage]:
    names = ExhibitNames(verified)
    for exhibit in verified.report.exhibits:
        yield _page(verified, teller, exhibit, names, found.get(f"{exhibit.case}/{exhibit.exhibit}", ()))
    for name, heading in _headings(verified):
        original = _report_of(verified, verified.state.exhibits[name])
        yield _page(verified, teller, original, names, (), heading=heading)


def _report_of(verified: Verified, state: Exhibit) -> ExhibitReport:
    """An original is carried and not listed, so the report of the verifier has nothing about it."""
    indexes = verified.indexes.get(("exhibit", state.case, state.number), ())
    return exhibit_report(state, state.case, state.number, indexes)


def _page(
    verified: Verified,
    teller: Teller,
    exhibit: ExhibitReport,
    names: ExhibitNames,
    findings: Sequence[Finding],
    *,
    heading: str = "",
) -> ExhibitPage:
    """Return the page of an exhibit; of one that is told of for the sake of another, under a ``heading`` of its own."""
    is_original = bool(heading)
    entries = [verified.entries[index] for index in exhibit.entries if index in verified.entries]
    registration = next((entry for entry in entries if isinstance(entry.event.details, ExhibitRegistered)), None)
    content = _content(registration)
    name, subject = (exhibit.case, exhibit.exhibit), f"{exhibit.case}/{exhibit.exhibit}"
    disclosed = verified.values.disclosed
    return ExhibitPage(
        name=names.full(name),
        heading=heading or "Exhibit",
        is_original=is_original,
        until="where this bundle's account of it ends" if is_original else "the end of this bundle",
        description=_description(registration, teller),
        now=_now(exhibit, entries) + names.place(name),
        files=_files(content, subject, registration, findings, is_original=is_original),
        rows=() if is_original else evidence_table.rows_of(content, subject, findings, disclosed, teller.absent),
        story=teller.tell(exhibit),
        balances=balance_rows([entry for entry in entries if verified.placed[entry.entry.index].is_applied], disclosed),
    )


def _headings(verified: Verified) -> Iterator[tuple[tuple[str, str], str]]:
    """Say why each exhibit is told of that the bundle isn't about, and whether the ledger says more of it."""
    entries = verified.entries.values()
    parents = (parent for entry in entries for parent in getattr(entry.event.details, "derived_from", UNSET) or ())
    originals = {(parent.case, parent.exhibit) for parent in parents}
    in_part = {item.subject for item in verified.report.findings if item.code == "completeness.goes-on"}
    for name in sorted(verified.state.exhibits.keys() - verified.listed):
        kind = _ORIGINAL if name in originals else "The same thing under another number"
        yield name, f"{kind}, told in part:" if "/".join(name) in in_part else kind


def _files(
    content: Content | None,
    subject: str,
    registration: ParsedEntry | None,
    findings: Sequence[Finding],
    *,
    is_original: bool,
) -> str:
    if registration is None:
        return "unknown: its registration is not in this bundle or could not be read"
    if is_original:
        return "not asked: the bundle is about what was made from it"
    return evidence_table.summary_of(content, subject, findings)


def _content(registration: ParsedEntry | None) -> Content | None:
    details = None if registration is None else registration.event.details
    return details.content if isinstance(details, ExhibitRegistered) and isinstance(details.content, Content) else None


def _description(registration: ParsedEntry | None, teller: Teller) -> str:
    """Say what an exhibit is, by its registration and what was corrected of it since."""
    if registration is None:
        return "unknown"
    lines = {line.label: line for line in teller.lines_of(registration)}
    chosen = [line for label in ("description", "kind", "nature") if (line := lines.get(label)) is not None]
    texts = [line.value if line.label == "description" else f"{line.label} {line.value}" for line in chosen]
    corrections = [text for line in chosen for text in line.corrections]
    return clip("; ".join([", ".join(texts), *corrections]))


def _now(exhibit: ExhibitReport, entries: Sequence[ParsedEntry]) -> str:
    if not (isinstance(exhibit.holder, str) and isinstance(exhibit.status, str) and isinstance(exhibit.sealed, bool)):
        return "unknown: its story could not be followed"
    return describe(exhibit.holder, exhibit.status, is_sealed=exhibit.sealed, lost=find_loss(entries))
