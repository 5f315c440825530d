"""What leaves rests on letters: are those of the consents under which it would leave still there, and do they hold?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from custody.bundle.behind import Behind
from custody.ledger.store import LedgerReader
from custody.verify.border.past import Past
from custody.verify.gate.correspondence import letter_of
from custody.verify.gate.release import Breach
from schemas.entry import parse_entry
from schemas.report import Findings, Severity


def letter_breaches(
    reader: LedgerReader, past: Past, registrations: Iterable[str], *, to: str, behind: Callable[[], Behind]
) -> Iterator[Breach]:
    """Yield for each exhibit, by its registration's event hash, what speaks against the letters of consents to ``to``.

    A consent by letter counts for nothing here where the same authority consented in another way as well. Under the
    trust file of ``behind``; one whose letter is gone, changed or of a ledger that is not believed is a breach, since a
    reader of what leaves would be told the same. Who has no letters needs no trust file.
    """
    for registration in registrations:
        exhibit = past.view.registered(registration)
        consents = [
            item for item in past.view.consents(registration, to) if not item.is_revoked and exhibit is not None
        ]
        places = reader.event_indexes([item.id for item in consents])
        # What stands in this transaction itself was looked at just now.
        entries = {item.id: parse_entry(reader.entry(places[item.id])) for item in consents if item.id in places}
        otherwise = {
            item.authority for item in consents if item.id in entries and not letter_of(entries[item.id].event)
        }
        for item in consents:
            entry = entries.get(item.id)
            if entry is None or exhibit is None or item.authority in otherwise or letter_of(entry.event) is None:
                continue
            findings = Findings()
            behind().look(entry, past, findings)
            wrong = [one for one in findings.items if one.severity in {Severity.FAILED, Severity.INDETERMINATE}]
            if wrong:
                name = f"{exhibit.case}/{exhibit.number}"
                text = f"expected the letter of {item.authority} in which {name} is let go, found: {wrong[0].text}"
                yield Breach("release.consent-letter", text, name)
