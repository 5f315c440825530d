"""The terms of a dispatch, held against those of the consents under which it left (docs/spec/lawfulness.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from custody.verify.border.past import Past
from custody.verify.rules.view import Consent, Exhibit
from schemas import limits
from schemas.details.consent import Condition, ConsentRecorded
from schemas.details.transfer import TransferDispatched
from schemas.errors import VerificationError
from schemas.event import ParsedEvent
from schemas.report import Severity
from schemas.types import Private, is_set


def check_terms(parsed: ParsedEvent, past: Past) -> Iterator[tuple[Severity, VerificationError]]:
    """Yield where a dispatch binds its receiver to a later date or another text than every consent of one side wants.

    Under version 2 of the gate; that no condition is left out is asked by the gate itself. Found are
    ``release.consent-terms`` (failed) and, where texts aren't shown, ``release.condition-unseen`` (note).
    """
    details, event, ledger = parsed.details, parsed.event, past.view.ledger()
    exhibit = past.view.exhibit(str(event.case), str(event.exhibit))
    if not isinstance(details, TransferDispatched) or exhibit is None or ledger is None or not ledger.is_strict:
        return
    sent = {item.code: item for item in details.conditions or ()}
    consents = islice(past.view.consents(exhibit.registration, details.to), limits.CONSENTS_ASKED)
    given = [(item, wanted) for item in consents if (wanted := _wanted(item, parsed, past)) is not None]
    texts = _texts([wanted for _, wanted in given], past)
    eased: dict[str | None, str] = {}
    kept: set[str | None] = set()
    unseen: set[str] = set()
    for consent, wanted in given:
        side = _side(consent, exhibit, past)
        easier = [item.code for item in wanted if not _keeps(sent.get(item.code), item, texts[item.code], past, unseen)]
        if easier:
            eased.setdefault(side, easier[0])
        else:
            kept.add(side)
    for side in eased.keys() - kept:
        text = f"expected {eased[side]} no later than a consent of {side or 'its authority'} has it, and in its words"
        yield Severity.FAILED, VerificationError("release.consent-terms", f"{text}, found it sent on easier terms")
    for code in sorted(unseen):
        text = f"the text of the condition {code} isn't shown, so what was sent was not compared with the consent"
        yield Severity.NOTE, VerificationError("release.condition-unseen", text)


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


def _texts(wanted: Iterable[tuple[Condition, ...]], past: Past) -> dict[str, set[str]]:
    """Return by code the texts that consents give to a condition, as far as they are shown."""
    found: dict[str, set[str]] = {}
    for item in chain.from_iterable(wanted):
        known = past.value_of(item.text.commitment) if isinstance(item.text, Private) else None
        is_text = known is not None and isinstance(known.value, str) and known.value
        found.setdefault(item.code, set()).update([str(known.value)] if known is not None and is_text else [])
    return found


def _keeps(sent: Condition | None, wanted: Condition, texts: set[str], past: Past, unseen: set[str]) -> bool:
    """Tell whether a condition was sent on with its date, or an earlier one, and with its text: what it asks stands
    there. Where several consents give it ``texts``, it may have them all, with semicolons between.
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
    if ours is None or theirs is None:
        unseen.add(wanted.code)
        return True
    if ours.value == theirs.value or not (isinstance(ours.value, str) and isinstance(theirs.value, str)):
        return bool(ours.value == theirs.value)
    rest = ours.value
    for text in sorted(texts, key=lambda text: (-len(text), text)):
        rest = rest.replace(text, "")
    return theirs.value in ours.value and set(rest) <= set("; ")
