"""The registration of an exhibit, as labels and scans tell of it."""

from __future__ import annotations

from dataclasses import dataclass

from custody.cli.context import Context
from custody.report.values import plain_of
from custody.report.words import WITHHELD, facts_of
from custody.verify.rules.view import Exhibit
from schemas.details.exhibit import ExhibitRegistered
from schemas.entry import ParsedEntry, parse_entry
from schemas.errors import StorageError


@dataclass(frozen=True, slots=True)
class Described:
    """What an exhibit is; ``description`` is safe to show."""

    kind: str
    description: str


def registration_of(context: Context, exhibit: Exhibit) -> ParsedEntry:
    """Return the entry that registered an exhibit.

    Raises:
        StorageError: ``ledger.unreadable`` where the rows beside the entries don't fit them.
    """
    with context.ledger().read() as reader:
        index = reader.event_indexes([exhibit.registration]).get(exhibit.registration)
        entry = None if index is None else parse_entry(reader.entry(index))
    if entry is None or not isinstance(entry.event.details, ExhibitRegistered):
        text = f"expected the registration of {exhibit.case}/{exhibit.number}, found another entry"
        raise StorageError("ledger.unreadable", text, hint="run custody audit on the ledger")
    return entry


def described(context: Context, entry: ParsedEntry) -> Described:
    """Return what a registration says of its exhibit, as far as this home holds it."""
    details = plain_of(entry.event)["details"]
    shown = {"description": details["description"], "kind": details["kind"]}
    facts = {fact.label: fact.value for fact in facts_of(shown, context.ledger().disclosures_of([entry.event]))}
    return Described(kind=facts["kind"], description=facts.get("description", WITHHELD))
