"""What a number doesn't say: which exhibit took the place of another, and which it is of two with one full name."""

from __future__ import annotations

import pytest

from custody.ledger.admission import Numbers
from custody.report.text_report import text_lines
from tests.report.stories import bundle_of, document_of
from tests.world import World, settled

CASE = "2026-0417"


def told(world: World, *names: tuple[str, str]) -> str:
    """Return the text of the report on a bundle of some exhibits, on one line."""
    bundle = bundle_of(world, *sorted(names))
    return " ".join("\n".join(text_lines(document_of(bundle.bundle, bundle.trust))).split())


def test_a_voided_number_names_the_right_one_and_the_other_way_round() -> None:
    """Whoever looks for the number on the label finds the thing."""
    world = settled(World(seed="replaced"), gate="v2")
    for number in ("EX-1", "EX-2"):
        world.register(CASE, number, actor="examiner-1")
    right = {"case": CASE, "exhibit": "EX-2"}
    details = {"reason": "a slip", "replaced_by": right}
    world.act("exhibit.voided", CASE, "EX-1", details, actor="examiner-1", registrar="registrar-1")
    page = told(world, (CASE, "EX-1"), (CASE, "EX-2"))
    assert f"at the end: voided; last held by examiner-1; its right number is {CASE}/EX-2" in page
    assert f"at the end: held by examiner-1, not sealed; in the place of {CASE}/EX-1, which was voided" in page


def test_one_that_took_the_place_of_several_names_them_all() -> None:
    """Whoever holds a label with either of the wrong numbers finds the thing."""
    world = settled(World(seed="replaced-twice"), gate="v2")
    for number in ("EX-1", "EX-2", "EX-3"):
        world.register(CASE, number, actor="examiner-1")
    for number in ("EX-1", "EX-2"):
        details = {"reason": "a slip", "replaced_by": {"case": CASE, "exhibit": "EX-3"}}
        world.act("exhibit.voided", CASE, number, details, actor="examiner-1", registrar="registrar-1")
    page = told(world, *((CASE, f"EX-{number}") for number in (1, 2, 3)))
    assert f"not sealed; in the place of {CASE}/EX-1 and {CASE}/EX-2, which were voided" in page


def test_two_exhibits_of_one_full_name_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slash may stand in both numbers: this writer refuses that, another may not."""
    monkeypatch.setattr(Numbers, "check", lambda *_: None)
    world = settled(World(seed="twins"), gate="v2")
    names = (("A/B", "C"), ("A", "B/C"))
    for case, number in names:
        world.open_case(case)
        world.register(case, number, actor="examiner-1")
    page = told(world, *names)
    for case, number in names:
        assert f"Exhibit A/B/C (number {number} of case {case}: another exhibit has the full name A/B/C too)" in page
    assert "full name" not in told(world, names[0])
