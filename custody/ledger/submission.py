"""What is submitted to the ledger, and what can be said about it without the ledger: bytes, times, disclosures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from custody.verify.assets.asset_history import state_of
from custody.verify.evidence.places import places_of
from custody.verify.fold.fold import commitments_in
from schemas import canonical, limits, text
from schemas.envelope import Envelope
from schemas.errors import RecordError, RefusedError
from schemas.event import PAYLOAD_TYPE, ParsedEvent, parse_event
from schemas.private import Disclosure

AHEAD: Final = timedelta(seconds=300)
"""How far a signer's clock may go ahead of the ledger's."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A signed event and the private values that its sender hands over with it; a value may also stay with him."""

    envelope: Envelope
    disclosures: tuple[Disclosure, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedSubmission:
    """A submission whose event is canonical and fits its type; its commitments in hex."""

    submission: Submission
    event: ParsedEvent
    commitments: tuple[str, ...]


def parse_submission(submission: Submission) -> ParsedSubmission:
    """Return ``submission`` with its event read as strictly as a stranger would read it.

    Raises:
        RecordError: ``entry.payload-type``, or as `parse_event`.
        RefusedError: ``event.list`` for a list above 8 KiB, ``disclosure.twice`` for a commitment that stands twice,
            ``disclosure.unmatched`` for a disclosure that the event doesn't commit to at the place it names.
    """
    envelope = submission.envelope
    if envelope.payloadType != PAYLOAD_TYPE:
        raise RecordError("entry.payload-type", f"expected {PAYLOAD_TYPE}, found {envelope.payloadType[:80]!r}")
    event = parse_event(text.parse_base64(envelope.payload))
    commitments = tuple(item.decode("ascii") for item in commitments_in(event.raw))
    if len(set(commitments)) != len(commitments):
        raise RefusedError("disclosure.twice", "expected each commitment once in an event, found one twice")
    if len(event.event.details) > limits.LIST_BYTES:
        _check_lists(canonical.decode_plain(bytes(event.event.details), maximum=limits.EVENT_BYTES))
    if submission.disclosures:
        _check_disclosures(event, submission.disclosures)
    return ParsedSubmission(submission, event, commitments)


def check_times(event: ParsedEvent, *, recorded_at: datetime) -> None:
    """Raise unless an event may be recorded at that time.

    Raises:
        RefusedError: ``event.expired`` after ``not_after``, ``event.future`` where it happened, or what it tells of an
            asset was seen, more than 300 s later.
    """
    inner, now = event.event, _spelled(recorded_at)
    if isinstance(inner.not_after, str) and now > inner.not_after:
        hint = "its signers can sign it again with a later time"
        raise RefusedError("event.expired", f"expected an event by {inner.not_after}, found it at {now}", hint=hint)
    state = state_of(event.details)
    for moment in (inner.occurred_at, *(() if state is None else (state.observed_at,))):
        if moment > now and text.parse_time(moment) > recorded_at + AHEAD:
            hint = "check the time that was given, and the clocks of the signer and of this machine"
            raise RefusedError("event.future", f"expected a time up to {now}, found {moment}", hint=hint)


@lru_cache(maxsize=1)
def _spelled(moment: datetime) -> str:
    """Spell a time; a batch asks the same again and again."""
    return text.format_time(moment)


def _check_disclosures(event: ParsedEvent, disclosures: Iterable[Disclosure]) -> None:
    """A value that its event doesn't commit to proves nothing, and would lie in the store for nobody to find."""
    places = places_of(event)
    for disclosure in disclosures:
        expected = places.get(disclosure.commitment)
        if expected != disclosure.path:
            found = f"a value for {disclosure.path}" if expected is None else f"{disclosure.path} for {expected}"
            raise RefusedError("disclosure.unmatched", f"expected values that the event commits to, found {found}")


def _check_lists(value: Any) -> None:
    items = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
    if isinstance(value, list) and len(canonical.encode(value)) > limits.LIST_BYTES:
        hint = "keep the list as a document and name its digest"
        raise RefusedError("event.list", f"expected lists of at most {limits.LIST_BYTES} bytes, found more", hint=hint)
    for item in items:
        _check_lists(item)
