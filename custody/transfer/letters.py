"""What a letter says: a bundle without exhibits, by which a request or an answer travels between two ledgers.

A letter is verified as every bundle is, before anything here looks at it. It is about requests under the ids of the
ledger that wrote it. One that is outgoing there is a request to us; one that is incoming there answers ours, and says
by its own `origin` which of ours: ledger, request and the event that was read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from custody.transfer.requests import RequestStory
from custody.verify.rules.view import Agent, Ledger, Request
from custody.verify.verify import Verified
from schemas.details.letter import LetterOrigin
from schemas.details.record import BundleExported
from schemas.details.request import (
    RequestAnswered,
    RequestBody,
    RequestClosed,
    RequestCompleted,
    RequestExtended,
    RequestReceived,
    RequestWithdrawn,
)  # fmt: skip
from schemas.entry import ParsedEntry
from schemas.errors import RefusedError, UsageError, VerificationError
from schemas.event import ParsedEvent
from schemas.private import Disclosure
from schemas.types import UNSET, is_set


@dataclass(frozen=True, slots=True)
class LetterRequest:
    """One request in a letter, under the sender's id, with the entries about it in order, exports left aside."""

    state: Request
    entries: tuple[ParsedEntry, ...]

    @property
    def begun(self) -> ParsedEvent:
        """The event that drafted or received it there."""
        return self.entries[0].event

    @property
    def answers_to(self) -> LetterOrigin | None:
        """Which request of another ledger this is, where it was read in a letter of that ledger."""
        details = self.begun.details
        if isinstance(details, RequestReceived) and isinstance(details.origin, LetterOrigin):
            return details.origin
        return None


@dataclass(frozen=True, slots=True)
class Letter:
    """A verified letter: the ledger that wrote it, at which size and root, to whom, and what it shows."""

    ledger: Ledger
    size: int
    root: str
    manifest: str
    to: Agent | None
    requests: tuple[LetterRequest, ...]
    disclosed: Mapping[str, Disclosure]
    document: str = ""
    """SHA-256 of the letter itself, under which it is kept."""
    is_believed: bool = True
    """Whether the verdict on it was PASSED: else a person took it although that could not be decided."""

    def origin(self, of: LetterRequest, event: ParsedEvent) -> LetterOrigin:
        """Return where something of this letter was read."""
        return LetterOrigin(
            document=self.document or UNSET, event=event.hash, ledger=self.ledger.origin, manifest=self.manifest,
            request=of.state.id, root=self.root, size=self.size,
            verdict=UNSET if self.is_believed else "INDETERMINATE",
        )  # fmt: skip

    def find(self, event: str) -> tuple[LetterRequest, ParsedEvent] | None:
        """Return the event of that hash and the request that it is about."""
        found = ((of, entry.event) for of in self.requests for entry in of.entries if entry.event.hash == event)
        return next(found, None)


def read_letter(verified: Verified) -> Letter:
    """Return the letter in a bundle whose verdict the caller has looked at.

    Raises:
        RefusedError: ``letter.exhibits`` for a bundle that holds exhibits, ``letter.empty`` for one without requests.
    """
    ledger, report = verified.state.ledger(), verified.report.ledger
    if verified.report.exhibits:
        hint = "custody receive takes exhibits; custody register --foreign-from registers one without a transfer"
        raise RefusedError("letter.exhibits", "expected a letter about requests, found a bundle of exhibits", hint=hint)
    size = getattr(report, "size", 0)
    last = verified.entries.get(size - 1)
    if ledger is None or last is None or not isinstance(last.event.details, BundleExported):
        raise RefusedError("letter.empty", "expected a letter that ends with its export, found none")
    about = last.event.event.about
    names = [str(item.request) for item in about if is_set(item.request)] if isinstance(about, tuple) else []
    requests = tuple(item for name in names if (item := _request(verified, name)) is not None)
    if not requests:
        raise RefusedError("letter.empty", "expected a letter about a request, found none in it")
    to = last.event.details.to
    return Letter(
        ledger=ledger, size=size, root=str(getattr(report, "root", "")), manifest=last.event.details.manifest,
        to=verified.state.agent(str(to)) if is_set(to) else None, requests=requests,
        disclosed=verified.values.disclosed,
    )  # fmt: skip


def _request(verified: Verified, name: str) -> LetterRequest | None:
    state = verified.state.request(name)
    found = [
        verified.entries[index]
        for index in sorted(verified.placed)
        if ("request", name) in verified.placed[index].subjects and index in verified.entries
    ]
    entries = tuple(entry for entry in found if entry.event.type.startswith("request."))
    if state is None or not entries or not isinstance(entries[0].event.details, RequestBody):
        return None
    return LetterRequest(state, entries)


def check_addressed(letter: Letter, origin: str) -> None:
    """Raise where the letter was written to another ledger than that of ``origin``: a replay, or a slip of the hand.

    Raises:
        RefusedError: ``letter.recipient``.
    """
    if letter.to is not None and letter.to.ledger not in {None, origin}:
        text = f"expected a letter to {origin}, found one to {letter.to.id} with the ledger {letter.to.ledger}"
        raise RefusedError("letter.recipient", text, hint="give it to whom it was written, or ask for one of your own")


def check_is_news(letter: Letter, of: LetterRequest, story: RequestStory) -> None:
    """Raise where a letter holds nothing about a request that was not read before, or contradicts what was read.

    Raises:
        RefusedError: ``letter.twice``.
        VerificationError: ``letter.fork`` where its ledger showed another history at the same size.
    """
    for origin in story.letters():
        if origin.ledger == letter.ledger.origin and origin.size == letter.size and origin.root != letter.root:
            text = f"expected {origin.root} at {letter.size} entries of {origin.ledger}, found {letter.root}"
            hint = "the ledger shows two histories; keep both letters, they are the proof"
            raise VerificationError("letter.fork", text, hint=hint)
    if letter.size <= story.letter_size() or not news(of, story):
        text = f"expected something new about {story.state.id}, found a letter that was received before"
        raise RefusedError("letter.twice", text, hint=f"custody request show {story.state.id}")


def news(of: LetterRequest, story: RequestStory) -> tuple[ParsedEvent, ...]:
    """Return the events of the other side that came after its newest letter about this request."""
    size = story.letter_size()
    return tuple(
        entry.event
        for entry in of.entries
        if entry.entry.index >= size and _is_news(entry.event, of.state.direction, story)
    )


def _is_news(event: ParsedEvent, direction: str, story: RequestStory) -> bool:
    """Tell whether an event of the other side says something here, and does not only echo what this side wrote."""
    match event.details:
        case RequestAnswered():
            return True
        case RequestCompleted() | RequestWithdrawn():
            return direction == "outgoing"
        case RequestExtended(until=until):
            return until != story.state.until
        case RequestClosed(origin=origin):
            return not is_set(origin) and story.state.status != "closed"
        case _:
            return False


def check_answer(of: LetterRequest, story: RequestStory, *, ledger: str, peer: Agent, letter: Letter) -> None:
    """Raise unless a letter answers the request of ``story``, which ``ledger`` sent to ``peer``.

    Raises:
        RefusedError: ``answer.ledger`` where another ledger than that of the peer wrote it, ``answer.request`` where
            it says that it answers another request, or an event that is none of this one.
    """
    if peer.ledger is not None and peer.ledger != letter.ledger.origin:
        text = f"expected an answer of {peer.ledger}, the ledger of {peer.id}, found one of {letter.ledger.origin}"
        raise RefusedError("answer.ledger", text, hint="it was sent to another authority; ask who answers here")
    names = of.answers_to
    if names is None:
        return  # received there from paper: the caller was told by a person which request it is
    if (names.ledger, names.request) != (ledger, story.state.id):
        text = f"expected an answer to {story.state.id} of {ledger}, found one to {names.request} of {names.ledger}"
        raise RefusedError("answer.request", text)
    if names.event not in {event.hash for event in story.events}:
        text = f"expected an answer to what {story.state.id} says here, found one to an event that it does not have"
        raise RefusedError("answer.request", text, hint="the other side read another request; send yours again")


def peer_of(letter: Letter, agents: Iterable[Agent], named: str | None) -> Agent:
    """Return the organisation enrolled here whose ledger wrote the letter; ``named`` chooses among several.

    Raises:
        RefusedError: ``letter.sender`` where there is none.
        UsageError: ``letter.senders`` where there are several and none is named.
    """
    known = [agent for agent in agents if agent.ledger == letter.ledger.origin and not agent.has_left]
    fits = [agent for agent in known if named in (None, agent.id)]
    if not known or not fits:
        found = ", ".join(agent.id for agent in known) or "none"
        who = named or "ID"
        hint = (
            f"custody agent enrol {who} --kind organisation --country {letter.ledger.country} "
            f"--ledger {letter.ledger.origin} --as REGISTRAR"
        )
        text = f"expected an organisation enrolled here with the ledger {letter.ledger.origin}, found {found}"
        raise RefusedError("letter.sender", text, hint=hint)
    if len(fits) > 1:
        names = ", ".join(agent.id for agent in fits)
        text = f"expected one organisation with the ledger {letter.ledger.origin}, found {names}"
        raise UsageError("letter.senders", text, hint="say which with --from")
    return fits[0]
