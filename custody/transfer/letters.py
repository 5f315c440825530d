"""What a letter says: a bundle without exhibits, by which a request or an answer travels between two ledgers.

A letter is verified as every bundle is, before anything here looks at it. It is about requests under the ids of the
ledger that wrote it. One that is outgoing there is a request to us; one that is incoming there answers ours, and says
by its own `origin` which of ours: ledger, request and the event that was read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from custody.transfer.requests import RequestStory
from custody.verify.verify import Verified
from custody.verify.view import Agent, Ledger, Request
from schemas.details.letter import LetterOrigin
from schemas.details.record import BundleExported
from schemas.details.request import (
    RequestAnswered,
    RequestBody,
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

Details = dict[str, Any]
_HIDDEN: Final = object()
_ASKED: Final = (
    "deadlines", "documents", "dual_criminality", "fields", "kind", "offences", "period", "respond_by", "until",
)  # fmt: skip
"""What of a request is copied as it was asked; the sender's case number and ids of agents mean nothing here."""
_ANSWERED: Final = ("answered_at", "documents", "ground", "leads_to", "outcome", "reasons", "until", "wanted")


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

    def origin(self, of: LetterRequest, event: ParsedEvent) -> LetterOrigin:
        """Return where something of this letter was read."""
        return LetterOrigin(
            document=self.document or UNSET, event=event.hash, ledger=self.ledger.origin, manifest=self.manifest,
            request=of.state.id, root=self.root, size=self.size,
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


def plain_details(event: ParsedEvent, disclosed: Mapping[str, Disclosure]) -> Details:
    """Return the details of an event with the disclosed values in plain; what is withheld is left out.

    An item of a list that lacks a value is left out whole: half a statement would be another one.
    """
    plain = _shown(json.loads(event.raw)["details"], disclosed)
    assert isinstance(plain, dict), "details are an object"
    return plain


def _shown(value: Any, disclosed: Mapping[str, Disclosure]) -> Any:
    if isinstance(value, dict):
        if value.keys() == {"commitment"}:
            found = disclosed.get(value["commitment"])
            return _HIDDEN if found is None else found.value
        shown = {name: _shown(item, disclosed) for name, item in value.items()}
        return {name: item for name, item in shown.items() if item is not _HIDDEN}
    if isinstance(value, list):
        shown_items = [(item, _shown(item, disclosed)) for item in value]
        return [new for old, new in shown_items if new is not _HIDDEN and _is_whole(old, new)]
    return value


def _is_whole(old: Any, new: Any) -> bool:
    return not isinstance(old, dict) or old.keys() == {"commitment"} or old.keys() == new.keys()


def received_details(
    letter: Letter, of: LetterRequest, *, local: str, sender: str, received_at: str, case: str | None
) -> Details:
    """Return the plain details of ``request.received`` for a request in a letter, what completed it included."""
    asked = plain_details(of.begun, letter.disclosed)
    fields = {item["name"]: item["value"] for item in asked.get("fields", [])}
    documents = list(asked.get("documents", []))
    for entry in of.entries:
        if isinstance(entry.event.details, RequestCompleted):
            more = plain_details(entry.event, letter.disclosed)
            fields.update((item["name"], item["value"]) for item in more.get("fields", []))
            documents += [item for item in more.get("documents", []) if item not in documents]
    copied: Details = {name: asked[name] for name in _ASKED if name in asked}
    if "dual_criminality" in copied:
        # Who stated it is an agent of the sender's ledger; here his id names nobody, or somebody else.
        copied["dual_criminality"].pop("stated_by", None)
    theirs = asked.get("case")
    return {
        **copied,
        "case": case,
        "documents": documents or None,
        "fields": [{"name": name, "value": fields[name]} for name in sorted(fields)],
        "from": sender,
        "origin": letter.origin(of, of.begun),
        "received_at": received_at,
        "reference": of.state.id if theirs is None else f"{of.state.id}, case {theirs}",
        "request": local,
    }


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
        case _:
            return False


def news_details(
    letter: Letter, of: LetterRequest, event: ParsedEvent, *, local: str, peer: str, received_at: str, document: str
) -> tuple[str, Details]:
    """Return type and plain details of the record here of an event that is `news`.

    ``document`` is the digest of the letter itself, which is kept where the record has no other place for its source.
    """
    shown, origin = plain_details(event, letter.disclosed), letter.origin(of, event)
    match event.details:
        case RequestAnswered():
            # A list of which every item was withheld is no list.
            kept: Details = {name: shown[name] for name in _ANSWERED if shown.get(name)}
            if "reasons" not in kept and kept["outcome"] in {"conflict-of-law", "postponed", "refused"}:
                kept["reasons"] = "withheld by the sender of the letter"
            who = [f"{label} {shown[name]}" for name, label in _DECIDERS.items() if name in shown]
            reference = ", ".join([of.state.id, *who])
            kept |= {"from": peer, "origin": origin, "received_at": received_at, "reference": reference}
            return "request.answer-received", {**kept, "request": local}
        case RequestCompleted():
            documents = shown.get("documents")
            fields = shown.get("fields", [])
            return "request.completed", {"documents": documents, "fields": fields, "origin": origin, "request": local}
        case RequestExtended():
            reason = shown.get("reason")
            details = {"document": document, "reason": reason, "request": local, "until": shown["until"]}
            return "request.extended", details
        case RequestWithdrawn():
            reason = shown.get("reason", "withheld by the sender of the letter")
            return "request.withdrawn", {"document": document, "reason": reason, "request": local}
        case _:
            raise AssertionError(f"{event.type} is no news")


_DECIDERS: Final = {"decided_by": "decided by", "forwarded_by": "forwarded by"}


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
