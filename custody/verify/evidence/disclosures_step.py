"""Step 10: disclosures against commitments, and what is withheld or erased."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Final

from custody.verify.evidence.places import places_of
from custody.verify.record.bundled import Bundled
from custody.verify.record.opened import fail
from schemas.bundle import Withheld
from schemas.details.record import DisclosureErased
from schemas.errors import RecordError, VerificationError
from schemas.private import Disclosure, parse_disclosure
from schemas.report import Findings, Severity

_BECAUSE: Final = {"absent": "not known to the sender", "hand": "kept by hand", "rule": "kept by rule"}
WITHHELD_BECAUSE: Final = tuple(_BECAUSE)
"""Why a sender withholds a value: he has none, by hand, by rule."""


@dataclass(frozen=True, slots=True)
class Values:
    """The disclosed values by commitment, how many are withheld, which are erased by order; and for what reason
    (``absent``, ``hand`` or ``rule``) the sender says that he withholds some.
    """

    disclosed: Mapping[str, Disclosure]
    withheld: int
    erased: frozenset[str]
    reasons: Mapping[str, str] = field(default_factory=dict)


def check_disclosures(bundled: Bundled) -> Values:
    """Match every disclosure of the bundle with the one place whose commitment it opens.

    Findings: ``disclosures.stray``, ``disclosures.path``, ``disclosures.list``, ``private.*`` (failed),
    ``disclosures.erased-shown`` (defect), ``disclosures.withheld``, ``disclosures.erased`` (notes).
    """
    findings, told = bundled.findings, bundled.opened.disclosures
    findings.asked.add(10)
    places: dict[str, str] = {}
    erased: set[str] = set()
    for entry in bundled.entries.values():
        places.update(places_of(entry.event))
        if isinstance(entry.event.details, DisclosureErased):
            erased.update(entry.event.details.commitments)
    disclosed: dict[str, Disclosure] = {}
    for number, line in enumerate(told.disclosures if told else ()):
        try:
            disclosure = parse_disclosure(line)
            check_place(disclosure, places)
        except (RecordError, VerificationError) as error:
            fail(findings, 10, error, f"disclosure {number}")
            continue
        disclosed[disclosure.commitment] = disclosure
    hidden = places.keys() - disclosed.keys()
    withheld = told.withheld if told else None
    reasons = _check_reasons(withheld, hidden, findings) if isinstance(withheld, Withheld) else {}
    for commitment in sorted(erased & disclosed.keys()):
        text = f"the value of {commitment} was ordered to be erased and is shown here"
        findings.add(10, Severity.DEFECT, "disclosures.erased-shown", commitment, text)
    if gone := len(erased & hidden):
        findings.add(10, Severity.NOTE, "disclosures.erased", "bundle", f"private values erased by order: {gone}")
    if kept := hidden - erased:
        counts = Counter(map(reasons.get, kept))
        why = "".join(f"; {_BECAUSE[reason]}: {counts[reason]}" for reason in WITHHELD_BECAUSE if counts[reason])
        text = f"private values withheld from this bundle: {len(kept)}{why}"
        findings.add(10, Severity.NOTE, "disclosures.withheld", "bundle", text)
    return Values(disclosed, len(kept), frozenset(erased & places.keys()), reasons)


def _check_reasons(told: Withheld, hidden: Set[str], findings: Findings) -> dict[str, str]:
    """Take over why the sender withholds values; he may leave some out, and never names one that he shows."""
    reasons = {commitment: reason for reason in WITHHELD_BECAUSE for commitment in told.of(reason)}
    for commitment in sorted(reasons.keys() - hidden):
        text = f"expected a value that is withheld, found {commitment}, which is shown or not carried"
        findings.add(10, Severity.FAILED, "disclosures.list", "data/disclosures.json", text)
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
