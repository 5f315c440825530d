"""Within step 12: what was seen of a seal, held against the one that was put on: another or a broken one shows that
somebody may have been at the thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from schemas.details.custody import HandedOver, SealSeen
from schemas.details.exhibit import ExhibitIncident, ExhibitSealed, ExhibitUnsealed
from schemas.entry import ParsedEntry
from schemas.private import Disclosure
from schemas.report import Findings, Severity
from schemas.types import Private, Record


def check_seals(
    stories: Iterable[Sequence[ParsedEntry]], disclosed: Mapping[str, Disclosure], findings: Findings
) -> None:
    """Report in the stories of exhibits each seal that was seen broken, and each with another number than the newest
    one on record, as far as both numbers are disclosed.

    Findings: ``defect.seal-broken``, ``defect.seal-other`` (defects).
    """
    for story in stories:
        newest: Private | None = None
        for entry in story:
            details, subject = entry.event.details, f"entry {entry.entry.index}"
            seen, is_intact = _seen(details)
            if not is_intact:
                findings.add(12, Severity.DEFECT, "defect.seal-broken", subject, "a seal was seen that was not intact")
            here, there = (None if field is None else disclosed.get(field.commitment) for field in (seen, newest))
            if isinstance(details, ExhibitUnsealed | HandedOver) and here and there and here.value != there.value:
                text = "expected the number of the newest seal on record, found another on the seal that was seen"
                findings.add(12, Severity.DEFECT, "defect.seal-other", subject, text)
            if isinstance(details, ExhibitUnsealed) or _is_break(details):
                newest = None
            elif not isinstance(details, HandedOver):
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
    return (seal.seal, seal.intact) if isinstance(seal, SealSeen) else (None, True)
