"""The story of each exhibit, as the entries of a bundle tell it: acts in order, who held it when, what became of it.

Nothing here decides anything. States come from the one reducer, which is run once more over the same entries; what is
wrong with an entry comes from the report's findings and stands beside it as a mark. Every text is safe to show.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Final

from custody.report import marks
from custody.report.corrections import Correction, corrections_of
from custody.report.counts import listed
from custody.report.finding_words import explain, reword
from custody.report.safe_text import show
from custody.report.sent_as import Senders
from custody.report.source_words import source_lines
from custody.report.standing import describe_state, states_of
from custody.report.values import plain_of
from custody.report.words import WITHHELD, Fact, NameOf, facts_of, format_utc, format_when, headline_of, signers_of
from custody.verify.verify import Verified
from schemas.details.exhibit import ExhibitRegistered
from schemas.details.record import DisclosureErased
from schemas.entry import ParsedEntry
from schemas.event import About
from schemas.report import ExhibitReport, Finding, RequestReport, Severity
from schemas.types import is_set

VALUE_CHARACTERS: Final = 2000
"""Longest value shown; a longer one is cut, and that is said."""
MARKS_SHOWN: Final = 8
"""Findings shown beside an act, the worst ones; an entry about 256 exhibits stands in the stories of all."""
_HIDDEN_FIELDS: Final = frozenset(
    {"content", "derived_from", "agents", "key", "keys", "log_keys", "manifest", "commitments"}
)
_ERASED: Final = frozenset({"contents", "files", "names"})
_COUNTED: Final = frozenset({"records", "uncounted"})
"""Fields of a source that are told in a sentence."""


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


def _stranger(about: About) -> str:
    return "an exhibit that is not in this bundle"


class Teller:
    """Tells the stories of one verified bundle, or of a ledger's own entries; ``others`` names what is not carried."""

    def __init__(self, verified: Verified, *, others: NameOf = _stranger) -> None:
        self._verified = verified
        self._others = others
        self._entries = verified.entries
        self._states = states_of(verified.entries)
        self._erasures = _erasures(verified.entries)
        self._senders = Senders(verified)
        self._corrections = corrections_of(verified, self.absent)
        self._exports = {
            subject: [item for item in indexes if self._entries[item].event.type == "bundle.exported"]
            for subject, indexes in verified.indexes.items()
        }
        self._acts: dict[int, Act] = {}
        self._findings: dict[str, list[Finding]] = {}
        self._of_exhibit: dict[tuple[str, str], list[Finding]] = {}
        for finding in verified.report.findings:
            self._findings.setdefault(finding.subject, []).append(finding)
            self._of_exhibit.setdefault((finding.subject, finding.exhibit or ""), []).append(finding)

    def absent(self, commitment: str) -> str:
        """Say why a value is not shown."""
        entry = self._erasures.get(commitment)
        if entry is not None:
            return f"{marks.ERASED}, entry {entry})"
        return _WITHHELD.get(self._verified.values.reasons.get(commitment, ""), WITHHELD)

    def tell(self, exhibit: ExhibitReport) -> Story:
        """Return the story of one exhibit."""
        acts = tuple(self._act(self._entries[index], exhibit) for index in exhibit.entries if index in self._entries)
        return Story(acts, self._holdings(exhibit))

    def tell_case(self, case: str) -> tuple[Act, ...]:
        """Return what happened to a case itself: opened, changed, closed, and what was noted about it."""
        indexes = self._verified.indexes.get(("case", case), ())
        return tuple(self._act(self._entries[index], None) for index in indexes)

    def tell_request(self, request: RequestReport) -> tuple[Act, ...]:
        """Return what happened to a request: what was asked, answered, on which terms, and what came after."""
        return tuple(self._act(self._entries[index], None) for index in request.entries if index in self._entries)

    def name_of(self, about: About) -> str:
        """Name what an annotation is about; an exhibit that the bundle doesn't carry stays nameless."""
        if not is_set(about.exhibit):
            return f"{about.kind} {show(str(getattr(about, about.kind)))}"
        exhibit = self._verified.state.registered(str(about.exhibit))
        if exhibit is None:
            return self._others(about)
        return f"exhibit {show(exhibit.name)}"

    def _act(self, entry: ParsedEntry, exhibit: ExhibitReport | None) -> Act:
        index, event = entry.entry.index, entry.event
        if index not in self._acts:
            # One record may stand in the stories of 256 exhibits.
            signers, corrections = signers_of(event), self._corrections.get(event.hash, ())
            self._acts[index] = Act(
                entry=index,
                headline=headline_of(event, self.name_of, _SUBJECTS),
                when=format_when(event) + _corrected_time(corrections),
                recorded=format_utc(entry.entry.recorded_at),
                signed=f"{', '.join(signers)}; {self._signatures(index, len(signers))}",
                lines=(*self._own_lines(entry), *self.lines_of(entry)),
                marks=(),
                after="",
            )
        state = None if exhibit is None else self._states.get(index, {}).get((exhibit.case, exhibit.exhibit))
        after = "" if state is None else describe_state(state)
        return replace(self._acts[index], marks=tuple(self._marks(index, exhibit)), after=after)

    def lines_of(self, entry: ParsedEntry) -> tuple[Line, ...]:
        """Return the values of an entry with what was corrected of them since."""
        plain = plain_of(entry.event)["details"]
        details = {name: value for name, value in plain.items() if name not in _HIDDEN_FIELDS}
        if isinstance(entry.event.details, DisclosureErased):
            details = {name: value for name, value in details.items() if name not in _ERASED}
        if "source" in details:
            details["source"] = {name: value for name, value in details["source"].items() if name not in _COUNTED}
        facts = facts_of(details, self._verified.values.disclosed, absent=self.absent)
        return _lines(facts, self._corrections.get(entry.event.hash, ()))

    def _own_lines(self, entry: ParsedEntry) -> Iterator[Line]:
        """Yield what is better said in words than by the fields of the record."""
        match entry.event.details:
            case ExhibitRegistered(derived_from=parents) as details:
                for parent in parents or ():
                    place = self._verified.state.event(parent.event)
                    where = "which is not in this bundle" if place is None else f"as it stood after entry {place.index}"
                    yield Line("made from", f"exhibit {show(f'{parent.case}/{parent.exhibit}')}, {where}")
                if sent := self._senders.describe(details):
                    yield Line("as sent by", clip(sent))
                yield from (Line(label, text) for label, text in source_lines(details))
            case DisclosureErased() as erased:
                yield from _erased_lines(erased)
                yield Line("had been sent out before", self._sent_before(entry) or "in no bundle known here")
            case _:
                return

    def _sent_before(self, erasure: ParsedEntry) -> str:
        """Name the exports about the same subjects before an erasure: what was sent out can't be called back."""
        index = erasure.entry.index
        mine = (self._exports.get(subject, []) for subject in self._verified.placed[index].subjects)
        # The first ones of all are among the first ones of each.
        before = sorted({item for items in mine for item in items[: min(bisect_left(items, index), _EXPORTS + 1)]})
        more = " and others" if len(before) > _EXPORTS else ""
        return ", ".join(f"entry {item}" for item in before[:_EXPORTS]) + more

    def _signatures(self, index: int, count: int) -> str:
        wrong = [item for item in self._findings.get(f"entry {index}", ()) if item.step in {5, 6}]
        if any(item.severity is Severity.FAILED for item in wrong):
            return "NOT all signatures hold"
        if wrong:
            return "in dispute"
        return {1: "the signature holds", 2: "both signatures hold"}.get(count, f"all {count} signatures hold")

    def _marks(self, index: int, exhibit: ExhibitReport | None) -> Iterator[Mark]:
        """Yield what is wrong with an entry, as far as it concerns one exhibit, or any where none is told of."""
        where, found = f"entry {index}", list[Finding]()
        if exhibit is None:
            found += self._findings.get(where, ())
        else:
            for name in ("", f"{exhibit.case}/{exhibit.exhibit}"):
                found += self._of_exhibit.get((where, name), ())
        if len(found) > MARKS_SHOWN:
            found.sort(key=lambda item: _WORST.index(item.severity))
        yield from (Mark(item.severity, _mark_text(item)) for item in found[:MARKS_SHOWN])
        if left := found[MARKS_SHOWN:]:
            steps = ", ".join(map(str, sorted({item.step for item in left})))
            yield Mark(left[0].severity, f"And {len(left)} more about this entry, among the findings of step {steps}.")
        placed = self._verified.placed.get(index)
        if placed is not None and not placed.is_applied and all(item.step != 7 for item in found):
            text = "Not followed, because an earlier act of this exhibit breaks the rules of custody."
            yield Mark(Severity.FAILED, text)

    def _how(self, index: int) -> str:
        """Say how the holder came to an exhibit, and whether the signatures for it hold."""
        event = self._entries[index].event
        signatures = self._signatures(index, len(event.event.signers))
        return f"{_HOW.get(event.type, event.type)}; {signatures}"

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
            found.append(Holding(holder, since, index, self._how(index), ""))
        return tuple(found)


def _erased_lines(erased: DisclosureErased) -> Iterator[Line]:
    if erased.commitments:
        yield Line("values erased", str(len(erased.commitments)))
    for label, field in (
        ("files erased", erased.files),
        ("contents of which all files are erased", erased.contents),
        ("contents of which all names are erased", erased.names),
    ):
        if isinstance(field, tuple):
            yield Line(label, listed(field[:_NAMED], len(field), between="; "))


_NAMED: Final = 3
_WORST: Final = (Severity.FAILED, Severity.INDETERMINATE, Severity.DEFECT, Severity.NOTE)
_EXPORTS: Final = 16
_SUBJECTS: Final = 16
_WITHHELD: Final = {
    "absent": f"{marks.WITHHELD}: the sender does not hold it)",
    "hand": f"{marks.WITHHELD} by the sender's choice)",
    "rule": f"{marks.WITHHELD} by the sender's rules)",
}
_HOW: Final = {
    "custody.handed-over": "handed over",
    "custody.taken-over": "taken over without the signature of the one who held it",
    "exhibit.registered": "registered it",
    "transfer.accepted": "accepted it from another ledger",
    "transfer.dispatched": "sent to it by the one who held it; no receipt at that time",
    "transfer.recalled": "taken back before a receipt came",
    "transfer.receipt": "back, because the receiver refused it",
    "transfer.returned": "taken back from the one who had it",
}


def clip(text: str) -> str:
    """Return ``text``, cut where it is too long to be read, saying how much of it is not shown."""
    if len(text) <= VALUE_CHARACTERS:
        return text
    return f"{text[:VALUE_CHARACTERS]} ... ({len(text) - VALUE_CHARACTERS} {marks.CUT}"


def _erasures(entries: Mapping[int, ParsedEntry]) -> dict[str, int]:
    """Return the first entry that ordered each erased value to be erased, by commitment."""
    found: dict[str, int] = {}
    for index, entry in sorted(entries.items()):
        if isinstance(entry.event.details, DisclosureErased):
            for commitment in entry.event.details.commitments:
                found.setdefault(commitment, index)
    return found


def _mark_text(finding: Finding) -> str:
    meaning, text = explain(finding.code), reword(finding)
    prefix = f"{marks.DISPUTED} " if finding.code == "keys.disputed" else ""
    return clip(f"{prefix}{meaning} ({text})")


def _lines(facts: Sequence[Fact], corrections: Sequence[Correction]) -> tuple[Line, ...]:
    """Return the values with their corrections beside them; a correction that fits no line gets its own."""
    lines: list[Line] = []
    found: set[str] = set()
    by_field: dict[str, list[tuple[int, Correction]]] = {}
    for number, item in enumerate(corrections):
        by_field.setdefault(item.field, []).append((number, item))
    for fact in facts:
        names = by_field.keys() & set(fact.place[1:])
        found |= names
        mine = sorted((pair for name in names for pair in by_field[name]), key=itemgetter(0))
        lines.append(Line(fact.label, clip(fact.value), tuple(clip(item.text) for _, item in mine)))
    left = (item for item in corrections if item.field not in found | {"occurred_at"})
    lines.extend(Line(item.field.replace("_", " "), marks.NOT_RECORDED, (clip(item.text),)) for item in left)
    return tuple(lines)


def _corrected_time(corrections: Sequence[Correction]) -> str:
    return "".join(f"; {item.text}" for item in corrections if item.field == "occurred_at")
