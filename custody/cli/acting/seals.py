"""Seal numbers: one for all exhibits or one for each, and whether it is the number on record."""

from __future__ import annotations

from collections.abc import Sequence

from custody.cli.acting.acts import Target
from custody.cli.acting.exhibit_selection import format_exhibit
from custody.cli.context import Context
from custody.cli.ledger_access import LedgerAccess
from custody.cli.output import note
from custody.report.safe_text import show
from custody.report.words import format_value
from custody.verify.rules.view import Exhibit
from schemas.details.exhibit import ExhibitSealed
from schemas.entry import parse_entry
from schemas.errors import UsageError


def seal_for(seals: Sequence[str], target: Target) -> str:
    """Return the seal number of one exhibit: the only one, or its own.

    Raises:
        UsageError: ``usage.seal`` unless there is one for all or one for each.
    """
    if len(seals) not in {1, target.count}:
        expected = "one --seal" if target.count == 1 else f"one --seal for all or {target.count} in their order"
        raise UsageError("usage.seal", f"expected {expected}, found {len(seals)}")
    return seals[target.place if len(seals) > 1 else 0]


def compare_seal(context: Context, exhibit: Exhibit, seen: str) -> None:
    """Warn where an exhibit was sealed with another number than the one that is seen now."""
    recorded = recorded_seal(context.ledger(), exhibit) if exhibit.is_sealed else None
    if recorded is not None and recorded != format_value(seen):
        name = show(format_exhibit(exhibit))
        note(context.settings, f"warning: {name} was sealed with {recorded}, the seal seen now is {show(seen)}")


def recorded_seal(access: LedgerAccess, exhibit: Exhibit) -> str | None:
    """Return the number of the newest seal, safe to show; nothing where there is none, or it was erased."""
    with access.read() as reader:
        for index in reversed(reader.subject_entries(("exhibit", exhibit.case, exhibit.number))):
            event = parse_entry(reader.entry(index)).event
            if isinstance(event.details, ExhibitSealed):
                known = access.disclosures_of([event]).get(event.details.seal.commitment)
                return None if known is None else format_value(known.value)
    return None
