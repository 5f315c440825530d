"""The replay: all entries in order, each read as a stranger would read it, folded, and compared with its rows.

What a row says is never used to judge an entry; only ``raw`` is. So a changed column is a finding about the index and
leaves the entry as good as it was, and a changed byte of ``raw`` shows at that entry, whatever the columns say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from custody.audit.columns import compare_entries
from custody.audit.growing_tree import GrowingTree
from custody.audit.subject_index import SubjectIndex
from custody.audit.table_rows import Row, TableRows
from custody.ledger.rows import EntryRow, entry_row
from custody.ledger.signature_cores import SignatureCores
from custody.ledger.signature_work import Work
from custody.ledger.tiles import HASH_BYTES
from custody.verify.evidence.images import check_image
from custody.verify.fold.disputes import Signing
from custody.verify.fold.fold import Fold, Placed
from custody.verify.record.opened import fail
from schemas.details.exhibit import ExhibitRegistered
from schemas.details.record import DisclosureErased
from schemas.entry import ParsedEntry, parse_entry
from schemas.errors import CustodyError, VerificationError
from schemas.event import ParsedEvent, Seen
from schemas.merkle import hash_leaf
from schemas.report import Findings
from schemas.text import ZERO_HASH

CHUNK: Final = 128
"""Entries that are read at a time: few enough for a core to keep them at hand, many enough for one statement."""
RAW: Final = EntryRow._fields.index("raw")

Watch = Callable[[ParsedEntry, Placed], None]
"""What is told of each entry that was folded."""
Compare = Callable[[list[Row], list[EntryRow]], None]
"""What is given some rows of entries, and those that were recomputed."""


@dataclass(slots=True)
class Replayed:
    """What a replay leaves behind, for the checks that need all of it."""

    fold: Fold
    tree: GrowingTree
    subjects: SubjectIndex
    exports: list[int]
    erased: set[str]
    orders: list[tuple[int, ParsedEvent]] = field(default_factory=list)
    genesis: bytes | None = None


@dataclass(frozen=True, slots=True)
class Malformed:
    """Bytes that are no entry; they have a leaf hash all the same."""

    error: CustodyError
    leaf: bytes


def _parse(raw: bytes) -> ParsedEntry | Malformed:
    try:
        return parse_entry(raw)
    except CustodyError as error:
        return Malformed(error, hash_leaf(raw))


class Replay:
    """One pass over all entries. Mutable: lives as long as one audit."""

    def __init__(
        self,
        rows: TableRows,
        findings: Findings,
        cores: SignatureCores,
        *,
        checked_before: int,
        watch: Watch | None = None,
        compare: Compare | None = None,
    ) -> None:
        self.result = Replayed(Fold(findings, is_whole=True), GrowingTree(), SubjectIndex(), [], set())
        self._rows = rows
        self._findings = findings
        self._cores = cores
        self._checked_before = checked_before
        self._watch = watch
        self._compare_rows = compare or partial(compare_entries, findings=findings)
        self._previous: str | None = ZERO_HASH
        self._leaves: list[bytes | None] = []
        self._seen: list[tuple[int, Seen]] = []
        self._folded: list[tuple[ParsedEntry, Signing]] = []
        self._work: list[Work] = []

    def read(self, first: int, last: int) -> None:
        """Replay the entries from ``first``, where the last call ended, up to but without ``last``."""
        found, damaged = self._rows.entries(first, last)
        # All are parsed before any is folded: each half of the work finds the processor's caches as it left them.
        parsed = {row[0]: _parse(row[RAW]) for row in found if isinstance(row[RAW], bytes)}
        try:
            for index in range(first, last):
                match parsed.get(index):
                    case None:
                        self._miss(index, is_damaged=index in damaged)
                    case ParsedEntry() as entry:
                        self._take(index, entry)
                    case Malformed() as malformed:
                        self._refuse(index, malformed)
        finally:
            # Of what was read the signatures are told, also where it can't be read to the end.
            self._cores.add(self._work)
            self._work.clear()
        self._compare(found)
        # The entry after a missing one says what it was, and may be the first of the next chunk.
        self._grow(wait=1 if self._leaves[-1] is None else 0)
        self._check_seen()

    def finish(self) -> None:
        """End the replay: nothing follows."""
        self._grow(wait=0)

    def _compare(self, found: list[Row]) -> None:
        expected = [
            entry_row(entry=parsed.entry, raw=parsed.raw, leaf=parsed.leaf, event=parsed.event, signing=signing)
            for parsed, signing in self._folded
        ]
        self._compare_rows(found, expected)
        self._folded.clear()

    def _miss(self, index: int, *, is_damaged: bool) -> None:
        code, word = ("audit.unreadable", "a damaged page") if is_damaged else ("audit.missing", "none")
        self._fail(4, VerificationError(code, f"expected entry {index}, found {word}"), index)
        self._previous = None
        self._leaves.append(None)

    def _refuse(self, index: int, malformed: Malformed) -> None:
        fail(self._findings, 4, malformed.error, f"entry {index}")
        self._previous = malformed.leaf.hex()
        self._leaves.append(malformed.leaf)

    def _take(self, index: int, parsed: ParsedEntry) -> None:
        self._check_place(index, parsed)
        self._previous = parsed.leaf.hex()
        self._leaves.append(parsed.leaf)
        self._fold(index, parsed)

    def _check_place(self, index: int, parsed: ParsedEntry) -> None:
        entry = parsed.entry
        if entry.index != index:
            text = f"expected index {index}, found {entry.index}"
            self._fail(4, VerificationError("entries.index", text), index)
        if self._previous is None:
            # What it links to is the best word there is on the entry that can't be read; the tree will tell.
            self._leaves[-1] = bytes.fromhex(entry.previous)
        elif entry.previous != self._previous:
            text = f"expected entry {index} to link to {self._previous}, found {entry.previous}"
            self._fail(4, VerificationError("entries.chain", text), index)

    def _fold(self, index: int, parsed: ParsedEntry) -> None:
        result, event, details = self.result, parsed.event.event, parsed.event.details
        if index == 0:
            result.genesis = parsed.leaf
        if event.type == "bundle.exported":
            result.exports.append(index)
            self._check_index_root(index, str(parsed.entry.index_root))
        placed, jobs = result.fold.add(parsed)
        if placed.is_applied and isinstance(details, ExhibitRegistered):
            check_image(parsed, self._findings)
        if index >= self._checked_before:
            self._work += [(index, job.key, job.message, job.signature) for job in jobs]
        result.subjects.add(placed.subjects, parsed.leaf, index)
        if isinstance(event.seen, Seen):
            self._seen.append((index, event.seen))
        if isinstance(details, DisclosureErased):
            result.erased.update(details.commitments)
            result.orders.append((index, parsed.event))
        signing = result.fold.newest_signing
        # An entry without all its signatures has failed already, and its rows can't be told.
        if len(signing.keys) == len(event.signers):
            self._folded.append((parsed, signing))
        if self._watch is not None:
            self._watch(parsed, placed)

    def _check_index_root(self, index: int, found: str) -> None:
        expected = self.result.subjects.root().hex()
        if found != expected:
            text = f"expected index_root {expected} over all entries before {index}, found {found}"
            self._fail(8, VerificationError("audit.index-root", text), index)

    def _grow(self, *, wait: int) -> None:
        """Add the leaf hashes to the tree, but for the last ``wait``."""
        count, tree = len(self._leaves) - wait, self.result.tree
        leaves = [leaf or self._stored_leaf(tree.size + place) for place, leaf in enumerate(self._leaves[:count])]
        del self._leaves[:count]
        tree.extend(leaves)

    def _stored_leaf(self, index: int) -> bytes:
        """Return what the ledger's own tile says of an entry that is gone; whether it's true, the checkpoints tell."""
        number, place = divmod(index, 256)
        tile = self._rows.tile(0, number)
        return tile[place * HASH_BYTES : (place + 1) * HASH_BYTES].ljust(HASH_BYTES, b"\0")

    def _check_seen(self) -> None:
        for index, seen in self._seen:
            if seen.size > index:
                continue  # the reducer has said so
            expected = self.result.tree.root(seen.size).hex()
            if seen.root != expected:
                text = f"expected the root {expected} at size {seen.size}, found {seen.root} in seen"
                self._fail(4, VerificationError("audit.seen", text), index)
        self._seen.clear()

    def _fail(self, step: int, error: CustodyError, index: int) -> None:
        fail(self._findings, step, error, f"entry {index}")
