"""The state of a ledger in memory: the newest form of every record that the reducer returned, and where events stand.

A bundle or a replay folds entries into it in order; the reducer reads it as a `View`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

from custody.verify.fold.lineage import Lineage
from custody.verify.gate.contents import Contents
from custody.verify.rules.view import (
    Agent,
    Case,
    Consent,
    EventPlace,
    Exhibit,
    Key,
    Ledger,
    Request,
    StateRecord,
    Transfer,
)  # fmt: skip
from schemas.event import ParsedEvent
from schemas.subject import Subject


class Put:
    """The newest form of every record that the reducer returned, by its name. Mutable, and the ground of every `View`
    that grows. ``requests``, ``keys`` and ``cases`` go by their names, ``exhibits`` by case and number.
    """

    __slots__ = (
        "_agents", "_consents", "_contents", "_covering", "_held", "_ledger", "_registered", "_transfers",
        "cases", "exhibits", "keys", "requests",
    )  # fmt: skip

    def __init__(self) -> None:
        self._ledger: Ledger | None = None
        self._agents: dict[str, Agent] = {}
        self.keys: dict[str, Key] = {}
        self.cases: dict[str, Case] = {}
        self.exhibits: dict[tuple[str, str], Exhibit] = {}
        self._registered: dict[str, tuple[str, str]] = {}
        self.requests: dict[str, Request] = {}
        self._consents: dict[str, Consent] = {}
        self._contents = Contents()
        self._covering: dict[tuple[str, str | None], list[str]] = {}
        self._transfers: dict[str, Transfer] = {}
        self._held: dict[str, dict[tuple[str, str], None]] | None = None
        """What each agent held or has, of which some may have gone on; made when it is first asked for."""

    def records(self) -> Iterator[StateRecord]:
        """Yield every record, in no order that matters."""
        if self._ledger is not None:
            yield self._ledger
        yield from self._agents.values()
        yield from self.keys.values()
        yield from self.cases.values()
        yield from self.exhibits.values()
        yield from self.requests.values()
        yield from self._consents.values()
        yield from self._transfers.values()

    def put(self, records: Iterable[StateRecord]) -> None:
        """Take over what the reducer returned."""
        for record in records:
            match record:
                case Exhibit():
                    name = (record.case, record.number)
                    self.exhibits[name] = record
                    if self._held is not None:
                        self._note(self._held, record)
                    if record.sequence == 0:
                        self._registered[record.registration] = name
                case Agent():
                    self._agents[record.id] = record
                case Key():
                    self.keys[record.id] = record
                case Case():
                    self.cases[record.number] = record
                case Ledger():
                    self._ledger = record
                case Request():
                    self.requests[record.id] = record
                case Transfer():
                    self._transfers[record.id] = record
                case Consent():
                    if record.id not in self._consents:
                        for place in itertools.product(record.exhibits, (record.recipient, None)):
                            self._covering.setdefault(place, []).append(record.id)
                    self._consents[record.id] = record

    @staticmethod
    def _note(held: dict[str, dict[tuple[str, str], None]], exhibit: Exhibit) -> None:
        for agent in exhibit.keepers:
            held.setdefault(agent, {})[exhibit.case, exhibit.number] = None

    def hold(self, parsed: ParsedEvent, subjects: tuple[Subject, ...]) -> None:
        """Remember what an event says of files and documents."""
        self._contents.add(parsed, subjects)


class State(Put):
    """A `View` in memory, folded from entries in order."""

    __slots__ = ("_events", "_shared", "is_whole", "lineage")

    def __init__(self, *, is_whole: bool, lineage: Lineage | None = None) -> None:
        super().__init__()
        self.is_whole = is_whole
        self.lineage = lineage or {}
        self._events: dict[str, EventPlace] = {}
        self._shared: dict[Any, Any] = {}

    def ledger(self) -> Ledger | None:
        """Return the ledger, or nothing before entry 0."""
        return self._ledger

    def agent(self, agent: str) -> Agent | None:
        """Return the agent of that id."""
        return self._agents.get(agent)

    def key(self, key_id: str) -> Key | None:
        """Return the key of that id."""
        return self.keys.get(key_id)

    def case(self, number: str) -> Case | None:
        """Return the case of that number."""
        return self.cases.get(number)

    def exhibit(self, case: str, number: str) -> Exhibit | None:
        """Return the exhibit of that number in the case of its registration."""
        return self.exhibits.get((case, number))

    def registered(self, event_hash: str) -> Exhibit | None:
        """Return the exhibit whose registration has that event hash."""
        name = self._registered.get(event_hash)
        return None if name is None else self.exhibits[name]

    def follows(self, exhibit: Exhibit) -> bool:
        """Tell whether all is known of an exhibit up to now; of what is carried in part it is up to its end."""
        end = self.lineage.get((exhibit.case, exhibit.number))
        return end is None or end.event not in self._events

    def held_by(self, agent: str) -> Iterator[Exhibit]:
        """Yield the exhibits that an agent holds, or has for who does, of those that are followed."""
        if self._held is None:
            self._held = {}
            for exhibit in self.exhibits.values():
                self._note(self._held, exhibit)
        names, gone = self._held.get(agent, {}), list[tuple[str, str]]()
        try:
            for name in names:
                exhibit = self.exhibits[name]
                if agent in exhibit.keepers and self.follows(exhibit):
                    yield exhibit
                else:
                    gone.append(name)
        finally:
            # It comes back with another act, or never: so nobody looks at it twice.
            for name in gone:
                del names[name]

    def event(self, event_hash: str) -> EventPlace | None:
        """Return where the event of that hash stands."""
        return self._events.get(event_hash)

    def request(self, request: str) -> Request | None:
        """Return the assistance request of that id."""
        return self.requests.get(request)

    def consent(self, event_hash: str) -> Consent | None:
        """Return the consent that the event of that hash recorded."""
        return self._consents.get(event_hash)

    def consents(self, registration: str, recipient: str | None = None) -> Iterator[Consent]:
        """Yield the consents about an exhibit, all or those for a recipient, the newest first."""
        return map(self._consents.__getitem__, reversed(self._covering.get((registration, recipient), ())))

    def transfer(self, dispatch: str) -> Transfer | None:
        """Return what was decided about the dispatch of that event hash."""
        return self._transfers.get(dispatch)

    def holders(self, digests: tuple[str, ...]) -> dict[str, tuple[Exhibit, ...]]:
        """Return the exhibits that hold each of some digests; whole ledgers only."""
        held = {digest: self._contents.registrations(digest) for digest in digests}
        found = {digest: tuple(map(self.registered, names)) for digest, names in held.items() if names}
        return {digest: tuple(item for item in items if item is not None) for digest, items in found.items()}

    def files(self) -> Iterator[tuple[str, list[str]]]:
        """Yield content root and digests of files of each registration, by its event hash; whole ledgers only."""
        return self._contents.files()

    def documents(self, request: str) -> tuple[str, ...]:
        """Return the documents that this side put to a request; whole ledgers only."""
        return self._contents.documents(request)

    def hold(self, parsed: ParsedEvent, subjects: tuple[Subject, ...]) -> None:
        """Remember what an event says of files and documents; in a bundle nobody asks."""
        if self.is_whole:
            self._contents.add(parsed, subjects)

    def place(self, event_hash: str, place: EventPlace) -> None:
        """Remember where an event stands; parts that many events have in common are kept once."""
        share = self._shared.setdefault
        type, subjects, signers = place.type, place.subjects, place.signers
        self._events[event_hash] = EventPlace(
            place.index, share(type, type), share(subjects, subjects), share(signers, signers)
        )
