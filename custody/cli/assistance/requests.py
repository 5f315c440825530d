"""What the commands about requests share: composing and recording, what is missing, results and lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from custody.cli.acting.acts import compose_event
from custody.cli.acting.signing import Outcome, complete
from custody.cli.border.giving import check_given
from custody.cli.border.receipts import act_result, outcome_lines
from custody.cli.border.sent_records import WithheldLine
from custody.cli.context import Context
from custody.cli.options import Signing, When
from custody.cli.output import emit
from custody.cli.results import RecordedEntry, Result
from custody.ledger.entries import entries_at
from custody.report.counts import counted
from custody.report.safe_text import show
from custody.storage.reading import Reader
from custody.storage.search import Search, find_entries
from custody.transfer.requests import RequestStory, read_story
from custody.verify.rules.view import View
from schemas.details.request import RequestBody
from schemas.errors import UsageError
from schemas.law import LawSource, cite
from schemas.profile import RequiredField
from schemas.text import format_time
from schemas.types import UNSET, Unset


class MissingField(msgspec.Struct, frozen=True, kw_only=True):
    """A field that a request must state and does not: by which law, and how well that law is known (T, S or M)."""

    mark: str
    name: str
    row: str
    source: str


class RequestResult(Result, frozen=True, kw_only=True, tag="custody-request-act/v1"):
    """What became of an act on a request: entries or a draft, what the request lacks, and the letter, if one went."""

    entries: tuple[RecordedEntry, ...]
    draft: str | Unset = UNSET
    letter: str | Unset = UNSET
    missing: tuple[MissingField, ...] = ()
    request: str
    size: int | Unset = UNSET
    waiting_for: tuple[str, ...] | Unset = UNSET
    withheld: tuple[WithheldLine, ...] = ()


def record_request(
    context: Context,
    events: Sequence[tuple[str, Mapping[str, Any]]],
    *,
    who: Signing,
    when: When,
    keep: Callable[[], None] = lambda: None,
    missing: Iterable[RequiredField] = (),
    notes: Sequence[str] = (),
) -> None:
    """Record events about one request as one batch, and print what became of them.

    Raises:
        CustodyError: as `complete`; nothing is written then.
    """
    composed = [compose_event(context, type, details, who=who, when=when) for type, details in events]
    check_given(context, [item.event for item in composed], tried="export")
    outcome = complete(context, who, composed, keep=keep)
    emit_request(context, outcome, str(events[0][1]["request"]), missing=tuple(missing), notes=notes)


def emit_request(
    context: Context,
    outcome: Outcome,
    request: str,
    *,
    missing: tuple[RequiredField, ...] = (),
    notes: Sequence[str] = (),
) -> None:
    """Print what became of an act on a request, and what the request lacks."""
    act = act_result(outcome)
    result = RequestResult(
        entries=act.entries, draft=act.draft, missing=missing_fields(missing), request=request, size=act.size,
        waiting_for=act.waiting_for,
    )  # fmt: skip
    emit(context.settings, result, (*outcome_lines(context, outcome), *missing_lines(missing), *notes))


def missing_fields(missing: Iterable[RequiredField]) -> tuple[MissingField, ...]:
    """Return what a request lacks as a program reads it."""
    return tuple(_missing(item.name, item.source) for item in missing)


def _missing(name: str, source: LawSource) -> MissingField:
    return MissingField(mark=source.mark, name=name, row=source.row, source=source.text)


def missing_lines(missing: Iterable[RequiredField]) -> Iterator[str]:
    """Yield what a request lacks in words: by each law that wants it stated, the fields under one heading."""
    for source, names in by_source(missing).items():
        # "Wanted by unconfirmed" is what a law would be called that nobody read.
        by = f"; {source}" if source.startswith("unconfirmed") else f" wanted by {source}"
        yield f"missing, {counted(len(names), 'field', 'fields')}{by}:"
        yield from (f"  {name}" for name in names)


def by_source(missing: Iterable[RequiredField]) -> dict[str, list[str]]:
    """Return the names of fields by what wants them, so that one law that wants seven is named once."""
    found: dict[str, list[str]] = {}
    for item in missing:
        found.setdefault(cite(item.source), []).append(item.name)
    return found


def all_stories(reader: Reader) -> list[RequestStory]:
    """Return the stories of all requests in the order in which they were opened."""
    search = Search(types=frozenset({"request.drafted", "request.received"}))
    bodies = [entry.event.details for entry in entries_at(reader, find_entries(reader, search))]
    return [read_story(reader, body.request) for body in bodies if isinstance(body, RequestBody)]


def free_id(view: View, wanted: str) -> str:
    """Return ``wanted``, or the first of ``wanted-2``, ``wanted-3`` ... that no request has yet."""
    name, number = wanted[:64], 1
    while view.request(name) is not None:
        number += 1
        name = f"{wanted[:60]}-{number}"
    return name


def check_case(view: View, case: str | None) -> None:
    """Raise where a case is named that this ledger doesn't have.

    Raises:
        UsageError: ``usage.case``.
    """
    if case is not None and view.case(case) is None:
        raise UsageError("usage.case", f"expected a case of this ledger, found {case!r}", hint="custody case list")


def check_ahead(moment: datetime, **ends: str | None) -> None:
    """Raise where a term that is asked for, such as ``until``, is over at the ``moment`` (UTC) of asking.

    Raises:
        UsageError: ``request.past``.
    """
    for name, end in ends.items():
        if end is not None and end < format_time(moment):
            option = f"--{name.replace('_', '-')}"
            text = f"expected {option} after {format_time(moment)}, when it is asked, found {end}"
            raise UsageError("request.past", text, hint="--at TIME, if it was asked earlier than now")


def check_organisation(view: View, agent: str) -> None:
    """Raise unless an agent is enrolled here and its country is on record.

    Raises:
        UsageError: ``request.peer``.
    """
    known = view.agent(agent)
    if known is None or known.country is None:
        found = "nobody of that id" if known is None else f"{show(agent)} without a country"
        command = "enrol" if known is None else "change"
        kind = " --kind organisation" if known is None else ""
        hint = f"custody agent {command} {agent}{kind} --country CC --as REGISTRAR"
        raise UsageError("request.peer", f"expected an organisation with a country on record, found {found}", hint=hint)
