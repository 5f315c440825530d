"""An order to erase is recorded once: a repeat destroys nothing, and a second record of it would look like more."""

from __future__ import annotations

from custody.cli.erasure.destroying import recorded_orders
from custody.cli.erasure.plan import Plan
from custody.cli.ledger_access import LedgerAccess
from schemas.details.record import DisclosureErased
from schemas.errors import RefusedError


def refuse_repeat(access: LedgerAccess, plan: Plan) -> None:
    """Raise where orders on record speak of the same subjects and name all that ``plan`` would destroy.

    Raises:
        RefusedError: ``erase.known``.
    """
    wanted = {*plan.commitments, *plan.names, *plan.files, *plan.contents}
    with access.home.store.read() as reader:
        for event in recorded_orders(reader):
            about = event.event.about if isinstance(event.event.about, tuple) else ()
            details = event.details
            if isinstance(details, DisclosureErased) and {*plan.about} <= {*about}:
                wanted -= {*details.commitments, *(details.contents or ()), *(details.files or ())}
                wanted -= {*(details.names or ())}
    if not wanted:
        text = "expected something that is not erased by order yet, found all of it in orders on record"
        raise RefusedError("erase.known", text, hint="custody erase --finish destroys what is still here")
