"""The story of each exhibit, as the entries of a bundle tell it: acts in order, who held it when, what became of it.

Nothing here decides anything. States come from the one reducer, which is run once more over the same entries; what is
wrong with an entry comes from the report's findings and stands beside it as a mark. Every text is safe to show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from custody.report.corrections import Correction, corrections_of
from custody.report.finding_words import explain, reword
from custody.report.safe_text import show
from custody.report.values import plain_of
from custody.report.words import Fact, facts_of, format_utc, format_when, tell
from custody.verify.fold import Fold
from custody.verify.state import Exhibit, State
from custody.verify.verify import Verified
from schemas.details.record import DisclosureErased
from schemas.entry import ParsedEntry
from schemas.event import About
from schemas.report import ExhibitReport, Finding, Findings, Severity
from schemas.types import is_set

VALUE_CHARACTERS: Final = 2000
"""Longest value shown; a longer one is cut, and that is said."""
_HIDDEN_FIELDS: Final = frozenset({"content", "agents", "key", "keys", "log_keys", "manifest", "commitments"})
_WORDS: Final = {"held": "held", "in-transit": "in transit", "lent": "lent", "released": "released"}


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands beside an act or a file: how bad it is, and in words what."""

    severity: Severity
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One value of an act, and the corrections of it, oldest first."""

    label: str
    value: str
    corrections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Act:
    """One entry of an exhibit's story; ``after`` says how the exhibit stood after it."""

    entry: int
    headline: str
    when: str
    recorded: str
    signed: str
    lines: tuple[Line, ...]
    marks: tuple[Mark, ...]
    after: str


@dataclass(frozen=True, slots=True)
class Holding:
    """One holder's time: from which entry and time, how it came to him, and until when (empty: still)."""

    holder: str
    since: str
    entry: int
    by: str
    until: str


@dataclass(frozen=True, slots=True)
class Story:
    """An exhibit's acts in order of entry number, and its holders."""

    acts: tuple[Act, ...]
    holdings: tuple[Holding, ...]


class Teller:
    """Tells the stories of one verified bundle."""

    def __init__(self, verified: Verified) -> None:
        self._verified = verified
        self._entries = verified.entries
        self._states = _states(verified.entries)
        self._erasures = _erasures(verified.entries)
        self._corrections = corrections_of(verified, self.absent)
        self._findings: dict[str, list[Finding]] = {}
        for finding in verified.report.findings:
            self._findings.setdefault(finding.subject, []).append(finding)

    def absent(self, commitment: str) -> str:
        """Say why a value is not shown."""
        entry = self._erasures.get(commitment)
        return "(withheld)" if entry is None else f"(erased by order, entry {entry})"

    def tell(self, exhibit: ExhibitReport) -> Story:
        """Return the story of one exhibit."""
        acts = tuple(self._act(self._entries[index], exhibit) for index in exhibit.entries if index in self._entries)
        return Story(acts, self._holdings(exhibit))

    def name_of(self, about: About) -> str:
        """Name what an annotation is about; an exhibit that the bundle doesn't carry stays nameless."""
        if not is_set(about.exhibit):
            return f"{about.kind} {show(str(getattr(about, about.kind)))}"
        exhibit = self._verified.state.registered(str(about.exhibit))
        if exhibit is None:
            return "an exhibit that is not in this bundle"
        return f"exhibit {show(f'{exhibit.case}/{exhibit.number}')}"

    def _act(self, entry: ParsedEntry, exhibit: ExhibitReport) -> Act:
        index, event = entry.entry.index, entry.event
        told = tell(event, {}, name_of=self.name_of)
        details = {name: value for name, value in plain_of(event)["details"].items() if name not in _HIDDEN_FIELDS}
        facts = facts_of(details, self._verified.values.disclosed, absent=self.absent)
        corrections = self._corrections.get(event.hash, ())
        marks = tuple(self._marks(index, exhibit))
        return Act(
            entry=index,
            headline=told.headline,
            when=format_when(event) + _corrected_time(corrections),
            recorded=format_utc(entry.entry.recorded_at),
            signed=f"{', '.join(told.signers)}; {self._signatures(index, len(told.signers))}",
            lines=_lines(facts, corrections),
            marks=marks,
            after=_describe(self._states.get(index, {}).get((exhibit.case, exhibit.exhibit))),
        )

    def _signatures(self, index: int, count: int) -> str:
        wrong = [item for item in self._findings.get(f"entry {index}", ()) if item.step in {5, 6}]
        if any(item.severity is Severity.FAILED for item in wrong):
            return "NOT all signatures hold"
        if wrong:
            return "in dispute"
        return {1: "the signature holds", 2: "both signatures hold"}.get(count, f"all {count} signatures hold")

    def _marks(self, index: int, exhibit: ExhibitReport) -> list[Mark]:
        marks = [Mark(item.severity, _mark_text(item)) for item in self._findings.get(f"entry {index}", ())]
        placed = self._verified.placed.get(index)
        has_rule = any(item.step == 7 for item in self._findings.get(f"entry {index}", ()))
        if placed is not None and not placed.is_applied and not has_rule:
            text = (
                f"Not followed, because an earlier act of exhibit {show(exhibit.exhibit)} breaks the rules of custody."
            )
            marks.append(Mark(Severity.FAILED, text))
        return marks

    def _holdings(self, exhibit: ExhibitReport) -> tuple[Holding, ...]:
        """Return the holders, each with his time by the acts' own times."""
        found: list[Holding] = []
        holder = ""
        for index in exhibit.entries:
            state = self._states.get(index, {}).get((exhibit.case, exhibit.exhibit))
            if state is None or state.holder == holder:
                continue
            event = self._entries[index].event
            since, holder = format_utc(event.event.occurred_at), state.holder
            if found:
                last = found.pop()
                found.append(Holding(last.holder, last.since, last.entry, last.by, since))
            found.append(Holding(holder, since, index, _HOW.get(event.type, event.type), ""))
        return tuple(found)


_HOW: Final = {
    "custody.handed-over": "handed over, both sides signed",
    "custody.taken-over": "taken over, the holder before did not sign",
    "exhibit.registered": "registered it",
}


def clip(text: str) -> str:
    """Return ``text``, cut where it is too long to be read, saying how much of it is not shown."""
    if len(text) <= VALUE_CHARACTERS:
        return text
    return f"{text[:VALUE_CHARACTERS]} ... ({len(text) - VALUE_CHARACTERS} more characters)"


def _erasures(entries: Mapping[int, ParsedEntry]) -> dict[str, int]:
    """Return the first entry that ordered each erased value to be erased, by commitment."""
    found: dict[str, int] = {}
    for index, entry in sorted(entries.items()):
        if isinstance(entry.event.details, DisclosureErased):
            for commitment in entry.event.details.commitments:
                found.setdefault(commitment, index)
    return found


def _states(entries: Mapping[int, ParsedEntry]) -> dict[int, dict[tuple[str, str], Exhibit]]:
    """Return how each exhibit stood after each entry that the rules took; only the exhibits of that entry."""
    fold = Fold(Findings(), is_whole=False)
    states: dict[int, dict[tuple[str, str], Exhibit]] = {}
    for index in sorted(entries):
        placed, _ = fold.add(entries[index])
        if placed.is_applied and is_set(entries[index].event.event.link):
            states[index] = _exhibits(fold.state, placed.subjects)
    return states


def _exhibits(state: State, subjects: Sequence[tuple[str, ...]]) -> dict[tuple[str, str], Exhibit]:
    names = [(subject[1], subject[2]) for subject in subjects if subject[0] == "exhibit"]
    return {name: exhibit for name in names if (exhibit := state.exhibit(*name)) is not None}


def _describe(state: Exhibit | None) -> str:
    """Say how an exhibit stands, or nothing for an entry that doesn't move it."""
    if state is None:
        return ""
    return describe(state.holder, state.status, is_sealed=state.is_sealed)


def describe(holder: str, status: str, *, is_sealed: bool) -> str:
    """Say how an exhibit stands, such as ``held by exam-11, sealed``."""
    seal = "sealed" if is_sealed else "not sealed"
    match status:
        case "disposed" | "voided":
            return f"{status}; last held by {holder}"
        case _:
            responsible = f"held by {holder}" if status == "held" else f"{_WORDS[status]}; {holder} is responsible"
            return f"{responsible}, {seal}"


def _mark_text(finding: Finding) -> str:
    meaning, text = explain(finding.code), reword(finding)
    prefix = "DISPUTED. " if finding.code == "keys.disputed" else ""
    return clip(f"{prefix}{meaning} ({text})")


def _lines(facts: Sequence[Fact], corrections: Sequence[Correction]) -> tuple[Line, ...]:
    """Return the values with their corrections beside them; a correction that fits no line gets its own."""
    lines: list[Line] = []
    left = [item for item in corrections if item.field != "occurred_at"]
    for fact in facts:
        mine = [item for item in corrections if item.field in fact.place[1:]]
        left = [item for item in left if item not in mine]
        lines.append(Line(fact.label, clip(fact.value), tuple(clip(item.text) for item in mine)))
    lines.extend(Line(item.field.replace("_", " "), "(not recorded)", (clip(item.text),)) for item in left)
    return tuple(lines)


def _corrected_time(corrections: Sequence[Correction]) -> str:
    return "".join(f"; {item.text}" for item in corrections if item.field == "occurred_at")
