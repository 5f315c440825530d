"""What leaves rests on letters: are those of the consents under which it would leave still there, and do they hold?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from custody.bundle.behind import Behind
from custody.ledger.admission import let_out
from custody.ledger.store import LedgerReader
from custody.verify.border.past import Past
from custody.verify.gate.correspondence import letter_of
from custody.verify.gate.faults import Breach
from custody.verify.gate.release import check_release
from custody.verify.rules.view import Consent, Exhibit
from schemas.details.consent import ConditionsMet
from schemas.entry import ParsedEntry, parse_entry
from schemas.event import ParsedEvent
from schemas.report import Findings, Severity


def letter_breaches(
    reader: LedgerReader, past: Past, event: ParsedEvent, recorded_at: str, *, behind: Callable[[], Behind]
) -> Iterator[Breach]:
    """Yield for each exhibit that an event lets out what speaks against the letters by which consents to its recipient
    were given or their conditions met, as far as it may not leave without these; ``past`` holds the state before it.

    Under the trust file of ``behind``: a letter that is gone, changed or of a ledger that is not believed is a breach,
    since a reader of what leaves would be told the same. Who has no letters needs no trust file.
    """
    to, exhibits = let_out(past.view, event)
    resting = [] if to is None else [pair for item in exhibits for pair in _resting(reader, past, item, to.id)]
    already = {breach.exhibit for breach in check_release(past.view, event, recorded_at)} if resting else set()

    def lacking(without: Iterable[str]) -> dict[str, None]:
        found = check_release(past.view, event, recorded_at, without=frozenset(without))
        return dict.fromkeys(breach.exhibit for breach in found if breach.exhibit not in already)

    # To read a letter is to verify a bundle: none is read where all may leave without any.
    if not resting or not lacking(consent.id for consent, _ in resting):
        return
    wrong: dict[str, tuple[Consent, str]] = {}
    for consent, entry in resting:
        findings = Findings()
        behind().look(entry, past, findings)
        faults = [one.text for one in findings.items if one.severity in {Severity.FAILED, Severity.INDETERMINATE}]
        if faults:
            wrong.setdefault(consent.id, (consent, faults[0]))
    named = {item.name: item.registration for item in exhibits}
    for name in lacking(wrong):
        about = [pair for pair in wrong.values() if named.get(name) in pair[0].exhibits] or list(wrong.values())[:1]
        for consent, fault in about:
            text = f"expected the letter of {consent.authority} in which {name} is let go, found: {fault}"
            yield Breach("release.consent-letter", text, name)


def _resting(reader: LedgerReader, past: Past, exhibit: Exhibit, to: str) -> list[tuple[Consent, ParsedEntry]]:
    """Return the consents to ``to`` that rest on letters, each with an entry that says so; what stands in this
    transaction itself was looked at just now.
    """
    known = {item.id: item for item in past.view.consents(exhibit.registration, to) if not item.is_revoked}
    places = reader.event_indexes(list(known))
    indexes = set(places.values())
    if any(set(item.conditions) - set(item.unmet) for item in known.values()):
        indexes.update(reader.subject_entries(("exhibit", exhibit.case, exhibit.number)))
    found = []
    for index in sorted(indexes):
        entry = parse_entry(reader.entry(index))
        event, about = entry.event, entry.event.event.about
        is_met = isinstance(event.details, ConditionsMet) and isinstance(about, tuple)
        consent = known.get(str(about[0].event) if is_met and isinstance(about, tuple) else event.hash)
        if consent is not None and letter_of(event) is not None:
            found.append((consent, entry))
    return found
