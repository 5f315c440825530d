"""Explanations on record of what was found wanting (law row C5): they stand beside a defect, and cure nothing by
themselves. A court cures; the finding stays what it was, and says which entry explains it.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from custody.verify.rules.view import View
from schemas.details.record import RecordExplained
from schemas.entry import ParsedEntry
from schemas.report import Finding, Findings, Severity


class Explanations:
    """The `record.explained` among some entries, by the subject of a finding. Mutable: lives as long as one reading."""

    def __init__(self) -> None:
        self._found: dict[str, list[tuple[int, frozenset[str]]]] = {}

    def add(self, parsed: ParsedEntry, view: View) -> None:
        """Take an entry that the rules let count, once it was folded into ``view``; others than explanations do
        nothing.
        """
        details, event = parsed.event.details, parsed.event.event
        if isinstance(details, RecordExplained):
            about = ((str(item.event), str(item.exhibit)) for item in event.about or ())
            for subject in dict.fromkeys(subject for names in about for subject in _subjects(view, *names)):
                self._found.setdefault(subject, []).append((parsed.entry.index, frozenset(details.cures or ())))

    def of(self, subject: str, code: str) -> tuple[int, ...]:
        """Return the entries that explain a defect, in order: those about its entry, or, for one of a whole exhibit,
        about the registration, that name its code or its rule, or no code at all.
        """
        names = {code, code.removeprefix("procedure.")}
        return tuple(index for index, cures in self._found.get(subject, ()) if not cures or not names.isdisjoint(cures))

    def stand_beside(self, findings: Findings) -> None:
        """Say in each defect that has an explanation where that is."""
        if self._found:
            findings.items[:] = [self._told(finding) for finding in findings.items]

    def _told(self, finding: Finding) -> Finding:
        entries = self.of(finding.subject, finding.code) if finding.severity is Severity.DEFECT else ()
        return replace(finding, text=f"{finding.text}; {explained_in(entries)}") if entries else finding


def explained_in(entries: Iterable[int]) -> str:
    """Return the words for the entries that explain a defect."""
    return f"explained in {', '.join(f'entry {index}' for index in entries)}"


def _subjects(view: View, event: str, registration: str) -> Iterable[str]:
    place = view.event(event)
    if place is None:
        return
    yield f"entry {place.index}"
    if event == registration:
        yield from (f"{names[0]}/{names[1]}" for kind, *names in place.subjects if kind == "exhibit")
