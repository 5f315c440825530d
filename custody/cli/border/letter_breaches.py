"""The gate asks for the letters of the consents under which something is about to leave: are they still there?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from custody.bundle.behind import Behind, past_of
from custody.cli.checking.behind import open_behind, reader_events, reader_requests
from custody.cli.context import Context
from custody.ledger.store import LedgerReader
from custody.verify.letters import letter_of
from custody.verify.release import Breach
from schemas.entry import parse_entry
from schemas.report import Findings, Severity


def letter_breaches(
    context: Context, reader: LedgerReader, registrations: Iterable[str], *, to: str
) -> Iterator[Breach]:
    """Yield for each exhibit, by its registration's event hash, what speaks against the letters of consents to ``to``.

    A consent by letter counts for nothing here where the same authority consented in another way as well. Under the
    user's trust file; one whose letter is gone, changed or of a ledger that is not believed is a breach, since a
    reader of what leaves would be told the same.
    """
    access = context.ledger()
    opened: list[Behind] = []
    past = past_of(reader.view(), reader_events(reader), reader_requests(reader))
    for registration in registrations:
        exhibit = reader.view().registered(registration)
        consents = [
            item for item in reader.view().consents(registration, to) if not item.is_revoked and exhibit is not None
        ]
        places = reader.event_indexes([item.id for item in consents])
        entries = {item.id: parse_entry(reader.entry(places[item.id])) for item in consents if item.id in places}
        otherwise = {
            item.authority for item in consents if item.id in entries and not letter_of(entries[item.id].event)
        }
        for item in consents:
            entry = entries.get(item.id)
            if entry is None or exhibit is None or item.authority in otherwise or letter_of(entry.event) is None:
                continue
            findings = Findings()
            # Only now: who has no letters needs no trust file.
            opened = opened or [open_behind(context, access.home, trusted=access.trusted, known=access.known)]
            opened[0].look(entry, past, findings)
            wrong = [one for one in findings.items if one.severity in {Severity.FAILED, Severity.INDETERMINATE}]
            if wrong:
                name = f"{exhibit.case}/{exhibit.number}"
                text = f"expected the letter of {item.authority} in which {name} is let go, found: {wrong[0].text}"
                yield Breach("release.consent-letter", text, name)
