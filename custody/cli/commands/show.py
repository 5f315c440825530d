"""`custody show`: the whole story of one exhibit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import click

from custody.cli.acting.exhibit_selection import find_exhibit
from custody.cli.border.whereabouts import Whereabouts, member_lines, whereabouts_of
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.exits import Exit
from custody.cli.output import emit
from custody.cli.periods import WORDS, end_of, start_of
from custody.cli.showing.freeze_state import State, state_of
from custody.cli.showing.holdings import Holdings
from custody.cli.showing.show_bonds import freeze_of, freeze_words, terms_lines
from custody.cli.showing.show_result import ShownExhibit, shown_exhibit
from custody.report.balance_words import balance_lines, balance_rows
from custody.report.counts import count_bytes, counted
from custody.report.family import Relative, children_of, parents_of
from custody.report.image_words import medium_words
from custody.report.ledger_story import LedgerStory, tell_exhibit
from custody.report.safe_text import show as show_text
from custody.report.source_words import source_lines
from custody.report.standing import describe, find_loss
from custody.report.text_lines import act_lines, bullets, holding_lines, pairs, person_lines, section, title, wrap
from custody.report.words import format_utc, format_when
from custody.storage.reading import Reader
from custody.verify.assets.freezes import Frozen
from custody.verify.evidence.erasures import find_erasures
from custody.verify.gate.contents import images_of
from custody.verify.rules.view import Exhibit
from schemas.content import Content
from schemas.report import Severity
from schemas.text import parse_time

READING: Final = (
    "An entry is one record of the ledger; its number is its place there, in the order in which they were recorded.",
    "'when' is the time that those who signed gave for what happened, in UTC, with the local offset that they recorded;"
    " 'recorded' is when the ledger took it in.",
    "The signatures were checked just now against the keys that the ledger has for these people. Whether the ledger as"
    " a whole is unaltered is for custody audit; whether the files are still as registered, for custody check.",
    "What was recorded is never overwritten: a correction stands beside what it corrects. (withheld) means that this"
    " ledger's home does not hold the value, only what proves it where it is shown.",
)


_OPEN_ENDS: Final = {
    "dispatched": "ON ITS WAY to another authority, no receipt yet",
    "in-transit": "IN TRANSIT, its arrival is not on record",
    "lent": "LENT, not given back yet",
}


@dataclass(frozen=True, slots=True)
class _Page:
    """All that is told of one exhibit."""

    name: str
    story: LedgerStory
    where: Whereabouts
    made_from: tuple[Relative, ...]
    made_from_it: tuple[Relative, ...]
    as_of: str | None
    freeze: tuple[Frozen, State] | None
    terms: tuple[str, ...]


@command(
    example="""
    custody show 2026-0417/EX-1
    custody show EX-1 --as-of 2026-11-21
    custody show EX-1 --files
    """,
    result=ShownExhibit,
)
@click.argument("exhibit")
@click.option("--case", metavar="CASE", help="The case in which the number is.")
@click.option("--as-of", metavar="TIME", help=f"As it stood then, as known now: {WORDS} up to its end.")
@click.option("--files", "all_files", is_flag=True, help="List all of its files, not only the first 16.")
@pass_custody
def show(context: Context, *, exhibit: str, case: str | None, as_of: str | None, all_files: bool) -> Exit:
    """Tell the whole story of EXHIBIT: what it is, who has it, and everything that happened to it.

    --as-of goes by when things happened, as known now, and marks what was recorded later. Exit code 3 says that
    something in the story does not hold.
    """
    access = context.ledger()
    until, now = end_of(context, as_of), start_of(context, context.now().isoformat())
    with access.home.store.read() as reader:
        found = find_exhibit(reader, exhibit, case=case)
        story = tell_exhibit(reader, access.home.store.disclosures, found, at=str(now), as_of=until)
        moment = context.now() if until is None else parse_time(until)
        page = _page(reader, Holdings(access.home), found, story, until, moment, all_files=all_files)
    result = shown_exhibit(
        story, page.where, made_from=page.made_from, made_from_it=page.made_from_it, as_of=page.as_of,
        freeze=page.freeze,
    )  # fmt: skip
    emit(context.settings, result, _lines(page))
    return Exit.FAILED if story.has_failed else Exit.DONE


def _page(
    reader: Reader,
    holdings: Holdings,
    exhibit: Exhibit,
    story: LedgerStory,
    as_of: str | None,
    moment: datetime,
    *,
    all_files: bool,
) -> _Page:
    content, frozen = story.details.content, freeze_of(story)
    entry = story.registration.entry.index
    return _Page(
        name=show_text(exhibit.name),
        story=story,
        where=whereabouts_of(
            holdings,
            content if isinstance(content, Content) else None,
            exhibit.registration,
            story.disclosed,
            all_files=all_files,
            erasures=find_erasures((item.entry.entry.index, item.entry.event) for item in story.told),
        ),
        made_from=parents_of(reader, story.details, entry),
        made_from_it=children_of(reader, exhibit.case, exhibit.number, entry),
        as_of=as_of,
        freeze=None if frozen is None else (frozen, state_of(frozen, moment)),
        terms=tuple(terms_lines(exhibit, story)),
    )


def _lines(page: _Page) -> Iterator[str]:
    story = page.story
    yield from title(f"EXHIBIT {page.name}", "=")
    if page.as_of is not None:
        later = f" {story.left_out:,} later entries are left out." if story.left_out else ""
        yield from wrap(f"As of {format_utc(page.as_of)}, by when things happened, as known now.{later}")
        yield ""
    yield from pairs(tuple(_summary(page)))
    yield from section("Who held it", holding_lines(story.story.holdings, end="then" if page.as_of else "now"))
    yield from section("What happened to it", (line for told in story.told for line in act_lines(told.act)))
    balances = balance_rows([told.entry for told in story.told], story.disclosed)
    if balances:
        yield from section("What it held, in its smallest unit, as was recorded", balance_lines(balances))
    content = story.details.content
    if isinstance(content, Content) and content.count:
        yield from section("Its files", member_lines(page.where.members, content))
    yield from section("Who is who", (line for person in story.people for line in person_lines(person)))
    yield from section("How to read this", bullets(READING))


def _summary(page: _Page) -> Iterator[tuple[str, str]]:
    story = page.story
    registered = story.registration.event
    yield "what it is", _what(story)
    yield "registered", f"{format_when(registered)} by {registered.event.actor}, entry {story.registration.entry.index}"
    yield "who has it", _now(story, is_past=page.as_of is not None)
    yield "where it is", _where(story)
    if page.freeze is not None:
        yield "freeze", freeze_words(*page.freeze)
    for line in page.terms:
        yield "on what terms", line
    content = story.details.content
    if isinstance(content, Content):
        files = counted(content.count, "file or other name", "files and other names")
        yield "content", f"{files}, {count_bytes(content.bytes)}"
        yield "fingerprint", content.root
    images = images_of(story.details)
    for number, image in enumerate(images, start=1):
        yield "medium" if len(images) == 1 else f"medium {number}", medium_words(image)
    yield "evidence", page.where.text
    yield from source_lines(story.details)
    for item in page.made_from:
        act = "" if item.act is None else f", as it stood after entry {item.act}"
        yield "made from", f"exhibit {show_text(f'{item.case}/{item.exhibit}')}{act}"
    for item in page.made_from_it:
        yield "made from it", f"exhibit {show_text(f'{item.case}/{item.exhibit}')}, registered in entry {item.entry}"
    for case, entry in story.linked:
        yield "wanted also in", f"case {show_text(case)}, entry {entry}"
    yield "to look at", _attention(story)


def _what(story: LedgerStory) -> str:
    texts = [line.value if line.label == "description" else f"{line.label} {line.value}" for line in story.description]
    corrections = [text for line in story.description for text in line.corrections]
    return "; ".join([", ".join(texts), *corrections])


def _now(story: LedgerStory, *, is_past: bool) -> str:
    exhibit = story.exhibit
    if not (isinstance(exhibit.holder, str) and isinstance(exhibit.status, str) and isinstance(exhibit.sealed, bool)):
        return "nobody: it did not exist yet" if is_past else "unknown: its story could not be followed"
    text = describe(exhibit.holder, exhibit.status, is_sealed=exhibit.sealed, lost=_loss(story))
    name = next((person.name for person in story.people if person.agent == exhibit.holder), "")
    # Why a name is not shown stands in brackets, and is told further below.
    return text if not name or name.startswith("(") else f"{text}; {exhibit.holder} is {name}"


def _loss(story: LedgerStory) -> int | None:
    return find_loss(told.entry for told in story.told)


def _where(story: LedgerStory) -> str:
    if story.place is None:
        return "no place is on record"
    entry, line = story.place
    if line is None:
        return f"no place is on record since it left (entry {entry})"
    return "; ".join([f"{line.value} (entry {entry})", *line.corrections])


def _attention(story: LedgerStory) -> str:
    """Say how it stands, where that is no end, and how much stands beside the entries that a reader must not miss."""
    words = {
        Severity.FAILED: ("WRONG", "WRONG"),
        Severity.INDETERMINATE: ("open or in dispute", "open or in dispute"),
        Severity.DEFECT: ("defect of procedure", "defects of procedure"),
    }
    marks = [mark.severity for told in story.told for mark in told.act.marks]
    counts = [counted(marks.count(severity), *text) for severity, text in words.items() if severity in marks]
    marked = f"{', '.join(counts)}; marked below" if counts else "nothing is marked below"
    standing = _OPEN_ENDS.get(str(story.exhibit.status))
    if story.exhibit.status == "dispatched" and _loss(story) is not None:
        standing = "LOST on its way to another authority, as was reported"
    return f"{standing}; {marked}" if standing else marked
