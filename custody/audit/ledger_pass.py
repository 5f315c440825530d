"""The pass over a ledger's own file: its entries replayed, and all else in it compared with what follows from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from custody.audit import columns
from custody.audit.arrivals import COMING_IN, Arrivals
from custody.audit.asset_stories import STORIED, AssetStories
from custody.audit.bound_content import check_contents
from custody.audit.checkpoints import StoredCheckpoints, known_keys
from custody.audit.confusables import check_numbers
from custody.audit.custody_at import CustodyWatch
from custody.audit.derived import compare_derived
from custody.audit.enclosed import Enclosed
from custody.audit.evidence_files import Registered
from custody.audit.held import Held, check_genesis, check_held, held_abroad, held_by, is_signed, vouched
from custody.audit.kept_documents import KeptDocuments
from custody.audit.record import FindingsCap
from custody.audit.registered_abroad import RegisteredAbroad
from custody.audit.replay import CHUNK, RAW, Replay, Replayed
from custody.audit.table_rows import TableRows, Unreadable
from custody.audit.wanted import Wanted
from custody.bundle.behind import past_of, rests
from custody.ledger.signature_cores import SignatureCores
from custody.storage.schema import LEDGER
from custody.verify.border.behind_step import report_absent
from custody.verify.border.lawfulness import check_countries
from custody.verify.border.one_past import check_one_past
from custody.verify.border.past import Past
from custody.verify.evidence.erasures import find_erasures
from custody.verify.fold.fold import Fold, Placed
from custody.verify.procedure.explanations import Explanations
from custody.verify.procedure.procedure import Procedure, procedure_for, report
from keys.verifier_key import VerifierKey
from schemas.content import Content
from schemas.details.exhibit import ExhibitRegistered
from schemas.details.record import BundleExported, RecordExplained
from schemas.details.request import RequestBody
from schemas.entry import ParsedEntry, parse_entry
from schemas.errors import CustodyError, StorageError
from schemas.event import ParsedEvent
from schemas.report import Finding, Findings, Severity
from schemas.text import format_time
from schemas.types import is_set

Progress = Callable[[int, int], None]
"""Told how many entries are done, of how many."""

_AWAY: Final = frozenset({"disposed", "released", "voided"})
_MISSING: Final = frozenset({"letter.absent", "receipt.absent"})
"""What an order that comes later may have destroyed."""
_BLIND: Final = frozenset({"checkpoint.no-trust", "receipt.unknown-ledger"})
"""What can't be told without a trust file."""
_NO_ANCHOR: Final = (
    "no trust file and no checkpoint from before was given: a ledger written anew as a whole, with its own keys, would"
    " look the same"
)
_NOTHING_SEEN: Final = (
    "the trust file has seen no state of this ledger, and no checkpoint from before was given: one written anew, with"
    " its own keys, would look the same"
)


class LedgerPass:
    """What an audit has found so far. Mutable: lives as long as one audit."""

    def __init__(self, origin: str, wanted: Wanted, progress: Progress | None) -> None:
        self.origin = origin
        self.findings = Findings()
        self.cap = FindingsCap()
        self.watch = None if wanted.as_of is None else CustodyWatch(format_time(wanted.as_of))
        self.registered: list[Registered] = []
        self.assets = AssetStories(self._registration_of)
        self.procedure: Procedure | None = None
        self.explanations = Explanations()
        self.enclosed = Enclosed()
        self.arrivals = Arrivals()
        self.abroad = RegisteredAbroad()
        self.documents = KeptDocuments()
        self.replayed: Replayed | None = None
        self.newest: bytes | None = None
        self.signatures = 0
        self._believed = wanted.trust.ledger(origin) if wanted.trust else None
        self.held: tuple[Held, ...] = held_by(self._believed) if self._believed else ()
        if wanted.since is not None:
            self.held += (wanted.since,)
        self._wanted = wanted
        self._rows: TableRows | None = None
        self._progress = progress
        self._begun: dict[str, ParsedEvent] = {}
        self._past: Past | None = None
        self._absent: list[tuple[ParsedEvent, Finding]] = []
        self._exported_to: dict[str, int] = {}

    @contextmanager
    def checking_signatures(self) -> Iterator[SignatureCores]:
        """Give signatures to the other cores meanwhile, and in the end say which don't hold, of all that was read."""
        with SignatureCores(cores=self._wanted.cores) as cores:
            try:
                yield cores
            except (Unreadable, StorageError):
                self._close_signatures(cores)
                raise
            self._close_signatures(cores)

    def read(self, rows: TableRows, cores: SignatureCores) -> None:
        """Replay and compare.

        Raises:
            Unreadable: at a damaged page that can't be passed over.
        """
        self.findings.asked.add(0)
        if not columns.compare_schema(rows, LEDGER, self.findings):
            return
        self._replay(rows, cores)
        self._check_checkpoints(rows, cores)
        self._compare(rows)

    def break_off(self, reason: str) -> None:
        """Record that the database can't be read further."""
        text = f"expected a database that can be read, found {reason}"
        self.findings.add(0, Severity.FAILED, "audit.database", "database", text)

    def _replay(self, rows: TableRows, cores: SignatureCores) -> None:
        self.findings.asked.update({4, 5, 7, 11, 12})
        size = rows.size()
        before = 0 if self._wanted.since is None else self._wanted.since.size
        cores.expect(size - before)
        self._rows = rows
        replay = Replay(rows, self.findings, cores, checked_before=before, watch=self._watch_entry)
        self.replayed = replay.result
        for first in range(0, size, CHUNK):
            last = min(first + CHUNK, size)
            replay.read(first, last)
            self.cap.trim(self.findings)
            if self._progress is not None:
                self._progress(last, size)
        replay.finish()
        self._report_absent()
        replay.result.fold.finish()
        self._check_countries(replay.result.fold)
        check_numbers(replay.result.fold.state, self.findings)
        check_contents(replay.result.fold.state, self.findings, self._wanted.lists)
        self.enclosed.check(replay.result.fold.state, self.findings, self._wanted.lists, self._wanted.documents)
        self.arrivals.check(self.findings)
        self.abroad.check(replay.result.fold.state, self.findings, self._wanted.lists)
        if not size:
            self.findings.add(4, Severity.FAILED, "audit.empty", "entry 0", "expected entry 0, found no entry at all")

    def _watch_entry(self, parsed: ParsedEntry, placed: Placed) -> None:
        assert self.replayed is not None, "the replay that calls this"
        if self.watch is not None:
            self.watch.watch(parsed, placed, self.replayed.fold.state)
        if self._wanted.profile_for is not None:
            self._look_at_procedure(parsed)
        details = parsed.event.details
        if isinstance(details, BundleExported) and is_set(details.to):
            self._exported_to.setdefault(str(details.to), placed.index)
        if placed.is_applied:
            if self._wanted.behind is not None:
                self._look_behind(parsed, placed)
            self.enclosed.add(parsed, placed)
            if self.assets.stories or isinstance(details, STORIED):
                self.assets.add(parsed, placed)
            if isinstance(details, RecordExplained):
                self.explanations.add(parsed, self.replayed.fold.state)
            if isinstance(details, COMING_IN):
                self.arrivals.add(parsed, placed)
            if isinstance(details, ExhibitRegistered):
                self.abroad.add(parsed, placed, self.replayed.fold.state)
            if self._wanted.files is not None:
                self._keep_files(parsed)

    def _keep_files(self, parsed: ParsedEntry) -> None:
        """Remember what has files or documents that are to be read."""
        event, details = parsed.event, parsed.event.details
        self.documents.add(parsed.entry.index, event)
        if isinstance(details, ExhibitRegistered) and isinstance(details.content, Content):
            name = f"{event.event.case}/{event.event.exhibit}"
            found = Registered(parsed.entry.index, event.hash, name, details.content, lost=details.lost)
            self.registered.append(found)

    def _look_behind(self, parsed: ParsedEntry, placed: Placed) -> None:
        """Steps 9 and 11: read again what an entry rests on; who believes nobody is told so, and no more."""
        behind = self._wanted.behind
        if isinstance(parsed.event.details, RequestBody):
            self._begun[parsed.event.details.request] = parsed.event
        if behind is None or not rests(parsed.event):
            return
        assert self.replayed is not None, "the replay that calls this"
        found = Findings()
        # One for all entries: what was found on the way back from one is known for the next.
        self._past = self._past or past_of(self.replayed.fold.state, self._event_of, self._begun.get)
        behind.look(parsed, self._past, found, borne=self.replayed.fold.bearing.get(parsed.event.hash, ()))
        is_blind = behind.trusted.trust is None
        for item in found.items:
            # What a bundle within lacks isn't this record's own letter, and no order of this ledger is about it.
            if item.code in _MISSING and item.subject == f"entry {placed.index}":
                self._absent.append((parsed.event, item))
                continue
            severity = Severity.NOTE if is_blind and item.code in _BLIND else item.severity
            self.findings.add(item.step, severity, item.code, item.subject, item.text)

    def _report_absent(self) -> None:
        """Say of what is missing behind records whether an order destroyed it, which stands after them."""
        assert self.replayed is not None, "replayed before"
        for event, item in self._absent:
            order = self.replayed.fold.erased.order_on(event, self.replayed.fold.state)
            report_absent(event, order, item.step, item.subject, self.findings)

    def _check_countries(self, fold: Fold) -> None:
        """Step 11: where agents are said to be; without version 2 of the gate the recipients of exports, in the end."""
        ledger, behind, named = fold.state.ledger(), self._wanted.behind, dict(fold.countries)
        if behind is None or ledger is None:
            return
        for to, index in () if ledger.is_strict else self._exported_to.items():
            agent = fold.state.agent(to)
            if agent is not None and agent.ledger is not None and agent.country is not None:
                named[to, agent.ledger, agent.country] = index
        check_countries(behind.trusted.trust, named, self.findings, is_strict=ledger.is_strict)

    def _event_of(self, event_hash: str) -> ParsedEvent | None:
        """Find an event of this ledger by its hash."""
        entry = self._entry_of(event_hash)
        return None if entry is None else entry.event

    def _registration_of(self, case: str, number: str) -> ParsedEntry | None:
        """Find the entry that registered an exhibit."""
        assert self.replayed is not None, "the replay that calls this"
        exhibit = self.replayed.fold.state.exhibit(case, number)
        return None if exhibit is None else self._entry_of(exhibit.registration)

    def _entry_of(self, event_hash: str) -> ParsedEntry | None:
        assert self.replayed is not None, "the replay that calls this"
        place = self.replayed.fold.state.event(event_hash)
        if place is None or self._rows is None:
            return None
        rows, _ = self._rows.entries(place.index, place.index + 1)
        try:
            return parse_entry(rows[0][RAW]) if rows else None
        except CustodyError:
            return None

    def _look_at_procedure(self, parsed: ParsedEntry) -> None:
        """Step 12, as the profile of the ledger's country asks; entry 0 says which country that is."""
        assert self.replayed is not None, "the replay that calls this"
        if self.procedure is None:
            self.procedure = procedure_for(self._wanted.profile_for, self.replayed.fold.state)
        if self.procedure is not None:
            self.procedure.add(parsed)
            report(self.procedure, self.findings)

    def finish_procedure(self, at: str) -> None:
        """Say what all entries together lack as of ``at``, and in each defect which entries explain it."""
        if self.procedure is not None:
            self.procedure.finish(at)
            report(self.procedure, self.findings)
        self.explanations.stand_beside(self.findings)

    def registered_now(self) -> list[Registered]:
        """Return the exhibits of data, with what has become of them."""
        assert self.replayed is not None, "replayed before"
        state = self.replayed.fold.state
        away = {exhibit.registration for exhibit in state.exhibits.values() if exhibit.status in _AWAY}
        orders = find_erasures(self.replayed.orders)
        return [replace(item, is_away=item.event in away, erasures=orders) for item in self.registered]

    def _check_checkpoints(self, rows: TableRows, cores: SignatureCores) -> None:
        self.findings.asked.add(2)
        replayed = self.replayed
        assert replayed is not None, "replayed before"
        ledger = replayed.fold.state.ledger()
        keys = known_keys(ledger.log_keys if ledger else (), self._believed)
        stored = StoredCheckpoints(replayed.tree, keys, origin=self.origin, cores=cores, findings=self.findings)
        before = 0 if self._wanted.since is None else self._wanted.since.size
        stored.check(rows, checked_before=before, exports=replayed.exports)
        self.newest = stored.newest
        self._check_anchors(replayed, [known.key for known in keys])

    def _check_anchors(self, replayed: Replayed, keys: list[VerifierKey]) -> None:
        """Compare with what the auditor brought along."""
        size = replayed.tree.size
        self.held = tuple(item for item in self.held if is_signed(item, keys, self.findings))
        if self._wanted.behind is not None:
            kept = vouched(self._wanted.behind.known.values())
            check_one_past((item.told for item in kept), self.findings)
            self.held += tuple(dict.fromkeys(held_abroad(kept, self.origin)))
        roots = {item.size: replayed.tree.root(item.size) for item in self.held if item.size <= size}
        check_held(self.held, size=size, roots=roots, findings=self.findings)
        if self._believed is not None:
            check_genesis(self._believed, replayed.genesis, self.findings)
        elif self._wanted.trust is not None:
            text = f"the trust file says nothing about {self.origin}"
            self.findings.add(2, Severity.INDETERMINATE, "checkpoint.unknown-origin", "checkpoint", text)
        if not self.held:
            # That entry 0 is the one that the trust file names says nothing of what came after it.
            text = _NO_ANCHOR if self._wanted.trust is None else _NOTHING_SEEN
            self.findings.add(2, Severity.NOTE, "audit.no-anchor", "checkpoint", text)

    def _compare(self, rows: TableRows) -> None:
        self.findings.asked.add(8)
        assert self.replayed is not None, "replayed before"
        compare_derived(rows, self.replayed, self.findings)
        columns.check_numbering(rows, self.findings)

    def _close_signatures(self, cores: SignatureCores) -> None:
        if self.replayed is None:
            return
        self.findings.asked.add(6)
        for number, error in cores.finish():
            if number < 0:
                self.findings.add(2, Severity.FAILED, "note.signature", f"checkpoint {-number}", error.text)
            else:
                self.findings.add(6, Severity.FAILED, error.code, f"entry {number}", error.text)
        self.signatures = cores.count
