"""Requests and answers of authorities that have no such tool: written down from paper, and marked so for ever."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from custody.cli.assistance.letter_receiving import arrival_time
from custody.cli.assistance.request_options import answer_details, body_details
from custody.cli.assistance.requests import check_case, check_organisation, free_id, record_request
from custody.cli.context import Context
from custody.cli.options import Signing, When
from custody.cli.output import note
from custody.cli.showing.holdings import staging
from custody.ledger.entries import entries_at
from custody.report.safe_text import show
from custody.storage.search import Search, find_entries
from custody.transfer.forum import wanted_of
from custody.transfer.requests import names_of, read_story
from schemas.details.request import AnswerReceived, RequestReceived
from schemas.errors import RefusedError, UsageError


def receive_paper(
    context: Context,
    paper: Path,
    *,
    local: str | None,
    sender: str,
    received_at: str | None,
    given: dict[str, Any],
    who: Signing,
    when: When,
) -> None:
    """Record a request, or an answer to one of ours, from the scanned letter at ``paper``.

    Raises:
        UsageError: ``usage.kind``, ``usage.answer``, ``request.peer``, ``usage.case``, or as `body_details`.
        RefusedError: ``answer.ledger`` where another authority answers than the one that was asked, ``letter.twice``
            where the same scan was received as an answer to the same request.
        CustodyError: as `custody.cli.acting.signing.complete`; nothing is written then.
    """
    with context.ledger().read() as reader:
        check_organisation(reader.view(), sender)
        check_case(reader.view(), given["case"])
    arrived_at = arrival_time(context, received_at, when)
    source = {"from": sender, "received_at": arrived_at, "reference": given.pop("reference")}
    if given["answers"] is not None:
        _receive_answer(context, paper, source, given, who=who, when=when)
        return
    kind = given.pop("kind")
    if kind is None:
        raise UsageError("usage.kind", "expected --kind of the request, or --answers REQUEST, found neither")
    for name in ("answers", "outcome", "ground", "reasons", "wanted", "decided_by"):
        if given.pop(name):
            raise UsageError(
                "usage.answer", f"expected --{name.replace('_', '-')} beside --answers only, found it here"
            )
    with staging(context) as staged:
        details = {**body_details(context, staged, given), **source, "kind": kind, "paper": staged.document(paper)}
        for index, request in _on_record(context, details["paper"]):
            note(context.settings, f"warning: this paper is on record already, in entry {index} as {show(request)}")
        with context.ledger().read() as reader:
            view = reader.view()
            details["request"] = local or free_id(view, "in-1")
            missing = wanted_of(view, names_of(details), kind=kind, direction="incoming", peer=sender)
        notes = (f"received on paper: {details['request']} here",)
        events = [("request.received", details)]
        record_request(context, events, who=who, when=when, keep=staged.keep, missing=missing, notes=notes)


def _receive_answer(
    context: Context, paper: Path, source: dict[str, Any], given: dict[str, Any], *, who: Signing, when: When
) -> None:
    request = given.pop("answers")
    with context.ledger().read() as reader:
        story = read_story(reader, request)
    if story.state.peer != source["from"]:
        text = f"expected an answer of {story.state.peer}, whom {request} was sent to, found one of {source['from']}"
        raise RefusedError("answer.ledger", text)
    if given.pop("kind") is not None:
        raise UsageError("usage.kind", "expected no --kind beside --answers, found one")
    answer = answer_details(given)
    with staging(context) as staged:
        body = body_details(context, staged, given)
        _check_only_answer(body)
        details = {
            **answer,
            **source,
            "answered_at": source["received_at"],
            "documents": body["documents"],
            "paper": staged.document(paper),
            "request": request,
            "until": body["until"],
        }
        known = [index for index, of in _on_record(context, details["paper"], is_answer=True) if of == request]
        if known:
            text = f"expected an answer that is not on record yet, found this paper in entry {known[0]}"
            raise RefusedError("letter.twice", text, hint=f"custody request show {request}")
        events = [("request.answer-received", details)]
        notes = ("received on paper",)
        record_request(context, events, who=who, when=when, keep=staged.keep, notes=notes)


def _on_record(context: Context, paper: object, *, is_answer: bool = False) -> list[tuple[int, str]]:
    """Return the entries in which the same scan, by its digest, was received before, with the requests they are of."""
    type = "request.answer-received" if is_answer else "request.received"
    with context.ledger().home.store.read() as reader:
        entries = list(entries_at(reader, find_entries(reader, Search(types=frozenset({type})))))
    return [
        (item.entry.index, item.event.details.request)
        for item in entries
        if isinstance(item.event.details, RequestReceived | AnswerReceived) and item.event.details.paper == paper
    ]


def _check_only_answer(body: dict[str, Any]) -> None:
    """An answer states nothing of a request but its documents and how long data are kept."""
    typed = sorted(name for name, value in body.items() if value and name not in {"documents", "until"})
    if typed:
        raise UsageError(
            "usage.answer", f"expected no statements of a request beside --answers, found {', '.join(typed)}"
        )
