"""What the one write path and its readers ask of a store; the comments of the methods are the contract.

`custody.storage` keeps it on SQLite. Any other engine behind it must promise the same: one writer at a time, a
transaction that happens wholly or not at all and survives a loss of power once it is over, and readers that see one
moment of the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from custody.ledger.rows import EntryRows
from custody.ledger.tiles import TileStore
from custody.verify.fold.disputes import Signing
from custody.verify.fold.standing import Standings
from custody.verify.rules.view import Agent, Case, Exhibit, Key, StateRecord, View
from schemas.event import ParsedEvent
from schemas.merkle import Frontier
from schemas.private import Disclosure
from schemas.subject import Subject, SubjectValue
from schemas.text import ZERO_HASH

INDEX_HINT: Final = "custody audit says where; where the entries are whole, custody rebuild makes their index anew"
"""What to do where rows aren't what the entries give."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the ledger: ``size`` in entries, leaf hash of the newest (32 zero bytes before entry 0), its time."""

    size: int
    leaf: bytes
    recorded_at: str


EMPTY_HEAD = Head(0, bytes.fromhex(ZERO_HASH), "")


class Tally(NamedTuple):
    """How far a subject has come: ``frontier`` is `Frontier.to_bytes` over the leaf hashes of its ``size`` entries."""

    key: bytes
    subject: Subject
    size: int
    frontier: bytes

    @property
    def value(self) -> SubjectValue:
        """What the trie holds for it."""
        return SubjectValue(self.size, Frontier.from_bytes(self.size, self.frontier).root())


class SubjectEntry(NamedTuple):
    """The entry at ``position`` of a subject; ``frontier`` as in its tally with that entry as the newest."""

    key: bytes
    position: int
    entry_index: int
    frontier: bytes


@dataclass(frozen=True, slots=True)
class Changes:
    """What a transaction changes beside entries and tiles: each record once, in its last form."""

    states: tuple[StateRecord, ...]
    tallies: tuple[Tally, ...]
    frontier: Frontier
    """Full subtrees of the whole tree, the new entries among its leaves."""
    note: bytes
    """Signed checkpoint of the frontier's size."""


class LedgerReader(Protocol):
    """One moment of a ledger. Indexes are those of entries; hashes have 32 bytes unless they are said to be hex."""

    def head(self) -> Head:
        """Return the end of the ledger."""

    def entry(self, index: int) -> bytes:
        """Return the exact bytes of an entry.

        Raises:
            StorageError: ``ledger.no-entry``.
        """

    def entries(self, first: int, last: int) -> Iterator[bytes]:
        """Yield the bytes of the entries from ``first`` up to, but without, ``last``, in order.

        Raises:
            StorageError: ``ledger.no-entry`` at the first that is missing.
        """

    def leaves(self, indexes: Sequence[int]) -> list[bytes]:
        """Return the leaf hashes of entries, in the order asked for.

        Raises:
            StorageError: ``ledger.no-entry``.
        """

    def tiles(self) -> TileStore:
        """Return the tiles of the tree; `TileStore.put` is for the writer only."""

    def checkpoint(self, size: int | None = None) -> bytes:
        """Return the signed note made at exactly ``size``, or the newest one.

        Raises:
            StorageError: ``ledger.no-checkpoint``: not every size has one.
        """

    def view(self) -> View:
        """Return the state after the newest entry, as the reducer asks for it."""

    def tally(self, subject: Subject) -> Tally | None:
        """Return how far a subject has come, or nothing."""

    def tallies(self) -> Iterator[Tally]:
        """Yield all subjects in order of their keys."""

    def subject_entries(self, subject: Subject) -> tuple[int, ...]:
        """Return the indexes of all entries of a subject, in order."""

    def event_indexes(self, hashes: Sequence[str]) -> Mapping[str, int]:
        """Return the entry of each event hash (hex) that the ledger holds."""

    def commitment_indexes(self, commitments: Sequence[str]) -> Mapping[str, int]:
        """Return the entry of each commitment (hex) that the ledger holds."""

    def numbers_like(self, folded: Sequence[str], *, case: str | None) -> tuple[str, ...]:
        """Return the exhibit numbers of ``case``, or without one the case numbers, that `fold_number` turns into one
        of ``folded``.
        """

    def expect(self, events: Sequence[ParsedEvent]) -> None:
        """Take note that the rules will be asked about ``events``, and read at once what they will look at.

        A store may do nothing here; it changes no answer, only the time that the answers take.
        """

    def frontier(self) -> Frontier:
        """Return the full subtrees of the whole tree, as a value of the caller's own."""

    def has_disputing_key(self) -> bool:
        """Tell whether the revocation of any key reaches back before itself."""

    def signings(self, first: int = 0) -> Iterator[Signing]:
        """Yield what disputes need of every entry from ``first`` on, in order."""

    def keys(self) -> Mapping[str, Key]:
        """Return all keys by id."""

    def agents(self) -> tuple[Agent, ...]:
        """Return all agents in order of id."""

    def cases(self) -> tuple[Case, ...]:
        """Return all cases in order of number."""

    def exhibits(
        self, *, case: str | None = None, number: str | None = None, holder: str | None = None
    ) -> tuple[Exhibit, ...]:
        """Return the exhibits that fit all that is given, in order of case and number."""

    def bound_exhibits(self) -> tuple[Exhibit, ...]:
        """Return the exhibits that go on with the consent of another ledger only, in order of case and number."""


class LedgerWriter(LedgerReader, Protocol):
    """A reader inside the one write transaction; it sees what was put."""

    def standings(self) -> Standings:
        """Return what is known of who may sign, to be asked and settled; it may outlive a transaction that succeeds."""

    def put_entries(self, rows: Sequence[EntryRows], subjects: Sequence[SubjectEntry]) -> None:
        """Add entries after the newest one, with the subjects they belong to.

        Raises:
            StorageError: ``ledger.refused`` where the store's own constraints say no, ``ledger.full``.
        """

    def put_changes(self, changes: Changes) -> None:
        """Replace states, add new subjects and the checkpoint; once, at the end of the transaction.

        Raises:
            StorageError: as `put_entries`.
        """


class DisclosureStore(Protocol):
    """Private values by commitment (hex), in a file of their own, from which they can be erased."""

    def put(self, disclosures: Iterable[Disclosure]) -> None:
        """Keep disclosures durably, before this returns; those that are there, or were erased, stay so.

        Raises:
            StorageError: ``ledger.busy``, ``ledger.full``.
        """

    def get(self, commitments: Sequence[str]) -> Mapping[str, Disclosure]:
        """Return the disclosures that are there."""


class LedgerStore(Protocol):
    """A ledger's database."""

    @property
    def disclosures(self) -> DisclosureStore:
        """The private values of this ledger."""

    def read(self) -> AbstractContextManager[LedgerReader]:
        """Open one moment of the ledger.

        Raises:
            StorageError: ``ledger.busy``, ``ledger.unreadable``.
        """

    def write(self) -> AbstractContextManager[LedgerWriter]:
        """Take the ledger's only write lock; commit durably when left, roll back on any exception.

        Raises:
            StorageError: ``ledger.busy`` where others held the lock for the whole time allowed, ``ledger.full``,
                ``ledger.unreadable``.
        """
