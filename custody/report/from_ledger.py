"""What pages are made from where the ledger itself is at hand, and nobody had to send a bundle."""

from __future__ import annotations

from collections.abc import Mapping

from custody.ledger.store import DisclosureStore
from custody.verify.evidence.disclosures_step import Values
from custody.verify.evidence.places import places_of
from schemas.details.record import DisclosureErased
from schemas.entry import ParsedEntry
from schemas.report import Findings, Report


def values_of(disclosures: DisclosureStore, entries: Mapping[int, ParsedEntry]) -> Values:
    """Return the private values of some entries, as far as the ledger still has them."""
    wanted = [commitment for entry in entries.values() for commitment in places_of(entry.event)]
    erased = {
        item
        for entry in entries.values()
        if isinstance(entry.event.details, DisclosureErased)
        for item in entry.event.details.commitments
    }
    found = disclosures.get(wanted)
    return Values(found, len(wanted) - len(found), frozenset(erased))


def report_of(findings: Findings, at: str) -> Report:
    """Return what was found in entries alone as of ``at``: there is no bundle around them to say anything about."""
    return Report(
        at=at,
        exhibits=(),
        findings=tuple(findings.items),
        schema="custody-report/v1",
        steps=findings.steps(),
        verdict=findings.verdict(),
    )
