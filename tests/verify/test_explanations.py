"""Explanations of defects (law row C5): told beside the defect, bound to what they name, and never a cure."""

from __future__ import annotations

from typing import Any

import pytest

from custody.transfer.law_files import shipped_profile
from custody.verify.fold.state import State
from custody.verify.procedure.explanations import Explanations
from custody.verify.procedure.procedure import Procedure
from schemas.details.record import RecordExplained
from schemas.entry import parse_entry
from schemas.errors import RuleViolation
from schemas.event import About
from schemas.report import Finding, Findings, Report, Severity, Verdict
from schemas.types import Private
from tests.report.stories import bundle_of, verified
from tests.world import World

CASE, EXHIBIT = "2026-0417", "EX-1"
LONE = ("procedure.two-investigators", "defect.taken-over")


@pytest.fixture
def world() -> World:
    """A phone seized by one investigator alone, in entry 4."""
    made = World()
    made.init()
    for agent in ("examiner-1", "examiner-2"):
        made.enrol(agent)
    made.open_case(CASE)
    made.register(CASE, EXHIBIT, actor="examiner-1")
    return made


def explain(world: World, **details: Any) -> int:
    """Explain the newest entry; return the index of the explanation."""
    event = parse_entry(world.entries()[-1]).event.hash
    about = world.about(CASE, EXHIBIT, event)
    world.annotate("record.explained", about, {"statement": "he was called away", **details}, actor="examiner-1")
    return len(world.entries()) - 1


def look(world: World) -> Explanations:
    """Return the explanations of a whole ledger."""
    view: State = world.store.read().__enter__().view()
    found = Explanations()
    for raw in world.entries():
        found.add(parse_entry(raw), view)
    return found


def test_an_explanation_without_cures_is_about_all_that_was_wanting(world: World) -> None:
    """Who explains an entry as a whole need not know every rule of every country."""
    index = explain(world)
    found = look(world)
    assert [found.of(f"entry {index - 1}", code) for code in LONE] == [(index,), (index,)]
    assert found.of(f"entry {index}", LONE[0]) == ()
    assert found.of(f"{CASE}/{EXHIBIT}", "procedure.integrity") == (index,)


def test_an_explanation_speaks_of_the_rules_that_it_names_only(world: World) -> None:
    """A reason for the missing officer is none for the missing seal; rule and whole code name the same."""
    first = explain(world, cures=("two-investigators",))
    found = look(world)
    assert [found.of(f"entry {first - 1}", code) for code in LONE] == [(first,), ()]
    second = explain(world, cures=("defect.taken-over",))
    assert [look(world).of(f"entry {second - 1}", code) for code in LONE] == [(), (second,)]


def test_a_later_act_explained_explains_no_defect_of_the_whole_exhibit(world: World) -> None:
    """What the whole record of an exhibit lacks is explained at its registration."""
    world.act("exhibit.sealed", CASE, EXHIBIT, {"seal": "S-1"}, actor="examiner-1")
    explain(world)
    assert look(world).of(f"{CASE}/{EXHIBIT}", "procedure.integrity") == ()


def test_only_defects_are_told_with_their_explanation() -> None:
    """What failed is not to be talked away, and nothing that is decided changes."""
    explanations = Explanations()
    explanations._found["entry 4"] = [(7, frozenset()), (9, frozenset())]
    findings = Findings()
    for severity in Severity:
        findings.add(12, severity, "defect.taken-over", "entry 4", "no signature")
    explanations.stand_beside(findings)
    texts = {item.severity: item.text for item in findings.items}
    assert texts.pop(Severity.DEFECT) == "no signature; explained in entry 7, entry 9"
    assert set(texts.values()) == {"no signature"}


def _defects(report: Report, code: str) -> list[Finding]:
    return [item for item in report.findings if item.code == code]


def test_a_bundle_tells_the_defect_with_its_explanation_and_passes(world: World) -> None:
    """The reader in the other country sees both, and the verdict is the same."""
    world.act("custody.taken-over", CASE, EXHIBIT, {"reason": "absent"}, actor="registrar-1", to="examiner-2")
    index = explain(world, cures=("defect.taken-over",))
    told = bundle_of(world, (CASE, EXHIBIT))
    outcome = verified(told.bundle, told.trust)
    (found,) = _defects(outcome.report, "defect.taken-over")
    assert found.severity is Severity.DEFECT
    assert found.text.endswith(f"; explained in entry {index}")
    assert outcome.report.verdict is Verdict.PASSED


def test_step_12_notes_an_explanation_of_what_it_missed_only(world: World) -> None:
    """A note about something else would look like an answer to the defect."""
    view: State = world.store.read().__enter__().view()
    explain(world, cures=("seal-photos",))
    index = explain_registration(world, cures=("two-investigators",))
    procedure = Procedure(shipped_profile("cn"), view)
    for raw in world.entries():
        procedure.add(parse_entry(raw))
    procedure.finish("2026-11-22T00:00:00Z")
    notes = [item for item in procedure.found if item.rule == "explained"]
    assert [item.what for item in notes] == [f"corrected or explained since, by entry {index}"]
    assert notes[0].source.row == "C1"
    assert [item for item in procedure.found if item.rule == "two-investigators"]


def explain_registration(world: World, **details: Any) -> int:
    """Explain the exhibit's registration; return the index of the explanation."""
    about = world.about(CASE, EXHIBIT)
    of = About(exhibit=about.exhibit, event=about.exhibit)
    world.annotate("record.explained", of, {"statement": "he was called away", **details}, actor="examiner-1")
    return len(world.entries()) - 1


def test_an_explanation_names_an_event_of_its_subject(world: World) -> None:
    """One that could be about anything would be held against anything."""
    with pytest.raises(RuleViolation, match=r"rule\.about-event"):
        world.annotate("record.explained", world.about(CASE, EXHIBIT), {"statement": "x"}, actor="examiner-1")
    with pytest.raises(RuleViolation, match=r"rule\.about-event"):
        world.annotate(
            "record.explained", world.about(CASE, EXHIBIT, "ab" * 32), {"statement": "x"}, actor="examiner-1"
        )


@pytest.mark.parametrize("cures", [("b", "a"), ("a", "a")])
def test_cures_have_one_spelling(cures: tuple[str, ...]) -> None:
    """A set in two spellings is two events."""
    with pytest.raises(ValueError, match="stand in order"):
        RecordExplained(statement=Private(commitment="0" * 64), cures=cures)
