"""A verified bundle as other steps look into it: one within a bundle, a letter, or what a home keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from custody.verify.border.one_past import Told
from custody.verify.evidence.disclosures_step import Values
from custody.verify.fold.state import State
from custody.verify.gate.correspondence import Correspondence
from schemas.details.record import BundleExported
from schemas.entry import ParsedEntry
from schemas.event import ParsedEvent
from schemas.report import LedgerReport, Report

ABSENT: Final = frozenset({"content.absent", "content.encrypted"})
"""Findings about files that an inner bundle lists and doesn't hold: those of the outer one count."""


class Inner(Protocol):
    """What is needed of a verified bundle (`custody.verify.verify.Verified`)."""

    @property
    def report(self) -> Report: ...  # noqa: D102
    @property
    def entries(self) -> Mapping[int, ParsedEntry]: ...  # noqa: D102
    @property
    def state(self) -> State: ...  # noqa: D102
    @property
    def values(self) -> Values: ...  # noqa: D102
    @property
    def told(self) -> Told: ...  # noqa: D102
    @property
    def within(self) -> Sequence[Inner]: ...  # noqa: D102
    @property
    def codes(self) -> frozenset[str]:
        """The codes of all its findings."""

    @property
    def listed(self) -> frozenset[tuple[str, str]]:
        """The exhibits that it was made for, by case and number; it carries others for their sake."""

    @property
    def correspondence(self) -> Correspondence:
        """What its entries tell of requests, found when it is first asked for."""


def is_unread(inner: Inner) -> bool:
    """Tell whether a bundle was made by a newer version: that is undecided already, and what it says can't be read."""
    return "verify.newer-version" in inner.codes


def event_in(state: State, entries: Mapping[int, ParsedEntry], event_hash: str) -> ParsedEvent | None:
    """Return the event of that hash, if its entry is carried and was folded."""
    place = state.event(event_hash)
    entry = None if place is None else entries.get(place.index)
    return None if entry is None else entry.event


def export_of(inner: Inner) -> BundleExported | None:
    """Return the export that made the bundle: the last entry under its checkpoint."""
    ledger = inner.report.ledger
    last = inner.entries.get(ledger.size - 1) if isinstance(ledger, LedgerReport) else None
    details = None if last is None else last.event.details
    return details if isinstance(details, BundleExported) else None


def manifest_of(inner: Inner) -> str | None:
    """Return the digest of the payload manifest that the inner ledger's export commits to."""
    export = export_of(inner)
    return None if export is None else export.manifest
