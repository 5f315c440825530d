"""Corrections on record, by the event that they correct: the wrong value stays, the right one stands beside it."""

from __future__ import annotations

from dataclasses import dataclass

from custody.report import marks
from custody.report.words import Absent, format_value
from custody.verify.verify import Verified
from schemas.details.record import RecordCorrected
from schemas.types import Private


@dataclass(frozen=True, slots=True)
class Correction:
    """The right value of one field of an event, who says so and why, in one text that is safe to show."""

    field: str
    text: str


def corrections_of(verified: Verified, absent: Absent) -> dict[str, tuple[Correction, ...]]:
    """Return the corrections in a bundle by the hash of the corrected event, in order of entry number."""
    found: dict[str, list[Correction]] = {}
    for index, entry in sorted(verified.entries.items()):
        details, event = entry.event.details, entry.event.event
        placed = verified.placed.get(index)
        if not isinstance(details, RecordCorrected) or not isinstance(event.about, tuple):
            continue
        # One that the rules refuse corrects nothing.
        if placed is None or not placed.is_applied:
            continue
        value, reason = (_value(verified, item, absent) for item in (details.value, details.reason))
        text = f"{marks.CORRECTED} {event.actor} in entry {index}: {value} {marks.REASON} {reason})"
        found.setdefault(str(event.about[0].event), []).append(Correction(details.field, text))
    return {target: tuple(items) for target, items in found.items()}


def _value(verified: Verified, private: Private, absent: Absent) -> str:
    disclosure = verified.values.disclosed.get(private.commitment)
    return absent(private.commitment) if disclosure is None else format_value(disclosure.value)
