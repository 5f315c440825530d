"""Within step 12: what was seen of a seal, held against the one that was put on: another or a broken one shows that
somebody may have been at the thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from operator import itemgetter
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


Corrected = Mapping[tuple[str, str], Disclosure]
"""By event hash and field: the right value."""


def corrections_in(
    entries: Iterable[ParsedEntry], disclosed: Mapping[str, Disclosure]
) -> Iterator[tuple[int, tuple[str, str], Disclosure]]:
    """Yield each correction whose value is shown: its index, of which event and field it is, and that value."""
    for entry in entries:
        details, about = entry.event.details, entry.event.event.about
        if isinstance(details, RecordCorrected) and details.value.commitment in disclosed and isinstance(about, tuple):
            yield entry.entry.index, (str(about[0].event), details.field), disclosed[details.value.commitment]


def right_values(*told: Iterable[tuple[int, tuple[str, str], Disclosure]]) -> Corrected:
    """Return to what values were corrected last; one ledger says all of one event, so its own order counts."""
    return {key: value for _, key, value in sorted(chain.from_iterable(told), key=itemgetter(0))}


def other_value(what: str, was: Disclosure | None, now: Disclosure | None) -> str | None:
    """Say how a value differs from the one before; nothing where one of them isn't shown, or they are the same."""
    if was is None or now is None or was.value == now.value:
        return None
    return f"expected the {what} {str(was.value)[:_SHOWN]}, found {str(now.value)[:_SHOWN]}"


def check_seals(
    stories: Iterable[Sequence[ParsedEntry]], disclosed: Mapping[str, Disclosure], findings: Findings
) -> None:
    """Report in the stories of exhibits each seal that was seen broken, and each with another number than the newest
    one on record, as far as both numbers are disclosed; those that were corrected, as they are right.

    Findings: ``defect.seal-broken``, ``defect.seal-other`` (defects).
    """
    for story in stories:
        newest, right = None, right_values(corrections_in(story, disclosed))
        for entry in story:
            details, subject = entry.event.details, f"entry {entry.entry.index}"
            seal, is_intact = _seen(details)
            # Nobody corrects what isn't there.
            seen = right.get((entry.event.hash, "seal"), disclosed.get(seal.commitment)) if seal else None
            if not is_intact:
                findings.add(12, Severity.DEFECT, "defect.seal-broken", subject, "a seal was seen that was not intact")
            other = other_value("seal", newest, seen)
            if other and isinstance(details, ExhibitUnsealed | HandedOver | TransferDispatched):
                findings.add(12, Severity.DEFECT, "defect.seal-other", subject, other)
            if isinstance(details, ExhibitUnsealed) or _is_break(details):
                newest = None
            elif not isinstance(details, HandedOver | TransferDispatched):
                newest = seen if seal else newest  # what comes from elsewhere may have been sealed there


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
