"""The story of an assistance request, read from the entries about it: what was asked, sent, completed, answered.

The reducer keeps only what its rules need; what a person wants to know stands in the entries. Each step says how it
came here: signed in this ledger, read in a verified letter of another ledger, or written down from paper.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from custody.ledger.entries import entries_about
from custody.ledger.store import LedgerReader
from custody.verify.rules.view import Request
from schemas.details.letter import LetterOrigin
from schemas.details.request import (
    Answer,
    Lead,
    RequestBody,
    RequestCompleted,
    RequestExtended,
    RequestReceived,
    RequestSent,
)  # fmt: skip
from schemas.entry import ParsedEntry
from schemas.errors import UsageError
from schemas.event import ParsedEvent
from schemas.profile import STATED_APART, Profile, RequiredField
from schemas.text import parse_time
from schemas.types import Private, Record, is_set

Medium = Literal["certificate", "letter", "letter-undecided", "paper", "signed"]
"""How a step came into this ledger; ``signed`` where it happened here, ``letter-undecided`` where a person took a
letter on which the verdict was INDETERMINATE.
"""


def medium_of(details: Record) -> Medium:
    """Return how what ``details`` say came here."""
    origin = getattr(details, "origin", None)
    if isinstance(origin, LetterOrigin):
        return "letter-undecided" if is_set(origin.verdict) else "letter"
    if isinstance(getattr(details, "certificate", None), str):
        return "certificate"
    on_paper = isinstance(getattr(details, "paper", None), str) or getattr(details, "channel", None) == "paper"
    return "paper" if on_paper else "signed"


@dataclass(frozen=True, slots=True)
class RequestStory:
    """A request as it stands, and the entries about it in order, the first of which drafted or received it."""

    state: Request
    entries: tuple[ParsedEntry, ...]

    @property
    def body(self) -> RequestBody:
        """What was asked at first."""
        details = self.entries[0].event.details
        assert isinstance(details, RequestBody), "a request begins with its body"
        return details

    @property
    def events(self) -> tuple[ParsedEvent, ...]:
        """The events of these entries."""
        return tuple(entry.event for entry in self.entries)

    @property
    def origin(self) -> LetterOrigin | None:
        """Where it was received from in a letter; nothing for one of our own or from paper."""
        found = getattr(self.body, "origin", None)
        return found if isinstance(found, LetterOrigin) else None

    @property
    def fields(self) -> Mapping[str, Private]:
        """What it states by now, by the name of the field: a later statement takes the place of an earlier one."""
        stated: dict[str, Private] = {}
        for event in self.events:
            if isinstance(event.details, RequestBody | RequestCompleted):
                stated.update((item.name, item.value) for item in event.details.fields)
        return stated

    @property
    def names(self) -> frozenset[str]:
        """The fields that it states, in `fields` or in a place of their own."""
        apart = {name for name, place in STATED_APART.items() if _is_stated(getattr(self.body, place))}
        completed = [event.details for event in self.events if isinstance(event.details, RequestCompleted)]
        if any(_is_stated(item.documents) for item in completed):
            apart.add("legal-documents")
        return frozenset(self.fields) | apart

    @property
    def answers(self) -> tuple[ParsedEntry, ...]:
        """The entries that answer it, in order."""
        return tuple(entry for entry in self.entries if isinstance(entry.event.details, Answer))

    @property
    def leads(self) -> tuple[Lead, ...]:
        """Where its answers lead, in order (law row B6)."""
        told = [event.details.leads_to for event in self.events if isinstance(event.details, Answer)]
        return tuple(lead for leads in told if isinstance(leads, tuple) for lead in leads)

    @property
    def sent_at(self) -> str | None:
        """When it was sent last, as its sender says; nothing for one that was not."""
        times = [event.details.sent_at for event in self.events if isinstance(event.details, RequestSent)]
        return times[-1] if times else None

    @property
    def asked_until(self) -> str | None:
        """Until when who asks wants data preserved: as drafted, or as he prolonged it last; nothing where no date was
        named. What the other side confirms or prolongs of its own is no request.
        """
        longer = [event.details for event in self.events if isinstance(event.details, RequestExtended)]
        if self.state.direction == "outgoing":
            asked = [item.until for item in longer if not is_set(item.origin)]
        else:
            asked = [item.until for item in longer if is_set(item.origin) or is_set(item.document)]
        named = [str(self.body.until)] if is_set(self.body.until) else []
        return (named + asked)[-1] if named or asked else None

    @property
    def answered_after(self) -> timedelta | None:
        """How long it took from the first sending, or the arrival, to the first answer (law row B4); nothing before."""
        begun = [event.details.sent_at for event in self.events if isinstance(event.details, RequestSent)]
        if isinstance(self.body, RequestReceived):
            begun = [self.body.received_at]
        answers = [event.details.answered_at for event in self.events if isinstance(event.details, Answer)]
        return parse_time(answers[0]) - parse_time(begun[0]) if begun and answers else None

    @property
    def is_undecided(self) -> bool:
        """Tell whether something of it was read in a letter on which the verdict was INDETERMINATE."""
        return any(is_set(origin.verdict) for origin in self.letters())

    @property
    def is_on_paper(self) -> bool:
        """Tell whether it came, or was sent, on paper."""
        begun = [event.details for event in self.events if isinstance(event.details, RequestBody | RequestSent)]
        return any(medium_of(item) == "paper" for item in begun)

    def letter_size(self) -> int:
        """Return the size of the other ledger when the newest letter about this request was read here, else 0."""
        return max((origin.size for origin in self.letters()), default=0)

    def letters(self) -> tuple[LetterOrigin, ...]:
        """Return where something about this request was read in letters, in order."""
        return tuple(origin for event in self.events if (origin := _origin_of(event)) is not None)


def _origin_of(event: ParsedEvent) -> LetterOrigin | None:
    found = getattr(event.details, "origin", None)
    return found if isinstance(found, LetterOrigin) else None


def _is_stated(value: object) -> bool:
    return is_set(value) and value != ()


def read_story(reader: LedgerReader, request: str) -> RequestStory:
    """Return the story of the request of that id.

    Raises:
        UsageError: ``request.unknown``.
    """
    state = reader.view().request(request)
    if state is None:
        text = f"expected a request of this ledger, found none called {request}"
        # A letter gives its request this id where nobody says another.
        received = f"in-{request}"[:64]
        hint = "custody request list shows those that are on record"
        if reader.view().request(received) is not None:
            hint = f"one that its sender calls so may be {received} here: custody request show {received}"
        raise UsageError("request.unknown", text, hint=hint)
    return RequestStory(state, tuple(entries_about(reader, ("request", request))))


def lacking(story: RequestStory, profile: Profile | None) -> tuple[RequiredField, ...]:
    """Return what the procedure profile wants a request of this kind to state, and it does not (B1, C13, C16, C17)."""
    return lacking_of(story.names, profile, kind=story.state.kind, direction=story.state.direction)


def lacking_of(
    names: frozenset[str], profile: Profile | None, *, kind: str, direction: str
) -> tuple[RequiredField, ...]:
    """Return the fields that ``profile`` wants of a request and that are not among ``names``."""
    if profile is None:
        return ()
    return tuple(field for field in profile.required(kind, direction, names) if field.name not in names)


def names_of(details: Mapping[str, object]) -> frozenset[str]:
    """Return the fields that plain details of a request state, before there is an entry."""
    fields = details.get("fields")
    listed = [item for item in fields if isinstance(item, Mapping)] if isinstance(fields, Sequence) else []
    apart = {name for name, place in STATED_APART.items() if details.get(place)}
    return frozenset({str(item["name"]) for item in listed} | apart)
