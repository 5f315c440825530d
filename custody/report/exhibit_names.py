"""What a number doesn't say of an exhibit: which of two it is that have one full name, and which took whose place."""

from __future__ import annotations

from collections import Counter, defaultdict

from custody.report.safe_text import show
from custody.verify.verify import Verified
from schemas.details.exhibit import ExhibitName, ExhibitVoided

Name = tuple[str, str]


class ExhibitNames:
    """The exhibits of one verified bundle by case and number, as a reader is told of them."""

    def __init__(self, verified: Verified) -> None:
        self._known = Counter(map("/".join, verified.listed | verified.state.exhibits.keys()))
        self._right: dict[Name, Name] = {}
        for entry in verified.entries.values():
            details, event = entry.event.details, entry.event.event
            if isinstance(details, ExhibitVoided) and isinstance(right := details.replaced_by, ExhibitName):
                self._right[str(event.case), str(event.exhibit)] = (right.case, right.exhibit)
        self._wrong: dict[Name, list[str]] = defaultdict(list)
        for wrong, named in sorted(self._right.items()):
            self._wrong[named].append("/".join(wrong))

    def full(self, name: Name) -> str:
        """Return ``CASE/EXHIBIT``, and the two numbers apart where another exhibit is called the same."""
        full, (case, number) = "/".join(name), name
        if self._known[full] < 2:
            return show(full)
        return show(f"{full} (number {number} of case {case}: another exhibit has the full name {full} too)")

    def place(self, name: Name) -> str:
        """Return what follows on how it stands: the right number of one that was voided, or in whose place it is."""
        right, wrong = self._right.get(name), self._wrong.get(name, [])
        told = f"; its right number is {'/'.join(right)}" if right else ""
        were = "was" if len(wrong) == 1 else "were"
        return show(told + (f"; in the place of {' and '.join(wrong)}, which {were} voided" if wrong else ""))
