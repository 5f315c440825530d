"""A ledger store in memory: the contract of `custody.ledger.store` without a database, for tests that need no disk."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from custody.ledger.numbers import fold_number
from custody.ledger.rows import EntryRows, signing_from
from custody.ledger.store import EMPTY_HEAD, Changes, Head, SubjectEntry, Tally
from custody.ledger.tiles import cut_tile
from custody.verify.fold.disputes import Signing, is_disputing
from custody.verify.fold.standing import Standings
from custody.verify.fold.state import State
from custody.verify.rules.subjects import subjects_of
from custody.verify.rules.view import Agent, Case, EventPlace, Exhibit, Key
from schemas.entry import parse_entry
from schemas.errors import StorageError
from schemas.event import ParsedEvent
from schemas.merkle import Frontier
from schemas.private import Disclosure
from schemas.subject import Subject, subject_key


class MemoryDisclosures:
    """Private values by commitment."""

    def __init__(self) -> None:
        self.by_commitment: dict[str, Disclosure] = {}

    def put(self, disclosures: Iterable[Disclosure]) -> None:
        """Keep disclosures."""
        self.by_commitment.update((item.commitment, item) for item in disclosures)

    def get(self, commitments: Sequence[str]) -> Mapping[str, Disclosure]:
        """Return those that are there."""
        return {item: self.by_commitment[item] for item in commitments if item in self.by_commitment}


class MemoryTiles:
    """Tiles of a tree."""

    def __init__(self) -> None:
        self.by_place: dict[tuple[int, int], bytes] = {}

    def get(self, level: int, number: int, width: int) -> bytes:
        """Return the first ``width`` hashes of a tile."""
        return cut_tile(self.by_place.get((level, number), b""), level=level, number=number, width=width)

    def put(self, level: int, number: int, hashes: bytes) -> None:
        """Keep a tile."""
        self.by_place[level, number] = hashes


class MemoryLedger:
    """One moment of a ledger, and at the same time its writer."""

    def __init__(self) -> None:
        self.rows: list[EntryRows] = []
        self.state = State(is_whole=True)
        self.tally_rows: dict[Subject, Tally] = {}
        self.places: dict[Subject, list[int]] = {}
        self.notes: dict[int, bytes] = {}
        self.tile_store = MemoryTiles()

    def head(self) -> Head:
        """Return the end of the ledger."""
        if not self.rows:
            return EMPTY_HEAD
        row = self.rows[-1].entry
        return Head(len(self.rows), row.leaf, row.recorded_at)

    def entry(self, index: int) -> bytes:
        """Return the bytes of an entry."""
        return self._row(index).entry.raw

    def entries(self, first: int, last: int) -> Iterator[bytes]:
        """Yield the bytes of entries."""
        return (self.entry(index) for index in range(first, last))

    def leaves(self, indexes: Sequence[int]) -> list[bytes]:
        """Return the leaf hashes of entries."""
        return [self._row(index).entry.leaf for index in indexes]

    def tiles(self) -> MemoryTiles:
        """Return the tiles."""
        return self.tile_store

    def checkpoint(self, size: int | None = None) -> bytes:
        """Return a signed note."""
        wanted = max(self.notes, default=0) if size is None else size
        if wanted not in self.notes:
            raise StorageError("ledger.no-checkpoint", f"expected a checkpoint of size {wanted}, found none")
        return self.notes[wanted]

    def view(self) -> State:
        """Return the state."""
        return self.state

    def tally(self, subject: Subject) -> Tally | None:
        """Return how far a subject has come."""
        return self.tally_rows.get(subject)

    def tallies(self) -> Iterator[Tally]:
        """Yield all subjects in order of key."""
        return iter(sorted(self.tally_rows.values(), key=lambda tally: tally.key))

    def subject_entries(self, subject: Subject) -> tuple[int, ...]:
        """Return the entries of a subject."""
        return tuple(self.places.get(subject, ()))

    def event_indexes(self, hashes: Sequence[str]) -> Mapping[str, int]:
        """Return the entries of events."""
        found = {row.entry.event_hash.hex(): row.entry.entry_index for row in self.rows}
        return {item: found[item] for item in hashes if item in found}

    def commitment_indexes(self, commitments: Sequence[str]) -> Mapping[str, int]:
        """Return the entries of commitments."""
        found = {item.commitment.hex(): item.entry_index for row in self.rows for item in row.commitments}
        return {item: found[item] for item in commitments if item in found}

    def expect(self, events: Sequence[ParsedEvent]) -> None:
        """Everything is at hand already."""

    def numbers_like(self, folded: Sequence[str], *, case: str | None) -> tuple[str, ...]:
        """Return the numbers that look like one."""
        numbers = [item.number for item in (self.cases() if case is None else self.exhibits(case=case))]
        return tuple(number for number in numbers if fold_number(number) in folded)

    def frontier(self) -> Frontier:
        """Return the full subtrees."""
        frontier = Frontier()
        for row in self.rows:
            frontier.append(row.entry.leaf)
        return frontier

    def has_disputing_key(self) -> bool:
        """Tell whether a revocation reaches back."""
        return any(map(is_disputing, self.state.keys.values()))

    def signings(self, first: int = 0) -> Iterator[Signing]:
        """Yield what disputes need."""
        for rows in self.rows[first:]:
            row = rows.entry
            yield signing_from((row.entry_index, row.relies_on, row.signers, row.affirms))

    def keys(self) -> Mapping[str, Key]:
        """Return all keys."""
        return self.state.keys

    def agents(self) -> tuple[Agent, ...]:
        """Return all agents."""
        names = sorted(subject[1] for subject in self.tally_rows if subject[0] == "agent")
        return tuple(agent for name in names if (agent := self.state.agent(name)) is not None)

    def cases(self) -> tuple[Case, ...]:
        """Return all cases."""
        names = sorted(subject[1] for subject in self.tally_rows if subject[0] == "case")
        return tuple(case for name in names if (case := self.state.case(name)) is not None)

    def exhibits(
        self, *, case: str | None = None, number: str | None = None, holder: str | None = None
    ) -> tuple[Exhibit, ...]:
        """Return the exhibits that fit."""
        return tuple(
            exhibit
            for _, exhibit in sorted(self.state.exhibits.items())
            if case in (None, exhibit.case) and number in (None, exhibit.number) and holder in (None, exhibit.holder)
        )

    def bound_exhibits(self) -> tuple[Exhibit, ...]:
        """Return the exhibits that another ledger has a say in."""
        return tuple(exhibit for exhibit in self.exhibits() if exhibit.bound_to)

    def standings(self) -> Standings:
        """Nothing is known yet."""
        return Standings()

    def put_entries(self, rows: Sequence[EntryRows], subjects: Sequence[SubjectEntry]) -> None:
        """Add entries."""
        self.rows.extend(rows)

    def put_changes(self, changes: Changes) -> None:
        """Replace states, add the checkpoint."""
        start = max(self.notes, default=0)
        self.state.put(changes.states)
        self.tally_rows.update((tally.subject, tally) for tally in changes.tallies)
        self.notes[changes.frontier.size] = changes.note
        for rows in self.rows[start:]:
            self._place(rows)

    def _place(self, rows: EntryRows) -> None:
        event = parse_entry(rows.entry.raw).event
        subjects = subjects_of(self.state, event)
        signers = tuple(signer.agent for signer in event.event.signers)
        self.state.place(event.hash, EventPlace(rows.entry.entry_index, event.type, subjects, signers))
        self.state.hold(event, subjects)
        for subject in subjects:
            assert self.tally_rows[subject].key == subject_key(subject)
            self.places.setdefault(subject, []).append(rows.entry.entry_index)

    def _row(self, index: int) -> EntryRows:
        if not 0 <= index < len(self.rows):
            raise StorageError("ledger.no-entry", f"expected an entry below {len(self.rows)}, found {index}")
        return self.rows[index]


class MemoryStore:
    """A ledger in memory. A transaction works on a copy, which takes the ledger's place when it is left."""

    def __init__(self) -> None:
        self.disclosures = MemoryDisclosures()
        self.ledger = MemoryLedger()

    @contextmanager
    def read(self) -> Iterator[MemoryLedger]:
        """Open one moment of the ledger."""
        yield self.ledger

    @contextmanager
    def write(self) -> Iterator[MemoryLedger]:
        """Open a transaction."""
        changed = copy.deepcopy(self.ledger)
        yield changed
        self.ledger = changed
