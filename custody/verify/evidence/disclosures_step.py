"""Step 10: disclosures against commitments, and what is withheld or erased."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Final

from custody.verify.evidence.places import places_of
from custody.verify.record.opened import Opened, fail
from schemas.bundle import Withheld
from schemas.details.record import DisclosureErased
from schemas.entry import ParsedEntry
from schemas.errors import RecordError, VerificationError
from schemas.private import Disclosure, parse_disclosure
from schemas.report import Findings, Severity

WITHHELD_BECAUSE: Final = ("absent", "hand", "rule")
"""Why a sender withholds a value: he has none, by hand, by rule."""
_BECAUSE: Final = {"absent": "not known to the sender", "hand": "kept by hand", "rule": "kept by rule"}


@dataclass(frozen=True, slots=True)
class Values:
    """The disclosed values by commitment, how many are withheld, which are erased by order; and for what reason
    (``absent``, ``hand`` or ``rule``) the sender says that he withholds some.
    """

    disclosed: Mapping[str, Disclosure]
    withheld: int
    erased: frozenset[str]
    reasons: Mapping[str, str] = field(default_factory=dict)


def check_disclosures(opened: Opened, findings: Findings, *, entries: Mapping[int, ParsedEntry]) -> Values:
    """Match every disclosure of the bundle with the one place whose commitment it opens.

    Findings: ``disclosures.stray``, ``disclosures.path``, ``disclosures.list``, ``private.*`` (failed),
    ``disclosures.erased-shown`` (defect), ``disclosures.withheld``, ``disclosures.erased`` (notes).
    """
    findings.asked.add(10)
    places: dict[str, str] = {}
    erased: set[str] = set()
    for entry in entries.values():
        places.update(places_of(entry.event))
        if isinstance(entry.event.details, DisclosureErased):
            erased.update(entry.event.details.commitments)
    disclosed: dict[str, Disclosure] = {}
    for number, line in enumerate(opened.disclosures.disclosures if opened.disclosures else ()):
        try:
            disclosure = parse_disclosure(line)
            check_place(disclosure, places)
        except (RecordError, VerificationError) as error:
            fail(findings, 10, error, f"disclosure {number}")
            continue
        disclosed[disclosure.commitment] = disclosure
    reasons = _check_reasons(opened, findings, places.keys() - disclosed.keys())
    _note(findings, places, disclosed, erased, reasons)
    withheld = len(places.keys() - disclosed.keys() - erased)
    return Values(disclosed, withheld, frozenset(erased & places.keys()), reasons)


def _check_reasons(opened: Opened, findings: Findings, hidden: Set[str]) -> dict[str, str]:
    """Take over why the sender withholds values; he may leave some out, and never names one that he shows."""
    told = opened.disclosures.withheld if opened.disclosures else None
    if not isinstance(told, Withheld):
        return {}
    reasons = {commitment: reason for reason in WITHHELD_BECAUSE for commitment in told.of(reason)}
    for commitment in sorted(reasons.keys() - hidden):
        text = f"expected a value that is withheld, found {commitment}, which is shown or not carried"
        fail(findings, 10, VerificationError("disclosures.list", text), "data/disclosures.json")
    return {commitment: reason for commitment, reason in reasons.items() if commitment in hidden}


def check_place(disclosure: Disclosure, places: Mapping[str, str]) -> None:
    """Raise unless the disclosure opens a commitment in ``places`` and names its place.

    Raises:
        VerificationError: ``disclosures.stray``, ``disclosures.path``.
    """
    place = places.get(disclosure.commitment)
    if place is None:
        raise VerificationError("disclosures.stray", f"expected a commitment {disclosure.commitment}, found none")
    if place != disclosure.path:
        raise VerificationError("disclosures.path", f"expected the path {place}, found {disclosure.path[:200]!r}")


def _note(
    findings: Findings,
    places: Mapping[str, str],
    disclosed: Mapping[str, Disclosure],
    erased: set[str],
    reasons: Mapping[str, str],
) -> None:
    for commitment in sorted(erased & disclosed.keys()):
        text = f"the value of {commitment} was ordered to be erased and is shown here"
        findings.add(10, Severity.DEFECT, "disclosures.erased-shown", commitment, text)
    gone = len(erased & places.keys() - disclosed.keys())
    withheld = places.keys() - disclosed.keys() - erased
    if gone:
        findings.add(10, Severity.NOTE, "disclosures.erased", "bundle", f"private values erased by order: {gone}")
    if withheld:
        told = [(sum(reasons.get(item) == reason for item in withheld), reason) for reason in WITHHELD_BECAUSE]
        why = "".join(f"; {_BECAUSE[reason]}: {count}" for count, reason in told if count)
        text = f"private values withheld from this bundle: {len(withheld)}{why}"
        findings.add(10, Severity.NOTE, "disclosures.withheld", "bundle", text)
