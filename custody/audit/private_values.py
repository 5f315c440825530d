"""The store of private values, compared with the commitments in the entries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from custody.audit.table_rows import TableRows
from custody.ledger.submission import commitment_places
from schemas.entry import parse_entry
from schemas.errors import CustodyError, VerificationError
from schemas.private import parse_disclosure
from schemas.report import Findings, Severity

STEP: Final = 10


@dataclass(slots=True)
class PrivateValues:
    """What an audit asks of the store. ``entry`` returns the bytes of an entry that was replayed."""

    commitments: Mapping[bytes, int]
    erased: set[str]
    entry: Callable[[int], bytes]
    findings: Findings

    def check(self, rows: TableRows) -> int:
        """Check every value, and return how many there are.

        Findings: ``disclosures.digest``, ``disclosures.path``, ``private.*`` (failed), ``disclosures.erased-shown``,
        ``disclosures.gone`` (defects), ``disclosures.uncommitted`` (note).

        Raises:
            Unreadable: at a damaged page.
        """
        count = stray = 0
        by_entry: dict[int, list[tuple[str, str]]] = {}
        for commitment, text in rows.scan("disclosure", "commitment", "text", by="commitment"):
            index = self.commitments.get(commitment)
            if index is None:
                stray += 1
            elif text is None:
                self._check_erased(commitment.hex(), index)
            else:
                count += 1
                by_entry.setdefault(index, []).append((commitment.hex(), text))
        for index in sorted(by_entry):
            self._check_entry(index, by_entry[index])
        if stray:
            words = f"{stray} private values belong to no entry, as a batch that was refused leaves them"
            self.findings.add(STEP, Severity.NOTE, "disclosures.uncommitted", "disclosures", words)
        return count

    def _check_entry(self, index: int, values: list[tuple[str, str]]) -> None:
        try:
            places = commitment_places(parse_entry(self.entry(index)).event)
        except CustodyError:
            return  # the entry itself has failed
        for commitment, line in values:
            try:
                disclosure = parse_disclosure(line)
                if disclosure.commitment != commitment:
                    text = f"expected the value of commitment {commitment}, found one of {disclosure.commitment}"
                    raise VerificationError("disclosures.digest", text)
                if disclosure.path != places.get(commitment):
                    text = f"expected a value for {places.get(commitment)}, found one for {disclosure.path[:200]!r}"
                    raise VerificationError("disclosures.path", text)
            except CustodyError as error:
                self.findings.add(STEP, Severity.FAILED, error.code, f"entry {index}", error.text)
                continue
            if commitment in self.erased:
                text = f"the value of {commitment} was ordered to be erased and is still there"
                self.findings.add(STEP, Severity.DEFECT, "disclosures.erased-shown", f"entry {index}", text)

    def _check_erased(self, commitment: str, index: int) -> None:
        if commitment not in self.erased:
            text = f"the value of {commitment} was erased without an order in the ledger"
            self.findings.add(STEP, Severity.DEFECT, "disclosures.gone", f"entry {index}", text)
