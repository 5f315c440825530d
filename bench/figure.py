"""What a measure says: the figure, what it must reach, and what it was measured against."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table. ``measured`` and ``target`` are in ``unit``; ``is_most``: the target is a ceiling."""

    name: str
    measured: float | None
    target: float
    unit: str
    is_most: bool = False
    note: str = ""

    @property
    def is_reached(self) -> bool:
        """Tell whether the target was reached; a figure that couldn't be measured reaches nothing."""
        if self.measured is None:
            return False
        return self.measured <= self.target if self.is_most else self.measured >= self.target

    def line(self) -> str:
        """Return the line of the table."""
        found = "absent" if self.measured is None else f"{self.measured:,.3g} {self.unit}"
        sign = "<=" if self.is_most else ">="
        word = "ok" if self.is_reached else "MISSED" if self.measured is not None else "-"
        return f"{self.name:<44} {found:>14}  {sign} {self.target:<6g} {word:<7} {self.note}"
