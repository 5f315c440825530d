"""`custody log`: what was recorded, in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import islice
from typing import Any, Final

import click

from custody.cli.acting.entry_results import EntrySigner, signers_of
from custody.cli.acting.exhibit_selection import find_exhibit
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.output import emit, note, put
from custody.cli.parameters import AGENT
from custody.cli.periods import WORDS, end_of, start_of
from custody.cli.results import Result
from custody.report.ledger_words import disputed_entries, naming
from custody.report.words import format_utc, format_when, headline_of
from custody.storage.reading import Reader
from custody.storage.search import Search, find_entries
from schemas.entry import ParsedEntry, parse_entry
from schemas.errors import UsageError
from schemas.registry import DETAILS
from schemas.text import parse_time
from schemas.types import UNSET, Unset

LATE: Final = timedelta(minutes=5)
"""An act that was recorded later than this says when it was."""


class LogEntry(Result, frozen=True, kw_only=True, tag="custody-log-entry/v1"):
    """One entry: what happened in words, when, who signed; ``disputed_by`` is the revocation that puts it in doubt."""

    case: str | Unset = UNSET
    disputed_by: int | Unset = UNSET
    entry: int
    event: str
    exhibit: str | Unset = UNSET
    headline: str
    occurred_at: str
    recorded_at: str
    signers: tuple[EntrySigner, ...]
    type: str
    utc_offset: str


class Log(Result, frozen=True, kw_only=True, tag="custody-log/v1"):
    """The entries asked for, in order; ``has_more`` where --limit ended them; ``size`` is that of the ledger."""

    entries: tuple[LogEntry, ...]
    has_more: bool
    size: int


@command(
    example="""
    custody log
    custody log --reverse --limit 20
    custody log --case 2026-0417 --since 2026-11-01 --type custody
    custody log --exhibit 2026-0417/EX-1 --agent exam-07
    """,
    result=Log,
)
@click.option("--case", metavar="CASE", help="About this case, or an exhibit registered in it.")
@click.option("--exhibit", metavar="EXHIBIT", help="About this exhibit.")
@click.option("--agent", type=AGENT, metavar="AGENT", help="Signed by or for this agent, or about him.")
@click.option("--type", "types", multiple=True, metavar="TYPE", help="Of this type, or family: exhibit.sealed, agent.")
@click.option("--since", metavar="TIME", help=f"Recorded at this time or later: {WORDS}.")
@click.option("--until", metavar="TIME", help="Recorded up to this time.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="No more than this many.")
@click.option("--reverse", is_flag=True, help="The newest first.")
@pass_custody
def log(context: Context, **given: Any) -> None:
    """Show what was recorded, in the order in which it was: one line an entry.

    A line gives the entry's number, when it happened and what; where it was recorded later, it says so.
    """
    with context.ledger().home.store.read() as reader:
        search = _search(context, reader, given)
        size = reader.head().size
        found = _Found(reader, find_entries(reader, search), given["limit"])
        if context.settings.json:
            entries = tuple(_entry(parsed, found) for parsed in found)
            emit(context.settings, Log(entries=entries, has_more=found.has_more, size=size), ())
            return
        is_empty = True
        for parsed in found:
            is_empty = False
            line = format_line(_entry(parsed, found), format_when(parsed.event), width=len(str(size)))
            if not put(context.settings, line):
                return
        if is_empty:
            note(context.settings, "no entry fits")
        elif found.has_more:
            note(context.settings, f"there are more than {given['limit']}")


class _Found:
    """Entries that are read as they are asked for, up to a limit; whether there were more is known at the end."""

    def __init__(self, reader: Reader, indexes: Iterator[int], limit: int | None) -> None:
        self._reader, self._indexes, self._limit = reader, indexes, limit
        self.name_of = naming(reader)
        self.disputed: Mapping[int, int] = disputed_entries(reader)
        self.has_more = False

    def __iter__(self) -> Iterator[ParsedEntry]:
        for index in islice(self._indexes, self._limit):
            yield parse_entry(self._reader.entry(index))
        self.has_more = next(self._indexes, None) is not None


def _entry(parsed: ParsedEntry, found: _Found) -> LogEntry:
    event = parsed.event.event
    return LogEntry(
        case=event.case,
        disputed_by=found.disputed.get(parsed.entry.index, UNSET),
        entry=parsed.entry.index,
        event=parsed.event.hash,
        exhibit=event.exhibit,
        headline=headline_of(parsed.event, found.name_of),
        occurred_at=event.occurred_at,
        recorded_at=parsed.entry.recorded_at,
        signers=signers_of(parsed.event),
        type=event.type,
        utc_offset=event.utc_offset,
    )


def format_line(entry: LogEntry, when: str, *, width: int) -> str:
    """Return an entry on one line; ``when`` in words, ``width`` characters for the entry's number."""
    line = f"{entry.entry:{width}}  {when}  {entry.headline}"
    if abs(parse_time(entry.recorded_at) - parse_time(entry.occurred_at)) > LATE:
        line += f"; recorded {format_utc(entry.recorded_at)}"
    if isinstance(entry.disputed_by, int):
        line += f"; DISPUTED since entry {entry.disputed_by}"
    return line


def _search(context: Context, reader: Reader, given: dict[str, Any]) -> Search:
    """Return what is looked for.

    Raises:
        UsageError: ``usage.case``, ``usage.agent``, ``usage.exhibit``, ``usage.type``, ``usage.time``.
    """
    case, agent, view = given["case"], given["agent"], reader.view()
    if case is not None and view.case(case) is None:
        raise UsageError("usage.case", f"expected a case of this ledger, found {case!r}", hint="custody case list")
    if agent is not None and view.agent(agent) is None:
        raise UsageError("usage.agent", f"expected an agent of this ledger, found {agent}", hint="custody agent list")
    named = given["exhibit"]
    return Search(
        case=case,
        exhibit=None if named is None else find_exhibit(reader, named, case=case),
        agent=agent,
        types=frozenset(name for typed in given["types"] for name in _types(typed)),
        since=start_of(context, given["since"]),
        until=end_of(context, given["until"]),
        is_reversed=given["reverse"],
    )


def _types(typed: str) -> list[str]:
    found = [name for name in DETAILS if name == typed or name.startswith(f"{typed}.")]
    if not found:
        raise UsageError("usage.type", f"expected a type of events, found {typed!r}", hint=", ".join(sorted(DETAILS)))
    return found
