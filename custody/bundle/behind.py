"""What a home keeps behind its records: letters, proofs and the bundles of other ledgers, read again when asked.

The write path asks before an entry stands, so that a draft made elsewhere finds no other door than the command does;
an audit asks about every entry. What is decided is decided in the verifier (`custody.verify.border.letters`,
`custody.verify.border.receipt_proof`, `custody.verify.border.inherited`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from custody.bundle.container import open_container
from custody.bundle.source import verify_container
from custody.verify.border.arrival import report_arrival
from custody.verify.border.behind_step import is_proven, report_letter, report_record
from custody.verify.border.inner import manifest_of
from custody.verify.border.past import Past
from custody.verify.border.receipt_proof import check_receipt, read_receipt
from custody.verify.border.terms import check_terms
from custody.verify.evidence.places import places_of
from custody.verify.gate.correspondence import letter_of, opens_gate
from custody.verify.gate.faults import Bearing
from custody.verify.gate.release import bearing
from custody.verify.record.opened import fail
from custody.verify.rules.view import View
from custody.verify.verify import Trusted, Verified
from schemas import limits
from schemas.details.exhibit import Foreign
from schemas.details.transfer import TransferAccepted, TransferDispatched, TransferReturned
from schemas.entry import ParsedEntry
from schemas.errors import VerificationError
from schemas.event import ParsedEvent
from schemas.private import Disclosure
from schemas.report import Findings, Severity

Find = Callable[[str], Path | None]
Values = Callable[[Sequence[str]], Mapping[str, Disclosure]]
"""Returns the private values that are at hand, by commitment."""


def rests(parsed: ParsedEvent) -> bool:
    """Tell whether an event rests on what another ledger signed, or on the words of a consent."""
    details = parsed.details
    is_arrival = isinstance(details, TransferAccepted | TransferReturned) and isinstance(details.foreign, Foreign)
    is_letter = letter_of(parsed) is not None
    return is_arrival or is_letter or is_proven(parsed) or isinstance(details, TransferDispatched)


def past_of(
    view: View, event_of: Callable[[str], ParsedEvent | None], begun_by: Callable[[str], ParsedEvent | None]
) -> Past:
    """Return what a ledger of which ``view`` is the state said so far: its events by hash, and by request begun."""
    ledger = view.ledger()

    def ledger_of(agent: str) -> str | None:
        found = view.agent(agent)
        return None if found is None else found.ledger

    def country_of(agent: str) -> str | None:
        found = view.agent(agent)
        return None if found is None else found.country

    return Past("" if ledger is None else ledger.origin, view, ledger_of, country_of, event_of, begun_by)


def report_terms(
    entry: ParsedEntry, past: Past, values: Values, findings: Findings, *,
    made: Iterable[Disclosure] = (), borne: Bearing | None = None,
) -> None:  # fmt: skip
    """Add what a dispatch says otherwise than the consents under which it leaves; ``made``, ``borne`` as in `Behind`.

    Whoever writes one needs to believe nobody for that.
    """
    new = {item.commitment: item for item in made}
    past = replace(past, value_of=lambda name: new.get(name) or values([name]).get(name))
    sent = bearing(past.view, entry.event, entry.entry.recorded_at) if borne is None else (("", borne),)
    for severity, error in check_terms(entry.event, past, sent[0][1] if sent else ()):
        findings.add(11, severity, error.code, f"entry {entry.entry.index}", error.text)


@dataclass(slots=True)
class Behind:
    """Finds documents by digest and bundles by payload manifest, and reads each once, as of ``at``, under ``trusted``.

    Mutable: keeps what it read.
    """

    document: Find
    inherited: Find
    trusted: Trusted
    at: datetime
    known: dict[str, Verified | VerificationError] = field(default_factory=dict)
    """What was verified already, by digest of a letter or payload manifest of a bundle."""
    values: Values = lambda _: {}

    def look(
        self, entry: ParsedEntry, past: Past, findings: Findings, *,
        made: Iterable[Disclosure] = (), borne: Bearing | None = None,
    ) -> None:  # fmt: skip
        """Add what speaks against what an entry rests on; nothing for one that rests on nothing. ``made`` are private
        values of it that no store has yet; ``borne`` are the consents under which a dispatch left, where ``past`` isn't
        the state before it.

        Raises:
            StorageError: this machine's disk.
        """
        parsed, where = entry.event, f"entry {entry.entry.index}"
        origin, details = letter_of(parsed), parsed.details
        if origin is not None:
            step = 11 if opens_gate(parsed) else 9
            letter = self._read(origin.document, self.document, "letter.absent", step, where, findings)
            if letter is not None:
                _report_within(letter, where, findings)
                shown = {**self.values(list(places_of(parsed))), **{item.commitment: item for item in made}}
                report_record(parsed, letter, replace(past, value_of=shown.get), where, findings)
        elif is_proven(parsed):
            self._look_at_receipt(entry, past, where, findings)
        elif isinstance(details, TransferAccepted | TransferReturned) and isinstance(details.foreign, Foreign):
            self._look_at_arrival(entry, details.foreign.manifest, past, findings)
        elif isinstance(details, TransferDispatched):
            report_terms(entry, past, self.values, findings, made=made, borne=borne)

    def _look_at_receipt(self, entry: ParsedEntry, past: Past, where: str, findings: Findings) -> None:
        digest = getattr(entry.event.details, "document", "")
        path = self.document(digest)
        if path is None or path.stat().st_size > limits.JSON_BYTES:
            text = f"expected in the home the receipt with the SHA-256 {digest}, found none"
            findings.add(9, Severity.INDETERMINATE, "receipt.absent", where, text)
        else:
            read = read_receipt(path.read_bytes(), self.trusted.trust)
            for wrong in check_receipt(entry.event, read, past):
                fail(findings, 9, wrong, where)

    def _look_at_arrival(self, entry: ParsedEntry, manifest: str, past: Past, findings: Findings) -> None:
        where = f"entry {entry.entry.index}"
        inner = self._read(manifest, self.inherited, "inherited.absent", 9, where, findings)
        if inner is None:
            return
        if manifest_of(inner) != manifest:
            text = f"expected the bundle with the payload manifest {manifest}, found another in its place"
            findings.add(9, Severity.FAILED, "inherited.exhibit", where, text)
            return
        _report_within(inner, where, findings)
        report_arrival(entry, inner, past.view, findings, event_of=past.event_of, within=self._inherited)

    def _inherited(self, manifest: str) -> Verified | None:
        """Return the bundle of a payload manifest, if the home has it and it can be opened."""
        found = self._find(manifest, self.inherited)
        return found if isinstance(found, Verified) else None

    def _find(self, name: str, find: Find) -> Verified | VerificationError | None:
        """Return what was found of a letter or bundle, which is verified when it is first asked for."""
        path = find(name)
        if name not in self.known and path is not None:
            self.known[name] = self._verify(path)
        return self.known.get(name)

    def _read(self, name: object, find: Find, code: str, step: int, where: str, findings: Findings) -> Verified | None:
        """Return what holds of the letter or bundle called ``name``; nothing where that is a finding."""
        found = self._find(name, find) if isinstance(name, str) else None
        if found is None:
            what = "bundle with the payload manifest" if find is self.inherited else "letter with the SHA-256"
            text = f"expected in the home the {what} {name if isinstance(name, str) else 'that is named'}, found none"
            findings.add(step, Severity.INDETERMINATE, code, where, text)
        elif isinstance(found, VerificationError):
            findings.add(0, Severity.FAILED, found.code, where, found.text)
            return None
        return found

    def _verify(self, path: Path) -> Verified | VerificationError:
        try:
            with open_container(path) as container:
                return verify_container(container, trusted=self.trusted, at=self.at)
        except VerificationError as error:
            return error


def _report_within(inner: Verified, where: str, findings: Findings) -> None:
    """Add what speaks against a letter or bundle itself, under the entry that rests on it: whoever reads an audit has
    the ledger's own numbers only.
    """
    found = Findings()
    report_letter(inner, where, found)
    for item in found.items:
        findings.add(item.step, item.severity, item.code, f"{where}: {item.subject}", item.text)
