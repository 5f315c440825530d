"""What one check of the self test found."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.report import Verdict


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One thing that is not as it must be: what it is about, and both values in words."""

    subject: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Checked:
    """One check: what it is, how many things it looked at, and which of them disagree.

    ``note`` says what was not asked, or what the check rests on; a check that looked at nothing was not asked.
    """

    name: str
    count: int
    disagreements: tuple[Disagreement, ...] = ()
    note: str = ""

    @property
    def verdict(self) -> Verdict:
        """FAILED on any disagreement, NOT ASKED where nothing was looked at, else PASSED."""
        if self.disagreements:
            return Verdict.FAILED
        return Verdict.PASSED if self.count else Verdict.NOT_ASKED
