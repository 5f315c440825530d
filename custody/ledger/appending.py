"""One transaction of the write path: events in, entries out, each checked against the state before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import NamedTuple, TypeVar

from custody.ledger.admission import Numbers, SeenRoots, check_commitments, check_lawful, check_standing, let_out
from custody.ledger.bound_content import NO_LISTS, Binding, BoundFiles, FileLists
from custody.ledger.log_key import sign_checkpoint
from custody.ledger.rows import EntryRows, rows_of
from custody.ledger.signature_cores import SignatureCores
from custody.ledger.store import Changes, LedgerWriter, SubjectEntry
from custody.ledger.submission import ParsedSubmission, Submission, check_times, parse_submission
from custody.ledger.tiles import append_leaves
from custody.ledger.working import WorkingState, WorkingTallies
from custody.verify.border.past import RESTING
from custody.verify.fold.disputes import Signing, affirmed_by
from custody.verify.fold.signing import check_enrolments, signature_jobs
from custody.verify.rules.reducer import reduce
from custody.verify.rules.view import View
from keys.private.signer import Signer
from schemas import canonical, limits, text
from schemas.checkpoint import Checkpoint
from schemas.entry import Entry, ParsedEntry
from schemas.errors import CustodyError, RefusedError, UsageError
from schemas.merkle import hash_leaf
from schemas.private import Disclosure
from schemas.types import UNSET, Hash, Unset

LookBehind = Callable[[LedgerWriter, View, ParsedEntry, Sequence[Disclosure]], None]
"""Raises unless what an entry rests on beside the ledger bears it, and lets out what it lets out; is given the state
before the entry.
"""
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Receipt:
    """An entry that is on the disk: ``leaf`` is its hash, ``size`` that of the checkpoint that proves it."""

    index: int
    event_hash: str
    leaf: bytes
    recorded_at: str
    size: int


class _Made(NamedTuple):
    """An entry that was made of a submission, with all that follows from it."""

    rows: EntryRows
    subjects: list[SubjectEntry]


class Appending:
    """Entries on their way into the ledger. Mutable: lives as long as one write transaction."""

    def __init__(
        self,
        writer: LedgerWriter,
        *,
        recorded_at: datetime,
        may_spawn: bool = False,
        behind: LookBehind | None = None,
        lists: FileLists = NO_LISTS,
    ) -> None:
        head = writer.head()
        self.receipts: list[Receipt] = []
        self.disclosures: list[Disclosure] = []
        self._writer = writer
        self._behind = behind
        self._at = recorded_at
        self._recorded_at = text.format_time(recorded_at)
        self._start = self._size = head.size
        self._previous = head.leaf
        self._state = WorkingState(writer.view())
        self._found = BoundFiles(writer, lists, state=self._state)
        self._binding = Binding(self._state, self._found)
        self._tallies = WorkingTallies(writer)
        self._seen = SeenRoots(writer.tiles(), head.size)
        self._numbers = Numbers(writer)
        self._leaves: list[bytes] = []
        self._hashes: list[str] = []
        self._signings: list[Signing] = []
        self._standings = writer.standings()
        self._frontier = writer.frontier()
        self._cores = SignatureCores(may_spawn=may_spawn)
        self._is_batch = False
        self._is_closed = False

    def __enter__(self) -> Appending:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._cores.__exit__(kind, error, at)

    def expect(self, count: int) -> None:
        """Take note that so many events are to come; it changes only what is made ready for them."""
        self._cores.expect(count)

    def add(self, submissions: Sequence[Submission]) -> None:
        """Check some events and write their entries; an error of a batch names the event by its place in it.

        Raises:
            CustodyError: as `custody.ledger.append.append`; then the transaction must be given up.
        """
        self._is_batch = self._is_batch or len(submissions) > 1 or bool(self._leaves)
        parsed = self._each(parse_submission, submissions, first=len(self._leaves))
        events = [item.event for item in parsed]
        known = self._writer.event_indexes([event.hash for event in events])
        self._state.expect_new(event.hash for event in events if event.hash not in known)
        self._writer.expect(events)
        self._numbers.expect(events)
        check_commitments(self._writer, parsed)
        made = self._each(self._make, parsed, first=len(self._leaves))
        self._writer.put_entries([item.rows for item in made], [row for item in made for row in item.subjects])

    def _each(self, function: Callable[[T], R], items: Sequence[T], *, first: int) -> list[R]:
        """Apply a function to each item of a batch, in order; an error says which it was about."""
        done: list[R] = []
        try:
            for item in items:
                done.append(function(item))
        except CustodyError as error:
            raise self._named(error, first + len(done)) from None
        return done

    def _named(self, error: CustodyError, place: int) -> CustodyError:
        """Say which event of a batch an error is about, counting from 1 as people do."""
        if not self._is_batch:
            return error
        return type(error)(error.code, f"event {place + 1} of the batch: {error.text}", hint=error.hint)

    def finish(self, log_signers: Sequence[Signer]) -> None:
        """Write tiles, subjects, states and the checkpoint, and fill in the receipts.

        Raises:
            UsageError: ``append.empty`` where nothing was added.
            VerificationError: ``keys.disputed``.
            RefusedError: ``append.log-key`` where no signer's key is one that the ledger declares.
            StorageError: as the store does.
        """
        if not self._leaves:
            raise UsageError("append.empty", "expected an event to append, found none")
        for place, failure in self._cores.finish():
            raise self._named(failure, place)
        check_standing(self._writer, self._state, self._signings)
        frontier = self._frontier
        for leaf in self._leaves:
            frontier.append(leaf)
        append_leaves(self._writer.tiles(), size=self._start, leaves=self._leaves)
        ledger = self._state.ledger()
        assert ledger is not None, "entry 0 opened it"
        note = sign_checkpoint(ledger, Checkpoint(ledger.origin, self._size, frontier.root()), log_signers)
        states, tallies = tuple(self._state.records()), tuple(self._tallies.tallies())
        self._writer.put_changes(Changes(states, tallies, frontier, note))
        self.receipts = [
            Receipt(index, event_hash, leaf, self._recorded_at, self._size)
            for index, (event_hash, leaf) in enumerate(zip(self._hashes, self._leaves, strict=True), self._start)
        ]

    def _make(self, item: ParsedSubmission) -> _Made:
        """Turn one submission into an entry at the end, if the ledger takes it."""
        index, event, envelope = self._size, item.event, item.submission.envelope
        if self._is_closed:
            raise RefusedError("append.export-last", "expected nothing after an export in one batch, found an event")
        check_times(event, recorded_at=self._at)
        self._seen.check(event)
        standing, is_known = self._standings.find(self._state, index, event, envelope)
        jobs, errors = signature_jobs(event, envelope, standing.matched.keys)
        if standing.matched.errors or errors:
            raise (*standing.matched.errors, *errors)[0]
        check_enrolments(event)
        key_ids = standing.matched.key_ids
        signing = Signing(index, key_ids, standing.relies_on, affirmed_by(self._state, event))
        outcome = reduce(self._state, index, event, key_ids, are_signers_known=is_known)
        check_lawful(self._binding, event, self._recorded_at)
        self._standings.settle(standing, outcome.changes, is_known=is_known)
        self._numbers.check(event)
        entry = Entry(
            envelope=envelope,
            index=index,
            index_root=self._index_root(event.type),
            ledger=event.event.ledger,
            previous=self._previous.hex(),
            recorded_at=self._recorded_at,
            schema="custody-entry/v1",
        )
        raw = canonical.encode(entry)
        if len(raw) > limits.ENTRY_BYTES:
            raise RefusedError("append.size", f"expected an entry of at most {limits.ENTRY_BYTES}, found {len(raw)}")
        is_leaving = self._behind is not None and bool(let_out(self._state, event)[1])
        if self._behind is not None and (event.type in RESTING or is_leaving):
            made = ParsedEntry(entry=entry, event=event, leaf=hash_leaf(raw), raw=raw)
            # What leaves rests on the letters of those too by whom nothing but its content is bound.
            view = self._binding if is_leaving else self._state
            self._behind(self._writer, view, made, item.submission.disclosures)
        self._state.put(outcome.changes)
        self._state.place(event.hash, outcome.place)
        self._state.hold(event, outcome.place.subjects)
        self._found.learn(event)
        leaf = self._link(raw, event.hash)
        subjects = [self._tallies.add(subject, leaf, index) for subject in outcome.place.subjects]
        self.disclosures.extend(item.submission.disclosures)
        self._signings.append(signing)
        rows = rows_of(entry=entry, raw=raw, leaf=leaf, event=event, signing=signing)
        place = index - self._start
        self._cores.add([(place, job.key, job.message, job.signature) for job in jobs])
        return _Made(rows, subjects)

    def _link(self, raw: bytes, event_hash: str) -> bytes:
        """Make ``raw`` the newest entry, and return its leaf hash."""
        leaf = hash_leaf(raw)
        self._leaves.append(leaf)
        self._hashes.append(event_hash)
        self._previous, self._size = leaf, self._size + 1
        return leaf

    def _index_root(self, event_type: str) -> Hash | Unset:
        """Return the root over the subjects of all entries so far, which an export alone holds."""
        if event_type != "bundle.exported":
            return UNSET
        self._is_closed = True
        return self._tallies.index_root().hex()
