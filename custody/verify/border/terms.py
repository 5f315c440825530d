"""The terms of a dispatch, held against those of the consents under which it left (docs/spec/lawfulness.md)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from custody.verify.border.past import Past
from custody.verify.rules.view import Consent, Exhibit
from schemas import limits
from schemas.details.consent import Condition, ConsentRecorded
from schemas.details.transfer import TransferDispatched
from schemas.errors import VerificationError
from schemas.event import ParsedEvent
from schemas.types import Private, is_set


def check_terms(parsed: ParsedEvent, past: Past) -> Iterator[VerificationError]:
    """Yield where a dispatch binds its receiver to a later date or another text than every consent of one side wants.

    Under version 2 of the gate; that no condition is left out is asked by the gate itself. Errors:
    ``release.consent-terms``.
    """
    details, event, ledger = parsed.details, parsed.event, past.view.ledger()
    exhibit = past.view.exhibit(str(event.case), str(event.exhibit))
    if not isinstance(details, TransferDispatched) or exhibit is None or ledger is None or not ledger.is_strict:
        return
    sent = {item.code: item for item in details.conditions or ()}
    eased: dict[str | None, str] = {}
    kept: set[str | None] = set()
    for consent in islice(past.view.consents(exhibit.registration, details.to), limits.CONSENTS_ASKED):
        wanted = _wanted(consent, parsed, past)
        if wanted is not None:
            side = _side(consent, exhibit, past)
            easier = next((item.code for item in wanted if not _keeps(sent.get(item.code), item, past)), None)
            if easier is None:
                kept.add(side)
            else:
                eased.setdefault(side, easier)
    for side in eased.keys() - kept:
        text = f"expected {eased[side]} no later than a consent of {side or 'its authority'} has it, and in its words"
        yield VerificationError("release.consent-terms", f"{text}, found it sent on easier terms")


def _wanted(consent: Consent, parsed: ParsedEvent, past: Past) -> tuple[Condition, ...] | None:
    """Return the conditions of a consent that was there before the dispatch and in force; nothing for another."""
    here, there, ended = (past.view.event(name) for name in (parsed.hash, consent.id, str(consent.revoked_by or "")))
    at, given = parsed.event.occurred_at, past.event_of(consent.id)
    is_later = there is None or (here is not None and here.index < there.index)
    is_over = ended is not None and (here is None or ended.index < here.index)
    if is_later or is_over or at < consent.valid_from or at > (consent.valid_until or at) or given is None:
        return None
    return given.details.conditions or () if isinstance(given.details, ConsentRecorded) else None


def _side(consent: Consent, exhibit: Exhibit, past: Past) -> str | None:
    """Return for whom an authority consents: for its ledger, if that binds the exhibit, else for its country."""
    agent = past.view.agent(consent.authority)
    if agent is None:
        return None
    return agent.ledger if agent.ledger in exhibit.bound_to else agent.country


def _keeps(sent: Condition | None, wanted: Condition, past: Past) -> bool:
    """Tell whether a condition was sent on with its date, or an earlier one, and with its text, as far as both are
    shown: what it asks stands there.
    """
    if sent is None:
        return True
    if is_set(wanted.due) and (not is_set(sent.due) or sent.due > wanted.due):  # type: ignore[operator]
        return False
    if not isinstance(wanted.text, Private):
        return True
    if not isinstance(sent.text, Private):
        return False
    ours, theirs = past.value_of(sent.text.commitment), past.value_of(wanted.text.commitment)
    words, told = (item.value if item is not None else None for item in (theirs, ours))
    return not (isinstance(words, str) and isinstance(told, str)) or words in told
