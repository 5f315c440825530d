"""Step 10: disclosures against commitments, and what is withheld or erased."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from custody.verify.opened import Opened, fail
from custody.verify.places import places_of
from schemas.details.record import DisclosureErased
from schemas.entry import ParsedEntry
from schemas.errors import RecordError, VerificationError
from schemas.private import Disclosure, parse_disclosure
from schemas.report import Findings, Severity


@dataclass(frozen=True, slots=True)
class Values:
    """The disclosed values by commitment, and how many are withheld, or erased by order."""

    disclosed: Mapping[str, Disclosure]
    withheld: int
    erased: frozenset[str]


def check_disclosures(opened: Opened, findings: Findings, *, entries: Mapping[int, ParsedEntry]) -> Values:
    """Match every disclosure of the bundle with the one place whose commitment it opens.

    Findings: ``disclosures.stray``, ``disclosures.path``, ``private.*`` (failed), ``disclosures.erased-shown``
    (defect), ``disclosures.withheld``, ``disclosures.erased`` (notes).
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
    _note(findings, places, disclosed, erased)
    withheld = len(places.keys() - disclosed.keys() - erased)
    return Values(disclosed, withheld, frozenset(erased & places.keys()))


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


def _note(findings: Findings, places: Mapping[str, str], disclosed: Mapping[str, Disclosure], erased: set[str]) -> None:
    for commitment in sorted(erased & disclosed.keys()):
        text = f"the value of {commitment} was ordered to be erased and is shown here"
        findings.add(10, Severity.DEFECT, "disclosures.erased-shown", commitment, text)
    gone = len(erased & places.keys() - disclosed.keys())
    withheld = len(places.keys() - disclosed.keys() - erased)
    if gone:
        findings.add(10, Severity.NOTE, "disclosures.erased", "bundle", f"private values erased by order: {gone}")
    if withheld:
        text = f"private values withheld from this bundle: {withheld}"
        findings.add(10, Severity.NOTE, "disclosures.withheld", "bundle", text)
