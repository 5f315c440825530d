"""The terms on which an exhibit may go to somebody: those of the consent that covers it, and what it came under."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from custody.cli.context import Context
from custody.ledger.entries import entries_at
from custody.report.values import Disclosures
from custody.transfer.consents import consents_in_force
from custody.verify.rules.view import Exhibit
from schemas.details.consent import STRICTNESS, Condition, ConsentRecorded
from schemas.details.transfer import TransferAccepted
from schemas.event import ParsedEvent
from schemas.text import format_time
from schemas.types import Private, is_set


@dataclass(frozen=True, slots=True)
class Terms:
    """Event hash of the newest consent that covers it, if one does; may it be handed on; conditions, texts in plain."""

    consent: str | None
    onward: str
    conditions: list[dict[str, Any]]


def terms_for(context: Context, exhibit: Exhibit, to: str, request: str | None) -> Terms:
    """Return the strictest terms that bind ``exhibit`` on its way to ``to``, on a request or on none: of each
    authority's consent now in force, and of the transfer by which it came here.
    """
    access = context.ledger()
    now = format_time(context.now())
    with access.read() as reader:
        consents = [item.id for item in consents_in_force(reader.view(), exhibit, to, at=now, request=request or "")]
        places = reader.event_indexes([*consents, exhibit.registration]).values()
        events = [entry.event for entry in entries_at(reader, places)]
    disclosures = access.disclosures_of(events)
    onward, conditions = "allowed" if consents else "with-consent", dict[str, dict[str, Any]]()
    for event in events:
        details = event.details
        if isinstance(details, ConsentRecorded | TransferAccepted):
            onward = max(onward, details.onward, key=STRICTNESS.index)
            for code, condition in _conditions(event, disclosures).items():
                conditions[code] = _stricter(conditions.get(code, condition), condition)
    return Terms(consents[0] if consents else None, onward, [conditions[code] for code in sorted(conditions)])


def _conditions(event: ParsedEvent, disclosures: Disclosures) -> dict[str, dict[str, Any]]:
    found: tuple[Condition, ...] = getattr(event.details, "conditions", ())
    return {item.code: plain_condition(item, disclosures) for item in found} if is_set(found) else {}


def _stricter(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return one condition that keeps both: the earlier date, and the words of each."""
    dates = sorted(item["due"] for item in (one, other) if item["due"])
    texts = dict.fromkeys(item["text"] for item in (one, other) if item["text"])
    return {
        "before": one["before"] or other["before"], "code": one["code"], "text": "; ".join(texts) or None,
        "due": dates[0] if dates else None,
    }  # fmt: skip


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
