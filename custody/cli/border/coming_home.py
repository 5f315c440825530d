"""What left from here and comes back: as which exhibit it left, and whether that one is still away."""

from __future__ import annotations

from custody.cli.context import Context
from custody.ledger.entries import entry_with
from custody.transfer.arrivals import Arrival, Home
from custody.verify.rules.view import Exhibit
from schemas.details.transfer import TransferDispatched
from schemas.errors import RefusedError


def find_home(context: Context, arrival: Arrival, home: Home) -> tuple[Exhibit, str]:
    """Return the exhibit of this ledger that an arrival is, and the transfer under which it had left.

    What was recalled and accepted over there all the same may come back too, unless the exhibit left again since.

    Raises:
        RefusedError: ``transfer.not-away`` where the exhibit is here, or elsewhere under another transfer.
    """
    with context.ledger().read() as reader:
        exhibit = reader.view().exhibit(home.left.case, home.left.exhibit)
        entry = entry_with(reader, home.left.head)
    left = None if entry is None else entry.event.details
    transfer = left.transfer if isinstance(left, TransferDispatched) else ""
    dispatch = exhibit.dispatch if exhibit is not None else None
    if exhibit is not None and dispatch is not None and dispatch.transfer != transfer and not home.is_told:
        # The bundle leaves out a part of the way, so which dispatch it ends can't be told; it can be only this one.
        transfer = dispatch.transfer
    away = (dispatch.transfer,) if dispatch is not None else exhibit.recalled or () if exhibit is not None else ()
    if exhibit is None or transfer not in away:
        name = f"{home.left.case}/{home.left.exhibit}" if exhibit is None else exhibit.name
        found = "unknown here" if exhibit is None else f"{exhibit.status}, with {exhibit.holder}"
        text = f"expected {name} to be away under transfer {transfer or 'of this ledger'}, found it {found}"
        hint = f"--anew {arrival.name} takes it in as an exhibit of its own; --refuse {arrival.name}=wrong-exhibit"
        raise RefusedError("transfer.not-away", text, hint=hint)
    return exhibit, transfer
