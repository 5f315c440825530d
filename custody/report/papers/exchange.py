"""A paper that goes between authorities: the Budapest Convention article 29 request."""

from __future__ import annotations

from custody.report.papers.paper import Label, Paper, Reader, Row, proof_of
from custody.report.safe_text import show
from custody.report.words import format_utc
from custody.transfer.requests import RequestStory
from custody.verify.verify import Verified
from schemas.details.request import RequestBody, RequestReceived
from schemas.errors import UsageError
from schemas.types import UNSET, is_set

_ARTICLE = (
    ("a", "Authority that asks for preservation", ("authority", "contact")),
    ("b", "Offence under investigation, and summary of the facts", ("offence", "facts")),
    ("c", "Data to be preserved, and their relation to the offence", ("data", "accounts", "period", "connection")),
    ("d", "Custodian of the data, or location of the system", ("custodian", "location", "place")),
    ("e", "Necessity of the preservation", ("necessity", "urgency")),
    ("f", "Intention to submit a request for mutual assistance", ("mla-intent",)),
)
"""Article 29(2), in the order of its letters (law row B1)."""


def art29_request(verified: Verified, subject: str, basis: tuple[Row, ...]) -> Paper:
    """Return a request for expedited preservation, in the order of article 29(2)(a) to (f).

    Raises:
        UsageError: ``print.subject`` unless ``subject`` is a preservation on record.
    """
    read, story = Reader(verified, "en"), story_of(verified, subject)
    if story.state.kind != "preservation":
        raise UsageError("print.subject", f"expected a preservation, found {subject}, which is {story.state.kind}")
    body, stated = story.body, story.fields
    offences = body.offences or ()
    rows = []
    for letter, title, names in _ARTICLE:
        # The first one is what the letter is called by.
        told = [
            ("" if name == names[0] else f"{name}: ") + read.value(stated[name]) for name in names if name in stated
        ]
        if letter == "b":
            told += [f"{item.country}: {read.value(item.text)}" for item in offences]
        if letter == "c" and is_set(body.period):
            told.append(f"period: {format_utc(body.period.first)} to {format_utc(body.period.last)}")  # type: ignore[union-attr]
        rows.append(Row(Label(f"({letter}) {title}"), "; ".join(told) or read.value(UNSET)))
    named = {name for _, _, names in _ARTICLE for name in names}
    further = "; ".join(f"{name}: {read.value(stated[name])}" for name in stated if name not in named)
    rows.append(Row(Label("Further statements"), further or read.value(UNSET)))
    rows.append(Row(Label("Documents that go along (SHA-256)"), read.value(body.documents)))
    until = format_utc(story.asked_until) if story.asked_until else read.value(UNSET)
    rows.append(Row(Label("Preservation asked for until"), until))
    if isinstance(body, RequestReceived):
        way = (Row(Label("From"), read.person(story.state.peer)), Row(Label("Received"), format_utc(body.received_at)))
    else:
        sent = format_utc(story.sent_at) if story.sent_at else "not sent, as far as these records show"
        way = (Row(Label("To"), read.person(story.state.peer)), Row(Label("Sent"), sent))
    head = (Row(Label("Request"), show(subject)), *way)
    statements = (
        Label("Expedited preservation of stored computer data is asked for under article 29 of the Convention on "
              "Cybercrime (ETS 185)."),
    )  # fmt: skip
    return Paper(
        "art29-request", Label("Request for expedited preservation (Budapest Convention, article 29)"), "en", basis,
        statements, (*head, *rows), (), (Label("For the authority that asks: name, office, date and signature"),),
        tuple(proof_of(entry) for entry in story.entries),
    )  # fmt: skip


def story_of(verified: Verified, subject: str) -> RequestStory:
    """Return the story of a request among what was read.

    Raises:
        UsageError: ``print.subject`` where there is none of that id.
    """
    state = verified.state.request(subject)
    entries = tuple(
        entry
        for entry in verified.entries.values()
        if entry.event.type.startswith("request.") and getattr(entry.event.details, "request", "") == subject
    )
    if state is None or not entries or not isinstance(entries[0].event.details, RequestBody):
        raise UsageError("print.subject", f"expected a request on record, found {subject!r}")
    return RequestStory(state, entries)
