"""The terms of a dispatch, held against those of the consents under which it left (docs/spec/lawfulness.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from custody.verify.border.past import Past, have_same_text
from custody.verify.gate.faults import Bearing
from custody.verify.rules.view import is_strict
from schemas.details.consent import Condition, ConsentRecorded
from schemas.details.exhibit import Foreign
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
    if not isinstance(details, TransferDispatched) or exhibit is None or not is_strict(past.view):
        return
    sent = {item.code: item for item in details.conditions or ()}
    told = {name: _conditions(past.event_of(name)) for _, ids in bearing for name in ids}
    arrival = past.event_of(exhibit.registration)
    came = _conditions(arrival)
    origin = getattr(None if arrival is None else arrival.details, "foreign", None)
    rests, unseen = _rests(sent.values(), _texts((came, *told.values()), past), past), set[str]()
    for side, consents in bearing:
        easier = [
            next((item.code for item in told[name] if not _keeps(sent.get(item.code), item, rests, past, unseen)), None)
            for name in consents
        ]
        if easier and None not in easier:
            yield Severity.FAILED, _eased(easier[0], f"a consent of {side}")
    recipient = past.view.agent(details.to)
    sides = {side for side, _ in bearing} | {"" if recipient is None else recipient.ledger}
    if isinstance(origin, Foreign) and origin.ledger not in sides:
        # Nobody of where it came from has spoken about this way, so what it came under goes on with it.
        for item in came:
            if item.code not in sent or not _keeps(sent[item.code], item, rests, past, unseen):
                yield Severity.FAILED, _eased(item.code, "what it came under")
    for code in sorted(unseen):
        text = f"the text of the condition {code} isn't shown, so what was sent was not compared with the consent"
        yield Severity.NOTE, VerificationError("release.condition-unseen", text)


def _eased(code: str | None, whose: str) -> VerificationError:
    text = f"expected {code} no later than {whose} has it, and in its words, found it sent on easier terms"
    return VerificationError("release.consent-terms", text)


def _conditions(parsed: ParsedEvent | None) -> tuple[Condition, ...]:
    """Return the conditions of a consent, or those under which an exhibit came."""
    details = None if parsed is None else parsed.details
    return (details.conditions or ()) if isinstance(details, ConsentRecorded | TransferAccepted) else ()


def _texts(wanted: Iterable[tuple[Condition, ...]], past: Past) -> dict[str, set[str]]:
    """Return by code the texts that conditions have, as far as they are shown."""
    found: dict[str, set[str]] = {}
    for item in chain.from_iterable(wanted):
        text = _text_of(item, past)
        found.setdefault(item.code, set()).update([text] if text else [])
    return found


def _text_of(item: Condition, past: Past) -> str | None:
    known = past.value_of(item.text.commitment) if isinstance(item.text, Private) else None
    return known.value if known is not None and isinstance(known.value, str) else None


def _rests(sent: Iterable[Condition], texts: Mapping[str, set[str]], past: Past) -> dict[str, str]:
    """Return by code what is left of each text that was sent without those that were asked for."""
    found: dict[str, str] = {item.code: text for item in sent if (text := _text_of(item, past)) is not None}
    for code in found.keys() & texts.keys():
        for text in sorted(texts[code], key=lambda text: (-len(text), text)):
            found[code] = found[code].replace(text, "")
    return found


def _keeps(sent: Condition | None, wanted: Condition, rests: Mapping[str, str], past: Past, unseen: set[str]) -> bool:
    """Tell whether a condition was sent on with its date, or an earlier one, and with its text: what it asks stands
    there. Of several that were asked for it may have all the texts, with semicolons between: nothing else ``rests``.
    """
    if sent is None:
        return True
    if is_set(wanted.due) and (not is_set(sent.due) or sent.due > wanted.due):  # type: ignore[operator]
        return False
    is_same = not is_set(wanted.text) or have_same_text(sent.text, wanted.text, past.value_of, past.value_of)
    if is_same is None:
        unseen.add(wanted.code)
    ours, theirs = _text_of(sent, past), _text_of(wanted, past)
    if is_same is not False or ours is None or theirs is None:
        return is_same is not False
    return theirs in ours and set(rests[wanted.code]) <= set("; ")
