"""The gate at the prompt asks for the letters of the consents under which something is about to leave."""

from __future__ import annotations

from collections.abc import Iterator

from custody.bundle.behind import Behind, past_of
from custody.cli.checking import letter_breaches as checking
from custody.cli.checking.behind import open_behind, reader_events, reader_requests
from custody.cli.context import Context
from custody.ledger.store import LedgerReader
from custody.verify.gate.faults import Breach
from custody.verify.rules.view import View
from schemas.event import ParsedEvent
from schemas.text import format_time


def letter_breaches(context: Context, reader: LedgerReader, view: View, event: ParsedEvent) -> Iterator[Breach]:
    """Yield what speaks against the letters under which an event lets something out, ``view`` being the state before
    it, by whom the user believes.
    """
    access = context.ledger()
    opened: list[Behind] = []

    def behind() -> Behind:
        opened[:] = opened or [open_behind(context, access.home, trusted=access.trusted, known=access.known)]
        return opened[0]

    past, now = past_of(view, reader_events(reader), reader_requests(reader)), format_time(context.now())
    return checking.letter_breaches(reader, past, event, now, behind=behind)
