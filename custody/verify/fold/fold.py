"""Steps 5 to 7: folds entries, in order of index, into a state (docs/spec/verification.md).

The same fold serves a bundle and a whole ledger. Entries whose keys or signatures are wrong are folded all the same,
as far as they parse, so that one fault does not hide the next; a broken custody rule ends that exhibit's fold.
Signatures come back as work, because checking them is nearly all the cost of a replay.
"""

from __future__ import annotations

from binascii import unhexlify
from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from custody.verify.fold.disputes import Signing, affirmed_by, find_disputes
from custody.verify.fold.lineage import Lineage, Name, lineage_of
from custody.verify.fold.signing import ENROLLING, SignatureJob, check_enrolments, signature_jobs
from custody.verify.fold.standing import Standing, Standings
from custody.verify.fold.state import State
from custody.verify.gate.contents import content_root, files_in, names_of
from custody.verify.gate.destination import counterparts, names_nobody, stays, way_told
from custody.verify.gate.erased_documents import ErasedDocuments
from custody.verify.gate.faults import Bearing, Breach
from custody.verify.gate.release import bearing, check_release, untold_terms
from custody.verify.rules.on_record import is_later
from custody.verify.rules.reducer import reduce
from custody.verify.rules.subjects import subjects_of
from custody.verify.rules.view import Agent
from schemas.details.exhibit import ExhibitRegistered
from schemas.details.transfer import TransferAccepted, TransferDispatched
from schemas.entry import ParsedEntry
from schemas.errors import CustodyError, RuleViolation, VerificationError
from schemas.report import Findings, Severity
from schemas.subject import Subject
from schemas.types import UNSET, is_set

_COMMITMENT = b'{"commitment":"'


def commitments_in(raw: bytes) -> list[bytes]:
    """Return the commitments in canonical bytes of a record, 64 hex digits each.

    Canonical JSON escapes every quote inside a text, so nothing but a commitment itself begins like one.
    """
    # Splitting finds them four times as fast as a pattern would; the schema has checked the digits.
    return [part[:64] for part in raw.split(_COMMITMENT)[1:]]


def root_of(details: object) -> str | None:
    """Return the root of the content whose file records stand in an exhibit's first act itself, if they do."""
    is_inside = isinstance(details, ExhibitRegistered) and files_in(details.content)
    return content_root(details) if is_inside else None


def names_again(details: object) -> frozenset[str]:
    """Return the commitments that an acceptance may repeat: those in its file records, of a content that had left."""
    files = files_in(details.content) if isinstance(details, TransferAccepted) else ()
    return frozenset(name for record in files for name in names_of(record))


class Placed(msgspec.Struct, frozen=True):
    """A folded entry: its index, leaf hash and subjects, and whether the rules took it."""

    index: int
    subjects: tuple[Subject, ...]
    is_applied: bool


def by_subject(placed: Mapping[int, Placed]) -> dict[Subject, list[int]]:
    """Return the indexes of each subject's entries, in order."""
    found: dict[Subject, list[int]] = {}
    for index, place in sorted(placed.items()):
        for subject in dict.fromkeys(place.subjects):
            found.setdefault(subject, []).append(index)
    return found


class Fold:
    """Folds parsed entries. Mutable: lives as long as one verification or replay.

    ``commitments`` maps each commitment, 32 bytes, to the first entry that holds it; ``lineage`` tells how far a bundle
    carries exhibits.
    """

    def __init__(self, findings: Findings, *, is_whole: bool, lineage: Lineage | None = None) -> None:
        self.state = State(is_whole=is_whole, lineage=lineage)
        self._findings = findings
        self._signings: list[Signing] = []
        self._broken: set[Subject] = set()
        self.commitments: dict[bytes, int] = {}
        self._roots: dict[int, bytes] = {}
        self._standings = Standings()
        self._recorded_at = ""
        self.erased = ErasedDocuments()
        self.agents: dict[int, tuple[Agent, ...]] = {}
        """What an entry made of agents: later ones are held against who they were then."""
        self.bearing: dict[str, Bearing] = {}
        """By event hash of a dispatch: the consents under which it left."""
        self.countries: dict[tuple[str, str, str], int] = {}
        """Whose country decided what may leave, with his ledger and that country as on record then: the first entry."""

    def add(self, parsed: ParsedEntry) -> tuple[Placed, tuple[SignatureJob, ...]]:
        """Fold one entry; return where it stands and the signatures that are still to be checked."""
        index, event, envelope = parsed.entry.index, parsed.event, parsed.entry.envelope
        standing, is_known = self._standings.find(self.state, index, event, envelope)
        jobs, errors = signature_jobs(event, envelope, standing.matched.keys)
        for error in (*standing.matched.errors, *errors):
            self.fail(5 if error.code.startswith("keys.") else 6, error, index)
        if isinstance(event.details, ENROLLING):
            try:
                check_enrolments(event)
            except CustodyError as error:
                self.fail(6, error, index)
        key_ids = standing.matched.key_ids
        self._signings.append(Signing(index, key_ids, standing.relies_on, affirmed_by(self.state, event)))
        if standing.may_let_out and (way := way_told(event)) not in standing.staying:
            self.erased.add(index, event, self.state, parsed.entry.recorded_at)
            if not self._check_release(parsed) and way is not None and stays(self.state, event):
                standing.staying.add(way)
        placed = self._reduce(parsed, standing, is_known=is_known)
        self._check_once(parsed)
        self._check_times(parsed)
        return placed, jobs

    @property
    def newest_signing(self) -> Signing:
        """What disputes need of the entry that was folded last."""
        return self._signings[-1]

    def fail(self, step: int, error: CustodyError, index: int) -> None:
        """Record that entry ``index`` failed ``step``."""
        self._findings.add(step, Severity.FAILED, error.code, f"entry {index}", error.text)

    def finish(self) -> None:
        """Say which entries are in dispute, once all are folded."""
        own = self.state.ledger()
        if own is not None and own.is_strict:
            # Who opens a ledger in the country to which he wants to send would need no consent.
            self.countries[own.origin, own.origin, own.country] = 0
        disputes = find_disputes(self._signings, self.state.keys)
        for index, revoked in sorted(disputes.disputed.items()):
            text = f"signed with standing that entry {revoked} puts in dispute, and not affirmed since"
            self._findings.add(5, Severity.INDETERMINATE, "keys.disputed", f"entry {index}", text)
        for index in sorted(disputes.barred):
            text = "signed with standing that was in dispute by then"
            self._findings.add(5, Severity.FAILED, "keys.barred", f"entry {index}", text)

    def _reduce(self, parsed: ParsedEntry, standing: Standing, *, is_known: bool) -> Placed:
        index, event = parsed.entry.index, parsed.event
        if self._broken and is_set(event.event.link):
            subjects = subjects_of(self.state, event)
            if subjects[0] in self._broken:
                return Placed(index, subjects, is_applied=False)
        try:
            outcome = reduce(self.state, index, event, standing.matched.key_ids, are_signers_known=is_known)
        except RuleViolation as error:
            self.fail(7, error, index)
            subjects = subjects_of(self.state, event)
            if is_set(event.event.link):
                self._broken.add(subjects[0])
            return Placed(index, subjects, is_applied=False)
        self.state.put(outcome.changes)
        if not is_set(event.event.link) and (agents := tuple(it for it in outcome.changes if isinstance(it, Agent))):
            self.agents[index] = agents
        self._standings.settle(standing, outcome.changes, is_known=is_known)
        self.state.place(event.hash, outcome.place)
        if event.event.link is UNSET or isinstance(event.details, ExhibitRegistered):
            # An act that isn't the first of its exhibit brings no files, and belongs to no request.
            self.state.hold(event, outcome.place.subjects)
        for code, text in outcome.defects:
            self._findings.add(12, Severity.DEFECT, code, f"entry {index}", text)
        return Placed(index, outcome.place.subjects, is_applied=True)

    def _check_release(self, parsed: ParsedEntry) -> bool:
        """What left for another country without a consent that covers it stays a breach of law, whatever else holds."""
        event = parsed.event
        subject = f"entry {parsed.entry.index}"
        breaches = check_release(self.state, event, parsed.entry.recorded_at)
        borne = bearing(self.state, event, parsed.entry.recorded_at)
        if borne and isinstance(event.details, TransferDispatched):
            self.bearing[event.hash] = borne[0][1]
        self._tell(subject, Severity.DEFECT, untold_terms(self.state, event, borne))
        for whose in counterparts(self.state, event):
            if whose.ledger is not None and whose.country is not None:
                self.countries.setdefault((whose.id, whose.ledger, whose.country), parsed.entry.index)
        self._tell(subject, Severity.FAILED, breaches)
        if not breaches and names_nobody(event) and any(is_set(item.exhibit) for item in event.event.about or ()):
            text = "an export that names no recipient on record, so that no consent could be looked for"
            self._findings.add(11, Severity.DEFECT, "release.recipient-unnamed", subject, text)
        return bool(breaches)

    def _tell(self, subject: str, severity: Severity, breaches: Iterable[Breach]) -> None:
        """Record one of each kind for each exhibit: it may be bound to more ledgers than anybody wants to read."""
        alike: dict[tuple[str, str], list[str]] = defaultdict(list)
        for breach in breaches:
            alike[breach.code, breach.exhibit].append(breach.text)
        for (code, exhibit), texts in alike.items():
            text = texts[0] if len(texts) == 1 else f"{texts[0]}; and {len(texts) - 1} more of the kind"
            self._findings.add(11, severity, code, subject, text, exhibit=exhibit)

    def _check_once(self, parsed: ParsedEntry) -> None:
        """A commitment stands once in a ledger: a second place would let one salt serve two values.

        A content that comes back is what it was, so the names of its files may stand in its acceptance again.
        """
        index, details = parsed.entry.index, parsed.event.details
        root = unhexlify(root_of(details) or "") if isinstance(details, ExhibitRegistered) else b""
        for commitment in commitments_in(parsed.event.raw):
            raw = unhexlify(commitment)
            first = self.commitments.get(raw)
            if first is None:
                self.commitments[raw] = index
            elif not root or self._roots.get(first) != root or commitment.decode() not in names_again(details):
                text = f"expected a new commitment, found {commitment.decode()} again"
                self._findings.add(7, Severity.FAILED, "rule.commitment-twice", f"entry {index}", text)
        if root:
            self._roots[index] = root

    def _check_times(self, parsed: ParsedEntry) -> None:
        """Times decide nothing about order, so what is odd about them is a defect and no failure."""
        entry, event = parsed.entry, parsed.event.event
        if entry.recorded_at < self._recorded_at:
            text = f"recorded at {entry.recorded_at}, an entry before at {self._recorded_at}"
            self._findings.add(12, Severity.DEFECT, "defect.recorded-backward", f"entry {entry.index}", text)
        else:
            self._recorded_at = entry.recorded_at
        at = max(event.occurred_at, getattr(parsed.event.details, "decided_at", ""))
        if is_later(at, entry.recorded_at):
            text = f"said to have occurred at {at}, and recorded at {entry.recorded_at}"
            self._findings.add(12, Severity.DEFECT, "defect.time-ahead", f"entry {entry.index}", text)
        if isinstance(event.not_after, str) and entry.recorded_at > event.not_after:
            text = f"recorded at {entry.recorded_at}, meant to be by {event.not_after}"
            self._findings.add(12, Severity.DEFECT, "defect.recorded-late", f"entry {entry.index}", text)


def fold_all(
    entries: Mapping[int, ParsedEntry], findings: Findings, names: Iterable[Name]
) -> tuple[Fold, dict[int, Placed]]:
    """Return the entries that are carried for exhibits, by case and number, folded in order, and where each stands;
    their signatures are checked on the way.
    """
    fold = Fold(findings, is_whole=False, lineage=lineage_of(names, entries))
    placed = {}
    for index in sorted(entries):
        placed[index], jobs = fold.add(entries[index])
        for job in jobs:
            try:
                job.check()
            except VerificationError as error:
                fold.fail(6, error, index)
    return fold, placed
