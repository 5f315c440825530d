"""The pieces of text that reports and stories are made of: sections, pairs, acts, holders, people; wrapped."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from custody.report import marks
from custody.report.people import Person
from custody.report.story import Act, Holding, Mark
from schemas.report import Severity

WIDTH: Final = 100
"""Characters in a line; a digest or a long name stays whole and may go beyond."""
MARKS: Final = {
    Severity.FAILED: marks.WRONG,
    Severity.INDETERMINATE: marks.OPEN,
    Severity.DEFECT: marks.PROCEDURE,
    Severity.NOTE: "   note",
}
"""How a mark begins; colour never carries meaning."""


def title(text: str, line: str) -> tuple[str, str, str]:
    """Return a title, underlined, and an empty line."""
    return text, line * len(text), ""


def section(title: str, lines: Iterator[str] | Sequence[str]) -> Iterator[str]:
    """Yield an empty line, a heading in capitals, and the lines below it."""
    yield ""
    yield title.upper()
    yield from lines


def bullets(items: Sequence[str]) -> Iterator[str]:
    """Yield items as a list."""
    for item in items:
        yield from wrap(f"- {item}", "  ", more="  ")


def pairs(rows: Sequence[tuple[str, str]], indent: str = "  ") -> Iterator[str]:
    """Yield labels with their values, the values below each other."""
    width = max((len(label) for label, _ in rows), default=0)
    for label, value in rows:
        yield from wrap(f"{label + ':':{width + 1}} {value}", indent, more=" " * (width + 2))


def wrap(text: str, indent: str = "", *, more: str = "") -> list[str]:
    """Return the lines of a paragraph; those after the first are indented by ``more`` as well."""
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + more,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [indent]


def act_lines(act: Act) -> Iterator[str]:
    """Yield an act of a story: what happened, what is wrong with it, when, who signed, and its values."""
    yield from wrap(f"Entry {act.entry}: {act.headline}", "      ", more="  ")
    yield from _mark_lines(act.marks)
    rows = [("when", act.when), ("signed by", act.signed), ("recorded", act.recorded)]
    yield from pairs(rows, "          ")
    for line in act.lines:
        yield from wrap(f"{line.label}: {line.value}", "          ", more="  ")
        for correction in line.corrections:
            yield from wrap(f"-> {correction}", "            ", more="   ")
    if act.after:
        yield from wrap(f"afterwards: {act.after}", "          ", more="  ")


def holding_lines(holdings: Sequence[Holding], *, end: str) -> Iterator[str]:
    """Yield who held an exhibit from when until when; the last one until ``end``, in words."""
    for holding in holdings:
        until = holding.until or end
        text = f"{holding.holder}: from {holding.since} (entry {holding.entry}, {holding.by}) until {until}"
        yield from wrap(text, "      ", more="  ")
    if not holdings:
        yield "      unknown"


def _mark_lines(marks: Sequence[Mark]) -> Iterator[str]:
    for mark in marks:
        yield from wrap(f"{MARKS[mark.severity]}: {mark.text}", "        ", more="  ")


def person_lines(person: Person) -> Iterator[str]:
    """Yield who is behind a short name."""
    text = f"{person.agent}: {person.name}; {person.kind}; roles: {person.roles}; enrolled in entry {person.enrolled}"
    yield from wrap(f"{text}; keys: {person.keys}", "  ", more="  ")
