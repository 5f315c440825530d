"""Seal numbers: one for all exhibits or one for each, and whether it is the number on record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from custody.cli.acting.acts import Target
from custody.cli.context import Context
from custody.cli.ledger_access import LedgerAccess
from custody.cli.output import note
from custody.ledger.entries import entries_of
from custody.report.safe_text import show
from custody.report.words import format_value
from custody.verify.evidence.seals import corrections_in, right_values
from custody.verify.rules.view import Exhibit
from schemas.details.custody import SealSeen
from schemas.details.exhibit import ExhibitSealed
from schemas.details.transfer import TransferAccepted, TransferReturned
from schemas.errors import UsageError
from schemas.types import Private


def seal_for(seals: Sequence[str], target: Target) -> str:
    """Return the seal number of one exhibit: the only one, or its own.

    Raises:
        UsageError: ``usage.seal`` unless there is one for all or one for each.
    """
    if len(seals) not in {1, target.count}:
        expected = "one --seal" if target.count == 1 else f"one --seal for all or {target.count} in their order"
        raise UsageError("usage.seal", f"expected {expected}, found {len(seals)}")
    return seals[target.place if len(seals) > 1 else 0]


def seal_as_seen(seal: str | None, intact: bool | None) -> dict[str, Any] | None:
    """Return a seal and how it was seen, as details have it; nothing where neither was said.

    Raises:
        UsageError: ``usage.seal`` where one was said alone.
    """
    if (seal is None) != (intact is None):
        raise UsageError("usage.seal", "expected --seal together with --seal-intact or --seal-broken, found one alone")
    return None if seal is None else {"intact": intact, "seal": seal}


def compare_seal(context: Context, exhibit: Exhibit, seen: str) -> None:
    """Warn where an exhibit was sealed with another number than the one that is seen now."""
    recorded = recorded_seal(context.ledger(), exhibit) if exhibit.is_sealed else None
    if recorded is not None and recorded != format_value(seen):
        name = show(exhibit.name)
        note(context.settings, f"warning: {name} was sealed with {recorded}, the seal seen now is {show(seen)}")


def recorded_seal(access: LedgerAccess, exhibit: Exhibit) -> str | None:
    """Return the number of the newest seal that was put on, or under which it came, as it was corrected, safe to show;
    nothing where there is none, or it was erased.
    """
    with access.read() as reader:
        story = entries_of(reader, exhibit)
    shown = access.disclosures_of([entry.event for entry in story])
    right = right_values(corrections_in(story, shown))
    for entry in reversed(story):
        details = entry.event.details
        seal = details.seal if isinstance(details, ExhibitSealed | TransferAccepted | TransferReturned) else None
        number = seal.seal if isinstance(seal, SealSeen) else seal
        if isinstance(number, Private):
            known = right.get((entry.event.hash, "seal"), shown.get(number.commitment))
            return None if known is None else format_value(known.value)
    return None


def tell_of_unsaid(context: Context, exhibit: Exhibit, seen: str | None) -> None:
    """Say where something comes back that left sealed, and nothing is said of its seal."""
    if exhibit.is_sealed and seen is None:
        how = "--seal with --seal-intact or --seal-broken puts on record how it came back"
        text = f"warning: {show(exhibit.name)} left here sealed, of which nothing is said; {how}"
        note(context.settings, text)


def tell_of_seal(context: Context, name: str, sent: str | None, seen: str | None) -> None:
    """Say where something arrives under another seal than it was sent under, or nothing is said of how that arrived;
    ``sent`` and ``seen`` are numbers as far as they are known.
    """
    if sent is None or sent == seen:
        return
    text = f"warning: {show(name)} was sent under the seal {show(sent)}, "
    how = "of which nothing is said; --seal with --seal-intact or --seal-broken puts on record how it arrived"
    note(context.settings, text + (how if seen is None else f"the seal seen now is {show(seen)}"))
