"""Step 12 with a profile: what is missing is named with its source and cure, and never called tampering."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from custody.ledger.compose import Anchor, link_after
from custody.transfer.law_files import shipped_profile
from custody.verify.fold.state import State
from custody.verify.procedure.entry_rules import ENTRY_RULES
from custody.verify.procedure.procedure import Procedure, ProcedureFinding, check_procedure
from schemas.entry import ParsedEntry, parse_entry
from schemas.event import About
from schemas.profile import RULES, Check, Profile
from schemas.report import Findings, Severity, Verdict
from tests.world import World

CASE, EXHIBIT = "2026-0417", "EX-1"
NOW = "2026-11-22T00:00:00Z"
DOCUMENT = "cd" * 32
HOLDER = {"manner": "paper", "person": "a person", "role": "owner"}
REFUSED = {"manner": "refused", "person": "a person", "reason": "would not", "role": "suspect"}
WITNESS = {"manner": "paper", "person": "a passer-by", "role": "witness"}
IDENTITY = {"contact": "a number", "number": "an id", "type": "identity-card"}
APOSTILLE = {"document": DOCUMENT, "role": "apostille"}
TRANSLATION = {"document": DOCUMENT, "role": "translation"}
RECORDING = {"document": DOCUMENT, "manner": "recording", "person": "camera", "role": "other"}
TAKEN = {"method": "physical", "tool": "t", "version": "1", "write_blocker": "b"}
FROM_ABROAD = {
    "acquisition": {**TAKEN, "ended_at": "2026-11-01T00:00:00Z"}, "files": {"a": b"a"},
    "obtained": "foreign-assistance", "place": "abroad", "seized_from": "a provider",
}  # fmt: skip


@pytest.fixture
def world() -> World:
    """A ledger with two investigators, one of them on the list as a witness, and a passer-by."""
    made = World()
    made.init()
    for agent in ("examiner-1", "examiner-2", "witness-2"):
        made.enrol(agent)
    made.enrol("witness-1", roles=("viewer",))
    made.open_case(CASE)
    return made


def look(
    world: World, profile: Profile | None = None, at: str = NOW, listed: list[tuple[str, str]] | None = None
) -> list[ProcedureFinding]:
    """Return what the profile finds in the whole ledger, or of some exhibits in the end; the rules of cn unless another
    is given.
    """
    view: State = world.store.read().__enter__().view()
    procedure = Procedure(profile or shipped_profile("cn"), view)
    for raw in world.entries():
        procedure.add(parse_entry(raw))
    procedure.finish(at, listed)
    return procedure.found


def rules(found: list[ProcedureFinding]) -> set[str]:
    return {item.rule for item in found if item.severity is Severity.DEFECT}


def seized(world: World, *, second: str | None = "examiner-2", witness: str | None = None, **details: Any) -> None:
    offices: dict[str, Any] = {"second": second, "witness": witness}
    world.register(CASE, EXHIBIT, actor="examiner-1", **{k: v for k, v in offices.items() if v}, **details)


def test_every_rule_of_a_profile_has_code_that_looks() -> None:
    """A rule in the closed list that nothing checks would be a promise that nobody keeps."""
    told_together = {"conditions-due", "digests", "integrity", "preservation", "request-fields", "translation"}
    assert {code.removeprefix("procedure.") for code in ENTRY_RULES} | told_together == set(RULES)


def test_a_seizure_by_the_book_has_nothing_missing(world: World) -> None:
    """Two investigators, the holder's signature: rows C1 and C2 are met."""
    seized(world, attestations=(HOLDER,))
    assert {"two-investigators", "holder-or-witness", "witness-eligible"}.isdisjoint(rules(look(world)))


def test_one_investigator_is_a_defect_with_source_and_cure(world: World) -> None:
    """Row C1: said with the law, and how to put it right."""
    seized(world, second=None, attestations=(HOLDER,))
    (found,) = [item for item in look(world) if item.rule == "two-investigators"]
    assert found.severity is Severity.DEFECT
    assert found.source.row == "C1"
    assert "can be cured by: a statement of the second investigator" in found.text
    assert "SPC Interpretation of the Criminal Procedure Law (2021) art. 112(1) (row C1)" in found.text


@pytest.mark.parametrize(
    ("attestations", "witness", "is_missing"),
    [
        ((), None, True),
        ((HOLDER,), None, False),
        ((REFUSED, WITNESS), None, False),
        ((REFUSED,), "witness-1", False),
        ((WITNESS,), None, True),  # the holder's silence needs a reason
        ((REFUSED, RECORDING), None, False),
        ((RECORDING,), None, True),
        ((REFUSED,), None, True),
    ],
)
def test_holder_witness_or_recording(world: World, attestations: Any, witness: str | None, is_missing: bool) -> None:
    """Rows C2 and C3: one of the three, and the reason where the holder is not among them."""
    seized(world, witness=witness, **({"attestations": attestations} if attestations else {}))
    assert ("holder-or-witness" in rules(look(world))) is is_missing


def test_police_are_no_witnesses(world: World) -> None:
    """Row C3: a colleague who looked on is not a witness."""
    seized(world, witness="witness-2", attestations=(REFUSED,))
    (found,) = [item for item in look(world) if item.rule == "witness-eligible"]
    assert "witness-2 is examiner" in found.what


def test_what_was_derived_or_sent_here_was_not_collected_here(world: World) -> None:
    """A working copy needs no passer-by."""
    seized(world, second=None, obtained="derived")
    assert {"two-investigators", "holder-or-witness"}.isdisjoint(rules(look(world)))


@pytest.mark.parametrize(
    ("details", "rule"),
    [
        ({"files": {"a": b"a"}}, "reproducible"),
        ({"files": {"a": b"a"}, "acquisition": {"method": "physical", "tool": "t", "version": "1"}}, "write-blocker"),
        ({"files": {"a": b"a"}}, "digests"),
        ({"files": {"a": b"a"}, "unreadable": 2}, "protected"),
        ({"obtained": "foreign-assistance"}, "foreign-origin"),
        ({"obtained": "foreign-assistance"}, "translation"),
        ({"obtained": "voluntary", "data_country": "XB"}, "legalisation"),
        ({"obtained": "online-capture"}, "online-capture"),
    ],
)
def test_what_a_registration_lacks(world: World, details: dict[str, Any], rule: str) -> None:
    """Each row that a registration alone can answer."""
    seized(world, **details)
    assert rule in rules(look(world))


@pytest.mark.parametrize(
    ("details", "rule"),
    [
        ({"files": {"a": b"a"}, "acquisition": TAKEN}, "reproducible"),
        ({"files": {"a": b"a"}, "acquisition": TAKEN}, "write-blocker"),
        ({"obtained": "voluntary", "data_country": "XB", "legal_papers": (APOSTILLE,)}, "legalisation"),
        ({"obtained": "foreign-assistance", "legal_papers": (TRANSLATION,)}, "translation"),
        (FROM_ABROAD, "foreign-origin"),
    ],
)
def test_what_is_there_is_not_missed(world: World, details: dict[str, Any], rule: str) -> None:
    """A check that always complains is soon read by nobody."""
    seized(world, **details)
    assert rule not in rules(look(world))


def test_a_law_known_at_second_hand_is_said_to_be(world: World) -> None:
    """Row C24 was not read in its text, and a court should not be told otherwise."""
    source = shipped_profile("cn").source_of("decision")
    assert source is not None
    seized(world, files={"a": b"a"})
    profile = replace(shipped_profile("cn"), checks=(Check(rule="reproducible", source=source),))
    (found,) = look(world, profile)
    assert "by a secondary source (row C24)" in found.text


def test_acts_are_looked_at_too(world: World) -> None:
    """Rows R1, R4 and C21: seal without photo, move without reason, alteration without competence."""
    seized(world, attestations=(HOLDER,))
    altered = {"purpose": "p", "tool": "t", "version": "1", "alteration": {"what": "clock", "why": "battery"}}
    world.act("exhibit.examined", CASE, EXHIBIT, altered, actor="examiner-1")
    world.act("exhibit.sealed", CASE, EXHIBIT, {"seal": "S-1"}, actor="examiner-1")
    world.act("custody.moved", CASE, EXHIBIT, {"place": "Room 4"}, actor="examiner-1")
    assert {"competence", "seal-photos", "purpose"} <= rules(look(world))


def dispatched(world: World, **details: Any) -> set[str]:
    world.enrol("office-xb", roles=(), kind="organisation", country="XA", ledger="b.example/x")
    seized(world, attestations=(HOLDER,))
    base = {"item": "original", "onward": "forbidden", "purpose": "p", "to": "office-xb", "transfer": "ab" * 16}
    world.act("transfer.dispatched", CASE, EXHIBIT, {**base, **details}, actor="examiner-1")
    return rules(look(world)) & {"seal-travels", "backup-copy"}


@pytest.mark.parametrize(
    ("details", "missing"),
    [
        ({}, {"seal-travels", "backup-copy"}),
        ({"seal": "S-1", "backup": "B-1"}, set()),
        ({"not_sealed": "a server in use", "backup": "B-1"}, {"seal-travels"}),
        ({"not_sealed": "a server in use", "medium_place": "Room 4", "backup": "B-1"}, set()),
    ],
)
def test_an_original_travels_sealed_and_with_a_backup(world: World, details: Any, missing: set[str]) -> None:
    """Row C5: not sealed can be cured by the reason and the place of the medium."""
    assert dispatched(world, **details) == missing


def ask(world: World, request: str = "p-1", **details: Any) -> None:
    if request == "p-1":
        world.enrol("office-xb", roles=(), kind="organisation", country="XB", ledger="b.example/x")
    base = {"fields": (), "kind": "preservation", "request": request, "to": "office-xb"}
    world.append(world.sign(world.event("request.drafted", {**base, **details}, actor="registrar-1")))


def test_a_request_lacks_fields_each_with_its_source(world: World) -> None:
    """Rows B1 (a) to (f): who reads the finding can fill the form."""
    stated = ({"name": "authority", "value": "A"}, {"name": "facts", "value": "F"})
    ask(world, fields=stated)
    missing = [item for item in look(world, shipped_profile("coe")) if item.rule == "request-fields"]
    assert [item.what.rpartition(": ")[2] for item in missing] == [
        "custodian", "data", "mla-intent", "necessity", "offence",
    ]  # fmt: skip
    assert {item.source.row for item in missing} == {"B1"}
    more = tuple({"name": name, "value": "v"} for name in ("custodian", "data", "mla-intent", "necessity", "offence"))
    world.append(world.sign(world.event("request.completed", {"fields": more, "request": "p-1"}, actor="registrar-1")))
    assert "request-fields" not in rules(look(world, shipped_profile("coe")))


@pytest.mark.parametrize(
    ("named", "missing"),
    [
        ({}, True),
        ({"decided_by": "office-xb"}, True),
        ({"decided_by": "office-xb", "forwarded_by": "office-xb"}, False),
    ],
)
def test_an_answer_says_who_forwarded_and_who_decided(world: World, named: dict[str, str], missing: bool) -> None:
    """Row C24: two organs, two responsibilities."""
    world.enrol("office-xb", roles=(), kind="organisation", country="XB", ledger="b.example/x")
    received = {"fields": (), "from": "office-xb", "kind": "mla", "paper": DOCUMENT, "request": "r-1"}
    for type, details in (
        ("request.received", {**received, "received_at": "2026-11-21T08:00:00Z"}),
        ("request.answered", {"answered_at": "2026-11-21T08:00:00Z", "outcome": "granted", "request": "r-1", **named}),
    ):
        world.append(world.sign(world.event(type, details, actor="registrar-1")))
    assert ("decision" in rules(look(world))) is missing


def accepted(world: World, code: str, due: str) -> None:
    """An exhibit came from abroad on a term with a date."""
    world.enrol("office-xb", roles=(), kind="organisation", country="XB", ledger="b.example/x")
    hash_ = "ef" * 32
    foreign = {"case": "B", "exhibit": "9", "head": hash_, "ledger": "b.example/x", "manifest": hash_, "root": hash_}
    details = {
        "accepted_at": "2026-11-21T08:00:00Z", "conditions": ({"before": False, "code": code, "due": due},),
        "description": "phone", "foreign": {**foreign, "size": 9}, "from": "office-xb", "kind": "phone",
        "nature": "object", "obtained": "foreign-assistance", "onward": "forbidden",
        "sent_at": "2026-11-20T08:00:00Z", "transfer": "ab" * 16,
    }  # fmt: skip
    anchor = Anchor(case=CASE, exhibit=EXHIBIT, link=link_after(None))
    world.append(world.sign(world.event("transfer.accepted", details, actor="examiner-1", anchor=anchor)))


@pytest.mark.parametrize(
    ("code", "at", "missing"),
    [
        ("return", "2027-02-01T00:00:00Z", True),
        ("destroy-after", "2027-02-01T00:00:00Z", True),
        ("return", "2027-01-01T00:00:00Z", False),
        ("confidentiality", "2027-02-01T00:00:00Z", False),
    ],
)
def test_what_was_to_be_returned_by_a_date_is_missed(world: World, code: str, at: str, missing: bool) -> None:
    """Row C15: who accepted a term in writing keeps it."""
    accepted(world, code, "2027-01-15T00:00:00Z")
    assert ("conditions-due" in rules(look(world, at=at))) is missing


def test_what_another_ledger_sent_was_collected_there(world: World) -> None:
    """Rows C1, C2 and C8: its own ledger tells who collected it; only a translation is asked for here."""
    accepted(world, "return", "2027-01-15T00:00:00Z")
    assert rules(look(world)) - {"integrity"} == {"translation"}


def test_an_expired_preservation_is_a_finding_until_it_is_renewed(world: World) -> None:
    """Rows B2 and C17: data that nobody kept are gone, and the record should say who knew."""
    ask(world, until="2026-11-30T00:00:00Z")
    assert "preservation" not in rules(look(world, at="2026-11-29T00:00:00Z"))
    assert "preservation" in rules(look(world, at="2026-12-01T00:00:00Z"))
    ask(world, "p-2", renewal_of="p-1", until="2027-01-30T00:00:00Z")
    assert "preservation" in rules(look(world, at="2026-12-01T00:00:00Z"))  # a letter in a drawer keeps no data
    sent = {"channel": "24-7", "request": "p-2", "sent_at": NOW}
    world.append(world.sign(world.event("request.sent", sent, actor="registrar-1")))
    assert "preservation" not in rules(look(world, at="2026-12-01T00:00:00Z"))


@pytest.mark.parametrize(
    ("type", "details"),
    [("request.withdrawn", {"reason": "acquitted"}), ("request.closed", {"outcome": "executed"})],
)
def test_a_preservation_that_is_over_needs_no_renewal(world: World, type: str, details: dict[str, str]) -> None:
    """Nobody has to keep, or to explain, what nobody asks for any more."""
    ask(world, until="2026-11-30T00:00:00Z")
    sent = {"channel": "24-7", "request": "p-1", "sent_at": NOW}
    world.append(world.sign(world.event("request.sent", sent, actor="registrar-1")))
    assert "preservation" in rules(look(world, at="2026-12-01T00:00:00Z"))
    world.append(world.sign(world.event(type, {"request": "p-1", **details}, actor="registrar-1")))
    assert "preservation" not in rules(look(world, at="2026-12-01T00:00:00Z"))


def test_what_was_explained_since_is_told_beside_what_was_missing(world: World) -> None:
    """Rows C5 and C22: a defect that was explained is another thing than one that nobody noticed."""
    seized(world, second=None)
    about = world.about(CASE, EXHIBIT, parse_entry(world.entries()[-1]).event.hash)
    corrected = {"field": "description", "reason": "the second officer was at the door", "value": "phone"}
    world.annotate("record.corrected", about, corrected, actor="examiner-1")
    index = len(world.entries()) - 2
    found = [item for item in look(world) if item.rule == "explained"]
    assert [(item.severity, item.subject) for item in found] == [(Severity.NOTE, f"entry {index}")]
    assert found[0].what == f"corrected or explained since, by entry {index + 1}"
    assert "two-investigators" in rules(look(world))


def test_step_12_never_changes_a_verdict(world: World) -> None:
    """A court cures a defect; a program must not turn one into a forgery."""
    seized(world, second=None)
    entries: dict[int, ParsedEntry] = {index: parse_entry(raw) for index, raw in enumerate(world.entries())}
    view: State = world.store.read().__enter__().view()
    findings = Findings()
    findings.asked.add(12)
    check_procedure(
        lambda *_: shipped_profile("cn"), findings, entries=entries, state=view, at=NOW, listed=[(CASE, EXHIBIT)]
    )
    assert findings.items
    assert {item.severity for item in findings.items} <= {Severity.DEFECT, Severity.NOTE}
    assert findings.verdict_of(12) is Verdict.PASSED
    assert all(item.code.startswith("procedure.") and item.step == 12 for item in findings.items)


def test_without_a_profile_nothing_is_asked(world: World) -> None:
    """Bundles of old must verify as they did."""
    seized(world, second=None)
    entries = {index: parse_entry(raw) for index, raw in enumerate(world.entries())}
    view: State = world.store.read().__enter__().view()
    for choice in (None, lambda *_: None):
        findings = Findings()
        check_procedure(choice, findings, entries=entries, state=view, at=NOW, listed=[(CASE, EXHIBIT)])
        assert findings.items == []


def test_entries_about_what_is_not_carried_are_passed_over(world: World) -> None:
    """A bundle carries some exhibits; an export may be about others too."""
    seized(world)
    view: State = world.store.read().__enter__().view()
    procedure = Procedure(shipped_profile("cn"), view)
    stranger = world.annotation("exhibit.linked", About(exhibit="ab" * 32), {"case": "9"}, actor="examiner-1")
    last = parse_entry(world.entries()[-1])
    procedure.add(replace(last, event=stranger.event))
    procedure.finish(NOW)
    assert "integrity" not in {item.rule for item in procedure.found}
