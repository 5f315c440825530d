"""The state of a ledger read from its rows as far as somebody asks, and kept as long as it is right."""

from __future__ import annotations

import re
import sqlite3
from binascii import a2b_base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from custody.ledger.store import Changes, Head, Tally
from custody.storage import statements
from custody.storage.records import read_record
from custody.storage.registrations import find_registrations
from custody.verify.fold.standing import Standings
from custody.verify.gate.contents import digests_of, own_documents
from custody.verify.rules.subjects import subjects_of
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
)
from schemas.entry import parse_entry
from schemas.merkle import Frontier
from schemas.subject import subject_key

_PAYLOAD: Final = b'"payload":"'
_HASHES: Final = re.compile(rb'"([0-9a-f]{64})"')
MOST_KEPT: Final = 50_000
"""Records kept in memory; beyond that all are dropped and read again, about 30 MB."""

T = TypeVar("T", Agent, Case, Consent, Exhibit, Key, Request, Transfer)


@dataclass(slots=True)
class Known:
    """What was read of the ledger when it ended at ``head``. Mutable: belongs to one transaction at a time."""

    head: Head | None = None
    frontier: Frontier | None = None
    newest_tile: tuple[int, bytes] | None = None
    has_disputing_key: bool | None = None
    ledger: Ledger | None = None
    records: dict[tuple[Any, ...], Any] = field(default_factory=dict)
    """By kind and key; None for what is known not to be there."""
    registered: dict[str, tuple[str, str] | None] = field(default_factory=dict)
    tallies: dict[bytes, Tally | None] = field(default_factory=dict)
    standings: Standings = field(default_factory=Standings)

    def take(self, changes: Changes, head: Head | None) -> None:
        """Become what is known of the ledger after ``changes``, which were written and committed."""
        self.head, self.frontier = head, changes.frontier
        for kept in (self.records, self.registered, self.tallies):
            if len(kept) > MOST_KEPT:
                kept.clear()
        if len(self.standings) > MOST_KEPT:
            self.standings = Standings()
        for record in changes.states:
            if isinstance(record, Ledger):
                self.ledger = record
            else:
                self.records[_place(record)] = record
            if isinstance(record, Exhibit):
                self.registered[record.registration] = (record.case, record.number)
            if isinstance(record, Key):
                self.has_disputing_key = None
        self.tallies.update((tally.key, tally) for tally in changes.tallies)


def _place(record: StateRecord) -> tuple[Any, ...]:
    match record:
        case Exhibit():
            return Exhibit, record.case, record.number
        case Case():
            return Case, record.number
        case Ledger():
            return (Ledger,)
        case Agent() | Key() | Request() | Consent() | Transfer():
            return type(record), record.id


class StoredView:
    """A `View` over the rows of a whole ledger."""

    __slots__ = ("_connection", "_known", "is_whole")

    def __init__(self, connection: sqlite3.Connection, known: Known) -> None:
        self.is_whole = True
        self._connection = connection
        self._known = known

    def ledger(self) -> Ledger | None:
        """Return the ledger, or nothing before entry 0."""
        if self._known.ledger is None:
            row = self._connection.execute(statements.LEDGER).fetchone()
            self._known.ledger = None if row is None else read_record(Ledger, row[0])
        return self._known.ledger

    def agent(self, agent: str) -> Agent | None:
        """Return the agent of that id."""
        return self._find(Agent, statements.AGENT, agent)

    def key(self, key_id: str) -> Key | None:
        """Return the key of that id."""
        return self._find(Key, statements.KEY, key_id)

    def case(self, number: str) -> Case | None:
        """Return the case of that number."""
        return self._find(Case, statements.CASE, number)

    def exhibit(self, case: str, number: str) -> Exhibit | None:
        """Return the exhibit of that number in the case of its registration."""
        return self._find(Exhibit, statements.EXHIBIT, case, number)

    def registered(self, event_hash: str) -> Exhibit | None:
        """Return the exhibit whose registration has that event hash."""
        if event_hash in self._known.registered:
            name = self._known.registered[event_hash]
            return None if name is None else self.exhibit(*name)
        row = self._connection.execute(statements.REGISTERED, (bytes.fromhex(event_hash),)).fetchone()
        found = None if row is None else read_record(Exhibit, row[0])
        self._known.registered[event_hash] = None if found is None else (found.case, found.number)
        return found

    def follows(self, exhibit: Exhibit) -> bool:
        """Tell whether all is known of an exhibit: it is."""
        return True

    def held_by(self, agent: str) -> Iterator[Exhibit]:
        """Yield the exhibits that an agent holds, or has for who does; one search through all exhibits."""
        for (text,) in self._connection.execute(statements.HELD, (agent, f'"lodged":"{agent}"')):
            exhibit = read_record(Exhibit, text)
            if agent in exhibit.keepers:
                yield exhibit

    def request(self, request: str) -> Request | None:
        """Return the assistance request of that id."""
        return self._find(Request, statements.REQUEST, request)

    def consent(self, event_hash: str) -> Consent | None:
        """Return the consent that the event of that hash recorded."""
        row = self._connection.execute(statements.CONSENT, (bytes.fromhex(event_hash),)).fetchone()
        return None if row is None else read_record(Consent, row[0])

    def consents(self, registration: str, recipient: str | None = None) -> Iterator[Consent]:
        """Yield the consents about an exhibit, all or those for a recipient, the newest first; read as far as asked."""
        exhibit = self.registered(registration)
        if exhibit is None:
            return
        key = subject_key(("exhibit", exhibit.case, exhibit.number))
        for (text,) in self._connection.execute(statements.CONSENTS, (key,)):
            consent = read_record(Consent, text)
            if recipient in {None, consent.recipient}:
                yield consent

    def transfer(self, dispatch: str) -> Transfer | None:
        """Return what was decided about the dispatch of that event hash."""
        row = self._connection.execute(statements.TRANSFER, (bytes.fromhex(dispatch),)).fetchone()
        return None if row is None else read_record(Transfer, row[0])

    def event(self, event_hash: str) -> EventPlace | None:
        """Return where the event of that hash stands; its entry is read anew from the bytes."""
        row = self._connection.execute(statements.EVENT, (bytes.fromhex(event_hash),)).fetchone()
        if row is None:
            return None
        event = parse_entry(row[1]).event
        signers = tuple(signer.agent for signer in event.event.signers)
        return EventPlace(row[0], event.type, subjects_of(self, event), signers)

    def holders(self, digests: tuple[str, ...]) -> dict[str, tuple[Exhibit, ...]]:
        """Return the exhibits that hold each of some digests; one search through all registrations."""
        if not digests:
            return {}
        named, wanted = frozenset(digests), {digest.encode() for digest in digests}
        found: dict[str, list[Exhibit]] = {}
        for raw in find_registrations(self._connection, holding=(_PAYLOAD,)):
            # What stands in quotes is looked at before anything is parsed, at a cost that many digests don't raise.
            payload = raw[raw.index(_PAYLOAD) + len(_PAYLOAD) :].partition(b'"')[0]
            if wanted.isdisjoint(_HASHES.findall(a2b_base64(payload))):
                continue
            event = parse_entry(raw).event
            exhibit = self.registered(event.hash)
            held = named.intersection(digests_of(event.details)) if exhibit is not None else ()
            for digest in held:
                found.setdefault(digest, []).append(exhibit)  # type: ignore[arg-type]
        return {digest: tuple(exhibits) for digest, exhibits in found.items()}

    def documents(self, request: str) -> tuple[str, ...]:
        """Return the documents that this side put to a request, as its entries name them."""
        rows = self._connection.execute(statements.SUBJECT_ENTRIES, (subject_key(("request", request)),)).fetchall()
        entries = (self._connection.execute(statements.ENTRY, row).fetchone()[0] for row in rows)
        return tuple(dict.fromkeys(item for raw in entries for item in own_documents(parse_entry(raw).event)))

    def _find(self, kind: type[T], statement: str, *key: str) -> T | None:
        place = (kind, *key)
        records = self._known.records
        if place not in records:
            row = self._connection.execute(statement, key).fetchone()
            records[place] = None if row is None else read_record(kind, row[0])
        found: T | None = records[place]
        return found
