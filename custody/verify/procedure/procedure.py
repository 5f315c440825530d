"""Step 12 with a profile: curable defects, each with its rule, its source, what is missing and how that is cured.

Entries go in one by one, so that the same check serves a bundle and a whole ledger. What several entries have to tell
together is said at the end. Nothing here can change a verdict: a court may cure a defect, never a forgery.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Protocol

import msgspec

from custody.verify.assets.freezes import HERE, Frozen, follow
from custody.verify.fold.state import State
from custody.verify.gate.contents import files_in
from custody.verify.procedure.entry_rules import ENTRY_RULES, EntryRule, Missing, is_foreign
from custody.verify.procedure.facts import Facts, begin, five_checks, go_on
from schemas.details.exhibit import ExhibitRegistered
from schemas.details.record import RecordCorrected, RecordExplained
from schemas.details.request import RequestBody, RequestCompleted
from schemas.details.source import Source
from schemas.entry import ParsedEntry
from schemas.event import Event
from schemas.law import LawSource, cite
from schemas.profile import STATED_APART, Profile
from schemas.report import Findings, Severity
from schemas.types import UNSET, is_set

Name = tuple[str, str]
"""Case and number of an exhibit."""


class ProfileFor(Protocol):
    """Gives the profile of a ledger's country, or nothing where none is asked for. With another country, or None for
    one that isn't on record, it gives what the two go by: what a request between them must state (law rows B1, C13).
    """

    def __call__(self, country: str, *other: str | None) -> Profile | None:
        """Return it."""


class ProcedureFinding(msgspec.Struct, frozen=True):
    """One line of step 12: ``severity`` is a defect, or a note for what an integrity check does show."""

    code: str
    subject: str
    what: str
    cure: str
    source: LawSource
    severity: Severity = Severity.DEFECT

    @property
    def rule(self) -> str:
        """The rule of the profile that asks for it."""
        return _rule_of(self.code)

    @property
    def text(self) -> str:
        """What is missing, the cure, and the source, in one line."""
        cure = f"; can be cured by: {self.cure}" if self.cure else ""
        return f"{self.what}{cure}; {cite(self.source)}"


def _rule_of(code: str) -> str:
    return code.removeprefix("procedure.")


@dataclass(slots=True)
class _Asked:
    index: int
    kind: str
    direction: str
    names: set[str] = field(default_factory=set)


class Procedure:
    """Looks at entries as a profile asks. Mutable: lives as long as one verification or replay."""

    def __init__(
        self, profile: Profile, state: State, between: Callable[[str | None], Profile | None] | None = None
    ) -> None:
        self._profile = profile
        self._between = between or (lambda _: profile)
        self._state = state
        self._rules: dict[str, list[tuple[str, EntryRule, LawSource]]] = {}
        for code, (rule, types) in ENTRY_RULES.items():
            source = profile.source_of(_rule_of(code))
            if source is not None:
                for type in types:
                    self._rules.setdefault(type, []).append((code, rule, source))
        self._facts: dict[str, Facts] = {}
        self._asked: dict[str, _Asked] = {}
        self._renewed: dict[str, list[str]] = {}
        self._frozen: dict[str, Frozen] = {}
        self._untranslated: list[tuple[int, str]] = []
        self._lacking: dict[str, tuple[int, tuple[ProcedureFinding, ...]]] = {}
        self.found: list[ProcedureFinding] = []

    def add(self, parsed: ParsedEntry) -> None:
        """Look at one entry, in order of index, once it was folded."""
        event, subject, known = parsed.event, f"entry {parsed.entry.index}", len(self.found)
        for code, rule, source in self._rules.get(event.type, ()):
            for missing in rule(self._state, event, event.details):
                self._miss(code, subject, missing, source)
        details = event.details
        if isinstance(details, ExhibitRegistered):
            self._facts[event.hash] = begin(parsed, details)
            self._look_at_digests(subject, details)
            self._look_at_translation(parsed, details)
            self._follow_freeze(event.hash, parsed)
        else:
            for registration in self._about(event.event):
                if registration in self._facts:
                    go_on(self._facts[registration], parsed)
                    self._follow_freeze(registration, parsed)
        if isinstance(details, RequestBody | RequestCompleted):
            self._look_at_fields(parsed.entry.index, details)
        if len(self.found) > known:
            self._lacking[event.hash] = (parsed.entry.index, tuple(self.found[known:]))
        if isinstance(details, RecordCorrected | RecordExplained):
            self._look_at_explanation(parsed, getattr(details, "cures", ()) or ())

    def finish(self, at: str, listed: Iterable[Name] | None = None) -> None:
        """Say what all entries together lack as of ``at``, of exhibits only what those ``listed`` do, if they are: of
        what these were made from a bundle carries no later act that would cure anything.
        """
        names = None if listed is None else set(listed)
        facts = {item: of for item, of in self._facts.items() if names is None or (of.case, of.number) in names}
        self._check_integrity(facts.values())
        self._check_fields()
        self._check_preservations(at)
        self._check_freezes(at, facts)
        self._check_conditions(at, facts.values())
        for index, request in self._untranslated:
            asked = self._asked.get(request)
            if asked is None or "translation" not in asked.names:
                missing = Missing("from abroad, and no translation is on record", "a translation")
                self._miss("procedure.translation", f"entry {index}", missing)

    def _miss(
        self, code: str, subject: str, missing: Missing, source: LawSource | None = None,
        severity: Severity = Severity.DEFECT,
    ) -> None:  # fmt: skip
        """Note under ``code`` what is missing by a rule, whose ``source`` is the profile's own unless it's given;
        nothing where the profile doesn't ask for it.
        """
        source = source or self._profile.source_of(_rule_of(code))
        if source is not None:
            self.found.append(ProcedureFinding(code, subject, missing.what, missing.cure, source, severity))

    def _about(self, event: Event) -> Iterable[str]:
        if is_set(event.link):
            known = self._state.exhibit(str(event.case), str(event.exhibit))
            return () if known is None else (known.registration,)
        return tuple(str(item.exhibit) for item in event.about or () if is_set(item.exhibit))

    def _look_at_explanation(self, parsed: ParsedEntry, cures: tuple[str, ...]) -> None:
        """A correction or explanation of what lacked something may be its cure; whether it is, is for a court."""
        told = Missing(f"corrected or explained since, by entry {parsed.entry.index}", "")
        for item in parsed.event.event.about or ():
            index, lacking = self._lacking.get(str(item.event), (0, ()))
            meant = [of for of in lacking if not cures or {of.rule, of.code} & set(cures)]
            for of in meant[:1]:
                self._miss("procedure.explained", f"entry {index}", told, of.source, Severity.NOTE)

    def _look_at_digests(self, subject: str, details: ExhibitRegistered) -> None:
        """Only file records in the event are seen; a list of more than 16 files is not opened here."""
        files = files_in(details.content)
        for wanted in self._profile.digests if self._profile.source_of("digests") is not None else ():
            lacking = sum(is_set(item.digests) and not is_set(getattr(item.digests, wanted.digest)) for item in files)
            if lacking:
                what = f"{lacking} of {len(files)} files have no {wanted.digest.replace('_', '-').upper()}"
                missing = Missing(what, "computing it from the registered bytes")
                self._miss("procedure.digests", subject, missing, wanted.source)

    def _look_at_translation(self, parsed: ParsedEntry, details: ExhibitRegistered) -> None:
        is_translated = any(item.role == "translation" for item in details.legal_papers or ())
        if not is_translated and is_foreign(self._state, details):
            source = details.source.request if isinstance(details.source, Source) else UNSET
            named = getattr(details, "request", UNSET) or source or ""
            self._untranslated.append((parsed.entry.index, named))

    def _look_at_fields(self, index: int, details: RequestBody | RequestCompleted) -> None:
        if isinstance(details, RequestBody):
            known = self._state.request(details.request)
            direction = "outgoing" if known is None else known.direction
            asked = self._asked.setdefault(details.request, _Asked(index, details.kind, direction))
            if is_set(details.renewal_of):
                self._renewed.setdefault(str(details.renewal_of), []).append(details.request)
        elif details.request in self._asked:
            asked = self._asked[details.request]
        else:
            return
        asked.names.update(item.name for item in details.fields)
        asked.names.update(name for name, place in STATED_APART.items() if _is_stated(getattr(details, place, ())))

    def _check_fields(self) -> None:
        for request, asked in sorted(self._asked.items()):
            known = self._state.request(request)
            peer = None if known is None else self._state.agent(known.peer)
            law = self._between(None if peer is None else peer.country)
            if law is None or law.source_of("request-fields") is None:
                continue
            for wanted in law.required(asked.kind, asked.direction, asked.names):
                if wanted.name not in asked.names:
                    missing = Missing(f"request {request} does not state: {wanted.name}", "completing the request")
                    self._miss("procedure.request-fields", f"entry {asked.index}", missing, wanted.source)

    def _check_preservations(self, at: str) -> None:
        """A preservation whose end has passed is a finding, unless it is over or was renewed (law rows B2, C17)."""
        for request, asked in sorted(self._asked.items()):
            known = self._state.request(request)
            if known is None or known.kind != "preservation" or known.until is None or known.until >= at:
                continue
            if known.status not in _OVER and known.outcome not in _NOT_KEPT and not self._is_renewed(request):
                what = f"the preservation {request} ended at {known.until}"
                missing = Missing(what, "a renewal, if the data still exist")
                self._miss("procedure.preservation", f"entry {asked.index}", missing)

    def _is_renewed(self, request: str) -> bool:
        """Tell whether a request that isn't a mere draft renews this one."""
        others = map(self._state.request, self._renewed.get(request, ()))
        return any(other is not None and other.status != "drafted" for other in others)

    def _follow_freeze(self, registration: str, parsed: ParsedEntry) -> None:
        frozen = follow(self._frozen.get(registration), parsed)
        if frozen is not None:
            self._frozen[registration] = frozen

    def _check_freezes(self, at: str, asked: Mapping[str, Facts]) -> None:
        """A freeze whose end has passed holds nothing any more; an asset that isn't here needs none (law row C17)."""
        for registration, frozen in self._frozen.items():
            facts, is_over = asked.get(registration), bool(frozen.ends_at) and frozen.ends_at < at
            if is_over and facts is not None and self._is_here(facts):
                what = f"the freeze of {facts.name} ended at {frozen.ends_at}"
                missing = Missing(what, "the record by which it was prolonged or lifted, or a new freeze")
                self._miss("procedure.freeze", f"entry {frozen.index}", missing)

    def _is_here(self, facts: Facts) -> bool:
        known = self._state.exhibit(facts.case, facts.number)
        return known is not None and known.status in HERE

    def _check_conditions(self, at: str, asked: Iterable[Facts]) -> None:
        """What was accepted on terms with a date is gone by then, as the terms say (law row C15)."""
        for facts in asked:
            for code, due in facts.due:
                if code in _GONE_BY and due < at and self._is_here(facts):
                    missing = Missing(f"accepted on the term '{code}' by {due}, and still here", "keeping the term now")
                    self._miss("procedure.conditions-due", facts.name, missing)

    def _check_integrity(self, asked: Iterable[Facts]) -> None:
        source = self._profile.source_of("integrity")
        for facts in asked if source is not None else ():
            for line in five_checks(facts):
                cure = "a statement, a comparison now, or the paper that shows it" if line.is_missing else ""
                severity = Severity.DEFECT if line.is_missing else Severity.NOTE
                missing = Missing(f"{line.check}: {line.text}", cure)
                self._miss("procedure.integrity", facts.name, missing, source, severity)


_GONE_BY: Final = frozenset({"destroy-after", "return"})
_OVER: Final = ("closed", "withdrawn")
_NOT_KEPT: Final = frozenset({"already-deleted", "no-such-account", "nothing-found", "refused"})


def _is_stated(value: object) -> bool:
    return is_set(value) and value != ()


def procedure_for(profile_for: ProfileFor | None, state: State) -> Procedure | None:
    """Return what looks by the profile of the ledger's country; nothing without one, or before entry 0."""
    ledger = None if profile_for is None else state.ledger()
    if profile_for is None or ledger is None:
        return None
    profile = profile_for(ledger.country)
    return None if profile is None else Procedure(profile, state, partial(profile_for, ledger.country))


def check_procedure(
    profile_for: ProfileFor | None,
    findings: Findings,
    *,
    entries: Mapping[int, ParsedEntry],
    state: State,
    at: str,
    listed: Sequence[Name],
) -> None:
    """Add to step 12 what the profile of the ledger's country finds in the entries of a bundle about the exhibits
    ``listed``, as of ``at``; nothing without a profile.

    Findings: ``procedure.*`` (defects; notes for integrity checks that show something).
    """
    procedure = procedure_for(profile_for, state)
    if procedure is None:
        return
    for index in sorted(entries):
        procedure.add(entries[index])
    procedure.finish(at, listed)
    report(procedure, findings)


def report(procedure: Procedure, findings: Findings) -> None:
    """Move what was found to step 12."""
    for item in procedure.found:
        findings.add(12, item.severity, item.code, item.subject, item.text)
    procedure.found.clear()
