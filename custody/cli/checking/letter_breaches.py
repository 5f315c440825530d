"""What leaves rests on letters: are those of the consents under which it would leave still there, and do they hold?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from custody.bundle.behind import Behind
from custody.ledger.store import LedgerReader
from custody.verify.border.past import Past
from custody.verify.gate.correspondence import letter_of
from custody.verify.gate.release import Breach, Way, fault_of
from custody.verify.rules.view import Agent, Consent, Exhibit
from schemas.details.consent import ConditionsMet
from schemas.entry import ParsedEntry, parse_entry
from schemas.report import Findings, Severity
from schemas.text import format_time

Side = tuple[str, str | None]
"""Whose consent it is: a ledger's that binds the exhibit, or a country's."""


def letter_breaches(
    reader: LedgerReader, past: Past, registrations: Iterable[str], *, to: str, behind: Callable[[], Behind]
) -> Iterator[Breach]:
    """Yield for each exhibit, by its registration's event hash, what speaks against the letters of consents to ``to``,
    by which these were given or their conditions met.

    One that rests on a letter counts for nothing here where the same side gave another without fault and without a
    letter. Under the trust file of ``behind``; one whose letter is gone, changed or of a ledger that is not believed is
    a breach, since a reader of what leaves would be told the same. Who has no letters needs no trust file.
    """
    recipient = past.view.agent(to)
    for registration in registrations:
        exhibit = past.view.registered(registration)
        if exhibit is None or recipient is None:
            continue
        consents = [item for item in past.view.consents(registration, to) if not item.is_revoked]
        resting = _resting(reader, exhibit, consents)
        if not resting:
            continue
        now = format_time(behind().at)
        way = Way(recipient, [now, now])
        others = [item for item in consents if item.id not in {consent.id for consent, _ in resting}]
        without = {side for item in others if (side := _holds_for(past, exhibit, item, way)) is not None}
        for consent, entry in resting:
            if _side(past, exhibit, consent) in without:
                continue
            findings = Findings()
            behind().look(entry, past, findings)
            wrong = [one for one in findings.items if one.severity in {Severity.FAILED, Severity.INDETERMINATE}]
            if wrong:
                name = f"{exhibit.case}/{exhibit.number}"
                text = f"expected the letter of {consent.authority} in which {name} is let go, found: {wrong[0].text}"
                yield Breach("release.consent-letter", text, name)


def _resting(reader: LedgerReader, exhibit: Exhibit, consents: Iterable[Consent]) -> list[tuple[Consent, ParsedEntry]]:
    """Return the consents that rest on letters, each with an entry that says so; what stands in this transaction itself
    was looked at just now.
    """
    known = {item.id: item for item in consents}
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


def _holds_for(past: Past, exhibit: Exhibit, consent: Consent, way: Way) -> Side | None:
    """Return for which side a consent lets the exhibit go this way; nothing where it doesn't."""
    side = _side(past, exhibit, consent)
    is_fit = side is not None and fault_of(past.view, consent, way, is_bound=side[0] == "ledger") is None
    return side if is_fit else None


def _side(past: Past, exhibit: Exhibit, consent: Consent) -> Side | None:
    agent: Agent | None = past.view.agent(consent.authority)
    if agent is None:
        return None
    return ("ledger", agent.ledger) if agent.ledger in exhibit.bound_to else ("country", agent.country)
