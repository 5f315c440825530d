"""The registration of an exhibit, as labels and scans tell of it."""

from __future__ import annotations

from dataclasses import dataclass

from custody.cli.context import Context
from custody.report.values import plain_of
from custody.report.words import WITHHELD, facts_of
from schemas.entry import ParsedEntry


@dataclass(frozen=True, slots=True)
class Described:
    """What an exhibit is; ``description`` is safe to show."""

    kind: str
    description: str


def described(context: Context, entry: ParsedEntry) -> Described:
    """Return what a registration says of its exhibit, as far as this home holds it."""
    details = plain_of(entry.event)["details"]
    shown = {"description": details["description"], "kind": details["kind"]}
    facts = {fact.label: fact.value for fact in facts_of(shown, context.ledger().disclosures_of([entry.event]))}
    return Described(kind=facts["kind"], description=facts.get("description", WITHHELD))
