"""Rules of the pages that a second implementer would get wrong without being told."""

from hashlib import sha256

import pytest

from custody.verify.fold.state import State
from custody.verify.record.trusting import parse_trust
from custody.verify.rules.reducer import reduce
from custody.verify.verify import Trusted, verify
from schemas import bag, layout
from schemas.details.record import AccessLogged, RecordCorrected
from schemas.errors import RuleViolation
from schemas.event import About
from schemas.report import Report, Severity, Verdict
from tests.spec.reading import AT, Members
from tests.spec.story import bundled, story


def _state(*, is_whole: bool) -> State:
    state = State(is_whole=is_whole)
    for index, entry in enumerate(story().entries):
        outcome = reduce(state, index, entry.event, ())
        state.put(outcome.changes)
        state.place(entry.event.hash, outcome.place)
    return state


def _logged_about_an_unknown_act() -> tuple[About, ...]:
    return (About(exhibit=story().entries[4].event.hash, event="0" * 64),)


def test_a_note_may_name_an_act_that_a_bundle_does_not_carry() -> None:
    """Of an ancestor a bundle carries the beginning only; a note about a later act of it is honest all the same."""
    event = story().event(
        "access.logged", AccessLogged(action="viewed"), [("system", "actor")], about=_logged_about_an_unknown_act()
    )
    assert reduce(_state(is_whole=False), 6, event, ()).changes == ()
    with pytest.raises(RuleViolation, match=r"rule\.about-event"):
        reduce(_state(is_whole=True), 6, event, ())


def test_a_correction_names_an_act_that_is_carried() -> None:
    """What is corrected stands before the correction, and belongs to the same subject, in every bundle."""
    made = story()
    private = made.disclosures[0].private
    details = RecordCorrected(field="description", reason=private, value=private)
    about = _logged_about_an_unknown_act()
    event = made.event("record.corrected", details, [("exam-07", "actor")], about=about)
    with pytest.raises(RuleViolation, match=r"rule\.about-event"):
        reduce(_state(is_whole=False), 6, event, ())


def _verify_changed(**changes: tuple[bytes, bytes]) -> Report:
    """Verify the example bundle with a text replaced in tag files, which its tag manifest then lists anew."""
    made = bundled()
    members = dict(made.members)
    for name, (old, new) in changes.items():
        path = {"proof": layout.PROOF, "entry": layout.entry_name(3)}[name]
        assert old in members[path]
        members[path] = members[path].replace(old, new)
    tags = {name: raw for name, raw in members.items() if not layout.is_payload(name) and name != layout.TAG_MANIFEST}
    members[layout.TAG_MANIFEST] = bag.format_manifest((name, sha256(raw).hexdigest()) for name, raw in tags.items())
    return verify(Members(members), trusted=Trusted(parse_trust(made.trust)), at=AT).report


def test_a_newer_version_is_undecided_and_an_invented_schema_is_wrong() -> None:
    """A verifier of today can't say that a record of tomorrow is wrong; that this is none at all it can."""
    newer = _verify_changed(proof=(b"custody-proof/v1", b"custody-proof/v2"))
    assert newer.verdict is Verdict.INDETERMINATE
    assert {finding.code for finding in newer.findings} == {"record.version", "verify.newer-version"}
    assert _verify_changed(proof=(b"custody-proof/v1", b"custody-prove/v2")).verdict is Verdict.FAILED


def test_a_newer_version_hides_no_broken_chain() -> None:
    """Otherwise a changed digit would turn FAILED into something softer."""
    report = _verify_changed(entry=(b"custody-entry/v1", b"custody-entry/v2"))
    assert report.verdict is Verdict.FAILED
    failed = {finding.code for finding in report.findings if finding.severity is Severity.FAILED}
    assert failed == {"entries.chain", "tree.multiproof"}


def test_a_document_is_what_its_name_says() -> None:
    """An event names a warrant by its digest; another paper under that name would be shown to a court."""
    made = bundled()
    members = {**made.members, f"{layout.DOCUMENTS}{'0' * 64}": b"another warrant"}
    listed = {name: sha256(raw).hexdigest() for name, raw in members.items() if layout.is_payload(name)}
    members[layout.MANIFEST] = bag.format_manifest(listed.items())
    report = verify(Members(members), trusted=Trusted(parse_trust(made.trust)), at=AT).report
    assert "bag.name" in {finding.code for finding in report.findings}
