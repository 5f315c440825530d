"""What a receiver decides about each exhibit, as it was typed, held against what the verdict allows."""

from __future__ import annotations

import typing
from dataclasses import dataclass
from typing import Final, Literal

from custody.transfer.arrivals import Arrival, Delivery, reservations_for
from schemas.details.transfer import RefusalReason, Reservation
from schemas.errors import RefusedError, UsageError, VerificationError
from schemas.report import Report, Verdict

RESERVATIONS: tuple[str, ...] = typing.get_args(Reservation)
REASONS: tuple[str, ...] = typing.get_args(RefusalReason)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed: exhibits to accept (none named: all), to refuse with a reason each, and reservations; ``anew``
    are those that become exhibits of their own though they left from here; ``is_after_refusal`` says that a parcel of
    this transfer may have been refused before.
    """

    accepted: tuple[str, ...]
    refused: dict[str, str]
    refuse_all: str | None
    reservations: tuple[str, ...]
    anew: tuple[str, ...]
    is_after_refusal: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What happens with one exhibit; ``reason`` of a refusal, ``reservations`` of an acceptance."""

    arrival: Arrival
    kind: Literal["accepted", "refused", "returned"]
    reason: str | None
    reservations: tuple[str, ...]


def parse_decisions(
    accepted: tuple[str, ...],
    refused: tuple[str, ...],
    refuse_all: str | None,
    reservations: tuple[str, ...],
    anew: tuple[str, ...],
    is_after_refusal: bool,
) -> Wanted:
    """Return what was typed.

    Raises:
        UsageError: ``receive.refuse``, ``receive.reason``, ``receive.reservation``.
    """
    pairs = {}
    for item in refused:
        name, equals, reason = item.rpartition("=")
        if not equals or not name:
            raise UsageError("receive.refuse", f"expected EXHIBIT=REASON, found {item!r}")
        pairs[name] = reason
    for reason in (*pairs.values(), *([refuse_all] if refuse_all is not None else [])):
        if reason not in REASONS:
            raise UsageError("receive.reason", f"expected one of {', '.join(REASONS)}, found {reason!r}")
    named = tuple(sorted(set(reservations)))
    for item in named:
        if item not in RESERVATIONS:
            raise UsageError("receive.reservation", f"expected one of {', '.join(RESERVATIONS)}, found {item!r}")
    return Wanted(accepted, pairs, refuse_all, named, anew, is_after_refusal)


_CURES: Final = {
    "content-incomplete": "--files FOLDER, with the files named by their SHA-256,",
    "encrypted": "--identity FILE, the key to which it was encrypted,",
}
"""What leaves nothing to be reserved."""


def decide(report: Report, delivery: Delivery, wanted: Wanted, *, origin: str) -> tuple[Decision, ...]:
    """Return a decision about each exhibit of the delivery to the ledger ``origin``, to which some may come home.

    Raises:
        VerificationError: ``receive.failed`` where something of a bundle that FAILED would be accepted.
        RefusedError: ``receive.undecided`` where what is INDETERMINATE would be accepted without its reservations.
        UsageError: ``receive.exhibit`` for a name that the bundle doesn't have, or that is both accepted and refused;
            ``receive.undecided-exhibit`` for one that is neither.
    """
    _check_names(delivery, wanted)
    made = tuple(_decide(arrival, wanted, origin) for arrival in delivery.arrivals)
    if any(item.kind != "refused" for item in made):
        _check_verdict(report, wanted)
    return made


def _decide(arrival: Arrival, wanted: Wanted, origin: str) -> Decision:
    names = {arrival.name, arrival.number}
    reason = wanted.refuse_all or next((why for name, why in wanted.refused.items() if name in names), None)
    if reason is not None:
        return Decision(arrival, "refused", reason, ())
    if wanted.accepted and not names & set(wanted.accepted):
        text = f"expected a decision about {arrival.name}, found none"
        hint = f"--accept {arrival.name}, or --refuse {arrival.name}=REASON"
        raise UsageError("receive.undecided-exhibit", text, hint=hint)
    is_new = arrival.comes_home_to(origin) is None or bool(names & set(wanted.anew))
    return Decision(arrival, "accepted" if is_new else "returned", None, wanted.reservations)


def _check_names(delivery: Delivery, wanted: Wanted) -> None:
    known = {name for arrival in delivery.arrivals for name in (arrival.name, arrival.number)}
    for name in (*wanted.accepted, *wanted.refused, *wanted.anew):
        if name not in known:
            names = ", ".join(arrival.name for arrival in delivery.arrivals)
            raise UsageError("receive.exhibit", f"expected one of {names}, found {name!r}")
        if name in wanted.accepted and (name in wanted.refused or wanted.refuse_all):
            raise UsageError("receive.exhibit", f"expected {name} accepted or refused, found both")


def _check_verdict(report: Report, wanted: Wanted) -> None:
    if report.verdict is Verdict.FAILED:
        text = "expected a bundle that verifies, found it FAILED: it can only be refused"
        hint = "custody verify says why; --refuse-all does-not-verify records it and makes the receipt"
        raise VerificationError("receive.failed", text, hint=hint)
    missing = [item for item in reservations_for(report.findings) if item not in wanted.reservations]
    if report.verdict is Verdict.INDETERMINATE and missing:
        text = f"expected the reservations that an undecided bundle calls for, found none for {', '.join(missing)}"
        hint = " ".join(f"--reservation {item}" for item in missing)
        cures = [_CURES[item] for item in missing if item in _CURES]
        hint = " or ".join((*cures, hint))
        raise RefusedError("receive.undecided", text, hint=f"{hint}; custody verify says why")
