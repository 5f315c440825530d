"""Within step 12: what was seen of a seal, held against the one that was put on: another or a broken one shows that
somebody may have been at the thing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from schemas.details.custody import HandedOver, SealSeen
from schemas.details.exhibit import ExhibitIncident, ExhibitSealed, ExhibitUnsealed
from schemas.details.record import RecordCorrected
from schemas.details.transfer import TransferDispatched
from schemas.entry import ParsedEntry
from schemas.private import Disclosure
from schemas.report import Findings, Severity
from schemas.types import Private, Record

_SHOWN: Final = 200


def right_numbers(entries: Iterable[ParsedEntry]) -> dict[str, Private]:
    """Return by event hash the number of the seal that an act names, where it was corrected, as it was last; one ledger
    says all of one event, so its own order counts.
    """
    told = [entry for entry in entries if getattr(entry.event.details, "field", "") == "seal"]
    events = (entry.event for entry in sorted(told, key=lambda entry: entry.entry.index))
    found = [(event.details, event.event.about) for event in events]
    return {
        str(about[0].event): details.value
        for details, about in found
        if isinstance(details, RecordCorrected) and isinstance(about, tuple)
    }


def other_number(
    put_on: Private | None, seen: Private | None, disclosed: Callable[[str], Disclosure | None]
) -> str | None:
    """Say how the number of a seal differs from that of the one that was put on; nothing where one of them isn't shown,
    or they are the same.
    """
    was, now = (None if number is None else disclosed(number.commitment) for number in (put_on, seen))
    if was is None or now is None or was.value == now.value:
        return None
    return f"expected the seal {str(was.value)[:_SHOWN]}, found {str(now.value)[:_SHOWN]}"


def check_seals(
    stories: Iterable[Sequence[ParsedEntry]], disclosed: Mapping[str, Disclosure], findings: Findings
) -> None:
    """Report in the stories of exhibits each seal that was seen broken, and each with another number than the newest
    one on record, as far as both numbers are disclosed; those that were corrected, as they are right.

    Findings: ``defect.seal-broken``, ``defect.seal-other`` (defects).
    """
    for story in stories:
        newest, right = None, right_numbers(story)
        for entry in story:
            details, subject = entry.event.details, f"entry {entry.entry.index}"
            seen, is_intact = _seen(details)
            seen = right.get(entry.event.hash, seen) if seen else None  # nobody corrects what isn't there
            if not is_intact:
                findings.add(12, Severity.DEFECT, "defect.seal-broken", subject, "a seal was seen that was not intact")
            other = other_number(newest, seen, disclosed.get)
            if other and isinstance(details, ExhibitUnsealed | HandedOver | TransferDispatched):
                findings.add(12, Severity.DEFECT, "defect.seal-other", subject, other)
            if isinstance(details, ExhibitUnsealed) or _is_break(details):
                newest = None
            elif not isinstance(details, HandedOver | TransferDispatched):
                newest = seen or newest  # what comes from elsewhere may have been sealed there


def _is_break(details: Record) -> bool:
    return isinstance(details, ExhibitIncident) and details.kind == "seal-broken"


def _seen(details: Record) -> tuple[Private | None, bool]:
    """Return the number of the seal that an act puts on or sees, and whether it was intact."""
    if isinstance(details, ExhibitSealed):
        return details.seal, True
    if isinstance(details, ExhibitUnsealed):
        return details.seal, details.intact
    seal = getattr(details, "seal", None)
    if isinstance(seal, SealSeen):
        return seal.seal, seal.intact
    return (seal if isinstance(details, TransferDispatched) and isinstance(seal, Private) else None), True
