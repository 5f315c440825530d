"""The terms of a dispatch, held against those of the consents under which it left (docs/spec/lawfulness.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice

from custody.verify.border.past import Past
from custody.verify.gate.faults import Bearing
from schemas import limits
from schemas.details.consent import Condition, ConsentRecorded
from schemas.details.transfer import TransferAccepted, TransferDispatched
from schemas.errors import VerificationError
from schemas.event import ParsedEvent
from schemas.report import Severity
from schemas.types import Private, is_set


def check_terms(parsed: ParsedEvent, past: Past, bearing: Bearing) -> Iterator[tuple[Severity, VerificationError]]:
    """Yield where a dispatch binds its receiver to a later date or another text than every consent of one side under
    which it left, as ``bearing`` has them.

    That no condition is left out is asked by the gate itself. Found are ``release.consent-terms`` (failed) and, where
    texts aren't shown, ``release.condition-unseen`` (note).
    """
    details, event = parsed.details, parsed.event
    exhibit = past.view.exhibit(str(event.case), str(event.exhibit))
    if not isinstance(details, TransferDispatched) or exhibit is None or not bearing:
        return
    sent = {item.code: item for item in details.conditions or ()}
    known = islice(past.view.consents(exhibit.registration, details.to), limits.CONSENTS_ASKED)
    names = dict.fromkeys(
        (exhibit.registration, *(item.id for item in known), *(name for _, ids in bearing for name in ids))
    )
    told = {name: _conditions(past.event_of(name)) for name in names}
    texts, unseen = _texts(told.values(), past), set[str]()
    for side, consents in bearing:
        easier = [
            next((item.code for item in told[name] if not _keeps(sent.get(item.code), item, texts, past, unseen)), None)
            for name in consents
        ]
        if easier and None not in easier:
            text = f"expected {easier[0]} no later than a consent of {side} has it, and in its words"
            yield Severity.FAILED, VerificationError("release.consent-terms", f"{text}, found it sent on easier terms")
    for code in sorted(unseen):
        text = f"the text of the condition {code} isn't shown, so what was sent was not compared with the consent"
        yield Severity.NOTE, VerificationError("release.condition-unseen", text)


def _conditions(parsed: ParsedEvent | None) -> tuple[Condition, ...]:
    """Return the conditions of a consent, or those under which an exhibit came."""
    details = None if parsed is None else parsed.details
    return (details.conditions or ()) if isinstance(details, ConsentRecorded | TransferAccepted) else ()


def _texts(wanted: Iterable[tuple[Condition, ...]], past: Past) -> dict[str, set[str]]:
    """Return by code the texts that conditions have, as far as they are shown."""
    found: dict[str, set[str]] = {}
    for item in chain.from_iterable(wanted):
        known = past.value_of(item.text.commitment) if isinstance(item.text, Private) else None
        is_text = known is not None and isinstance(known.value, str) and known.value
        found.setdefault(item.code, set()).update([str(known.value)] if known is not None and is_text else [])
    return found


def _keeps(
    sent: Condition | None, wanted: Condition, texts: Mapping[str, set[str]], past: Past, unseen: set[str]
) -> bool:
    """Tell whether a condition was sent on with its date, or an earlier one, and with its text: what it asks stands
    there. Where it has several ``texts``, it may have them all, with semicolons between.
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
    for text in sorted(texts[wanted.code], key=lambda text: (-len(text), text)):
        rest = rest.replace(text, "")
    return theirs.value in ours.value and set(rest) <= set("; ")
