"""One transaction of the write path: events in, entries out, each checked against the state before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType

from custody.ledger.admission import Numbers, SeenRoots, check_commitments, check_standing
from custody.ledger.log_key import sign_checkpoint
from custody.ledger.rows import EntryRows, rows_of
from custody.ledger.signature_pool import SignaturePool
from custody.ledger.store import Changes, LedgerWriter, SubjectEntry
from custody.ledger.submission import ParsedSubmission, Submission, check_times, parse_submission
from custody.ledger.tiles import append_leaves
from custody.ledger.working import WorkingState, WorkingTallies
from custody.verify.disputes import Signing, reliance
from custody.verify.reducer import reduce
from custody.verify.signing import SignatureJob, check_enrolments, match_signatures
from keys.private.signer import Signer
from schemas import canonical, limits, text
from schemas.checkpoint import Checkpoint
from schemas.entry import Entry
from schemas.errors import CustodyError, RefusedError
from schemas.merkle import hash_leaf
from schemas.private import Disclosure
from schemas.types import UNSET, Hash, Unset


@dataclass(frozen=True, slots=True)
class Receipt:
    """An entry that is on the disk: ``leaf`` is its hash, ``size`` that of the checkpoint that proves it."""

    index: int
    event_hash: str
    leaf: bytes
    recorded_at: str
    size: int


@dataclass(frozen=True, slots=True)
class _Made:
    """An entry that was made of a submission, with all that follows from it."""

    rows: EntryRows
    subjects: tuple[SubjectEntry, ...]
    signing: Signing
    jobs: tuple[SignatureJob, ...]


class Appending:
    """Entries on their way into the ledger. Mutable: lives as long as one write transaction."""

    def __init__(self, writer: LedgerWriter, *, recorded_at: datetime) -> None:
        head = writer.head()
        self.receipts: list[Receipt] = []
        self.disclosures: list[Disclosure] = []
        self._writer = writer
        self._at = recorded_at
        self._recorded_at = text.format_time(recorded_at)
        self._start = self._size = head.size
        self._previous = head.leaf
        self._state = WorkingState(writer.view())
        self._tallies = WorkingTallies(writer)
        self._seen = SeenRoots(writer.tiles(), head.size)
        self._numbers = Numbers(writer)
        self._leaves: list[bytes] = []
        self._signings: list[Signing] = []
        self._frontier = writer.frontier()
        self._pool = SignaturePool()
        self._is_closed = False

    def __enter__(self) -> Appending:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pool.close()

    def add(self, submissions: Sequence[Submission]) -> None:
        """Check some events and write their entries; every error names the event by its place in the batch.

        Raises:
            CustodyError: as `custody.ledger.append.append`; then the transaction must be given up.
        """
        start = len(self._leaves)
        parsed = []
        for place, submission in enumerate(submissions, start):
            with _naming(place, len(submissions) > 1 or start > 0):
                parsed.append(parse_submission(submission))
        known = self._writer.event_indexes([item.event.hash for item in parsed])
        self._state.expect_new(item.event.hash for item in parsed if item.event.hash not in known)
        with _naming(start, False):
            check_commitments(self._writer, parsed)
        made = []
        for place, item in enumerate(parsed, start):
            with _naming(place, len(submissions) > 1 or start > 0):
                made.append(self._make(item))
        failed = self._pool.first_failure([item.jobs for item in made])
        if failed is not None:
            with _naming(start + failed.place, len(submissions) > 1 or start > 0):
                raise failed.error
        self._writer.put_entries([item.rows for item in made], [row for item in made for row in item.subjects])

    def finish(self, log_signers: Sequence[Signer]) -> None:
        """Write tiles, subjects, states and the checkpoint, and fill in the receipts.

        Raises:
            RefusedError: ``append.log-key`` where a signer's key is none of the ledger's; ``keys.disputed``.
            StorageError: as the store does.
        """
        check_standing(self._writer, self._state, self._signings)
        frontier = self._frontier
        for leaf in self._leaves:
            frontier.append(leaf)
        append_leaves(self._writer.tiles(), size=self._start, leaves=self._leaves)
        ledger = self._state.ledger()
        assert ledger is not None, "entry 0 opened it"
        note = sign_checkpoint(ledger, Checkpoint(ledger.origin, self._size, frontier.root()), log_signers)
        states, tallies = self._state.records(), tuple(self._tallies.tallies())
        self._writer.put_changes(Changes(states, tallies, frontier, note))
        self.receipts = [
            Receipt(row.index, row.event_hash, row.leaf, row.recorded_at, self._size) for row in self.receipts
        ]

    def _make(self, item: ParsedSubmission) -> _Made:
        """Turn one submission into an entry at the end, if the ledger takes it."""
        index, event, envelope = self._size, item.event, item.submission.envelope
        if self._is_closed:
            raise RefusedError("append.export-last", "expected nothing after an export in one batch, found an event")
        check_times(event, recorded_at=self._at)
        self._seen.check(event)
        matched = match_signatures(self._state, index, event, envelope)
        if matched.errors:
            raise matched.errors[0]
        check_enrolments(event)
        signing = Signing(
            index, matched.key_ids, reliance(self._state, index, event, matched.key_ids), self._affirmed(item)
        )
        outcome = reduce(self._state, index, event, matched.key_ids)
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
        self._state.put(outcome.changes)
        self._state.place(event.hash, outcome.place)
        leaf = self._link(raw, event.hash)
        subjects = tuple(self._tallies.add(subject, leaf, index) for subject in outcome.place.subjects)
        self.disclosures.extend(item.submission.disclosures)
        self._signings.append(signing)
        rows = rows_of(entry=entry, raw=raw, leaf=leaf, event=event, signing=signing)
        return _Made(rows, subjects, signing, matched.jobs)

    def _link(self, raw: bytes, event_hash: str) -> bytes:
        """Make ``raw`` the newest entry, and return its leaf hash."""
        leaf = hash_leaf(raw)
        self._leaves.append(leaf)
        self.receipts.append(Receipt(self._size, event_hash, leaf, self._recorded_at, 0))
        self._previous, self._size = leaf, self._size + 1
        return leaf

    def _index_root(self, event_type: str) -> Hash | Unset:
        """Return the root over the subjects of all entries so far, which an export alone holds."""
        if event_type != "bundle.exported":
            return UNSET
        self._is_closed = True
        return self._tallies.index_root().hex()

    def _affirmed(self, item: ParsedSubmission) -> int | None:
        about = item.event.event.about
        if item.event.type != "record.affirmed" or not isinstance(about, tuple):
            return None
        place = self._state.event(str(about[0].event))
        return None if place is None else place.index


@contextmanager
def _naming(place: int, is_batch: bool) -> Iterator[None]:
    """Say which event of a batch an error is about, counting from 1 as people do."""
    try:
        yield
    except CustodyError as error:
        if not is_batch:
            raise
        raise type(error)(error.code, f"event {place + 1} of the batch: {error.text}", hint=error.hint) from None
