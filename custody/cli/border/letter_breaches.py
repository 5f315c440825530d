"""The gate at the prompt asks for the letters of the consents under which something is about to leave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from custody.bundle.behind import Behind, past_of
from custody.cli.checking import letter_breaches as checking
from custody.cli.checking.behind import open_behind, reader_events, reader_requests
from custody.cli.context import Context
from custody.ledger.store import LedgerReader
from custody.verify.gate.release import Breach


def letter_breaches(
    context: Context, reader: LedgerReader, registrations: Iterable[str], *, to: str
) -> Iterator[Breach]:
    """Yield what speaks against the letters of consents to ``to``, by whom the user believes."""
    access = context.ledger()
    opened: list[Behind] = []

    def behind() -> Behind:
        opened[:] = opened or [open_behind(context, access.home, trusted=access.trusted, known=access.known)]
        return opened[0]

    past = past_of(reader.view(), reader_events(reader), reader_requests(reader))
    return checking.letter_breaches(reader, past, registrations, to=to, behind=behind)
