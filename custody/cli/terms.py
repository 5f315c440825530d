"""The terms on which an exhibit may go to somebody: those of the consent that covers it, and what it came under."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from custody.cli.context import Context
from custody.report.values import Disclosures
from custody.verify.release import consent_for
from custody.verify.state import Exhibit
from schemas.details.consent import Condition, ConsentRecorded
from schemas.details.transfer import TransferAccepted
from schemas.entry import parse_entry
from schemas.event import ParsedEvent
from schemas.text import format_time
from schemas.types import Private, is_set

_ORDER = ("allowed", "with-consent", "forbidden")


@dataclass(frozen=True, slots=True)
class Terms:
    """The consent's event hash, if one covers it; whether it may be handed on; conditions with texts in plain."""

    consent: str | None
    onward: str
    conditions: list[dict[str, Any]]


def terms_for(context: Context, exhibit: Exhibit, to: str) -> Terms:
    """Return the strictest terms that bind ``exhibit`` on its way to ``to``: of the consent now in force, and of the
    transfer by which it came here.
    """
    access = context.ledger()
    now = format_time(context.now())
    with access.read() as reader:
        consent = consent_for(reader.view(), exhibit, to, [now, now])
        places = reader.event_indexes(
            [item for item in (consent.id if consent else None, exhibit.registration) if item]
        )
        events = [parse_entry(reader.entry(index)).event for index in places.values()]
    disclosures = access.disclosures_of(events)
    onward, conditions = "with-consent" if consent is None else "allowed", dict[str, dict[str, Any]]()
    for event in events:
        details = event.details
        if isinstance(details, ConsentRecorded | TransferAccepted):
            onward = max(onward, details.onward, key=_ORDER.index)
            conditions |= _conditions(event, disclosures)
    return Terms(consent.id if consent else None, onward, [conditions[code] for code in sorted(conditions)])


def _conditions(event: ParsedEvent, disclosures: Disclosures) -> dict[str, dict[str, Any]]:
    found: tuple[Condition, ...] = getattr(event.details, "conditions", ())
    return {item.code: plain_condition(item, disclosures) for item in found} if is_set(found) else {}


def plain_condition(condition: Condition, disclosures: Disclosures) -> dict[str, Any]:
    """Return a condition as it is composed anew, its text in plain if it is known here."""
    text = None
    if isinstance(condition.text, Private):
        known = disclosures.get(condition.text.commitment)
        text = "withheld by the sender" if known is None else known.value
    return {
        "before": condition.before, "code": condition.code, "text": text,
        "due": condition.due if is_set(condition.due) else None,
    }  # fmt: skip
