"""The report as text: for a terminal, a file or a printer; the verdict in words stands first and last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from custody.report import marks
from custody.report.balance_words import balance_lines
from custody.report.document import CasePage, Document, ExhibitPage, StepPage
from custody.report.findings import Shown, alike
from custody.report.text_lines import (
    MARKS,
    act_lines,
    bullets,
    holding_lines,
    pairs,
    person_lines,
    section,
    title,
    wrap,
)  # fmt: skip

UNTRUSTED: Final = (
    "The story below is told by records that did not all pass. What stands in it is what the bundle says, and no more."
)


def text_lines(document: Document) -> Iterator[str]:
    """Yield the lines of the report, without line ends."""
    yield from title(document.title.upper(), "=")
    yield from wrap(f"{marks.VERDICT} {document.headline}")
    yield from section("What this means", _meaning(document))
    if document.law:
        yield from section("On what terms it reached you", pairs(document.law))
    yield from section("What was not asked", bullets(document.not_asked or ("Nothing was left out.",)))
    yield from section("What no proof can show", bullets(document.limits))
    yield from section("What this rests on", pairs(document.basis))
    if document.standings:
        yield from section(document.standings[0], bullets(document.standings[1:] or ("No exhibit.",)))
    if document.exhibits or document.requests:
        yield from section("The story", [] if document.is_trustworthy else wrap(UNTRUSTED, "  "))
        for case in document.cases:
            yield from _case(case)
        for case in document.requests:
            yield from _case(case, "Request")
        for page in document.exhibits:
            yield from _exhibit(page)
        yield from section("Who is who", [line for person in document.people for line in person_lines(person)])
    none = ["  None."]
    defects = list(_defects(document.defects))
    yield from section("Defects of procedure (a court may cure them; they never change the verdict)", defects or none)
    yield from section("What was checked, step by step, and what was found", _steps(document.steps))
    yield from section("The same findings by code, for an expert", _codes(document) or none)
    yield ""
    # The last line is one line, whatever its length: people and programs look for it there.
    yield document.closing


def _meaning(document: Document) -> Iterator[str]:
    for paragraph in document.meaning:
        yield from wrap(paragraph, "  ")
    for shown in document.reasons:
        yield from wrap(f"- {shown.subject}: {shown.meaning}", "    ", more="  ")
    for text in document.advice:
        yield from wrap(f"What to do: {text}", "  ")


def _case(page: CasePage, what: str = "Case") -> Iterator[str]:
    yield ""
    yield from wrap(f"{what} {page.name}", "  ")
    yield from pairs([("at the end", page.now)] if page.now else [], "    ")
    for act in page.acts:
        yield from act_lines(act)


def _exhibit(page: ExhibitPage) -> Iterator[str]:
    yield ""
    yield from wrap(f"{page.heading} {page.name}", "  ")
    rows = [("what it is", page.description), (page.by_then, page.now), ("content", page.files)]
    yield from pairs(rows, "    ")
    yield ""
    yield "    Who held it"
    yield from holding_lines(page.story.holdings, end=page.until)
    yield ""
    yield "    What happened to it"
    for act in page.story.acts:
        yield from act_lines(act)
    if page.balances:
        yield ""
        yield "    What it held, in its smallest unit, as was recorded"
        yield from balance_lines(page.balances)
    if page.rows:
        yield ""
        yield "    Its files"
        for row in page.rows:
            size = f", {row.size} {'byte' if row.size == '1' else 'bytes'}" if row.size else ""
            yield from wrap(f"{row.name}{size}: {row.result}", "      ", more="  ")
            if row.sha256:
                yield f"        SHA-256 {row.sha256}"


def _steps(steps: Sequence[StepPage]) -> Iterator[str]:
    for step in steps:
        yield from wrap(f"{step.number:2}  {step.verdict.value:13}  {step.title}: {step.question}", "  ", more=" " * 19)
        for shown in step.findings:
            yield from _finding(shown, MARKS[shown.severity].strip())
        if step.more:
            yield f"      and {step.more:,} more of this step, all of them in the output of --json"


def _finding(shown: Shown, head: str) -> Iterator[str]:
    yield from wrap(f"{head}: {shown.subject}: {shown.meaning}", "      ", more="  ")
    if shown.text:
        yield from wrap(shown.text, "        ", more="  ")
    if shown.expected:
        yield from wrap(f"expected: {shown.expected}", "        ", more="  ")
    if shown.found:
        yield from wrap(f"found:    {shown.found}", "        ", more="  ")
    if shown.advice:
        yield from wrap(f"what to do: {shown.advice}", "        ", more="  ")


def _codes(document: Document) -> list[str]:
    return [f"  step {item.step:2}  {item.severity.value:13}  {item.code}  {item.subject}" for item in document.coded]


def _defects(findings: Sequence[Shown]) -> Iterator[str]:
    """Number defects; those of one kind in one place share a heading."""
    for number, (first, *more) in alike(findings):
        if not more:
            yield from _finding(first, f"D{number}")
            continue
        head = f"D{number} to D{number + len(more)}"
        yield from wrap(f"{head}: {first.subject}: {first.meaning}", "      ", more="  ")
        for item in (first, *more):
            yield from wrap(f"- {item.text}", "        ", more="  ")
        if first.advice:
            yield from wrap(f"what to do: {first.advice}", "        ", more="  ")
