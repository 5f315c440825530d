"""Verification of a bundle: bytes, trust and a time in, a report out (docs/spec/verification.md).

The steps are numbered here as in the report. They run in the order in which they need each other, every one as far as
it can: an earlier failure hides no later one. What the caller still owes: the container opened strictly (step 0), files
hashed, and the trust file chosen by the reader and not by the sender. Absent on purpose: timestamps (3) and, within 5,
the certificates of keys, which say NOT ASKED, or INDETERMINATE where the trust file asks for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any

import msgspec
from msgspec.structs import asdict, replace

from custody.verify.assets.asset_history import stories_of
from custody.verify.assets.asset_step import check_assets
from custody.verify.border.behind_step import check_behind
from custody.verify.border.inherited import check_inherited, ledgers_of
from custody.verify.border.lawfulness import check_lawfulness, terms_before
from custody.verify.border.one_past import Complete, Told, check_one_past, told_in
from custody.verify.evidence.certificate_step import check_certificates
from custody.verify.evidence.content_step import ContentCheck
from custody.verify.evidence.disclosures_step import Values, check_disclosures
from custody.verify.evidence.recorded import check_recorded
from custody.verify.evidence.seals import check_seals
from custody.verify.fold.fold import Fold, Placed, by_subject, fold_all
from custody.verify.fold.state import State
from custody.verify.gate.correspondence import Correspondence, correspondence_of
from custody.verify.procedure.explanations import Explanations
from custody.verify.procedure.numbers import check_numbers
from custody.verify.procedure.procedure import ProfileFor, check_procedure
from custody.verify.record.bag_step import check_bag
from custody.verify.record.bundled import Bundled
from custody.verify.record.checkpoint_step import check_checkpoint, check_continued
from custody.verify.record.completeness import check_completeness
from custody.verify.record.entries_step import check_entries
from custody.verify.record.opened import Opened, fail, open_parts
from custody.verify.record.source import Decryption, Elsewhere, Nowhere, Source
from custody.verify.rules.view import Exhibit
from schemas import layout, limits
from schemas.entry import ParsedEntry
from schemas.errors import VerificationError
from schemas.proof import Consistency
from schemas.report import ExhibitReport, Findings, LawReport, LedgerReport, Report, RequestReport, Severity, Verdict
from schemas.subject import Subject
from schemas.text import format_time, parse_time
from schemas.trust import Trust
from schemas.types import UNSET


class Trusted(msgspec.Struct, frozen=True):
    """What the reader believes: the trust file (none: everything but trust is checked), its SHA-256, and perhaps
    consistency proofs that he was given apart from the bundle, each of the ledger that it names.
    """

    trust: Trust | None = None
    sha256: str | None = None
    consistency: tuple[Consistency, ...] = ()


@dataclass(frozen=True)
class Verified:
    """The report, and the parts from which a person's pages are written. The parts are as good as the verdict says.

    What is asked again and again is found once, when it is first asked for.
    """

    report: Report
    entries: Mapping[int, ParsedEntry]
    placed: Mapping[int, Placed]
    values: Values
    state: State
    within: tuple[Verified, ...] = ()
    """The bundles within, in order of their payload manifests."""
    told: Told = field(default_factory=Told)
    """What is signed in it of the pasts of ledgers, with all bundles and letters within."""

    @cached_property
    def codes(self) -> frozenset[str]:
        """The codes of all findings."""
        return frozenset(item.code for item in self.report.findings)

    @cached_property
    def listed(self) -> frozenset[tuple[str, str]]:
        """Case and number of each exhibit that the bundle is about."""
        return frozenset((item.case, item.exhibit) for item in self.report.exhibits)

    @cached_property
    def indexes(self) -> Mapping[Subject, Sequence[int]]:
        """The indexes of each subject's entries, in order."""
        return by_subject(self.placed)

    @cached_property
    def correspondence(self) -> Correspondence:
        """What the entries tell of requests."""
        return correspondence_of(self.entries, self.state)


def verify(
    source: Source,
    *,
    trusted: Trusted,
    at: datetime,
    elsewhere: Elsewhere | None = None,
    decryption: Decryption | None = None,
    profile_for: ProfileFor | None = None,
    depth: int = 0,
) -> Verified:
    """Return what holds of the bundle in ``source``, as of ``at`` (aware, UTC).

    ``profile_for`` gives the procedure profile of a country, by which step 12 looks at what the ledger of it recorded.
    ``depth`` counts the bundles that this one lies within.
    ``decryption`` is the reader's own key, if he gives it: without it, what was encrypted for him stays undecided.
    Bytes of the bundle can raise nothing here: whatever is wrong with them is a finding.
    """
    findings = Findings(is_bounded=True)
    findings.asked.update({0, 5, 6, 7, 12})
    opened = open_parts(source, findings)
    check_bag(opened, findings)  # 1
    entries = check_entries(opened, findings)  # 4
    if any(finding.code == "record.version" for finding in findings.items):
        nothing = Fold(findings, is_whole=False)
        return _stop_at_newer(
            Bundled(opened, source, findings, trusted.trust, decryption, (), entries, nothing, {}), trusted, at
        )
    listed = [(item.case, item.exhibit) for item in opened.bundle.exhibits] if opened.bundle else []
    fold, placed = fold_all(entries, findings, listed)
    bundled = Bundled(opened, source, findings, trusted.trust, decryption, listed, entries, fold, placed)
    fold.finish()
    _ask_later(source, trusted.trust, findings)  # 3, 5
    voice = check_checkpoint(bundled, trusted.consistency)  # 2
    said = _said(bundled, voice, check_completeness(bundled))  # 8
    values = check_disclosures(bundled)  # 10
    _check_origin(opened, findings)
    content = ContentCheck(bundled, elsewhere or Nowhere())
    content.check(values.disclosed)  # 9
    stories = stories_of(entries, placed, bundled.registered)
    check_recorded(entries, bundled.registered, findings)
    check_numbers(listed, findings)
    check_seals(stories.values(), values.disclosed, findings)
    read = partial(bundled.document, maximum=limits.ASSET_PROOF_BYTES)
    check_assets(stories, read, findings, values.disclosed, trusted.trust)
    check_certificates(bundled)
    law = check_lawfulness(bundled)  # 11

    def again(source: Source) -> Verified:
        return verify(source, trusted=_within(trusted), at=at, elsewhere=content.files, depth=depth + 1)

    inherited = check_inherited(bundled, values, again, depth)
    letters, signed = check_behind(bundled, values, again, depth)
    proven = (told_in(point.origin, point) for point in signed)
    told = check_one_past((said, *proven, *(item.told for item in (*inherited, *letters))), findings)
    check_continued(bundled, told.roots(voice), trusted.consistency)
    _check_clock(bundled, at)
    check_procedure(profile_for, findings, entries=entries, state=fold.state, at=format_time(at), listed=listed)  # 12
    _explain(bundled)
    report = _with_law(_report(bundled, trusted, at), law, inherited)
    return Verified(report, entries, placed, values, fold.state, inherited, told)


def _with_law(report: Report, law: LawReport | None, inherited: Iterable[Verified]) -> Report:
    """Return a report with the terms under which the bundle was made, those of bundles within among them, and with the
    ledgers of these.
    """
    ledgers = tuple(ledger for item in inherited for ledger in ledgers_of(item.report))
    if law is not None:
        law = replace(law, terms=(*law.terms, *(terms for item in inherited for terms in terms_before(item.report))))
    return replace(report, law=law or UNSET, inherited=ledgers or UNSET)


def _check_origin(opened: Opened, findings: Findings) -> None:
    if opened.bundle is not None and opened.checkpoint is not None and opened.bundle.ledger != opened.checkpoint.origin:
        findings.add(9, Severity.FAILED, "content.ledger", layout.BUNDLE, f"expected one of {opened.checkpoint.origin}")


def _within(trusted: Trusted) -> Trusted:
    """Return what is believed of a bundle within: it was made for the ledger between, not for who reads this one."""
    return replace(trusted, trust=trusted.trust and replace(trusted.trust, recipient=UNSET))


def _explain(bundled: Bundled) -> None:
    """Put what somebody explained later beside the defect that it is about."""
    explanations = Explanations()
    for index in sorted(index for index, place in bundled.placed.items() if place.is_applied):
        explanations.add(bundled.entries[index], bundled.state)
    explanations.stand_beside(bundled.findings)


def _said(bundled: Bundled, voice: str | None, complete: Mapping[Subject, Complete]) -> Told:
    """Return what a bundle proves of its ledger, whose signed word it is, before anything within it is looked at."""
    own, is_whole = _own(bundled.opened), bundled.findings.verdict_of(4) is Verdict.PASSED
    if not voice or own is None:
        return Told()
    if not is_whole or bundled.opened.proof is None:
        return told_in(voice, own)
    return told_in(voice, own, bundled.entries.values(), by_subject(bundled.placed), complete)


def _own(opened: Opened) -> LedgerReport | None:
    """Return the state of the ledger that a bundle is of, if it says so."""
    own = opened.checkpoint
    return None if own is None else LedgerReport(origin=own.origin, root=own.root.hex(), size=own.size)


def _stop_at_newer(bundled: Bundled, trusted: Trusted, at: datetime) -> Verified:
    """A record of a newer schema version says things that this program can't read: what rests on records is undecided,
    and what failed without them stays failed.
    """
    text = "not decided, because a record is of a newer version than this program knows"
    for step in (2, 5, 6, 7, 8, 9, 10):
        bundled.findings.add(step, Severity.INDETERMINATE, "verify.newer-version", "bundle", text)
    bundled.findings.asked.discard(12)
    bundled.fold.finish()
    return Verified(_report(bundled, trusted, at), bundled.entries, {}, Values({}, 0, frozenset()), bundled.state)


def failed_container(error: VerificationError, *, trusted: Trusted, at: datetime) -> Report:
    """Return the report on bytes that are no bundle at all: step 0 failed, and nothing else could be looked at."""
    findings = Findings()
    fail(findings, 0, error, "bundle")
    for step in (1, 2, 4, 5, 6, 7, 8, 9, 10):
        text = "not reached, because the container could not be opened"
        findings.add(step, Severity.INDETERMINATE, "verify.not-reached", "bundle", text)
    return _close(findings, trusted, at)


def _ask_later(source: Source, trust: Trust | None, findings: Findings) -> None:
    """Anchors that a trust file asks for and that this version can't check leave their step undecided; what nobody asks
    for and nobody checks is told.
    """
    if trust is not None and trust.wants_timestamps:
        text = "the trust file asks for timestamps, which this version doesn't check"
        findings.add(3, Severity.INDETERMINATE, "timestamps.unsupported", "checkpoint", text)
    elif count := sum(name.startswith(layout.TIMESTAMPS) for name in source.names()):
        text = f"timestamps that nothing here vouches for, since this version doesn't check them: {count}"
        findings.add(3, Severity.NOTE, "timestamps.unread", "checkpoint", text)
    if trust is not None and trust.wants_certificates:
        text = "the trust file asks for certificates, which this version doesn't check"
        findings.add(5, Severity.INDETERMINATE, "keys.certificates-unsupported", "keys", text)


def _requests(state: State, indexes: Mapping[Subject, Sequence[int]]) -> Iterator[RequestReport]:
    """Yield where each request stands that entries belong to; it is missing where the rules took none."""
    for subject in sorted(indexes):
        if subject[0] == "request":
            request = state.request(subject[1])
            known = {} if request is None else asdict(request)
            told = {name: known[name] for name in RequestReport.__struct_fields__ if known.get(name) is not None}
            yield RequestReport(entries=tuple(indexes[subject]), request=subject[1], **told)


def _check_clock(bundled: Bundled, at: datetime) -> None:
    """What is recorded after it is read shows that one of two clocks is wrong, and the ledger's dates are its own."""
    last = bundled.entries.get(max(bundled.entries, default=-1))
    if last is not None and parse_time(last.entry.recorded_at) - at > timedelta(days=1):
        text = f"recorded at {last.entry.recorded_at}, and read at {format_time(at)}"
        bundled.findings.add(12, Severity.DEFECT, "defect.recorded-ahead", f"entry {last.entry.index}", text)


def _report(bundled: Bundled, trusted: Trusted, at: datetime) -> Report:
    indexes, state = by_subject(bundled.placed), bundled.state
    exhibits = tuple(
        exhibit_report(state.exhibit(case, number), case, number, indexes.get(("exhibit", case, number), ()))
        for case, number in bundled.listed
    )
    genesis = UNSET if bundled.genesis is None else bundled.genesis.hex()
    own = _own(bundled.opened)
    ledger = UNSET if own is None else replace(own, genesis=genesis)
    report = _close(bundled.findings, trusted, at)
    return replace(report, exhibits=exhibits, ledger=ledger, requests=tuple(_requests(state, indexes)) or UNSET)


def exhibit_report(exhibit: Exhibit | None, case: str, number: str, indexes: Iterable[int]) -> ExhibitReport:
    """Return where an exhibit stands, and the entries that are its story; it is missing where the rules took none."""
    known: dict[str, Any] = {}
    if exhibit is not None:
        known = {"holder": exhibit.holder, "sealed": exhibit.is_sealed, "status": exhibit.status}
    return ExhibitReport(case=case, entries=tuple(indexes), exhibit=number, **known)


def _close(findings: Findings, trusted: Trusted, at: datetime) -> Report:
    findings.tell_more()
    return Report(
        at=format_time(at),
        exhibits=(),
        findings=tuple(sorted(findings.items, key=lambda item: item.step)),
        schema="custody-report/v1",
        steps=findings.steps(),
        trust_sha256=UNSET if trusted.sha256 is None else trusted.sha256,
        verdict=findings.verdict(),
    )
