"""The store of private values, compared with the commitments in the entries.

A commitment binds value, salt and place. That the place is the one where the commitment stands was checked when the
event was taken, and every reader of a bundle checks it again; nobody can change it in the store without the hash.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from custody.audit.shared_wallets import SharedWallets
from custody.audit.table_rows import TableRows
from schemas.report import Findings, Severity

STEP: Final = 10


@dataclass(slots=True)
class PrivateValues:
    """What the replay says of private values: the entry of each commitment (32 bytes), and those erased by order."""

    commitments: Mapping[bytes, int]
    erased: set[str]
    findings: Findings
    assets: SharedWallets = field(default_factory=SharedWallets)

    def check(self, rows: TableRows) -> int:
        """Check every value, and return how many there are.

        Findings: ``disclosures.digest`` (failed), ``disclosures.erased-shown``, ``disclosures.gone`` (defects),
        ``disclosures.absent``, ``disclosures.uncommitted`` (notes).

        Raises:
            Unreadable: at a damaged page.
        """
        count = stray = kept = 0
        for commitment, text in rows.scan("disclosure", "commitment", "text", by="rowid"):
            index = self.commitments.get(commitment)
            kept += index is not None
            if index is None:
                # What was erased is none any more: a value of a batch that was refused may have been.
                stray += text is not None
            elif text is None:
                self._check_erased(commitment, index)
            else:
                count += 1
                self.assets.take(text, index)
                found = sha256(text.encode()).digest()
                if found != commitment or self.erased:
                    self._check_value(commitment, found, index)
        if stray:
            values = "private value belongs" if stray == 1 else "private values belong"
            words = (
                f"{stray} {values} to no entry, as a killed command leaves them; custody erase --finish takes them away"
            )
            self.findings.add(STEP, Severity.NOTE, "disclosures.uncommitted", "disclosures", words)
        if kept < len(self.commitments):
            self._look_for_missing(rows)
        return count

    def _look_for_missing(self, rows: TableRows) -> None:
        """An erasure keeps the row without its text. A value without one was never handed over, or taken out since."""
        found = {commitment for (commitment,) in rows.scan("disclosure", "commitment", by="rowid")}
        away = [index for commitment, index in self.commitments.items() if commitment not in found]
        words = f"{len(away)} private values of entries {min(away)} to {max(away)} are not in the store"
        self.findings.add(STEP, Severity.NOTE, "disclosures.absent", "disclosures", words)

    def _check_value(self, commitment: bytes, found: bytes, index: int) -> None:
        if found != commitment:
            words = f"expected the value of commitment {commitment.hex()}, found one of {found.hex()}"
            self.findings.add(STEP, Severity.FAILED, "disclosures.digest", f"entry {index}", words)
        elif commitment.hex() in self.erased:
            words = f"the value of {commitment.hex()} was ordered to be erased and is still there"
            self.findings.add(STEP, Severity.DEFECT, "disclosures.erased-shown", f"entry {index}", words)

    def _check_erased(self, commitment: bytes, index: int) -> None:
        if commitment.hex() not in self.erased:
            words = f"the value of {commitment.hex()} was erased without an order in the ledger"
            self.findings.add(STEP, Severity.DEFECT, "disclosures.gone", f"entry {index}", words)
