"""What a verified bundle delivers: exhibits that were dispatched to this ledger, and what speaks for reservations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from custody.verify.border.inner import manifest_of
from custody.verify.verify import Verified
from schemas.details.exhibit import ExhibitRegistered, Foreign
from schemas.details.record import BundleExported
from schemas.details.transfer import Reservation, TransferAccepted, TransferDispatched, TransferReturned
from schemas.errors import RefusedError
from schemas.event import ParsedEvent
from schemas.report import Finding, LedgerReport, Severity
from schemas.types import is_set

_RESERVATIONS: Final[dict[str, Reservation]] = {
    "checkpoint.": "checkpoint-unknown",
    "content.absent": "content-incomplete",
    "content.encrypted": "encrypted",
    "keys.disputed": "entries-disputed",
    "record.version": "version-unknown",
    "timestamps.": "timestamps-absent",
    "verify.newer-version": "version-unknown",
}
"""Which reservation an undecided finding calls for, by the beginning of its code."""


@dataclass(frozen=True, slots=True)
class Home:
    """The exhibit of a ledger as which something left it: ``left.head`` is the dispatch there.

    ``is_told`` says that nothing is missing in between, so that it was the last one.
    """

    left: Foreign
    is_told: bool


@dataclass(frozen=True, slots=True)
class Arrival:
    """One exhibit that was dispatched: where it stands there, its first act, and the dispatch itself.

    ``stays`` are the ledgers in which it was before, the newest first; None stands for what the bundle doesn't tell.
    """

    case: str
    number: str
    foreign: Foreign
    registered: ExhibitRegistered
    registration: ParsedEvent
    dispatch: ParsedEvent
    sent: TransferDispatched
    stays: tuple[Foreign | None, ...] = ()

    @property
    def name(self) -> str:
        """The exhibit in the sender's words."""
        return f"{self.case}/{self.number}"

    def comes_home_to(self, origin: str) -> Home | None:
        """Return as what it left the ledger ``origin`` the last time, through however many ledgers it went since."""
        for place, left in enumerate(self.stays):
            if left is not None and left.ledger == origin:
                return Home(left, None not in self.stays[:place])
        return None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A transfer as its bundle tells it: from which ledger, to which agent of it, what, under which request there."""

    origin: str
    transfer: str
    to: str
    to_ledger: str | None
    request: str | None
    arrivals: tuple[Arrival, ...]
    to_country: str | None = None


def delivery_of(verified: Verified) -> Delivery:
    """Return what a bundle delivers. It is as good as the verdict on the bundle says.

    Raises:
        RefusedError: ``transfer.none`` for a bundle that no dispatch goes with, ``transfer.mixed`` where an exhibit was
            dispatched otherwise than the bundle says, ``transfer.unread`` where no exhibit of it can be read.
    """
    ledger = verified.report.ledger
    entry = verified.entries.get(ledger.size - 1) if isinstance(ledger, LedgerReport) else None
    exported = entry.event.details if entry is not None else None
    if (
        not isinstance(ledger, LedgerReport)
        or not isinstance(exported, BundleExported)
        or not is_set(exported.transfer)
    ):
        text = "expected a bundle that goes with a dispatch, found one without"
        hint = "custody register --foreign-from takes in what was not dispatched"
        if not verified.report.exhibits:
            hint = "it has no exhibit: custody request receive takes in a letter about a request"
        raise RefusedError("transfer.none", text, hint=hint)
    manifest, transfer, to = exported.manifest, str(exported.transfer), str(exported.to)
    arrivals = tuple(_arrivals(verified, ledger, manifest, transfer, to))
    if not arrivals:
        raise RefusedError("transfer.unread", "expected an exhibit that was dispatched, found none that can be read")
    recipient = verified.state.agent(to)
    request = str(exported.request) if is_set(exported.request) else None
    wanted = (None, None) if recipient is None else (recipient.ledger, recipient.country)
    return Delivery(ledger.origin, transfer, to, wanted[0], request, arrivals, wanted[1])


def _arrivals(verified: Verified, ledger: LedgerReport, manifest: str, transfer: str, to: str) -> Iterator[Arrival]:
    for item in verified.report.exhibits:
        there = verified.state.exhibit(item.case, item.exhibit)
        name = f"{item.case}/{item.exhibit}"
        registration = _event(verified, there.registration) if there is not None else None
        head = _event(verified, there.head) if there is not None else None
        if there is None or registration is None or head is None or not isinstance(head.details, TransferDispatched):
            raise RefusedError("transfer.mixed", f"expected {name} dispatched in this transfer, found it was not")
        if head.details.to != to:
            text = f"expected {name} dispatched to {to}, for whom the bundle is, found it sent to {head.details.to}"
            raise RefusedError("transfer.mixed", text)
        if head.details.transfer != transfer:
            text = f"expected {name} dispatched in transfer {transfer}, found {head.details.transfer}"
            raise RefusedError("transfer.mixed", text)
        assert isinstance(registration.details, ExhibitRegistered), "an exhibit begins with its registration"
        foreign = Foreign(
            case=item.case, exhibit=item.exhibit, head=there.head, ledger=ledger.origin, manifest=manifest,
            root=ledger.root, size=ledger.size,
        )  # fmt: skip
        stays = tuple(_stays(verified, item.case, item.exhibit))
        yield Arrival(item.case, item.exhibit, foreign, registration.details, registration, head, head.details, stays)


def _stays(verified: Verified, case: str, number: str) -> Iterator[Foreign | None]:
    """Yield where an exhibit of a bundle was before, the newest first, as far as the bundles within tell it."""
    within = {manifest_of(item): item for item in verified.within}
    for index in sorted(verified.placed, reverse=True):
        details = verified.entries[index].event.details
        foreign = details.foreign if isinstance(details, TransferAccepted | TransferReturned) else None
        if isinstance(foreign, Foreign) and ("exhibit", case, number) in verified.placed[index].subjects:
            yield foreign
            inner = within.get(foreign.manifest)
            if inner is None:
                yield None
            else:
                yield from _stays(inner, foreign.case, foreign.exhibit)


def _event(verified: Verified, event_hash: str) -> ParsedEvent | None:
    place = verified.state.event(event_hash)
    entry = None if place is None else verified.entries.get(place.index)
    return None if entry is None else entry.event


def reservations_for(findings: Iterable[Finding]) -> tuple[Reservation, ...]:
    """Return the reservations that undecided findings call for, in order: nothing undecided is taken in silently."""
    found = set()
    for finding in findings:
        if finding.severity is Severity.INDETERMINATE:
            beginnings = (item for item in _RESERVATIONS if finding.code.startswith(item))
            found.add(_RESERVATIONS.get(next(beginnings, ""), "other"))
    return tuple(sorted(found))
