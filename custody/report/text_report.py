"""The report as text: for a terminal, a file or a printer; the verdict in words stands first and last."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from custody.report.document import CasePage, Document, ExhibitPage, StepPage
from custody.report.findings import Shown
from custody.report.people import Person
from custody.report.story import Act, Mark
from schemas.report import Severity

WIDTH: Final = 100
"""Characters in a line; a digest or a long name stays whole and may go beyond."""
MARKS: Final = {
    Severity.FAILED: "!! WRONG",
    Severity.INDETERMINATE: "?? OPEN",
    Severity.DEFECT: "*  DEFECT",
    Severity.NOTE: "   note",
}
"""How a mark begins; colour never carries meaning."""
UNTRUSTED: Final = (
    "The story below is told by records that did not all pass. What stands in it is what the bundle says, and no more."
)


def text_lines(document: Document) -> Iterator[str]:
    """Yield the lines of the report, without line ends."""
    yield from _title("CUSTODY VERIFICATION REPORT", "=")
    yield from _wrap(f"VERDICT: {document.headline}")
    yield from _section("What this means", _meaning(document))
    yield from _section("What was not asked", _bullets(document.not_asked or ("Nothing was left out.",)))
    yield from _section("What no proof can show", _bullets(document.limits))
    yield from _section("What this rests on", _pairs(document.basis))
    if document.exhibits:
        yield from _section("The story", [] if document.is_trustworthy else _wrap(UNTRUSTED, "  "))
        for case in document.cases:
            yield from _case(case)
        for page in document.exhibits:
            yield from _exhibit(page)
        yield from _section("Who is who", [line for person in document.people for line in _person(person)])
    none = ["  None."]
    defects = [line for number, shown in _numbered(document.defects) for line in _finding(shown, f"D{number}")]
    yield from _section("Defects of procedure (a court may cure them; they never change the verdict)", defects or none)
    yield from _section("What was checked, step by step, and what was found", _steps(document.steps))
    yield from _section("The same findings by code, for an expert", _codes(document) or none)
    yield ""
    # The last line is one line, whatever its length: people and programs look for it there.
    yield document.closing


def _meaning(document: Document) -> Iterator[str]:
    for paragraph in document.meaning:
        yield from _wrap(paragraph, "  ")
    for shown in document.reasons:
        yield from _wrap(f"- {shown.subject}: {shown.meaning}", "    ", more="  ")
    for text in document.advice:
        yield from _wrap(f"What to do: {text}", "  ")


def _case(page: CasePage) -> Iterator[str]:
    yield ""
    yield from _wrap(f"Case {page.name}", "  ")
    for act in page.acts:
        yield from _act(act)


def _exhibit(page: ExhibitPage) -> Iterator[str]:
    yield ""
    kind = "Original (something in this bundle was made from it)" if page.is_original else "Exhibit"
    yield from _wrap(f"{kind} {page.name}", "  ")
    rows = [("what it is", page.description), ("at the end", page.now), ("content", page.files)]
    yield from _pairs(rows, "    ")
    yield ""
    yield "    Who held it"
    for holding in page.story.holdings:
        until = holding.until or "the end of this bundle"
        text = f"{holding.holder}: from {holding.since} (entry {holding.entry}, {holding.by}) until {until}"
        yield from _wrap(text, "      ", more="  ")
    if not page.story.holdings:
        yield "      unknown"
    yield ""
    yield "    What happened to it"
    for act in page.story.acts:
        yield from _act(act)
    if page.rows:
        yield ""
        yield "    Its files"
        for row in page.rows:
            size = f", {row.size} bytes" if row.size else ""
            yield from _wrap(f"{row.name}{size}: {row.result}", "      ", more="  ")
            if row.sha256:
                yield f"        SHA-256 {row.sha256}"


def _act(act: Act) -> Iterator[str]:
    yield from _wrap(f"Entry {act.entry}: {act.headline}", "      ", more="  ")
    yield from _mark_lines(act.marks)
    rows = [("when", act.when), ("signed by", act.signed), ("recorded", act.recorded)]
    yield from _pairs(rows, "          ")
    for line in act.lines:
        yield from _wrap(f"{line.label}: {line.value}", "          ", more="  ")
        for correction in line.corrections:
            yield from _wrap(f"-> {correction}", "            ", more="   ")
    if act.after:
        yield from _wrap(f"afterwards: {act.after}", "          ", more="  ")


def _mark_lines(marks: Sequence[Mark]) -> Iterator[str]:
    for mark in marks:
        yield from _wrap(f"{MARKS[mark.severity]}: {mark.text}", "        ", more="  ")


def _person(person: Person) -> Iterator[str]:
    text = f"{person.agent}: {person.name}; {person.kind}; roles: {person.roles}; enrolled in entry {person.enrolled}"
    yield from _wrap(f"{text}; keys: {person.keys}", "  ", more="  ")


def _steps(steps: Sequence[StepPage]) -> Iterator[str]:
    for step in steps:
        yield from _wrap(
            f"{step.number:2}  {step.verdict.value:13}  {step.title}: {step.question}", "  ", more=" " * 19
        )
        for shown in step.findings:
            yield from _finding(shown, MARKS[shown.severity].strip())
        if step.more:
            yield f"      and {step.more:,} more of this step, all of them in the output of --json"


def _finding(shown: Shown, head: str) -> Iterator[str]:
    yield from _wrap(f"{head}: {shown.subject}: {shown.meaning}", "      ", more="  ")
    if shown.text:
        yield from _wrap(shown.text, "        ", more="  ")
    if shown.expected:
        yield from _wrap(f"expected: {shown.expected}", "        ", more="  ")
    if shown.found:
        yield from _wrap(f"found:    {shown.found}", "        ", more="  ")
    if shown.advice:
        yield from _wrap(f"what to do: {shown.advice}", "        ", more="  ")


def _codes(document: Document) -> list[str]:
    return [f"  step {item.step:2}  {item.severity.value:13}  {item.code}  {item.subject}" for item in document.coded]


def _numbered(findings: Sequence[Shown]) -> Iterator[tuple[int, Shown]]:
    yield from enumerate(findings, start=1)


def _title(text: str, line: str) -> tuple[str, str, str]:
    return text, line * len(text), ""


def _section(title: str, lines: Iterator[str] | Sequence[str]) -> Iterator[str]:
    yield ""
    yield title.upper()
    yield from lines


def _bullets(items: Sequence[str]) -> Iterator[str]:
    for item in items:
        yield from _wrap(f"- {item}", "  ", more="  ")


def _pairs(rows: Sequence[tuple[str, str]], indent: str = "  ") -> Iterator[str]:
    width = max((len(label) for label, _ in rows), default=0)
    for label, value in rows:
        yield from _wrap(f"{label + ':':{width + 1}} {value}", indent, more=" " * (width + 2))


def _wrap(text: str, indent: str = "", *, more: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + more,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [indent]
