"""What a letter brings is recorded: a request to us, what completes it, or an answer to one of ours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from custody.cli.assistance.letter_reading import OpenLetter, open_letter
from custody.cli.assistance.requests import all_stories, free_id, record_request
from custody.cli.checking.verification import Believed
from custody.cli.context import Context
from custody.cli.options import Signing, When
from custody.cli.output import note
from custody.cli.periods import end_of
from custody.cli.showing.holdings import staging
from custody.report.shell_words import shell_word
from custody.storage.reading import Reader
from custody.transfer.forum import wanted_of
from custody.transfer.letter_records import Details, news_details, received_details
from custody.transfer.letters import Letter, LetterRequest, check_answer, check_is_news, news, peer_of
from custody.transfer.requests import RequestStory, names_of, read_story
from custody.verify.rules.view import Agent
from schemas.details.request import RequestClosed
from schemas.errors import RefusedError, UsageError
from schemas.profile import RequiredField
from schemas.text import format_time, parse_time


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a letter makes to be recorded about one request: events, documents that they name, what is missing."""

    events: tuple[tuple[str, Details], ...]
    documents: tuple[str, ...]
    missing: tuple[RequiredField, ...] = ()
    notes: tuple[str, ...] = ()


def arrival_time(context: Context, received_at: str | None, when: When) -> str:
    """Return when something arrived: as typed, else the time of the act.

    Raises:
        UsageError: ``usage.time``.
    """
    moment, _ = when.moment(context.now())
    return end_of(context, received_at) or format_time(moment)


def receive_letter(
    context: Context,
    path: Path,
    believed: Believed,
    *,
    accept_indeterminate: bool,
    local: str | None,
    sender: str | None,
    answers: str | None,
    ours: Details,
    received_at: str | None,
    who: Signing,
    when: When,
) -> None:
    """Record what the letter at ``path`` says, about the one request that it is about; ``ours`` is what the receiver
    says of a new one, as `received_details` takes it.

    Raises:
        VerificationError, RefusedError: as `open_letter`, `check_answer` and `check_is_news`; ``letter.several``.
        UsageError: ``request.early`` for an arrival before it was written.
        CustodyError: as `custody.cli.acting.signing.complete`; nothing is written then.
    """
    opened = open_letter(context, path, believed, accept_indeterminate=accept_indeterminate)
    with opened.container, staging(context) as staged:
        arrived_at = arrival_time(context, received_at, when)
        if received_at is not None:
            _check_not_early(opened.letter, arrived_at)
        with context.ledger().home.store.read() as reader:
            peer = peer_of(opened.letter, reader.agents(), sender)
            arrival = _arrive(opened, reader, peer, local=local, answers=answers, ours=ours, received_at=arrived_at)
        opened.stage(staged)
        opened.stage_documents(context, staged, arrival.documents)
        record_request(
            context, arrival.events, who=who, when=when, keep=staged.keep, missing=arrival.missing, notes=arrival.notes
        )
        if opened.letter.is_believed:
            note(context.settings, f"  custody trust seen {shell_word(path)} remembers how far its ledger has come")
            return
        text = "warning: what was recorded rests on a letter that is INDETERMINATE, and says so; so does every audit"
        note(context.settings, f"{text} of this ledger, until the trust file lets the letter be decided")


def _check_not_early(letter: Letter, arrived_at: str) -> None:
    """Raise where a letter is said to have come more than an hour before its ledger recorded what it says."""
    written = max(entry.entry.recorded_at for of in letter.requests for entry in of.entries)
    if parse_time(written) - parse_time(arrived_at) > timedelta(hours=1):
        text = f"expected --received-at after {written}, when the letter was written, found {arrived_at}"
        raise UsageError("request.early", text, hint="left out, it is now")


def _arrive(
    opened: OpenLetter,
    reader: Reader,
    peer: Agent,
    *,
    local: str | None,
    answers: str | None,
    ours: Details,
    received_at: str,
) -> Arrival:
    if len(opened.letter.requests) != 1:
        names = ", ".join(item.state.id for item in opened.letter.requests)
        raise RefusedError("letter.several", f"expected a letter about one request, found one about {names}")
    (of,) = opened.letter.requests
    known = _known(reader, opened.letter.ledger.origin, of.state.id)
    if ours["deadlines"] and (of.state.direction == "incoming" or known is not None):
        text = "expected --deadline beside a new request, found it beside news of one"
        raise UsageError("usage.letter", text)
    if of.state.direction == "incoming":
        story = _answered(opened, reader, of, peer, answers)
        return _news(opened, of, story, peer.id, received_at, reader)
    if known is not None:
        if local not in (None, known.state.id):
            text = f"expected {known.state.id}, under which this request is known here, found {local}"
            raise UsageError("letter.id", text)
        return _news(opened, of, known, peer.id, received_at, reader)
    if answers is not None:
        raise RefusedError("answer.none", f"expected an answer to {answers}, found a request")
    return _first(opened, reader, of, peer, local=local, ours=ours, received_at=received_at)


def _first(
    opened: OpenLetter,
    reader: Reader,
    of: LetterRequest,
    peer: Agent,
    *,
    local: str | None,
    ours: Details,
    received_at: str,
) -> Arrival:
    """Take a request that was not known here; a withdrawal or closing that came in the same letter follows."""
    view = reader.view()
    name = local or free_id(view, f"in-{of.state.id}"[:64])
    details = received_details(
        opened.letter, of, local=name, sender=peer.id, received_at=received_at, ours=ours
    )  # fmt: skip
    events: list[tuple[str, Details]] = [("request.received", details)]
    for entry in of.entries:
        if entry.event.type in {"request.withdrawn", "request.closed"}:
            events.append(
                news_details(opened.letter, of, entry.event, local=name, peer=peer.id, received_at=received_at)
            )
    missing = wanted_of(view, names_of(details), kind=of.state.kind, direction="incoming", peer=peer.id)
    notes = (f"request {of.state.id} of {opened.letter.ledger.origin} is {name} here",)
    return Arrival(tuple(events), tuple(details["documents"] or ()), missing, notes)


def _answered(opened: OpenLetter, reader: Reader, of: LetterRequest, peer: Agent, named: str | None) -> RequestStory:
    """Return our request that a letter answers.

    Raises:
        RefusedError: ``answer.unknown`` where none of ours is named, or as `check_answer`.
    """
    ledger = reader.view().ledger()
    assert ledger is not None, "the letter's recipient was looked at"
    own, told = ledger.origin, of.answers_to
    if told is not None and told.ledger != own:
        text = f"expected an answer to a request of {own}, found one to {told.request} of {told.ledger}"
        raise RefusedError("answer.request", text)
    wanted = named or (told.request if told is not None else None)
    if wanted is None:
        text = "expected the request of ours that is answered, found none named"
        hint = "it answers a request that came there on paper: say which with --answers REQUEST"
        raise RefusedError("answer.unknown", text, hint=hint)
    if reader.view().request(wanted) is None:
        raise RefusedError("answer.unknown", f"expected a request of this ledger, found none called {wanted}")
    story = read_story(reader, wanted)
    check_answer(of, story, ledger=own, peer=_asked(reader, story), letter=opened.letter)
    if peer.id != story.state.peer:
        text = f"expected an answer of {story.state.peer}, whom {wanted} was sent to, found one of {peer.id}"
        raise RefusedError("answer.ledger", text)
    return story


def _asked(reader: Reader, story: RequestStory) -> Agent:
    found = reader.view().agent(story.state.peer)
    assert found is not None, "the ledger lets no request be drafted to a stranger"
    return found


def _news(
    opened: OpenLetter,
    of: LetterRequest,
    story: RequestStory,
    peer: str,
    received_at: str,
    reader: Reader,
) -> Arrival:
    check_is_news(opened.letter, of, story)
    fresh = news(of, story)
    events = tuple(
        news_details(opened.letter, of, event, local=story.state.id, peer=peer, received_at=received_at)
        for event in fresh
    )
    names = story.names.union(*(names_of(details) for _, details in events))
    state = story.state
    missing = wanted_of(reader.view(), names, kind=state.kind, direction=state.direction, peer=state.peer)
    last = fresh[-1].details
    if isinstance(last, RequestClosed):
        advice = f"custody request close {state.id} --outcome {last.outcome} closes it here too"
        return Arrival(events, _documents(events), notes=(advice,))
    return Arrival(events, _documents(events), missing)


def _documents(events: Iterable[tuple[str, dict[str, Any]]]) -> tuple[str, ...]:
    return tuple(digest for _, details in events for digest in details.get("documents") or ())


def _known(reader: Reader, origin: str, request: str) -> RequestStory | None:
    """Return the request that was received from that ledger under that id before."""
    for story in all_stories(reader):
        if story.origin is not None and (story.origin.ledger, story.origin.request) == (origin, request):
            return story
    return None
