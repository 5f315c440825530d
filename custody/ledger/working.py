"""The ledger as it grows within one transaction: what was stored, and above it what is about to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from custody.ledger.store import LedgerReader, SubjectEntry, Tally
from custody.ledger.trie import root_from_sorted
from custody.verify.fold.state import Put
from custody.verify.rules.reducer import reduce
from custody.verify.rules.view import Agent, Case, Consent, EventPlace, Exhibit, Key, Ledger, Request, Transfer, View
from schemas.event import ParsedEvent
from schemas.merkle import Frontier
from schemas.subject import Subject, leaf_of, subject_key


class WorkingState(Put):
    """A `View` that remembers what was put since it was made, and asks ``base`` for all else."""

    __slots__ = ("_base", "_events", "is_whole")

    def __init__(self, base: View) -> None:
        super().__init__()
        self.is_whole = base.is_whole
        self._base = base
        self._events: dict[str, EventPlace | None] = {}

    def ledger(self) -> Ledger | None:
        """Return the ledger, or nothing before entry 0."""
        return self._ledger or self._base.ledger()

    def agent(self, agent: str) -> Agent | None:
        """Return the agent of that id."""
        return self._agents.get(agent) or self._base.agent(agent)

    def key(self, key_id: str) -> Key | None:
        """Return the key of that id."""
        return self.keys.get(key_id) or self._base.key(key_id)

    def case(self, number: str) -> Case | None:
        """Return the case of that number."""
        return self.cases.get(number) or self._base.case(number)

    def exhibit(self, case: str, number: str) -> Exhibit | None:
        """Return the exhibit of that number in the case of its registration."""
        return self.exhibits.get((case, number)) or self._base.exhibit(case, number)

    def registered(self, event_hash: str) -> Exhibit | None:
        """Return the exhibit whose registration has that event hash."""
        name = self._registered.get(event_hash)
        if name is not None:
            return self.exhibits[name]
        stored = self._base.registered(event_hash)
        return stored and self.exhibits.get((stored.case, stored.number), stored)

    def event(self, event_hash: str) -> EventPlace | None:
        """Return where the event of that hash stands."""
        if event_hash in self._events:
            return self._events[event_hash]
        return self._base.event(event_hash)

    def follows(self, exhibit: Exhibit) -> bool:
        """Tell whether all is known of an exhibit: it is."""
        return True

    def held_by(self, agent: str) -> Iterator[Exhibit]:
        """Yield the exhibits that an agent holds, or has for who does."""
        yield from (item for item in self.exhibits.values() if agent in item.keepers)
        stored = self._base.held_by(agent)
        yield from (item for item in stored if (item.case, item.number) not in self.exhibits)

    def request(self, request: str) -> Request | None:
        """Return the assistance request of that id."""
        return self.requests.get(request) or self._base.request(request)

    def consent(self, event_hash: str) -> Consent | None:
        """Return the consent that the event of that hash recorded."""
        return self._consents.get(event_hash) or self._base.consent(event_hash)

    def consents(self, registration: str, recipient: str | None = None) -> Iterator[Consent]:
        """Yield the consents about an exhibit, all or those for a recipient, the newest first: one that changed since
        keeps its place.
        """
        put = reversed(self._covering.get((registration, recipient), ()))
        yield from (self._consents[consent] for consent in put if self._base.consent(consent) is None)
        for stored in self._base.consents(registration, recipient):
            yield self._consents.get(stored.id, stored)

    def transfer(self, dispatch: str) -> Transfer | None:
        """Return what was decided about the dispatch of that event hash."""
        return self._transfers.get(dispatch) or self._base.transfer(dispatch)

    def holders(self, digests: tuple[str, ...]) -> dict[str, tuple[Exhibit, ...]]:
        """Return the exhibits that hold each of some digests."""
        found = dict(self._base.holders(digests))
        for digest in digests:
            new = (self.registered(item) for item in self._contents.registrations(digest))
            held = (*found.get(digest, ()), *(item for item in new if item is not None))
            found |= {digest: held} if held else {}
        return found

    def files(self) -> Iterator[tuple[str, list[str]]]:
        """Yield content root and digests of files of each registration that was put since, by its event hash."""
        return self._contents.files()

    def digests(self, registration: str) -> list[str]:
        """Return content root and digests of files of a registration that was put since; nothing of any other."""
        return self._contents.of(registration)

    def documents(self, request: str) -> tuple[str, ...]:
        """Return the documents that this side put to a request."""
        return tuple(dict.fromkeys((*self._base.documents(request), *self._contents.documents(request))))

    def expect_new(self, event_hashes: Iterable[str]) -> None:
        """Remember that ``base`` holds none of these events, so that nobody asks it for each."""
        self._events.update(dict.fromkeys(event_hashes))

    def place(self, event_hash: str, place: EventPlace) -> None:
        """Remember where an event stands."""
        self._events[event_hash] = place


def try_out(state: WorkingState, size: int, events: Iterable[ParsedEvent]) -> Iterator[ParsedEvent]:
    """Yield each event before it is taken into ``state``, as it would be as the next entry of a ledger of ``size``.

    Which keys will sign is not known yet; the one rule that asks for them is asked at append.

    Raises:
        RuleViolation: as the reducer does.
    """
    for index, event in enumerate(events, start=size):
        yield event
        outcome = reduce(state, index, event, ())
        state.put(outcome.changes)
        state.place(event.hash, outcome.place)
        state.hold(event, outcome.place.subjects)


class WorkingTallies:
    """The subjects that a transaction touches."""

    __slots__ = ("_counts", "_reader")

    def __init__(self, reader: LedgerReader) -> None:
        self._reader = reader
        self._counts: dict[Subject, tuple[bytes, Frontier]] = {}

    def add(self, subject: Subject, leaf: bytes, index: int) -> SubjectEntry:
        """Append the leaf hash of the entry at ``index`` to a subject, and return the place it takes there."""
        known = self._counts.get(subject)
        if known is None:
            known = self._counts[subject] = self._load(subject)
        key, frontier = known
        frontier.append(leaf)
        return SubjectEntry(key, frontier.size - 1, index, frontier.to_bytes())

    def tallies(self) -> Iterator[Tally]:
        """Yield every subject touched, as far as it has come."""
        for subject, (key, frontier) in self._counts.items():
            yield Tally(key, subject, frontier.size, frontier.to_bytes())

    def index_root(self) -> bytes:
        """Return the root over all subjects, stored or touched since (docs/spec/completeness.md)."""
        values = {tally.key: tally for tally in self._reader.tallies()}
        values.update((tally.key, tally) for tally in self.tallies())
        return root_from_sorted([(key, leaf_of(key, values[key].value)) for key in sorted(values)])

    def _load(self, subject: Subject) -> tuple[bytes, Frontier]:
        stored = self._reader.tally(subject)
        if stored is None:
            return subject_key(subject), Frontier()
        return stored.key, Frontier.from_bytes(stored.size, stored.frontier)
